//! A tenant whose audit log and tables `serve` takes in: what an administrator does raises an alert, however late the record comes and
//! whatever goes wrong on the way; nothing is lost, nothing comes twice, no secret is shown.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use tenant_stand_in::{Actor, Again, App, CLIENT_ID, CLIENT_SECRET, Clock, Fault, Harm, Route, Scenario, StandIn};

use super::{Serve, until};
use crate::common::{Outcome, Place, Run};

/// The rule of this project, as it stands: it looks back by when a record came in.
const RULE: &str = include_str!("../../../../../content/rules/elastic/dkim-signing-disabled.toml");

/// A rule like the one that Elastic published: it looks back half an hour by the time of the event.
const SCHEDULED: &str = "[rule]\nname = \"DKIM signing disabled\"\nrule_id = \"k1\"\ntype = \"query\"\nlanguage = \"kuery\"\nindex = [\"filebeat-*\", \"logs-o365*\"]\ninterval = \"5m\"\nfrom = \"now-30m\"\nrisk_score = 47\nseverity = \"medium\"\nquery = \'\'\'\nevent.dataset:o365.audit and event.action:\"Set-DkimSigningConfig\" and o365.audit.Parameters.Enabled:False and event.outcome:success\n\'\'\'\n";

/// A rule that runs whenever rows come.
const CONTINUOUS: &str = "id: off\nname: DKIM off\nkind: NRT\nseverity: Medium\neventGroupingSettings:\n  aggregationKind: AlertPerResult\nquery: |\n  OfficeActivity\n  | where Operation == 'Set-DkimSigningConfig' and Parameters has 'False'\n";

/// The moment. The stand-in's clock goes as the machine's: the process that is tested looks at that too.
#[expect(clippy::disallowed_methods, reason = "the process that is tested looks at the same clock")]
fn now() -> DateTime<Utc> {
    Utc::now()
}

/// Contoso's tenant, now.
fn contoso() -> Scenario {
    Scenario::contoso().clock(Clock::following(now))
}

/// A place that is configured for a tenant, with more keys of the table.
fn place(tenant: &StandIn, more: &str) -> Outcome<Place> {
    let place = Place::new()?;
    place.file("spoofwatch-data/app.secret", format!("{CLIENT_SECRET}\n"))?;
    let config = format!(
        "[tenant]\nid = \"{}\"\nclient-id = \"{CLIENT_ID}\"\nsecret-file = \"app.secret\"\nendpoint = \"{}\"\npoll-seconds = 1\n{more}\n",
        tenant.initial_domain,
        tenant.base()
    );
    place.file("spoofwatch-data/spoofwatch.toml", config)?;
    place.file("spoofwatch-data/rules/dkim.toml", RULE)?;
    Ok(place)
}

const AUDIT: &str = "feeds = [\"Audit.Exchange\"]";

fn switch_off(tenant: &StandIn, domain: &str) -> Outcome {
    let administrator = Actor::administrator("admin@contoso.com", "203.0.113.77:50123");
    tenant.act(&administrator, "Set-DkimSigningConfig", json!({ "Identity": domain, "Enabled": false }))?;
    Ok(())
}

/// A record of what an administrator did some minutes ago.
pub(super) fn record(id: &str, minutes: i64) -> Value {
    let created = (now() - TimeDelta::minutes(minutes)).format("%Y-%m-%dT%H:%M:%S").to_string();
    json!({
        "CreationTime": created, "Id": id, "Operation": "Set-DkimSigningConfig", "RecordType": 1, "Workload": "Exchange",
        "ResultStatus": "True", "UserId": "admin@contoso.com", "UserType": 2, "UserKey": "admin@contoso.com", "ClientIP": "203.0.113.77:50123",
        "ObjectId": format!("{id}.example"), "OrganizationId": "6f4e2a0c-9c1b-4d7a-8f43-0a52a4d9c111", "OrganizationName": "contoso.onmicrosoft.com",
        "Version": 1, "Parameters": [{ "Name": "Identity", "Value": format!("{id}.example") }, { "Name": "Enabled", "Value": "False" }],
    })
}

/// How often each record is there, in the table that Elastic's rules read.
fn records(place: &Place) -> Outcome<BTreeMap<String, usize>> {
    counted(place, "o365.audit", "event.id")
}

/// How often each value of a column is there; nothing while there is no such table.
fn counted(place: &Place, table: &str, column: &str) -> Outcome<BTreeMap<String, usize>> {
    let run = place.run(&["hunt", "--format", "json", &format!("['{table}'] | project Id = tostring(['{column}'])")])?;
    if run.status != Some(0) {
        return Ok(BTreeMap::new());
    }
    let answer: Value = serde_json::from_str(&run.out)?;
    let mut counts = BTreeMap::new();
    for row in answer["rows"].as_array().into_iter().flatten() {
        let id = row.get("Id").or_else(|| row.get(0)).and_then(Value::as_str).unwrap_or_default();
        *counts.entry(id.to_owned()).or_default() += 1;
    }
    Ok(counts)
}

