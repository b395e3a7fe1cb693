//! A column that an alert is made of is not in the result.

use super::{Certainty, Level, Lint, finding::Findings, subject::Subject};
use std::collections::BTreeSet;

pub(super) static LINT: Lint = Lint {
    name: "entity-column-missing",
    summary: "A column that an alert is made of is not in the result",
    level: Level::Error,
    certainty: Certainty::Sure,
    why: "The entity, custom detail or property stays empty in every alert.",
    fix: "Keep the column in the last `project` or `summarize`, or name one that is there.",
    fires: &[r##"id: x
name: Mail
kind: Scheduled
severity: Low
queryFrequency: 1h
queryPeriod: 1h
tactics: [InitialAccess]
relevantTechniques: [T1566]
entityMappings: [{entityType: Account, fieldMappings: [{identifier: FullName, columnName: SenderFromAddress}]}]
query: |
  EmailEvents | project Subject"##],
    silent: &[
        r##"id: x
name: Late mail
kind: Scheduled
severity: Low
tactics: [InitialAccess]
relevantTechniques: [T1566]
entityMappings: [{entityType: Account, fieldMappings: [{identifier: FullName, columnName: Subject}]}]
queryFrequency: 1h
queryPeriod: 1h
query: |
  EmailEvents | project Subject"##,
        r##"id: x
name: Late mail
kind: Scheduled
severity: Low
tactics: [InitialAccess]
relevantTechniques: [T1566]
entityMappings: [{entityType: Account, fieldMappings: [{identifier: FullName, columnName: Subject}]}]
queryFrequency: 1h
queryPeriod: 1h
query: |
  EmailEvents | take 5"##,
        r##"id: x
name: Late mail
kind: Scheduled
severity: Low
tactics: [InitialAccess]
relevantTechniques: [T1566]
entityMappings: [{entityType: Account, fieldMappings: [{identifier: FullName, columnName: Subject}]}]
queryFrequency: 1h
queryPeriod: 1h
query: |
  EmailEvents | evaluate bag_unpack(AdditionalFields)"##,
    ],
    check,
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let Some(pipe) = subject.flow.pipes.iter().find(|pipe| pipe.main).filter(|pipe| !pipe.end.open) else { return };
    let rule = subject.rule;
    let entities = rule.entity_mappings.iter().flat_map(|mapping| &mapping.fields).map(|field| &field.column);
    let details = rule.custom_details.iter().map(|detail| &detail.column);
    let missing: BTreeSet<&String> = entities.chain(details).filter(|column| !pipe.end.has(column)).collect();
    for column in missing {
        findings.rule(
            format!("`{column}` is mapped, and the query gives no column of that name"),
            "keep it in the result, or map a column that is there",
        );
    }
}
