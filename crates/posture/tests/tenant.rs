//! The checks of a tenant, by cases: a file a check in `tests/tenant`, each case a tenant in the parts that matter and what the check finds there.
//!
//! A finding is written as lines: severity, subject and title, then what was seen, what to publish, which commands, and what takes them back.

use std::{collections::BTreeMap, error::Error, path::Path};

use libtest_mimic::{Arguments, Failed, Trial};
use serde::Deserialize;
use serde_json::{Map, Value};
use spoofwatch_posture::{CommandLine, DomainFacts, Finding, TenantEvidence, tenant_checks::ALL, tenant_findings};
use tenant::Snapshot;

/// A file of cases.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    check: String,
    cases: Vec<Case>,
}

/// A tenant and what is found there.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    /// Parts that were read.
    #[serde(default)]
    tenant: Map<String, Value>,
    /// Parts that could not be read, and why.
    #[serde(default)]
    failed: Map<String, Value>,
    #[serde(default)]
    dns: BTreeMap<String, DomainFacts>,
    #[serde(default)]
    sealers: Option<Vec<String>>,
    #[serde(default)]
    rotations: BTreeMap<String, i64>,
    expect: Vec<String>,
}

/// The moment of every case: 2026-11-21, noon.
const NOW: i64 = 1_795_262_400_000_000;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tenant");
    let mut trials = Vec::new();
    let mut covered = Vec::new();
    #[expect(clippy::disallowed_methods, reason = "cases are files")]
    let entries = std::fs::read_dir(&folder)?;
    for entry in entries {
        let path = entry?.path();
        #[expect(clippy::disallowed_methods, reason = "cases are files")]
        let text = std::fs::read_to_string(&path)?;
        let file: File = serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        covered.push(file.check.clone());
        for case in file.cases {
            let check = file.check.clone();
            trials.push(Trial::test(format!("{check}: {}", case.name), move || judge(&check, &case)));
        }
    }
    trials.push(Trial::test("every check has cases", move || {
        match ALL.iter().find(|check| !covered.iter().any(|id| id == check.id)) {
            Some(check) => Err(Failed::from(format!("{} has none", check.id))),
            None => Ok(()),
        }
    }));
    libtest_mimic::run(&Arguments::from_args(), trials).exit()
}

fn judge(check: &str, case: &Case) -> Result<(), Failed> {
    let mut value = serde_json::to_value(Snapshot { tenant: "contoso.onmicrosoft.com".to_owned(), ..Snapshot::default() })?;
    for (parts, word) in [(&case.tenant, "read"), (&case.failed, "failed")] {
        for (part, said) in parts {
            value[part.as_str()] = Value::Object(Map::from_iter([(word.to_owned(), said.clone())]));
        }
    }
    let snapshot: Snapshot = serde_json::from_value(value)?;
    let evidence = TenantEvidence {
        snapshot: &snapshot,
        dns: case.dns.clone(),
        sealers: case.sealers.as_deref(),
        rotations: case.rotations.clone(),
        now: NOW,
    };
    let all = tenant_findings(&evidence);
    if let Some(command) =
        all.iter().flat_map(|found| &found.commands).find(|command| command.undo.is_none() && command.note.is_none())
    {
        return Err(Failed::from(format!("neither what takes it back nor why nothing does: {}", command.powershell())));
    }
    let lines: Vec<String> = all.iter().filter(|finding| finding.check == check).flat_map(lines).collect();
    if lines == case.expect {
        return Ok(());
    }
    Err(Failed::from(format!(
        "expected {}\nfound {}",
        serde_json::to_string_pretty(&case.expect)?,
        serde_json::to_string_pretty(&lines)?
    )))
}

fn lines(finding: &Finding) -> Vec<String> {
    let mut lines = vec![format!("{} {}: {}", finding.severity, finding.subject, finding.title)];
    lines.extend(finding.facts.iter().map(|fact| format!("saw {}: {}", fact.what, fact.seen)));
    lines.extend(finding.publish.iter().map(|record| format!("publish {} {} {}", record.name, record.kind, record.value)));
    for command in &finding.commands {
        lines.push(format!("run {}", command.powershell()));
        lines.extend(command.undo.as_deref().map(CommandLine::powershell).map(|undo| format!("undo {undo}")));
    }
    lines
}
