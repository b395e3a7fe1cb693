//! Tables by hunting: nothing missing, spans halved where they do not fit, the last hours read again.

use serde_json::{Value, json};
use spoofwatch_tenant::{Error, Graph, HuntCheckpoint, HuntFeed, HuntPull, HuntSettings, moment};

use crate::server::{Reply, START, Seen, Server};

/// A row of each hour, numbered back from now.
fn hourly(seen: &Seen, most: usize) -> Reply {
    let query = seen.json()["Query"].as_str().unwrap_or_default().to_owned();
    let bounds: Vec<i64> = query.split("datetime(").skip(1).filter_map(|part| moment::parse(part.split(')').next()?)).collect();
    let [from, to] = bounds.as_slice() else { return Reply::of(400, "") };
    let rows: Vec<Value> = (0..1000_i64)
        .map(|back| (back, START - back * moment::HOUR))
        .filter(|(_, at)| (from..to).contains(&at))
        .map(|(back, at)| json!({ "Timestamp": moment::iso(at), "NetworkMessageId": back.to_string() }))
        .collect();
    if rows.len() > most {
        let error =
            json!({ "error": { "code": "BadRequest", "message": "Query execution has exceeded the allowed result size." } });
        return Reply::of(400, error.to_string());
    }
    Reply::json(&json!({ "schema": [{ "name": "Timestamp", "type": "DateTime" }], "results": rows }))
}

async fn rest(mut pull: HuntPull<'_>) -> (Vec<i64>, HuntCheckpoint) {
    let (mut numbers, mut checkpoint) = (Vec::new(), HuntCheckpoint::default());
    while let Some(batch) = pull.next().await.unwrap() {
        assert!(!batch.is_short);
        numbers.extend(batch.rows.iter().map(|row| {
            let row: Value = serde_json::from_str(row).unwrap();
            row["NetworkMessageId"].as_str().unwrap().parse::<i64>().unwrap()
        }));
        checkpoint = batch.checkpoint;
    }
    (numbers, checkpoint)
}

#[tokio::test]
async fn the_first_time_takes_a_week_and_later_times_the_last_hour_again() {
    let server = Server::start(|seen| hourly(seen, usize::MAX)).await;
    let feed = HuntFeed::new(Graph::new(server.client().0), HuntSettings::default());
    let (mut numbers, checkpoint) = rest(feed.pull("EmailEvents", &HuntCheckpoint::default(), START + 1).unwrap()).await;
    numbers.sort_unstable();
    assert_eq!(numbers, (0..168).collect::<Vec<_>>());
    let (numbers, checkpoint) = rest(feed.pull("EmailEvents", &checkpoint, START + 300 * moment::SECOND).unwrap()).await;
    assert_eq!(numbers, [0]);
    assert_eq!(checkpoint.tables["EmailEvents"].through, Some(START + 300 * moment::SECOND));
}

#[tokio::test]
async fn a_day_is_read_again_every_six_hours() {
    let server = Server::start(|seen| hourly(seen, usize::MAX)).await;
    let feed = HuntFeed::new(Graph::new(server.client().0), HuntSettings::default());
    let (_, checkpoint) = rest(feed.pull("EmailEvents", &HuntCheckpoint::default(), START).unwrap()).await;
    let later = START + 6 * moment::HOUR;
    let (mut numbers, checkpoint) = rest(feed.pull("EmailEvents", &checkpoint, later).unwrap()).await;
    numbers.sort_unstable();
    assert_eq!(numbers, (0..19).collect::<Vec<_>>(), "the last hour first, then the day before it");
    assert_eq!(checkpoint.tables["EmailEvents"].deep, None);
    let (numbers, _) = rest(feed.pull("EmailEvents", &checkpoint, later + 1).unwrap()).await;
    assert!(numbers.is_empty());
}

#[tokio::test]
async fn a_span_that_does_not_fit_is_halved_and_nothing_is_missing() {
    let server = Server::start(|seen| hourly(seen, 5)).await;
    let feed = HuntFeed::new(Graph::new(server.client().0), HuntSettings::default());
    let (mut numbers, checkpoint) = rest(feed.pull("EmailEvents", &HuntCheckpoint::default(), START + 1).unwrap()).await;
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers, (0..168).collect::<Vec<_>>());
    assert!(checkpoint.tables["EmailEvents"].fits.is_some());
    let asked = server.seen().len();
    assert!(asked < 70, "what fits is remembered: {asked}");
}

#[tokio::test]
async fn a_second_with_more_than_is_given_is_told_and_does_not_stop_the_rest() {
    let server =
        Server::start(|_| Reply::of(400, r#"{"error":{"message":"Query execution has exceeded the allowed result size."}}"#))
            .await;
    let settings = HuntSettings { back: std::time::Duration::from_secs(2), ..HuntSettings::default() };
    let feed = HuntFeed::new(Graph::new(server.client().0), settings);
    let mut pull = feed.pull("EmailEvents", &HuntCheckpoint::default(), START).unwrap();
    let first = pull.next().await.unwrap().unwrap();
    assert!(first.is_short && first.rows.is_empty());
    assert_eq!(first.window.to, START - moment::SECOND);
    assert!(pull.next().await.unwrap().is_some() && pull.next().await.unwrap().is_none());
}

#[tokio::test]
async fn a_failure_keeps_what_was_taken() {
    let server = Server::start(|seen| if seen.before == 3 { Reply::of(403, "") } else { hourly(seen, usize::MAX) }).await;
    let feed = HuntFeed::new(Graph::new(server.client().0), HuntSettings::default());
    let mut pull = feed.pull("EmailEvents", &HuntCheckpoint::default(), START).unwrap();
    let mut checkpoint = HuntCheckpoint::default();
    let error = loop {
        match pull.next().await {
            Ok(Some(batch)) => checkpoint = batch.checkpoint,
            Ok(None) => panic!("the fourth span is forbidden"),
            Err(error) => break error,
        }
    };
    assert!(matches!(&error, Error::Forbidden { .. }) && error.to_string().contains("ThreatHunting.Read.All"), "{error}");
    assert_eq!(checkpoint.tables["EmailEvents"].through, Some(START - 4 * moment::DAY));
}

#[tokio::test]
async fn a_name_is_no_place_for_a_query() {
    let server = Server::start(|_| Reply::of(200, "")).await;
    let feed = HuntFeed::new(Graph::new(server.client().0), HuntSettings::default());
    for name in ["", "EmailEvents | take 1", "a\nb"] {
        assert!(matches!(feed.pull(name, &HuntCheckpoint::default(), START), Err(Error::Setting { .. })), "{name}");
    }
}
