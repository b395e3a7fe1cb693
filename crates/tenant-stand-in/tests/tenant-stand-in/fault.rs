//! What goes wrong on demand.

use std::time::Duration;

use chrono::DateTime;
use serde_json::json;
use spoofwatch_tenant_stand_in::{Again, Fault, Harm, Route, Scenario};

use crate::support::{Bench, EXCHANGE, Outcome};

#[tokio::test]
async fn a_throttled_request_is_told_when_to_come_again() -> Outcome {
    let bench = Bench::new(Scenario::contoso()).await?;
    bench.tenant.fault(Fault::next(Harm::Throttle(Again::Seconds(7))).of_cmdlet("Get-ArcConfig").times(2));
    bench.tenant.fault(Fault::next(Harm::Throttle(Again::Date(90))).of_cmdlet("Get-ArcConfig"));
    for _ in 0..2 {
        let answer = bench.cmdlet("Get-ArcConfig", json!({})).await?;
        assert_eq!((answer.status, answer.header("retry-after")), (429, Some("7")));
    }
    let answer = bench.cmdlet("Get-ArcConfig", json!({})).await?;
    let moment = |name: &str| answer.header(name).and_then(|text| DateTime::parse_from_rfc2822(text).ok());
    assert_eq!(moment("retry-after"), moment("date").map(|date| date + Duration::from_secs(90)));
    assert_eq!(bench.cmdlet("Get-ArcConfig", json!({})).await?.status, 200);
    assert_eq!(bench.tenant.faults_left(), 0);
    Ok(())
}

#[tokio::test]
async fn a_connection_that_is_cut_leaves_open_what_was_done() -> Outcome {
    let bench = Bench::new(Scenario::contoso()).await?;
    let rejects = async || {
        let rows = bench.cmdlet("Get-OrganizationConfig", json!({})).await?.rows();
        Ok::<_, reqwest::Error>(rows[0]["RejectDirectSend"] == true)
    };
    for (harm, is_done) in [(Harm::DropBefore, false), (Harm::DropAfter, true)] {
        bench.tenant.fault(Fault::next(harm).of_cmdlet("Set-OrganizationConfig"));
        let cut = bench.cmdlet("Set-OrganizationConfig", json!({ "RejectDirectSend": true })).await;
        assert!(cut.is_err(), "{cut:?}");
        assert_eq!(rejects().await?, is_done);
    }
    let seen = bench.tenant.log();
    let cut: Vec<u16> = seen
        .iter()
        .filter(|seen| seen.route == Route::Cmdlet("Set-OrganizationConfig".to_owned()))
        .map(|seen| seen.status)
        .collect();
    assert_eq!(cut, [0, 0]);
    Ok(())
}

#[tokio::test]
async fn answers_are_harmed() -> Outcome {
    let bench = Bench::new(Scenario::contoso()).await?;
    let right = bench.cmdlet("Get-ArcConfig", json!({})).await?;
    let harmed = async |harm: Harm| {
        bench.tenant.fault(Fault::next(harm).of_cmdlet("Get-ArcConfig"));
        bench.cmdlet("Get-ArcConfig", json!({})).await
    };
    assert_eq!(harmed(Harm::Oversize(1 << 20)).await?.text.len(), right.text.len() + (1 << 20));
    assert!(harmed(Harm::Malformed).await?.body.is_null());
    let unavailable = harmed(Harm::Unavailable(Again::Seconds(3))).await?;
    assert_eq!((unavailable.status, unavailable.header("retry-after")), (503, Some("3")));
    let nonsense = harmed(Harm::Throttle(Again::Nonsense)).await?;
    assert_eq!((nonsense.status, nonsense.header("retry-after")), (429, Some("soon")));
    let there = format!("{}/stand-in/log", bench.tenant.base());
    bench.tenant.fault(Fault::next(Harm::Redirect(there)).of(Route::Domains));
    let led = bench.ask("GET", crate::support::GRAPH, "/v1.0/domains", serde_json::Value::Null).await?;
    assert!(led.body.is_array(), "{}", led.text);
    assert_eq!(harmed(Harm::GatewayTimeout).await?.status, 504);
    assert_eq!(harmed(Harm::Forbidden).await?.status, 403);
    assert_eq!(harmed(Harm::Status(418, "short".to_owned())).await?.text, "short");
    assert_eq!(harmed(Harm::Slow(Duration::from_millis(20))).await?.status, 200);
    Ok(())
}

#[tokio::test]
async fn a_token_that_is_taken_back_is_not_taken_again() -> Outcome {
    let bench = Bench::new(Scenario::contoso()).await?;
    let token = bench.token(EXCHANGE).await?;
    let target = "/adminapi/beta/contoso.com/InvokeCommand";
    bench.tenant.fault(Fault::next(Harm::Unauthorized).of_cmdlet("Get-ArcConfig").after(1));
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(bench.invoke(target, &token, &[], "Get-ArcConfig", json!({})).await?.status);
    }
    assert_eq!(statuses, [200, 401, 401]);
    assert_eq!(bench.invoke(target, &bench.token(EXCHANGE).await?, &[], "Get-ArcConfig", json!({})).await?.status, 200);
    Ok(())
}

#[tokio::test]
async fn it_stops_when_it_is_dropped() -> Outcome {
    let bench = Bench::new(Scenario::contoso()).await?;
    let address = bench.tenant.address;
    assert_eq!(bench.cmdlet("Get-ArcConfig", json!({})).await?.status, 200);
    drop(bench);
    assert!(std::net::TcpStream::connect(address).is_err());
    Ok(())
}

#[tokio::test]
async fn whoever_runs_it_apart_has_addresses_of_its_own() -> Outcome {
    let bench = Bench::new(Scenario::contoso()).await?;
    let post =
        async |name: &str, body: serde_json::Value| bench.send("POST", &format!("/stand-in/{name}"), &[], body.to_string()).await;
    let start = bench.tenant.now();
    post("advance", json!({ "seconds": 60 })).await?;
    assert_eq!(bench.tenant.now() - start, chrono::TimeDelta::seconds(60));
    let off = json!({ "cmdlet": "Set-DkimSigningConfig", "parameters": { "Identity": "contoso.com", "Enabled": false } });
    assert_eq!(post("act", off).await?.status, 200);
    assert_eq!(bench.tenant.signing_selector("contoso.com"), None);
    assert_eq!(post("act", json!({ "cmdlet": "Set-Nothing" })).await?.status, 400);
    post("fault", json!({ "harm": "throttle", "seconds": 1 })).await?;
    assert_eq!(bench.tenant.faults_left(), 1);
    assert_eq!(post("fault", json!({ "harm": "none" })).await?.status, 400);
    post("withdraw", json!({ "name": "selector1._domainkey.contoso.com" })).await?;
    assert_eq!(bench.tenant.records().iter().filter(|(_, kind, _)| *kind == "CNAME").count(), 1);
    assert_eq!(bench.send("GET", "/stand-in/log", &[], String::new()).await?.body, json!([]));
    Ok(())
}
