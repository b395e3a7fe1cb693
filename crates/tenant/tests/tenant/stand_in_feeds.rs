//! Audit records and tables of a tenant that delays, repeats, divides and forgets.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use serde_json::{Value, json};
use spoofwatch_tenant::{ContentType, Error, Feed, FeedCheckpoint, Graph, HuntCheckpoint, HuntFeed, HuntSettings, moment};
use tenant_stand_in::{Actor, Again, Fault, Harm, Route, Scenario, StandIn};

use crate::stand_in::{client, now, start};

fn content() -> ContentType {
    ContentType::new(ContentType::EXCHANGE)
}

/// Takes all there is: the ids of the records, in order, and the checkpoint behind them.
async fn take(tenant: &StandIn, feed: &Feed, from: &FeedCheckpoint) -> Result<(Vec<String>, FeedCheckpoint), Error> {
    let mut pull = feed.pull(&content(), from, 7 * moment::DAY, now(tenant));
    let (mut ids, mut checkpoint) = (Vec::new(), from.clone());
    while let Some(batch) = pull.next().await? {
        ids.extend(batch.records.iter().map(|record| {
            let record: Value = serde_json::from_str(record).unwrap();
            record["Id"].as_str().unwrap().to_owned()
        }));
        checkpoint = batch.checkpoint;
    }
    Ok((ids, checkpoint))
}

fn switch_off(tenant: &StandIn, enabled: bool) {
    let parameters = json!({ "Identity": "contoso.com", "Enabled": enabled });
    tenant.act(&Actor::administrator("admin@contoso.com", "203.0.113.9"), "Set-DkimSigningConfig", parameters).unwrap();
}

fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(minutes * 60)
}

#[tokio::test]
async fn what_an_administrator_did_comes_once() {
    let tenant = start(Scenario::contoso().audit_delay(minutes(30))).await;
    let feed = Feed::new(client(&tenant), None);
    let (ids, checkpoint) = take(&tenant, &feed, &FeedCheckpoint::default()).await.unwrap();
    assert!(ids.is_empty());
    assert_eq!(feed.subscriptions().await.unwrap()[0].status, "enabled", "it was started by the first pull");

    switch_off(&tenant, false);
    tenant.advance(minutes(10));
    let (early, checkpoint) = take(&tenant, &feed, &checkpoint).await.unwrap();
    assert!(early.is_empty(), "records come later than what they tell of");
    tenant.advance(minutes(25));
    let mut pull = feed.pull(&content(), &checkpoint, 0, now(&tenant));
    let batch = pull.next().await.unwrap().unwrap();
    let record: Value = serde_json::from_str(&batch.records[0]).unwrap();
    assert_eq!((&record["Operation"], &record["Workload"]), (&json!("Set-DkimSigningConfig"), &json!("Exchange")));
    let parameters = record["Parameters"].as_array().unwrap();
    assert!(parameters.contains(&json!({ "Name": "Enabled", "Value": "False" })), "{parameters:?}");
    tenant.advance(minutes(5));
    let (again, _) = take(&tenant, &feed, &batch.checkpoint).await.unwrap();
    assert!(again.is_empty());
}

#[tokio::test]
async fn pages_failures_and_restarts_lose_nothing() {
    let tenant = start(Scenario::contoso().subscribed("Audit.Exchange").page_sizes(100, 2)).await;
    let mut expected = BTreeSet::new();
    for number in 0..30_i64 {
        let id = format!("record-{number:02}");
        let created = tenant.now() - chrono::TimeDelta::minutes(number * 97);
        tenant.publish_blob("Audit.Exchange", vec![json!({ "Id": id, "Operation": "X" })], created);
        expected.insert(id);
    }
    tenant.fault(Fault::next(Harm::Unauthorized).of(Route::Blob).after(3));
    tenant.fault(Fault::next(Harm::DropBefore).of(Route::Content).after(1));
    tenant.fault(Fault::next(Harm::Throttle(Again::Seconds(3))).of(Route::Blob).after(9));
    tenant.fault(Fault::next(Harm::Malformed).of(Route::Blob).after(20));
    let feed = Feed::new(client(&tenant), None);
    // Each pull ends after two batches, as if the program had been stopped; what was stored is kept with its checkpoint.
    let mut stored = Vec::new();
    let mut checkpoint = FeedCheckpoint::default();
    for _ in 0..20 {
        tenant.advance(minutes(1));
        let mut pull = feed.pull(&content(), &checkpoint, 7 * moment::DAY, now(&tenant));
        for _ in 0..2 {
            let Some(batch) = pull.next().await.unwrap() else { break };
            stored.extend(batch.records.iter().map(|record| {
                let record: Value = serde_json::from_str(record).unwrap();
                record["Id"].as_str().unwrap().to_owned()
            }));
            checkpoint = batch.checkpoint;
        }
    }
    assert_eq!(stored.iter().cloned().collect::<BTreeSet<_>>(), expected);
    assert_eq!(stored.len(), expected.len(), "nothing came twice");
}

