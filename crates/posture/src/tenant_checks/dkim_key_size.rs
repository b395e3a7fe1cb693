//! `dkim-key-size`: a domain is signed with keys below 2048 bits.

use tenant::DkimSigningConfig;

use crate::{
    CommandLine, Finding, Severity, TenantCheck, TenantEvidence, moment,
    tenancy::{is_microsofts, pages},
};

/// The declaration.
pub static CHECK: TenantCheck = TenantCheck {
    id: "dkim-key-size",
    severity: Severity::Medium,
    title: "A DKIM key has fewer than 2048 bits",
    meaning: "Keys of 1024 bits were the default for years. They still verify, but signers should use 2048 bits.",
    risk: "Whoever can afford to break a key of 1024 bits signs mail as the domain, and every receiver believes it.",
    advice: "Rotate with 2048 bits. A rotation renews only the key that is not in use and takes effect after 96 hours, so two are needed, four days \
             apart at the least, to renew both.",
    references: &[pages::RFC_8301, pages::DKIM_ROTATE],
    baseline: &[],
    run,
};

/// Bits that a key should have (RFC 8301 section 3.2).
const BITS: u32 = 2048;

fn run(check: &TenantCheck, evidence: &TenantEvidence<'_>, found: &mut Vec<Finding>) {
    // Keys of Microsoft's own domains are Microsoft's to renew.
    let own = |config: &&DkimSigningConfig| config.enabled && !is_microsofts(&config.domain);
    for config in evidence.snapshot.dkim.read().into_iter().flatten().filter(own) {
        let sizes = [("selector1", config.selector1_key_size), ("selector2", config.selector2_key_size)];
        let weak: Vec<(&str, u32)> =
            sizes.iter().filter_map(|&(selector, bits)| Some((selector, bits?))).filter(|(_, bits)| *bits < BITS).collect();
        if weak.is_empty() {
            continue;
        }
        let name = &config.domain;
        let mut finding = check.found(name);
        for (selector, bits) in &weak {
            finding = finding.seen(format!("{selector}._domainkey.{name}"), format!("{bits} bits"));
        }
        if weak.len() == 2 {
            finding.title = "Both DKIM keys have fewer than 2048 bits".to_owned();
        }
        if let Some(effect) =
            config.rotate_on_date.as_deref().and_then(tenant::moment::parse).filter(|effect| *effect > evidence.now)
        {
            // A second rotation is refused before the first has taken effect.
            finding = finding.seen(format!("Get-DkimSigningConfig {name}: RotateOnDate"), moment::minute(effect));
            finding.advice = format!("A rotation is under way. Once it has taken effect: {}", finding.advice);
            found.push(finding);
            continue;
        }
        let rotate = CommandLine::rotation(name);
        found.push(finding.command(rotate));
    }
}
