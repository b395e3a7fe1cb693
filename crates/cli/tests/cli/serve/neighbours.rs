//! Rules that fail beside one that does not: each failure is its own.

use super::{Serve, payments, until, until_alerts, watched};
use crate::common::{ENDLESS, Outcome, Place};

/// A rule that runs when rows come.
fn rule(place: &Place, key: &str, query: &str) -> Outcome {
    let text = format!("id: {key}\nname: Rule {key}\nkind: NRT\nseverity: Low\nquery: |\n  {query}\n");
    place.file(&format!("spoofwatch-data/rules/{key}.yaml"), text)
}

/// A rule that cannot be run and one that fails with `code` beside one that does well.
fn beside(query: &str, limits: &[&str], code: &str) -> Outcome {
    let place = watched()?;
    rule(&place, "a-wrong", "EmailEvents | where Subjct == 'x'")?;
    rule(&place, "b-costly", query)?;
    let serve = Serve::start(&place, limits)?;
    assert_eq!(serve.post(&place, "EmailEvents", payments(0..3)?.as_bytes())?.status, 200);
    until_alerts(&place, 3)?;
    until("each failure is told", || {
        let health = serve.get("/healthz")?;
        Ok(health.status == 503 && ["Rule a-wrong: ", "Rule b-costly: "].iter().all(|name| health.body.contains(name)))
    })?;
    let health = serve.get("/healthz")?.body;
    assert!(!health.contains("Payment"), "{health}");
    assert!(health.contains("Subjct") && health.contains(code), "{health}");
    // And it goes on.
    assert_eq!(serve.post(&place, "EmailEvents", payments(3..5)?.as_bytes())?.status, 200);
    until_alerts(&place, 5)
}

#[test]
fn a_rule_that_takes_too_long_leaves_the_others_alone() -> Outcome {
    beside(ENDLESS, &["--timeout", "10"], "E0002")
}

#[test]
fn a_rule_that_takes_too_much_memory_leaves_the_others_alone() -> Outcome {
    let padding = "padding ".repeat(600);
    let list =
        format!("range x from 1 to 20000 step 1 | summarize l = make_list(strcat('{padding}', x)) | project array_length(l)");
    beside(&list, &["--memory-limit", "24"], "E0001")
}
