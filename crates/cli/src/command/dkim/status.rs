//! `spoofwatch dkim status`.

use serde_json::json;
use state::State;

use super::{Form, Keys, Listing};
use crate::{
    command::alerts::moment,
    failure::Failure,
    harden::{self, dkim::KeyRow},
    output,
    term::{self, Column},
};

/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

pub(super) async fn run(keys: &Keys, state: Option<&State>, options: &Listing) -> Result<(), Failure> {
    let now = harden::now();
    let rows = keys.rows(&options.domains, state, now).await?;
    if options.format == Form::Json {
        return output::print(&format!("{}\n", json!(rows)));
    }
    if rows.is_empty() {
        return output::print("no domain has keys\n");
    }
    let columns = ["Domain", "Signed by", "Selector", "Key", "Age", "State", "Next", "Then"].map(Column::text);
    let mut lines = Vec::new();
    for row in &rows {
        let next = row.next.map(|next| if row.overdue { format!("{} (overdue)", moment(next)) } else { moment(next) });
        let whole = [row.state.clone(), next.unwrap_or_default(), row.then.clone()];
        if row.keys.is_empty() {
            let none = [row.domain.clone(), row.signer.clone(), String::new(), String::new(), String::new()];
            lines.push([none.as_slice(), whole.as_slice()].concat());
        }
        for (place, key) in row.keys.iter().enumerate() {
            let first = |text: &str| if place == 0 { text.to_owned() } else { String::new() };
            let age =
                key.since.map(|since| term::count(now.saturating_sub(since).max(0).unsigned_abs() / DAY.unsigned_abs(), "day"));
            let selector = if key.signs { format!("{} (signs)", key.selector) } else { key.selector.clone() };
            let head = [first(&row.domain), first(&row.signer), selector, kind(key), age.unwrap_or_default()];
            let tail = whole.each_ref().map(|text| first(text));
            lines.push([head.as_slice(), tail.as_slice()].concat());
        }
    }
    let mut text = term::grid(&columns, lines);
    let problems: Vec<String> =
        rows.iter().flat_map(|row| row.problems.iter().map(move |problem| format!("{}: {problem}\n", row.domain))).collect();
    if !problems.is_empty() {
        text.push_str(&format!("\n{}:\n{}", term::count(problems.len() as u64, "problem"), problems.concat()));
    }
    output::print(&text)
}

/// What a key is.
fn kind(key: &KeyRow) -> String {
    let name = match key.algorithm.as_deref() {
        Some("rsa-sha256") => "RSA",
        Some("ed25519-sha256") => return "Ed25519".to_owned(),
        Some(other) => other,
        None => "?",
    };
    key.bits.map_or_else(|| name.to_owned(), |bits| format!("{name} {bits}"))
}
