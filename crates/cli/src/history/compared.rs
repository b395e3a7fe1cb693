//! What a change of a rule, or an exclusion, adds and removes, told.

use std::fmt::Write as _;

use detect::difference::{Difference, Told};
use rules::exclusion::moment;
use serde_json::{Value, json};

use crate::term;

/// The most characters of a row in a line.
const LONGEST: usize = 200;

/// The lines for a person: what is added with `+`, what is removed with `-`, at most `most` of each.
pub(crate) fn text(difference: &Difference, most: usize) -> String {
    let mut out = String::new();
    for (sign, alerts) in [('+', &difference.added), ('-', &difference.removed)] {
        for told in alerts.iter().take(most) {
            let _ = writeln!(out, "  {sign} {}", line(told));
        }
        if alerts.len() > most {
            let _ = writeln!(out, "  {sign} and {} more (--alerts N shows more)", alerts.len() - most);
        }
    }
    out
}

/// An alert in a line: the run that raised it, how bad it is, what its first row says.
pub(crate) fn line(told: &Told) -> String {
    let at = moment::write(told.at.div_euclid(1_000_000).saturating_mul(1_000_000));
    format!("{at} {} {}", told.severity, term::harmless(&told.evidence, LONGEST))
}

/// The object for programs, with everything.
pub(crate) fn object(difference: &Difference) -> Value {
    let list = |alerts: &[Told]| alerts.iter().map(alert).collect::<Vec<_>>();
    json!({ "added": list(&difference.added), "removed": list(&difference.removed), "same": difference.same })
}

/// An alert for programs.
pub(crate) fn alert(told: &Told) -> Value {
    json!({ "id": told.id, "at": moment::write(told.at), "severity": told.severity, "reason": told.reason, "evidence": told.evidence })
}
