//! One exclusion: its draft, its preview, and who may put it in force.

use crate::testing::{Browser, Role};

/// The form of a draft that takes what alert 1 is about.
const FORM: [(&str, &str); 9] = [
    ("alert", "0001"),
    ("name", "Key change"),
    ("owner", "ann"),
    ("reason", "agreed change"),
    ("rule", "514121ce-c7b6-474a-8237-68ff71672379"),
    ("field", "user.id"),
    ("test", "is"),
    ("value", "adele@contoso.com"),
    ("days", "30"),
];

#[tokio::test]
async fn a_draft_is_filled_from_the_alert() {
    let page = Browser::of(Role::Analyst).get("/exclusions/new?alert=0001").await;
    assert_eq!(page.status, 200);
    for words in
        ["Drafted from", "value=\"user.id\"", "adele@contoso.com", "514121ce-c7b6-474a-8237-68ff71672379", "value=\"source.ip\""]
    {
        assert!(page.text.contains(words), "{words}");
    }
}

#[tokio::test]
async fn a_preview_shows_before_and_after_and_warns_of_true_positives() {
    let browser = Browser::of(Role::Analyst);
    let sent = browser.post("/exclusions/preview", &FORM).await;
    assert_eq!(sent.status, 303);
    assert!(
        sent.location.starts_with("/exclusions/new?alert=0001&name=Key+change") && sent.location.ends_with("#preview"),
        "{}",
        sent.location
    );
    let page = browser.get(sent.location.trim_end_matches("#preview")).await;
    for words in [
        "It would have hidden 1 true positive.",
        "it would have removed",
        "without it",
        "with it",
        "What it would have removed",
        "It never ends",
        "value=\"Key change\"",
    ] {
        assert!(page.text.contains(words), "{words}");
    }
    assert!(!page.text.contains("<script>alert"));
}

#[tokio::test]
async fn a_preview_of_somebody_else_or_of_long_ago_can_be_made_again() {
    let page = Browser::of(Role::Analyst).get("/exclusions/new?alert=0001&job=1-1").await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("not kept any more"));
}

#[tokio::test]
async fn it_is_proposed_approved_and_revoked() {
    let browser = Browser::of(Role::Analyst);
    let sent = browser.post("/exclusions/new", &FORM).await;
    assert_eq!(sent.status, 303);
    assert!(sent.location.ends_with("said=Proposed+Key+change"), "{}", sent.location);
    let address = sent.location.split('?').next().unwrap_or_default().to_owned();
    let page = browser.get(&address).await;
    assert!(page.text.contains("Proposed") && page.text.contains("user.id is adele@contoso.com"));
    for (decision, words) in [("approve", "Approved"), ("revoke", "Revoked")] {
        assert_eq!(browser.post(&format!("{address}/decide"), &[("decision", decision)]).await.status, 303);
        assert!(browser.get(&address).await.text.contains(words));
    }
}

#[tokio::test]
async fn what_was_written_is_not_lost_when_it_cannot_be_used() {
    let form: Vec<(&str, &str)> = FORM.into_iter().filter(|(name, _)| !matches!(*name, "field" | "test" | "value")).collect();
    let page = Browser::of(Role::Analyst).post("/exclusions/new", &form).await;
    assert_eq!(page.status, 400);
    assert!(page.text.contains("without a condition") && page.text.contains("value=\"Key change\""));
}

#[tokio::test]
async fn a_viewer_proposes_nothing() {
    let browser = Browser::of(Role::Viewer);
    assert_eq!(browser.post("/exclusions/new", &FORM).await.status, 403);
    assert_eq!(browser.post("/exclusions/preview", &FORM).await.status, 403);
    assert_eq!(browser.post("/exclusions/ex-2/decide", &[("decision", "approve")]).await.status, 403);
    assert!(!browser.get("/exclusions/ex-2").await.text.contains("name=\"decision\""));
}

#[tokio::test]
async fn one_that_stands_in_a_file_is_changed_there() {
    let browser = Browser::of(Role::Analyst);
    let page = browser.get("/exclusions/elastic-list-1").await;
    assert!(page.text.contains("It is changed in that file") && !page.text.contains("name=\"decision\""));
    assert_eq!(browser.post("/exclusions/elastic-list-1/decide", &[("decision", "revoke")]).await.status, 403);
}

#[tokio::test]
async fn what_is_hostile_is_shown_and_does_nothing() {
    let page = Browser::of(Role::Admin).get("/exclusions/ex-2").await;
    assert!(page.text.contains("&lt;script&gt;alert") && !page.text.contains("<script>alert"));
    let page = Browser::of(Role::Admin).get("/exclusions/new?name=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&field=%3C/textarea%3E&value=%3C/textarea%3E%3Cscript%3Ealert(1)").await;
    assert!(!page.text.contains("<script>alert"));
}
