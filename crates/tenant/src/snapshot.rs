//! What a tenant is configured with, as its interfaces name it. Fields keep Microsoft's names; what is missing is `None` or empty, so that
//! a part nobody may read, or a newer service that leaves a field out, is not taken for a setting.

use serde::{Deserialize, Serialize};
use serde_json::Value;

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
    /// `Get-TransportRule`.
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
}

impl<T> Default for Part<T> {
    fn default() -> Self {
        Self::Failed("it was not asked for".to_owned())
    }
}

/// How mail of a domain is signed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DkimSigningConfig {
    pub domain: String,
    pub enabled: bool,
    /// `Valid`, `CnameMissing`, `NoDKIMKeys` ...
    pub status: String,
    #[serde(rename = "Selector1CNAME")]
    pub selector1_cname: String,
    #[serde(rename = "Selector2CNAME")]
    pub selector2_cname: String,
    pub selector1_key_size: Option<u32>,
    pub selector2_key_size: Option<u32>,
    pub selector1_public_key: String,
    pub selector2_public_key: String,
    pub key_creation_time: Option<String>,
    pub last_checked: Option<String>,
    pub rotate_on_date: Option<String>,
    pub selector_before_rotate_on_date: String,
    pub selector_after_rotate_on_date: String,
    pub body_canonicalization: String,
    pub header_canonicalization: String,
    pub algorithm: String,
    pub is_default: bool,
}

/// A domain that the tenant takes mail for.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AcceptedDomain {
    pub domain_name: String,
    /// `Authoritative`, `InternalRelay`, `ExternalRelay`.
    pub domain_type: String,
    pub default: bool,
    pub initial_domain: bool,
    pub sending_from_domain_disabled: bool,
}

/// How spoofed senders are treated.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AntiPhishPolicy {
    pub name: String,
    pub identity: String,
    pub enabled: bool,
    pub is_default: bool,
    pub enable_spoof_intelligence: Option<bool>,
    pub honor_dmarc_policy: Option<bool>,
    /// `MoveToJmf` or `Quarantine`.
    pub authentication_fail_action: String,
    pub dmarc_quarantine_action: String,
    pub dmarc_reject_action: String,
    pub enable_unauthenticated_sender: Option<bool>,
    pub enable_via_tag: Option<bool>,
    pub enable_first_contact_safety_tips: Option<bool>,
    pub enable_mailbox_intelligence: Option<bool>,
    pub enable_mailbox_intelligence_protection: Option<bool>,
    pub enable_organization_domains_protection: Option<bool>,
    pub phish_threshold_level: Option<u32>,
}

/// A mail-flow rule. Conditions that are not named here are in `other`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct TransportRule {
    pub name: String,
    pub identity: String,
    pub guid: String,
    /// `Enabled` or `Disabled`.
    pub state: String,
    /// `Enforce`, `Audit`, `AuditAndNotify`.
    pub mode: String,
    pub priority: Option<u32>,
    #[serde(rename = "SetSCL")]
    pub set_scl: Option<Value>,
    pub set_header_name: Option<String>,
    pub set_header_value: Option<String>,
    pub header_contains_message_header: Option<String>,
    pub header_contains_words: Option<Vec<String>>,
    pub quarantine: bool,
    pub stop_rule_processing: bool,
    pub when_changed: Option<String>,
    /// Everything else it says.
    #[serde(flatten)]
    pub other: serde_json::Map<String, Value>,
}

/// Settings of the whole organisation.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct OrganizationConfig {
    pub name: String,
    pub reject_direct_send: Option<bool>,
    pub audit_disabled: Option<bool>,
}

/// A way by which others' servers send to the tenant.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct InboundConnector {
    pub name: String,
    pub identity: String,
    pub enabled: bool,
    /// `Partner` or `OnPremises`.
    pub connector_type: String,
    pub sender_domains: Vec<String>,
    #[serde(rename = "SenderIPAddresses")]
    pub sender_ip_addresses: Vec<String>,
    #[serde(rename = "RestrictDomainsToIPAddresses")]
    pub restrict_domains_to_ip_addresses: bool,
    pub restrict_domains_to_certificate: bool,
    pub require_tls: bool,
    pub tls_sender_certificate_name: Option<String>,
    pub treat_messages_as_internal: bool,
    pub cloud_services_mail_enabled: bool,
    #[serde(rename = "EFSkipIPs")]
    pub ef_skip_ips: Vec<String>,
    #[serde(rename = "EFSkipLastIP")]
    pub ef_skip_last_ip: bool,
}

/// Whose ARC seals are believed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct ArcConfig {
    pub identity: String,
    /// Names with commas between them, or nothing.
    pub arc_trusted_sealers: Value,
}

/// Whether what administrators do is recorded.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AdminAuditLogConfig {
    pub unified_audit_log_ingestion_enabled: Option<bool>,
    pub admin_audit_log_enabled: Option<bool>,
}

/// A domain as Graph knows it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GraphDomain {
    pub id: String,
    pub is_default: bool,
    pub is_initial: bool,
    pub is_verified: bool,
    pub supported_services: Vec<String>,
}
