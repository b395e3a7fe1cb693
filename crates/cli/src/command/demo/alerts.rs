//! The end of the demonstration: the rules that come with the program over the simulated month, and some of their alerts, explained.

use std::{collections::BTreeSet, path::Path};

use detect::{
    benign::{Benign, Known},
    replay::Hands,
    run::{Reason, Watch},
    schedule::Slot,
    telemetry::{Failed, Telemetry as _},
};
use engine::{Engine, Environment};
use rules::exclusion::{self, Lists};
use schema::text::datetime;
use state::{Alert, AlertFilter, State};

use crate::{
    command::{alerts, rules as rules_command},
    failure::Failure,
    output, term,
    watch::{AlertTables, Lake},
};

/// Alerts that are shown whole.
const SHOWN: usize = 3;
/// The file of the pack with what is known to be benign.
const EXCLUSIONS: &str = "exclusions.yaml";
/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// What a rule did.
struct Line {
    name: String,
    severity: String,
    alerts: usize,
    excluded: i64,
}

/// Puts the rules into the directory, runs each once over the last `days` before `end`, keeps its alerts there, and shows what came.
pub(super) async fn show(
    directory: &Path,
    engine: Engine,
    environment: Environment,
    (end, days): (i64, i64),
) -> Result<(), Failure> {
    let folder = directory.join("rules");
    rules_command::unpack(&folder, false)?;
    let reading = ::rules::load(&[folder.join("sentinel"), folder.join("elastic")]);
    let state = State::open(&format!("sqlite://{}", directory.join("state.db").display())).await?;
    let at = datetime::to_unix_micros(end);
    let watch = Watch {
        state: state.clone(),
        telemetry: Lake::new(directory, engine, environment, AlertTables::of(state.clone())),
        clock: Hands::at(at),
        benign: Benign::default(),
        parameters: std::collections::BTreeMap::new(),
        targets: Vec::new(),
        catch_up: 0,
    };
    let benign = ::rules::pack::files().iter().filter(|(path, _)| *path == EXCLUSIONS);
    let exclusions = benign.flat_map(|(path, text)| exclusion::file::read(path, text).exclusions).collect();
    watch.benign.set(Known { exclusions, lists: Lists::default() });
    let view = watch.telemetry.view().await.map_err(|Failed(reason)| Failure::internal(reason))?;
    let slot = Slot { at, from: Some(at.saturating_sub(days.saturating_mul(DAY))) };
    let mut lines = Vec::new();
    for rule in reading.rules.iter().filter(|rule| rule.not_runnable().is_none()) {
        let made = watch.make(rule, slot, Reason::Manual, &view).await?;
        if made.run.status == "failed" {
            return Err(Failure::internal(format_args!("{}: {}", rule.name, made.run.message)));
        }
        let severity = rule.severity.map_or_else(String::new, |severity| format!("{severity:?}").to_lowercase());
        lines.push(Line { name: rule.name.clone(), severity, alerts: made.raised.len(), excluded: made.run.excluded });
    }
    let raised = state.alerts(&AlertFilter::default()).await?;
    state.close().await;
    told(&lines, &raised)
}

fn told(lines: &[Line], raised: &[Alert]) -> Result<(), Failure> {
    output::print("━━ Alerts\n   The rules that come with the program, each run once over the whole month.\n\n")?;
    let columns = [
        term::Column::text("Rule"),
        term::Column::text("Severity"),
        term::Column::number("Alerts"),
        term::Column::number("Excluded hits"),
    ];
    let rows = lines
        .iter()
        .map(|line| vec![line.name.clone(), line.severity.clone(), line.alerts.to_string(), line.excluded.to_string()]);
    output::print(&format!("{}\n", term::grid(&columns, rows)))?;
    for alert in chosen(raised) {
        output::print(&format!("━━ An alert, as `spoofwatch alerts show` explains it\n\n{}\n", alerts::described(alert, false)))?;
    }
    Ok(())
}

/// The worst alerts, of each rule one.
fn chosen(raised: &[Alert]) -> Vec<&Alert> {
    let mut sorted: Vec<&Alert> = raised.iter().collect();
    sorted.sort_by_key(|alert| (std::cmp::Reverse(alert.risk_score), alert.created_at, alert.id.clone()));
    let mut known = BTreeSet::new();
    sorted.retain(|alert| known.insert(&alert.rule_key));
    sorted.truncate(SHOWN);
    sorted
}
