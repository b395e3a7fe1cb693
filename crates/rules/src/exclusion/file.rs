//! Exclusions as a file: a list in YAML, each item with what [`Exclusion`] has.
//!
//! ```yaml
//! - id: newsletter
//!   rules: { keys: [a256f4ea-deec-4fcd-bdf3-63987638eed9] }
//!   entries:
//!     - { column: SenderFromDomain, operator: is, value: news.fabrikam.example }
//!     - { column: Timestamp, operator: daily, value: { from: "06:00", to: "06:15", time_zone: Europe/Berlin } }
//!   owner: mail team
//!   reason: sent for us by a service that signs with its own domain
//!   expires: 2027-01-31
//! ```
//!
//! Must not know where files are: it is given a text, and gives one. An item with a fault is left out and told, and the others are there;
//! a key that means nothing is a fault, because an exclusion that lost a condition would take more than was meant.

use std::collections::HashMap;

use serde_json::{Map, Value};
use serde_saphyr::Spanned;

use super::{Exclusion, Scope};
use crate::{Fault, yaml};

/// What a file of exclusions holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listed {
    /// The exclusions, in the order of the file.
    pub exclusions: Vec<Exclusion>,
    /// What is wrong with the others.
    pub faults: Vec<Fault>,
}

/// Reads the text of a file; `path` is what messages call it.
///
/// ```
/// let text = "- id: a\n  rules: { all: true }\n  entries: [{ column: SenderFromDomain, operator: is, value: fabrikam.example }]\n";
/// let listed = spoofwatch_rules::exclusion::file::read("a.yaml", text);
/// assert!(listed.faults.is_empty());
/// assert_eq!(spoofwatch_rules::exclusion::file::read("a.yaml", &spoofwatch_rules::exclusion::file::write(&listed.exclusions)), listed);
/// ```
#[must_use]
pub fn read(path: &str, text: &str) -> Listed {
    let mut listed = Listed::default();
    let items: Option<Vec<Spanned<Value>>> = match serde_saphyr::from_str(text) {
        Ok(items) => items,
        Err(error) => {
            listed.faults.push(yaml::fault(path, &error, "this is no list of exclusions in YAML"));
            return listed;
        }
    };
    let mut known: HashMap<String, usize> = HashMap::new();
    for item in items.unwrap_or_default() {
        let line = usize::try_from(item.referenced.line()).unwrap_or(1);
        match exclusion(item.value) {
            Ok(exclusion) => match known.insert(exclusion.id.clone(), line) {
                None => listed.exclusions.push(exclusion),
                Some(first) => {
                    let reason = format!("the id `{}` is that of the exclusion in line {first}; give it another", exclusion.id);
                    listed.faults.push(Fault::error(path, line, reason));
                }
            },
            Err(reason) => listed.faults.push(Fault::error(path, line, reason)),
        }
    }
    listed
}

fn exclusion(mut item: Value) -> Result<Exclusion, String> {
    let Value::Object(map) = &mut item else { return Err("an exclusion is a mapping with `id`, `rules`, `entries`".to_owned()) };
    let entries = map.get_mut("entries").and_then(Value::as_array_mut);
    entries.into_iter().flatten().try_for_each(check_entry)?;
    let exclusion: Exclusion = serde_json::from_value(item).map_err(|error| error.to_string())?;
    if exclusion.id.trim().is_empty() {
        return Err("the exclusion has an empty `id`".to_owned());
    }
    if exclusion.entries.is_empty() {
        return Err("`entries` is empty, which excludes nothing; name at least one condition".to_owned());
    }
    if exclusion.rules == Scope::default() {
        return Err("`rules` names no rule: give `keys`, `tags` or `lists`, or `all: true`".to_owned());
    }
    Ok(exclusion)
}

/// Refuses keys that an entry does not have, and makes the values that YAML took for numbers or truth values texts again.
fn check_entry(entry: &mut Value) -> Result<(), String> {
    const KEYS: [&str; 5] = ["case_sensitive", "column", "negated", "operator", "value"];
    let Value::Object(map) = entry else { return Err("an entry is a mapping with `column`, `operator`, `value`".to_owned()) };
    if let Some(unknown) = map.keys().find(|key| !KEYS.contains(&key.as_str())) {
        let near = schema::nearest(unknown, KEYS);
        let help = if near.is_empty() {
            format!("it has {}", KEYS.join(", "))
        } else {
            format!("did you mean `{}`?", near.join("` or `"))
        };
        return Err(format!("an entry has no `{unknown}`; {help}"));
    }
    let operator = map.get("operator").and_then(Value::as_str).unwrap_or_default().to_owned();
    match (operator.as_str(), map.get_mut("value")) {
        ("is" | "matches" | "member_of", Some(value)) => text(value),
        ("is_one_of" | "in_network", Some(Value::Array(values))) => values.iter_mut().try_for_each(text),
        ("nested", Some(Value::Array(entries))) => entries.iter_mut().try_for_each(check_entry),
        _ => Ok(()),
    }
}

