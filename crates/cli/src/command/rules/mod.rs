//! `spoofwatch rules`: published rules listed, shown, checked, linted, tested, replayed.

mod backtest;
mod check;
mod evaluate;
mod lint;
mod list;
mod pack;
mod show;
mod test;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use ::rules::{Reading, Rule, model::Schedule};
use clap::{Args, Subcommand, ValueEnum};

pub(crate) use check::planned;
pub(crate) use pack::unpack;

use crate::{failure::Failure, term};

/// Arguments of `rules`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Replay history: every run that rules would have made, its alerts by day, what a change or an exclusion adds and removes.
    Backtest(Box<backtest::Options>),
    /// Read rules and plan their queries against the known tables, without running them.
    Check(Box<check::Options>),
    /// Run rules over simulated telemetry and hold their hits against its labels: precision and recall.
    Evaluate(Box<evaluate::Options>),
    /// Find what makes rules silently useless, with place, reason and suggested fix.
    Lint(Box<lint::Options>),
    /// List rules: what they are called, when they run, how bad their alerts are.
    List(list::Options),
    /// Write the rules that come with the program into a folder, to be watched, changed, and kept in git.
    Pack(pack::Options),
    /// Show one rule with everything it says.
    Show(show::Options),
    /// Run rules' own cases: rows that are there, alerts that must come.
    Test(Box<test::Options>),
}

/// How rules are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For reading.
    Text,
    /// One object a line.
    Json,
}

/// Runs the command that the arguments name.
pub(crate) async fn run(data: &Path, options: Options) -> Result<(), Failure> {
    match options.command {
        Command::Backtest(options) => backtest::run(data, *options).await,
        Command::Check(options) => check::run(data, *options).await,
        Command::Evaluate(options) => evaluate::run(data, *options).await,
        Command::Lint(options) => lint::run(data, *options).await,
        Command::List(options) => list::run(data, &options),
        Command::Pack(options) => pack::run(data, &options),
        Command::Show(options) => show::run(data, &options),
        Command::Test(options) => test::run(data, *options).await,
    }
}

/// The rules at the paths; those of the folder `rules` in the data directory where there are none.
pub(crate) fn load(data: &Path, paths: &[PathBuf]) -> Result<Reading, Failure> {
    paths_or_own(data, paths).map(|paths| ::rules::load(&paths))
}

/// The paths; the folder `rules` in the data directory where there are none.
fn paths_or_own(data: &Path, paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    if !paths.is_empty() {
        return Ok(paths.to_vec());
    }
    let own = data.join("rules");
    if own.is_dir() {
        return Ok(vec![own]);
    }
    Err(none(data))
}

/// There are no rules.
pub(crate) fn none(data: &Path) -> Failure {
    Failure::input(format!(
        "error: no rules: name files or folders of rules, or put them into {}; `spoofwatch rules pack` puts those there that come with the program",
        data.join("rules").display()
    ))
}

/// The rules that can be run; of the others the reason is told.
fn runnable(reading: &Reading) -> Vec<Arc<Rule>> {
    let mut runnable = Vec::with_capacity(reading.rules.len());
    for rule in &reading.rules {
        match rule.not_runnable() {
            Some(reason) => term::warn(&format!("{} does not run: {reason}", rule.name)),
            None => runnable.push(Arc::new(rule.clone())),
        }
    }
    runnable
}

/// Tells what is wrong with the files, and whether a rule was lost by it.
fn tell_faults(reading: &Reading) -> Result<(), Failure> {
    for fault in reading.faults.iter().filter(|fault| !fault.is_error()) {
        term::warn(&fault.to_string());
    }
    let lost = reading.faults.iter().filter(|fault| fault.is_error());
    Failure::all(lost.map(|fault| Failure::input(format!("error: {fault}"))).collect())
}

/// A schedule in a few words: `every 5m over 30m`.
pub(crate) fn schedule(schedule: &Schedule) -> String {
    match (schedule.continuous, schedule.interval, schedule.look_back) {
        (true, ..) => "continuous".to_owned(),
        (false, Some(interval), Some(look_back)) => format!("every {} over {}", length(interval), length(look_back)),
        (false, Some(interval), None) => format!("every {}", length(interval)),
        (false, None, _) => "on demand".to_owned(),
    }
}

/// A length of time in the largest unit that has it whole.
pub(crate) fn length(micros: i64) -> String {
    const UNITS: [(i64, &str); 4] = [(86_400_000_000, "d"), (3_600_000_000, "h"), (60_000_000, "m"), (1_000_000, "s")];
    let fits = UNITS.iter().find(|(unit, _)| micros != 0 && micros % unit == 0);
    fits.map_or_else(|| format!("{micros}us"), |(unit, name)| format!("{}{name}", micros / unit))
}

/// The rule with this key, this name, or this beginning of a key.
pub(crate) fn find<'a>(rules: &'a [Rule], wanted: &str) -> Result<&'a Rule, Failure> {
    let exact = rules.iter().find(|rule| rule.key == wanted);
    if let Some(rule) = exact.or_else(|| rules.iter().find(|rule| rule.name.eq_ignore_ascii_case(wanted))) {
        return Ok(rule);
    }
    let begin: Vec<&Rule> = rules.iter().filter(|rule| rule.key.starts_with(wanted)).collect();
    match begin.as_slice() {
        [one] => Ok(one),
        [] => {
            let names = rules.iter().flat_map(|rule| [rule.name.as_str(), rule.key.as_str()]);
            let near = schema::nearest(wanted, names);
            let help = if near.is_empty() { String::new() } else { format!("; did you mean {}?", near.join(", ")) };
            Err(Failure::input(format!("error: there is no rule `{wanted}`{help}")))
        }
        many => Err(Failure::input(format!("error: {} begin with `{wanted}`", term::count(many.len() as u64, "key")))),
    }
}

#[cfg(test)]
mod tests {
    use ::rules::model::Schedule;

    use super::{length, schedule};

    #[test]
    fn lengths_of_time_are_shown_in_their_largest_unit() {
        assert_eq!(length(86_400_000_000), "1d");
        assert_eq!(length(90 * 60_000_000), "90m");
        assert_eq!((length(0), length(1)), ("0us".to_owned(), "1us".to_owned()));
    }

    #[test]
    fn a_schedule_reads_as_a_sentence() {
        let every = Schedule { interval: Some(300_000_000), look_back: Some(1_800_000_000), delay: 0, continuous: false };
        assert_eq!(schedule(&every), "every 5m over 30m");
        assert_eq!(schedule(&Schedule { continuous: true, ..Schedule::default() }), "continuous");
        assert_eq!(schedule(&Schedule::default()), "on demand");
    }
}
