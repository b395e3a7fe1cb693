//! Plain rows of what checks found, for the tables `DomainChecks`, `DomainFindings` and `DkimKeys`: objects keyed by the names of columns, as rows
//! sent over HTTP are.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use mailauth::dkim::{PublicPart, PublishedKey};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::{
    Finding,
    compare::{Known, Status},
    evidence::{DomainEvidence, dkim::Selector},
    moment,
    report::{DomainReport, SEVERITIES, TenantReport, count, json as shape, purpose},
};

/// The row of a domain that was checked.
#[must_use]
pub fn domain_check(at: i64, report: &DomainReport) -> Value {
    let mut row = json!({
        "TimeGenerated": moment::write(at),
        "Domain": report.domain,
        "Purpose": purpose(report.purpose),
        "Score": report.score.points,
        "Grade": report.score.grade.to_string(),
        "Spoofable": report.spoofing.today,
        "Verdict": report.spoofing.sentence,
        "Policy": report.policy,
        "Records": report.records.iter().map(record).collect::<Vec<_>>(),
        "DurationMs": report.took,
        "Unfinished": report.unfinished.as_deref().unwrap_or_default(),
        "RecordId": id(&[&report.domain, &at.to_string()]),
    });
    add_counts(&mut row, &report.findings);
    row
}

/// The row of a tenant that was checked: it has no score, and what it is for is plain.
#[must_use]
pub fn tenant_check(at: i64, report: &TenantReport, took: Option<u64>) -> Value {
    let mut row = json!({
        "TimeGenerated": moment::write(at),
        "Domain": report.name,
        "Purpose": "",
        "Score": null,
        "Grade": "",
        "Spoofable": "",
        "Verdict": "",
        "Policy": "",
        "Records": [],
        "DurationMs": took,
        "Unfinished": "",
        "RecordId": id(&[&report.name, &at.to_string()]),
    });
    add_counts(&mut row, &report.findings);
    row
}

fn record((name, kind, value): &(String, &'static str, String)) -> Value {
    json!({ "name": name, "type": kind, "value": value })
}

fn add_counts(row: &mut Value, findings: &[Finding]) {
    let Some(members) = row.as_object_mut() else { return };
    for severity in SEVERITIES {
        let word = severity.to_string();
        let name: String = word.chars().take(1).map(|letter| letter.to_ascii_uppercase()).chain(word.chars().skip(1)).collect();
        members.insert(name, json!(count(findings, severity)));
    }
}

/// The row of a finding that is there; `of` is the domain, or the tenant.
#[must_use]
pub fn finding(at: i64, of: &str, finding: &Finding, status: Status) -> Value {
    let known = Known::of(of, finding);
    let mut row = known_row(at, &known, word(status));
    let told = shape::finding(of, finding);
    if let Some(members) = row.as_object_mut() {
        for (column, field) in [
            ("Risk", "risk"),
            ("Advice", "advice"),
            ("Facts", "facts"),
            ("Publish", "publish"),
            ("Commands", "commands"),
            ("References", "references"),
            ("Baseline", "baseline"),
        ] {
            members.insert(column.to_owned(), told.get(field).cloned().unwrap_or_default());
        }
        if let Status::Worse(was) | Status::Better(was) = status {
            members.insert("PreviousSeverity".to_owned(), json!(was));
        }
    }
    row
}

/// The row of a finding of an earlier check that is gone.
#[must_use]
pub fn gone(at: i64, known: &Known) -> Value {
    known_row(at, known, "gone")
}

fn known_row(at: i64, known: &Known, status: &str) -> Value {
    json!({
        "TimeGenerated": moment::write(at),
        "Domain": known.of,
        "Check": known.check,
        "Subject": known.subject,
        "Severity": known.severity,
        "Title": known.title,
        "Status": status,
        "PreviousSeverity": "",
        "FindingId": known.id(),
        "RecordId": id(&[&known.id(), &at.to_string()]),
    })
}

const fn word(status: Status) -> &'static str {
    match status {
        Status::New => "new",
        Status::Open | Status::Worse(_) | Status::Better(_) => "open",
    }
}

