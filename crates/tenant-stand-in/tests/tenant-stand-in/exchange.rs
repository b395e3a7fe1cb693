//! InvokeCommand as PowerShell's module uses it.

use std::time::Duration;

use serde_json::{Value, json};
use spoofwatch_tenant_stand_in::{App, CLIENT_ID, CLIENT_SECRET, Dkim, ExchangeRole, Scenario};

use crate::support::{Bench, EXCHANGE, GRAPH, Outcome};

const TARGET: &str = "/adminapi/beta/contoso.onmicrosoft.com/InvokeCommand";
const HOURS: u64 = 3600;

#[tokio::test]
async fn the_tenant_is_as_the_scenario_says() -> Outcome {
    let bench = Bench::new(Scenario::contoso()).await?;
    let table = [
        ("Get-DkimSigningConfig", 3, 1, "/Selector1KeySize", json!(1024)),
        ("Get-DkimSigningConfig", 3, 2, "/Status", json!("CnameMissing")),
        ("Get-AcceptedDomain", 3, 1, "/Default", json!(true)),
        ("Get-AntiPhishPolicy", 1, 0, "/HonorDmarcPolicy", json!(true)),
        ("Get-TransportRule", 1, 0, "/SetSCL", json!(-1)),
        ("Get-OrganizationConfig", 1, 0, "/RejectDirectSend", json!(false)),
        ("Get-InboundConnector", 1, 0, "/RequireTls", json!(true)),
        ("Get-ArcConfig", 1, 0, "/ArcTrustedSealers", json!("legacy-gateway.example")),
        ("Get-AdminAuditLogConfig", 1, 0, "/UnifiedAuditLogIngestionEnabled", json!(true)),
        ("Get-HostedContentFilterPolicy", 1, 0, "/BulkThreshold", json!(7)),
        ("Get-HostedConnectionFilterPolicy", 1, 0, "/EnableSafeList", json!(false)),
        ("Get-TransportConfig", 1, 0, "/SmtpClientAuthenticationDisabled", json!(true)),
        ("Get-RemoteDomain", 1, 0, "/AutoForwardEnabled", json!(true)),
    ];
    for (cmdlet, count, place, member, expected) in table {
        let answer = bench.cmdlet(cmdlet, json!({})).await?;
        assert_eq!((answer.status, answer.rows().len()), (200, count), "{cmdlet}: {}", answer.text);
        assert_eq!(answer.rows()[place].pointer(member), Some(&expected), "{cmdlet}");
        assert_eq!(answer.body["@adminapi.warnings"], json!([]), "{cmdlet}");
    }
    assert_eq!(bench.tenant.count_cmdlet("Get-DkimSigningConfig"), 2);
    let few = bench.cmdlet("Get-AcceptedDomain", json!({ "ResultSize": 1 })).await?;
    assert_eq!((few.rows().len(), few.body["@adminapi.warnings"].as_array().map(Vec::len)), (1, Some(1)));
    assert_eq!(bench.cmdlet("Get-AcceptedDomain", json!({ "ResultSize": "Unlimited" })).await?.rows().len(), 3);
    Ok(())
}

#[tokio::test]
async fn a_request_that_the_service_would_refuse_is_refused() -> Outcome {
    let bench = Bench::new(Scenario::contoso()).await?;
    let token = bench.token(EXCHANGE).await?;
    let ask = async |target: &str, token: &str, more: &[(&str, &str)], cmdlet: &str, parameters: Value| {
        bench.invoke(target, token, more, cmdlet, parameters).await.map(|answer| answer.status)
    };
    assert_eq!(ask(TARGET, &token, &[], "Get-ArcConfig", json!({})).await?, 200);
    assert_eq!(ask(TARGET, &token, &[("x-anchormailbox", "")], "Get-ArcConfig", json!({})).await?, 400);
    let stranger = "APP:SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}@adatum.com";
    assert_eq!(ask(TARGET, &token, &[("x-anchormailbox", stranger)], "Get-ArcConfig", json!({})).await?, 400);
    assert_eq!(ask(TARGET, &token, &[("content-type", "text/plain")], "Get-ArcConfig", json!({})).await?, 415);
    assert_eq!(ask(TARGET, &token, &[("x-cmdletname", "Get-Mailbox")], "Get-ArcConfig", json!({})).await?, 400);
    assert_eq!(ask(TARGET, &token, &[("authorization", "")], "Get-ArcConfig", json!({})).await?, 401);
    assert_eq!(ask(TARGET, &token, &[], "Get-ArcConfig", json!("none")).await?, 400);
    assert_eq!(ask(TARGET, &token, &[], "", json!({})).await?, 400);
    assert_eq!(ask(&format!("{TARGET}?$filter=a"), &token, &[], "Get-ArcConfig", json!({})).await?, 400);
    assert_eq!(ask("/adminapi/beta/adatum.com/InvokeCommand", &token, &[], "Get-ArcConfig", json!({})).await?, 403);
    assert_eq!(ask(TARGET, &bench.token(GRAPH).await?, &[], "Get-ArcConfig", json!({})).await?, 401);
    let bearer = format!("Bearer {token}");
    assert_eq!(bench.send("GET", TARGET, &[("authorization", &bearer)], String::new()).await?.status, 405);
    // What there is not and what one may not are one.
    let unknown = bench.invoke(TARGET, &token, &[], "Get-Everything", json!({})).await?;
    assert_eq!((unknown.status, unknown.text.trim_matches('\0')), (403, ""));
    Ok(())
}

