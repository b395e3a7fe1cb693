//! `dkim-rotation-overdue`: a domain's DKIM keys are older than the three months after which one of them is to be renewed.

use tenant::DkimSigningConfig;

use crate::{
    CommandLine, Finding, Severity, TenantCheck, TenantEvidence, moment,
    tenancy::{is_microsofts, pages},
};

/// The declaration.
pub static CHECK: TenantCheck = TenantCheck {
    id: "dkim-rotation-overdue",
    severity: Severity::Low,
    title: "DKIM keys are due to be rotated",
    meaning: "Every three months one of the two keys is to be renewed, so that both are new every six months.",
    risk: "A key that leaked keeps working for as long as it is published. Nobody sees that it is used.",
    advice: "Rotate now, and let `spoofwatch dkim schedule` do it from here on.",
    references: &[pages::DKIM_ROTATE],
    baseline: &[],
    run,
};

/// Days after which a rotation is due.
const DUE: i64 = 90;
/// Days after which neither key can have been renewed in time.
const BOTH: i64 = 180;

fn run(check: &TenantCheck, evidence: &TenantEvidence<'_>, found: &mut Vec<Finding>) {
    // Keys of Microsoft's own domains are Microsoft's to renew.
    let own = |config: &&DkimSigningConfig| config.enabled && !is_microsofts(&config.domain);
    for config in evidence.snapshot.dkim.read().into_iter().flatten().filter(own) {
        let Some(last) = last(config, evidence) else { continue };
        let days = evidence.now.saturating_sub(last) / tenant::moment::DAY;
        // A rotation that was made and takes effect in the coming days stands in the future.
        if days < DUE {
            continue;
        }
        let name = &config.domain;
        let finding = check
            .found(name)
            .seen(format!("Get-DkimSigningConfig {name}: last rotation"), format!("{}, {days} days ago", moment::day(last)))
            .command(CommandLine::rotation(name));
        found.push(if days >= BOTH { finding.matters(Severity::Medium) } else { finding });
    }
}

/// When keys last changed, by what Microsoft says and by what we did ourselves.
fn last(config: &DkimSigningConfig, evidence: &TenantEvidence<'_>) -> Option<i64> {
    let own = evidence.rotations.get(&config.domain.to_ascii_lowercase()).copied();
    let told = [&config.key_creation_time, &config.rotate_on_date].map(|text| text.as_deref().and_then(tenant::moment::parse));
    own.into_iter().chain(told.into_iter().flatten()).max()
}
