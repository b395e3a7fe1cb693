//! What the readers make of files, form by form, and the loader of folders. Every file here is of our own making.

mod defender;
mod elastic;
mod kibana;
mod kql;
mod lints;
mod load;
mod pack;
mod sentinel;
mod spoiled;

use spoofwatch_rules::{Reading, Rule};

/// What a test that cannot go on answers.
type Outcome = Result<(), Box<dyn std::error::Error>>;

/// The one rule of a file, which has no faults.
fn rule(path: &str, text: &str) -> Result<Rule, String> {
    let Reading { mut rules, faults, .. } = spoofwatch_rules::read(path, text.as_bytes());
    match (rules.pop(), rules.len(), faults.as_slice()) {
        (Some(rule), 0, []) => Ok(rule),
        (_, more, faults) => Err(format!("{more} more rules, {faults:?}")),
    }
}

/// The faults of a file as lines.
fn faults(path: &str, text: &str) -> Vec<String> {
    spoofwatch_rules::read(path, text.as_bytes()).faults.iter().map(ToString::to_string).collect()
}

/// Microseconds of so many minutes.
const fn minutes(count: i64) -> i64 {
    count * 60_000_000
}
