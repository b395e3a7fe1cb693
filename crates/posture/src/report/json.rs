//! A report as one JSON object of a stable shape, described in docs/reference/check-json.md.

use serde_json::{Map, Value, json};

use super::{Changes, DomainReport, Report, SEVERITIES, SpfTree, TenantReport, count, purpose, zone_line};
use crate::{
    Finding,
    compare::{Known, Status},
    moment,
};

/// The shape's version: fields are added without a new one, never renamed or removed.
const VERSION: u32 = 1;

/// The report.
#[must_use]
pub fn json(report: &Report) -> Value {
    json!({
        "version": VERSION,
        "made_at": moment::write(report.made_at),
        "summary": report.sentence(),
        "domains": report.domains.iter().map(domain).collect::<Vec<_>>(),
        "tenant": report.tenant.as_ref().map(tenant),
        "baseline": report.baseline.iter().map(standing).collect::<Vec<_>>(),
        "changes": report.changes.as_ref().map(changes),
    })
}

fn domain(domain: &DomainReport) -> Value {
    json!({
        "domain": domain.domain,
        "purpose": purpose(domain.purpose),
        "score": domain.score.points,
        "grade": domain.score.grade,
        "spoofable": domain.spoofing.today,
        "verdict": domain.spoofing.sentence,
        "counts": counts(&domain.findings),
        "findings": domain.findings.iter().map(|found| finding(&domain.domain, found)).collect::<Vec<_>>(),
        "fine": domain.fine,
        "spf": domain.spf.as_ref().map(spf),
        "unfinished": domain.unfinished,
        "duration_ms": domain.took,
    })
}

fn spf(tree: &SpfTree) -> Value {
    let terms = tree.terms.iter().map(|term| {
        json!({
            "depth": term.depth,
            "record": term.record,
            "term": term.text,
            "lookups": term.lookups,
            "note": term.note,
        })
    });
    json!({
        "lookups": tree.cost.lookups,
        "void_lookups": { "ipv4": tree.cost.void_v4, "ipv6": tree.cost.void_v6 },
        "endless": tree.endless,
        "ipv4_addresses": tree.ipv4_addresses,
        "complete": tree.complete,
        "terms": terms.collect::<Vec<_>>(),
    })
}

fn tenant(tenant: &TenantReport) -> Value {
    json!({
        "tenant": tenant.name,
        "counts": counts(&tenant.findings),
        "findings": tenant.findings.iter().map(|found| finding(&tenant.name, found)).collect::<Vec<_>>(),
        "fine": tenant.fine,
    })
}

fn counts(findings: &[Finding]) -> Value {
    let counts = SEVERITIES.into_iter().map(|severity| (severity.to_string(), json!(count(findings, severity))));
    Value::Object(counts.collect())
}

/// A finding, with the lines that people copy beside the data they are made of.
#[must_use]
pub fn finding(of: &str, finding: &Finding) -> Value {
    let records = finding.publish.iter().map(|record| {
        json!({
            "name": record.name, "type": record.kind, "value": record.value, "instead_of": record.instead_of, "line": zone_line(record),
        })
    });
    let commands = finding.commands.iter().map(|command| {
        let undo = command
            .undo
            .as_ref()
            .map(|undo| json!({ "cmdlet": undo.cmdlet, "parameters": undo.parameters, "powershell": undo.powershell() }));
        json!({ "cmdlet": command.cmdlet, "parameters": command.parameters, "powershell": command.powershell(), "undo": undo, "note": command.note })
    });
    json!({
        "id": Known::of(of, finding).id(),
        "check": finding.check,
        "subject": finding.subject,
        "severity": finding.severity,
        "title": finding.title,
        "meaning": finding.meaning,
        "risk": finding.risk,
        "advice": finding.advice,
        "facts": finding.facts,
        "publish": records.collect::<Vec<_>>(),
        "commands": commands.collect::<Vec<_>>(),
        "references": finding.references,
        "baseline": finding.baseline,
    })
}

fn standing(standing: &crate::baseline::Standing) -> Value {
    let against = standing.against.iter().map(|(check, subject)| json!({ "check": check, "subject": subject }));
    json!({
        "id": standing.control.id,
        "level": standing.control.level,
        "title": standing.control.title,
        "state": standing.state,
        "against": against.collect::<Vec<_>>(),
    })
}

fn changes(changes: &Changes) -> Value {
    let known = |known: &Known| json!({ "id": known.id(), "of": known.of, "check": known.check, "subject": known.subject, "severity": known.severity, "title": known.title });
    let with = |which: fn(&Status) -> bool| -> Vec<Value> {
        let changed = changes.found.with(which).map(|(found, status)| {
            let mut value = known(found);
            if let (Some(members), Status::Worse(was) | Status::Better(was)) = (value.as_object_mut(), status) {
                members.insert("was".to_owned(), json!(was));
            }
            value
        });
        changed.collect()
    };
    let mut told = Map::new();
    told.insert("since".to_owned(), json!(moment::write(changes.since)));
    told.insert("new".to_owned(), json!(with(|status| *status == Status::New)));
    told.insert("worse".to_owned(), json!(with(|status| matches!(status, Status::Worse(_)))));
    told.insert("better".to_owned(), json!(with(|status| matches!(status, Status::Better(_)))));
    told.insert("gone".to_owned(), json!(changes.found.gone.iter().map(known).collect::<Vec<_>>()));
    Value::Object(told)
}

#[cfg(test)]
mod tests {
    use super::json;
    use crate::report::sample;

    #[test]
    fn the_shape_is_stable() -> Result<(), serde_json::Error> {
        insta::assert_snapshot!(serde_json::to_string_pretty(&json(&sample::small()))?);
        Ok(())
    }

    #[test]
    fn what_a_record_says_stays_a_text() {
        let hostile = json(&sample::hostile());
        assert_eq!(hostile["domains"][0]["findings"][0]["facts"][0]["seen"], sample::HOSTILE);
    }
}
