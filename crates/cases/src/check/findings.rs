//! Errors and warnings: each expected one is found, and no other.

use crate::{case::Finding, execute::Found};

pub(super) fn compare(what: &str, expected: &[Finding], found: &[Found]) -> Option<String> {
    let mut rest: Vec<&Found> = found.iter().collect();
    let mut missing = Vec::new();
    for finding in expected {
        match rest.iter().position(|found| fits(finding, found)) {
            Some(position) => drop(rest.remove(position)),
            None => missing.push(finding),
        }
    }
    if missing.is_empty() && rest.is_empty() {
        return None;
    }
    let mut text = format!("the {what}s differ (- expected, + found):");
    text.extend(missing.iter().map(|finding| format!("\n- {}", finding.written)));
    text.extend(rest.iter().map(|found| format!("\n+ {}", found.written())));
    Some(text)
}

pub(super) fn written(found: &[Found]) -> String {
    found.iter().map(Found::written).collect::<Vec<_>>().join("\n")
}

fn fits(expected: &Finding, found: &Found) -> bool {
    let mut rest = found.text.as_str();
    let words = expected.words.iter().all(|word| match rest.split_once(word.as_str()) {
        Some((_, after)) => {
            rest = after;
            true
        }
        None => false,
    });
    words && expected.code == found.code && (expected.position.is_none() || expected.position == found.position)
}
