//! `spoofwatch exclusions`: what is known to be benign, who says so, until when, and what it took.

mod add;
mod change;
mod export;
mod import;
mod list;
mod show;
mod trial;
pub(crate) mod window;

use std::path::Path;

pub(crate) use add::{daily, new_id};
use clap::{Args, Subcommand};
use rules::exclusion::{Entry, Exclusion, Test};
use state::State;

use crate::{clock, failure::Failure, term, watch, watch::StateUrl};

/// Arguments of `exclusions`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    state: StateUrl,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Show exclusions: who answers for each, until when it counts, how many hits it took.
    List(list::Options),
    /// Show one exclusion: its conditions, its history, the latest hits it took.
    Show(show::Options),
    /// Propose an exclusion, by options or from a file. It takes nothing before it is approved.
    Add(Box<add::Options>),
    /// Propose a change window: who may switch DKIM signing of which domain off, from when to when. It takes nothing else.
    Window(window::Options),
    /// Approve exclusions: from the next run on they take hits.
    Approve(change::Options),
    /// Revoke exclusions. What they took stays on record; they take no more.
    Remove(change::Options),
    /// Take exclusions over from files: Elastic's exception lists, or lists in YAML.
    Import(import::Options),
    /// Print exclusions as YAML, as `add --file` and `rules backtest --exclusions` read them.
    Export(export::Options),
}

pub(crate) async fn run(data: &Path, options: Options) -> Result<(), Failure> {
    let state = options.state.open(data).await?;
    let done = match options.action {
        Action::List(options) => list::run(&state, &options).await,
        Action::Show(options) => show::run(&state, &options).await,
        Action::Add(options) => add::run(data, &state, *options).await,
        Action::Window(options) => window::run(data, &state, &options).await,
        Action::Approve(options) => change::run(data, &state, &options, "approved").await,
        Action::Remove(options) => change::run(data, &state, &options, "revoked").await,
        Action::Import(options) => import::run(&state, &options).await,
        Action::Export(options) => export::run(&state, &options).await,
    };
    state.close().await;
    done
}

/// The exclusion with this id or name, or the only one whose id begins so.
async fn find(state: &State, wanted: &str) -> Result<state::Exclusion, Failure> {
    let mut all = state.exclusions().await?;
    let named = |one: &state::Exclusion| one.id == wanted || (!one.name.is_empty() && one.name.eq_ignore_ascii_case(wanted));
    if let Some(place) = all.iter().position(named) {
        return Ok(all.swap_remove(place));
    }
    let begin: Vec<usize> = (0..all.len()).filter(|place| all[*place].id.starts_with(wanted)).collect();
    match begin.as_slice() {
        [one] => Ok(all.swap_remove(*one)),
        [] => {
            let near = schema::nearest(wanted, all.iter().flat_map(|one| [one.id.as_str(), one.name.as_str()]));
            let help = if near.is_empty() { String::new() } else { format!("; did you mean {}?", near.join(", ")) };
            Err(Failure::input(format!("error: there is no exclusion `{wanted}`{help}")))
        }
        many => Err(Failure::input(format!(
            "error: `{wanted}` is the beginning of {}: {}",
            term::count(many.len() as u64, "id"),
            many.iter().map(|place| all[*place].id.as_str()).collect::<Vec<_>>().join(", ")
        ))),
    }
}

/// As [`find`], and all that share a name: a change window is one for each form of the audit log.
async fn find_all(state: &State, wanted: &str) -> Result<Vec<state::Exclusion>, Failure> {
    let all = state.exclusions().await?;
    let named: Vec<&state::Exclusion> =
        all.iter().filter(|one| !one.name.is_empty() && one.name.eq_ignore_ascii_case(wanted)).collect();
    let begin: Vec<&state::Exclusion> = all.iter().filter(|one| one.id.starts_with(wanted)).collect();
    let one_name = begin.first().is_some_and(|first| !first.name.is_empty() && begin.iter().all(|one| one.name == first.name));
    match (named.is_empty(), one_name && !all.iter().any(|one| one.id == wanted)) {
        (false, _) => Ok(named.into_iter().cloned().collect()),
        (true, true) => Ok(begin.into_iter().cloned().collect()),
        (true, false) => Ok(vec![find(state, wanted).await?]),
    }
}

