//! A notification that says that it is a test, and what the receiver said to it.

use state::{Alert, Detail};

use super::{Sender, Sent, Target};
use crate::schedule::Moment;

/// Sends a notification that is marked as a test; nothing is kept, and it is not tried again. `who` asked for it.
pub async fn try_out<S: Sender>(sender: &S, target: &Target, who: &str, now: Moment) -> Sent {
    let alert = trial(&target.name, who, now);
    let id = format!("{}/{}", target.name, alert.id);
    sender.send(target, &id, &target.shape.body(&alert, None)).await
}

/// What looks like an alert, and says in every place that people read that it is none.
fn trial(target: &str, who: &str, now: Moment) -> Alert {
    Alert {
        id: format!("test-{now}"),
        rule_key: "test".to_owned(),
        rule_name: "Test of notifications".to_owned(),
        rule_version: String::new(),
        run_id: String::new(),
        title: "TEST: a notification of spoofwatch".to_owned(),
        description: "This is a test. Nothing has happened.".to_owned(),
        reason: format!(
            "This is a test of the target {target}, which {who} asked for. Nothing has happened, and there is nothing to do."
        ),
        severity: "informational".to_owned(),
        risk_score: 0,
        confidence: "high".to_owned(),
        status: "new".to_owned(),
        verdict: None,
        assignee: None,
        comment: None,
        created_at: now,
        updated_at: now,
        first_event: None,
        last_event: None,
        window_from: now,
        window_to: now,
        suppressed: 0,
        incident_id: None,
        detail: Detail::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::Shape;

    #[test]
    fn it_says_in_every_shape_that_it_is_a_test() {
        let alert = trial("soc", "kim", 1_700_000_000_000_000);
        for (name, shape) in Shape::ALL {
            let body = format!("{:?}", shape.body(&alert, None));
            assert!(body.contains("TEST"), "{name}: {body}");
        }
    }
}
