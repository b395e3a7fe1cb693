//! Rules made, ordered, switched and refused.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::exchange::cmdlet::{self, Outcome};
use crate::exchange::error::Refusal;
use crate::tenant::{Tenant, object};

fn run(tenant: &mut Tenant, name: &str, given: Value) -> Result<Outcome, Refusal> {
    cmdlet::named(name).unwrap().run(tenant, &object(given), DateTime::<Utc>::UNIX_EPOCH)
}

/// The names of the rules in the order of their priority.
fn order(tenant: &mut Tenant) -> String {
    let rows = run(tenant, "Get-TransportRule", json!({})).unwrap().rows;
    rows.iter().filter_map(|row| row["Name"].as_str()).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_rule_is_written_out_as_it_was_made() {
    let mut tenant = Tenant::default();
    let given = json!({
        "Name": "DMARC oreject to quarantine", "HeaderContainsMessageHeader": "Authentication-Results",
        "HeaderContainsWords": ["dmarc=fail action=oreject"], "Quarantine": true, "Priority": 0, "Mode": "Enforce", "StopRuleProcessing": true,
    });
    let made = run(&mut tenant, "New-TransportRule", given).unwrap().rows.remove(0);
    let found = run(&mut tenant, "Get-TransportRule", json!({ "Identity": made["Guid"] })).unwrap().rows.remove(0);
    assert_eq!(made, found);
    let table = [
        ("Priority", json!(0)),
        ("State", json!("Enabled")),
        ("Mode", json!("Enforce")),
        ("Quarantine", json!(true)),
        ("StopRuleProcessing", json!(true)),
        ("HeaderContainsWords", json!(["dmarc=fail action=oreject"])),
        ("SetSCL", json!(null)),
        ("Actions", json!(["Microsoft.Exchange.MessagingPolicies.Rules.Tasks.Quarantine"])),
    ];
    for (name, expected) in table {
        assert_eq!(found[name], expected, "{name}");
    }
}

#[test]
fn priorities_are_places() {
    let mut tenant = Tenant::default();
    for (name, priority) in [("a", 0), ("b", 1), ("c", 0)] {
        let given = json!({ "Name": name, "Quarantine": true, "Priority": priority });
        run(&mut tenant, "New-TransportRule", given).unwrap();
    }
    assert_eq!(order(&mut tenant), "c a b");
    run(&mut tenant, "Set-TransportRule", json!({ "Identity": "b", "Priority": 0 })).unwrap();
    assert_eq!(order(&mut tenant), "b c a");
    assert!(run(&mut tenant, "Set-TransportRule", json!({ "Identity": "b", "Priority": 3 })).is_err());
    run(&mut tenant, "Remove-TransportRule", json!({ "Identity": "c" })).unwrap();
    assert_eq!(order(&mut tenant), "b a");
}

#[test]
fn rules_are_switched_off_and_on() {
    let mut tenant = Tenant::default();
    run(&mut tenant, "New-TransportRule", json!({ "Name": "a", "SetSCL": -1, "Enabled": false })).unwrap();
    let state = |tenant: &mut Tenant| run(tenant, "Get-TransportRule", json!({})).unwrap().rows[0]["State"].clone();
    assert_eq!(state(&mut tenant), "Disabled");
    run(&mut tenant, "Enable-TransportRule", json!({ "Identity": "A" })).unwrap();
    assert_eq!(state(&mut tenant), "Enabled");
    run(&mut tenant, "Disable-TransportRule", json!({ "Identity": "a", "Confirm": false })).unwrap();
    assert_eq!(state(&mut tenant), "Disabled");
    assert_eq!(run(&mut tenant, "Get-TransportRule", json!({ "State": "Enabled" })).unwrap().rows.len(), 0);
}

#[test]
fn what_cannot_be_is_refused() {
    let mut tenant = Tenant::default();
    run(&mut tenant, "New-TransportRule", json!({ "Name": "a", "Quarantine": true })).unwrap();
    let table = [
        ("New-TransportRule", json!({ "Name": "A", "Quarantine": true }), "already exists"),
        ("New-TransportRule", json!({ "Name": "b", "FromScope": "InOrganization" }), "at least one action"),
        ("New-TransportRule", json!({ "Name": "b", "Quarantine": true, "DeleteMessage": true }), "together"),
        (
            "New-TransportRule",
            json!({ "Name": "b", "Quarantine": true, "HeaderContainsWords": ["x"] }),
            "HeaderContainsMessageHeader",
        ),
        ("New-TransportRule", json!({ "Name": "b", "SetHeaderName": "X-A" }), "SetHeaderValue"),
        ("New-TransportRule", json!({ "Name": "b", "Quarantine": true, "Priority": 2 }), "from 0 to 1"),
        ("New-TransportRule", json!({ "Name": "b".repeat(65), "Quarantine": true }), "64"),
        ("Set-TransportRule", json!({ "Identity": "a", "Quarantine": false }), "at least one action"),
        ("Disable-TransportRule", json!({ "Identity": "b" }), "couldn't be found"),
    ];
    for (name, given, words) in table {
        let refused = run(&mut tenant, name, given.clone()).unwrap_err();
        assert!(refused.text.contains(words), "{name} {given}: {}", refused.text);
    }
    assert_eq!(order(&mut tenant), "a");
}
