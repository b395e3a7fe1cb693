//! `spoofwatch rules lint`: what makes a rule silently useless, with place, reason and suggested fix.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    path::{Path, PathBuf},
};

use ::rules::{
    Rule,
    lint::{self, Condition, Finding, Level, Settings},
    model::Language,
};
use clap::{Args, ValueEnum};
use engine::{Engine, Environment, QueryError};
use serde_json::{Value, json};

use crate::{command::hunt::Running, failure::Failure, output, term};

/// How findings are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// Drawn over the lines of the files.
    Text,
    /// One object a rule, a line each.
    Json,
    /// One SARIF 2.1.0 log, for code hosts and editors.
    Sarif,
}

/// Arguments of `rules lint`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Files and folders of rules; the folder `rules` of the data directory without.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How findings are shown.
    #[arg(long, value_enum, default_value = "text")]
    format: Form,
    /// Leave this lint out; may be given several times. `spoofwatch explain LINT` tells what it finds.
    #[arg(long, value_name = "LINT")]
    allow: Vec<String>,
    /// Run each condition over the stored rows and count those that pass: what none passes is a dead branch.
    #[arg(long)]
    rows: bool,
    #[command(flatten)]
    running: Running,
}

/// What came out for a rule.
struct Linted<'a> {
    rule: &'a Rule,
    findings: Vec<Finding>,
    /// Conditions and the rows that passed each; `None` where it could not be run.
    rows: Vec<(Condition, Option<u64>)>,
}

pub(crate) async fn run(data: &Path, options: Options) -> Result<(), Failure> {
    for name in &options.allow {
        if lint::lint(name).is_none() {
            let near = schema::nearest(name, lint::ALL.iter().map(|lint| lint.name));
            let help = if near.is_empty() { String::new() } else { format!("; did you mean {}?", near.join(", ")) };
            return Err(Failure::input(format!("error: there is no lint `{name}`{help}")));
        }
    }
    let configured = options.running.config.load(data)?.allow_lints.into_iter().map(|(lint, set)| (lint, set.value));
    let given = options.allow.iter().map(|name| (name.clone(), Vec::new()));
    let settings = Settings { allow: configured.chain(given).collect() };
    let reading = super::load(data, &options.paths)?;
    let (engine, env) = options.running.start(data).await?;
    let mut all = Vec::with_capacity(reading.rules.len());
    for rule in &reading.rules {
        let mut findings = lint::check(rule, &settings);
        findings.extend(engine_findings(&engine, &env, rule).await);
        let rows = if options.rows { passed(&engine, &env, rule).await } else { Vec::new() };
        all.push(Linted { rule, findings, rows });
    }
    let text: String = match options.format {
        Form::Text => all.iter().map(Linted::text).collect(),
        Form::Json => all.iter().map(|linted| format!("{}\n", linted.json())).collect(),
        Form::Sarif => {
            let found: Vec<(&Rule, Vec<Finding>)> = all.iter().map(|linted| (linted.rule, linted.findings.clone())).collect();
            format!("{:#}\n", lint::sarif(&found, &reading.faults, env!("CARGO_PKG_VERSION")))
        }
    };
    output::print(&text)?;
    super::tell_faults(&reading)?;
    summary(&all)
}

/// What the engine says of a query: tables and columns that do not exist, functions that are not known.
async fn engine_findings(engine: &Engine, env: &Environment, rule: &Rule) -> Vec<Finding> {
    if rule.language != Language::Kusto || rule.not_runnable().is_some() {
        return Vec::new();
    }
    let diagnostics = match engine.check(&rule.query.text, env).await {
        Ok(planned) => planned.warnings,
        Err(QueryError::Query(diagnostics)) => diagnostics,
        // Nothing that a person can put right in the query.
        Err(_) => Vec::new(),
    };
    diagnostics.iter().map(|diagnostic| Finding::of_diagnostic(rule, diagnostic)).collect()
}

/// The rows that pass each condition.
async fn passed(engine: &Engine, env: &Environment, rule: &Rule) -> Vec<(Condition, Option<u64>)> {
    let mut counted = Vec::new();
    for condition in lint::conditions(rule) {
        let rows = match engine.query(&condition.query, env).await {
            Ok(results) => results.objects(1).first().and_then(|row| row.values().next()?.as_u64()),
            Err(_) => None,
        };
        counted.push((condition, rows));
    }
    counted
}

/// The counts of all findings; an error among them is the input's fault.
fn summary(all: &[Linted<'_>]) -> Result<(), Failure> {
    let mut counts: BTreeMap<Level, u64> = BTreeMap::new();
    for finding in all.iter().flat_map(|linted| &linted.findings) {
        *counts.entry(finding.level).or_default() += 1;
    }
    let found: Vec<String> = counts.iter().rev().map(|(level, number)| term::count(*number, level.name())).collect();
    let found = if found.is_empty() { "nothing found".to_owned() } else { found.join(", ") };
    let said = format!("{}: {found}", term::count(all.len() as u64, "rule"));
    if counts.contains_key(&Level::Error) {
        return Err(Failure::input(said));
    }
    term::say(&said);
    Ok(())
}

impl Linted<'_> {
    fn text(&self) -> String {
        let mut text = String::new();
        for finding in &self.findings {
            match finding.span {
                Some(_) => text.push_str(&self.rule.drawn(&[finding.diagnostic()])),
                None => {
                    let Finding { level, lint, message, certainty, help, line, .. } = finding;
                    let place = &self.rule.origin.source.path;
                    // Writing to a String cannot fail.
                    let _ = writeln!(
                        text,
                        "{}[{lint}]: {message} ({})\n --> {place}:{line}\n  = help: {help}",
                        level.name(),
                        certainty.name()
                    );
                }
            }
            text.push('\n');
        }
        if !self.rows.is_empty() {
            let _ = writeln!(text, "rows that pass the conditions of {} ({})", self.rule.name, self.rule.origin.source.path);
            for (condition, rows) in &self.rows {
                let line = self.rule.position(condition.span.start).line;
                let words = condition.text.split_whitespace().collect::<Vec<_>>().join(" ");
                let rows = rows.map_or_else(|| "?".to_owned(), |rows| rows.to_string());
                let _ = writeln!(text, "{rows:>12}  line {line}: {words}");
            }
            text.push('\n');
        }
        text
    }

    fn json(&self) -> Value {
        let rule = self.rule;
        let rows = self.rows.iter().map(|(condition, rows)| {
            let place = rule.position(condition.span.start);
            json!({ "condition": condition.text, "line": place.line, "column": place.column, "rows": rows })
        });
        json!({
            "id": rule.key,
            "name": rule.name,
            "format": rule.format.name(),
            "language": rule.language.name(),
            "file": rule.origin.source.path,
            "line": rule.origin.line,
            "findings": self.findings,
            "conditions": rows.collect::<Vec<_>>(),
        })
    }
}
