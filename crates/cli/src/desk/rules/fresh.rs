//! The text of a new rule for a query, in the form of Sentinel's analytics rules.

use std::fmt::Write as _;

use desk::Fault;
use serde_json::Value;

use super::{LONGEST, saving, trial};

/// How far a rule looks back whose query does not say.
const USUAL: &str = "P1D";
/// The longest look-back that Sentinel allows, in hours.
const LONGEST_HOURS: u64 = 14 * 24;

/// The text.
pub(super) fn text(name: &str, query: &str) -> Result<String, Fault> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() {
        return Err(Fault::input("a rule needs a name"));
    }
    if query.trim().is_empty() {
        return Err(Fault::input("a rule needs a query"));
    }
    if name.len() + query.len() > LONGEST {
        return Err(Fault::Limit { reason: format!("a rule has at most {LONGEST} bytes") });
    }
    let query = query.replace("\r\n", "\n");
    // JSON's strings are strings of YAML, too (YAML 1.2, section 1.3).
    let quoted = |text: &str| Value::from(text).to_string();
    let mut out = String::new();
    let _ = write!(
        out,
        "id: {}\nname: {}\ndescription: {}\nseverity: Medium\nkind: Scheduled\nqueryFrequency: PT1H\nqueryPeriod: {}\n\
         triggerOperator: gt\ntriggerThreshold: 0\ntactics: []\nrelevantTechniques: []\n",
        quoted(&saving::stem(&name)),
        quoted(&name),
        quoted(&format!("Rows of the hunt: {name}")),
        period(&query)
    );
    if query.chars().all(|letter| letter == '\n' || !letter.is_control()) && !query.starts_with([' ', '\n']) {
        out.push_str("query: |\n");
        for line in query.trim_end().lines() {
            let _ = writeln!(out, "  {line}");
        }
    } else {
        let _ = writeln!(out, "query: {}", quoted(&query));
    }
    out.push_str("version: 1.0.0\n");
    let read = trial::read("new.yaml", &out);
    match read.rule {
        Some(rule) if rule.query.text.trim_end() == query.trim_end() => Ok(out),
        _ => Err(Fault::input("the query cannot be written into a rule as it is")),
    }
}

/// How far a query looks back, by the longest `ago` in it.
fn period(query: &str) -> String {
    let hours = query.match_indices("ago(").filter_map(|(at, word)| {
        let length = query.get(at + word.len()..)?.split_once(')')?.0.trim();
        let digits = length.bytes().take_while(u8::is_ascii_digit).count();
        let number: u64 = length.get(..digits)?.parse().ok()?;
        match length.get(digits..)? {
            "d" => number.checked_mul(24),
            "h" => Some(number),
            "m" => Some(number.div_ceil(60)),
            _ => None,
        }
    });
    match hours.max().map(|hours| hours.clamp(1, LONGEST_HOURS)) {
        None => USUAL.to_owned(),
        Some(hours) if hours % 24 == 0 => format!("P{}D", hours / 24),
        Some(hours) => format!("PT{hours}H"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_is_the_same_and_the_look_back_is_the_querys() {
        let query = "EmailEvents\n| where Timestamp > ago(36h) and Subject has \"# no: comment\"\n\n    | take 5";
        let text = text("  Odd \"subjects\":\n  once ", query).unwrap();
        let rule = trial::read("a.yaml", &text).rule.unwrap();
        assert_eq!((rule.name.as_str(), rule.key.as_str()), ("Odd \"subjects\": once", "odd-subjects-once"));
        assert_eq!(rule.query.text.trim_end(), query);
        assert_eq!(rule.schedule.look_back, Some(36 * 3_600_000_000));
        assert!(rule.schedule.interval.is_some());
    }

    #[test]
    fn a_query_with_odd_letters_is_written_with_escapes() {
        let text = text("Tabs", "\tEmailEvents\t| take 5").unwrap();
        assert_eq!(trial::read("a.yaml", &text).rule.unwrap().query.text, "\tEmailEvents\t| take 5");
        assert!(super::text("", "T").is_err() && super::text("A", " ").is_err());
    }

    #[test]
    fn the_longest_ago_counts() {
        assert_eq!(period("T | where a > ago(1h) and b > ago(7d)"), "P7D");
        assert_eq!(period("T | where a > ago(90m)"), "PT2H");
        assert_eq!(period("T | where a > ago(365d)"), "P14D");
        assert_eq!(period("T | where a > ago(x"), "P1D");
    }
}
