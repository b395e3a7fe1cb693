//! What a change of a rule, or an exclusion, adds and removes, told.

use std::fmt::Write as _;

use detect::difference::{Difference, Told};
use rules::exclusion::moment;
use serde_json::{Value, json};

use crate::term;

/// The most characters of a reason in a line.
const LONGEST: usize = 160;

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

/// An alert in a line.
pub(crate) fn line(told: &Told) -> String {
    let id = told.id.get(..10).unwrap_or(&told.id);
    format!("{} {:8} {id} {}", moment::write(told.at), told.severity, term::harmless(&told.reason, LONGEST))
}

/// The object for programs, with everything.
pub(crate) fn object(difference: &Difference) -> Value {
    let list = |alerts: &[Told]| alerts.iter().map(alert).collect::<Vec<_>>();
    json!({ "added": list(&difference.added), "removed": list(&difference.removed), "same": difference.same })
}

/// An alert for programs.
pub(crate) fn alert(told: &Told) -> Value {
    json!({ "id": told.id, "at": moment::write(told.at), "severity": told.severity, "reason": told.reason })
}
