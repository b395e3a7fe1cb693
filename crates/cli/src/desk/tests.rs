//! The desk over a small data directory: messages, what was set apart, lists and storage, today against the usual, and fixes against a
//! tenant that answers as Microsoft documents it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use desk::{
    Domains as _, Fault, FixAsk, Fixes as _, Messages as _, Overviews as _, Quarantine as _, Reports as _, Settings as _, Work,
};
use mailflow::quarantine::{About, Store};
use serde_json::{Value, json};
use tenant_stand_in::{CLIENT_ID, CLIENT_SECRET, Scenario, StandIn};

use super::{Context, domains, fixes, messages, overview, quarantine, reports, settings};
use crate::{
    clock,
    command::{desk_for_test, ingest},
    watch::Threads,
};

type Checked<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// Microseconds of an hour.
const HOUR: i64 = 3_600_000_000;
/// The message that there is.
const ID: &str = "00000000-0000-4000-8000-000000000001";

/// A place with some rows.
struct Place {
    folder: tempfile::TempDir,
    desk: Context,
    _threads: Threads,
}

impl Place {
    /// With rows of tables, and a configuration file where there is one.
    async fn open(config: Option<&str>, rows: &[(&str, Value)]) -> Checked<Self> {
        let folder = tempfile::tempdir()?;
        Self::within(folder, config, rows).await
    }

    async fn within(folder: tempfile::TempDir, config: Option<&str>, rows: &[(&str, Value)]) -> Checked<Self> {
        let data = folder.path().join("data");
        fs::create_dir_all(data.join("rules"))?;
        if let Some(text) = config {
            fs::write(data.join("spoofwatch.toml"), text)?;
        }
        for (number, (table, row)) in rows.iter().enumerate() {
            let path = folder.path().join(format!("{number}.ndjson"));
            fs::write(&path, format!("{row}\n"))?;
            let options = sources::Options { table: Some((*table).to_owned()), ..sources::Options::default() };
            let mut totals = ingest::Totals::default();
            let done = ingest::ingest(&data, &options, &[sources::Input::file(path)], &mut totals).await;
            done.map_err(|failure| failure.words())?;
        }
        let (desk, threads) = desk_for_test(&data, &[]).await.map_err(|failure| failure.words())?;
        Ok(Self { folder, desk, _threads: threads })
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }
}

/// This minute, less some hours, as rows have it.
fn hours_ago(hours: i64) -> String {
    let mut text = String::new();
    schema::text::datetime::write(clock::now().saturating_sub(hours * 36_000_000_000), &mut text);
    text
}

