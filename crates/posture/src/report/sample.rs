//! Reports for the tests of this folder.

use std::collections::{BTreeMap, BTreeSet};

use mailauth::spf::survey::Cost;
use serde_json::json;
use tenant::Snapshot;

use super::{Changes, DomainReport, Report, SpfTerm, SpfTree, TenantReport};
use crate::{
    CommandLine, Fact, Finding, Publish, Reference, Score, Severity, Spoofing, Today, baseline,
    compare::{Known, compare},
    evidence::Purpose,
    tenancy::{DomainFacts, TenantEvidence, run},
};

/// 2026-11-21, noon.
const NOON: i64 = 1_795_262_400_000_000;
/// What somebody might write into a record, a rule's name, a host's name.
pub(crate) const HOSTILE: &str =
    "</code><script>alert(1)</script><img src=x onerror=alert(1)> \"'&amp; \u{1b}[2J\u{202e}cod.x\u{200b}";

const RFC_9989: Reference =
    Reference { title: "RFC 9989 section 4.7", url: "https://www.rfc-editor.org/rfc/rfc9989#section-4.7" };
const RFC_7208: Reference =
    Reference { title: "RFC 7208 section 4.6.4", url: "https://www.rfc-editor.org/rfc/rfc7208#section-4.6.4" };

/// One domain with two findings, one of them new.
pub(crate) fn small() -> Report {
    let findings = vec![no_dmarc("contoso.com"), lookups("contoso.com")];
    let now: Vec<Known> = findings.iter().map(|finding| Known::of("contoso.com", finding)).collect();
    let before = [
        Known { severity: Severity::Medium, ..now[1].clone() },
        Known {
            check: "tls-rpt-missing".to_owned(),
            title: "No TLS reports".to_owned(),
            severity: Severity::Low,
            ..now[1].clone()
        },
    ];
    let found = compare(&before, &now, &BTreeSet::from(["contoso.com".to_owned()]));
    Report {
        made_at: NOON,
        domains: vec![domain("contoso.com", 34, 'F', Today::Yes, findings)],
        tenant: None,
        baseline: Vec::new(),
        changes: Some(Changes { since: NOON - 86_400_000_000, found }),
    }
}

/// Four domains and their tenant.
pub(crate) fn report() -> Report {
    let mut report = small();
    report.domains.push(domain("fabrikam.com", 71, 'C', Today::Partly, vec![quarantine("fabrikam.com"), key("fabrikam.com")]));
    let mut parked = domain("a-very-long-name-of-a-parked-domain.example", 100, 'A', Today::No, Vec::new());
    parked.purpose = Purpose::NonSending;
    parked.spoofing.sentence = "Nobody can send in the name of this domain: its records say that no mail is its own.".to_owned();
    parked.fine = vec![
        "SPF lets nobody send.".to_owned(),
        "DMARC has everything rejected, subdomains too.".to_owned(),
        "A null MX says that it takes no mail.".to_owned(),
    ];
    report.domains.push(parked);
    let snapshot = snapshot();
    let findings = run(&TenantEvidence {
        snapshot: &snapshot,
        dns: BTreeMap::from([(
            "contoso.com".to_owned(),
            DomainFacts {
                mx: Some(vec!["mx1.gateway.example".to_owned()]),
                dmarc: Some("v=DMARC1; p=reject".to_owned()),
                ..DomainFacts::default()
            },
        )]),
        sealers: None,
        rotations: BTreeMap::new(),
        now: NOON,
    });
    let fine = vec!["The unified audit log is switched on.".to_owned(), "DMARC policies of senders are honoured.".to_owned()];
    report.tenant = Some(TenantReport { name: "contoso.onmicrosoft.com".to_owned(), findings, fine });
    report.with_baseline(Some(&snapshot))
}

