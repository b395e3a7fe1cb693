//! What a tenant is configured with, as its interfaces name it. Fields keep Microsoft's names; what is missing is `None` or empty, so that
//! a part nobody may read, or a newer service that leaves a field out, is not taken for a setting.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::lenient;

/// What was read, part by part: the objects, or why that part could not be read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The tenant's id or initial domain, as configured.
    pub tenant: String,
    /// `Get-DkimSigningConfig`.
    pub dkim: Part<Vec<DkimSigningConfig>>,
    /// `Get-AcceptedDomain`.
    pub accepted_domains: Part<Vec<AcceptedDomain>>,
    /// `Get-AntiPhishPolicy`.
    pub anti_phish: Part<Vec<AntiPhishPolicy>>,
    /// `Get-TransportRule`, first to last.
    pub transport_rules: Part<Vec<TransportRule>>,
    /// `Get-OrganizationConfig`.
    pub organization: Part<OrganizationConfig>,
    /// `Get-InboundConnector`.
    pub inbound_connectors: Part<Vec<InboundConnector>>,
    /// `Get-ArcConfig`.
    pub arc: Part<ArcConfig>,
    /// `Get-AdminAuditLogConfig`.
    pub audit: Part<AdminAuditLogConfig>,
    /// Graph's `/domains`.
    pub domains: Part<Vec<GraphDomain>>,
}

impl Snapshot {
    /// The tenant's first domain, `<name>.onmicrosoft.com`.
    #[must_use]
    pub fn initial_domain(&self) -> Option<&str> {
        let accepted = self.accepted_domains.read().into_iter().flatten();
        let of_exchange = accepted.filter(|domain| domain.initial_domain).map(|domain| domain.domain_name.as_str());
        let of_graph =
            self.domains.read().into_iter().flatten().filter(|domain| domain.is_initial).map(|domain| domain.id.as_str());
        of_exchange.chain(of_graph).next()
    }
}

/// A part of a tenant's configuration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part<T> {
    /// It was read.
    Read(T),
    /// It could not be read, for this reason.
    Failed(String),
}

impl<T> Part<T> {
    /// What was read.
    pub const fn read(&self) -> Option<&T> {
        match self {
            Self::Read(found) => Some(found),
            Self::Failed(_) => None,
        }
    }

    /// Why it could not be read.
    pub fn failed(&self) -> Option<&str> {
        match self {
            Self::Read(_) => None,
            Self::Failed(why) => Some(why),
        }
    }
}

impl<T> Default for Part<T> {
    fn default() -> Self {
        Self::Failed("it was not asked for".to_owned())
    }
}

/// How mail of a domain is signed (`Get-DkimSigningConfig`).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DkimSigningConfig {
    /// The domain.
    pub domain: String,
    /// Whether mail is signed in its name. Otherwise it is signed in the initial domain's, which DMARC does not accept.
    #[serde(deserialize_with = "lenient::flag")]
    pub enabled: bool,
    /// `Valid`, `CnameMissing`, `NoDKIMKeys` ...
    pub status: String,
    /// Where `selector1._domainkey` of the domain must point. Microsoft assigns it; it cannot be computed.
    #[serde(rename = "Selector1CNAME")]
    pub selector1_cname: String,
    /// Where `selector2._domainkey` of the domain must point.
    #[serde(rename = "Selector2CNAME")]
    pub selector2_cname: String,
    /// Bits of the first selector's key.
    #[serde(deserialize_with = "lenient::some_number")]
    pub selector1_key_size: Option<u32>,
    /// Bits of the second selector's key.
    #[serde(deserialize_with = "lenient::some_number")]
    pub selector2_key_size: Option<u32>,
    /// The record with the first selector's public key.
    pub selector1_public_key: String,
    /// The record with the second selector's public key.
    pub selector2_public_key: String,
    /// When the newer key was made (ISO 8601).
    pub key_creation_time: Option<String>,
    /// When Microsoft last looked for the records (ISO 8601).
    pub last_checked: Option<String>,
    /// When the last rotation takes or took effect (ISO 8601): 96 hours after it began.
    pub rotate_on_date: Option<String>,
    /// The selector that signs before that: `selector1` or `selector2`.
    pub selector_before_rotate_on_date: String,
    /// The selector that signs from then on.
    pub selector_after_rotate_on_date: String,
    /// `Relaxed` or `Simple` (RFC 6376 section 3.4).
    pub body_canonicalization: String,
    /// `Relaxed` or `Simple`.
    pub header_canonicalization: String,
    /// `RsaSHA256`.
    pub algorithm: String,
    /// Whether it is the one of a domain that has none of its own.
    #[serde(deserialize_with = "lenient::flag")]
    pub is_default: bool,
}

/// A domain that the tenant takes mail for (`Get-AcceptedDomain`).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AcceptedDomain {
    /// The domain.
    pub domain_name: String,
    /// `Authoritative`, `InternalRelay`, `ExternalRelay`.
    pub domain_type: String,
    /// Whether new mailboxes get addresses in it.
    #[serde(deserialize_with = "lenient::flag")]
    pub default: bool,
    /// Whether it is the tenant's `NAME.onmicrosoft.com`.
    #[serde(deserialize_with = "lenient::flag")]
    pub initial_domain: bool,
    /// Whether nobody may send from it.
    #[serde(deserialize_with = "lenient::flag")]
    pub sending_from_domain_disabled: bool,
}

