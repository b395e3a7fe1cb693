//! Alerts, incidents, exclusions and the overview over the JSON interface, asked as programs ask: whole requests of somebody with a role.

use access::Role;
use serde_json::{Value, json};

use super::testing::Client;

/// What is answered: the status, and the JSON.
async fn ask(client: &Client, method: &str, path: &str, body: Value) -> (u16, Value) {
    let answer = client.call(method, &format!("/api/v1{path}"), body).await;
    (answer.status, answer.json)
}

async fn get(client: &Client, path: &str) -> (u16, Value) {
    ask(client, "GET", path, Value::Null).await
}

#[tokio::test]
async fn the_queue_is_read_and_worked() {
    let ana = Client::of(Role::Analyst).await;
    let (status, queue) = get(&ana, "/alerts?q=severity%3Acritical&size=2").await;
    assert_eq!((status, queue["alerts"].as_array().map(Vec::len)), (200, Some(2)));
    let id = queue["alerts"][0]["id"].as_str().unwrap();
    let change = json!({"ids": [id, "zz"], "edit": {"status": "closed", "verdict": "false_positive"}});
    let (status, done) = ask(&ana, "PATCH", "/alerts", change).await;
    assert_eq!((status, done[0]["error"].as_str()), (200, Some("")));
    assert_eq!(done[1]["error"], "there is no alert `zz`");
    let (_, alert) = get(&ana, &format!("/alerts/{id}")).await;
    assert_eq!(alert["alert"]["status"], "closed");
    let told = alert["timeline"].as_array().into_iter().flatten().any(|entry| entry["who"] == "ana@contoso.com");
    assert!(told, "the record has the name of who asked");
}

#[tokio::test]
async fn a_browser_keeps_answers_as_files() {
    let ana = Client::of(Role::Viewer).await;
    for path in ["/api/v1/alerts", "/api/v1/nothing", "/api/v1/openapi.json"] {
        assert_eq!(ana.get(path).await.disposition, "attachment; filename=\"api.json\"", "{path}");
    }
    let file = ana.get("/api/v1/rules/navigator").await.disposition;
    assert_eq!(file, "attachment; filename=\"spoofwatch-layer.json\"");
}

#[tokio::test]
async fn what_cannot_be_read_or_done_says_why() {
    let ana = Client::of(Role::Analyst).await;
    let (status, fault) = get(&ana, "/alerts?q=nosuch%3A1").await;
    assert_eq!((status, fault["problem"]["start"].as_u64(), fault["problem"]["end"].as_u64()), (422, Some(0), Some(6)));
    for (method, path, body, expected) in [
        ("GET", "/alerts/ffff", Value::Null, 404),
        ("PATCH", "/alerts", json!({"ids": [], "edit": {}}), 422),
        ("PATCH", "/alerts", json!({"ids": ["0001"], "edit": {"status": "closed"}}), 422),
        ("PATCH", "/alerts", json!({"ids": ["0001"], "edit": {"sverity": "x"}}), 422),
        ("POST", "/alerts/0001/notify", json!({"target": "pager"}), 503),
        ("GET", "/alerts/export?form=exe", Value::Null, 422),
        ("PATCH", "/incidents/INC-99", json!({"status": "new"}), 404),
        ("POST", "/exclusions", json!({"name": "all"}), 422),
        ("POST", "/exclusions/ex-2/decide", json!({"decision": "maybe"}), 422),
    ] {
        let (status, fault) = ask(&ana, method, path, body).await;
        assert_eq!(status, expected, "{method} {path}: {fault}");
    }
}

#[tokio::test]
async fn a_viewer_reads_and_changes_nothing() {
    let ana = Client::of(Role::Viewer).await;
    for path in [
        "/alerts",
        "/alerts/0001",
        "/alerts/export?form=csv",
        "/incidents",
        "/incidents/INC-3",
        "/exclusions",
        "/exclusions/ex-1",
        "/overview?days=7",
    ] {
        assert_eq!(get(&ana, path).await.0, 200, "{path}");
    }
    for (method, path) in [
        ("PATCH", "/alerts"),
        ("POST", "/alerts/0001/notify"),
        ("PATCH", "/incidents/INC-3"),
        ("POST", "/exclusions"),
        ("POST", "/exclusions/preview"),
        ("POST", "/exclusions/ex-2/decide"),
    ] {
        assert_eq!(ask(&ana, method, path, json!({})).await.0, 403, "{method} {path}");
    }
}

#[tokio::test]
async fn an_exclusion_is_drafted_tried_proposed_and_approved() {
    let ana = Client::of(Role::Analyst).await;
    let (_, draft) = get(&ana, "/exclusions/draft?alert=0001").await;
    let (status, job) = ask(&ana, "POST", "/exclusions/preview?days=30", draft.clone()).await;
    assert_eq!(status, 202, "{job}");
    let id = job["id"].as_str().unwrap();
    let (status, outcome) = get(&ana, &format!("/jobs/{id}/outcome?wait=10")).await;
    assert_eq!((status, outcome["kind"].as_str(), outcome["result"]["true_positives"].as_u64()), (200, Some("preview"), Some(1)));
    let (status, made) = ask(&ana, "POST", "/exclusions", draft).await;
    assert_eq!((status, made["status"].as_str()), (201, Some("proposed")));
    let path = format!("/exclusions/{}/decide", made["id"].as_str().unwrap_or_default());
    let (status, now) = ask(&ana, "POST", &path, json!({"decision": "approve"})).await;
    assert_eq!((status, now["approved_by"].as_str()), (200, Some("ana@contoso.com")));
}