/// The alerts that there are.
fn alerts(place: &Place) -> Outcome<Vec<Value>> {
    let out = place.run(&["alerts", "list", "--all", "--format", "json"])?.good()?;
    Ok(out.lines().filter(|line| line.starts_with('{')).map(serde_json::from_str).collect::<Result<_, _>>()?)
}

/// Nothing that was said holds the secret, and it was never part of an address.
fn is_silent(tenant: &StandIn, texts: &[&str]) {
    for text in texts {
        assert!(!text.contains(CLIENT_SECRET) && !text.contains("eyJ"), "{text}");
    }
    assert!(!tenant.was_in_address(CLIENT_SECRET));
}

#[test]
fn what_an_administrator_does_raises_an_alert_as_soon_as_its_record_comes() -> Outcome {
    let tenant = StandIn::start_now(contoso())?;
    let place = place(&tenant, AUDIT)?;
    place.file("rules/off.yaml", CONTINUOUS)?;
    // Held back by the service for a while.
    tenant.hold_feed();
    switch_off(&tenant, "contoso.com")?;
    let serve = Serve::start(&place, &["--rules", "rules"])?;
    until("the feed was looked at", || Ok(tenant.count(&Route::Content) > 1))?;
    assert!(alerts(&place)?.is_empty());
    tenant.release_feed();
    until("there is an alert", || Ok(!alerts(&place)?.is_empty()))?;
    // The same record in another blob is no other record.
    let before = tenant.count(&Route::Blob);
    tenant.repeat_feed();
    until("it was read again", || Ok(tenant.count(&Route::Blob) > before))?;
    let looks = tenant.count(&Route::Content);
    until("it was looked at again", || Ok(tenant.count(&Route::Content) > looks + 1))?;
    let raised = alerts(&place)?;
    assert!(raised.len() == 1 && raised[0].to_string().contains("contoso.com"), "{raised:?}");
    assert_eq!(records(&place)?.into_values().collect::<Vec<_>>(), [1]);
    assert_eq!(counted(&place, "OfficeActivity", "OfficeId")?.into_values().collect::<Vec<_>>(), [1]);
    let metrics = serve.get("/metrics")?.body;
    assert!(metrics.contains("spoofwatch_feed_lag_seconds{feed=\"Audit.Exchange\"}"), "{metrics}");
    is_silent(&tenant, &[&serve.said(), &metrics]);
    Ok(())
}

/// Publishes records that come late and out of their order, one of them twice; all happened before what any rule looks back over.
fn publish_late(tenant: &StandIn) {
    for (id, happened, listed) in [("second", 70, 60), ("first", 200, 50), ("third", 45, 20), ("first", 200, 10)] {
        tenant.publish_blob("Audit.Exchange", vec![record(id, happened)], now() - TimeDelta::minutes(listed));
    }
}

#[test]
fn records_that_come_late_and_out_of_order_raise_an_alert_each() -> Outcome {
    let tenant = StandIn::start_now(contoso().subscribed("Audit.Exchange"))?;
    let place = place(&tenant, AUDIT)?;
    place.file("rules/scheduled.toml", SCHEDULED)?;
    let turn = ["serve", "--once", "--rules", "rules"];
    place.run(&turn)?.good()?;
    publish_late(&tenant);
    let said = place.run(&turn)?;
    assert_eq!(said.status, Some(0), "{said:?}");
    let raised = alerts(&place)?;
    assert_eq!(raised.len(), 3, "{said:?} {raised:?}");
    assert!(records(&place)?.into_values().eq([1, 1, 1]));
    place.run(&turn)?.good()?;
    assert_eq!(alerts(&place)?.len(), 3);
    Ok(())
}

#[test]
fn a_rule_that_looks_back_by_when_records_came_in_needs_no_second_look() -> Outcome {
    let tenant = StandIn::start_now(contoso().subscribed("Audit.Exchange"))?;
    let place = place(&tenant, AUDIT)?;
    publish_late(&tenant);
    let said = place.run(&["serve", "--once"])?;
    assert_eq!(alerts(&place)?.len(), 3, "{said:?}");
    Ok(())
}

