//! Domains and the tenant as a process: looked at, offered a fix, approved, changed, seen from outside, taken back. The tenant is a server that
//! answers as Microsoft documents it; the DNS is a zone file.

use serde_json::{Value, json};
use tenant_stand_in::{Actor, CLIENT_ID, CLIENT_SECRET, Fault, Harm, Scenario, StandIn};

use crate::common::{Outcome, Place};

/// The rule that finds signing that was switched off, as it is published.
const RULE: &str = include_str!("../../../../content/rules/elastic/dkim-signing-disabled.toml");
const OFF: &str = "Set-DkimSigningConfig";

/// A place with a tenant, in which somebody has just switched DKIM signing of contoso.com off.
fn attacked() -> Outcome<(Place, StandIn)> {
    let (place, tenant) = guarded()?;
    let eve = Actor::administrator("eve@contoso.com", "203.0.113.77:51000");
    tenant.act(&eve, OFF, json!({"Identity": "contoso.com", "Enabled": false}))?;
    let moment = moment()?;
    // The record of it, as the Management Activity API gives it.
    let record = json!({
        "CreationTime": moment, "Id": "8f6d2c1a-0000-4000-8000-000000000001", "Operation": OFF, "OrganizationId": tenant.tenant_id,
        "RecordType": 1, "ResultStatus": "True", "UserKey": "eve", "UserType": 2, "Version": 1, "Workload": "Exchange",
        "ClientIP": "203.0.113.77:51000", "ObjectId": "contoso.com", "UserId": "eve@contoso.com",
        "Parameters": [{"Name": "Identity", "Value": "contoso.com"}, {"Name": "Enabled", "Value": "False"}],
    });
    place.file("audit.json", format!("[{record}]"))?;
    place.run(&["ingest", "audit.json"])?.good()?;
    place.file("spoofwatch-data/rules/dkim.toml", RULE)?;
    Ok((place, tenant))
}

/// A place with a tenant in which nothing has happened.
fn guarded() -> Outcome<(Place, StandIn)> {
    let tenant = StandIn::start_now(Scenario::contoso())?;
    let place = Place::new()?;
    place.file("app.secret", CLIENT_SECRET)?;
    restrict(&place)?;
    place.file("dns.zone", format!("{}{ZONE}", tenant.zone()))?;
    place.file("spoofwatch-data/spoofwatch.toml", config(&place, &tenant, ""))?;
    Ok((place, tenant))
}

#[cfg(unix)]
fn restrict(place: &Place) -> Outcome {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(std::fs::set_permissions(place.path("app.secret"), std::fs::Permissions::from_mode(0o600))?)
}

#[cfg(not(unix))]
fn restrict(_: &Place) -> Outcome {
    Ok(())
}

/// What the DNS says beside the tenant's own records.
const ZONE: &str = "\
contoso.com. IN MX 10 contoso-com.mail.protection.outlook.com.
contoso.com. IN TXT \"v=spf1 include:spf.protection.outlook.com -all\"
spf.protection.outlook.com. IN TXT \"v=spf1 ip4:192.0.2.0/24 -all\"
_dmarc.contoso.com. IN TXT \"v=DMARC1; p=reject; rua=mailto:dmarc@contoso.com\"
contoso-com.mail.protection.outlook.com. IN A 192.0.2.25
";

fn config(place: &Place, tenant: &StandIn, more: &str) -> String {
    let (zone, secret) = (place.path("dns.zone"), place.path("app.secret"));
    format!(
        "[mail]\nown-domains = [\"contoso.com\"]\nzone = {zone:?}\n\n[tenant]\nid = \"{}\"\nclient-id = \"{CLIENT_ID}\"\nsecret-file = {secret:?}\n\
         endpoint = \"{}\"\n{more}",
        tenant.tenant_id,
        tenant.base()
    )
}

/// This minute, as records of audits have it.
fn moment() -> Outcome<String> {
    let place = Place::new()?;
    let rows = place.rows("print T = now(-1m)")?;
    Ok(rows[0][0].as_str().ok_or("no moment")?.get(..19).ok_or("no moment")?.to_owned())
}

/// The ids of all alerts.
fn alerts(place: &Place) -> Outcome<Vec<String>> {
    let rows = place.rows("SecurityAlert | distinct SystemAlertId")?;
    let rows = rows.as_array().ok_or("no rows")?.iter();
    Ok(rows.filter_map(|row| row[0].as_str().map(str::to_owned)).collect())
}

/// The only alert that a watch raises.
fn alert(place: &Place) -> Outcome<String> {
    place.run(&["serve", "--once"])?.good()?;
    match alerts(place)?.as_slice() {
        [alert] => Ok(alert.clone()),
        alerts => Err(format!("{} alerts", alerts.len()).into()),
    }
}

fn is_signed(tenant: &StandIn) -> bool {
    tenant.signing_selector("contoso.com").is_some()
}

