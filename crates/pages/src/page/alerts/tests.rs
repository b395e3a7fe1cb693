//! The queue of alerts: filters, order, choices of many, what hostile names do.

use super::*;
use crate::testing::{Browser, NAME, Role};

/// The ids of the alerts of a page, in their order.
fn ids(text: &str) -> Vec<&str> {
    text.split("<a class=\"title\" href=\"/alerts/").skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[tokio::test]
async fn the_queue_has_open_alerts_their_reasons_and_counts() {
    let page = Browser::of(Role::Viewer).get("/alerts").await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("Microsoft 365 Exchange DKIM Signing Configuration Disabled"));
    assert!(page.text.contains("1 event matched") && page.text.contains("INC-3"));
    assert!(page.text.contains("not+status%3Aclosed+and+severity%3Acritical"), "counts are links that narrow the list");
    assert!(!page.text.contains("True positive"), "closed alerts are not in the queue");
}

#[tokio::test]
async fn an_address_gives_the_same_view_again() {
    let browser = Browser::of(Role::Viewer);
    let address = "/alerts?q=severity%3Acritical&sort=-risk&size=2&page=2";
    let page = browser.get(address).await;
    assert_eq!(ids(&page.text), ids(&browser.get(address).await.text));
    assert_eq!(ids(&page.text).len(), 2);
    assert!(page.text.contains("value=\"severity:critical\"") && page.text.contains("aria-sort=\"descending\""));
    assert!(page.text.contains("sort=-risk&amp;size=2\"") || page.text.contains("rel=\"prev\""));
}

#[tokio::test]
async fn a_filter_that_cannot_be_read_says_where_and_keeps_the_text() {
    let page = Browser::of(Role::Viewer).get("/alerts?q=nosuch%3A%22%3Cscript%3E%22").await;
    assert_eq!(page.status, 400);
    assert!(page.text.contains("there is no field `nosuch`") && page.text.contains("at character 1"));
    assert!(page.text.contains("value=\"nosuch:&quot;&lt;script&gt;&quot;\"") && page.text.contains("aria-invalid=\"true\""));
}

#[tokio::test]
async fn what_is_hostile_is_shown_and_does_nothing() {
    let page = Browser::of(Role::Analyst).get("/alerts?q=*&size=500").await;
    assert!(
        page.text.contains("&lt;script&gt;alert") && !page.text.contains("<script>alert") && !page.text.contains("<img src=x")
    );
}

#[tokio::test]
async fn a_viewer_selects_nothing_and_may_change_nothing() {
    let browser = Browser::of(Role::Viewer);
    let page = browser.get("/alerts").await;
    assert!(
        !page.text.contains("name=\"id\"") && !page.text.contains("/alerts/change") && !page.text.contains("/alerts/filters")
    );
    let sent = browser.post("/alerts/change", &[("action", "mine"), ("id", "0001")]).await;
    assert_eq!(sent.status, 403);
}

#[tokio::test]
async fn selected_alerts_are_closed_and_the_queue_is_shown_again_as_it_was() {
    let browser = Browser::of(Role::Analyst);
    let open = browser.get("/alerts?q=severity%3Acritical").await;
    let chosen: Vec<String> = ids(&open.text).into_iter().take(2).map(str::to_owned).collect();
    let form = [
        ("id", chosen[0].as_str()),
        ("id", chosen[1].as_str()),
        ("action", "close"),
        ("verdict", "false_positive"),
        ("comment", "a list"),
        ("q", "severity:critical and not status:closed"),
        ("sort", "-risk"),
    ];
    let sent = browser.post("/alerts/change", &form).await;
    assert_eq!(sent.status, 303);
    assert_eq!(sent.location, "/alerts?q=severity%3Acritical+and+not+status%3Aclosed&sort=-risk&said=Closed+2+alerts");
    let page = browser.get("/alerts?q=severity%3Acritical+and+not+status%3Aclosed").await;
    assert!(ids(&page.text).iter().all(|id| !chosen.iter().any(|other| other == id)));
}

#[tokio::test]
async fn what_is_not_changed_is_told() {
    let browser = Browser::of(Role::Analyst);
    let sent = browser.post("/alerts/change", &[("action", "mine")]).await;
    assert!(sent.location.ends_with("said=Nothing+was+selected"), "{}", sent.location);
    assert_eq!(browser.post("/alerts/change", &[("action", "close"), ("id", "0001")]).await.status, 400);
    assert_eq!(browser.post("/alerts/change", &[("action", "explode"), ("id", "0001")]).await.status, 400);
    let sent = browser.post("/alerts/change", &[("action", "mine"), ("id", "0002"), ("id", "zz")]).await;
    assert!(sent.location.contains("Took+1+alert%3B+1+could+not+be+changed"), "{}", sent.location);
    let page = browser.get(&format!("/alerts?q=assignee%3A{NAME}")).await;
    assert_eq!(ids(&page.text).len(), 1);
}

#[tokio::test]
async fn a_form_of_another_site_is_refused() {
    let browser = Browser::of(Role::Analyst);
    let request = axum::http::Request::post("/alerts/change")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "cross-site")
        .body(axum::body::Body::from("action=close&verdict=false_positive&id=0001"));
    assert_eq!(browser.ask(request.unwrap()).await.status, 403);
    assert!(browser.get("/alerts/0001").await.text.contains("Close"), "it is still open");
}

#[tokio::test]
async fn the_queue_is_exported_in_every_form() {
    let browser = Browser::of(Role::Viewer);
    for (form, _) in EXPORTS {
        let file = browser.get(&format!("/alerts/export?form={form}&q=severity%3Acritical")).await;
        assert_eq!(file.status, 200, "{form}");
        assert!(file.text.contains("critical"), "{form}");
    }
    assert_eq!(browser.get("/alerts/export?form=exe").await.status, 400);
}

#[test]
fn texts_are_cut_between_characters() {
    assert_eq!((cut("äöü", 2).as_str(), cut("äöü", 3).as_str()), ("äö…", "äöü"));
}
