//! <https://learn.microsoft.com/office/office-365-management-api/office-365-management-activity-api-reference>.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use spoofwatch_tenant_stand_in::{Actor, Scenario};

use crate::support::{Answer, Bench, MANAGEMENT, Outcome};

const PUBLISHER: &str = "46b472a7-c68e-4adf-8ade-3db49497518e";
const TYPE: &str = "Audit.Exchange";
const HOURS: u64 = 3600;

async fn feed(bench: &Bench, method: &str, rest: &str) -> Result<Answer, reqwest::Error> {
    let target = format!("/api/v1.0/{}/activity/feed/{rest}", bench.tenant.tenant_id);
    bench.ask(method, MANAGEMENT, &target, Value::Null).await
}

fn second(moment: DateTime<Utc>) -> String {
    moment.format("%Y-%m-%dT%H:%M:%S").to_string()
}

/// What is listed of the last day.
async fn listed(bench: &Bench) -> Result<Vec<Value>, reqwest::Error> {
    let answer = feed(bench, "GET", &format!("subscriptions/content?contentType={TYPE}&PublisherIdentifier={PUBLISHER}")).await?;
    Ok(answer.body.as_array().cloned().unwrap_or_default())
}

fn code(answer: &Answer) -> &str {
    answer.body.pointer("/error/code").and_then(Value::as_str).unwrap_or_default()
}

#[tokio::test]
async fn who_switches_signing_off_is_found_in_the_feed() -> Outcome {
    let bench = Bench::new(Scenario::contoso().audit_delay(Duration::from_secs(30 * 60))).await?;
    assert_eq!(feed(&bench, "POST", &format!("subscriptions/start?contentType={TYPE}")).await?.body["status"], "enabled");
    let admin = Actor::administrator("eve@contoso.com", "203.0.113.77:50123");
    bench.tenant.act(&admin, "Set-DkimSigningConfig", json!({ "Identity": "contoso.com", "Enabled": false }))?;
    assert_eq!(listed(&bench).await?, [Value::Null; 0]);
    bench.tenant.advance(Duration::from_secs(HOURS));
    let blobs = listed(&bench).await?;
    let records = bench.ask("GET", MANAGEMENT, blobs[0]["contentUri"].as_str().unwrap_or_default(), Value::Null).await?;
    let record = &records.body[0];
    assert_eq!((&record["Operation"], &record["ObjectId"]), (&json!("Set-DkimSigningConfig"), &json!("contoso.com")));
    assert_eq!((&record["UserId"], &record["ClientIP"]), (&json!("eve@contoso.com"), &json!("203.0.113.77:50123")));
    assert_eq!(record["Parameters"][1], json!({ "Name": "Enabled", "Value": "False" }));
    // The fix is an act, too.
    bench.cmdlet("Set-DkimSigningConfig", json!({ "Identity": "contoso.com", "Enabled": true })).await?;
    bench.cmdlet("Get-DkimSigningConfig", json!({})).await?;
    bench.tenant.advance(Duration::from_secs(HOURS));
    assert_eq!(listed(&bench).await?.len(), 2);
    Ok(())
}

