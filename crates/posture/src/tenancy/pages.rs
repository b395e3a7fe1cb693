//! Where settings of a tenant are written about.

use crate::Reference;

const fn page(title: &'static str, url: &'static str) -> Reference {
    Reference { title, url }
}

pub(crate) const DKIM: Reference =
    page("Microsoft: Set up DKIM", "https://learn.microsoft.com/en-us/defender-office-365/email-authentication-dkim-configure");
pub(crate) const DKIM_ROTATE: Reference = page(
    "Microsoft: Rotate DKIM keys",
    "https://learn.microsoft.com/en-us/defender-office-365/email-authentication-dkim-configure#rotate-dkim-keys",
);
pub(crate) const RFC_8301: Reference = page("RFC 8301 section 3.2", "https://www.rfc-editor.org/rfc/rfc8301#section-3.2");
pub(crate) const RFC_9989: Reference = page("RFC 9989 section 4.4", "https://www.rfc-editor.org/rfc/rfc9989#section-4.4");
pub(crate) const ANTI_PHISH: Reference = page(
    "Microsoft: Anti-phishing policies",
    "https://learn.microsoft.com/en-us/defender-office-365/anti-phishing-policies-about",
);
pub(crate) const SET_ANTI_PHISH: Reference = page(
    "Microsoft: Set-AntiPhishPolicy",
    "https://learn.microsoft.com/en-us/powershell/module/exchangepowershell/set-antiphishpolicy",
);
pub(crate) const SPOOF: Reference = page(
    "Microsoft: Spoof intelligence",
    "https://learn.microsoft.com/en-us/defender-office-365/anti-spoofing-spoof-intelligence",
);
pub(crate) const RECOMMENDED: Reference = page(
    "Microsoft: Recommended settings",
    "https://learn.microsoft.com/en-us/defender-office-365/recommended-settings-for-eop-and-office365",
);
pub(crate) const RULES: Reference = page(
    "Microsoft: Mail flow rules",
    "https://learn.microsoft.com/en-us/exchange/security-and-compliance/mail-flow-rules/mail-flow-rules",
);
pub(crate) const RULE_SCL: Reference = page(
    "Microsoft: Mail flow rules that set the spam confidence level",
    "https://learn.microsoft.com/en-us/exchange/security-and-compliance/mail-flow-rules/use-rules-to-set-scl",
);
pub(crate) const SAFE_SENDERS: Reference = page(
    "Microsoft: Lists of safe senders",
    "https://learn.microsoft.com/en-us/defender-office-365/create-safe-sender-lists-in-office-365",
);
pub(crate) const AUTHENTICATION: Reference =
    page("Microsoft: E-mail authentication", "https://learn.microsoft.com/en-us/defender-office-365/email-authentication-about");
pub(crate) const DIRECT_SEND: Reference = page(
    "Microsoft: More control over Direct Send",
    "https://techcommunity.microsoft.com/blog/exchange/introducing-more-control-over-direct-send-in-exchange-online/4408790",
);
pub(crate) const CONNECTORS: Reference = page(
    "Microsoft: Connectors for secure mail flow",
    "https://learn.microsoft.com/en-us/exchange/mail-flow-best-practices/use-connectors-to-configure-mail-flow/set-up-connectors-for-secure-mail-flow-with-a-partner",
);
pub(crate) const ENHANCED_FILTERING: Reference = page(
    "Microsoft: Enhanced Filtering for Connectors",
    "https://learn.microsoft.com/en-us/exchange/mail-flow-best-practices/use-connectors-to-configure-mail-flow/enhanced-filtering-for-connectors",
);
pub(crate) const GATEWAY: Reference = page(
    "Microsoft: Mail flow with another cloud service",
    "https://learn.microsoft.com/en-us/exchange/mail-flow-best-practices/manage-mail-flow-using-third-party-cloud",
);
pub(crate) const ARC: Reference = page(
    "Microsoft: Trusted ARC sealers",
    "https://learn.microsoft.com/en-us/defender-office-365/email-authentication-arc-configure",
);
pub(crate) const AUDIT: Reference =
    page("Microsoft: Turn auditing on or off", "https://learn.microsoft.com/en-us/purview/audit-log-enable-disable");
pub(crate) const MAILBOX_AUDIT: Reference =
    page("Microsoft: Mailbox auditing", "https://learn.microsoft.com/en-us/purview/audit-mailboxes");
pub(crate) const ACCEPTED_DOMAINS: Reference = page(
    "Microsoft: Accepted domains",
    "https://learn.microsoft.com/en-us/exchange/mail-flow-best-practices/manage-accepted-domains/manage-accepted-domains",
);
pub(crate) const ADD_DOMAIN: Reference =
    page("Microsoft: Add a domain", "https://learn.microsoft.com/en-us/microsoft-365/admin/setup/add-domain");
pub(crate) const APP_ONLY: Reference = page(
    "Microsoft: App-only authentication",
    "https://learn.microsoft.com/en-us/powershell/exchange/app-only-auth-powershell-v2",
);
pub(crate) const SCUBA_EXO: Reference = page(
    "CISA: SCuBA baseline for Exchange Online",
    "https://github.com/cisagov/ScubaGear/blob/main/PowerShell/ScubaGear/baselines/exo.md",
);
pub(crate) const SCUBA_SUITE: Reference = page(
    "CISA: SCuBA baseline for the security suite",
    "https://github.com/cisagov/ScubaGear/blob/main/PowerShell/ScubaGear/baselines/securitysuite.md",
);
pub(crate) const SECURE_BY_DEFAULT: Reference =
    page("Microsoft: Secure by default", "https://learn.microsoft.com/en-us/defender-office-365/secure-by-default");
pub(crate) const SMTP_AUTH: Reference = page(
    "Microsoft: SMTP AUTH",
    "https://learn.microsoft.com/en-us/exchange/clients-and-mobile-in-exchange-online/authenticated-client-smtp-submission",
);
pub(crate) const FORWARDING: Reference = page(
    "Microsoft: External forwarding",
    "https://learn.microsoft.com/en-us/defender-office-365/outbound-spam-policies-external-email-forwarding",
);
