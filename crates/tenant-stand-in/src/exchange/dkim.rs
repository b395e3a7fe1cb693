//! `Get-`, `New-`, `Set-`, `Rotate-`, `Remove-DkimSigningConfig`: how mail of a domain is signed, and the change of keys that takes four days.
//!
//! Authority: <https://learn.microsoft.com/defender-office-365/email-authentication-dkim-configure>. Of the two selectors one signs. A rotation makes a
//! new key for the other, which signs from RotateOnDate on, 96 hours later.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use super::cmdlet::Outcome;
use super::error::{Kind, Refusal};
use super::parameters::Bound;
use crate::clock::{exchange, shifted};
use crate::key;
use crate::tenant::{Object, Tenant, object};

/// How long after a rotation the new key begins to sign.
pub(crate) const ROTATION: TimeDelta = TimeDelta::hours(96);
/// The length of keys of a domain that nobody asked another for.
const DEFAULT_BITS: u32 = 1024;

/// How mail of a domain is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Signing {
    pub(crate) domain: String,
    pub(crate) is_enabled: bool,
    /// True for the tenant's first domain, whose records Microsoft publishes.
    pub(crate) is_initial: bool,
    pub(crate) display_name: String,
    pub(crate) body: String,
    pub(crate) header: String,
    pub(crate) keys: [Key; 2],
    pub(crate) created: DateTime<Utc>,
    /// When the other selector begins, or began, to sign.
    pub(crate) rotates: DateTime<Utc>,
    /// The selector that signs before that moment: 0 or 1. The other signs after it.
    pub(crate) before: usize,
}

/// A selector's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    /// Where the CNAME record of the customer has to lead.
    pub(crate) cname: String,
    /// The length of the key.
    pub(crate) bits: u32,
    /// How many keys this selector has had before.
    pub(crate) generation: u32,
}

impl Signing {
    /// The selector that signs at a moment: 0 or 1.
    pub(crate) fn active(&self, now: DateTime<Utc>) -> usize {
        if now < self.rotates { self.before } else { 1 - self.before }
    }

    /// The selector's TXT record.
    pub(crate) fn public_key(&self, selector: usize) -> String {
        let (generation, bits) = self.keys.get(selector).map_or((0, DEFAULT_BITS), |key| (key.generation, key.bits));
        key::record(&format!("{} {selector} {generation}", self.domain), bits)
    }

    fn cname(&self, selector: usize) -> &str {
        self.keys.get(selector).map_or("", |key| key.cname.as_str())
    }

    /// True when both selectors' names lead where they should.
    fn is_published(&self, tenant: &Tenant) -> bool {
        self.is_initial || (0..2).all(|selector| tenant.leads_to(&self.host(selector), self.cname(selector)))
    }

    /// The name of the CNAME record in the customer's zone.
    fn host(&self, selector: usize) -> String {
        format!("selector{}._domainkey.{}", selector + 1, self.domain)
    }

    fn row(&self, tenant: &Tenant) -> Object {
        let bits = |selector: usize| self.keys.get(selector).map_or(DEFAULT_BITS, |key| key.bits);
        let name = |selector: usize| format!("selector{}", selector + 1);
        object(json!({
            "Domain": self.domain,
            "AdminDisplayName": self.display_name,
            "Selector1KeySize": bits(0),
            "Selector1CNAME": self.cname(0),
            "Selector1PublicKey": self.public_key(0),
            "Selector2KeySize": bits(1),
            "Selector2CNAME": self.cname(1),
            "Selector2PublicKey": self.public_key(1),
            "Enabled": self.is_enabled,
            "IsDefault": self.is_initial,
            "HeaderCanonicalization": self.header,
            "BodyCanonicalization": self.body,
            "Algorithm": "RsaSHA256",
            "NumberOfBytesToSign": "All",
            "IncludeSignatureCreationTime": true,
            "IncludeKeyExpiration": false,
            "KeyCreationTime": exchange(self.created),
            "LastChecked": exchange(self.created),
            "RotateOnDate": exchange(self.rotates),
            "SelectorBeforeRotateOnDate": name(self.before),
            "SelectorAfterRotateOnDate": name(1 - self.before),
            "Status": if self.is_published(tenant) { "Valid" } else { "CnameMissing" },
            "Identity": self.domain,
            "Id": self.domain,
            "IsValid": true,
            "ExchangeVersion": "0.20 (15.0.0.0)",
            "Name": self.domain,
        }))
    }
}

/// Where the CNAME records of a domain lead that was added now.
pub(crate) fn targets(domain: &str, initial_domain: &str) -> [String; 2] {
    let prefix = initial_domain.split('.').next().unwrap_or_default();
    let dashed = domain.replace('.', "-");
    // Microsoft gives each domain a letter, so that nobody can compute the name.
    let digit = crate::identifier::hex(domain).bytes().next().unwrap_or(b'0');
    let letter = char::from(b'a' + digit % 26);
    [1, 2].map(|selector| format!("selector{selector}-{dashed}._domainkey.{prefix}.{letter}-v1.dkim.mail.microsoft"))
}

/// Where they lead for domains that were added before May 2025, and the names of the initial domain's own records.
pub(crate) fn old_targets(domain: &str, initial_domain: &str) -> [String; 2] {
    let dashed = domain.replace('.', "-");
    [1, 2].map(|selector| format!("selector{selector}-{dashed}._domainkey.{initial_domain}"))
}

fn find<'a>(tenant: &'a mut Tenant, bound: &Bound) -> Result<&'a mut Signing, Refusal> {
    let identity = bound.text("Identity").unwrap_or_default();
    let found = tenant.signing.iter_mut().find(|one| one.domain.eq_ignore_ascii_case(identity));
    found.ok_or_else(|| Refusal::not_found(identity))
}

