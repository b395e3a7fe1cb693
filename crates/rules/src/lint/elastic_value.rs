//! A field is compared with a value it never has.

use super::elastic;
use super::{Certainty, Level, Lint, finding::Findings, subject::Subject};
use elastic_query::ast::{Test, ValueKind};

pub(super) static LINT: Lint = Lint {
    name: "elastic-value",
    summary: "A field is compared with a value it never has",
    level: Level::Error,
    certainty: Certainty::Sure,
    why: "The field takes one of a known set of values. Asked for another, the condition is never true.",
    fix: "Write the value as the records have it; case matters.",
    fires: &[r##"[rule]
name = "Signing"
rule_id = "r"
description = "d"
type = "query"
language = "kuery"
risk_score = 47
severity = "medium"
index = ["logs-o365*"]
query = '''
event.dataset:o365.audit and event.outcome:Success
'''
[[rule.threat]]
framework = "MITRE ATT&CK"
[rule.threat.tactic]
id = "TA0003"
name = "Persistence"
reference = "https://attack.mitre.org/tactics/TA0003/"
[[rule.threat.technique]]
id = "T1556"
name = "Modify Authentication Process"
reference = "https://attack.mitre.org/techniques/T1556/""##],
    silent: &[
        r##"[rule]
name = "Signing"
rule_id = "r"
description = "d"
type = "query"
language = "kuery"
risk_score = 47
severity = "medium"
index = ["logs-o365*"]
query = '''
event.dataset:o365.audit and event.outcome:success
'''
[[rule.threat]]
framework = "MITRE ATT&CK"
[rule.threat.tactic]
id = "TA0003"
name = "Persistence"
reference = "https://attack.mitre.org/tactics/TA0003/"
[[rule.threat.technique]]
id = "T1556"
name = "Modify Authentication Process"
reference = "https://attack.mitre.org/techniques/T1556/""##,
        r##"[rule]
name = "Signing"
rule_id = "r"
description = "d"
type = "query"
language = "kuery"
risk_score = 47
severity = "medium"
index = ["logs-aws*"]
query = '''
event.outcome:Success
'''
[[rule.threat]]
framework = "MITRE ATT&CK"
[rule.threat.tactic]
id = "TA0003"
name = "Persistence"
reference = "https://attack.mitre.org/tactics/TA0003/"
[[rule.threat.technique]]
id = "T1556"
name = "Modify Authentication Process"
reference = "https://attack.mitre.org/techniques/T1556/""##,
    ],
    check,
};

fn check(subject: &Subject<'_>, findings: &mut Findings) {
    let Some((table, query)) = elastic::table(subject) else { return };
    for (field, test) in elastic::tests(&query.root) {
        let Some(column) = field.plain().and_then(|name| table.column(name)).filter(|column| !column.values.is_empty()) else {
            continue;
        };
        let Test::Is(value) = test else { continue };
        if let ValueKind::Text(text) = &value.kind
            && !column.values.contains(text)
        {
            findings.at(
                value.span,
                format!("`{}` never holds `{text}`", column.name),
                format!("its values are {}", column.values.join(", ")),
            );
        }
    }
}
