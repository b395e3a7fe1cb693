//! `dkim-status`: Microsoft itself says that a domain's signing does not work.

use tenant::DkimSigningConfig;

use crate::{CommandLine, Finding, Severity, TenantCheck, TenantEvidence, tenancy::pages};

/// The declaration.
pub static CHECK: TenantCheck = TenantCheck {
    id: "dkim-status",
    severity: Severity::High,
    title: "DKIM signing does not work",
    meaning: "Signing is switched on, but Microsoft finds something in the way: records that are missing in the domain's DNS, or keys that were never \
              made.",
    risk: "Signatures cannot be checked, so DMARC rests on SPF alone and forwarded mail fails.",
    advice: "Publish the CNAME records below as they stand; Microsoft keeps the keys behind them.",
    references: &[pages::DKIM],
    baseline: &["MS.EXO.3.1v1"],
    run,
};

/// The status of a configuration that works.
pub(super) const VALID: &str = "Valid";
/// No keys were made yet.
const NO_KEYS: &str = "NoDKIMKeys";

fn run(check: &TenantCheck, evidence: &TenantEvidence<'_>, found: &mut Vec<Finding>) {
    let accepted = |name: &str| evidence.own().any(|domain| domain.domain_name.eq_ignore_ascii_case(name));
    for config in evidence.snapshot.dkim.read().into_iter().flatten() {
        if !config.enabled || !accepted(&config.domain) {
            continue;
        }
        let name = &config.domain;
        let finding = check.found(name).seen(format!("Get-DkimSigningConfig {name}: Status"), config.status.clone());
        match config.status.as_str() {
            // While a rotation is under way the status says so, and signing goes on; without a status nothing is known.
            "" | VALID => {}
            "CnameMissing" => found.push(with_records(finding, config)),
            NO_KEYS => {
                let rotate = CommandLine::rotation(name);
                let mut finding = finding.command(rotate);
                finding.advice = "Have Microsoft make keys, then publish the CNAME records that it names.".to_owned();
                found.push(finding);
            }
            other if other.to_ascii_lowercase().contains("rotat") => {}
            _ => found.push(finding.matters(Severity::Low)),
        }
    }
}

/// A finding with the two records that Microsoft wants, where it said which.
pub(super) fn with_records(mut finding: Finding, config: &DkimSigningConfig) -> Finding {
    for (selector, target) in [("selector1", &config.selector1_cname), ("selector2", &config.selector2_cname)] {
        if !target.is_empty() {
            finding = finding.publish(format!("{selector}._domainkey.{}", config.domain), "CNAME", target.clone(), &[]);
        }
    }
    finding
}
