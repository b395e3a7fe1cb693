//! Cmdlets: their form, their pages, their refusals.

use serde_json::{Map, json};
use spoofwatch_tenant::{Admin as _, Cmdlet, Error, Exchange, NewTransportRule};

use crate::server::{Reply, Server, TENANT};

async fn exchange(server: &Server) -> Exchange {
    Exchange::new(server.client().0).unwrap()
}

#[tokio::test]
async fn a_cmdlet_goes_with_all_its_headers() {
    let server = Server::start(|_| Reply::json(&json!({ "value": [], "@adminapi.warnings": ["Mind  the\r\ngap."] }))).await;
    let output = exchange(&server).await.rotate_dkim("contoso.com").await.unwrap();
    assert_eq!(output.warnings, ["Mind the gap."]);
    let seen = &server.seen()[0];
    assert_eq!((seen.method.as_str(), seen.path.as_str()), ("POST", format!("/adminapi/beta/{TENANT}/InvokeCommand").as_str()));
    let body = json!({ "CmdletInput": {
        "CmdletName": "Rotate-DkimSigningConfig",
        "Parameters": { "Identity": "contoso.com", "KeySize": 2048, "Confirm": false },
    } });
    assert_eq!(seen.json(), body);
    for (name, value) in [
        ("authorization", "Bearer t0"),
        ("content-type", "application/json; charset=utf-8"),
        ("x-anchormailbox", &format!("APP:SystemMailbox{{bb558c35-97f1-4cb9-8ff7-d53741dc928c}}@{TENANT}")),
        ("x-cmdletname", "Rotate-DkimSigningConfig"),
        ("x-responseformat", "json"),
        ("x-serializationlevel", "Partial"),
        ("prefer", "odata.maxpagesize=1000"),
    ] {
        assert_eq!(seen.header(name), value, "{name}");
    }
    assert_eq!((seen.header("connection-id").len(), seen.header("client-request-id").len()), (36, 36));
}

#[tokio::test]
async fn pages_follow_with_the_same_body() {
    let server = Server::start(|seen| {
        let page: u32 = seen.query.get("page").and_then(|page| page.parse().ok()).unwrap_or(0);
        let mut body = json!({ "value": [{ "DomainName": format!("d{page}.example"), "InitialDomain": false }] });
        if page < 2 {
            body["@odata.nextLink"] = json!(format!("http://{}{}?page={}", seen.header("host"), seen.path, page + 1));
        }
        Reply::json(&body)
    })
    .await;
    let found = exchange(&server).await.accepted_domains().await.unwrap();
    assert_eq!(
        found.iter().map(|domain| domain.domain_name.as_str()).collect::<Vec<_>>(),
        ["d0.example", "d1.example", "d2.example"]
    );
    let seen = server.seen();
    assert!(seen.iter().all(|one| one.json() == seen[0].json()));
}

#[tokio::test]
async fn pages_elsewhere_or_in_circles_are_refused() {
    for next in ["https://elsewhere.example/adminapi", "SELF"] {
        let server = Server::start(move |seen| {
            let here = format!("http://{}{}", seen.header("host"), seen.path);
            Reply::json(&json!({ "value": [], "@odata.nextLink": if next == "SELF" { &here } else { next } }))
        })
        .await;
        let error = exchange(&server).await.accepted_domains().await.unwrap_err();
        assert!(matches!(error, Error::Protocol { .. }), "{error}");
        assert_eq!(server.seen().len(), 1);
    }
}