#[tokio::test]
async fn subscriptions_are_started_and_stopped() -> Outcome {
    let bench = Bench::new(Scenario::contoso()).await?;
    let target = |operation: &str| format!("subscriptions/{operation}?contentType={TYPE}");
    assert_eq!(code(&feed(&bench, "GET", &target("content")).await?), "AF20022");
    assert_eq!(code(&feed(&bench, "POST", &target("stop")).await?), "AF20022");
    assert_eq!(feed(&bench, "POST", &target("start")).await?.status, 200);
    assert_eq!(code(&feed(&bench, "POST", &target("start")).await?), "AF20024");
    let list = feed(&bench, "GET", "subscriptions/list").await?;
    assert_eq!(list.body, json!([{ "contentType": TYPE, "status": "enabled", "webhook": null }]));
    let stopped = feed(&bench, "POST", &target("stop")).await?;
    assert_eq!((stopped.status, stopped.text.as_str()), (200, ""));
    assert_eq!(code(&feed(&bench, "GET", &target("content")).await?), "AF20023");
    // What is created while it is stopped stays lost.
    bench.tenant.publish_blob(TYPE, vec![json!({ "Id": "1" })], bench.tenant.now());
    bench.tenant.advance(Duration::from_secs(60));
    feed(&bench, "POST", &target("start")).await?;
    bench.tenant.publish_blob(TYPE, vec![json!({ "Id": "2" })], bench.tenant.now());
    assert_eq!(listed(&bench).await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_request_that_the_service_would_refuse_is_refused() -> Outcome {
    let bench = Bench::new(Scenario::contoso().subscribed(TYPE)).await?;
    let now = bench.tenant.now();
    let window = |from: TimeDelta, until: TimeDelta| format!("&startTime={}&endTime={}", second(now - from), second(now - until));
    let (hour, day) = (TimeDelta::hours(1), TimeDelta::days(1));
    let content = |rest: &str| format!("subscriptions/content?contentType={TYPE}{rest}");
    let table = [
        ("GET", "subscriptions/content".to_owned(), 400, "AF20001"),
        ("GET", "subscriptions/content?contentType=Audit.Nothing".to_owned(), 400, "AF20020"),
        ("GET", content("&PublisherIdentifier=me"), 400, "AF20002"),
        ("GET", content(&format!("&startTime={}", second(now))), 400, "AF20030"),
        ("GET", content("&startTime=yesterday&endTime=today"), 400, "AF20002"),
        ("GET", content(&window(day + hour, TimeDelta::zero())), 400, "AF20030"),
        ("GET", content(&window(hour, day)), 400, "AF20030"),
        ("GET", content(&window(day * 7 + hour, day * 7)), 400, "AF20030"),
        ("GET", content("&nextPage=what"), 400, "AF20031"),
        ("GET", "audit/nothing".to_owned(), 400, "AF20052"),
        ("GET", "audit/1$1$audit_exchange$04".to_owned(), 400, "AF20050"),
        ("POST", content(""), 405, ""),
        ("GET", content(&window(day * 7, day * 6)), 200, ""),
    ];
    for (method, rest, status, expected) in table {
        let answer = feed(&bench, method, &rest).await?;
        assert_eq!((answer.status, code(&answer)), (status, expected), "{method} {rest}: {}", answer.text);
    }
    let other = "/api/v1.0/46b472a7-c68e-4adf-8ade-3db49497518e/activity/feed/subscriptions/list";
    assert_eq!(code(&bench.ask("GET", MANAGEMENT, other, Value::Null).await?), "AF20010");
    let named = "/api/v1.0/contoso.com/activity/feed/subscriptions/list";
    assert_eq!(code(&bench.ask("GET", MANAGEMENT, named, Value::Null).await?), "AF20013");
    let answer = bench.ask("GET", crate::support::GRAPH, other, Value::Null).await?;
    assert_eq!((answer.status, answer.body["Message"].is_string()), (401, true));
    Ok(())
}

/// As servers before the interface do, which hyper's clients trip over when a request has no body.
#[tokio::test]
async fn a_post_without_a_length_is_refused() -> Outcome {
    let bench = Bench::new(Scenario::contoso()).await?;
    let address = format!("{}/api/v1.0/{}/activity/feed/subscriptions/start", bench.tenant.base(), bench.tenant.tenant_id);
    let answer = reqwest::Client::builder().no_proxy().build()?.post(address).body("").send().await?;
    assert_eq!(answer.status().as_u16(), 411);
    Ok(())
}

#[tokio::test]
async fn lists_come_in_pages() -> Outcome {
    let bench = Bench::new(Scenario::contoso().subscribed(TYPE).page_sizes(100, 2)).await?;
    for minute in 0..5 {
        let created = bench.tenant.now() - TimeDelta::minutes(minute);
        bench.tenant.publish_blob(TYPE, vec![json!({ "Id": minute.to_string() })], created);
    }
    let mut answer = feed(&bench, "GET", &format!("subscriptions/content?contentType={TYPE}")).await?;
    let mut sizes = Vec::new();
    let mut ids = Vec::new();
    loop {
        let rows = answer.body.as_array().cloned().unwrap_or_default();
        sizes.push(rows.len());
        ids.extend(rows.into_iter().map(|row| row["contentId"].clone()));
        let Some(next) = answer.header("nextpageuri").map(str::to_owned) else { break };
        answer = bench.ask("GET", MANAGEMENT, &next, Value::Null).await?;
    }
    ids.dedup();
    assert_eq!((sizes, ids.len()), (vec![2, 2, 1], 5));
    Ok(())
}

#[tokio::test]
async fn content_comes_late_and_twice_and_is_lost_after_a_week() -> Outcome {
    let bench = Bench::new(Scenario::contoso().subscribed(TYPE)).await?;
    let admin = Actor::administrator("admin@contoso.com", "192.0.2.1");
    bench.tenant.hold_feed();
    bench.tenant.act(&admin, "Set-OrganizationConfig", json!({ "RejectDirectSend": true }))?;
    bench.tenant.advance(Duration::from_secs(HOURS));
    assert_eq!(listed(&bench).await?.len(), 0);
    bench.tenant.release_feed();
    let blobs = listed(&bench).await?;
    let created = blobs[0]["contentCreated"].as_str().unwrap_or_default().to_owned();
    assert_eq!(DateTime::parse_from_rfc3339(&created)?, bench.tenant.now());
    bench.tenant.repeat_feed();
    let both = listed(&bench).await?;
    let mut ids = Vec::new();
    for blob in &both {
        let records = bench.ask("GET", MANAGEMENT, blob["contentUri"].as_str().unwrap_or_default(), Value::Null).await?;
        ids.push(records.body[0]["Id"].clone());
    }
    assert_eq!((ids.len(), ids.first()), (2, ids.last()));
    bench.tenant.advance(Duration::from_secs(7 * 24 * HOURS));
    let late = bench.ask("GET", MANAGEMENT, both[0]["contentUri"].as_str().unwrap_or_default(), Value::Null).await?;
    assert_eq!(code(&late), "AF20051");
    Ok(())
}

#[tokio::test]
async fn publishers_have_quotas_of_their_own() -> Outcome {
    let bench = Bench::new(Scenario::contoso().quotas(1, 45)).await?;
    let own = format!("subscriptions/list?PublisherIdentifier={PUBLISHER}");
    let mut statuses = Vec::new();
    for rest in ["subscriptions/list", "subscriptions/list", &own, &own] {
        statuses.push(feed(&bench, "GET", rest).await?.status);
    }
    assert_eq!(statuses, [200, 429, 200, 429]);
    bench.tenant.advance(Duration::from_secs(60));
    assert_eq!(feed(&bench, "GET", "subscriptions/list").await?.status, 200);
    Ok(())
}

#[tokio::test]
async fn nothing_is_recorded_while_auditing_is_off() -> Outcome {
    let bench = Bench::new(Scenario::contoso().subscribed(TYPE).auditing(false)).await?;
    let admin = Actor::administrator("admin@contoso.com", "192.0.2.1");
    bench.tenant.act(&admin, "Set-OrganizationConfig", json!({ "RejectDirectSend": true }))?;
    assert_eq!(listed(&bench).await?.len(), 0);
    bench.tenant.act(&admin, "Set-AdminAuditLogConfig", json!({ "UnifiedAuditLogIngestionEnabled": true }))?;
    assert_eq!(listed(&bench).await?.len(), 1);
    Ok(())
}
