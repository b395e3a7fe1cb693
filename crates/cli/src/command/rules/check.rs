//! `spoofwatch rules check`: rules read and planned, a line a rule; one that fails never stops the rest.

use std::{
    borrow::Cow,
    io::Write as _,
    panic::AssertUnwindSafe,
    path::{Path, PathBuf},
};

use ::rules::{
    Fault, Rule,
    model::{Language, QueryText},
};
use clap::Args;
use diag::{Diagnostic, Position};
use engine::{Engine, Environment, Planned, QueryError};
use futures::FutureExt as _;
use serde_json::{Value, json};

use super::Format;
use crate::{command::hunt::Running, failure::Failure, term, watch::search};

/// The code of a file or rule that cannot be read.
const UNREADABLE: &str = "R0001";
/// The code of a rule that is read and cannot be run.
const NOT_RUNNABLE: &str = "R0002";
/// The code of values of the configuration that a query cannot take.
const MISFIT: &str = "R0003";

/// Arguments of `rules check`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Files and folders of rules; the folder `rules` of the data directory without.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How the rules are shown.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    #[command(flatten)]
    running: Running,
}

/// What came out for a rule.
struct Checked<'a> {
    rule: &'a Rule,
    /// The rule with the configuration's values in its query, which then stands in no file.
    run: Cow<'a, Rule>,
    errors: Vec<Value>,
    warnings: Vec<Value>,
    /// The same for people.
    drawn: String,
    /// It cannot be run, by no fault of its own.
    refused: bool,
}

pub(crate) async fn run(data: &Path, options: Options) -> Result<(), Failure> {
    let reading = super::load(data, &options.paths)?;
    let (engine, env) = options.running.start(data).await?;
    let config = options.running.config.load(data)?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let (mut good, mut bad, mut refused) = (0_u64, 0_u64, 0_u64);
    for fault in reading.faults.iter().filter(|fault| fault.is_error()) {
        bad += 1;
        match options.format {
            Format::Json => writeln!(out, "{}", lost(fault))?,
            Format::Text => writeln!(out, "error    {fault}")?,
        }
    }
    for rule in &reading.rules {
        let mut checked = check(&engine, &env, rule, &config.parameters_of(&rule.key)).await;
        let own = reading.faults.iter().filter(|fault| !fault.is_error() && fault.file == rule.origin.source.path);
        // A fault stands at its line, and a rule begins before it: of several rules in a file the last before the line is meant.
        let next = reading.rules.iter().filter(|other| other.origin.source.path == rule.origin.source.path);
        let next = next.map(|other| other.origin.line).filter(|line| *line > rule.origin.line).min().unwrap_or(usize::MAX);
        checked.warnings.extend(own.filter(|fault| (rule.origin.line..next).contains(&fault.line)).map(told));
        match (checked.errors.is_empty(), checked.refused) {
            (true, _) => good += 1,
            (false, true) => refused += 1,
            (false, false) => bad += 1,
        }
        match options.format {
            Format::Json => writeln!(out, "{}", checked.json())?,
            Format::Text => write!(out, "{}", checked.text())?,
        }
    }
    out.flush()?;
    drop(out);
    let mut said = vec![format!("{} good", term::count(good, "rule"))];
    said.extend((bad > 0).then(|| format!("{bad} at fault")));
    said.extend((refused > 0).then(|| format!("{refused} not to be run yet")));
    if bad > 0 {
        return Err(Failure::input(said.join(", ")));
    }
    term::say(&said.join(", "));
    Ok(())
}

/// Reads and plans the query of a rule, with these values in place of its own.
async fn check<'a>(engine: &Engine, env: &Environment, rule: &'a Rule, values: &[(String, Value)]) -> Checked<'a> {
    let run = Cow::Borrowed(rule);
    let mut checked = Checked { rule, run, errors: Vec::new(), warnings: Vec::new(), drawn: String::new(), refused: false };
    if let Some(reason) = rule.not_runnable().or_else(|| search::not_run(rule)) {
        checked.refuse(reason);
        return checked;
    }
    if !values.is_empty() {
        match ::rules::parameter::fill(&rule.query.text, values) {
            Ok(filled) => {
                let query = QueryText { text: filled.query, place: None };
                checked.run = Cow::Owned(Rule { query, ..rule.clone() });
            }
            Err(error) => {
                checked.misfit(&error.to_string());
                return checked;
            }
        }
    }
    match rule.language {
        Language::Kusto | Language::Kuery | Language::Lucene => plan(engine, env, &mut checked).await,
        Language::Eql | Language::Esql | Language::Other => checked.refuse("its language is not known"),
    }
    checked
}

