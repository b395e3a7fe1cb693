//! How cases went, for programs: an object a case.

use serde_json::{Value, json};

use super::{Tested, Verdict};

/// The object of a case.
pub(crate) fn json(tested: &Tested) -> Value {
    let (rule, case) = (&tested.test.rule, &tested.test.case);
    let (result, complaints, reason) = match &tested.verdict {
        Verdict::Passed => ("passed", Vec::new(), None),
        Verdict::Skipped(reason) => ("skipped", Vec::new(), Some(reason)),
        Verdict::Failed(complaints) => ("failed", complaints.iter().map(ToString::to_string).collect(), None),
        Verdict::Broken(faults) => ("failed", faults.iter().map(ToString::to_string).collect(), None),
    };
    json!({
        "rule": rule.key,
        "name": rule.name,
        "rule_file": rule.origin.source.path,
        "file": tested.test.file.display().to_string(),
        "line": case.line,
        "case": case.name,
        "result": result,
        "reason": reason,
        "complaints": complaints,
        "milliseconds": tested.took / 1000,
    })
}