#[tokio::test]
async fn a_change_has_no_second_page() {
    let server = Server::start(|seen| {
        Reply::json(&json!({ "value": [], "@odata.nextLink": format!("http://{}{}?page=1", seen.header("host"), seen.path) }))
    })
    .await;
    exchange(&server).await.enable_dkim("contoso.com").await.unwrap();
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_refusal_names_what_is_missing() {
    let message = "|Microsoft.Exchange.Management.Tasks.ValidationException|No CNAME yet. Publish selector1-contoso-com._domainkey.contoso.onmicrosoft.com \
                   and selector2-contoso-com._domainkey.contoso.onmicrosoft.com first.";
    let body =
        json!({ "error": { "code": "BadRequest", "message": "Error executing cmdlet", "details": [{ "message": message }] } });
    let server = Server::start(move |_| Reply::of(400, body.to_string()).with("x-exceptiontype", "ValidationException")).await;
    let error = exchange(&server).await.enable_dkim("contoso.com").await.unwrap_err();
    let expected = Error::CnameMissing {
        what: "Set-DkimSigningConfig".to_owned(),
        selector1: Some("selector1-contoso-com._domainkey.contoso.onmicrosoft.com".to_owned()),
        selector2: Some("selector2-contoso-com._domainkey.contoso.onmicrosoft.com".to_owned()),
    };
    assert_eq!(error, expected);
}

#[tokio::test]
async fn a_role_that_is_missing_is_forbidden_though_the_body_is_nothing() {
    let server = Server::start(|_| Reply::of(403, vec![0; 4096])).await;
    let error = exchange(&server).await.get_dkim().await.unwrap_err();
    assert!(matches!(&error, Error::Forbidden { .. }) && error.to_string().contains("Exchange.ManageAsApp"), "{error}");
}

#[tokio::test]
async fn a_change_whose_answer_is_no_json_may_be_done() {
    let server = Server::start(|_| Reply::of(200, "<html>")).await;
    let exchange = exchange(&server).await;
    assert!(exchange.enable_dkim("contoso.com").await.unwrap_err().may_be_done());
    assert!(matches!(exchange.get_dkim().await, Err(Error::Protocol { .. })));
}

#[tokio::test]
async fn one_object_is_one_and_none_is_not_found() {
    let server = Server::start(|seen| match seen.header("x-cmdletname") {
        "Get-OrganizationConfig" => {
            Reply::json(&json!({ "value": [{ "Name": "contoso.onmicrosoft.com", "RejectDirectSend": false }] }))
        }
        _ => Reply::json(&json!({ "value": [] })),
    })
    .await;
    let exchange = exchange(&server).await;
    assert_eq!(exchange.organization_config().await.unwrap().reject_direct_send, Some(false));
    assert!(matches!(exchange.arc_config().await, Err(Error::NotFound { .. })));
}

#[tokio::test]
async fn rules_come_first_to_last() {
    let rules = json!({ "value": [{ "Name": "b", "Priority": 1 }, { "Name": "a", "Priority": "0" }, { "Name": "c" }] });
    let server = Server::start(move |_| Reply::json(&rules)).await;
    let found = exchange(&server).await.transport_rules().await.unwrap();
    assert_eq!(found.iter().map(|rule| rule.name.as_str()).collect::<String>(), "abc");
}

#[tokio::test]
async fn each_change_is_the_cmdlet_it_is_named_for() {
    let server = Server::start(|_| Reply::of(200, "")).await;
    let exchange = exchange(&server).await;
    let settings = Map::from_iter([("HonorDmarcPolicy".to_owned(), json!(true))]);
    exchange.new_dkim("contoso.com", true).await.unwrap();
    exchange.disable_dkim("contoso.com").await.unwrap();
    exchange.set_reject_direct_send(true).await.unwrap();
    exchange.set_anti_phish("Default", &settings).await.unwrap();
    exchange.new_transport_rule(&NewTransportRule { name: "R".to_owned(), ..NewTransportRule::default() }).await.unwrap();
    exchange.disable_transport_rule("R").await.unwrap();
    exchange.enable_transport_rule("R").await.unwrap();
    exchange.remove_transport_rule("R").await.unwrap();
    exchange.invoke(Cmdlet::new("Set-ArcConfig").with("ArcTrustedSealers", " ")).await.unwrap();
    let sent: Vec<String> = server.seen().iter().map(|seen| seen.json()["CmdletInput"].to_string()).collect();
    let expected = [
        r#"{"CmdletName":"New-DkimSigningConfig","Parameters":{"DomainName":"contoso.com","KeySize":2048,"Enabled":true,"Confirm":false}}"#,
        r#"{"CmdletName":"Set-DkimSigningConfig","Parameters":{"Identity":"contoso.com","Enabled":false,"Confirm":false}}"#,
        r#"{"CmdletName":"Set-OrganizationConfig","Parameters":{"RejectDirectSend":true,"Confirm":false}}"#,
        r#"{"CmdletName":"Set-AntiPhishPolicy","Parameters":{"Identity":"Default","HonorDmarcPolicy":true,"Confirm":false}}"#,
    ];
    assert_eq!(sent[..4], expected);
    assert!(
        sent[5..8].iter().all(|cmdlet| cmdlet.ends_with(r#"-TransportRule","Parameters":{"Identity":"R","Confirm":false}}"#))
    );
    assert_eq!(sent[8], r#"{"CmdletName":"Set-ArcConfig","Parameters":{"ArcTrustedSealers":" "}}"#);
}