/// Plans the query of a rule as a run that stands for the moment of the environment.
pub(crate) async fn planned(engine: &Engine, env: &Environment, rule: &Rule) -> Result<Planned, QueryError> {
    match search::language(rule) {
        Some(language) => {
            let look_back = rule.schedule.look_back.unwrap_or(search::LOOK_BACK);
            let from = env.clock.saturating_sub(look_back.saturating_mul(10));
            search::planned(engine, env, rule, (language, &rule.query.text), (from, env.clock), Vec::new())
        }
        None => engine.check(&rule.query.text, env).await,
    }
}

async fn plan(engine: &Engine, env: &Environment, checked: &mut Checked<'_>) {
    let rule = &checked.run;
    let work = async {
        let planned = planned(engine, env, rule).await?;
        for table in std::iter::once(&planned).chain(&planned.more) {
            engine.explain_plan(table).await?;
        }
        Ok(planned.warnings)
    };
    // What goes wrong in one cannot take the others with it.
    let outcome = AssertUnwindSafe(work).catch_unwind().await;
    match outcome.unwrap_or_else(|_| Err(QueryError::Internal("planning stopped unexpectedly".to_owned()))) {
        Ok(warnings) => {
            let warnings: Vec<Value> = warnings.iter().map(|found| checked.finding(found)).collect();
            checked.warnings.extend(warnings);
        }
        Err(QueryError::Query(findings)) => checked.fail(&findings),
        Err(other) => {
            checked
                .errors
                .push(json!({ "code": other.code(), "message": other.to_string(), "line": Value::Null, "column": Value::Null }));
            checked.drawn = format!("error[{}]: {other}\n", other.code());
        }
    }
}

impl Checked<'_> {
    fn refuse(&mut self, reason: &str) {
        self.refused = true;
        let line = self.rule.origin.line;
        self.errors.push(json!({ "code": NOT_RUNNABLE, "message": reason, "line": line, "column": Value::Null }));
    }

    fn fail(&mut self, findings: &[Diagnostic]) {
        self.errors = findings.iter().map(|found| self.finding(found)).collect();
        self.drawn = self.run.drawn(findings);
    }

    /// Values of the configuration that the query cannot take.
    fn misfit(&mut self, reason: &str) {
        let message = format!("the parameters of the configuration do not fit: {reason}");
        self.drawn = format!("error[{MISFIT}]: {message}\n");
        self.errors.push(json!({ "code": MISFIT, "message": message, "line": self.rule.origin.line, "column": Value::Null }));
    }

    /// A finding about the query, at its place in the file, or in the query where the file writes that otherwise.
    fn finding(&self, found: &Diagnostic) -> Value {
        let Position { line, column } = self.run.position(found.span.start);
        let message = match &found.help {
            Some(help) => format!("{}; {help}", found.message),
            None => found.message.clone(),
        };
        let place = if self.run.query.place.is_some() { "file" } else { "query" };
        json!({ "code": found.code, "message": message, "line": line, "column": column, "place": place })
    }

    fn json(&self) -> Value {
        let rule = self.rule;
        let findings = ::rules::lint::check(rule, &::rules::lint::Settings::default());
        json!({
            "id": rule.key,
            "name": rule.name,
            "format": rule.format.name(),
            "language": rule.language.name(),
            "file": rule.origin.source.path,
            "line": rule.origin.line,
            "ok": self.errors.is_empty(),
            "runnable": !self.refused,
            "errors": self.errors,
            "warnings": self.warnings,
            "findings": findings,
        })
    }

    fn text(&self) -> String {
        let state = match (self.errors.is_empty(), self.refused) {
            (true, _) => "ok",
            (false, true) => "not run",
            (false, false) => "error",
        };
        let mut text = format!("{state:8} {}  {}  ({})\n", self.rule.key, self.rule.name, self.rule.origin.source.path);
        let message = |value: &Value| value.get("message").and_then(Value::as_str).unwrap_or_default().to_owned();
        if self.refused {
            text.extend(self.errors.iter().map(|error| format!("         {}\n", message(error))));
        }
        for warning in &self.warnings {
            let line = warning.get("line").and_then(Value::as_u64).unwrap_or(1);
            text.push_str(&format!("         line {line}: warning: {}\n", message(warning)));
        }
        for line in self.drawn.lines() {
            text.push_str(&format!("         {line}\n"));
        }
        text
    }
}

/// A rule or a file that could not be read.
fn lost(fault: &Fault) -> Value {
    json!({
        "id": Value::Null,
        "name": Value::Null,
        "format": Value::Null,
        "language": Value::Null,
        "file": fault.file,
        "line": fault.line,
        "ok": false,
        "runnable": false,
        "errors": [told(fault)],
        "warnings": [],
        "findings": [],
    })
}

fn told(fault: &Fault) -> Value {
    json!({ "code": UNREADABLE, "message": fault.reason, "line": fault.line, "column": Value::Null, "place": "file" })
}