fn text(value: &mut Value) -> Result<(), String> {
    match value {
        Value::Number(number) if number.is_f64() => {
            // 1.10 would have lost its zero.
            return Err(format!("the value {number} is to be compared as a text: write it in quotes"));
        }
        Value::Number(_) | Value::Bool(_) => *value = Value::String(value.to_string()),
        _ => {}
    }
    Ok(())
}

/// Writes a file that [`read`] reads; what has its default value is left out.
#[must_use]
pub fn write(exclusions: &[Exclusion]) -> String {
    if exclusions.is_empty() {
        return "[]\n".to_owned();
    }
    let mut out = String::new();
    for exclusion in exclusions {
        // An exclusion is texts, lists and mappings, which always can be written.
        let Ok(Value::Object(mut map)) = serde_json::to_value(exclusion) else { continue };
        if map.get("approval").and_then(|approval| approval.get("state")).is_some_and(|state| state == "not_needed") {
            map.remove("approval");
        }
        prune(&mut map);
        item(&Value::Object(map), 0, &mut out);
    }
    out
}

/// Takes out what is empty or false; the value of an entry stays whatever it is.
fn prune(map: &mut Map<String, Value>) {
    map.retain(|key, value| key == "value" || !matches!(value, Value::Null | Value::Bool(false)) && !is_empty(value));
    for (key, value) in map.iter_mut() {
        match value {
            Value::Object(inner) if key == "rules" => prune(inner),
            Value::Array(entries) => entries.iter_mut().filter_map(Value::as_object_mut).for_each(prune),
            _ => {}
        }
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::String(text) => text.is_empty(),
        Value::Array(values) => values.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    }
}

/// An element of a list, at this indentation.
fn item(value: &Value, indent: usize, out: &mut String) {
    out.push_str(&" ".repeat(indent));
    out.push_str("- ");
    match value {
        Value::Object(map) if !map.is_empty() => mapping(map, indent + 2, true, out),
        other => {
            scalar(other, out);
            out.push('\n');
        }
    }
}

/// The lines of a mapping; the first may stand behind a dash.
fn mapping(map: &Map<String, Value>, indent: usize, mut begun: bool, out: &mut String) {
    for (key, value) in map {
        if !std::mem::take(&mut begun) {
            out.push_str(&" ".repeat(indent));
        }
        out.push_str(key);
        out.push(':');
        match value {
            Value::Object(inner) if !inner.is_empty() => {
                out.push('\n');
                mapping(inner, indent + 2, false, out);
            }
            Value::Array(values) if !values.is_empty() => {
                out.push('\n');
                values.iter().for_each(|value| item(value, indent + 2, out));
            }
            other => {
                out.push(' ');
                scalar(other, out);
                out.push('\n');
            }
        }
    }
}

