//! The page of one alert: what it says, what can be done from it.

use crate::testing::{Browser, Role};

#[tokio::test]
async fn an_alert_says_why_and_shows_everything_around_it() {
    let page = Browser::of(Role::Analyst).get("/alerts/0001").await;
    assert_eq!(page.status, 200);
    for words in [
        "1 event matched",
        "Set-DkimSigningConfig",
        "class=\"hits\"",
        "Investigation guide",
        "data-run",
        "eql cannot be run here",
        "Known false positives",
        "What happened",
        "Next steps",
        "Propose a fix",
        "adele@contoso.com",
        "class=\"spark\"",
        "INC-3",
        "Related alerts",
        "T1556",
    ] {
        assert!(page.text.contains(words), "{words}");
    }
    let (why, evidence, guide) =
        (page.text.find("class=\"why\""), page.text.find("Evidence"), page.text.find("Investigation guide"));
    assert!(why < evidence && evidence < guide, "why it fired stands first");
}

#[tokio::test]
async fn the_hunt_behind_it_is_the_query_as_it_was_run() {
    let page = Browser::of(Role::Viewer).get("/alerts/0002").await;
    assert!(page.text.contains("href=\"/hunt?q=EmailEvents%0A%7C+where"), "{}", page.text.len());
    assert!(page.text.contains("as_of=2026-11-20T11%3A51%3A00Z&amp;language=kusto\""));
}

#[tokio::test]
async fn what_is_hostile_is_shown_and_does_nothing() {
    let browser = Browser::of(Role::Analyst);
    for id in ["0001", "0002", "0008"] {
        let page = browser.get(&format!("/alerts/{id}")).await;
        assert_eq!(page.status, 200);
        let text = page.text.to_lowercase();
        for harm in ["<script>alert", "<img src=x", "href=\"javascript:", "</textarea><script>"] {
            assert!(!text.contains(harm), "{id}: {harm}");
        }
        assert!(page.text.contains("&lt;script&gt;"), "{id}");
    }
}

#[tokio::test]
async fn a_long_cell_is_cut_with_a_way_to_see_it_whole() {
    let page = Browser::of(Role::Viewer).get("/alerts/0002").await;
    assert!(page.text.contains("… whole (") && page.text.len() < 400_000, "{}", page.text.len());
    assert!(page.text.contains("Evidence: 150 rows") && page.text.contains("The first 12 are kept here"));
}

#[tokio::test]
async fn a_viewer_sees_no_button_that_changes_something() {
    let browser = Browser::of(Role::Viewer);
    let page = browser.get("/alerts/0001").await;
    for words in ["name=\"action\"", "/exclusions/new", "Propose a fix</button>", "/notify"] {
        assert!(!page.text.contains(words), "{words}");
    }
    for (path, form) in [("change", ("action", "mine")), ("notify", ("target", "soc-webhook")), ("fix", ("", ""))] {
        assert_eq!(browser.post(&format!("/alerts/0001/{path}"), &[form]).await.status, 403, "{path}");
    }
}

#[tokio::test]
async fn it_is_closed_with_a_verdict_and_opened_again() {
    let browser = Browser::of(Role::Analyst);
    assert_eq!(browser.post("/alerts/0001/change", &[("action", "close"), ("comment", "no verdict")]).await.status, 400);
    let form = [("action", "close"), ("verdict", "benign_positive"), ("comment", "<b>agreed</b>")];
    let sent = browser.post("/alerts/0001/change", &form).await;
    assert_eq!((sent.status, sent.location.as_str()), (303, "/alerts/0001?said=Closed+this+alert"));
    let page = browser.get("/alerts/0001").await;
    assert!(page.text.contains("Benign positive") && page.text.contains("&lt;b&gt;agreed") && page.text.contains("Open again"));
    assert_eq!(browser.post("/alerts/0001/change", &[("action", "reopen")]).await.status, 303);
    assert!(browser.get("/alerts/0001").await.text.contains("In progress"));
}

#[tokio::test]
async fn somebody_is_told_and_a_target_that_does_not_answer_says_so() {
    let browser = Browser::of(Role::Analyst);
    let sent = browser.post("/alerts/0001/notify", &[("target", "soc-webhook")]).await;
    assert_eq!(sent.location, "/alerts/0001?said=Told+soc-webhook");
    let page = browser.post("/alerts/0001/notify", &[("target", "pager")]).await;
    assert_eq!(page.status, 503);
    assert!(page.text.contains("pager does not answer"));
}

#[tokio::test]
async fn what_is_not_there_is_said() {
    let browser = Browser::of(Role::Viewer);
    for id in ["ffff", "%3Cscript%3E", "..%2F..%2Fetc"] {
        let page = browser.get(&format!("/alerts/{id}")).await;
        assert_eq!(page.status, 404, "{id}");
        assert!(!page.text.contains("<script>\""), "{id}");
    }
}

#[tokio::test]
async fn one_alert_is_exported() {
    let file = Browser::of(Role::Viewer).get("/alerts/0001/export?form=ecs").await;
    assert_eq!((file.status, file.text.lines().count()), (200, 1));
}
