//! Graph: <https://learn.microsoft.com/graph/api/domain-list>, <https://learn.microsoft.com/graph/api/security-security-runhuntingquery>.

use std::time::Duration;

use serde_json::{Value, json};
use spoofwatch_tenant_stand_in::{App, CLIENT_ID, CLIENT_SECRET, Scenario};

use crate::support::{Bench, EXCHANGE, GRAPH, Outcome};

const QUERY: &str = "/v1.0/security/runHuntingQuery";

#[tokio::test]
async fn domains_come_in_pages() -> Outcome {
    let bench = Bench::new(Scenario::contoso().unverified("example.org").page_sizes(3, 200)).await?;
    let first = bench.ask("GET", GRAPH, "/v1.0/domains", Value::Null).await?;
    let link = first.body["@odata.nextLink"].as_str().unwrap_or_default().to_owned();
    let second = bench.ask("GET", GRAPH, &link, Value::Null).await?;
    let ids: Vec<Value> = first.rows().into_iter().chain(second.rows()).map(|row| row["id"].clone()).collect();
    assert_eq!(ids, ["contoso.onmicrosoft.com", "contoso.com", "fabrikam.com", "example.org"]);
    assert_eq!((&second.body["@odata.nextLink"], &second.rows()[0]["isVerified"]), (&Value::Null, &json!(false)));
    let chosen = bench.ask("GET", GRAPH, "/v1.0/domains?$select=id,isInitial&$top=1", Value::Null).await?;
    assert_eq!(chosen.rows(), [json!({ "id": "contoso.onmicrosoft.com", "isInitial": true })]);
    Ok(())
}

#[tokio::test]
async fn a_domain_has_records() -> Outcome {
    let bench = Bench::new(Scenario::contoso()).await?;
    let one = bench.ask("GET", GRAPH, "/v1.0/domains/contoso.com", Value::Null).await?;
    assert_eq!((&one.body["id"], &one.body["isDefault"]), (&json!("contoso.com"), &json!(true)));
    let service = bench.ask("GET", GRAPH, "/v1.0/domains/contoso.com/serviceConfigurationRecords", Value::Null).await?;
    let kinds: Vec<Value> = service.rows().iter().map(|row| row["recordType"].clone()).collect();
    assert_eq!(kinds, ["Mx", "Txt", "CName"]);
    assert_eq!(service.rows()[0]["mailExchange"], "contoso-com.mail.protection.outlook.com");
    let proof = bench.ask("GET", GRAPH, "/v1.0/domains/contoso.com/verificationDnsRecords", Value::Null).await?;
    assert!(proof.rows()[0]["text"].as_str().is_some_and(|text| text.starts_with("MS=ms")), "{}", proof.text);
    let missing = bench.ask("GET", GRAPH, "/v1.0/domains/nobody.example", Value::Null).await?;
    assert_eq!((missing.status, missing.body.pointer("/error/code")), (404, Some(&json!("Request_ResourceNotFound"))));
    Ok(())
}

#[tokio::test]
async fn whoever_may_not_is_refused() -> Outcome {
    let app = App::new(CLIENT_ID).with_everything().without_permission("Domain.Read.All");
    let bench = Bench::new(Scenario::contoso().app(app.secret(CLIENT_SECRET, chrono::DateTime::<chrono::Utc>::MAX_UTC))).await?;
    let table = [
        ("GET", GRAPH, "/v1.0/domains", 403, "Authorization_RequestDenied"),
        ("GET", EXCHANGE, "/v1.0/domains", 401, "InvalidAuthenticationToken"),
        ("POST", GRAPH, "/v1.0/domains", 405, "Request_BadRequest"),
        ("GET", GRAPH, "/v1.0/nothing", 400, "BadRequest"),
        ("POST", GRAPH, "/v1.0/security/threatSubmission/emailThreats", 400, "BadRequest"),
    ];
    for (method, scope, target, status, code) in table {
        let answer = bench.ask(method, scope, target, json!({})).await?;
        assert_eq!((answer.status, answer.body.pointer("/error/code")), (status, Some(&json!(code))), "{method} {target}");
        assert!(answer.body.pointer("/error/innerError/request-id").is_some());
    }
    Ok(())
}

/// Rows an hour apart, the last an hour ago.
fn mail(bench: &Bench, count: i64) {
    let row = |number: i64| {
        let moment = bench.tenant.now() - chrono::TimeDelta::hours(count - number);
        json!({ "Timestamp": moment.to_rfc3339(), "NetworkMessageId": format!("m{number}"), "Subject": "Hello" })
    };
    bench.tenant.hunting_rows("EmailEvents", (0..count).map(row));
}