#[test]
fn from_the_alert_to_a_fix_that_is_approved_made_and_seen() -> Outcome {
    let (place, tenant) = attacked()?;
    let id = alert(&place)?;
    assert!(!is_signed(&tenant));
    let shown = place.run(&["fix", &id, "--actor", "kim"])?.good()?;
    for words in [
        "Set-DkimSigningConfig -Identity 'contoso.com' -Enabled $true",
        "Set-DkimSigningConfig -Identity 'contoso.com' -Enabled $false",
        "Get-DkimSigningConfig -Identity 'contoso.com' says Enabled = true",
        "Nothing was changed.",
    ] {
        assert!(shown.contains(words), "{words}\n{shown}");
    }
    assert!(!is_signed(&tenant), "an offer changes nothing");
    let done = place.run(&["fix", &id, "--apply", "--actor", "kim"])?.good()?;
    assert!(done.contains("approved by kim, and seen from outside") && is_signed(&tenant), "{done}");
    assert_eq!(tenant.count_cmdlet(OFF), 1, "it is made once");
    let told = place.run(&["alerts", "show", &id])?.good()?;
    for step in ["fix: offer", "fix: approve", "fix: verify"] {
        assert!(told.contains(step), "{step}\n{told}");
    }
    let again = place.run(&["fix", &id])?.failed(1)?;
    assert!(again.contains("nothing is found any more"), "{again}");
    Ok(())
}

#[test]
fn a_watch_makes_what_was_approved_and_undo_takes_it_back() -> Outcome {
    let (place, tenant) = attacked()?;
    let id = alert(&place)?;
    let offered = place.run(&["fix", &id, "--json"])?.good()?;
    let offered: Value = serde_json::from_str(&offered)?;
    let fix = offered["fixes"][0]["id"].as_str().ok_or("no fix")?.to_owned();
    place.run(&["serve", "--once"])?.good()?;
    assert!(!is_signed(&tenant), "nobody approved it");
    place.run(&["fix", "approve", &fix, "--actor", "kim"])?.good()?;
    place.run(&["serve", "--once"])?.good()?;
    assert!(is_signed(&tenant));
    let shown = place.run(&["fix", "show", &fix])?.good()?;
    assert!(shown.contains("and seen from outside") && shown.contains("kim approve"), "{shown}");
    place.run(&["fix", "undo", &fix, "--actor", "kim"])?.good()?;
    assert!(!is_signed(&tenant));
    Ok(())
}

#[test]
fn only_those_may_approve_whom_the_configuration_names() -> Outcome {
    let (place, tenant) = attacked()?;
    place.file(
        "spoofwatch-data/spoofwatch.toml",
        config(&place, &tenant, "[fixes]\napprovers = [\"lee\"]\nown-approval = false\n"),
    )?;
    let id = alert(&place)?;
    let refused = place.run(&["fix", &id, "--apply", "--actor", "kim"])?.failed(1)?;
    assert!(refused.contains("kim may not approve fixes"), "{refused}");
    let refused = place.run(&["fix", &id, "--apply", "--actor", "lee"])?;
    assert!(refused.good()?.contains("approved by lee"), "kim offered it, lee approves it");
    assert!(is_signed(&tenant));
    Ok(())
}

#[test]
fn what_cannot_be_made_fails_with_the_tenants_words_and_raises_an_alert() -> Outcome {
    let (place, tenant) = attacked()?;
    let id = alert(&place)?;
    // The records that Microsoft looks for are gone for good: it goes on refusing, and the fix goes on trying.
    tenant.withdraw("selector1._domainkey.contoso.com");
    tenant.withdraw("selector2._domainkey.contoso.com");
    let waits = place.run(&["fix", &id, "--apply", "--wait", "0", "--actor", "kim"])?.good()?;
    assert!(waits.contains("is being made") && waits.contains("selector1._domainkey"), "{waits}");
    assert!(!is_signed(&tenant));
    assert_eq!(alerts(&place)?.len(), 1, "what may still come has not failed");
    Ok(())
}

#[test]
fn an_answer_that_never_came_makes_nothing_twice() -> Outcome {
    let (place, tenant) = attacked()?;
    let id = alert(&place)?;
    tenant.fault(Fault::next(Harm::DropAfter).of_cmdlet(OFF));
    let done = place.run(&["fix", &id, "--apply", "--actor", "kim"])?.good()?;
    assert!(done.contains("and seen from outside") && is_signed(&tenant), "{done}");
    assert_eq!(tenant.count_cmdlet(OFF), 1, "the tenant was looked at before anything was done again");
    Ok(())
}

#[test]
fn the_rule_for_overridden_failures_and_direct_send_are_set_by_findings() -> Outcome {
    let (place, _tenant) = guarded()?;
    for (check, words) in [
        ("oreject-rule-missing", "New-TransportRule -Name 'DMARC oreject to quarantine'"),
        ("direct-send-open", "-RejectDirectSend"),
    ] {
        let done = place.run(&["fix", "finding", check, "--apply", "--actor", "kim"])?.good()?;
        assert!(done.contains(words) && done.contains("and seen from outside"), "{check}\n{done}");
        let again = place.run(&["fix", "finding", check])?.failed(1)?;
        assert!(again.contains("there is nothing to fix"), "{again}");
    }
    Ok(())
}

