//! Graph: records of a domain, hunting, messages shown to Microsoft.

use serde_json::json;
use spoofwatch_tenant::{Error, Graph, moment};

use crate::server::{Reply, START, Server};

#[tokio::test]
async fn records_of_a_domain_keep_what_their_type_has() {
    let records = json!({ "value": [
        { "@odata.type": "#microsoft.graph.domainDnsMxRecord", "recordType": "Mx", "label": "contoso.com", "ttl": 3600, "isOptional": false,
          "supportedService": "Email", "mailExchange": "contoso-com.mail.protection.outlook.com", "preference": 0 },
        { "recordType": "Txt", "label": "contoso.com", "ttl": 3600, "text": "v=spf1 include:spf.protection.outlook.com -all" },
    ] });
    let server = Server::start(move |_| Reply::json(&records)).await;
    let graph = Graph::new(server.client().0);
    let found = graph.service_records("contoso.com").await.unwrap();
    assert_eq!(
        (found[0].mail_exchange.as_deref(), found[0].preference),
        (Some("contoso-com.mail.protection.outlook.com"), Some(0))
    );
    assert_eq!(found[1].text.as_deref(), Some("v=spf1 include:spf.protection.outlook.com -all"));
    graph.verification_records("../users").await.unwrap();
    let paths: Vec<String> = server.seen().into_iter().map(|seen| seen.path).collect();
    assert_eq!(
        paths,
        ["/v1.0/domains/contoso.com/serviceConfigurationRecords", "/v1.0/domains/..%2Fusers/verificationDnsRecords"]
    );
}

#[tokio::test]
async fn a_domain_that_is_not_there_is_not_found() {
    let server =
        Server::start(|_| Reply::of(404, r#"{"error":{"code":"Request_ResourceNotFound","message":"no such domain"}}"#)).await;
    let error = Graph::new(server.client().0).service_records("nowhere.example").await.unwrap_err();
    assert!(matches!(error, Error::NotFound { .. }), "{error}");
}

#[tokio::test]
async fn hunting_asks_for_a_span() {
    let answer = json!({ "schema": [{ "name": "a", "type": "SByte" }], "results": [{ "a": 0 }] });
    let server = Server::start(move |_| Reply::json(&answer)).await;
    let hunted = Graph::new(server.client().0).hunt("EmailEvents", START, START + moment::HOUR + 1).await.unwrap();
    assert_eq!(json!(hunted.rows), json!([{ "a": false }]));
    let seen = &server.seen()[0];
    assert_eq!((seen.method.as_str(), seen.path.as_str()), ("POST", "/v1.0/security/runHuntingQuery"));
    assert_eq!(seen.json(), json!({ "Query": "EmailEvents", "Timespan": "2026-11-21T04:00:00Z/2026-11-21T05:00:01Z" }));
}

#[tokio::test]
async fn a_query_that_gives_too_much_is_told_apart_from_one_that_is_wrong() {
    for (message, is_large) in
        [("Query execution has exceeded the allowed result size. Optimize your query", true), ("Syntax error near 'x'", false)]
    {
        let body = json!({ "error": { "code": "BadRequest", "message": message } }).to_string();
        let server = Server::start(move |_| Reply::of(400, body.clone())).await;
        let error = Graph::new(server.client().0).hunt("x", 0, 1).await.unwrap_err();
        assert_eq!(matches!(error, Error::TooLarge { .. }), is_large, "{error}");
        assert_eq!(matches!(error, Error::Refused { .. }), !is_large, "{error}");
    }
}

#[tokio::test]
async fn a_message_is_shown_once() {
    let server = Server::start(|seen| match seen.method.as_str() {
        "POST" => Reply::of(201, r#"{"id":"s1","status":"running","category":"phishing","result":null}"#),
        _ => Reply::of(
            200,
            r#"{"id":"s1","status":"succeeded","category":"phishing","result":{"category":"phishing","detail":null}}"#,
        ),
    })
    .await;
    let graph = Graph::new(server.client().0);
    let shown = graph.submit_email(&json!({ "category": "phishing" })).await.unwrap();
    assert_eq!((shown.id.as_str(), shown.status.as_str(), shown.result.category), ("s1", "running", None));
    assert_eq!(graph.submission("s1").await.unwrap().result.category.as_deref(), Some("phishing"));
    let paths: Vec<String> = server.seen().into_iter().map(|seen| seen.path).collect();
    assert_eq!(paths, ["/beta/security/threatSubmission/emailThreats", "/beta/security/threatSubmission/emailThreats/s1"]);

    let server = Server::start(|_| Reply::of(500, "")).await;
    assert!(Graph::new(server.client().0).submit_email(&json!({})).await.unwrap_err().may_be_done());
    assert_eq!(server.seen().len(), 1);
}
