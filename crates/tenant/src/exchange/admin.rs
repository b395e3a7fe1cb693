//! What is asked of Exchange Online, by name: one trait, so that something else than HTTP (a PowerShell bridge) can stand in its place.

use async_trait::async_trait;
use serde_json::{Map, Value, json};

use crate::{
    error::Error,
    filters::{HostedConnectionFilterPolicy, HostedContentFilterPolicy, RemoteDomain, TransportConfig},
    http::Effect,
    lenient::{object, objects},
    snapshot::{
        AcceptedDomain, AdminAuditLogConfig, AntiPhishPolicy, ArcConfig, DkimSigningConfig, InboundConnector, OrganizationConfig,
        TransportRule,
    },
};

/// Bits of every key that is asked for: RFC 8301 section 3.2 says that signers should use no fewer, and the service offers no more.
const KEY_SIZE: u32 = 2048;

/// A cmdlet with its parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct Cmdlet {
    /// Its name, such as `Get-DkimSigningConfig`.
    pub name: String,
    /// Its parameters, without the dash.
    pub parameters: Map<String, Value>,
}

impl Cmdlet {
    /// A cmdlet without parameters.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), parameters: Map::new() }
    }

    /// The same with a parameter more.
    #[must_use]
    pub fn with(mut self, parameter: &str, value: impl Into<Value>) -> Self {
        self.parameters.insert(parameter.to_owned(), value.into());
        self
    }

    /// The same with all these parameters more.
    #[must_use]
    pub fn with_all(mut self, parameters: &Map<String, Value>) -> Self {
        self.parameters.extend(parameters.iter().map(|(name, value)| (name.clone(), value.clone())));
        self
    }

    /// What it does: by PowerShell's rule for verbs, `Get-` and `Test-` change nothing.
    #[must_use]
    pub fn effect(&self) -> Effect {
        let verb = self.name.split('-').next().unwrap_or_default();
        if verb.eq_ignore_ascii_case("get") || verb.eq_ignore_ascii_case("test") { Effect::Reads } else { Effect::Changes }
    }
}

/// What a cmdlet gave.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Output {
    /// Its objects, of all pages.
    pub values: Vec<Value>,
    /// What it warned of, a line each.
    pub warnings: Vec<String>,
}

/// A mail-flow rule to be made.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewTransportRule {
    /// Its name, by which people and this program find it again.
    pub name: String,
    /// The header that is looked at.
    pub header: String,
    /// The words or phrases, one of which the header must have.
    pub words: Vec<String>,
    /// Whether the message goes to quarantine.
    pub quarantine: bool,
    /// Its place; 0 is first.
    pub priority: u32,
    /// Whether later rules are left out.
    pub stop_rule_processing: bool,
    /// `Enforce`, `Audit` or `AuditAndNotify`.
    pub mode: String,
    /// Senders it does not apply to: `InOrganization`, or nothing.
    pub except_if_from_scope: Option<String>,
    /// What people read beside it.
    pub comments: String,
}

impl NewTransportRule {
    /// The cmdlet that makes it.
    #[must_use]
    pub fn cmdlet(&self) -> Cmdlet {
        let mut cmdlet = Cmdlet::new("New-TransportRule")
            .with("Name", self.name.as_str())
            .with("HeaderContainsMessageHeader", self.header.as_str())
            .with("HeaderContainsWords", json!(self.words))
            .with("Quarantine", self.quarantine)
            .with("Priority", self.priority)
            .with("StopRuleProcessing", self.stop_rule_processing)
            .with("Mode", self.mode.as_str())
            .with("Enabled", true);
        if let Some(scope) = &self.except_if_from_scope {
            cmdlet = cmdlet.with("ExceptIfFromScope", scope.as_str());
        }
        if !self.comments.is_empty() {
            cmdlet = cmdlet.with("Comments", self.comments.as_str());
        }
        cmdlet.with("Confirm", false)
    }
}

/// Who administers Exchange Online. All but [`Admin::invoke`] follows from it.
///
/// Every method fails with what [`Admin::invoke`] fails with: [`Error::Refused`], [`Error::NotFound`] and the like when the service declines,
/// [`Error::Unknown`] when a change was sent and no answer came. Nothing that changes something is done twice.
#[async_trait]
pub trait Admin: Send + Sync {
    /// Runs a cmdlet.
    async fn invoke(&self, cmdlet: Cmdlet) -> Result<Output, Error>;

