//! `spoofwatch rules test`: each rule's own cases, from the file beside it.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use clap::{Args, ValueEnum};

use crate::{
    command::hunt::Running,
    failure::Failure,
    output,
    rule_test::{self, Bench, Gathered, Tested, Verdict},
    term,
};

/// How the outcome is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For reading.
    Text,
    /// One object a case, a line each.
    Json,
    /// A report in JUnit's form, for build servers.
    Junit,
}

/// Arguments of `rules test`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Files and folders of rules; the folder `rules` of the data directory without. The cases of NAME.yaml are in NAME.tests.yaml.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How the outcome is shown.
    #[arg(long, value_enum, default_value = "text")]
    format: Form,
    /// Only cases whose name, or whose rule's name, contains this.
    #[arg(long, value_name = "TEXT")]
    case: Option<String>,
    /// Fail where a rule has no cases.
    #[arg(long)]
    require_cases: bool,
    #[command(flatten)]
    running: Running,
}

pub(crate) async fn run(data: &Path, options: Options) -> Result<(), Failure> {
    if !options.running.tables().is_empty() || options.running.as_of().is_some() {
        return Err(Failure::input("error: --table and --as-of: the cases of a rule have their own tables and their own moment"));
    }
    let paths = super::paths_or_own(data, &options.paths)?;
    let reading = ::rules::load(&rule_test::rule_paths(&paths));
    let mut gathered = rule_test::gather(&reading, &paths);
    if let Some(text) = &options.case {
        let text = text.to_lowercase();
        let has = |name: &str| name.to_lowercase().contains(&text);
        gathered.tests.retain(|test| has(&test.case.name) || has(&test.rule.name));
    }
    for fault in gathered.faults.iter().filter(|fault| !fault.is_error()) {
        term::warn(&fault.to_string());
    }
    let (engine, environment) = options.running.start_with(data, Some(1)).await?;
    let bench = Bench::new(engine, environment, reading.exclusions.clone())?;
    let progress = term::Progress::start("testing");
    let (done, all) = (AtomicU64::new(0), gathered.tests.len());
    let tests = std::mem::take(&mut gathered.tests);
    let tested = bench
        .run(tests, &|| progress.at(format!("testing: {} of {all} cases", done.fetch_add(1, Ordering::Relaxed) + 1)))
        .await?;
    progress.finish();
    let shown = match options.format {
        Form::Text => tested.iter().map(rule_test::text).collect(),
        Form::Json => tested.iter().map(|one| format!("{}\n", rule_test::json(one))).collect(),
        Form::Junit => rule_test::junit(&tested).map_err(Failure::internal)?,
    };
    output::print(&shown)?;
    let told = super::tell_faults(&reading);
    ended(&options, &gathered, &tested, told)
}

/// What is said at the end, and whether something is wrong.
fn ended(options: &Options, gathered: &Gathered, tested: &[Tested], told: Result<(), Failure>) -> Result<(), Failure> {
    let failed = tested.iter().filter(|one| one.failed()).count();
    let skipped = tested.iter().filter(|one| matches!(one.verdict, Verdict::Skipped(_))).count();
    let rules: BTreeSet<&str> = tested.iter().map(|one| one.test.rule.key.as_str()).collect();
    let mut said = format!(
        "{} of {}: {} passed",
        term::count(tested.len() as u64, "case"),
        term::count(rules.len() as u64, "rule"),
        tested.len() - failed - skipped
    );
    for (number, words) in [(failed, "failed"), (skipped, "skipped")] {
        if number > 0 {
            said.push_str(&format!(", {number} {words}"));
        }
    }
    let without = gathered.without.len();
    if without > 0 {
        said.push_str(&format!("; {} without cases", term::count(without as u64, "rule")));
    }
    let errors = gathered.faults.iter().filter(|fault| fault.is_error());
    let mut failures: Vec<Failure> = errors.map(|fault| Failure::input(format!("error: {fault}"))).collect();
    failures.extend(told.err());
    if options.require_cases {
        let lacking = gathered.without.iter().map(|rule| {
            let place = &rule.origin.source.path;
            Failure::input(format!("error: {place}: {} has no cases, which --require-cases asks for", rule.name))
        });
        failures.extend(lacking);
    }
    if failed > 0 || !failures.is_empty() {
        failures.push(Failure::input(said));
        return Failure::all(failures);
    }
    term::say(&said);
    Ok(())
}
