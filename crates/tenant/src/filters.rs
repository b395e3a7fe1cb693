//! What lets mail past the filters, or out of the tenant: policies against spam, lists of addresses, settings of transport, domains of others.
//! Fields keep Microsoft's names, as in [`snapshot`](crate::Snapshot).

use serde::{Deserialize, Serialize};

use crate::lenient;

/// A policy against spam (`Get-HostedContentFilterPolicy`).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct HostedContentFilterPolicy {
    /// The policy's name.
    pub name: String,
    /// By which cmdlets find it.
    pub identity: String,
    /// Whether it is for everybody whom no other policy covers.
    #[serde(deserialize_with = "lenient::flag")]
    pub is_default: bool,
    /// Domains whose mail is not filtered.
    #[serde(deserialize_with = "lenient::texts")]
    pub allowed_sender_domains: Vec<String>,
    /// Senders whose mail is not filtered.
    #[serde(deserialize_with = "lenient::texts")]
    pub allowed_senders: Vec<String>,
    /// What is done with spam: `MoveToJmf`, `Quarantine`, `AddXHeader`, `ModifySubject`, `NoAction` ...
    pub spam_action: String,
    /// With what is surely spam.
    pub high_confidence_spam_action: String,
    /// With phishing.
    pub phish_spam_action: String,
    /// With what is surely phishing.
    pub high_confidence_phish_action: String,
}

/// Which addresses may connect (`Get-HostedConnectionFilterPolicy`).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct HostedConnectionFilterPolicy {
    /// The policy's name.
    pub name: String,
    /// By which cmdlets find it.
    pub identity: String,
    /// Addresses whose mail is not filtered.
    #[serde(rename = "IPAllowList", deserialize_with = "lenient::texts")]
    pub ip_allow_list: Vec<String>,
    /// Whether addresses that Microsoft thinks well of are let through.
    #[serde(deserialize_with = "lenient::some_flag")]
    pub enable_safe_list: Option<bool>,
}

/// Settings of transport (`Get-TransportConfig`).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct TransportConfig {
    /// Whether nobody may sign in to send by SMTP, mailboxes of their own say apart.
    #[serde(deserialize_with = "lenient::some_flag")]
    pub smtp_client_authentication_disabled: Option<bool>,
}

/// How mail to a domain of others is treated (`Get-RemoteDomain`).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct RemoteDomain {
    /// The name of the setting.
    pub name: String,
    /// By which cmdlets find it.
    pub identity: String,
    /// The domain; `*` is every one that has no setting of its own.
    pub domain_name: String,
    /// Whether mail is forwarded there automatically.
    #[serde(deserialize_with = "lenient::some_flag")]
    pub auto_forward_enabled: Option<bool>,
}