/// Somebody else's words in every field.
pub(crate) fn hostile() -> Report {
    let mut finding = no_dmarc(HOSTILE);
    for field in [&mut finding.title, &mut finding.meaning, &mut finding.risk, &mut finding.advice] {
        HOSTILE.clone_into(field);
    }
    finding.facts = vec![Fact { what: HOSTILE.to_owned(), seen: HOSTILE.to_owned() }];
    finding.publish =
        vec![Publish { name: HOSTILE.to_owned(), kind: "TXT", value: HOSTILE.to_owned(), instead_of: vec![HOSTILE.to_owned()] }];
    let command = CommandLine::new("Disable-TransportRule").with("Identity", HOSTILE);
    finding.commands = vec![command.clone().undone_by(command)];
    let known = Known { of: HOSTILE.to_owned(), about: vec![HOSTILE.to_owned()], ..Known::of(HOSTILE, &finding) };
    let found = compare(std::slice::from_ref(&known), &[], &BTreeSet::from([HOSTILE.to_owned()]));
    let mut domain = domain(HOSTILE, 0, 'F', Today::Yes, vec![finding.clone()]);
    HOSTILE.clone_into(&mut domain.spoofing.sentence);
    domain.fine = vec![HOSTILE.to_owned()];
    let mut spf = tree();
    spf.terms.iter_mut().for_each(|term| HOSTILE.clone_into(&mut term.text));
    spf.terms.iter_mut().for_each(|term| HOSTILE.clone_into(&mut term.record));
    domain.spf = Some(spf);
    domain.unfinished = Some(HOSTILE.to_owned());
    Report {
        made_at: NOON,
        baseline: baseline::standings(std::iter::once(&finding), None, true),
        domains: vec![domain],
        tenant: Some(TenantReport { name: HOSTILE.to_owned(), findings: vec![finding], fine: vec![HOSTILE.to_owned()] }),
        changes: Some(Changes { since: NOON, found }),
    }
}

fn domain(name: &str, points: u8, grade: char, today: Today, findings: Vec<Finding>) -> DomainReport {
    let sentence = match today {
        Today::Yes => format!("Anybody can send mail in the name of {name} today, and most receivers will deliver it."),
        Today::Partly => format!("Mail in the name of {name} is marked as spam, and not refused."),
        Today::No | Today::Unknown => format!("Receivers refuse mail that only claims to be of {name}."),
    };
    let fine = vec!["SPF ends with -all.".to_owned(), "TLS is required of senders by MTA-STS in the mode enforce.".to_owned()];
    let many = findings.iter().any(|finding| finding.check == "spf-too-many-lookups");
    DomainReport {
        policy: "",
        records: Vec::new(),
        spf: many.then(tree),
        domain: name.to_owned(),
        purpose: Purpose::Sending,
        score: Score { points, grade },
        spoofing: Spoofing { today, sentence },
        findings,
        fine,
        unfinished: None,
        took: Some(412),
    }
}

fn tree() -> SpfTree {
    let term = |depth, record: &str, text: &str, lookups, note| SpfTerm {
        depth,
        record: record.to_owned(),
        text: text.to_owned(),
        lookups,
        note,
    };
    SpfTree {
        cost: Cost { lookups: 13, void_v4: 0, void_v6: 1 },
        endless: false,
        ipv4_addresses: 525_056,
        complete: true,
        terms: vec![
            term(0, "contoso.com", "include:spf.protection.outlook.com", 1, None),
            term(0, "contoso.com", "include:_spf.crm.example", 7, None),
            term(1, "_spf.crm.example", "include:_spf1.crm.example", 4, None),
            term(2, "_spf1.crm.example", "a:out.crm.example", 1, None),
            term(2, "_spf1.crm.example", "exists:%{i}._list.crm.example", 1, Some("depends on the message")),
            term(2, "_spf1.crm.example", "mx", 1, None),
            term(1, "_spf.crm.example", "include:_spf2.crm.example", 2, None),
            term(2, "_spf2.crm.example", "mx", 1, None),
            term(0, "contoso.com", "include:_spf.newsletter.example", 4, None),
            term(1, "_spf.newsletter.example", "a:a.newsletter.example", 1, None),
            term(1, "_spf.newsletter.example", "a:b.newsletter.example", 1, None),
            term(1, "_spf.newsletter.example", "a:c.newsletter.example", 1, None),
            term(0, "contoso.com", "include:mail.shop.example", 1, Some("does not exist")),
        ],
    }
}

fn finding(
    check: &'static str,
    subject: &str,
    severity: Severity,
    words: [&str; 4],
    reference: Reference,
    baseline: Vec<&'static str>,
) -> Finding {
    let [title, meaning, risk, advice] = words.map(str::to_owned);
    Finding {
        check,
        subject: subject.to_owned(),
        severity,
        title,
        meaning,
        risk,
        advice,
        facts: Vec::new(),
        publish: Vec::new(),
        commands: Vec::new(),
        references: vec![reference],
        baseline,
    }
}