#[test]
fn the_tenants_own_domain_is_for_a_person_and_is_verified() -> Outcome {
    let (place, tenant) = guarded()?;
    let domain = tenant.initial_domain.clone();
    let offered = place.run(&["fix", "finding", "moera-dmarc", &domain, "--json"])?.good()?;
    let offered: Value = serde_json::from_str(&offered)?;
    let fix = &offered["fixes"][0];
    assert_eq!(fix["changes"], json!([]));
    assert!(fix["byHand"].to_string().contains("admin.microsoft.com"), "{fix}");
    let id = fix["id"].as_str().ok_or("no id")?;
    let waits = place.run(&["fix", "finding", "moera-dmarc", &domain, "--apply", "--wait", "0", "--actor", "kim"])?.good()?;
    assert!(waits.contains("not all of it is seen from outside yet"), "{waits}");
    place.file("dns.zone", format!("{}{ZONE}_dmarc.{domain}. IN TXT \"v=DMARC1; p=reject\"\n", tenant.zone()))?;
    until_verified(&place, id)
}

/// Looks again until it is time for another look.
fn until_verified(place: &Place, id: &str) -> Outcome {
    for _ in 0..60 {
        let told = place.run(&["fix", "verify", id])?;
        if told.out.contains("and seen from outside") {
            return Ok(());
        }
        std::thread::sleep(std::time::Duration::from_millis(500));
    }
    Err("it was never seen".into())
}

#[test]
fn an_approved_window_takes_that_change_and_no_other() -> Outcome {
    let (place, _tenant) = attacked()?;
    let window = |who: &str| {
        ["exclusions", "window", "--who", who, "--domain", "contoso.com", "--reason", "CHG-17", "--actor", "kim"]
            .map(str::to_owned)
            .to_vec()
    };
    let bounds = place.rows("print F = now(-1h), T = now(1h)")?;
    let at = |place: usize| bounds[0][place].as_str().unwrap_or_default().to_owned();
    let add = |who: &str| -> Outcome {
        let arguments = [window(who), vec!["--from".to_owned(), at(0), "--to".to_owned(), at(1)]].concat();
        place.run(&arguments.iter().map(String::as_str).collect::<Vec<_>>())?.good()?;
        Ok(())
    };
    add("eve@contoso.com")?;
    // Both forms of the audit log are meant by one name.
    let approved = place.run(&["exclusions", "approve", "window-contoso.com", "--actor", "kim"])?.good()?;
    assert_eq!(approved.lines().count(), 2, "{approved}");
    place.run(&["serve", "--once"])?.good()?;
    assert_eq!(alerts(&place)?.len(), 0, "it was an approved change");
    let (other, _tenant) = attacked()?;
    let arguments = [window("kim@contoso.com"), vec!["--from".to_owned(), at(0), "--to".to_owned(), at(1)]].concat();
    other.run(&arguments.iter().map(String::as_str).collect::<Vec<_>>())?.good()?;
    other.run(&["exclusions", "approve", "window-contoso.com", "--actor", "kim"])?.good()?;
    alert(&other)?;
    Ok(())
}

#[test]
fn a_check_keeps_what_it_found_and_tells_what_changed() -> Outcome {
    let (place, tenant) = guarded()?;
    let first = place.run(&["check", "--format", "json"])?.good()?;
    let first: Value = serde_json::from_str(&first)?;
    assert!(first["domains"].to_string().contains("contoso.com") && first["tenant"].is_object(), "{first}");
    let found = place.rows("DomainFindings | where Status == 'new' | summarize count() by Domain | order by Domain asc")?;
    assert!(found.as_array().is_some_and(|rows| rows.len() >= 2), "{found}");
    place.file("dns.zone", format!("{}{}", tenant.zone(), ZONE.replace("p=reject", "p=none")))?;
    let second = place.run(&["check", "--format", "text"])?.good()?;
    assert!(second.contains("Since the check of"), "{second}");
    let new = place.rows("DomainFindings | where Check == 'dmarc-policy-none' and Status == 'new' | project Domain")?;
    assert_eq!(new, json!([["contoso.com"]]));
    assert_eq!(place.rows("DomainChecks | where Domain == 'contoso.com' | count")?, json!([[2]]));
    let bad = place.run(&["check", "contoso.com", "--fail-on", "high"])?.failed(1)?;
    assert!(bad.contains("--fail-on"), "{bad}");
    Ok(())
}

#[test]
fn no_secret_is_told() -> Outcome {
    let (place, tenant) = guarded()?;
    place.file("app.secret", "wrong-but-secret")?;
    restrict(&place)?;
    let run = place.run(&["check"])?;
    let told = format!("{}{}", run.out, run.err);
    assert!(told.contains("secret") && !told.contains("wrong-but-secret"), "{told}");
    assert!(!tenant.was_in_address("wrong-but-secret"));
    Ok(())
}