fn size(bound: &Bound) -> Result<Option<u32>, Refusal> {
    match bound.number("KeySize") {
        None => Ok(None),
        Some(1024) => Ok(Some(1024)),
        Some(2048) => Ok(Some(2048)),
        Some(other) => Err(Refusal::validation(format!("The key size {other} isn't valid. Valid values are 1024 and 2048."))),
    }
}

pub(crate) fn get(tenant: &mut Tenant, bound: &Bound, _: DateTime<Utc>) -> Result<Outcome, Refusal> {
    let Some(_) = bound.text("Identity") else {
        return Ok(Outcome::rows(tenant.signing.iter().map(|one| one.row(tenant)).collect()));
    };
    let found = find(tenant, bound)?.clone();
    Ok(Outcome::rows(vec![found.row(tenant)]))
}

pub(crate) fn new(tenant: &mut Tenant, bound: &Bound, now: DateTime<Utc>) -> Result<Outcome, Refusal> {
    let domain = bound.text("DomainName").unwrap_or_default().to_ascii_lowercase();
    if !tenant.accepts(&domain) {
        return Err(Refusal::validation(format!("The domain '{domain}' isn't an accepted domain of this organization.")));
    }
    if tenant.signing.iter().any(|one| one.domain == domain) {
        return Err(Refusal::new(Kind::Exists, format!("A DKIM signing configuration for '{domain}' already exists.")));
    }
    let bits = size(bound)?.unwrap_or(DEFAULT_BITS);
    let is_initial = domain.eq_ignore_ascii_case(&tenant.initial_domain);
    let names = if is_initial { old_targets(&domain, &domain) } else { targets(&domain, &tenant.initial_domain) };
    let mut made = Signing {
        is_enabled: bound.is("Enabled") == Some(true),
        is_initial,
        display_name: bound.text("AdminDisplayName").unwrap_or_default().to_owned(),
        body: bound.text("BodyCanonicalization").unwrap_or("Relaxed").to_owned(),
        header: bound.text("HeaderCanonicalization").unwrap_or("Relaxed").to_owned(),
        keys: names.map(|cname| Key { cname, bits, generation: 0 }),
        created: now,
        rotates: now,
        before: 1,
        domain,
    };
    let mut outcome = Outcome::changed(&made.domain);
    if made.is_enabled && !made.is_published(tenant) {
        made.is_enabled = false;
        outcome.warnings.push(format!(
            "The config was created but can't be enabled because the CNAME records aren't published. Please publish the following two CNAME records first, and then enable the config by using Set-DkimSigningConfig. Selector1CNAME: {} Selector2CNAME: {}",
            made.cname(0),
            made.cname(1)
        ));
    }
    outcome.rows.push(made.row(tenant));
    tenant.signing.push(made);
    Ok(outcome)
}

pub(crate) fn set(tenant: &mut Tenant, bound: &Bound, _: DateTime<Utc>) -> Result<Outcome, Refusal> {
    let found = find(tenant, bound)?.clone();
    if bound.is("Enabled") == Some(true) && !found.is_published(tenant) {
        return Err(not_published(&found));
    }
    let target = find(tenant, bound)?;
    if let Some(is_enabled) = bound.is("Enabled") {
        target.is_enabled = is_enabled;
    }
    let texts = [
        ("AdminDisplayName", &mut target.display_name),
        ("BodyCanonicalization", &mut target.body),
        ("HeaderCanonicalization", &mut target.header),
    ];
    for (name, setting) in texts {
        if let Some(given) = bound.text(name) {
            given.clone_into(setting);
        }
    }
    Ok(if *target == found { Outcome::unchanged(&found.domain) } else { Outcome::changed(&found.domain) })
}

fn not_published(signing: &Signing) -> Refusal {
    let record = |selector: usize| {
        format!("Host Name : selector{}._domainkey Points to address or value: {}", selector + 1, signing.cname(selector))
    };
    Refusal::validation(format!(
        "CNAME record does not exist for this config. Please publish the following two CNAME records first. Domain Name : {} {} {} . If you have already published the CNAME records, sync will take a few minutes to as many as 4 days based on your specific DNS. Return and retry this step later.",
        signing.domain,
        record(0),
        record(1)
    ))
}

pub(crate) fn rotate(tenant: &mut Tenant, bound: &Bound, now: DateTime<Utc>) -> Result<Outcome, Refusal> {
    let bits = size(bound)?;
    let found = find(tenant, bound)?;
    let domain = found.domain.clone();
    if !found.is_enabled {
        return Err(Refusal::validation(format!(
            "DKIM keys of '{domain}' can't be rotated because DKIM signing isn't enabled for this domain."
        )));
    }
    if now < found.rotates {
        return Err(Refusal::validation(format!(
            "DKIM keys of '{domain}' can't be rotated because a rotation is in progress. It ends on {}.",
            exchange(found.rotates)
        )));
    }
    let active = found.active(now);
    if let Some(renewed) = found.keys.get_mut(1 - active) {
        renewed.generation += 1;
        renewed.bits = bits.unwrap_or(renewed.bits);
    }
    found.before = active;
    found.created = now;
    found.rotates = shifted(now, ROTATION);
    Ok(Outcome::changed(&domain))
}

pub(crate) fn remove(tenant: &mut Tenant, bound: &Bound, _: DateTime<Utc>) -> Result<Outcome, Refusal> {
    let domain = find(tenant, bound)?.domain.clone();
    tenant.signing.retain(|one| one.domain != domain);
    Ok(Outcome::changed(&domain))
}

#[cfg(test)]
mod tests;