#[test]
fn what_goes_wrong_is_told_and_passes() -> Outcome {
    let tenant = StandIn::start_now(contoso().subscribed("Audit.Exchange"))?;
    let place = place(&tenant, AUDIT)?;
    for number in 0..12_i64 {
        let created = now() - TimeDelta::minutes(10 + 9 * number);
        tenant.publish_blob("Audit.Exchange", vec![record(&format!("r{number:02}"), 10 + 9 * number)], created);
    }
    // A token that has expired, no room, a broken connection, and a blob that cannot be read twice.
    tenant.fault(Fault::next(Harm::Unauthorized).of(Route::Content));
    tenant.fault(Fault::next(Harm::Throttle(Again::Seconds(1))).of(Route::Blob).after(1).times(2));
    tenant.fault(Fault::next(Harm::DropBefore).of(Route::Content).after(2));
    tenant.fault(Fault::next(Harm::Malformed).of(Route::Blob).after(6).times(2));
    let serve = Serve::start(&place, &[])?;
    until("some of it could not be read", || Ok(serve.get("/healthz")?.body.contains("tenant feed Audit.Exchange: ")))?;
    until("all is there", || Ok(records(&place)?.len() == 12))?;
    assert!(records(&place)?.into_values().all(|times| times == 1));
    until("all is well again", || Ok(!serve.get("/healthz")?.body.contains("tenant feed")))?;
    // Tokens that are taken back are asked for anew.
    tenant.revoke_tokens();
    switch_off(&tenant, "contoso.com")?;
    until("what is new is there", || Ok(records(&place)?.len() == 13))?;
    let metrics = serve.get("/metrics")?.body;
    assert!(metrics.contains("spoofwatch_feed_troubles_total{feed=\"Audit.Exchange\"}"), "{metrics}");
    assert!(metrics.contains("spoofwatch_ingested_rows_total{table=\"o365.audit\"} 13"), "{metrics}");
    is_silent(&tenant, &[&serve.said(), &metrics]);
    Ok(())
}

#[test]
fn killed_at_any_moment_each_record_is_there_once() -> Outcome {
    let tenant = StandIn::start_now(contoso().subscribed("Audit.Exchange"))?;
    let place = place(&tenant, AUDIT)?;
    let mut published = 0;
    for pause in [300, 30, 800, 1500, 100, 2200] {
        for _ in 0..20 {
            let minutes = published % 300;
            tenant.publish_blob(
                "Audit.Exchange",
                vec![record(&format!("k{published}"), minutes)],
                now() - TimeDelta::minutes(minutes),
            );
            published += 1;
        }
        let serve = Serve::start(&place, &[])?;
        std::thread::sleep(std::time::Duration::from_millis(pause));
        serve.kill()?;
    }
    place.run(&["tenant", "pull"])?.good()?;
    let there = records(&place)?;
    assert_eq!(there.len(), usize::try_from(published)?);
    assert!(there.values().all(|times| *times == 1), "{there:?}");
    // Rows were stored, and how far that was is lost: as if the program had been killed between the two.
    let url = format!("sqlite://{}", place.path("spoofwatch-data/state.db").display());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let kept = runtime.block_on(async {
        let state = state::State::open(&url).await?;
        let kept = state.checkpoints("feed/").await?;
        for (name, _) in &kept {
            state.forget_checkpoint(name).await?;
        }
        state.close().await;
        Ok::<_, state::StateError>(kept.len())
    })?;
    assert_eq!(kept, 1);
    let out = place.run(&["tenant", "pull", "audit.exchange"])?.good()?;
    assert!(out.contains("120"), "{out}");
    assert_eq!(records(&place)?, there);
    Ok(())
}

#[test]
fn a_wrong_secret_is_told_in_words_and_stops_nothing_else() -> Outcome {
    let tenant = StandIn::start_now(contoso())?;
    let place = place(&tenant, AUDIT)?;
    place.file("spoofwatch-data/app.secret", "not~the.right-one")?;
    let status = place.run(&["tenant", "status"])?;
    assert_eq!(status.status, Some(1), "{status:?}");
    assert!(status.err.contains("the client secret is wrong (AADSTS7000215)"), "{status:?}");
    assert_eq!(status.err.matches("AADSTS7000215").count(), 2, "told once: {status:?}");
    let pull = place.run(&["tenant", "pull"])?;
    assert!(pull.status == Some(1) && pull.err.contains("Audit.Exchange: signing in failed"), "{pull:?}");
    let snapshot = place.run(&["tenant", "snapshot"])?.failed(1)?;
    let serve = Serve::start(&place, &[])?;
    until("it is told", || Ok(serve.get("/healthz")?.body.contains("the client secret is wrong")))?;
    assert_eq!(serve.get("/metrics")?.status, 200);
    for text in [&status.out, &status.err, &pull.out, &pull.err, &snapshot, &serve.said(), &serve.get("/healthz")?.body] {
        assert!(!text.contains("not~the.right-one"), "{text}");
    }
    Ok(())
}