    /// How mail is signed, for each domain that has a configuration.
    async fn get_dkim(&self) -> Result<Vec<DkimSigningConfig>, Error> {
        read(self, "Get-DkimSigningConfig").await
    }

    /// How mail of a domain is signed.
    async fn get_dkim_of(&self, domain: &str) -> Result<DkimSigningConfig, Error> {
        one(self, Cmdlet::new("Get-DkimSigningConfig").with("Identity", domain)).await
    }

    /// Signs mail of a domain from now on.
    async fn enable_dkim(&self, domain: &str) -> Result<Output, Error> {
        let cmdlet = Cmdlet::new("Set-DkimSigningConfig").with("Identity", domain);
        self.invoke(cmdlet.with("Enabled", true).with("Confirm", false)).await
    }

    /// Signs mail of a domain in its own name no more.
    async fn disable_dkim(&self, domain: &str) -> Result<Output, Error> {
        let cmdlet = Cmdlet::new("Set-DkimSigningConfig").with("Identity", domain);
        self.invoke(cmdlet.with("Enabled", false).with("Confirm", false)).await
    }

    /// Makes the configuration of a domain that has none, with keys of 2048 bits (without a word they would have 1024), and signs if `enabled`.
    async fn new_dkim(&self, domain: &str, enabled: bool) -> Result<Output, Error> {
        let cmdlet = Cmdlet::new("New-DkimSigningConfig").with("DomainName", domain).with("KeySize", KEY_SIZE);
        self.invoke(cmdlet.with("Enabled", enabled).with("Confirm", false)).await
    }

    /// Makes a new key of 2048 bits for the selector that does not sign now; it signs 96 hours later.
    async fn rotate_dkim(&self, domain: &str) -> Result<Output, Error> {
        let cmdlet = Cmdlet::new("Rotate-DkimSigningConfig").with("Identity", domain).with("KeySize", KEY_SIZE);
        self.invoke(cmdlet.with("Confirm", false)).await
    }

    /// The domains that mail is taken for.
    async fn accepted_domains(&self) -> Result<Vec<AcceptedDomain>, Error> {
        read(self, "Get-AcceptedDomain").await
    }

    /// How spoofed senders are treated.
    async fn anti_phish(&self) -> Result<Vec<AntiPhishPolicy>, Error> {
        read(self, "Get-AntiPhishPolicy").await
    }

    /// Changes an anti-phish policy.
    async fn set_anti_phish(&self, identity: &str, parameters: &Map<String, Value>) -> Result<Output, Error> {
        change(self, "Set-AntiPhishPolicy", identity, parameters).await
    }

    /// The mail-flow rules, first to last.
    async fn transport_rules(&self) -> Result<Vec<TransportRule>, Error> {
        let output = self.invoke(Cmdlet::new("Get-TransportRule").with("ResultSize", "Unlimited")).await?;
        let mut rules: Vec<TransportRule> = objects("Get-TransportRule", output.values)?;
        rules.sort_by_key(|rule| rule.priority.unwrap_or(u32::MAX));
        Ok(rules)
    }

    /// A mail-flow rule, by its name or id.
    async fn transport_rule(&self, identity: &str) -> Result<TransportRule, Error> {
        one(self, Cmdlet::new("Get-TransportRule").with("Identity", identity)).await
    }

    /// Makes a mail-flow rule.
    async fn new_transport_rule(&self, rule: &NewTransportRule) -> Result<Output, Error> {
        self.invoke(rule.cmdlet()).await
    }

    /// Changes a mail-flow rule.
    async fn set_transport_rule(&self, identity: &str, parameters: &Map<String, Value>) -> Result<Output, Error> {
        change(self, "Set-TransportRule", identity, parameters).await
    }

    /// Switches a mail-flow rule on.
    async fn enable_transport_rule(&self, identity: &str) -> Result<Output, Error> {
        change(self, "Enable-TransportRule", identity, &Map::new()).await
    }

    /// Switches a mail-flow rule off.
    async fn disable_transport_rule(&self, identity: &str) -> Result<Output, Error> {
        change(self, "Disable-TransportRule", identity, &Map::new()).await
    }

    /// Removes a mail-flow rule.
    async fn remove_transport_rule(&self, identity: &str) -> Result<Output, Error> {
        change(self, "Remove-TransportRule", identity, &Map::new()).await
    }

