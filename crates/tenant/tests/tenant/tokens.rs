//! Signing in: once, again when a token ends or is not taken, and told why it failed.

use std::time::Duration;

use serde_json::json;
use spoofwatch_tenant::{Error, Feed, Graph, Scope};

use crate::server::{Reply, SECRET, Server, TENANT};

fn empty() -> Reply {
    Reply::json(&json!({ "value": [] }))
}

#[tokio::test]
async fn a_token_is_asked_for_by_form_and_sent_with_each_request() {
    let server = Server::start(|_| empty()).await;
    let (client, _) = server.client();
    let graph = Graph::new(client);
    graph.domains().await.unwrap();
    graph.domains().await.unwrap();
    let tokens = server.tokens();
    assert_eq!(tokens.len(), 1, "it is remembered");
    assert_eq!(tokens[0].path, format!("/{TENANT}/oauth2/v2.0/token"));
    let form: std::collections::BTreeMap<String, String> =
        url::form_urlencoded::parse(tokens[0].body.as_bytes()).into_owned().collect();
    assert_eq!(form["grant_type"], "client_credentials");
    assert_eq!(form["scope"], "https://graph.microsoft.com/.default");
    assert_eq!(form["client_secret"], SECRET);
    assert!(server.seen().iter().all(|seen| seen.header("authorization") == "Bearer t0"));
}

#[tokio::test]
async fn each_interface_has_a_token_of_its_own() {
    let server = Server::start(|_| empty()).await;
    let (client, _) = server.client();
    for scope in [Scope::Exchange, Scope::Graph, Scope::Management, Scope::Graph] {
        client.sign_in(scope).await.unwrap();
    }
    let scopes: Vec<bool> = ["outlook.office365.com", "graph.microsoft.com", "manage.office.com"]
        .into_iter()
        .zip(server.tokens())
        .map(|(name, seen)| seen.body.contains(&format!("scope=https%3A%2F%2F{name}%2F.default")))
        .collect();
    assert_eq!(scopes, [true, true, true]);
}

#[tokio::test]
async fn many_who_ask_at_once_share_one_sign_in() {
    let server = Server::start(|_| empty()).await;
    let (client, _) = server.client();
    let asking = (0..20).map(|_| client.sign_in(Scope::Graph));
    assert!(futures::future::join_all(asking).await.iter().all(Result::is_ok));
    assert_eq!(server.tokens().len(), 1);
}

#[tokio::test]
async fn a_token_is_renewed_five_minutes_before_it_ends() {
    let server = Server::start(|_| empty()).await;
    let (client, clock) = server.client();
    client.sign_in(Scope::Graph).await.unwrap();
    clock.pass(Duration::from_secs(3299));
    client.sign_in(Scope::Graph).await.unwrap();
    assert_eq!(server.tokens().len(), 1);
    clock.pass(Duration::from_secs(1));
    client.sign_in(Scope::Graph).await.unwrap();
    assert_eq!(server.tokens().len(), 2);
}

#[tokio::test]
async fn a_token_that_is_not_taken_is_replaced_once() {
    let server =
        Server::start(|seen| if seen.header("authorization") == "Bearer t1" { empty() } else { Reply::of(401, "") }).await;
    let (client, _) = server.client();
    Graph::new(client).domains().await.unwrap();
    assert_eq!((server.tokens().len(), server.seen().len()), (2, 2));
}