/// The rows of a domain's DKIM keys, those that were revoked too.
#[must_use]
pub fn dkim_keys(at: i64, evidence: &DomainEvidence) -> Vec<Value> {
    evidence.dkim.keys().map(|(selector, key)| dkim_key(at, &evidence.domain, selector, key)).collect()
}

fn dkim_key(at: i64, domain: &str, selector: &Selector, key: &PublishedKey) -> Value {
    let (kind, bits) = match key.key {
        PublicPart::Rsa { bits, .. } => ("rsa", Some(bits)),
        PublicPart::Ed25519 => ("ed25519", Some(256)),
        PublicPart::Revoked => ("revoked", None),
        PublicPart::Unusable => ("unusable", None),
    };
    json!({
        "TimeGenerated": moment::write(at),
        "Domain": domain,
        "Selector": selector.name,
        "Name": selector.texts.name,
        "KeyType": kind,
        "KeyBits": bits,
        "PublicKeyHash": hash(&key.p),
        "PublicKey": key.p,
        "Alias": selector.aliases.last().map(String::as_str).unwrap_or_default(),
        "RecordId": id(&[domain, &selector.name, &selector.texts.name, &key.p, &at.to_string()]),
    })
}

/// The SHA-256 of a key's bytes in hexadecimal; nothing for a key that was revoked. White space in `p=` means nothing (RFC 6376 section 3.6.1).
fn hash(key: &str) -> String {
    let text: String = key.chars().filter(|letter| !letter.is_ascii_whitespace()).collect();
    match STANDARD.decode(&text) {
        Ok(bytes) if bytes.is_empty() => String::new(),
        Ok(bytes) => hex(&Sha256::digest(bytes)),
        // What is no base64 is still one thing or another.
        Err(_) => hex(&Sha256::digest(text)),
    }
}

/// An id of a row, the same for the same check made again.
fn id(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    hex(hash.finalize().get(..16).unwrap_or_default())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{domain_check, finding, gone, hash};
    use crate::{
        Severity,
        compare::{Known, Status},
        report::sample,
    };

    const NOON: i64 = 1_795_262_400_000_000;

    #[test]
    fn a_checked_domain_is_a_row() {
        let row = domain_check(NOON, &sample::small().domains[0]);
        assert_eq!(row["TimeGenerated"], "2026-11-21T12:00:00.000000Z");
        assert_eq!(
            (&row["Domain"], &row["Score"], &row["Grade"], &row["Spoofable"]),
            (&json!("contoso.com"), &json!(34), &json!("F"), &json!("yes"))
        );
        assert_eq!(
            (&row["Critical"], &row["High"], &row["Informational"], &row["DurationMs"]),
            (&json!(1), &json!(1), &json!(0), &json!(412))
        );
    }

    #[test]
    fn a_finding_is_a_row_with_its_facts_and_its_records() {
        let found = &sample::small().domains[0].findings[0];
        let row = finding(NOON, "contoso.com", found, Status::New);
        assert_eq!(
            (&row["Check"], &row["Severity"], &row["Status"]),
            (&json!("dmarc-missing"), &json!("critical"), &json!("new"))
        );
        assert_eq!(row["Facts"][0]["seen"], "no such name");
        assert_eq!(row["Publish"][0]["type"], "TXT");
        assert_eq!(row["Baseline"], json!(["MS.EXO.4.1v1", "MS.EXO.4.2v1"]));
        let later = finding(NOON + 1, "contoso.com", found, Status::Better(Severity::High));
        assert_eq!(
            (&later["Status"], &later["PreviousSeverity"], &later["FindingId"]),
            (&json!("open"), &json!("high"), &row["FindingId"])
        );
        assert_ne!(later["RecordId"], row["RecordId"]);
        let over = gone(NOON + 2, &Known::of("contoso.com", found));
        assert_eq!((&over["Status"], &over["FindingId"]), (&json!("gone"), &row["FindingId"]));
    }

    #[test]
    fn a_key_is_known_by_its_bytes() {
        assert_eq!(hash("AAEC"), "ae4b3280e56e2faf83f414a6e3dabe9d5fbe18976544c05fed121accb85b53fc");
        assert_eq!(hash("AA EC"), hash("AAEC"));
        assert_eq!(hash(""), "");
        assert_ne!(hash("?"), "");
    }
}