/// A value on one line. A text that could be anything else is quoted, as JSON does it, which YAML reads alike.
fn scalar(value: &Value, out: &mut String) {
    const WORDS: [&str; 9] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    match value {
        Value::String(text) => {
            let begins = text.starts_with(|first: char| first.is_ascii_alphabetic());
            let plain = |letter: char| letter.is_ascii_alphanumeric() || " ._/@-".contains(letter);
            let word = WORDS.iter().any(|word| text.eq_ignore_ascii_case(word));
            if begins && !word && !text.ends_with(' ') && text.chars().all(plain) {
                out.push_str(text);
            } else {
                out.push_str(&value.to_string());
            }
        }
        other => out.push_str(&other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Exclusion, Listed, Scope, read, write};
    use crate::exclusion::{Approval, Daily, Entry, Test};

    type Outcome = Result<(), Box<dyn std::error::Error>>;

    const GOOD: &str = "# What our own systems send.\n- id: newsletter\n  rules:\n    keys: [a1]\n  entries:\n    - { column: SenderFromDomain, operator: is, value: news.fabrikam.example }\n    - { column: Port, operator: is_one_of, value: [25, 587] }\n    - { column: SenderIPv4, operator: in_network, value: [192.0.2.0/24], negated: true }\n  owner: mail team\n  expires: 2027-01-31\n";

    fn reasons(text: &str) -> Vec<(usize, String)> {
        read("x.yaml", text).faults.into_iter().map(|fault| (fault.line, fault.reason)).collect()
    }

    #[test]
    fn a_list_is_read() -> Outcome {
        let Listed { exclusions, faults } = read("x.yaml", GOOD);
        assert!(faults.is_empty(), "{faults:?}");
        let one = exclusions.first().ok_or("nothing was read")?;
        assert_eq!((one.id.as_str(), one.owner.as_str(), &one.rules), ("newsletter", "mail team", &Scope::keys(["a1"])));
        assert_eq!(one.entries[1].test, Test::IsOneOf(vec!["25".to_owned(), "587".to_owned()]));
        assert!(one.entries[2].negated);
        assert_eq!(one.expires, Some(1_801_353_600_000_000));
        Ok(())
    }

    #[test]
    fn what_is_written_is_read_again() -> Outcome {
        let entries = vec![
            Entry::new("Subject", Test::Is("no".to_owned())),
            Entry::new("Subject", Test::Is("a: \"b\" # c\n".to_owned())).negate(),
            Entry::new("Subject", Test::Exists),
            Entry::new("Timestamp", Test::Daily(Daily::new("06:00", "06:15", "Europe/Berlin")?)),
            Entry::new("Objects", Test::Nested(vec![Entry::new("Name", Test::Matches("*x?".to_owned()))])),
            Entry { case_sensitive: true, ..Entry::new("Port", Test::IsOneOf(vec!["25".to_owned(), String::new()])) },
            Entry::new("Empty", Test::Is(String::new())),
        ];
        let approval = Approval::Approved { by: "kim".to_owned(), at: Some(1_767_225_600_000_000) };
        let rules = Scope { tags: ["mail".to_owned()].into(), ..Scope::keys(["a1", "b2"]) };
        let one = Exclusion {
            id: "x1".to_owned(),
            name: "0700 run".to_owned(),
            rules,
            entries,
            owner: "kim@contoso.example".to_owned(),
            reason: "it's ours".to_owned(),
            expires: Some(1_801_353_600_000_000),
            approval,
        };
        let all = Exclusion { id: "x2".to_owned(), rules: Scope::all(), approval: Approval::default(), ..one.clone() };
        let exclusions = vec![one, all];
        assert_eq!(read("x.yaml", &write(&exclusions)), Listed { exclusions, faults: Vec::new() });
        assert_eq!(read("x.yaml", &write(&[])), Listed::default());
        Ok(())
    }

    #[test]
    fn what_is_written_reads_well() {
        let one = read("x.yaml", GOOD).exclusions;
        assert_eq!(
            write(&one),
            "- id: newsletter\n  rules:\n    keys:\n      - a1\n  entries:\n    - column: SenderFromDomain\n      operator: is\n      value: news.fabrikam.example\n    - column: Port\n      operator: is_one_of\n      value:\n        - \"25\"\n        - \"587\"\n    - column: SenderIPv4\n      operator: in_network\n      value:\n        - \"192.0.2.0/24\"\n      negated: true\n  owner: mail team\n  expires: \"2027-01-31T00:00:00Z\"\n"
        );
    }

    #[test]
    fn a_fault_is_told_with_its_line_and_the_others_are_there() {
        let entry = "entries: [{ column: A, operator: exists }]";
        let text = format!(
            "- {{ id: a, rules: {{ all: true }}, {entry} }}\n- {{ id: a, rules: {{ all: true }}, {entry} }}\n- {{ id: b, {entry} }}\n- {{ id: c, rules: {{}}, {entry} }}\n- {{ id: d, rules: {{ all: true }}, entries: [] }}\n- 5\n- {{ id: e, rules: {{ all: true }}, {entry} }}\n"
        );
        let listed = read("x.yaml", &text);
        assert_eq!(listed.exclusions.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["a", "e"]);
        let lines: Vec<usize> = listed.faults.iter().map(|fault| fault.line).collect();
        assert_eq!(lines, [2, 3, 4, 5, 6]);
        assert!(listed.faults[1].reason.contains("missing field `rules`"), "{}", listed.faults[1].reason);
    }

    #[test]
    fn a_misspelt_key_takes_no_condition_away() {
        let entry = |entry: &str| reasons(&format!("- id: a\n  rules: {{ all: true }}\n  entries: [{entry}]\n"));
        let told =
            |found: Vec<(usize, String)>, words: &str| assert!(found.len() == 1 && found[0].1.contains(words), "{found:?}");
        told(entry("{ column: A, operator: is, value: x, negate: true }"), "did you mean `negated`?");
        told(entry("{ column: A, operator: is, value: 1.10 }"), "write it in quotes");
        told(entry("{ column: A, operator: equals, value: x }"), "unknown variant `equals`");
        told(entry("{ column: A, operator: in_network, value: [10.0.0.0/99] }"), "is no network");
        told(reasons("- id: a\n  rule: {}\n  entries: []\n"), "unknown field `rule`");
        told(reasons("id: a\n"), "no list of exclusions");
        told(reasons("- [\n"), "no list of exclusions");
        assert!(reasons("").is_empty() && reasons("# nothing yet\n").is_empty());
    }
}
