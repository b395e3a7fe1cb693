//! The tenant that most tests begin with, and how things are that nobody changed.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::json;

use super::{Dkim, Scenario};
use crate::app::App;
use crate::identifier::guid;
use crate::tenant::{Object, object};

/// The application of [`Scenario::contoso`].
pub const CLIENT_ID: &str = "6f1f3f0a-9a3b-4a61-8c58-2f1d8a5e7c01";
/// Its secret.
pub const CLIENT_SECRET: &str = "stand-in~secret.not.a.real.one";

impl Scenario {
    /// A small tenant with the faults that real ones have.
    ///
    /// - `contoso.onmicrosoft.com`, the first domain.
    /// - `contoso.com`, the default one, sends; DKIM is on, its first selector has a key of 1024 bits, its second one of 2048. The first signs.
    /// - `fabrikam.com` does not send; it has a configuration of DKIM that is off, and no CNAME records.
    /// - Direct Send is not rejected; the rule "Bypass spam filter for partner" sets the spam confidence to -1 for a sender's domain;
    ///   the ARC sealer `legacy-gateway.example` is trusted; the connector "From partner" takes mail of a partner by its address.
    /// - An application ([`CLIENT_ID`], [`CLIENT_SECRET`]) with every permission.
    pub fn contoso() -> Self {
        let until = DateTime::<Utc>::MAX_UTC;
        Self::empty("contoso.onmicrosoft.com")
            .domain("contoso.com")
            .default_domain("contoso.com")
            .dkim("contoso.com", Dkim::signing(1024, 2048))
            .domain("fabrikam.com")
            .dkim("fabrikam.com", Dkim::signing(1024, 1024).off().unpublished())
            .organization("RejectDirectSend", json!(false))
            .transport_rule(
                "Bypass spam filter for partner",
                true,
                json!({ "SenderDomainIs": ["partner.example"], "SetSCL": -1, "StopRuleProcessing": true }),
            )
            .arc_sealers(&["legacy-gateway.example"])
            .inbound_connector(
                "From partner",
                json!({
                    "ConnectorType": "Partner",
                    "SenderDomains": ["smtp:partner.example;1"],
                    "SenderIPAddresses": ["198.51.100.0/24"],
                    "RestrictDomainsToIPAddresses": true,
                    "RequireTls": true,
                }),
            )
            .app(App::new(CLIENT_ID).with_everything().secret(CLIENT_SECRET, until))
    }
}

impl Scenario {
    /// The same tenant with nothing to find fault with.
    ///
    /// - DKIM of `contoso.com` is on, both keys have 2048 bits, the last rotation was 30 days ago; `fabrikam.com` signs, too.
    /// - Direct Send is rejected; no rule bypasses the filter; the rule "DMARC oreject to quarantine" is the first; no ARC sealer is trusted.
    /// - The policy against phishing has everything on that concerns spoofing.
    pub fn hardened() -> Self {
        let until = DateTime::<Utc>::MAX_UTC;
        let month = Duration::from_secs(30 * 24 * 3600);
        Self::empty("contoso.onmicrosoft.com")
            .domain("contoso.com")
            .default_domain("contoso.com")
            .dkim("contoso.com", Dkim::signing(2048, 2048).rotated(month))
            .domain("fabrikam.com")
            .dkim("fabrikam.com", Dkim::signing(2048, 2048).rotated(month))
            .auto_forwarding(false)
            .organization("RejectDirectSend", json!(true))
            .anti_phish("EnableFirstContactSafetyTips", json!(true))
            .anti_phish("EnableMailboxIntelligenceProtection", json!(true))
            .anti_phish("EnableOrganizationDomainsProtection", json!(true))
            .anti_phish("MailboxIntelligenceProtectionAction", json!("Quarantine"))
            .anti_phish("AuthenticationFailAction", json!("Quarantine"))
            .anti_phish("PhishThresholdLevel", json!(3))
            .transport_rule(
                "DMARC oreject to quarantine",
                true,
                json!({
                    "HeaderContainsMessageHeader": "Authentication-Results",
                    "HeaderContainsWords": ["dmarc=fail action=oreject"],
                    "Quarantine": true,
                    "StopRuleProcessing": true,
                }),
            )
            .app(App::new(CLIENT_ID).with_everything().secret(CLIENT_SECRET, until))
    }
}

pub(super) fn organization(initial_domain: &str) -> Object {
    object(json!({
        "Name": initial_domain,
        "Identity": initial_domain,
        "Guid": guid(&format!("organization {initial_domain}")),
        "DisplayName": initial_domain.split('.').next().unwrap_or_default(),
        "RejectDirectSend": false,
        "AuditDisabled": false,
        "OAuth2ClientProfileEnabled": true,
        "SmtpActionableMessagesEnabled": true,
        "MailTipsExternalRecipientsTipsEnabled": false,
        "CustomerLockBoxEnabled": false,
        "IsValid": true,
        "WhenCreatedUTC": "2020-01-07T09:12:31.0000000Z",
    }))
}

