//! What a text of a rule is worth before it is saved: read, checked, linted; and what is wrong with one that is there.

use std::{panic::AssertUnwindSafe, sync::Arc};

use desk::{Column, Fault, Problem, Trial};
use engine::{Planned, QueryError};
use futures::FutureExt as _;
use rules::{
    EXTENSIONS, Reading, Rule,
    lint::{self, Finding, Level},
    parameter,
};
use schema::text::datetime;

use super::{Context, LONGEST, list};
use crate::{command::rules as checks, watch::search};

/// The code of a text that cannot be read, as `rules check` has it.
const UNREADABLE: &str = "R0001";
/// The code of a rule that is read and cannot be run.
const NOT_RUNNABLE: &str = "R0002";
/// The code of values of the configuration that a query cannot take.
const MISFIT: &str = "R0003";

/// A text that was read.
pub(super) struct Read {
    /// The rule in it, if one could be read.
    pub(super) rule: Option<Arc<Rule>>,
    /// What is wrong with the text.
    pub(super) problems: Vec<Problem>,
}

/// The form of a text, by its file's ending; where it has no file yet, by its looks.
pub(super) fn ending(path: Option<&str>, text: &str) -> &'static str {
    let known = path.and_then(|path| path.rsplit_once('.')).map(|(_, ending)| ending.to_ascii_lowercase());
    if let Some(ending) = known.and_then(|ending| EXTENSIONS.into_iter().find(|known| *known == ending)) {
        return ending;
    }
    let has = |start: &str| text.lines().any(|line| line.starts_with(start));
    match text.trim_start().chars().next() {
        Some('{' | '[') if !has("[rule]") => "json",
        _ if has("[rule]") => "toml",
        _ if has("query:") || has("queryCondition:") => "yaml",
        _ => "kql",
    }
}

/// Reads the one rule of a text. `name` is the path it has, or will have, below the folder of rules.
pub(super) fn read(name: &str, text: &str) -> Read {
    if text.len() > LONGEST {
        return Read { rule: None, problems: vec![whole(UNREADABLE, format!("a rule has at most {LONGEST} bytes"))] };
    }
    let Reading { mut rules, faults, .. } = rules::read_below(name, name, text.as_bytes());
    let mut problems: Vec<Problem> = faults
        .iter()
        .map(|fault| Problem {
            severity: if fault.is_error() { "error" } else { "warning" }.to_owned(),
            line: u32::try_from(fault.line).unwrap_or(u32::MAX),
            ..at_line(
                text,
                fault.line,
                Problem { code: UNREADABLE.to_owned(), message: fault.reason.clone(), ..Problem::default() },
            )
        })
        .collect();
    if rules.len() > 1 {
        problems.push(whole(UNREADABLE, format!("there are {} rules in the text; one is changed at a time", rules.len())));
        rules.clear();
    } else if rules.is_empty() && !problems.iter().any(|problem| problem.severity == "error") {
        problems.push(whole(UNREADABLE, "there is no rule in the text".to_owned()));
    }
    Read { rule: rules.pop().map(Arc::new), problems }
}

fn whole(code: &str, message: String) -> Problem {
    Problem { code: code.to_owned(), severity: "error".to_owned(), message, ..Problem::default() }
}

/// A problem with a line of a text.
fn at_line(text: &str, line: usize, problem: Problem) -> Problem {
    let mut start = 0;
    for (place, held) in text.split_inclusive('\n').enumerate() {
        if place + 1 == line {
            return Problem { start, end: start + held.trim_end().len(), column: 1, ..problem };
        }
        start += held.len();
    }
    problem
}

/// A finding as a problem, with its place in the text of the file.
fn problem(rule: &Rule, finding: &Finding) -> Problem {
    let small = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let place = |offset: usize| rule.query.place.as_ref().map(|place| place.offset(offset));
    let span = finding.span.and_then(|span| Some((place(span.start)?, place(span.end)?)));
    let problem = Problem {
        code: finding.lint.to_owned(),
        severity: match finding.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "note",
        }
        .to_owned(),
        message: finding.message.clone(),
        help: finding.help.clone(),
        line: small(finding.line),
        column: small(finding.column),
        ..Problem::default()
    };
    match span {
        Some((start, end)) => Problem { start, end: end.max(start), ..problem },
        None => problem,
    }
}