#[tokio::test]
async fn a_hardened_tenant_is_another() -> Outcome {
    let scenario = Scenario::hardened().accepted_domain("fabrikam.com", "DomainType", json!("InternalRelay"));
    let bench = Bench::new(scenario).await?;
    let table = [
        ("Get-DkimSigningConfig", "/1/Selector2KeySize", json!(2048)),
        ("Get-DkimSigningConfig", "/1/RotateOnDate", json!("2026-10-25T12:00:00.0000000Z")),
        ("Get-DkimSigningConfig", "/2/Status", json!("Valid")),
        ("Get-AcceptedDomain", "/2/DomainType", json!("InternalRelay")),
        ("Get-TransportRule", "/0/Quarantine", json!(true)),
        ("Get-OrganizationConfig", "/0/RejectDirectSend", json!(true)),
        ("Get-ArcConfig", "/0/ArcTrustedSealers", json!("")),
    ];
    for (cmdlet, member, expected) in table {
        let rows = Value::Array(bench.cmdlet(cmdlet, json!({})).await?.rows());
        assert_eq!(rows.pointer(member), Some(&expected), "{cmdlet}");
    }
    Ok(())
}

#[tokio::test]
async fn reads_lag_behind_changes() -> Outcome {
    let bench = Bench::new(Scenario::contoso().replication(Duration::from_secs(300))).await?;
    let rejects = async || {
        let rows = bench.cmdlet("Get-OrganizationConfig", json!({})).await?.rows();
        Ok::<_, reqwest::Error>(rows[0]["RejectDirectSend"] == true)
    };
    let set = |value: bool| bench.cmdlet("Set-OrganizationConfig", json!({ "RejectDirectSend": value }));
    set(true).await?;
    assert!(!rejects().await?);
    bench.tenant.advance(Duration::from_secs(200));
    set(false).await?;
    bench.tenant.advance(Duration::from_secs(100));
    assert!(rejects().await?);
    bench.tenant.advance(Duration::from_secs(200));
    assert!(!rejects().await?);
    Ok(())
}

#[tokio::test]
async fn a_permission_without_a_role_is_not_enough() -> Outcome {
    let table = [
        (App::new(CLIENT_ID), 401, 401),
        (App::new(CLIENT_ID).permission("Exchange.ManageAsApp"), 403, 403),
        (App::new(CLIENT_ID).permission("Exchange.ManageAsApp").exchange(ExchangeRole::Reader), 200, 403),
        (App::new(CLIENT_ID).permission("Exchange.ManageAsApp").exchange(ExchangeRole::Administrator), 200, 200),
    ];
    for (app, reads, changes) in table {
        let scenario = Scenario::contoso();
        let until = chrono::DateTime::<chrono::Utc>::MAX_UTC;
        let bench = Bench::new(scenario.app(app.secret(CLIENT_SECRET, until))).await?;
        assert_eq!(bench.cmdlet("Get-ArcConfig", json!({})).await?.status, reads);
        let off = json!({ "RejectDirectSend": true });
        assert_eq!(bench.cmdlet("Set-OrganizationConfig", off).await?.status, changes);
    }
    Ok(())
}