    /// Settings of the whole organisation.
    async fn organization_config(&self) -> Result<OrganizationConfig, Error> {
        one(self, Cmdlet::new("Get-OrganizationConfig")).await
    }

    /// Whether anonymous mail in the name of own domains is declined (`550 5.7.68`).
    async fn set_reject_direct_send(&self, reject: bool) -> Result<Output, Error> {
        self.invoke(Cmdlet::new("Set-OrganizationConfig").with("RejectDirectSend", reject).with("Confirm", false)).await
    }

    /// The ways by which others' servers send to the tenant.
    async fn inbound_connectors(&self) -> Result<Vec<InboundConnector>, Error> {
        read(self, "Get-InboundConnector").await
    }

    /// Whose ARC seals are believed.
    async fn arc_config(&self) -> Result<ArcConfig, Error> {
        one(self, Cmdlet::new("Get-ArcConfig")).await
    }

    /// Whether what administrators do is recorded.
    async fn audit_config(&self) -> Result<AdminAuditLogConfig, Error> {
        one(self, Cmdlet::new("Get-AdminAuditLogConfig")).await
    }

    /// The policies against spam.
    async fn content_filters(&self) -> Result<Vec<HostedContentFilterPolicy>, Error> {
        read(self, "Get-HostedContentFilterPolicy").await
    }

    /// Which addresses may connect.
    async fn connection_filters(&self) -> Result<Vec<HostedConnectionFilterPolicy>, Error> {
        read(self, "Get-HostedConnectionFilterPolicy").await
    }

    /// Settings of transport.
    async fn transport_config(&self) -> Result<TransportConfig, Error> {
        one(self, Cmdlet::new("Get-TransportConfig")).await
    }

    /// How mail to domains of others is treated.
    async fn remote_domains(&self) -> Result<Vec<RemoteDomain>, Error> {
        read(self, "Get-RemoteDomain").await
    }
}

/// The objects that a cmdlet without parameters gives.
async fn read<A: Admin + ?Sized, T: serde::de::DeserializeOwned>(admin: &A, name: &str) -> Result<Vec<T>, Error> {
    objects(name, admin.invoke(Cmdlet::new(name)).await?.values)
}

/// The object that a cmdlet gives, of which there is one.
async fn one<A: Admin + ?Sized, T: serde::de::DeserializeOwned>(admin: &A, cmdlet: Cmdlet) -> Result<T, Error> {
    let name = cmdlet.name.clone();
    let first = admin.invoke(cmdlet).await?.values.into_iter().next();
    object(&name, first.ok_or_else(|| Error::NotFound { what: name.clone(), reason: "the answer is empty".to_owned() })?)
}

async fn change<A: Admin + ?Sized>(
    admin: &A,
    name: &str,
    identity: &str,
    parameters: &Map<String, Value>,
) -> Result<Output, Error> {
    admin.invoke(Cmdlet::new(name).with("Identity", identity).with_all(parameters).with("Confirm", false)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_say_what_a_cmdlet_does() {
        assert_eq!(Cmdlet::new("Get-TransportRule").effect(), Effect::Reads);
        for name in ["Set-TransportRule", "Rotate-DkimSigningConfig", "New-TransportRule", "Getaway", ""] {
            assert_eq!(Cmdlet::new(name).effect(), Effect::Changes, "{name}");
        }
    }

    #[test]
    fn the_oreject_rule_is_what_the_guide_says() {
        let rule = NewTransportRule {
            name: "DMARC oreject to quarantine".to_owned(),
            header: "Authentication-Results".to_owned(),
            words: vec!["dmarc=fail action=oreject".to_owned()],
            quarantine: true,
            priority: 0,
            stop_rule_processing: true,
            mode: "Enforce".to_owned(),
            except_if_from_scope: None,
            comments: String::new(),
        };
        let expected = json!({
            "Name": "DMARC oreject to quarantine", "HeaderContainsMessageHeader": "Authentication-Results",
            "HeaderContainsWords": ["dmarc=fail action=oreject"], "Quarantine": true, "Priority": 0, "StopRuleProcessing": true,
            "Mode": "Enforce", "Enabled": true, "Confirm": false,
        });
        assert_eq!(Value::Object(rule.cmdlet().parameters), expected);
    }
}
