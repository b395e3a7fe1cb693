//! A domain from its zone to a report and to rows: what is stored has the columns that its table declares, and the same domain checked twice compares
//! as the same.

use std::{collections::BTreeSet, error::Error, path::Path, sync::Arc};

use mailauth::dns::Zone;
use serde_json::Value;
use spoofwatch_posture::{
    DomainFacts, Severity, TenantEvidence, Today,
    compare::{Known, Status, compare},
    evidence::{DomainEvidence, NoFetch, Question},
    findings,
    report::{DomainReport, Report, TenantReport, html::html, json::json, text},
    rows, tenant_findings,
};
use tenant::{OrganizationConfig, Part, Snapshot};

type Outcome = Result<(), Box<dyn Error>>;

/// 2026-11-21, noon.
const NOON: i64 = 1_795_262_400_000_000;
/// A domain that sends, without any policy, and with a key that was revoked.
const ZONE: &str = "\
$ORIGIN example.com.
@ 3600 IN SOA ns.example.net. hostmaster.example.net. 1 7200 3600 1209600 3600
@ 3600 IN MX 10 mx1.gateway.example.
@ 3600 IN TXT \"v=spf1 include:spf.protection.outlook.com -all\"
s1._domainkey 3600 IN TXT \"v=DKIM1; p=\"
";

async fn evidence(zone: &str) -> Result<DomainEvidence, Box<dyn Error>> {
    let mut question = Question::new(Arc::new(Zone::parse(zone)?), Arc::new(NoFetch), NOON);
    question.selectors = vec!["s1".to_owned()];
    Ok(DomainEvidence::collect("example.com", &question).await?)
}

/// The columns that a table's file declares, aliases apart.
fn columns(table: &str) -> Result<BTreeSet<String>, Box<dyn Error>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../schema/tables/{table}.toml"));
    #[expect(clippy::disallowed_methods, reason = "the table is a file")]
    let text = std::fs::read_to_string(path)?;
    let lines = text.lines().filter(|line| line.contains("type = "));
    Ok(lines.filter_map(|line| Some(line.split_once("name = \"")?.1.split_once('"')?.0.to_owned())).collect())
}

fn keys(row: &Value) -> BTreeSet<String> {
    row.as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect()
}

#[tokio::test]
async fn rows_have_the_columns_of_their_tables() -> Outcome {
    let evidence = evidence(ZONE).await?;
    let report = DomainReport::of(&evidence, findings(&evidence), Some(12));
    assert_eq!(keys(&rows::domain_check(NOON, &report)), columns("DomainChecks")?);
    let tenant = TenantReport { name: "contoso.onmicrosoft.com".to_owned(), findings: Vec::new(), fine: Vec::new() };
    assert_eq!(keys(&rows::tenant_check(NOON, &tenant, None)), columns("DomainChecks")?);
    let first = report.findings.first().ok_or("a domain without DMARC has findings")?;
    let known = Known::of("example.com", first);
    assert_eq!(keys(&rows::finding(NOON, "example.com", first, Status::New)), columns("DomainFindings")?);
    let of_keys = rows::dkim_keys(NOON, &evidence);
    let [key] = of_keys.as_slice() else { return Err(format!("one key, and not {of_keys:?}").into()) };
    assert_eq!(keys(key), columns("DkimKeys")?);
    assert_eq!((&key["KeyType"], &key["PublicKeyHash"], &key["KeyBits"]), (&"revoked".into(), &"".into(), &Value::Null));
    assert!(keys(&rows::gone(NOON, &known)).is_subset(&columns("DomainFindings")?));
    Ok(())
}

#[tokio::test]
async fn the_same_domain_checked_twice_has_nothing_new() -> Outcome {
    let evidence = evidence(ZONE).await?;
    let known = |found: &[spoofwatch_posture::Finding]| -> Vec<Known> {
        found.iter().map(|found| Known::of("example.com", found)).collect()
    };
    let (before, now) = (known(&findings(&evidence)), known(&findings(&evidence)));
    assert!(!now.is_empty() && compare(&before, &now, &BTreeSet::from(["example.com".to_owned()])).is_same());
    Ok(())
}

#[tokio::test]
async fn a_domain_without_a_policy_is_told_in_every_form() -> Outcome {
    let evidence = evidence(ZONE).await?;
    let domain = DomainReport::of(&evidence, findings(&evidence), None);
    assert_eq!(domain.spoofing.today, Today::Yes);
    let report = Report { made_at: NOON, domains: vec![domain], tenant: None, baseline: Vec::new(), changes: None };
    let shown = text::plain(&text::text(&report, 80));
    assert!(
        shown.contains("example.com can be spoofed today.") && shown.contains("_dmarc.example.com. IN TXT \"v=DMARC1; "),
        "{shown}"
    );
    assert!(html(&report).contains("example.com can be spoofed today."));
    assert_eq!(json(&report)["domains"][0]["spoofable"], "yes");
    Ok(())
}

#[tokio::test]
async fn checks_of_a_tenant_know_where_mail_goes() -> Outcome {
    let facts = DomainFacts::of(&evidence(ZONE).await?);
    assert_eq!(facts.mx, Some(vec!["mx1.gateway.example".to_owned()]));
    assert_eq!((facts.sends, facts.dmarc.as_deref()), (Some(true), Some("")));
    assert_eq!(facts.spf.as_deref(), Some("v=spf1 include:spf.protection.outlook.com -all"));
    Ok(())
}

/// Every name of a member, at any depth; parameters of cmdlets have names of their own.
fn names(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| names(value, found)),
        Value::Object(members) => {
            for (name, value) in members {
                found.insert(name.clone());
                if name != "parameters" {
                    names(value, found);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[tokio::test]
async fn every_field_of_the_json_is_documented() -> Outcome {
    let evidence = evidence(ZONE).await?;
    let domain = DomainReport::of(&evidence, findings(&evidence), None);
    let snapshot = Snapshot {
        organization: Part::Read(OrganizationConfig { reject_direct_send: Some(false), ..Default::default() }),
        ..Default::default()
    };
    let of_tenant =
        TenantEvidence { snapshot: &snapshot, dns: Default::default(), sealers: None, rotations: Default::default(), now: NOON };
    let tenant = TenantReport::of(&of_tenant, tenant_findings(&of_tenant));
    let report = Report { made_at: NOON, domains: vec![domain], tenant: Some(tenant), baseline: Vec::new(), changes: None };
    let report = report.with_baseline(Some(&snapshot));
    let better = report.known().into_iter().map(|known| Known { severity: Severity::Critical, ..known }).collect::<Vec<_>>();
    let mut found = BTreeSet::new();
    names(&json(&report.compared(&better, NOON)), &mut found);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/check-json.md");
    #[expect(clippy::disallowed_methods, reason = "the page is a file")]
    let page = std::fs::read_to_string(path)?;
    let missing: Vec<&String> = found.iter().filter(|name| !page.contains(&format!("`{name}`"))).collect();
    assert!(found.len() > 40 && missing.is_empty(), "docs/reference/check-json.md lacks {missing:?} of {}", found.len());
    Ok(())
}