/// How spoofed senders are treated (`Get-AntiPhishPolicy`).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AntiPhishPolicy {
    /// The policy's name.
    pub name: String,
    /// By which cmdlets find it.
    pub identity: String,
    /// Whether it applies.
    #[serde(deserialize_with = "lenient::flag")]
    pub enabled: bool,
    /// Whether it is the one for everybody whom no other is for.
    #[serde(deserialize_with = "lenient::flag")]
    pub is_default: bool,
    /// Whether spoofing is looked for at all.
    #[serde(deserialize_with = "lenient::some_flag")]
    pub enable_spoof_intelligence: Option<bool>,
    /// Whether the sender's DMARC policy decides about mail that fails it.
    #[serde(deserialize_with = "lenient::some_flag")]
    pub honor_dmarc_policy: Option<bool>,
    /// What becomes of spoofed mail: `MoveToJmf` or `Quarantine`.
    pub authentication_fail_action: String,
    /// What becomes of mail that fails DMARC with `p=quarantine`: `MoveToJmf` or `Quarantine`.
    pub dmarc_quarantine_action: String,
    /// What becomes of mail that fails DMARC with `p=reject`: `Quarantine` or `Reject`.
    pub dmarc_reject_action: String,
    /// Whether a question mark stands in place of the photo of a sender who is not authenticated.
    #[serde(deserialize_with = "lenient::some_flag")]
    pub enable_unauthenticated_sender: Option<bool>,
    /// Whether "via" tells a sender's other domain.
    #[serde(deserialize_with = "lenient::some_flag")]
    pub enable_via_tag: Option<bool>,
    /// Whether the first message from somebody says so.
    #[serde(deserialize_with = "lenient::some_flag")]
    pub enable_first_contact_safety_tips: Option<bool>,
    /// Whether it learns whom people write with.
    #[serde(deserialize_with = "lenient::some_flag")]
    pub enable_mailbox_intelligence: Option<bool>,
    /// Whether it acts on what it learned so.
    #[serde(deserialize_with = "lenient::some_flag")]
    pub enable_mailbox_intelligence_protection: Option<bool>,
    /// Whether look-alikes of own domains are looked for.
    #[serde(deserialize_with = "lenient::some_flag")]
    pub enable_organization_domains_protection: Option<bool>,
    /// From 1 (standard) to 4 (most aggressive).
    #[serde(deserialize_with = "lenient::some_number")]
    pub phish_threshold_level: Option<u32>,
}

/// A mail-flow rule (`Get-TransportRule`). Conditions that are not named here are in `other`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct TransportRule {
    /// The rule's name.
    pub name: String,
    /// By which cmdlets find it.
    pub identity: String,
    /// Its id, which stays when the name changes.
    pub guid: String,
    /// `Enabled` or `Disabled`.
    pub state: String,
    /// `Enforce`, `Audit`, `AuditAndNotify`.
    pub mode: String,
    /// Its place; 0 is first.
    #[serde(deserialize_with = "lenient::some_number")]
    pub priority: Option<u32>,
    /// The spam confidence level it sets: a number, or its digits; -1 lets mail pass unfiltered.
    #[serde(rename = "SetSCL")]
    pub set_scl: Option<Value>,
    /// The header it sets.
    pub set_header_name: Option<String>,
    /// What it sets that to.
    pub set_header_value: Option<String>,
    /// The header that it looks for words in.
    pub header_contains_message_header: Option<String>,
    /// Those words or phrases.
    #[serde(deserialize_with = "lenient::some_texts")]
    pub header_contains_words: Option<Vec<String>>,
    /// Whether it puts mail into quarantine.
    #[serde(deserialize_with = "lenient::flag")]
    pub quarantine: bool,
    /// Whether later rules are left out.
    #[serde(deserialize_with = "lenient::flag")]
    pub stop_rule_processing: bool,
    /// When it was last changed (ISO 8601).
    pub when_changed: Option<String>,
    /// Everything else it says; what is null is left out.
    #[serde(flatten)]
    pub other: serde_json::Map<String, Value>,
}

/// Settings of the whole organisation (`Get-OrganizationConfig`).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct OrganizationConfig {
    /// The organisation's name: its initial domain.
    pub name: String,
    /// Whether anonymous mail in the name of own domains is declined.
    #[serde(deserialize_with = "lenient::some_flag")]
    pub reject_direct_send: Option<bool>,
    /// Whether auditing of mailboxes is off for everybody.
    #[serde(deserialize_with = "lenient::some_flag")]
    pub audit_disabled: Option<bool>,
}