pub(super) fn audit() -> Object {
    object(json!({
        "AdminAuditLogEnabled": true,
        "LogLevel": "None",
        "TestCmdletLoggingEnabled": false,
        "AdminAuditLogCmdlets": ["*"],
        "AdminAuditLogParameters": ["*"],
        "AdminAuditLogAgeLimit": "90.00:00:00",
        "UnifiedAuditLogIngestionEnabled": true,
        "UnifiedAuditLogFirstOptInDate": null,
        "AdminDisplayName": "",
        "Name": "Admin Audit Log Settings",
        "Identity": "Admin Audit Log Settings",
        "IsValid": true,
    }))
}

/// The policy that every tenant has.
pub(super) fn anti_phish() -> Object {
    object(json!({
        "Name": "Office365 AntiPhish Default",
        "Identity": "Office365 AntiPhish Default",
        "Guid": guid("Office365 AntiPhish Default"),
        "Enabled": true,
        "IsDefault": true,
        "ImpersonationProtectionState": "Manual",
        "EnableTargetedUserProtection": false,
        "EnableMailboxIntelligenceProtection": false,
        "EnableTargetedDomainsProtection": false,
        "EnableOrganizationDomainsProtection": false,
        "EnableMailboxIntelligence": true,
        "EnableFirstContactSafetyTips": false,
        "EnableSimilarUsersSafetyTips": false,
        "EnableSimilarDomainsSafetyTips": false,
        "EnableUnusualCharactersSafetyTips": false,
        "TargetedUserProtectionAction": "NoAction",
        "TargetedDomainProtectionAction": "NoAction",
        "MailboxIntelligenceProtectionAction": "NoAction",
        "EnableSpoofIntelligence": true,
        "EnableViaTag": true,
        "EnableUnauthenticatedSender": true,
        "HonorDmarcPolicy": true,
        "AuthenticationFailAction": "MoveToJmf",
        "DmarcQuarantineAction": "Quarantine",
        "DmarcRejectAction": "Reject",
        "PhishThresholdLevel": 1,
        "TargetedUsersToProtect": [],
        "TargetedDomainsToProtect": [],
        "ExcludedDomains": [],
        "ExcludedSenders": [],
        "AdminDisplayName": "",
        "IsValid": true,
    }))
}

pub(super) fn content_filter() -> Object {
    object(json!({
        "Name": "Default",
        "Identity": "Default",
        "Guid": guid("HostedContentFilterPolicy Default"),
        "IsDefault": true,
        "SpamAction": "MoveToJmf",
        "HighConfidenceSpamAction": "MoveToJmf",
        "PhishSpamAction": "MoveToJmf",
        "HighConfidencePhishAction": "Quarantine",
        "BulkSpamAction": "MoveToJmf",
        "BulkThreshold": 7,
        "AllowedSenders": [],
        "AllowedSenderDomains": [],
        "BlockedSenders": [],
        "BlockedSenderDomains": [],
        "SpamZapEnabled": true,
        "PhishZapEnabled": true,
        "IsValid": true,
    }))
}

pub(super) fn connection_filter() -> Object {
    object(json!({
        "Name": "Default",
        "Identity": "Default",
        "Guid": guid("HostedConnectionFilterPolicy Default"),
        "IsDefault": true,
        "AdminDisplayName": "",
        "IPAllowList": [],
        "IPBlockList": [],
        "EnableSafeList": false,
        "DirectoryBasedEdgeBlockMode": "Default",
        "IsValid": true,
    }))
}

pub(super) fn transport() -> Object {
    object(json!({
        "Name": "Transport Settings",
        "Identity": "Transport Settings",
        "SmtpClientAuthenticationDisabled": true,
        "AllowLegacyTLSClients": null,
        "ClearCategories": true,
        "ConvertDisclaimerWrapperToEml": false,
        "Rfc2231EncodingEnabled": false,
        "IsValid": true,
    }))
}

pub(super) fn remote_domain() -> Object {
    object(json!({
        "Name": "Default",
        "Identity": "Default",
        "Guid": guid("RemoteDomain Default"),
        "DomainName": "*",
        "IsInternal": false,
        "AllowedOOFType": "External",
        "AutoReplyEnabled": true,
        "AutoForwardEnabled": true,
        "DeliveryReportEnabled": true,
        "NDREnabled": true,
        "TNEFEnabled": null,
        "TrustedMailInboundEnabled": false,
        "TrustedMailOutboundEnabled": false,
        "IsValid": true,
    }))
}

pub(super) fn connector(name: &str) -> Object {
    object(json!({
        "Name": name,
        "Identity": name,
        "Guid": guid(&format!("connector {name}")),
        "Enabled": true,
        "ConnectorType": "OnPremises",
        "ConnectorSource": "Default",
        "Comment": "",
        "SenderIPAddresses": [],
        "SenderDomains": ["smtp:*;1"],
        "TrustedOrganizations": [],
        "AssociatedAcceptedDomains": [],
        "RequireTls": false,
        "RestrictDomainsToIPAddresses": false,
        "RestrictDomainsToCertificate": false,
        "CloudServicesMailEnabled": false,
        "TreatMessagesAsInternal": false,
        "TlsSenderCertificateName": null,
        "EFTestMode": false,
        "ScanAndDropRecipients": [],
        "EFSkipLastIP": false,
        "EFSkipIPs": [],
        "EFSkipMailGateway": [],
        "EFUsers": [],
        "IsValid": true,
    }))
}