#[tokio::test]
async fn errors_say_what_is_wrong_in_their_details() -> Outcome {
    let bench = Bench::new(Scenario::contoso()).await?;
    let on = bench.cmdlet("Set-DkimSigningConfig", json!({ "Identity": "fabrikam.com", "Enabled": true })).await?;
    assert_eq!((on.status, on.header("x-exceptiontype")), (400, Some("ValidationException")));
    let words = on.body.pointer("/error/details/0/message").and_then(Value::as_str).unwrap_or_default();
    let prefix = "|Microsoft.Exchange.Management.Tasks.ValidationException|CNAME record does not exist for this config.";
    assert!(words.starts_with(prefix), "{words}");
    let rows = bench.cmdlet("Get-DkimSigningConfig", json!({ "Identity": "fabrikam.com" })).await?.rows();
    for member in ["Selector1CNAME", "Selector2CNAME"] {
        let target = rows[0][member].as_str().unwrap_or_default();
        assert!(words.contains(target), "{words}");
        bench.tenant.publish(&format!("{}._domainkey.fabrikam.com", member[..9].to_lowercase()), target);
    }
    assert_eq!(bench.cmdlet("Set-DkimSigningConfig", json!({ "Identity": "fabrikam.com", "Enabled": true })).await?.status, 200);
    let missing = bench.cmdlet("Get-DkimSigningConfig", json!({ "Identity": "nobody.example" })).await?;
    assert_eq!((missing.status, missing.header("x-exceptiontype")), (404, Some("ManagementObjectNotFoundException")));
    let unknown = bench.cmdlet("Get-DkimSigningConfig", json!({ "Bogus": 1 })).await?;
    assert_eq!(unknown.body.pointer("/error/message"), Some(&json!("Invalid Operation")));
    let inner = unknown.body.pointer("/error/innererror/internalexception/message").and_then(Value::as_str);
    assert!(inner.is_some_and(|text| text.ends_with(" Bogus")), "{inner:?}");
    Ok(())
}

#[tokio::test]
async fn two_rotations_and_eight_days_make_both_keys_long() -> Outcome {
    let scenario = Scenario::contoso().dkim("contoso.com", Dkim::signing(1024, 1024));
    let bench = Bench::new(scenario).await?;
    let sizes = async || {
        let rows = bench.cmdlet("Get-DkimSigningConfig", json!({ "Identity": "contoso.com" })).await?.rows();
        Ok::<_, reqwest::Error>((rows[0]["Selector1KeySize"].as_u64(), rows[0]["Selector2KeySize"].as_u64()))
    };
    let rotate = || bench.cmdlet("Rotate-DkimSigningConfig", json!({ "Identity": "contoso.com", "KeySize": 2048 }));
    let signs = || bench.tenant.signing_selector("contoso.com").unwrap_or_default();
    assert_eq!(signs(), "selector1");
    assert_eq!(rotate().await?.status, 200);
    assert_eq!(sizes().await?, (Some(1024), Some(2048)));
    assert_eq!(signs(), "selector1");
    assert_eq!(rotate().await?.status, 400);
    bench.tenant.advance(Duration::from_secs(96 * HOURS));
    assert_eq!(signs(), "selector2");
    assert_eq!(rotate().await?.status, 200);
    bench.tenant.advance(Duration::from_secs(96 * HOURS));
    assert_eq!((sizes().await?, signs().as_str()), ((Some(2048), Some(2048)), "selector1"));
    Ok(())
}

#[tokio::test]
async fn pages_are_asked_for_with_the_same_body() -> Outcome {
    let bench = Bench::new(Scenario::contoso()).await?;
    let token = bench.token(EXCHANGE).await?;
    let prefer = [("prefer", "odata.maxpagesize=2")];
    let first = bench.invoke(TARGET, &token, &prefer, "Get-AcceptedDomain", json!({})).await?;
    let link = first.body["@odata.nextLink"].as_str().unwrap_or_default().to_owned();
    assert_eq!((first.rows().len(), first.body["@adminapi.warnings"].as_array().map(Vec::len)), (2, Some(1)));
    for _ in 0..2 {
        let second = bench.invoke(&link, &token, &prefer, "Get-AcceptedDomain", json!({})).await?;
        assert_eq!((second.rows().len(), &second.body["@odata.nextLink"]), (1, &Value::Null), "{}", second.text);
    }
    let other = bench.invoke(&link, &token, &prefer, "Get-AcceptedDomain", json!({ "ResultSize": 1 })).await?;
    assert_eq!(other.status, 400);
    bench.tenant.advance(Duration::from_secs(HOURS / 2));
    let late = bench.invoke(&link, &token, &prefer, "Get-AcceptedDomain", json!({})).await?;
    let words = late.body.pointer("/error/innererror/internalexception/message").and_then(Value::as_str);
    assert!(words.is_some_and(|words| words.starts_with("Expired or Invalid pagination request")), "{}", late.text);
    Ok(())
}

