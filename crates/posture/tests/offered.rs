//! What findings about a tenant offer, held against a tenant that answers as documented: every command is accepted, takes the finding away, and
//! what undoes it brings the finding back.

use std::{collections::BTreeMap, error::Error};

use serde_json::{Map, Value, json};
use spoofwatch_posture::{CommandLine, Finding, Severity, TenantEvidence, tenant_findings};
use tenant::Snapshot;
use tenant_stand_in::{Actor, Scenario, StandIn};

type Outcome = Result<(), Box<dyn Error>>;

/// The parts of a tenant, what reads them, and whether there is one object of a kind.
const PARTS: [(&str, &str, bool); 12] = [
    ("dkim", "Get-DkimSigningConfig", false),
    ("accepted_domains", "Get-AcceptedDomain", false),
    ("anti_phish", "Get-AntiPhishPolicy", false),
    ("transport_rules", "Get-TransportRule", false),
    ("organization", "Get-OrganizationConfig", true),
    ("inbound_connectors", "Get-InboundConnector", false),
    ("arc", "Get-ArcConfig", true),
    ("audit", "Get-AdminAuditLogConfig", true),
    ("content_filters", "Get-HostedContentFilterPolicy", false),
    ("connection_filters", "Get-HostedConnectionFilterPolicy", false),
    ("transport", "Get-TransportConfig", true),
    ("remote_domains", "Get-RemoteDomain", false),
];

fn act(tenant: &StandIn, cmdlet: &str, parameters: Value) -> Result<Vec<Map<String, Value>>, Box<dyn Error>> {
    let done = tenant.act(&Actor::administrator("admin@contoso.com", "192.0.2.1"), cmdlet, parameters.clone());
    done.map_err(|error| format!("{cmdlet} {parameters}: {error:?}").into())
}

fn run(tenant: &StandIn, command: &CommandLine) -> Outcome {
    act(tenant, &command.cmdlet, Value::Object(command.parameters.clone())).map(|_| ())
}

fn findings(tenant: &StandIn) -> Result<Vec<Finding>, Box<dyn Error>> {
    let mut value = serde_json::to_value(Snapshot { tenant: tenant.initial_domain.clone(), ..Snapshot::default() })?;
    for (part, cmdlet, is_single) in PARTS {
        // A null is a member that is missing.
        let said = |object: Map<String, Value>| Value::Object(object.into_iter().filter(|(_, value)| !value.is_null()).collect());
        let mut rows: Vec<Value> = act(tenant, cmdlet, json!({}))?.into_iter().map(said).collect();
        value[part] = json!({ "read": if is_single { rows.swap_remove(0) } else { Value::Array(rows) } });
    }
    let snapshot: Snapshot = serde_json::from_value(value)?;
    let evidence = TenantEvidence {
        snapshot: &snapshot,
        dns: BTreeMap::new(),
        sealers: None,
        rotations: BTreeMap::new(),
        now: tenant.now().timestamp_micros(),
    };
    Ok(tenant_findings(&evidence))
}

fn is_there(found: &[Finding], wanted: &Finding) -> bool {
    found.iter().any(|finding| (finding.check, &finding.subject) == (wanted.check, &wanted.subject))
}

/// A tenant with everything open that a cmdlet can open.
fn open() -> Result<StandIn, Box<dyn Error>> {
    let tenant = StandIn::start_now(Scenario::contoso())?;
    let policy = act(&tenant, "Get-AntiPhishPolicy", json!({}))?.remove(0)["Identity"].clone();
    let worse = [
        (
            "Set-AntiPhishPolicy",
            json!({
                "Identity": policy, "EnableSpoofIntelligence": false, "HonorDmarcPolicy": false, "AuthenticationFailAction": "MoveToJmf",
                "EnableUnauthenticatedSender": false, "EnableViaTag": false, "EnableOrganizationDomainsProtection": false,
            }),
        ),
        ("Set-AdminAuditLogConfig", json!({ "UnifiedAuditLogIngestionEnabled": false })),
        ("Set-OrganizationConfig", json!({ "AuditDisabled": true })),
        (
            "Set-HostedContentFilterPolicy",
            json!({ "Identity": "Default", "AllowedSenderDomains": ["partner.example"], "SpamAction": "NoAction" }),
        ),
        (
            "Set-HostedConnectionFilterPolicy",
            json!({ "Identity": "Default", "IPAllowList": ["192.0.2.0/24"], "EnableSafeList": true }),
        ),
        ("Set-TransportConfig", json!({ "SmtpClientAuthenticationDisabled": false })),
        (
            "Set-InboundConnector",
            json!({ "Identity": "From partner", "RestrictDomainsToIPAddresses": false, "TreatMessagesAsInternal": true }),
        ),
        (
            "New-TransportRule",
            json!({ "Name": "Scan", "SetHeaderName": "X-MS-Exchange-Organization-SkipSafeLinksProcessing", "SetHeaderValue": "1", "SubjectContainsWords": ["a"] }),
        ),
        ("New-TransportRule", json!({ "Name": "Tidy", "RemoveHeader": "Authentication-Results", "SubjectContainsWords": ["a"] })),
    ];
    for (cmdlet, parameters) in worse {
        act(&tenant, cmdlet, parameters)?;
    }
    Ok(tenant)
}

#[test]
fn every_command_is_accepted_takes_its_finding_away_and_can_be_undone() -> Outcome {
    let offers: Vec<Finding> = findings(&open()?)?.into_iter().filter(|finding| !finding.commands.is_empty()).collect();
    assert!(offers.len() >= 20, "{} findings offer something", offers.len());
    for finding in &offers {
        let tenant = open()?;
        if !finding.publish.is_empty() {
            for record in &finding.publish {
                tenant.publish(&record.name, &record.value);
            }
        }
        let name = format!("{} of {}", finding.check, finding.subject);
        for command in &finding.commands {
            run(&tenant, command).map_err(|error| format!("{name}: {error}"))?;
        }
        let is_undone = finding.commands.iter().all(|command| command.undo.is_some());
        // Keys are renewed one after the other: the second still is what it was.
        assert!(!is_there(&findings(&tenant)?, finding) || finding.check == "dkim-key-size", "{name} is still there");
        if is_undone {
            for undo in finding.commands.iter().rev().filter_map(|command| command.undo.as_deref()) {
                run(&tenant, undo).map_err(|error| format!("{name}, undone: {error}"))?;
            }
            assert!(is_there(&findings(&tenant)?, finding), "{name} did not come back");
        }
    }
    Ok(())
}

#[test]
fn a_hardened_tenant_has_nothing_that_matters() -> Outcome {
    let found = findings(&StandIn::start_now(Scenario::hardened())?)?;
    let told: Vec<&str> = found.iter().map(|finding| finding.check).collect();
    assert!(found.iter().all(|finding| finding.severity <= Severity::Low), "{told:?}");
    assert_eq!(told, ["external-mail-unmarked"]);
    Ok(())
}
