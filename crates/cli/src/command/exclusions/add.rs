//! `spoofwatch exclusions add`: one exclusion by options, or some from a file.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use clap::Args;
use rules::{
    Rule,
    exclusion::{Approval, Daily, Entry, Exclusion, Network, Scope, Test, moment},
};
use state::State;

use super::{import, trial};
use crate::{command::rules as rule_files, config::ConfigFile, failure::Failure, term, watch::NamedLists};

/// Arguments of `exclusions add`.
#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("conditions").multiple(true).conflicts_with("file")))]
pub(super) struct Options {
    /// Read exclusions from a file in YAML, with everything in it.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["name", "reason", "rule", "tag", "all_rules", "expires"])]
    file: Option<PathBuf>,
    /// What people call it; its id is made of this.
    #[arg(long)]
    name: Option<String>,
    /// Why such hits are harmless.
    #[arg(long, required_unless_present = "file")]
    reason: Option<String>,
    /// Who answers for it; who adds it without.
    #[arg(long)]
    owner: Option<String>,
    /// When it ends: a day, a moment such as 2027-01-31T06:00:00Z, or a length of time such as 90d or 12h.
    #[arg(long, value_name = "WHEN")]
    expires: Option<String>,
    /// For the rule of this key or name. May be given more than once.
    #[arg(long, value_name = "RULE")]
    rule: Vec<String>,
    /// For rules with this tag. May be given more than once.
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,
    /// For every rule.
    #[arg(long)]
    all_rules: bool,
    /// The column, or a path with dots into one, holds this value. Each condition may be given more than once; all must hold.
    #[arg(long, value_name = "NAME=VALUE", group = "conditions")]
    field: Vec<String>,
    /// It holds one of these values.
    #[arg(long, value_name = "NAME=VALUE,VALUE", group = "conditions")]
    one_of: Vec<String>,
    /// It holds a value of this form: `*` for any letters, `?` for one.
    #[arg(long, value_name = "NAME=PATTERN", group = "conditions")]
    matches: Vec<String>,
    /// It holds a value at all.
    #[arg(long, value_name = "NAME", group = "conditions")]
    exists: Vec<String>,
    /// It holds an address of one of these networks.
    #[arg(long, value_name = "NAME=CIDR,CIDR", group = "conditions")]
    network: Vec<String>,
    /// It holds a moment in this part of every day; UTC where no time zone is named.
    #[arg(long, value_name = "NAME=06:00-06:15[@ZONE]", group = "conditions")]
    daily: Vec<String>,
    /// It holds a value of the search key of this watchlist.
    #[arg(long, value_name = "NAME=WATCHLIST", group = "conditions")]
    on_list: Vec<String>,
    /// Upper and lower case differ in all conditions.
    #[arg(long)]
    case_sensitive: bool,
    /// Say how many of the alerts that are kept it would have taken, and keep nothing.
    #[arg(long)]
    dry_run: bool,
    /// How many days of alerts a dry run looks at.
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    days: u32,
    /// Approve it at once.
    #[arg(long)]
    approve: bool,
    /// Where the rules are; the folder rules of the data directory without. May be given more than once.
    #[arg(long = "rules", value_name = "PATH")]
    rules: Vec<PathBuf>,
    /// A CSV file as a watchlist, for a dry run, beside those of the data directory. May be given more than once.
    #[arg(long = "watchlist", value_name = "ALIAS=FILE")]
    watchlists: Vec<String>,
    #[command(flatten)]
    config: ConfigFile,
    /// Who adds it.
    #[arg(long, env = "USER", default_value = "unknown")]
    actor: String,
}

pub(super) async fn run(data: &Path, state: &State, options: Options) -> Result<(), Failure> {
    let rules = known_rules(data, &options.rules);
    let exclusions = match &options.file {
        Some(path) => {
            let mut failures = Vec::new();
            let exclusions = import::read_yaml(path, &mut failures)?;
            // A file is taken whole or not at all, so that it can be put right and given again.
            Failure::all(failures)?;
            exclusions
        }
        None => vec![by_options(state, &rules, &options).await?],
    };
    if options.dry_run {
        let lists = NamedLists::new(data, options.config.load(data)?, options.watchlists);
        return trial::run(state, &rules, &exclusions, lists, options.days).await;
    }
    super::keep(state, &exclusions, &options.actor, options.approve).await
}