fn event(recipient: &str) -> (&'static str, Value) {
    let row = json!({
        "Timestamp": hours_ago(2), "NetworkMessageId": ID, "InternetMessageId": "<1@contoso.com>", "SenderFromAddress": "ceo@contoso.com",
        "SenderFromDomain": "contoso.com", "SenderDisplayName": "\"><script>", "SenderMailFromAddress": "x@evil.example",
        "SenderMailFromDomain": "evil.example", "SenderIPv4": "192.0.2.66", "RecipientEmailAddress": recipient, "Subject": "Pay \"now\"",
        "EmailDirection": "Inbound", "DeliveryAction": "Delivered", "DeliveryLocation": "Inbox/folder",
        "AuthenticationDetails": "{\"SPF\":\"pass\",\"DKIM\":\"none\",\"DMARC\":\"fail\",\"CompAuth\":\"fail\"}", "CompAuthReason": "000",
        "VerifiedDmarc": "fail", "VerifiedDetails": {"dmarc": {"result": "fail", "reason": "nothing is aligned", "domain": "contoso.com"}},
    });
    ("EmailEvents", row)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_told_from_every_table_that_knows_of_it() -> Checked {
    let url =
        json!({"Timestamp": hours_ago(2), "NetworkMessageId": ID, "Url": "https://evil.example/x", "UrlDomain": "evil.example"});
    let click = json!({"Timestamp": hours_ago(1), "NetworkMessageId": ID, "Url": "https://evil.example/x", "ActionType": "ClickAllowed", "AccountUpn": "bob@contoso.com"});
    let rows = [event("ann@contoso.com"), event("bob@contoso.com"), ("EmailUrlInfo", url), ("UrlClickEvents", click)];
    let place = Place::open(None, &rows).await?;
    let messages = messages::Here::new(place.desk.clone());
    for wanted in ["", ID, "<1@contoso.com>", "ceo@contoso.com", "contoso.com", "192.0.2.66", "pay \"now", "bob@contoso.com"] {
        assert!(!messages.find(wanted, 30).await?.rows.is_empty(), "{wanted}");
    }
    assert!(messages.find("\" or 1 == 1 or \"", 30).await?.rows.is_empty());
    for id in [ID, "<1@contoso.com>", "1@contoso.com"] {
        let view = messages.message(id).await?;
        assert_eq!((view.id.as_str(), view.recipients.len(), view.urls.len()), (ID, 2, 1), "{id}");
        let dmarc = view.verdicts.iter().find(|verdict| verdict.method == "DMARC").ok_or("a verdict")?;
        assert_eq!((dmarc.ours.as_str(), dmarc.theirs.as_str(), dmarc.agreement.as_str()), ("fail", "fail", "agree"));
        assert_eq!(dmarc.our_reason, "nothing is aligned");
        assert_eq!(view.timeline.last().map(|entry| entry.what.starts_with("ClickAllowed by bob@contoso.com")), Some(true));
        assert_eq!(
            view.rows.iter().map(|(table, _)| table.as_str()).collect::<Vec<_>>(),
            ["EmailEvents", "EmailUrlInfo", "UrlClickEvents"]
        );
    }
    assert!(matches!(messages.message("nothing").await, Err(Fault::Unknown { .. })));
    Ok(())
}

/// A message as mail servers have it.
const HELD: &[u8] =
    b"Received: from a.example (a.example [192.0.2.1]) by mx.contoso.com with ESMTPS; Sat, 21 Nov 2026 10:00:00 +0000\r\n\
From: Eve <eve@evil.example>\r\nTo: ann@contoso.com\r\nSubject: =?utf-8?q?Pay_=3Cnow=3E?=\r\nMessage-ID: <1@contoso.com>\r\n\
Content-Type: text/html\r\n\r\n<p>Click <a href=\"https://evil.example/login\">here</a></p><script>alert(1)</script>\r\n";

#[tokio::test(flavor = "multi_thread")]
async fn what_was_set_apart_is_shown_safely_and_deleted_by_somebody() -> Checked {
    let place = Place::open(None, &[event("ann@contoso.com")]).await?;
    let about = About {
        mail_from: "eve@evil.example".to_owned(),
        from: Some("eve@evil.example".to_owned()),
        recipients: vec!["ann@contoso.com".to_owned()],
        subject: Some("Pay <now>".to_owned()),
        network_message_id: Some(ID.to_owned()),
        rule: "dmarc".to_owned(),
        authentication_results: Some("mx.contoso.com; dmarc=fail header.from=evil.example".to_owned()),
        ..About::default()
    };
    let id = Store::of(&place.data()).keep(HELD, about, clock::micros(clock::now()))?.to_string();
    let held = quarantine::Here::new(place.desk.clone());
    let (lines, count) = held.held("PAY", 1, 10).await?;
    assert_eq!((lines.len(), count, lines[0].id.as_str()), (1, 1, id.as_str()));
    assert_eq!(held.held("nothing", 1, 10).await?.1, 0);
    let view = held.message(&id).await?;
    assert!(!view.html_text.contains("<script>") && view.html_text.contains("Click"), "{}", view.html_text);
    assert!(view.urls.iter().all(|url| !url.contains("https://") && url.contains("evil[.]example")), "{:?}", view.urls);
    assert_eq!(view.verdicts.first().map(|verdict| verdict.ours.as_str()), Some("fail"));
    // The page of the message has the path that its header tells.
    let message = messages::Here::new(place.desk.clone()).message(ID).await?;
    assert_eq!(message.path.first().map(|hop| hop.by.as_str()), Some("mx.contoso.com"));
    // No mail server is there: it stays.
    let answers = held.act(std::slice::from_ref(&id), "release", "kim").await?;
    assert!(answers[0].1.is_err());
    let answers = held.act(&[id.clone(), "nothing".to_owned()], "delete", "kim").await?;
    assert!(answers[0].1.is_ok() && answers[1].1.is_err());
    assert_eq!(held.held("", 1, 10).await?.1, 0);
    let record = place.desk.state().history(&format!("quarantine {id}")).await?;
    assert!(record.iter().any(|(_, who, action, _)| who == "kim" && action == "delete"));
    assert!(held.act(&[id], "run", "kim").await.is_err());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_written_whole_and_read_by_queries_at_once() -> Checked {
    let place = Place::open(Some("[mail]\nown-domains = [\"contoso.com\"]\n"), &[event("ann@contoso.com")]).await?;
    let settings = settings::Here::new(place.desk.clone());
    settings.set_watchlist("VIP", "Name,Mail\nAnn,ann@contoso.com\n", "Mail", "kim").await?;
    let rows = place.desk.rows("_GetWatchlist('VIP') | project SearchKey, Name", 10).await?.rows;
    assert_eq!(rows, [[json!("ann@contoso.com"), json!("Ann")]]);
    let lists = settings.watchlists().await?;
    assert_eq!(lists.iter().map(|list| (list.alias.as_str(), list.rows, list.editable)).collect::<Vec<_>>(), [("VIP", 1, true)]);
    for bad in ["../x", "a/b", "", "x.csv"] {
        assert!(settings.set_watchlist(bad, "a\n1\n", "", "kim").await.is_err(), "{bad}");
    }
    assert!(matches!(settings.watchlist("../spoofwatch.toml").await, Err(Fault::Unknown { .. })));
    settings.set_accepted_domains(&["Fabrikam.fr".to_owned(), " fabrikam.fr ".to_owned()], "kim").await?;
    assert!(settings.set_accepted_domains(&["no domain".to_owned()], "kim").await.is_err());
    let accepted = settings.accepted_domains().await?;
    let told: Vec<_> = accepted.iter().map(|domain| (domain.name.as_str(), domain.origin.as_str())).collect();
    assert_eq!(told, [("contoso.com", "configuration"), ("fabrikam.fr", "list")]);
    assert!(
        settings
            .configuration()
            .await?
            .iter()
            .any(|(key, value, from)| key == "mail" && value.contains("contoso.com") && from.ends_with(":2"))
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_are_kept_as_long_as_somebody_wants() -> Checked {
    let place = Place::open(None, &[event("ann@contoso.com")]).await?;
    let settings = settings::Here::new(place.desk.clone());
    settings.set_retention("EmailEvents", Some(30), "kim").await?;
    let stored = settings.storage().await?;
    assert_eq!(
        stored.iter().map(|table| (table.name.as_str(), table.rows, table.keep_days)).collect::<Vec<_>>(),
        [("EmailEvents", 1, Some(30))]
    );
    assert!(settings.set_retention("Nothing", Some(30), "kim").await.is_err());
    assert!(settings.set_retention("EmailEvents", Some(0), "kim").await.is_err());
    settings.set_retention("EmailEvents", None, "kim").await?;
    assert_eq!(settings.storage().await?[0].keep_days, None);
    assert!(settings.sources().await?.iter().any(|source| source.kind == "milter" && source.state == "off"));
    assert!(settings.targets().await?.is_empty() && settings.test_target("x", "kim").await.is_err());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_works_once_rows_came_from_it() -> Checked {
    let place = Place::open(None, &[event("ann@contoso.com")]).await?;
    let settings = settings::Here::new(place.desk.clone());
    let http = async || -> Checked<desk::SourceLine> {
        let sources = settings.sources().await?;
        Ok(sources.into_iter().find(|source| source.kind == "http").ok_or("no such source")?)
    };
    let source = http().await?;
    assert_eq!((source.state.as_str(), source.last, source.rows), ("waiting", None, None));
    let (came, now) = (&place.desk.house.came, place.desk.now());
    came.begin("http", now - 25 * HOUR);
    came.add("http", 2, now - 30 * HOUR);
    came.add("http", 3, now - HOUR);
    let source = http().await?;
    assert_eq!((source.state.as_str(), source.last, source.rows), ("working", Some(now - HOUR), Some(3)));
    came.failed("http", "the disk is full");
    let source = http().await?;
    assert_eq!((source.state.as_str(), source.message.as_str()), ("trouble", "the disk is full"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_was_last_seen_where_a_report_has_it_pass() -> Checked {
    let looked = hours_ago(5);
    let key = |selector: &str| {
        let row = json!({"TimeGenerated": looked, "Domain": "contoso.com", "Selector": selector,
            "Name": format!("{selector}._domainkey.contoso.com"), "KeyType": "rsa", "KeyBits": 2048, "PublicKey": selector});
        ("DkimKeys", row)
    };
    let report = |id: &str, hours: i64, results: Value| {
        let row = json!({"Timestamp": hours_ago(hours + 24), "EndTime": hours_ago(hours), "Domain": "contoso.com", "RecordId": id,
            "MessageCount": 5, "DkimResults": results});
        ("DmarcAggregate", row)
    };
    let signature = |selector: &str, result: &str| json!({"domain": "Contoso.com", "selector": selector, "result": result});
    let rows = [
        key("s1"),
        key("s2"),
        key("s3"),
        report("1", 90, json!([signature("s1", "pass"), signature("s2", "pass")])),
        report("2", 40, json!([signature("S1", "pass"), signature("s2", "fail")])),
        report("3", 10, json!([signature("s3", "fail")])),
    ];
    let place = Place::open(Some("[mail]\nown-domains = [\"contoso.com\"]\n"), &rows).await?;
    let (keys, _) = domains::Here::new(place.desk.clone()).keys().await?;
    let age = |key: &desk::KeyLine| key.last_seen.map(|at| (place.desk.now() - at + HOUR / 2) / HOUR);
    let seen: Vec<_> = keys.iter().map(|key| (key.selector.as_str(), age(key))).collect();
    assert_eq!(seen, [("s1", Some(40)), ("s2", Some(90)), ("s3", None)]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn today_is_held_against_the_usual() -> Checked {
    let (table, mut other) = event("bob@contoso.com");
    other["Timestamp"] = json!(hours_ago(50));
    other["AuthenticationDetails"] = json!("{\"SPF\":\"softfail\",\"DMARC\":\"fail\"}");
    let (_, mut bare) = event("eve@contoso.com");
    bare["Timestamp"] = json!(hours_ago(51));
    bare["EmailDirection"] = json!("Outbound");
    bare["AuthenticationDetails"] = json!("");
    let rows = [event("ann@contoso.com"), (table, other), (table, bare)];
    let place = Place::open(Some("[mail]\nown-domains = [\"contoso.com\"]\n"), &rows).await?;
    place.desk.house.troubles.set("disk", Some("it is full".to_owned()));
    let overviews = overview::Here::new(place.desk.clone());
    let mut seen = overviews.overview(7).await?;
    // It may take longer than the first page waits; each call waits a while.
    for _ in 0..60 {
        if !seen.figures.is_empty() {
            break;
        }
        seen = overviews.overview(7).await?;
    }
    assert!(!seen.figures.is_empty(), "{:?}", seen.troubles);
    let figure =
        |label: &str| seen.figures.iter().find(|figure| figure.label == label).map(|figure| (figure.value, figure.usual));
    assert_eq!((figure("Messages"), figure("DMARC failed")), (Some((1.0, None)), Some((100.0, None))));
    assert!(seen.charts.iter().any(|panel| panel.title == "DMARC" && panel.sheet.chart.is_some()));
    let over_messages: Vec<_> = seen.charts.iter().filter(|panel| panel.title != "Alerts").collect();
    assert_eq!(over_messages.len(), 5);
    for panel in over_messages {
        // Counted with the others, it is what its own query gives.
        let asked = place.desk.rows(&panel.hunt, 1000).await?;
        let sorted = |sheet: &desk::Sheet| {
            let mut rows: Vec<String> = sheet.rows.iter().map(|row| json!(row).to_string()).collect();
            rows.sort();
            rows
        };
        assert_eq!(sorted(&panel.sheet), sorted(&asked), "{}", panel.title);
        assert_eq!((&panel.sheet.columns, &panel.sheet.visualization), (&asked.columns, &asked.visualization), "{}", panel.title);
        let series = |sheet: &desk::Sheet| sheet.chart.as_ref().map(|chart| chart.series.len());
        assert_eq!(series(&panel.sheet), series(&asked), "{}", panel.title);
    }
    assert_eq!(seen.domains.rows.first().map(|row| row[0].clone()), Some(json!("contoso.com")));
    assert!(seen.troubles.iter().any(|trouble| trouble.about == "disk"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn views_of_reports_are_queries_that_can_be_run() -> Checked {
    let place = Place::open(None, &[]).await?;
    let reports = reports::Here::new(place.desk.clone());
    for (id, ..) in reports.views() {
        let (sheet, query) = reports.view(&id, "contoso.com", 30).await?;
        assert!(sheet.rows.is_empty() && !sheet.columns.is_empty() && query.contains("contoso.com"), "{id}: {query}");
    }
    assert!(matches!(reports.view("x", "", 30).await, Err(Fault::Unknown { .. })));
    assert!(matches!(reports.view("domains", "no domain", 30).await, Err(Fault::Input(_))));
    Ok(())
}

/// What the DNS says beside the tenant's own records.
const ZONE: &str = "\
contoso.com. IN MX 10 contoso-com.mail.protection.outlook.com.
contoso.com. IN TXT \"v=spf1 include:spf.protection.outlook.com -all\"
spf.protection.outlook.com. IN TXT \"v=spf1 ip4:192.0.2.0/24 -all\"
_dmarc.contoso.com. IN TXT \"v=DMARC1; p=none; rua=mailto:dmarc@contoso.com\"
contoso-com.mail.protection.outlook.com. IN A 192.0.2.25
";

#[cfg(unix)]
fn secret(path: &Path) -> Checked {
    use std::os::unix::fs::PermissionsExt as _;
    fs::write(path, CLIENT_SECRET)?;
    Ok(fs::set_permissions(path, fs::Permissions::from_mode(0o600))?)
}

#[cfg(not(unix))]
fn secret(path: &Path) -> Checked {
    Ok(fs::write(path, CLIENT_SECRET)?)
}

/// A place with a tenant in which DKIM signing of contoso.com is off.
async fn tenanted(more: &str) -> Checked<(Place, StandIn)> {
    let tenant = StandIn::start_now(Scenario::contoso())?;
    tenant.act(
        &tenant_stand_in::Actor::administrator("eve@contoso.com", "203.0.113.77:51000"),
        "Set-DkimSigningConfig",
        json!({"Identity": "contoso.com", "Enabled": false}),
    )?;
    let folder = tempfile::tempdir()?;
    let (zone, key) = (folder.path().join("dns.zone"), folder.path().join("app.secret"));
    fs::write(&zone, format!("{}{ZONE}", tenant.zone()))?;
    secret(&key)?;
    let config = format!(
        "[mail]\nown-domains = [\"contoso.com\"]\nzone = {zone:?}\n\n[tenant]\nid = \"{}\"\nclient-id = \"{CLIENT_ID}\"\n\
         secret-file = {key:?}\nendpoint = \"{}\"\n{more}",
        tenant.tenant_id,
        tenant.base()
    );
    Ok((Place::within(folder, Some(&config), &[]).await?, tenant))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_domain_is_looked_at_and_told_with_what_to_publish() -> Checked {
    let (place, _tenant) = tenanted("").await?;
    let domains = domains::Here::new(place.desk.clone());
    let before = domains.domains().await?;
    assert_eq!(before.iter().map(|line| (line.name.as_str(), line.score)).collect::<Vec<_>>(), [("contoso.com", None)]);
    let view = domains.look("contoso.com", &Work::default()).await?;
    assert!(view.line.score.is_some() && view.line.policy == "none" && !view.line.scores.is_empty(), "{:?}", view.line);
    let open = view.findings.iter().find(|finding| finding.check == "dmarc-policy-none").ok_or("p=none is a finding")?;
    assert!(!open.meaning.is_empty() && !open.publish.is_empty() && open.can_fix && open.since.is_some());
    assert!(view.records.iter().any(|(name, kind, _)| name == "_dmarc.contoso.com" && kind == "TXT"));
    assert!(view.history.iter().any(|entry| entry.what.starts_with("new: ")));
    // Others' domains are nobody's business.
    assert!(matches!(domains.look("example.org", &Work::default()).await, Err(Fault::Unknown { .. })));
    assert!(matches!(domains.domain("no domain").await, Err(Fault::Input(_))));
    let (keys, _) = domains.keys().await?;
    assert!(keys.iter().any(|key| key.domain == "contoso.com"), "{keys:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fix_is_proposed_approved_made_seen_and_taken_back() -> Checked {
    let (place, tenant) = tenanted("[fixes]\napprovers = [\"lee\"]\nown-approval = false\n").await?;
    let (fixes, work) = (fixes::Here::new(place.desk.clone()), Work::default());
    let mut events = place.desk.events().listen(None);
    let ask = FixAsk { check: "dkim-signing-disabled".to_owned(), subject: "contoso.com".to_owned(), ..FixAsk::default() };
    let ids = fixes.propose(&ask, "kim", &work).await?;
    let id = ids.first().ok_or("a fix")?;
    assert_eq!(events.from_now.try_recv()?.event.action, "proposed");
    let view = fixes.fix(id, "kim").await?;
    assert!(view.steps.iter().any(|step| step.change.contains("-Enabled $true") && step.undo.contains("-Enabled $false")));
    assert_eq!((view.actions.as_slice(), view.because.contains("lee")), (["refuse".to_owned()].as_slice(), true));
    // Whom the configuration does not name may not approve.
    let refused = fixes.act(id, "approve", "", "kim", &work).await;
    assert!(matches!(refused, Err(Fault::Refused { .. })), "{refused:?}");
    assert!(matches!(fixes.act(id, "apply", "", "kim", &work).await, Err(Fault::Conflict { .. })));
    assert!(tenant.signing_selector("contoso.com").is_none());
    let approved = fixes.act(id, "approve", "as discussed", "lee", &work).await?;
    assert_eq!(approved.line.status, "approved");
    let made = fixes.act(id, "apply", "", "lee", &work).await?;
    assert_eq!(made.line.status, "verified", "{}", made.line.message);
    assert!(made.proofs.iter().all(|(_, state, _)| state == "seen") && made.steps.iter().all(|step| step.state == "done"));
    assert!(tenant.signing_selector("contoso.com").is_some());
    let again = fixes.act(id, "apply", "", "lee", &work).await?;
    assert_eq!(again.line.status, "verified", "who is slower than the watch is shown what it made");
    assert!(made.timeline.iter().any(|entry| entry.who == "lee" && entry.what == "comment: as discussed"));
    assert!(fixes.act(id, "approve", "", "lee", &work).await.is_err());
    let undone = fixes.act(id, "undo", "", "lee", &work).await?;
    assert_eq!(undone.line.status, "undone");
    assert!(tenant.signing_selector("contoso.com").is_none());
    assert_eq!(fixes.fixes("all").await?.len(), 1);
    assert!(fixes.fixes("nothing").await.is_err());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_proposed_says_why() -> Checked {
    let (place, _tenant) = tenanted("").await?;
    let (fixes, work) = (fixes::Here::new(place.desk.clone()), Work::default());
    let ask = |check: &str| FixAsk { check: check.to_owned(), subject: "contoso.com".to_owned(), ..FixAsk::default() };
    for wrong in [ask(""), ask("no-check"), ask("spf-missing")] {
        let outcome = fixes.propose(&wrong, "kim", &work).await;
        assert!(matches!(outcome, Err(Fault::Input(_))), "{wrong:?}: {outcome:?}");
    }
    let alert = FixAsk { alert: "00ff".to_owned(), ..FixAsk::default() };
    assert!(matches!(fixes.propose(&alert, "kim", &work).await, Err(Fault::Unknown { .. })));
    Ok(())
}
