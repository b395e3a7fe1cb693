//! Audit records: each once, whatever happens between.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use spoofwatch_tenant::{ContentType, Error, Feed, FeedBatch, FeedCheckpoint, FeedPull, moment};

use crate::server::{Reply, START, Seen, Server, TENANT};

fn content() -> ContentType {
    ContentType::new(ContentType::EXCHANGE)
}

fn af(code: &str) -> Reply {
    Reply::of(400, json!({ "error": { "code": code, "message": "said so" } }).to_string())
}

/// Blobs by id: when each became available.
type Blobs = BTreeMap<&'static str, i64>;

/// Lists blobs of the span that was asked for, two a page, and answers each with one record that has its name.
fn audit(blobs: &Blobs, seen: &Seen) -> Reply {
    let root = format!("/api/v1.0/{TENANT}/activity/feed/");
    let here = format!("http://{}", seen.header("host"));
    let Some(path) = seen.path.strip_prefix(&root) else { return Reply::of(404, "") };
    if let Some(id) = path.strip_prefix("audit/") {
        return Reply::of(200, format!("[{{\"Id\":\"{id}\", \"Operation\":\"Set-DkimSigningConfig\"}}]"));
    }
    let time = |name: &str| seen.query.get(name).and_then(|text| moment::parse(text)).unwrap_or_default();
    let (from, to) = (time("startTime"), time("endTime"));
    if from >= to || to - from > moment::DAY || from < START - 7 * moment::DAY {
        return af("AF20030");
    }
    let skip: usize = seen.query.get("nextPage").and_then(|page| page.parse().ok()).unwrap_or(0);
    let found: Vec<_> = blobs.iter().filter(|(_, created)| (from..to).contains(*created)).collect();
    let page: Vec<Value> = found
        .iter()
        .skip(skip)
        .take(2)
        .map(|(id, created)| {
            json!({ "contentType": "Audit.Exchange", "contentId": id, "contentUri": format!("{here}{root}audit/{id}"),
                "contentCreated": moment::iso(**created), "contentExpiration": moment::iso(**created + 7 * moment::DAY) })
        })
        .collect();
    let reply = Reply::json(&json!(page));
    if skip + 2 >= found.len() {
        return reply;
    }
    let (from, to) = (&seen.query["startTime"], &seen.query["endTime"]);
    let next = format!("{here}{}?contentType=Audit.Exchange&startTime={from}&endTime={to}&nextPage={}", seen.path, skip + 2);
    reply.with("NextPageUri", &next)
}

/// All that is left of a pull: the ids of its records, and where it ended.
async fn rest(mut pull: FeedPull<'_>) -> (Vec<String>, FeedCheckpoint, Vec<FeedBatch>) {
    let (mut ids, mut checkpoint, mut batches) = (Vec::new(), FeedCheckpoint::default(), Vec::new());
    while let Some(batch) = pull.next().await.unwrap() {
        ids.extend(batch.records.iter().map(|record| {
            let record: Value = serde_json::from_str(record).unwrap();
            record["Id"].as_str().unwrap().to_owned()
        }));
        checkpoint.clone_from(&batch.checkpoint);
        batches.push(batch);
    }
    (ids, checkpoint, batches)
}

#[tokio::test]
async fn records_of_all_pages_are_taken_once() {
    let blobs = Blobs::from([
        ("a", START - 30 * moment::HOUR),
        ("b", START - moment::HOUR),
        ("c", START - moment::HOUR),
        ("d", START - moment::HOUR),
    ]);
    let server = Server::start(move |seen| audit(&blobs, seen)).await;
    let feed = Feed::new(server.client().0, Some("publisher".to_owned()));
    let (ids, checkpoint, batches) = rest(feed.pull(&content(), &FeedCheckpoint::default(), 2 * moment::DAY, START)).await;
    assert_eq!(ids, ["a", "b", "c", "d"]);
    assert_eq!(batches[0].records, ["{\"Id\":\"a\", \"Operation\":\"Set-DkimSigningConfig\"}"], "to the letter");
    assert!(server.seen()[0].query.get("PublisherIdentifier").is_some_and(|id| id == "publisher"));

    let later = START + 600 * moment::SECOND;
    let (ids, checkpoint, _) = rest(feed.pull(&content(), &checkpoint, 2 * moment::DAY, later)).await;
    assert!(ids.is_empty(), "nothing comes twice");
    assert_eq!(checkpoint.types[&content()].through, Some(later));
}