/// The rules of the files, as far as they can be read: here they only give names and tags.
fn known_rules(data: &Path, paths: &[PathBuf]) -> Vec<Rule> {
    rule_files::load(data, paths).map(|reading| reading.rules).unwrap_or_default()
}

async fn by_options(state: &State, rules: &[Rule], options: &Options) -> Result<Exclusion, Failure> {
    let entries = entries(options)?;
    if entries.is_empty() {
        return Err(Failure::input(
            "error: name at least one condition, such as --field SenderFromDomain=news.example; without one it would take nothing",
        ));
    }
    let mut scope = Scope { all: options.all_rules, tags: options.tag.iter().cloned().collect(), ..Scope::default() };
    for wanted in &options.rule {
        scope.keys.insert(key(state, rules, wanted).await?);
    }
    if scope == Scope::default() {
        return Err(Failure::input("error: say which rules it is for: --rule KEY, --tag TAG, or --all-rules"));
    }
    let reason = options.reason.clone().unwrap_or_default();
    if reason.trim().is_empty() {
        return Err(Failure::input("error: --reason: say why such hits are harmless; who reads it later needs it"));
    }
    let name = options.name.clone().unwrap_or_default();
    let taken: BTreeSet<String> = state.exclusions().await?.into_iter().map(|kept| kept.id).collect();
    Ok(Exclusion {
        id: new_id(if name.is_empty() { &reason } else { &name }, &taken),
        name,
        rules: scope,
        entries,
        owner: options.owner.clone().unwrap_or_else(|| options.actor.clone()),
        reason,
        expires: options.expires.as_deref().map(|text| end(text, super::now())).transpose()?,
        approval: Approval::Pending,
    })
}

/// The key of a rule that was named by its key or name. One that neither the files nor the state know is a mistake.
async fn key(state: &State, rules: &[Rule], wanted: &str) -> Result<String, Failure> {
    if !rules.is_empty() {
        return rule_files::find(rules, wanted).map(|rule| rule.key.clone());
    }
    let known = state.rules().await?;
    let named = known.iter().find(|rule| rule.rule_key == wanted || rule.rule_name.eq_ignore_ascii_case(wanted));
    if named.is_none() {
        term::warn(&format!("no rule `{wanted}` has run yet and none is in the folder of rules: it is taken for a key"));
    }
    Ok(named.map_or_else(|| wanted.to_owned(), |rule| rule.rule_key.clone()))
}

fn entries(options: &Options) -> Result<Vec<Entry>, Failure> {
    let mut entries = Vec::new();
    let mut add = |option: &str, given: &[String], test: &dyn Fn(&str) -> Result<Test, String>| {
        for text in given {
            let wrong = |reason: String| Failure::input(format!("error: --{option} {text}: {reason}"));
            let (column, value) = text
                .split_once('=')
                .filter(|(column, _)| !column.trim().is_empty())
                .ok_or_else(|| wrong("write NAME=VALUE, where NAME is a column or a path with dots into one".to_owned()))?;
            let test = test(value).map_err(wrong)?;
            entries.push(Entry { case_sensitive: options.case_sensitive, ..Entry::new(column.trim(), test) });
        }
        Ok::<(), Failure>(())
    };
    add("field", &options.field, &|value| Ok(Test::Is(value.to_owned())))?;
    add("one-of", &options.one_of, &|values| Ok(Test::IsOneOf(parts(values).collect())))?;
    add("matches", &options.matches, &|pattern| Ok(Test::Matches(pattern.to_owned())))?;
    add("network", &options.network, &|networks| {
        let networks: Result<Vec<Network>, _> = parts(networks).map(|network| network.parse::<Network>()).collect();
        networks.map(Test::InNetwork).map_err(|error| error.to_string())
    })?;
    add("daily", &options.daily, &daily)?;
    add("on-list", &options.on_list, &|list| Ok(Test::MemberOf(list.to_owned())))?;
    entries.extend(options.exists.iter().map(|column| Entry::new(column.as_str(), Test::Exists)));
    Ok(entries)
}