/// How it stands at the moment, in a word.
pub(crate) fn standing(kept: &state::Exclusion, now: i64) -> &str {
    let ended = kept.expires_at.is_some_and(|end| end <= now);
    if kept.status == "approved" && ended { "expired" } else { &kept.status }
}

/// Keeps exclusions that were proposed, or approved at once by `approver`. One that is there already gets the new text.
async fn keep(state: &State, exclusions: &[Exclusion], actor: &str, approve: bool) -> Result<(), Failure> {
    let now = now();
    for exclusion in exclusions {
        let approval = if approve {
            rules::exclusion::Approval::Approved { by: actor.to_owned(), at: Some(now) }
        } else {
            rules::exclusion::Approval::Pending
        };
        let exclusion = Exclusion { approval, ..exclusion.clone() };
        state.put_exclusion(&watch::kept_exclusion(&exclusion, now)?, actor).await?;
        let next = if approve {
            "approved".to_owned()
        } else {
            format!("proposed; it takes nothing before: spoofwatch exclusions approve {}", exclusion.id)
        };
        term::say(&format!("{}: {next}", exclusion.id));
    }
    Ok(())
}

fn now() -> i64 {
    clock::micros(clock::now())
}

/// A condition for reading: `SenderFromDomain is one of a.example, b.example`.
pub(crate) fn condition(entry: &Entry) -> String {
    let not = if entry.negated { "not " } else { "" };
    let test = match &entry.test {
        Test::Is(value) => format!("is {not}`{value}`"),
        Test::IsOneOf(values) => format!("is {not}one of {}", values.join(", ")),
        Test::Matches(pattern) => format!("{}`{pattern}`", if entry.negated { "does not match " } else { "matches " }),
        Test::Exists => if entry.negated { "does not exist" } else { "exists" }.to_owned(),
        Test::InNetwork(networks) => {
            let networks: Vec<String> = networks.iter().map(|network| String::from(network.clone())).collect();
            format!("is {not}in {}", networks.join(", "))
        }
        Test::Daily(daily) => format!("is {not}{daily} of a day"),
        Test::Between(between) => format!("is {not}{between}"),
        Test::MemberOf(list) => format!("is {not}on the watchlist {list}"),
        Test::Nested(entries) => {
            let inner: Vec<String> = entries.iter().map(condition).collect();
            format!("has {}element with {}", if entry.negated { "no " } else { "an " }, inner.join(" and "))
        }
    };
    let case = if entry.case_sensitive && !matches!(entry.test, Test::Exists) { " (case matters)" } else { "" };
    format!("{} {test}{case}", entry.column)
}

/// The rules an exclusion is for, for reading.
fn scope(rules: &rules::exclusion::Scope) -> String {
    if rules.all {
        return "every rule".to_owned();
    }
    let join = |set: &std::collections::BTreeSet<String>| set.iter().cloned().collect::<Vec<_>>().join(", ");
    let mut parts = Vec::new();
    for (what, set) in [("", &rules.keys), ("tagged ", &rules.tags), ("with the exception list ", &rules.lists)] {
        if !set.is_empty() {
            parts.push(format!("{what}{}", join(set)));
        }
    }
    parts.join("; ")
}

#[cfg(test)]
mod tests {
    use rules::exclusion::{Daily, Entry, Test};

    use super::condition;

    #[test]
    fn conditions_read_as_sentences() -> Result<(), Box<dyn std::error::Error>> {
        let daily = Entry::new("Timestamp", Test::Daily(Daily::new("06:00", "06:15", "Europe/Berlin")?));
        assert_eq!(condition(&daily), "Timestamp is from 06:00 to 06:15 (Europe/Berlin) of a day");
        let networks = Entry::new("SenderIPv4", Test::InNetwork(vec!["192.0.2.0/24".parse()?]));
        assert_eq!(condition(&networks.negate()), "SenderIPv4 is not in 192.0.2.0/24");
        let pair = vec![Entry::new("Name", Test::Is("X-Run".to_owned())), Entry::new("Value", Test::Exists)];
        assert_eq!(
            condition(&Entry::new("Headers", Test::Nested(pair))),
            "Headers has an element with Name is `X-Run` and Value exists"
        );
        Ok(())
    }
}