#[tokio::test]
async fn what_appears_late_is_taken_and_the_rest_is_not_taken_again() {
    let early = Blobs::from([("a", START - moment::HOUR)]);
    let late = Blobs::from([("a", START - moment::HOUR), ("late", START - 2 * moment::HOUR)]);
    let server = Server::start(move |seen| audit(if seen.before == 0 { &early } else { &late }, seen)).await;
    let feed = Feed::new(server.client().0, None);
    let (ids, checkpoint, _) = rest(feed.pull(&content(), &FeedCheckpoint::default(), 12 * moment::HOUR, START)).await;
    assert_eq!(ids, ["a"]);
    let (ids, ..) = rest(feed.pull(&content(), &checkpoint, 0, START + moment::HOUR)).await;
    assert_eq!(ids, ["late"]);
}

#[tokio::test]
async fn a_pull_that_ends_in_the_middle_goes_on_from_its_checkpoint() {
    let names: Vec<&'static str> =
        vec!["00", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13", "14", "15", "16", "17"];
    let blobs: Blobs = names.iter().map(|name| (*name, START - moment::HOUR)).collect();
    let server = Server::start(move |seen| audit(&blobs, seen)).await;
    let feed = Feed::new(server.client().0, None);
    let mut pull = feed.pull(&content(), &FeedCheckpoint::default(), 12 * moment::HOUR, START);
    let first = pull.next().await.unwrap().unwrap();
    assert_eq!(first.records.len(), 8);
    drop(pull);
    let kept: FeedCheckpoint = serde_json::from_str(&serde_json::to_string(&first.checkpoint).unwrap()).unwrap();
    let (ids, ..) = rest(feed.pull(&content(), &kept, 12 * moment::HOUR, START)).await;
    assert_eq!(ids, names[8..]);
}

#[tokio::test]
async fn a_blob_that_cannot_be_read_is_tried_again_and_one_that_is_gone_is_lost() {
    let blobs = Blobs::from([("bad", START - moment::HOUR), ("fine", START - moment::HOUR), ("gone", START - moment::HOUR)]);
    let server = Server::start(move |seen| match seen.path.rsplit('/').next() {
        Some("bad") if seen.before == 0 => Reply::of(200, "[{"),
        Some("gone") => af("AF20051"),
        _ => audit(&blobs, seen),
    })
    .await;
    let feed = Feed::new(server.client().0, None);
    let (ids, checkpoint, batches) = rest(feed.pull(&content(), &FeedCheckpoint::default(), 12 * moment::HOUR, START)).await;
    assert_eq!(ids, ["fine"]);
    assert_eq!((batches[0].failing[0].id.as_str(), batches[0].lost[0].id.as_str()), ("bad", "gone"));
    assert!(batches[0].lost[0].why.contains("the content has expired"), "{:?}", batches[0].lost);
    let (ids, checkpoint, batches) = rest(feed.pull(&content(), &checkpoint, 0, START + moment::HOUR)).await;
    assert_eq!(ids, ["bad"]);
    assert!(batches.iter().all(|batch| batch.lost.is_empty()) && checkpoint.types[&content()].failing.is_empty());
}

#[tokio::test]
async fn what_fails_until_it_expires_is_lost() {
    let mut checkpoint = FeedCheckpoint::default();
    checkpoint.types.entry(content()).or_default().fail("bad", START - 8 * moment::DAY, "no JSON".to_owned());
    let server = Server::start(|seen| audit(&Blobs::new(), seen)).await;
    let feed = Feed::new(server.client().0, None);
    let (_, _, batches) = rest(feed.pull(&content(), &checkpoint, moment::HOUR, START)).await;
    assert_eq!(batches[0].lost[0].why, "it expired; no JSON");
}

#[tokio::test]
async fn a_tenant_that_throttles_stops_the_pull_and_loses_nothing() {
    let blobs = Blobs::from([("a", START - moment::HOUR), ("b", START - moment::HOUR)]);
    let server = Server::start(move |seen| match seen.path.rsplit('/').next() {
        Some("b") if seen.before == 0 => Reply::of(429, "").with("retry-after", "7200"),
        _ => audit(&blobs, seen),
    })
    .await;
    let feed = Feed::new(server.client().0, None);
    let mut pull = feed.pull(&content(), &FeedCheckpoint::default(), 12 * moment::HOUR, START);
    assert!(matches!(pull.next().await, Err(Error::Throttled { .. })));
    let (ids, ..) = rest(feed.pull(&content(), &FeedCheckpoint::default(), 12 * moment::HOUR, START)).await;
    assert_eq!(ids, ["a", "b"]);
}

#[tokio::test]
async fn a_subscription_that_is_missing_is_started_once() {
    let blobs = Blobs::from([("a", START - moment::HOUR)]);
    let server = Server::start(move |seen| match (seen.path.rsplit('/').next(), seen.before) {
        (Some("start"), _) => Reply::json(&json!({ "contentType": "Audit.Exchange", "status": "enabled", "webhook": null })),
        (Some("content"), 0) => af("AF20022"),
        _ => audit(&blobs, seen),
    })
    .await;
    let feed = Feed::new(server.client().0, None);
    let mut pull = feed.pull(&content(), &FeedCheckpoint::default(), moment::HOUR, START);
    pull.next().await.unwrap();
    let started: Vec<Seen> = server.seen().into_iter().filter(|seen| seen.path.ends_with("/start")).collect();
    assert_eq!(
        (started.len(), started[0].method.as_str(), started[0].query["contentType"].as_str()),
        (1, "POST", "Audit.Exchange")
    );
}

#[tokio::test]
async fn a_subscription_may_be_started_at_any_time() {
    let server = Server::start(|seen| if seen.before == 0 { Reply::of(200, "{}") } else { af("AF20024") }).await;
    let feed = Feed::new(server.client().0, None);
    feed.start(&content()).await.unwrap();
    feed.start(&content()).await.unwrap();
}

#[tokio::test]
async fn content_at_another_place_gets_no_token() {
    let listed =
        json!([{ "contentId": "a", "contentUri": "https://elsewhere.example/a", "contentCreated": "2026-11-21T03:30:00Z" }]);
    let server = Server::start(move |_| Reply::json(&listed)).await;
    let feed = Feed::new(server.client().0, None);
    let error = feed.pull(&content(), &FeedCheckpoint::default(), moment::HOUR, START).next().await.unwrap_err();
    assert!(error.to_string().contains("at another place"), "{error}");
}

#[tokio::test]
async fn subscriptions_are_listed() {
    let server =
        Server::start(|_| Reply::of(200, r#"[{"contentType":"Audit.Exchange","status":"enabled","webhook":null}]"#)).await;
    let found = Feed::new(server.client().0, None).subscriptions().await.unwrap();
    assert_eq!((found[0].content_type.as_str(), found[0].status.as_str()), ("Audit.Exchange", "enabled"));
}

#[tokio::test]
async fn a_service_that_stops_working_is_left_alone_until_the_next_pull() {
    let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
    let blobs: Blobs = names.iter().map(|name| (*name, START - moment::HOUR)).collect();
    let server =
        Server::start(move |seen| if seen.path.contains("/audit/") { Reply::of(503, "") } else { audit(&blobs, seen) }).await;
    let feed = Feed::new(server.client().0, None);
    let mut pull = feed.pull(&content(), &FeedCheckpoint::default(), 2 * moment::DAY, START);
    // The first span has nothing.
    assert!(pull.next().await.unwrap().unwrap().failing.is_empty());
    let mut batches = 0;
    let mut last = None;
    while let Some(batch) = pull.next().await.unwrap() {
        batches += 1;
        last = Some(batch);
    }
    let kept = last.unwrap();
    assert_eq!((batches, kept.failing.len()), (2, 8), "an empty span, and the batch that failed: {:?}", kept.failing);
    // What failed once does not stop what has not been tried.
    let (_, checkpoint, batches) = rest(feed.pull(&content(), &kept.checkpoint, 0, START)).await;
    assert_eq!(checkpoint.types[&content()].failing.len(), 10, "{}", batches.len());
}