fn parts(text: &str) -> impl Iterator<Item = String> {
    text.split(',').map(|part| part.trim().to_owned()).filter(|part| !part.is_empty())
}

/// `06:00-06:15@Europe/Berlin`.
pub(crate) fn daily(text: &str) -> Result<Test, String> {
    let (times, zone) = text.split_once('@').unwrap_or((text, "UTC"));
    let (from, to) = times.split_once('-').ok_or("write 06:00-06:15, and a time zone behind @ where it is not UTC")?;
    Daily::new(from, to, zone).map(Test::Daily).map_err(|error| error.to_string())
}

/// When it ends.
fn end(text: &str, now: i64) -> Result<i64, Failure> {
    const UNITS: [(char, i64); 3] = [('d', 86_400_000_000), ('h', 3_600_000_000), ('m', 60_000_000)];
    let wrong =
        |why: &str| Failure::input(format!("error: --expires {text}: {why}; write 2027-01-31, 2027-01-31T06:00:00Z or 90d"));
    let length = UNITS.iter().find_map(|(unit, micros)| text.strip_suffix(*unit)?.parse::<i64>().ok()?.checked_mul(*micros));
    let end =
        length.and_then(|length| now.checked_add(length)).or_else(|| moment::parse(text)).ok_or_else(|| wrong("no moment"))?;
    if end <= now { Err(wrong("that is over")) } else { Ok(end) }
}

/// An id of words: `nightly-report`, and `nightly-report-2` where that is taken.
pub(crate) fn new_id(words: &str, taken: &BTreeSet<String>) -> String {
    let mut id = String::new();
    for letter in words.chars() {
        match letter {
            letter if letter.is_ascii_alphanumeric() => id.push(letter.to_ascii_lowercase()),
            _ if id.is_empty() || id.ends_with('-') => {}
            _ => id.push('-'),
        }
        if id.len() >= 40 {
            break;
        }
    }
    let id = match id.trim_end_matches('-') {
        "" => "exclusion",
        id => id,
    };
    let mut numbered = (2_u64..).map(|number| format!("{id}-{number}"));
    if taken.contains(id) { numbered.find(|id| !taken.contains(id)).unwrap_or_default() } else { id.to_owned() }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{daily, end, new_id};

    #[test]
    fn an_id_is_made_of_words_and_is_new() {
        let taken = BTreeSet::from(["nightly-report".to_owned(), "nightly-report-2".to_owned()]);
        assert_eq!(new_id("Nightly report!", &taken), "nightly-report-3");
        assert_eq!(new_id("  ", &taken), "exclusion");
        assert!(new_id(&"long ".repeat(50), &taken).len() <= 40);
    }

    #[test]
    fn an_end_is_a_day_a_moment_or_a_length() -> Result<(), String> {
        let end = |text: &str| end(text, 1_700_000_000_000_000).map_err(|failure| failure.words());
        assert_eq!(end("2d")? - 1_700_000_000_000_000, 2 * 86_400_000_000);
        assert_eq!(end("2027-01-31")?, 1_801_353_600_000_000);
        assert!(end("2020-01-31").is_err_and(|words| words.contains("that is over")));
        assert!(end("soon").is_err_and(|words| words.contains("2027-01-31")));
        Ok(())
    }

    #[test]
    fn a_part_of_the_day_may_name_its_zone() {
        assert!(daily("06:00-06:15@Europe/Berlin").is_ok() && daily("23:30-00:30").is_ok());
        assert!(daily("6").is_err_and(|words| words.contains("06:00-06:15")));
        assert!(daily("06:00-06:15@Berlin").is_err_and(|words| words.contains("time zone")));
    }
}