#[tokio::test]
async fn a_query_gives_rows_with_their_schema() -> Outcome {
    let bench = Bench::new(Scenario::contoso()).await?;
    mail(&bench, 4);
    let query = "EmailEvents | where Timestamp > ago(150m) | sort by Timestamp asc | project Timestamp, NetworkMessageId";
    let answer = bench.ask("POST", GRAPH, QUERY, json!({ "Query": query })).await?;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(
        answer.body["schema"],
        json!([{ "name": "Timestamp", "type": "DateTime" }, { "name": "NetworkMessageId", "type": "String" }])
    );
    let ids: Vec<Value> =
        answer.body["results"].as_array().into_iter().flatten().map(|row| row["NetworkMessageId"].clone()).collect();
    assert_eq!(ids, ["m2", "m3"]);
    let narrow = bench.ask("POST", GRAPH, QUERY, json!({ "Query": "EmailEvents", "Timespan": "PT90M" })).await?;
    assert_eq!(narrow.body["results"].as_array().map(Vec::len), Some(1));
    assert_eq!(narrow.body["results"][0]["SenderFromAddress"], Value::Null);
    Ok(())
}

#[tokio::test]
async fn numbers_and_flags_are_as_the_service_writes_them() -> Outcome {
    let bench = Bench::new(Scenario::contoso()).await?;
    bench.tenant.hunting_rows("EmailEvents", [json!({ "EmailSize": 7, "IsFirstContact": true })]);
    let table = [
        ("EmailEvents | project EmailSize, IsFirstContact", json!({ "EmailSize": 7, "IsFirstContact": 1 })),
        ("EmailEvents | count", json!({ "Count@odata.type": "#Int64", "Count": 1 })),
    ];
    for (query, expected) in table {
        let answer = bench.ask("POST", GRAPH, QUERY, json!({ "Query": query })).await?;
        assert_eq!(answer.body["results"][0], expected, "{query}");
    }
    Ok(())
}

#[tokio::test]
async fn a_query_has_limits() -> Outcome {
    let bench = Bench::new(Scenario::contoso().hunting_limits(3, 4000).quotas(2000, 5)).await?;
    mail(&bench, 4);
    let ask = async |query: &str| bench.ask("POST", GRAPH, QUERY, json!({ "Query": query })).await;
    assert_eq!(ask("EmailEvents | where Sender == 'a'").await?.status, 400);
    assert_eq!(ask("").await?.status, 400);
    let cut = ask("EmailEvents | project Timestamp").await?;
    assert_eq!((cut.status, cut.body["results"].as_array().map(Vec::len)), (200, Some(3)));
    assert!(ask("EmailEvents | take 3").await?.text.contains("allowed result size"));
    assert_eq!(ask("EmailEvents | take 3 | project Timestamp").await?.status, 200);
    let over = ask("EmailEvents | take 1").await?;
    assert_eq!((over.status, over.header("retry-after")), (429, Some("60")));
    bench.tenant.advance(Duration::from_secs(60));
    assert_eq!(ask("EmailEvents | count").await?.status, 200);
    Ok(())
}

#[tokio::test]
async fn a_message_is_handed_in() -> Outcome {
    let bench = Bench::new(Scenario::contoso()).await?;
    let body = json!({
        "@odata.type": "#microsoft.graph.security.emailContentThreatSubmission", "category": "phishing",
        "recipientEmailAddress": "bob@contoso.com", "fileContent": "RnJvbTogYUBiLmV4YW1wbGUNCg0KSGVsbG8=",
    });
    let target = "/beta/security/threatSubmission/emailThreats";
    let answer = bench.ask("POST", GRAPH, target, body.clone()).await?;
    assert_eq!((answer.status, &answer.body["status"]), (201, &json!("notStarted")));
    assert_eq!(bench.tenant.submissions(), [body]);
    let one = format!("{target}/{}", answer.body["id"].as_str().unwrap_or_default());
    assert_eq!(bench.ask("GET", GRAPH, &one, Value::Null).await?.body["status"], "notStarted");
    bench.tenant.advance(Duration::from_secs(600));
    assert_eq!(bench.ask("GET", GRAPH, &one, Value::Null).await?.body["result"]["category"], "phishing");
    assert_eq!(bench.ask("GET", GRAPH, &format!("{target}/none"), Value::Null).await?.status, 404);
    assert_eq!(bench.ask("POST", GRAPH, target, json!({ "category": "phishing" })).await?.status, 400);
    Ok(())
}