#[tokio::test]
async fn members_are_chosen_and_typed() -> Outcome {
    let bench = Bench::new(Scenario::contoso()).await?;
    let token = bench.token(EXCHANGE).await?;
    let target = format!("{TARGET}?$select=Domain,Selector1KeySize");
    let row =
        bench.invoke(&target, &token, &[], "Get-DkimSigningConfig", json!({ "Identity": "contoso.com" })).await?.rows().remove(0);
    assert_eq!(
        row,
        json!({
            "Domain": "contoso.com", "Selector1KeySize@data.type": "System.UInt16", "Selector1KeySize@odata.type": "#Decimal",
            "Selector1KeySize": 1024,
        })
    );
    Ok(())
}

#[tokio::test]
async fn settings_are_changed() -> Outcome {
    let bench = Bench::new(Scenario::contoso()).await?;
    let table = [
        (
            "Set-OrganizationConfig",
            json!({ "RejectDirectSend": true }),
            "Get-OrganizationConfig",
            "RejectDirectSend",
            json!(true),
        ),
        (
            "Set-AntiPhishPolicy",
            json!({ "Identity": "Office365 AntiPhish Default", "EnableSpoofIntelligence": false }),
            "Get-AntiPhishPolicy",
            "EnableSpoofIntelligence",
            json!(false),
        ),
        (
            "Disable-TransportRule",
            json!({ "Identity": "Bypass spam filter for partner" }),
            "Get-TransportRule",
            "State",
            json!("Disabled"),
        ),
        (
            "Set-ArcConfig",
            json!({ "Identity": "Default", "ArcTrustedSealers": " " }),
            "Get-ArcConfig",
            "ArcTrustedSealers",
            json!(""),
        ),
        (
            "Set-HostedConnectionFilterPolicy",
            json!({ "Identity": "Default", "IPAllowList": ["192.0.2.7"] }),
            "Get-HostedConnectionFilterPolicy",
            "IPAllowList",
            json!(["192.0.2.7"]),
        ),
        (
            "Set-HostedContentFilterPolicy",
            json!({ "Identity": "Default", "SpamAction": "quarantine" }),
            "Get-HostedContentFilterPolicy",
            "SpamAction",
            json!("Quarantine"),
        ),
        (
            "Set-TransportConfig",
            json!({ "SmtpClientAuthenticationDisabled": false }),
            "Get-TransportConfig",
            "SmtpClientAuthenticationDisabled",
            json!(false),
        ),
        (
            "Set-InboundConnector",
            json!({ "Identity": "From partner", "Enabled": false }),
            "Get-InboundConnector",
            "Enabled",
            json!(false),
        ),
        (
            "Set-AdminAuditLogConfig",
            json!({ "UnifiedAuditLogIngestionEnabled": false }),
            "Get-AdminAuditLogConfig",
            "UnifiedAuditLogIngestionEnabled",
            json!(false),
        ),
    ];
    for (change, parameters, read, member, expected) in table {
        let done = bench.cmdlet(change, parameters.clone()).await?;
        assert_eq!((done.status, &done.body["@adminapi.warnings"]), (200, &json!([])), "{change}: {}", done.text);
        assert_eq!(bench.cmdlet(read, json!({})).await?.rows()[0][member], expected, "{change}");
    }
    let again = bench.cmdlet("Set-OrganizationConfig", json!({ "RejectDirectSend": true })).await?;
    assert_eq!(again.body["@adminapi.warnings"].as_array().map(Vec::len), Some(1));
    Ok(())
}

#[tokio::test]
async fn what_microsoft_publishes_is_in_the_dns() -> Outcome {
    let bench = Bench::new(Scenario::contoso()).await?;
    let rows = bench.cmdlet("Get-DkimSigningConfig", json!({ "Identity": "contoso.com" })).await?.rows();
    let records = bench.tenant.records();
    let value = |name: &str| records.iter().find(|(known, _, _)| known == name).map(|(_, kind, value)| (*kind, value.as_str()));
    let target = rows[0]["Selector1CNAME"].as_str().unwrap_or_default();
    assert_eq!(value("selector1._domainkey.contoso.com"), Some(("CNAME", target)));
    assert_eq!(value(target), Some(("TXT", rows[0]["Selector1PublicKey"].as_str().unwrap_or_default())));
    let zone = bench.tenant.zone();
    let alias = format!("selector1._domainkey.contoso.com. 3600 IN CNAME {target}.");
    assert!(zone.lines().any(|line| line == alias), "{zone}");
    let strings = zone.lines().flat_map(|line| line.split('"').skip(1).step_by(2));
    assert_eq!(strings.map(str::len).max(), Some(255), "{zone}");
    Ok(())
}