fn no_dmarc(domain: &str) -> Finding {
    let words = [
        "No DMARC policy",
        "DMARC tells receivers what to do with mail that only claims to be of this domain. There is no such record, so they decide for themselves.",
        "Anybody can send mail with an address of this domain in From. Most receivers deliver it.",
        "Publish a policy that only watches first, read the reports for some weeks, then have mail that fails rejected.",
    ];
    finding("dmarc-missing", domain, Severity::Critical, words, RFC_9989, vec!["MS.EXO.4.1v1", "MS.EXO.4.2v1"])
        .seen(format!("_dmarc.{domain} TXT"), "no such name")
        .publish(format!("_dmarc.{domain}"), "TXT", format!("v=DMARC1; p=none; rua=mailto:dmarc-reports@{domain}"), &[])
}

fn lookups(domain: &str) -> Finding {
    let words = [
        "SPF needs more than ten DNS look-ups",
        "A receiver gives up after ten look-ups and takes the record for broken (permerror).",
        "Real mail fails SPF. Receivers may treat the domain as if it had no SPF at all, for forged mail as well.",
        "Take out includes of services that are no longer used, and put the addresses of small ones in their place.",
    ];
    let record = "v=spf1 include:spf.protection.outlook.com include:_spf.crm.example include:_spf.newsletter.example include:mail.shop.example -all";
    finding("spf-too-many-lookups", domain, Severity::High, words, RFC_7208, vec!["MS.EXO.2.2v3"])
        .seen(format!("{domain} TXT"), record)
        .seen("look-ups", "13 of 10")
        .publish(
            domain,
            "TXT",
            "v=spf1 include:spf.protection.outlook.com include:_spf.crm.example ip4:192.0.2.0/28 -all",
            &[record.to_owned()],
        )
}

fn quarantine(domain: &str) -> Finding {
    let words = [
        "The DMARC policy is quarantine, not reject",
        "Receivers put mail that fails DMARC into the spam folder instead of refusing it.",
        "Forged mail lies in the spam folder, where people find it and answer it. Whoever sent it by mistake is never told.",
        "Once the aggregate reports show no mail of your own that fails, have it rejected.",
    ];
    let record = format!("v=DMARC1; p=quarantine; rua=mailto:dmarc@{domain}");
    finding("dmarc-policy-quarantine", domain, Severity::Medium, words, RFC_9989, vec!["MS.EXO.4.2v1"])
        .seen(format!("_dmarc.{domain} TXT"), record.clone())
        .publish(format!("_dmarc.{domain}"), "TXT", format!("v=DMARC1; p=reject; rua=mailto:dmarc@{domain}"), &[record])
}

fn key(domain: &str) -> Finding {
    let words = [
        "A DKIM key is older than a year",
        "Keys are to be renewed, so that one that leaked stops working.",
        "A leaked key signs forged mail that everybody believes.",
        "Rotate the key.",
    ];
    finding("dkim-key-old", domain, Severity::Low, words, RFC_9989, Vec::new())
        .seen(format!("s2024._domainkey.{domain} TXT"), "first seen 2025-08-01")
}

fn snapshot() -> Snapshot {
    let mut value =
        serde_json::to_value(Snapshot { tenant: "contoso.onmicrosoft.com".to_owned(), ..Snapshot::default() }).unwrap();
    value["accepted_domains"] = json!({"read": [
        {"DomainName": "contoso.com", "Default": true}, {"DomainName": "contoso.onmicrosoft.com", "InitialDomain": true}
    ]});
    value["dkim"] = json!({"read": [{"Domain": "contoso.com", "Enabled": false, "Status": "Valid"}]});
    value["organization"] = json!({"read": {"RejectDirectSend": false, "AuditDisabled": false}});
    value["audit"] = json!({"read": {"UnifiedAuditLogIngestionEnabled": true}});
    value["transport_rules"] = json!({"read": [
        {"Name": "Let the partner's mail through", "Guid": "1", "State": "Enabled", "Mode": "Enforce", "Priority": 0, "SetSCL": -1, "SenderDomainIs": ["partner.example"]}
    ]});
    value["inbound_connectors"] = json!({"failed": "403 Forbidden"});
    serde_json::from_value(value).unwrap()
}
