//! An alert that says little, for tests that say the rest.

use state::{Alert, Detail};

/// An open alert of a rule that says nothing else.
pub(crate) fn alert(id: &str, rule: &str) -> Alert {
    let text = |text: &str| text.to_owned();
    Alert {
        id: text(id),
        rule_key: text(rule),
        rule_name: text(rule),
        rule_version: text("1"),
        run_id: text("run"),
        title: text("An alert"),
        description: String::new(),
        reason: text("a reason"),
        severity: text("high"),
        risk_score: 73,
        confidence: text("medium"),
        status: text("new"),
        verdict: None,
        assignee: None,
        comment: None,
        created_at: 1_795_176_000_000_000,
        updated_at: 1_795_176_000_000_000,
        first_event: None,
        last_event: None,
        window_from: 1_795_172_400_000_000,
        window_to: 1_795_176_000_000_000,
        suppressed: 0,
        incident_id: None,
        detail: Detail::default(),
    }
}
