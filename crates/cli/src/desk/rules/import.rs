//! Published files of rules, taken in: a file a rule, so that each can be changed afterwards.

use std::path::Path;

use desk::{Fault, Imported, Problem};
use rules::{EXTENSIONS, Rule, model::Format};

use super::{Context, saving, trial};
use crate::{command::alerts::cut, desk::told, watch::found_text};

/// The most bytes of a file.
const LARGEST: usize = 32 << 20;
/// The most rules of a file.
const MOST: usize = 5_000;

/// A rule on its own: its text, and the ending of the file it will stand in.
struct Apart {
    text: String,
    ending: &'static str,
}

/// The ending of a file that may hold rules.
fn ending(file: &str) -> Result<&'static str, Fault> {
    let found = file.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    let known = EXTENSIONS.into_iter().find(|known| *known == found);
    known.ok_or_else(|| Fault::input(format!("rules stand in files that end in {}", EXTENSIONS.join(", "))))
}

/// Takes the rules of a file in.
pub(super) async fn take_in(desk: &Context, file: &str, bytes: &[u8], who: &str) -> Result<Imported, Fault> {
    if bytes.len() > LARGEST {
        return Err(Fault::Limit { reason: format!("a file of rules has at most {} MiB", LARGEST >> 20) });
    }
    let ending = ending(file)?;
    let folder = saving::folder(desk)?;
    // Of the name only the ending is used: where the file is written is decided here.
    let shown =
        format!("{}.{ending}", saving::stem(Path::new(file).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default()));
    let (name, all) = (shown.clone(), bytes.to_vec());
    let reading = tokio::task::spawn_blocking(move || rules::read(&name, &all)).await.map_err(Fault::internal)?;
    let mut taken = Imported { file: cut(file, 200), ..Imported::default() };
    taken.problems = reading
        .faults
        .iter()
        .map(|fault| problem(fault.line, if fault.is_error() { "error" } else { "warning" }, fault.reason.clone()))
        .collect();
    if reading.rules.len() > MOST {
        return Err(Fault::Limit { reason: format!("a file of rules has at most {MOST}") });
    }
    if reading.rules.is_empty() && taken.problems.is_empty() {
        return Err(Fault::input("there is no rule in this file"));
    }
    if !reading.exclusions.is_empty() {
        let words = format!("{} exceptions are left out: `spoofwatch exclusions import` takes them in", reading.exclusions.len());
        taken.problems.push(problem(1, "note", words));
    }
    let _changing = desk.house.rules.changing.lock().await;
    let alone = reading.rules.len() == 1;
    for rule in &reading.rules {
        let Some(apart) = apart(rule, alone, ending) else {
            taken.problems.push(problem(rule.origin.line, "error", format!("{} cannot be taken out of this file", rule.name)));
            continue;
        };
        match keep(desk, &folder, rule, apart, (&shown, who)).await? {
            Kept::Added => taken.added.push((rule.key.clone(), rule.name.clone())),
            Kept::Replaced => taken.replaced.push((rule.key.clone(), rule.name.clone())),
            Kept::Same => {}
            Kept::Refused(reason) => taken.problems.push(problem(rule.origin.line, "error", reason)),
        }
    }
    desk.house.read_rules_held().await.map_err(told)?;
    Ok(taken)
}

fn problem(line: usize, severity: &str, message: String) -> Problem {
    let line = u32::try_from(line).unwrap_or(u32::MAX);
    Problem { code: "R0001".to_owned(), severity: severity.to_owned(), message, line, column: 1, ..Problem::default() }
}

/// What became of a rule of a file.
enum Kept {
    Added,
    Replaced,
    Same,
    Refused(String),
}

