//! `spoofwatch alerts export`: alerts for other programs, a JSON object a line.

use std::io::Write as _;

use clap::{Args, ValueEnum};
use rules::exclusion::moment;
use schema::text::datetime;
use serde_json::{Map, Value, json};
use state::{Alert, AlertFilter, State};

use crate::{clock, failure::Failure};

/// Arguments of `alerts export`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Whose form the alerts are written in.
    #[arg(long, value_enum)]
    shape: Shape,
    /// Only alerts raised since this day or moment, or within a length of time such as 24h or 7d.
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,
}

/// Forms of an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Shape {
    /// Documents of Elastic's detection engine.
    Ecs,
    /// OCSF Detection Findings.
    Ocsf,
    /// Rows of Sentinel's SecurityAlert.
    Sentinel,
    /// Rows of Defender's AlertInfo and AlertEvidence; `$table` says which.
    AdvancedHunting,
}

pub(super) async fn run(state: &State, options: &Options) -> Result<(), Failure> {
    let since = options.since.as_deref().map(|text| begin(text, clock::micros(clock::now()))).transpose()?;
    let mut alerts = state.alerts(&AlertFilter { since, ..AlertFilter::default() }).await?;
    // The first raised first: what reads this adds to what it has.
    alerts.reverse();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for alert in &alerts {
        for line in lines(alert, options.shape) {
            writeln!(out, "{line}")?;
        }
    }
    Ok(out.flush()?)
}

fn lines(alert: &Alert, shape: Shape) -> Vec<Value> {
    match shape {
        Shape::Ecs => vec![Value::Object(detect::shape::ecs(alert))],
        Shape::Ocsf => vec![detect::shape::ocsf(alert)],
        Shape::Sentinel => vec![Value::Object(detect::shape::security_alert(alert))],
        Shape::AdvancedHunting => {
            let evidence = detect::shape::alert_evidence(alert).into_iter().map(|row| named("AlertEvidence", row));
            std::iter::once(named("AlertInfo", detect::shape::alert_info(alert))).chain(evidence).collect()
        }
    }
}

/// A row with the name of its table before it, by which `ingest` knows it.
fn named(table: &str, row: Map<String, Value>) -> Value {
    let mut named = Map::new();
    named.insert("$table".to_owned(), json!(table));
    named.extend(row);
    Value::Object(named)
}

/// A day, a moment, or a length of time before now.
fn begin(text: &str, now: i64) -> Result<i64, Failure> {
    const UNITS: [(char, i64); 3] = [('d', 86_400_000_000), ('h', 3_600_000_000), ('m', 60_000_000)];
    let length = UNITS.iter().find_map(|(unit, micros)| text.strip_suffix(*unit)?.parse::<i64>().ok()?.checked_mul(*micros));
    let precise = || datetime::parse(text).map(datetime::to_unix_micros);
    length.map(|length| now.saturating_sub(length)).or_else(|| moment::parse(text)).or_else(precise).ok_or_else(|| {
        Failure::input(format!("error: --since {text}: no moment; write 2026-11-20, 2026-11-20T23:00:00Z, 24h or 7d"))
    })
}

#[cfg(test)]
mod tests {
    use super::begin;

    #[test]
    fn a_beginning_is_a_day_a_moment_or_a_length() -> Result<(), String> {
        let begin = |text: &str| begin(text, 1_800_000_000_000_000).map_err(|failure| failure.words());
        assert_eq!(begin("24h")?, 1_800_000_000_000_000 - 86_400_000_000);
        assert_eq!(begin("2027-01-31")?, 1_801_353_600_000_000);
        assert_eq!(begin("2027-01-31T00:00:00.5Z")?, 1_801_353_600_500_000);
        assert!(begin("yesterday").is_err_and(|words| words.contains("--since yesterday")));
        Ok(())
    }
}