/// A way by which others' servers send to the tenant (`Get-InboundConnector`).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct InboundConnector {
    /// The connector's name.
    pub name: String,
    /// By which cmdlets find it.
    pub identity: String,
    /// Whether it applies.
    #[serde(deserialize_with = "lenient::flag")]
    pub enabled: bool,
    /// `Partner` or `OnPremises`.
    pub connector_type: String,
    /// The senders' domains it is for, such as `smtp:*;1`.
    #[serde(deserialize_with = "lenient::texts")]
    pub sender_domains: Vec<String>,
    /// The addresses it is for.
    #[serde(rename = "SenderIPAddresses", deserialize_with = "lenient::texts")]
    pub sender_ip_addresses: Vec<String>,
    /// Whether mail of these domains from other addresses is declined.
    #[serde(rename = "RestrictDomainsToIPAddresses", deserialize_with = "lenient::flag")]
    pub restrict_domains_to_ip_addresses: bool,
    /// Whether mail of these domains with another certificate is declined.
    #[serde(deserialize_with = "lenient::flag")]
    pub restrict_domains_to_certificate: bool,
    /// Whether TLS is demanded.
    #[serde(deserialize_with = "lenient::flag")]
    pub require_tls: bool,
    /// The name that the sender's certificate must have.
    pub tls_sender_certificate_name: Option<String>,
    /// Whether its mail counts as sent inside the organisation.
    #[serde(deserialize_with = "lenient::flag")]
    pub treat_messages_as_internal: bool,
    /// Whether headers of Exchange that it brings are believed.
    #[serde(deserialize_with = "lenient::flag")]
    pub cloud_services_mail_enabled: bool,
    /// The addresses that Enhanced Filtering looks behind.
    #[serde(rename = "EFSkipIPs", deserialize_with = "lenient::texts")]
    pub ef_skip_ips: Vec<String>,
    /// Whether Enhanced Filtering looks behind the last address.
    #[serde(rename = "EFSkipLastIP", deserialize_with = "lenient::flag")]
    pub ef_skip_last_ip: bool,
}

/// Whose ARC seals are believed (`Get-ArcConfig`).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ArcConfig {
    /// By which cmdlets find it.
    pub identity: String,
    /// Names with commas between them, a list of them, or nothing. [`ArcConfig::sealers`] reads it.
    pub arc_trusted_sealers: Value,
}

impl ArcConfig {
    /// The domains whose seals are believed, in lower case.
    #[must_use]
    pub fn sealers(&self) -> Vec<String> {
        let texts: Vec<&str> = match &self.arc_trusted_sealers {
            Value::String(text) => vec![text],
            Value::Array(values) => values.iter().filter_map(Value::as_str).collect(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => Vec::new(),
        };
        let names = texts.iter().flat_map(|text| text.split([',', ';', ' '])).map(str::trim).filter(|name| !name.is_empty());
        names.map(str::to_ascii_lowercase).collect()
    }
}

/// Whether what administrators do is recorded (`Get-AdminAuditLogConfig`).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AdminAuditLogConfig {
    /// Whether the unified audit log is written.
    #[serde(deserialize_with = "lenient::some_flag")]
    pub unified_audit_log_ingestion_enabled: Option<bool>,
    /// Whether cmdlets of administrators are recorded.
    #[serde(deserialize_with = "lenient::some_flag")]
    pub admin_audit_log_enabled: Option<bool>,
}

/// A domain as Graph knows it (`/domains`).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GraphDomain {
    /// The domain.
    pub id: String,
    /// Whether new users get addresses in it.
    #[serde(deserialize_with = "lenient::flag")]
    pub is_default: bool,
    /// Whether it is the tenant's `NAME.onmicrosoft.com`.
    #[serde(deserialize_with = "lenient::flag")]
    pub is_initial: bool,
    /// Whether the tenant has proved that it is theirs.
    #[serde(deserialize_with = "lenient::flag")]
    pub is_verified: bool,
    /// What it is used for, such as `Email`.
    #[serde(deserialize_with = "lenient::texts")]
    pub supported_services: Vec<String>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_snapshot_survives_being_kept() {
        let snapshot = Snapshot {
            tenant: "contoso.onmicrosoft.com".to_owned(),
            dkim: Part::Read(vec![DkimSigningConfig { domain: "contoso.com".to_owned(), ..DkimSigningConfig::default() }]),
            transport_rules: Part::Read(vec![TransportRule { priority: Some(0), ..TransportRule::default() }]),
            arc: Part::Read(ArcConfig::default()),
            ..Snapshot::default()
        };
        let text = serde_json::to_string(&snapshot).unwrap();
        assert_eq!(serde_json::from_str::<Snapshot>(&text).unwrap(), snapshot);
        assert_eq!(snapshot.domains.failed(), Some("it was not asked for"));
    }

    #[test]
    fn sealers_are_read_in_each_form() {
        let sealers = |value: Value| ArcConfig { arc_trusted_sealers: value, ..ArcConfig::default() }.sealers();
        assert_eq!(sealers(json!("Lists.example, fabrikam.example")), ["lists.example", "fabrikam.example"]);
        assert_eq!(sealers(json!(["lists.example"])), ["lists.example"]);
        assert!(sealers(json!(" ")).is_empty() && sealers(Value::Null).is_empty());
    }
}
