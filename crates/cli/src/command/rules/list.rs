//! `spoofwatch rules list`: a line a rule.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
};

use ::rules::{Rule, model::Severity};
use clap::Args;
use serde_json::json;

use super::Format;
use crate::failure::Failure;

/// Arguments of `rules list`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Files and folders of rules; the folder `rules` of the data directory without.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How the rules are shown.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

pub(crate) fn run(data: &Path, options: &Options) -> Result<(), Failure> {
    let reading = super::load(data, &options.paths)?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for rule in &reading.rules {
        match options.format {
            Format::Json => writeln!(out, "{}", summary(rule))?,
            Format::Text => writeln!(out, "{}", line(rule))?,
        }
    }
    out.flush()?;
    drop(out);
    super::tell_faults(&reading)
}

fn line(rule: &Rule) -> String {
    let severity = rule.severity.map_or("-", Severity::name);
    let schedule = match rule.not_runnable() {
        Some(_) => "not run yet".to_owned(),
        None => super::schedule(&rule.schedule),
    };
    format!("{:36}  {severity:13}  {:6}  {schedule:22}  {}", rule.key, rule.language.name(), rule.name)
}

fn summary(rule: &Rule) -> serde_json::Value {
    let ids = |list: &[::rules::model::Reference]| list.iter().map(|found| found.id.clone()).collect::<Vec<_>>();
    let techniques = [ids(&rule.attack.techniques), ids(&rule.attack.sub_techniques)].concat();
    json!({
        "id": rule.key,
        "name": rule.name,
        "format": rule.format.name(),
        "language": rule.language.name(),
        "file": rule.origin.source.path,
        "line": rule.origin.line,
        "severity": rule.severity.map(Severity::name),
        "schedule": super::schedule(&rule.schedule),
        "tactics": ids(&rule.attack.tactics),
        "techniques": techniques,
        "enabled": rule.enabled,
        "runnable": rule.not_runnable().is_none(),
        "reason": rule.not_runnable(),
    })
}
