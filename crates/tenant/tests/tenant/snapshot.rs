//! All parts of a tenant at once, some of which cannot be read.

use std::sync::Arc;

use serde_json::json;
use spoofwatch_tenant::{
    Admin as _, ContentType, Exchange, Feed, FeedCheckpoint, Graph, HuntCheckpoint, HuntFeed, HuntSettings, snapshot,
};

use crate::server::{Reply, Server};

#[tokio::test]
async fn a_part_that_fails_does_not_keep_the_rest() {
    let server = Server::start(|seen| match (seen.header("x-cmdletname"), seen.path.as_str()) {
        ("Get-TransportRule", _) => Reply::of(403, ""),
        ("Get-ArcConfig", _) => Reply::of(200, "<html>"),
        ("Get-DkimSigningConfig", _) => Reply::json(&json!({ "value": [{ "Domain": "contoso.com", "Enabled": true }] })),
        ("", "/v1.0/domains") => Reply::json(&json!({ "value": [{ "id": "contoso.com" }] })),
        _ => Reply::json(&json!({ "value": [{ "Name": "x" }] })),
    })
    .await;
    let (client, _) = server.client();
    let graph = Graph::new(Arc::clone(&client));
    let found = snapshot("contoso.onmicrosoft.com", &Exchange::new(client).unwrap(), Some(&graph)).await;
    assert_eq!(found.tenant, "contoso.onmicrosoft.com");
    assert_eq!(found.dkim.read().map(|configs| configs[0].enabled), Some(true));
    assert_eq!(found.domains.read().map(|domains| domains[0].id.as_str()), Some("contoso.com"));
    assert!(found.transport_rules.failed().is_some_and(|why| why.starts_with("Get-TransportRule: the application may not")));
    assert!(found.arc.failed().is_some_and(|why| why.starts_with("Get-ArcConfig: the answer cannot be understood")));
    assert!(found.anti_phish.read().is_some() && found.organization.read().is_some() && found.audit.read().is_some());
    assert_eq!(server.tokens().len(), 2, "one sign-in an interface, though thirteen parts are read");
}

#[tokio::test]
async fn without_graph_its_part_was_not_asked_for() {
    let server = Server::start(|_| Reply::json(&json!({ "value": [] }))).await;
    let found = snapshot("t", &Exchange::new(server.client().0).unwrap(), None).await;
    assert_eq!(found.domains.failed(), Some("it was not asked for"));
}

/// Work that runs beside other work must be able to move between threads.
#[tokio::test]
async fn everything_may_run_beside_other_work() {
    fn moves<T: Send>(_: &T) {}
    let server = Server::start(|_| Reply::json(&json!({ "value": [] }))).await;
    let (client, _) = server.client();
    let (exchange, graph) = (Exchange::new(Arc::clone(&client)).unwrap(), Graph::new(Arc::clone(&client)));
    moves(&snapshot("t", &exchange, Some(&graph)));
    moves(&exchange.rotate_dkim("contoso.com"));
    let feed = Feed::new(client, None);
    let mut pull = feed.pull(&ContentType::new(ContentType::EXCHANGE), &FeedCheckpoint::default(), 0, 0);
    moves(&pull.next());
    let feed = HuntFeed::new(graph, HuntSettings::default());
    let mut pull = feed.pull("EmailEvents", &HuntCheckpoint::default(), 0).unwrap();
    moves(&pull.next());
}