#[test]
fn the_tenant_is_looked_at_and_its_tables_are_taken_by_hand() -> Outcome {
    let tenant = StandIn::start_now(contoso())?;
    let place = place(&tenant, "feeds = [\"Audit.Exchange\"]\nhunting = [\"EmailEvents\"]")?;
    let time = (now() - TimeDelta::hours(3)).to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
    tenant.hunting_rows("EmailEvents", [json!({ "Timestamp": time, "NetworkMessageId": "m1", "Subject": "s" })]);
    let out = place.run(&["tenant", "status"])?.good()?;
    assert!(out.contains("Tenant contoso.onmicrosoft.com (") && out.contains("not begun") && !out.contains("MISSING"), "{out}");
    switch_off(&tenant, "contoso.com")?;
    // The service lists whole seconds.
    until("the record has come", || Ok(place.run(&["tenant", "pull"])?.good().is_ok() && records(&place)?.len() == 1))?;
    assert_eq!(place.rows("EmailEvents | project NetworkMessageId")?.to_string().matches("m1").count(), 1);
    let seen: Value = serde_json::from_str(&place.run(&["tenant", "status", "--json"])?.good()?)?;
    let feeds = seen["feeds"].as_array().ok_or("no feeds")?;
    assert!(feeds.iter().all(|feed| feed["rows"].as_u64() > Some(0) && feed["lastTaken"].is_string()), "{seen}");
    let err = place.run(&["tenant", "pull", "EmailUrlInfo"])?.failed(1)?;
    assert!(err.contains("there are Audit.Exchange, EmailEvents"), "{err}");
    let snapshot: Value = serde_json::from_str(&place.run(&["tenant", "snapshot"])?.good()?)?;
    assert_eq!(snapshot["accepted_domains"]["read"].as_array().map(Vec::len), Some(3), "{snapshot}");
    place.run(&["tenant", "snapshot", "--output", "tenant.json"])?.good()?;
    assert_eq!(serde_json::from_slice::<Value>(&std::fs::read(place.path("tenant.json"))?)?["tenant"], snapshot["tenant"]);
    Ok(())
}

#[test]
fn permissions_that_are_missing_are_named() -> Outcome {
    let app = App::new(CLIENT_ID).with_everything().without_permission("ThreatHunting.Read.All");
    let tenant = StandIn::start_now(contoso().app(app.secret(CLIENT_SECRET, DateTime::<Utc>::MAX_UTC)))?;
    let place = place(&tenant, "hunting = [\"EmailEvents\"]")?;
    let run = place.run(&["tenant", "status"])?;
    assert_eq!(run.status, Some(1), "{run:?}");
    assert!(run.out.contains("MISSING") && run.err.contains("the application has no ThreatHunting.Read.All"), "{run:?}");
    let err = place.run(&["tenant", "pull"])?.failed(1)?;
    assert!(err.contains("EmailEvents: ") && err.contains("the application may not"), "{err}");
    let nobody = Place::new()?;
    let err = nobody.run(&["tenant", "status"])?.failed(1)?;
    assert!(err.contains("no tenant is configured"), "{err}");
    Ok(())
}

#[test]
fn a_message_is_shown_to_microsoft_when_that_is_asked_for() -> Outcome {
    let tenant = StandIn::start_now(contoso())?;
    let place = place(&tenant, "")?;
    let message = b"From: ceo@contoso.com\r\nTo: lee@contoso.com\r\nSubject: Payment\r\n\r\nNow.\r\n";
    let store = mailflow::quarantine::Store::of(&place.path("spoofwatch-data"));
    let about = mailflow::quarantine::About { recipients: vec!["lee@contoso.com".to_owned()], ..Default::default() };
    let id = store.keep(message, about, now().timestamp_micros())?.to_string();
    let report = |more: &[&str]| -> Outcome<Run> {
        place.run(&[&["quarantine", "report", &id, "--as", "phishing", "--graph"], more].concat())
    };
    let printed: Value = serde_json::from_str(&report(&[])?.good()?)?;
    assert!(tenant.submissions().is_empty(), "printed only");
    let said = report(&["--send"])?.good()?;
    assert!(said.contains("shown to Microsoft as phishing"), "{said}");
    assert_eq!(tenant.submissions(), [printed]);
    // It may have been taken: that is told, and it is not sent again.
    tenant.fault(Fault::next(Harm::DropAfter).of(Route::Submission));
    let err = report(&["--send"])?.failed(3)?;
    assert!(err.contains("it is not known whether it was done"), "{err}");
    assert_eq!(tenant.submissions().len(), 2);
    Ok(())
}
