//! How cases went, for a person: a line a case, and what is not as it should be.

use std::fmt::Write as _;

use super::{Tested, Verdict};

/// The lines of a case.
pub(crate) fn text(tested: &Tested) -> String {
    let (rule, case) = (&tested.test.rule.name, &tested.test.case.name);
    let place = format!("{}:{}", tested.test.file.display(), tested.test.case.line);
    // Writing to a String cannot fail.
    let mut out = String::new();
    match &tested.verdict {
        Verdict::Passed => {
            let _ = writeln!(out, "ok       {rule}: {case}");
        }
        Verdict::Skipped(reason) => {
            let _ = writeln!(out, "skipped  {rule}: {case}: {reason}");
        }
        Verdict::Failed(complaints) => {
            let _ = writeln!(out, "FAILED   {rule}: {case}\n         {place}");
            for line in
                complaints.iter().flat_map(|complaint| complaint.to_string().lines().map(str::to_owned).collect::<Vec<_>>())
            {
                let _ = writeln!(out, "           {line}");
            }
        }
        Verdict::Broken(faults) => {
            let _ = writeln!(out, "FAILED   {rule}: {case}");
            for fault in faults {
                let _ = writeln!(out, "         {fault}");
            }
        }
    }
    out
}