/// What lints and the check of the query say of a rule, and the columns it gives where it can be run.
pub(super) async fn checked(desk: &Context, rule: &Rule) -> Result<(Vec<Problem>, Option<Vec<Column>>), Fault> {
    let settings = list::settings(desk)?;
    let mut problems: Vec<Problem> = lint::check(rule, &settings).iter().map(|finding| problem(rule, finding)).collect();
    if let Some(reason) = rule.not_runnable().or_else(|| search::not_run(rule)) {
        problems.push(whole(NOT_RUNNABLE, reason.to_owned()));
        return Ok((problems, None));
    }
    let values = desk.config()?.parameters_of(&rule.key);
    let filled = match values.as_slice() {
        [] => rule.query.text.clone(),
        values => match parameter::fill(&rule.query.text, values) {
            Ok(filled) => filled.query,
            Err(error) => {
                problems.push(whole(MISFIT, format!("the parameters of the configuration do not fit: {error}")));
                return Ok((problems, None));
            }
        },
    };
    let found = match planned(desk, rule, &filled).await? {
        Ok(planned) => {
            let said: Vec<Problem> =
                planned.warnings.iter().map(|found| problem(rule, &Finding::of_diagnostic(rule, found))).collect();
            (said, Some(columns(&planned)))
        }
        Err(QueryError::Query(findings)) => {
            // With other values in it the query stands nowhere: its places are those of the query as it is written.
            let said = findings.iter().map(|found| problem(rule, &Finding::of_diagnostic(rule, found))).collect();
            (said, None)
        }
        Err(other) => (vec![whole(other.code(), other.to_string())], None),
    };
    problems.extend(found.0);
    problems.dedup_by(|left, right| (&left.code, left.start, &left.message) == (&right.code, right.start, &right.message));
    problems.sort_by_key(|problem| (problem.line, problem.column));
    Ok((problems, found.1))
}

/// Plans a rule's query against the tables as they are; nothing is run but what planning needs.
async fn planned(desk: &Context, rule: &Rule, query: &str) -> Result<Result<Planned, QueryError>, Fault> {
    let mut environment = desk.view().await?.environment;
    environment.clock = datetime::from_unix_micros(desk.now()).unwrap_or_default();
    let rule = Rule { query: rules::model::QueryText { text: query.to_owned(), place: None }, ..rule.clone() };
    let planning = checks::planned(desk.engine(), &environment, &rule);
    // A planner that stops unexpectedly takes this answer with it and nothing else.
    let outcome = AssertUnwindSafe(planning).catch_unwind().await;
    Ok(outcome.unwrap_or_else(|_| Err(QueryError::Internal("planning stopped unexpectedly".to_owned()))))
}

fn columns(planned: &Planned) -> Vec<Column> {
    planned.columns.iter().map(|column| Column { name: column.name.to_string(), ty: column.ty.to_string() }).collect()
}

/// A text, tried; `key` is that of the rule being changed, empty for a new one.
pub(super) async fn of(desk: &Context, key: &str, text: &str) -> Result<Trial, Fault> {
    let known = if key.is_empty() { None } else { Some(super::rule(desk, key)?) };
    let name = match &known {
        Some(known) => known.origin.source.name.clone(),
        None => format!("new.{}", ending(None, text)),
    };
    let Read { rule, mut problems } = read(&name, text);
    let Some(rule) = rule else {
        return Ok(Trial { problems, ..Trial::default() });
    };
    if let Some(known) = known.filter(|known| known.key != rule.key) {
        problems.push(whole(
            UNREADABLE,
            format!("the id `{}` was `{}`: a rule keeps its id, by which its alerts are known", rule.key, known.key),
        ));
    } else if key.is_empty() && desk.house.rules.live().rule(&rule.key).is_some() {
        problems
            .push(whole(UNREADABLE, format!("there is a rule `{}` already: change that one, or give this another id", rule.key)));
    }
    let sound = !problems.iter().any(|problem| problem.severity == "error");
    let (found, columns) = checked(desk, &rule).await?;
    problems.extend(found);
    Ok(Trial {
        ok: sound && columns.is_some(),
        key: rule.key.clone(),
        name: rule.name.clone(),
        problems,
        columns: columns.unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_of_a_text_is_seen() {
        assert_eq!(ending(Some("x/a.YML"), ""), "yml");
        assert_eq!(ending(None, "id: a\nquery: T\n"), "yaml");
        assert_eq!(ending(None, "[metadata]\n[rule]\n"), "toml");
        assert_eq!(ending(None, " {\"rule_id\": 1}"), "json");
        assert_eq!(ending(None, "EmailEvents | take 5"), "kql");
    }

    #[test]
    fn a_fault_has_the_line_it_is_on() {
        let text = "id: a\nname: a\nquery: [\n";
        let read = read("a.yaml", text);
        assert!(read.rule.is_none());
        let problem = &read.problems[0];
        assert_eq!((problem.severity.as_str(), problem.code.as_str()), ("error", UNREADABLE));
        assert!(problem.line >= 3, "{problem:?}");
        assert!(super::read("a.yaml", "name: no rule\n").problems[0].message.contains("no rule"));
        let two = "id: a\nname: a\nquery: T\n---\nid: b\nname: b\nquery: T\n";
        assert!(super::read("a.yaml", two).rule.is_none());
    }

    #[test]
    fn a_finding_stands_in_the_text_of_the_file() {
        let text = "id: a\nname: a\nquery: |\n  EmailEvents\n  | where Subject == 'x' and 1 == 2\n";
        let rule = read("a.yaml", text).rule.unwrap();
        for finding in lint::check(&rule, &lint::Settings::default()) {
            let problem = problem(&rule, &finding);
            assert!(problem.end <= text.len() && problem.start <= problem.end, "{problem:?}");
            assert!(problem.line >= 1 && problem.line <= 5, "{problem:?}");
        }
    }
}
