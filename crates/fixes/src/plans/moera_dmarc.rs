//! DMARC of the tenant's own `onmicrosoft.com` domain. No supported interface writes its records, so that the steps are a person's, and the
//! proof is ours.
//! <https://learn.microsoft.com/defender-office-365/email-authentication-dmarc-configure>

use posture::Severity;

use super::{NoPlan, plan};
use crate::{Plan, Proof};

/// The plan for a domain such as `contoso.onmicrosoft.com`.
///
/// # Errors
///
/// The domain is none that can have records.
pub fn moera_dmarc(domain: &str, severity: Severity) -> Result<Plan, NoPlan> {
    let label = domain.strip_suffix(".onmicrosoft.com").filter(|label| !label.is_empty() && !label.contains('.'));
    if label.is_none() {
        return Err(NoPlan(format!(
            "{domain} is not the tenant's own domain, such as contoso.onmicrosoft.com: others below onmicrosoft.com cannot have records"
        )));
    }
    let mut plan = plan(
        "moera-dmarc",
        domain,
        format!("Publish DMARC p=reject for {domain}"),
        "Every tenant has such a domain, few know that it can be forged: without a DMARC record anybody can send in its name.",
    );
    plan.by_hand = vec![
        "Open the Microsoft 365 admin center, https://admin.microsoft.com, as a Domain Name Administrator or Global Administrator.".to_owned(),
        "Show all > Settings > Domains, and open".to_owned() + &format!(" {domain}."),
        "DNS records > Add record. Type: TXT (Text). TXT name: _dmarc. TXT value: v=DMARC1; p=reject. TTL: 1 hour.".to_owned(),
        "Save, and run `spoofwatch fix verify` for this fix: it waits for the record to be answered.".to_owned(),
    ];
    plan.warnings.push(
        "Where people or programs send mail from addresses of this domain, see first that it is signed by it (it is, unless somebody \
         switched that off)."
            .to_owned(),
    );
    plan.references = vec![
        "https://learn.microsoft.com/defender-office-365/email-authentication-dmarc-configure#use-the-microsoft-365-admin-center-to-add-dmarc-txt-records-for-onmicrosoftcom-domains-in-microsoft-365".to_owned(),
    ];
    plan.proofs.push(Proof::FindingGone { check: "moera-dmarc".to_owned(), subject: domain.to_owned(), was: severity });
    Ok(plan)
}

#[cfg(test)]
mod tests {
    use super::{Severity, moera_dmarc};

    #[test]
    fn only_the_tenants_own_domain_can_have_records() {
        assert!(moera_dmarc("contoso.onmicrosoft.com", Severity::High).is_ok());
        for other in ["onmicrosoft.com", "contoso.mail.onmicrosoft.com", "contoso.com"] {
            assert!(moera_dmarc(other, Severity::High).is_err(), "{other}");
        }
    }
}
