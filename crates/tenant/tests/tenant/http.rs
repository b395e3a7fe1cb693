//! What happens on the way: throttling, silence, broken and huge answers, redirections.

use std::time::Duration;

use serde_json::json;
use spoofwatch_tenant::{Admin as _, Error, Exchange, Graph, Patience};

use crate::server::{Reply, SECRET, Server, patience};

fn domains() -> Reply {
    Reply::json(&json!({ "value": [{ "id": "contoso.com", "isVerified": true }] }))
}

#[tokio::test]
async fn a_throttled_request_waits_as_long_as_it_is_told_and_comes_again() {
    let server = Server::start(|seen| match seen.before {
        0 => Reply::of(429, "{}").with("retry-after", "17"),
        1 => Reply::of(503, "").with("retry-after", "Sat, 21 Nov 2026 04:01:00 GMT"),
        2 => Reply::of(504, ""),
        _ => domains(),
    })
    .await;
    let (client, clock) = server.client();
    let found = Graph::new(client).domains().await.unwrap();
    assert_eq!(found[0].id, "contoso.com");
    // To a minute past four; and without a word from the server, four seconds the third time.
    assert_eq!(clock.waits(), [17, 43, 4]);
}

#[tokio::test]
async fn a_wait_beyond_our_patience_is_told_at_once() {
    let server = Server::start(|_| Reply::of(429, "{}").with("retry-after", "3600")).await;
    let (client, clock) = server.client();
    let error = Graph::new(client).domains().await.unwrap_err();
    assert_eq!(error, Error::Throttled { what: "GET /domains".to_owned(), wait: Some(Duration::from_secs(3600)) });
    assert!(clock.waits().is_empty() && server.seen().len() == 1);
}

#[tokio::test]
async fn attempts_end() {
    let server = Server::start(|_| Reply::of(503, "")).await;
    let (client, clock) = server.client();
    let error = Graph::new(client).domains().await.unwrap_err();
    assert!(matches!(error, Error::Unavailable { .. }) && error.is_passing(), "{error}");
    assert_eq!((clock.waits(), server.seen().len()), (vec![1, 2, 4, 8, 16], 6));
}

#[tokio::test]
async fn all_attempts_together_end_too() {
    let server = Server::start(|_| Reply::of(429, "{}").with("retry-after", "100")).await;
    let (client, clock) = server.client();
    assert!(matches!(Graph::new(client).domains().await, Err(Error::Throttled { .. })));
    assert_eq!(clock.waits(), [100, 100], "a third wait would end after five minutes");
}

#[tokio::test]
async fn words_about_concurrent_requests_are_throttling() {
    let server = Server::start(|seen| match seen.before {
        0 => Reply::of(400, r#"{"error":{"message":"You have exceeded the maximum number of concurrent connections."}}"#),
        _ => Reply::of(200, ""),
    })
    .await;
    let (client, clock) = server.client();
    Exchange::new(client).unwrap().enable_dkim("contoso.com").await.unwrap();
    assert_eq!((clock.waits(), server.seen().len()), (vec![1], 2));
}

#[tokio::test]
async fn silence_is_asked_again_when_reading_and_unknown_when_changing() {
    for reply in [Reply::Silence, Reply::Beginning] {
        let server = Server::start(move |_| reply.clone()).await;
        let (client, _) = server.client_with(
            spoofwatch_tenant::Credentials::secret(SECRET.to_owned().into()).unwrap(),
            Patience { attempts: 2, attempt: Duration::from_millis(100), ..patience() },
        );
        let exchange = Exchange::new(client).unwrap();
        let error = exchange.get_dkim().await.unwrap_err();
        assert!(matches!(error, Error::Unavailable { .. }), "{error}");
        assert_eq!(server.seen().len(), 2);
        let error = exchange.rotate_dkim("contoso.com").await.unwrap_err();
        assert!(error.may_be_done(), "{error}");
        assert_eq!(server.seen().len(), 3, "a rotation is not asked for twice");
    }
}

#[tokio::test]
async fn a_change_is_sent_again_when_it_was_not_begun() {
    let server =
        Server::start(|seen| if seen.before == 0 { Reply::of(429, "").with("retry-after", "2") } else { Reply::of(200, "{}") })
            .await;
    let (client, _) = server.client();
    Exchange::new(client).unwrap().rotate_dkim("contoso.com").await.unwrap();
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn nobody_at_the_address_means_that_nothing_was_done() {
    let server = Server::start(|_| domains()).await;
    let (client, _) = server.client();
    client.sign_in(spoofwatch_tenant::Scope::Exchange).await.unwrap();
    drop(server);
    // The server's task ends when it is next polled.
    tokio::task::yield_now().await;
    let error = Exchange::new(client).unwrap().rotate_dkim("contoso.com").await.unwrap_err();
    assert!(error.is_passing(), "{error}");
}

#[tokio::test]
async fn a_redirection_is_not_followed() {
    let server = Server::start(|_| Reply::of(302, "").with("location", "http://127.0.0.1:1/steal")).await;
    let (client, _) = server.client();
    let error = Graph::new(client).domains().await.unwrap_err();
    assert!(matches!(error, Error::Protocol { .. }), "{error}");
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_huge_answer_is_not_read_to_its_end() {
    let server = Server::start(|_| Reply::of(200, vec![b' '; (16 << 20) + 1])).await;
    let (client, _) = server.client_with(
        spoofwatch_tenant::Credentials::secret(SECRET.to_owned().into()).unwrap(),
        Patience { attempt: Duration::from_secs(20), ..patience() },
    );
    let error = Graph::new(client).domains().await.unwrap_err();
    assert_eq!(error.to_string(), "GET /domains: the answer is larger than 16 MiB; ask for less at once");
}

#[tokio::test]
async fn what_is_no_json_is_named() {
    for (body, why) in
        [("<html>", "it is no JSON"), ("{\"value\":3}", "it holds no list"), ("", "it is no JSON"), ("[", "it is no JSON")]
    {
        let server = Server::start(move |_| Reply::of(200, body)).await;
        let (client, _) = server.client();
        let error = Graph::new(client).domains().await.unwrap_err().to_string();
        assert!(error.starts_with(&format!("GET /domains: the answer cannot be understood: {why}")), "{error}");
    }
}

#[tokio::test]
async fn depth_does_not_exhaust_the_stack() {
    let server = Server::start(|_| Reply::of(200, "[".repeat(1 << 20))).await;
    let (client, _) = server.client_with(
        spoofwatch_tenant::Credentials::secret(SECRET.to_owned().into()).unwrap(),
        Patience { attempt: Duration::from_secs(20), ..patience() },
    );
    assert!(matches!(Graph::new(client).domains().await, Err(Error::Protocol { .. })));
}
