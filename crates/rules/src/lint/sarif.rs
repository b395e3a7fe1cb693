//! Findings as SARIF, which code hosts and editors show beside the lines.
//!
//! Authority: OASIS, Static Analysis Results Interchange Format 2.1.0.

use serde_json::{Value, json};

use super::{ALL, Finding};
use crate::{Fault, Rule};

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// The id under which files that cannot be read are reported.
const UNREADABLE: &str = "unreadable-rule";

/// One run: what was found in which rule, and the faults of files.
#[must_use]
pub fn sarif(found: &[(&Rule, Vec<Finding>)], faults: &[Fault], version: &str) -> Value {
    let lints = ALL.iter().map(|lint| {
        json!({
            "id": lint.name,
            "shortDescription": { "text": format!("{}.", lint.summary) },
            "fullDescription": { "text": lint.why },
            "help": { "text": lint.fix, "markdown": lint.page() },
            "defaultConfiguration": { "level": lint.level.name() },
        })
    });
    let result = |(rule, finding): (&&Rule, &Finding)| {
        let text =
            if finding.help.is_empty() { finding.message.clone() } else { format!("{}; {}", finding.message, finding.help) };
        json!({
            "ruleId": finding.lint,
            "level": finding.level.name(),
            "message": { "text": text },
            "locations": [{
                "physicalLocation": {
                    "artifactLocation": { "uri": uri(&rule.origin.source.path) },
                    "region": {
                        "startLine": finding.line,
                        "startColumn": finding.column,
                        "endLine": finding.end_line,
                        "endColumn": finding.end_column,
                    },
                },
                "logicalLocations": [{ "name": rule.name, "fullyQualifiedName": rule.key }],
            }],
        })
    };
    let lost = faults.iter().map(|fault| {
        json!({
            "ruleId": UNREADABLE,
            "level": if fault.is_error() { "error" } else { "warning" },
            "message": { "text": fault.reason },
            "locations": [{ "physicalLocation": { "artifactLocation": { "uri": uri(&fault.file) }, "region": { "startLine": fault.line } } }],
        })
    });
    let results = found.iter().flat_map(|(rule, findings)| findings.iter().map(move |finding| (rule, finding))).map(result);
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "spoofwatch", "semanticVersion": version, "rules": lints.collect::<Vec<_>>() } },
            "columnKind": "unicodeCodePoints",
            "results": lost.chain(results).collect::<Vec<_>>(),
        }],
    })
}

/// A path as a reference: what may not stand in one is percent-encoded.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.replace('\\', "/").bytes() {
        if byte.is_ascii_alphanumeric() || b"/._-~".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::sarif;
    use crate::lint::{Settings, check};

    #[test]
    fn a_finding_is_a_result_at_its_place() -> Result<(), String> {
        let reading = crate::read("my rules/a.kql", b"EmailEvents\n| where DeliveryAction == 'blocked'");
        let rule = reading.rules.first().ok_or("no rule")?;
        let log = sarif(&[(rule, check(rule, &Settings::default()))], &[], "1.0.0");
        let result = &log["runs"][0]["results"][0];
        assert_eq!((&result["ruleId"], &result["level"]), (&json!("value-outside-vocabulary"), &json!("error")));
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "my%20rules/a.kql");
        assert_eq!(place["region"], json!({"startLine": 2, "startColumn": 27, "endLine": 2, "endColumn": 36}));
        Ok(())
    }
}