#[tokio::test]
async fn a_token_may_end_between_two_pages() {
    let server = Server::start(|seen| match (seen.query.contains_key("page"), seen.header("authorization")) {
        (false, _) => {
            let next = format!("http://{}/v1.0/domains?page=2", seen.header("host"));
            Reply::json(&json!({ "value": [{ "id": "contoso.com" }], "@odata.nextLink": next }))
        }
        (true, "Bearer t1") => Reply::json(&json!({ "value": [{ "id": "contoso.example" }] })),
        (true, _) => Reply::of(401, r#"{"error":{"code":"InvalidAuthenticationToken","message":"Lifetime validation failed"}}"#),
    })
    .await;
    let (client, _) = server.client();
    let found = Graph::new(client).domains().await.unwrap();
    assert_eq!(found.iter().map(|domain| domain.id.as_str()).collect::<Vec<_>>(), ["contoso.com", "contoso.example"]);
}

#[tokio::test]
async fn what_is_never_taken_is_forbidden_and_names_the_permission() {
    let server = Server::start(|_| Reply::of(401, r#"{"error":{"code":"Unauthorized","message":"no role"}}"#)).await;
    let (client, _) = server.client();
    let error = Graph::new(client).domains().await.unwrap_err();
    assert!(error.to_string().starts_with("GET /domains: the application may not (Unauthorized: no role); give it"), "{error}");
    assert_eq!(server.seen().len(), 2, "one more try and no more");
}

#[tokio::test]
async fn a_refusal_is_explained_and_leaks_nothing() {
    let body = json!({
        "error": "invalid_client", "error_codes": [7_000_215],
        "error_description": format!("AADSTS7000215: Invalid client secret provided: {SECRET}.\r\nTrace ID: 1"),
    });
    let server = Server::start_all(move |_| Reply::of(401, body.to_string())).await;
    let (client, _) = server.client();
    let error = client.sign_in(Scope::Exchange).await.unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with("signing in failed: the client secret is wrong (AADSTS7000215); copy the secret's value"), "{text}");
    assert!(!text.contains(SECRET) && text.contains("[secret]") && !text.contains('\n'));
    assert!(!format!("{error:?} {client:?}").contains(SECRET));
}

#[tokio::test]
async fn a_refusal_is_remembered_for_half_a_minute() {
    let server = Server::start_all(|_| Reply::of(400, r#"{"error":"unauthorized_client","error_codes":[700016]}"#)).await;
    let (client, clock) = server.client();
    let asking = (0..5).map(|_| client.sign_in(Scope::Graph));
    assert!(futures::future::join_all(asking).await.iter().all(|result| matches!(result, Err(Error::SignIn(_)))));
    assert_eq!(server.tokens().len(), 1);
    clock.pass(Duration::from_secs(30));
    assert!(client.sign_in(Scope::Graph).await.is_err());
    assert_eq!(server.tokens().len(), 2);
}

#[tokio::test]
async fn answers_without_a_token_are_named_and_never_quoted() {
    for body in [
        "{}",
        "",
        r#"{"access_token":"tok\nen","expires_in":1}"#,
        r#"{"access_token":"token"}"#,
        r#"{"access_token":"token","expires_in":"#,
    ] {
        let server = Server::start_all(move |_| Reply::of(200, body)).await;
        let (client, _) = server.client();
        let error = client.sign_in(Scope::Graph).await.unwrap_err();
        assert!(matches!(error, Error::Protocol { .. }) && !error.to_string().contains("tok\n"), "{error}");
    }
}

#[tokio::test]
async fn a_domain_is_looked_up_once_where_only_the_id_will_do() {
    let server = Server::start(|seen| match seen.path.as_str() {
        "/contoso.example/v2.0/.well-known/openid-configuration" => {
            Reply::json(&json!({ "issuer": format!("https://login.microsoftonline.com/{TENANT}/v2.0") }))
        }
        _ => Reply::of(200, "[]"),
    })
    .await;
    let (client, _) = server.client_of("contoso.example");
    assert_eq!(client.id().await, Ok(TENANT));
    Feed::new(client, None).subscriptions().await.unwrap();
    let paths: Vec<String> = server.seen().into_iter().map(|seen| seen.path).collect();
    assert_eq!(paths.len(), 2, "{paths:?}");
    assert_eq!(paths[1], format!("/api/v1.0/{TENANT}/activity/feed/subscriptions/list"));
    assert_eq!(server.client().0.id().await, Ok(TENANT));
}

#[tokio::test]
async fn a_domain_that_is_no_tenants_is_named() {
    for (status, body) in
        [(400, r#"{"error":"invalid_tenant","error_description":"AADSTS90002: no such tenant"}"#), (200, r#"{"issuer":"x"}"#)]
    {
        let server = Server::start(move |_| Reply::of(status, body)).await;
        let error = server.client_of("nowhere.example").0.id().await.unwrap_err().to_string();
        assert!(error.starts_with("looking up the id of the tenant nowhere.example: "), "{error}");
    }
}