#[tokio::test]
async fn what_was_held_back_comes_later_and_what_is_repeated_has_the_same_id() {
    let tenant = start(Scenario::contoso().subscribed("Audit.Exchange")).await;
    let feed = Feed::new(client(&tenant), None);
    tenant.hold_feed();
    switch_off(&tenant, false);
    tenant.advance(minutes(120));
    let (none, checkpoint) = take(&tenant, &feed, &FeedCheckpoint::default()).await.unwrap();
    assert!(none.is_empty());
    tenant.release_feed();
    tenant.advance(minutes(1));
    let (ids, checkpoint) = take(&tenant, &feed, &checkpoint).await.unwrap();
    assert_eq!(ids.len(), 1);
    // The service may put a record into two blobs; whoever stores it tells by its id.
    tenant.repeat_feed();
    tenant.advance(minutes(1));
    assert_eq!(take(&tenant, &feed, &checkpoint).await.unwrap().0, ids);
}

#[tokio::test]
async fn a_subscription_that_was_switched_off_is_told() {
    let tenant = start(Scenario::contoso().subscribed("Audit.Exchange")).await;
    let feed = Feed::new(client(&tenant), None);
    tenant.disable_subscription("Audit.Exchange");
    let error = take(&tenant, &feed, &FeedCheckpoint::default()).await.unwrap_err();
    assert!(error.to_string().contains("AF20023"), "{error}");
    feed.start(&content()).await.unwrap();
    feed.start(&content()).await.unwrap();
    take(&tenant, &feed, &FeedCheckpoint::default()).await.unwrap();
}

/// A row of each quarter of an hour of two days.
fn rows(tenant: &StandIn) -> BTreeSet<String> {
    let quarter = |number: i64| tenant.now() - chrono::TimeDelta::minutes(15 * number + 1);
    let ids: Vec<String> = (0..192).map(|number: i64| format!("{number:08}-0000-4000-8000-000000000000")).collect();
    let rows = ids.iter().zip(0..).map(|(id, number)| {
        json!({ "Timestamp": quarter(number).to_rfc3339_opts(chrono::SecondsFormat::Micros, true), "NetworkMessageId": id, "Subject": "s" })
    });
    tenant.hunting_rows("EmailEvents", rows.collect::<Vec<_>>());
    ids.into_iter().collect()
}

async fn hunt(tenant: &Arc<StandIn>, checkpoint: &HuntCheckpoint) -> (BTreeSet<String>, HuntCheckpoint) {
    let settings = HuntSettings { back: minutes(3 * 24 * 60), rows: 20, ..HuntSettings::default() };
    let feed = HuntFeed::new(Graph::new(client(tenant)), settings);
    let mut pull = feed.pull("EmailEvents", checkpoint, now(tenant)).unwrap();
    let (mut ids, mut checkpoint) = (BTreeSet::new(), checkpoint.clone());
    while let Some(batch) = pull.next().await.unwrap() {
        ids.extend(batch.rows.iter().map(|row| {
            let row: Value = serde_json::from_str(row).unwrap();
            row["NetworkMessageId"].as_str().unwrap().to_owned()
        }));
        checkpoint = batch.checkpoint;
    }
    (ids, checkpoint)
}

#[tokio::test]
async fn tables_are_taken_whole_within_the_quotas() {
    let tenant = start(Scenario::contoso().hunting_limits(20, 1 << 20).quotas(2000, 10)).await;
    let expected = rows(&tenant);
    let (ids, checkpoint) = hunt(&tenant, &HuntCheckpoint::default()).await;
    assert!(ids == expected, "{} of {}", ids.len(), expected.len());
    tenant.advance(minutes(30));
    let late = json!({ "Timestamp": (tenant.now() - chrono::TimeDelta::minutes(45)).to_rfc3339(), "NetworkMessageId": "late" });
    tenant.hunting_rows("EmailEvents", [late]);
    let (ids, _) = hunt(&tenant, &checkpoint).await;
    assert!(ids.contains("late") && ids.len() < 10, "{ids:?}");
}

#[tokio::test]
async fn tables_that_are_too_large_in_bytes_are_divided_too() {
    let tenant = start(Scenario::contoso().hunting_limits(100_000, 8 << 10)).await;
    let expected = rows(&tenant);
    let (ids, _) = hunt(&tenant, &HuntCheckpoint::default()).await;
    assert!(ids == expected, "{} of {}", ids.len(), expected.len());
}