async fn keep(desk: &Context, folder: &Path, rule: &Rule, apart: Apart, (file, who): (&str, &str)) -> Result<Kept, Fault> {
    let comment = format!("imported from {file}");
    let live = desk.house.rules.live();
    let Some(known) = live.rule(&rule.key) else {
        let path = saving::fresh(folder, &rule.name, apart.ending)?;
        saving::put(desk, &path, &rule.key, &apart.text, (&comment, who)).await?;
        return Ok(Kept::Added);
    };
    let Some(old) = saving::file_of(desk, known) else {
        let place = &known.origin.source.path;
        return Ok(Kept::Refused(format!("the id `{}` is that of a rule in {place}, which is not changed here", rule.key)));
    };
    if known.origin.source.text == apart.text {
        return Ok(Kept::Same);
    }
    desk.state().keep_rule_text(&found_text(known, desk.house.started)).await?;
    let same_form = trial::ending(old.to_str(), "") == apart.ending;
    let path = if same_form { old.clone() } else { saving::fresh(folder, &rule.name, apart.ending)? };
    saving::put(desk, &path, &rule.key, &apart.text, (&comment, who)).await?;
    if !same_form {
        std::fs::remove_file(&old).map_err(|error| Fault::Unavailable { reason: format!("{}: {error}", old.display()) })?;
    }
    Ok(Kept::Replaced)
}

/// A rule's text without the others of its file.
fn apart(rule: &Rule, alone: bool, ending: &'static str) -> Option<Apart> {
    let text = &rule.origin.source.text;
    if alone && ending != "ndjson" && ending != "jsonl" {
        return Some(Apart { text: text.clone(), ending });
    }
    let found = match rule.format {
        Format::ElasticJson => Apart { text: serde_json::to_string_pretty(&rule.published).ok()? + "\n", ending: "json" },
        Format::DefenderDetection if !matches!(ending, "yaml" | "yml") => {
            Apart { text: serde_json::to_string_pretty(&rule.published).ok()? + "\n", ending: "json" }
        }
        Format::SentinelHunting | Format::SentinelAnalytics | Format::DefenderDetection => {
            Apart { text: document(text, &rule.key)?, ending: "yaml" }
        }
        Format::SentinelArm | Format::Kql | Format::ElasticToml => return None,
    };
    // What was taken out is read again: it must be the same rule, and nothing else.
    let again = trial::read(&format!("a.{}", found.ending), &found.text).rule?;
    (again.key == rule.key && again.query.text == rule.query.text).then_some(found)
}

/// The document of a file in YAML that holds a rule.
fn document(text: &str, key: &str) -> Option<String> {
    let mut parts: Vec<String> = vec![String::new()];
    for line in text.split_inclusive('\n') {
        if line.trim_end() == "---" {
            parts.push(String::new());
        } else if let Some(part) = parts.last_mut() {
            part.push_str(line);
        }
    }
    parts.into_iter().find(|part| trial::read("a.yaml", part).rule.is_some_and(|rule| rule.key == key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_of_one_file_are_taken_apart() {
        let text = "id: a\nname: A\nquery: T\n---\nid: b\nname: B\nquery: |\n  U\n  | take 5\n";
        let reading = rules::read("a.yaml", text.as_bytes());
        let second = apart(&reading.rules[1], false, "yaml").unwrap();
        assert_eq!((second.text.as_str(), second.ending), ("id: b\nname: B\nquery: |\n  U\n  | take 5\n", "yaml"));
        let lines = "{\"rule_id\":\"x\",\"type\":\"query\",\"name\":\"X\",\"language\":\"kuery\",\"query\":\"a:b\"}\n{\"exported_rules_count\":1}\n";
        let reading = rules::read("a.ndjson", lines.as_bytes());
        let found = apart(&reading.rules[0], true, "ndjson").unwrap();
        assert_eq!(found.ending, "json");
        assert!(found.text.contains("\"rule_id\": \"x\""), "{}", found.text);
    }

    #[test]
    fn only_files_that_may_hold_rules_are_read() {
        assert_eq!(ending("../../x.YAML").unwrap(), "yaml");
        assert!(ending("rules.exe").is_err() && ending("rules").is_err());
    }
}
