//! The states of a domain's keys, walked through.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{ROTATION, targets};
use crate::exchange::cmdlet::{self, Outcome};
use crate::exchange::error::Refusal;
use crate::tenant::{Object, Tenant, object};

const START: DateTime<Utc> = DateTime::<Utc>::UNIX_EPOCH;

fn tenant() -> Tenant {
    let accepted = ["contoso.onmicrosoft.com", "contoso.com"];
    Tenant {
        initial_domain: "contoso.onmicrosoft.com".to_owned(),
        accepted: accepted.iter().map(|domain| object(json!({ "DomainName": domain }))).collect(),
        ..Tenant::default()
    }
}

fn run(tenant: &mut Tenant, name: &str, given: Value, now: DateTime<Utc>) -> Result<Outcome, Refusal> {
    cmdlet::named(name).unwrap().run(tenant, &object(given), now)
}

fn publish(tenant: &mut Tenant) {
    for (index, target) in targets("contoso.com", "contoso.onmicrosoft.com").into_iter().enumerate() {
        tenant.published.insert(format!("selector{}._domainkey.contoso.com", index + 1), target);
    }
}

fn row(tenant: &mut Tenant, now: DateTime<Utc>) -> Object {
    run(tenant, "Get-DkimSigningConfig", json!({ "Identity": "contoso.com" }), now).unwrap().rows.remove(0)
}

#[test]
fn signing_is_switched_on_once_the_records_are_published() {
    let mut tenant = tenant();
    let made = run(&mut tenant, "New-DkimSigningConfig", json!({ "DomainName": "contoso.com", "Enabled": true }), START).unwrap();
    assert_eq!(
        (made.warnings.len(), &made.rows[0]["Enabled"], &made.rows[0]["Status"]),
        (1, &json!(false), &json!("CnameMissing"))
    );
    let on = json!({ "Identity": "contoso.com", "Enabled": true });
    let refused = run(&mut tenant, "Set-DkimSigningConfig", on.clone(), START).unwrap_err();
    for target in targets("contoso.com", "contoso.onmicrosoft.com") {
        assert!(refused.text.contains(&target), "{}", refused.text);
    }
    publish(&mut tenant);
    assert_eq!(run(&mut tenant, "Set-DkimSigningConfig", on.clone(), START).unwrap().warnings, [""; 0]);
    assert_eq!(run(&mut tenant, "Set-DkimSigningConfig", on, START).unwrap().warnings.len(), 1);
    assert_eq!((&row(&mut tenant, START)["Enabled"], &row(&mut tenant, START)["Status"]), (&json!(true), &json!("Valid")));
}

#[test]
fn two_rotations_make_both_keys_long() {
    let mut tenant = tenant();
    publish(&mut tenant);
    run(&mut tenant, "New-DkimSigningConfig", json!({ "DomainName": "contoso.com", "Enabled": true }), START).unwrap();
    let sizes = |row: &Object| (row["Selector1KeySize"].as_u64().unwrap(), row["Selector2KeySize"].as_u64().unwrap());
    let first = row(&mut tenant, START);
    assert_eq!(sizes(&first), (1024, 1024));
    assert_eq!(first["SelectorAfterRotateOnDate"], "selector1");

    let rotate = json!({ "Identity": "contoso.com", "KeySize": 2048 });
    run(&mut tenant, "Rotate-DkimSigningConfig", rotate.clone(), START).unwrap();
    let second = row(&mut tenant, START);
    assert_eq!(sizes(&second), (1024, 2048));
    assert_eq!(second["SelectorBeforeRotateOnDate"], "selector1");
    assert_eq!(second["SelectorAfterRotateOnDate"], "selector2");
    assert_eq!(second["RotateOnDate"], "1970-01-05T00:00:00.0000000Z");
    assert_eq!(first["Selector1PublicKey"], second["Selector1PublicKey"]);
    assert_ne!(first["Selector2PublicKey"], second["Selector2PublicKey"]);

    let before = START + ROTATION - TimeDelta::seconds(1);
    let refused = run(&mut tenant, "Rotate-DkimSigningConfig", rotate.clone(), before).unwrap_err();
    assert!(refused.text.contains("in progress"), "{}", refused.text);
    run(&mut tenant, "Rotate-DkimSigningConfig", rotate, START + ROTATION).unwrap();
    let third = row(&mut tenant, START + ROTATION);
    assert_eq!(sizes(&third), (2048, 2048));
    assert_eq!(third["SelectorAfterRotateOnDate"], "selector1");
}

#[test]
fn what_cannot_be_is_refused() {
    let mut tenant = tenant();
    publish(&mut tenant);
    let table = [
        ("Get-DkimSigningConfig", json!({ "Identity": "contoso.com" }), "couldn't be found"),
        ("Set-DkimSigningConfig", json!({ "Identity": "contoso.com", "Enabled": false }), "couldn't be found"),
        ("New-DkimSigningConfig", json!({ "DomainName": "fabrikam.com", "Enabled": true }), "accepted domain"),
        ("New-DkimSigningConfig", json!({ "DomainName": "contoso.com", "Enabled": true, "KeySize": 4096 }), "key size"),
        ("New-DkimSigningConfig", json!({ "DomainName": "contoso.com" }), "Enabled"),
    ];
    for (name, given, words) in table {
        let refused = run(&mut tenant, name, given.clone(), START).unwrap_err();
        assert!(refused.text.contains(words), "{name} {given}: {}", refused.text);
    }
    run(&mut tenant, "New-DkimSigningConfig", json!({ "DomainName": "contoso.com", "Enabled": false }), START).unwrap();
    let again = run(&mut tenant, "New-DkimSigningConfig", json!({ "DomainName": "contoso.com", "Enabled": false }), START);
    assert!(again.unwrap_err().text.contains("already exists"));
    let off = run(&mut tenant, "Rotate-DkimSigningConfig", json!({ "Identity": "contoso.com" }), START);
    assert!(off.unwrap_err().text.contains("isn't enabled"));
}

#[test]
fn what_is_only_asked_changes_nothing() {
    let mut tenant = tenant();
    publish(&mut tenant);
    run(&mut tenant, "New-DkimSigningConfig", json!({ "DomainName": "contoso.com", "Enabled": true }), START).unwrap();
    let before = row(&mut tenant, START);
    let asked = json!({ "Identity": "contoso.com", "KeySize": 2048, "WhatIf": true });
    run(&mut tenant, "Rotate-DkimSigningConfig", asked, START).unwrap();
    assert_eq!(row(&mut tenant, START), before);
}
