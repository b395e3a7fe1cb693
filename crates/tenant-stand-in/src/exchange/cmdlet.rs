//! Which cmdlets there are, and what comes of one.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::error::Refusal;
use super::parameters::{Bound, bind};
use super::{accepted_domain, arc, dkim, settings, transport_rule};
use crate::tenant::{Object, Tenant};

/// What a cmdlet gave.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Outcome {
    /// The objects it writes out.
    pub(crate) rows: Vec<Object>,
    /// What it warns of.
    pub(crate) warnings: Vec<String>,
    /// The object that was acted upon, as the audit log names it.
    pub(crate) object: String,
}

impl Outcome {
    /// What a cmdlet gives that only reads.
    pub(crate) fn rows(rows: Vec<Object>) -> Self {
        Self { rows, ..Self::default() }
    }

    /// At most as many rows as `ResultSize` says, with a word when there are more.
    fn at_most(mut self, size: Option<&str>) -> Self {
        let Some(most) = size.and_then(|size| size.parse::<usize>().ok()) else { return self };
        if self.rows.len() > most {
            self.rows.truncate(most);
            self.warnings.push(MORE.to_owned());
        }
        self
    }

    /// What a cmdlet gives that changed something.
    pub(crate) fn changed(object: &str) -> Self {
        Self { object: object.to_owned(), ..Self::default() }
    }

    /// What a cmdlet gives that found everything as it was to be.
    pub(crate) fn unchanged(object: &str) -> Self {
        let warning = format!("The command completed successfully but no settings of '{object}' have been modified.");
        Self { warnings: vec![warning], ..Self::changed(object) }
    }
}

/// What is said when not everything is given.
pub(crate) const MORE: &str = "There are more results available than are currently displayed. To view them, increase the value for the ResultSize parameter.";

type Run = fn(&mut Tenant, &Bound, DateTime<Utc>) -> Result<Outcome, Refusal>;

/// The cmdlets, in the order of their names.
const CMDLETS: [(&str, Run); 31] = [
    ("Disable-TransportRule", transport_rule::disable),
    ("Enable-TransportRule", transport_rule::enable),
    ("Get-AcceptedDomain", accepted_domain::get),
    ("Get-AdminAuditLogConfig", settings::audit),
    ("Get-AntiPhishPolicy", settings::anti_phish),
    ("Get-ArcConfig", arc::get),
    ("Get-DkimSigningConfig", dkim::get),
    ("Get-HostedConnectionFilterPolicy", settings::connection_filter),
    ("Get-HostedContentFilterPolicy", settings::content_filter),
    ("Get-InboundConnector", settings::connectors),
    ("Get-OrganizationConfig", settings::organization),
    ("Get-RemoteDomain", settings::remote_domains),
    ("Get-TransportConfig", settings::transport),
    ("Get-TransportRule", transport_rule::get),
    ("New-DkimSigningConfig", dkim::new),
    ("New-TransportRule", transport_rule::new),
    ("Remove-DkimSigningConfig", dkim::remove),
    ("Remove-TransportRule", transport_rule::remove),
    ("Rotate-DkimSigningConfig", dkim::rotate),
    ("Set-AcceptedDomain", accepted_domain::set),
    ("Set-AdminAuditLogConfig", settings::set_audit),
    ("Set-AntiPhishPolicy", settings::set_anti_phish),
    ("Set-ArcConfig", arc::set),
    ("Set-DkimSigningConfig", dkim::set),
    ("Set-HostedConnectionFilterPolicy", settings::set_connection_filter),
    ("Set-HostedContentFilterPolicy", settings::set_content_filter),
    ("Set-InboundConnector", settings::set_connector),
    ("Set-OrganizationConfig", settings::set_organization),
    ("Set-RemoteDomain", settings::set_remote_domain),
    ("Set-TransportConfig", settings::set_transport),
    ("Set-TransportRule", transport_rule::set),
];

/// A cmdlet by its name in any case: its name as it is written, and what it does.
pub(crate) fn named(name: &str) -> Option<Cmdlet> {
    let (name, run) = CMDLETS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))?;
    Some(Cmdlet { name, run: *run })
}

/// A cmdlet.
#[derive(Clone, Copy)]
pub(crate) struct Cmdlet {
    /// Its name as it is written.
    pub(crate) name: &'static str,
    run: Run,
}

impl Cmdlet {
    /// True when it changes nothing.
    pub(crate) fn only_reads(self) -> bool {
        self.name.starts_with("Get-")
    }

    /// Runs it.
    pub(crate) fn run(self, tenant: &mut Tenant, given: &Object, now: DateTime<Utc>) -> Result<Outcome, Refusal> {
        let bound = bind(self.name, given)?;
        if !bound.only_asks() {
            let outcome = (self.run)(tenant, &bound, now)?;
            return Ok(if self.only_reads() { outcome.at_most(bound.text("ResultSize")) } else { outcome });
        }
        let mut imagined = tenant.clone();
        let mut outcome = (self.run)(&mut imagined, &bound, now)?;
        outcome.rows.clear();
        Ok(outcome)
    }
}

/// Those of some objects that an identity names; all without one.
pub(crate) fn chosen<'a>(objects: &'a [Object], names: &[&str], bound: &Bound) -> Result<Vec<&'a Object>, Refusal> {
    let Some(identity) = bound.text("Identity") else { return Ok(objects.iter().collect()) };
    let found: Vec<&Object> = objects.iter().filter(|one| is_named(one, names, identity)).collect();
    if found.is_empty() { Err(Refusal::not_found(identity)) } else { Ok(found) }
}

/// True when one of an object's names is this, in any case.
pub(crate) fn is_named(object: &Object, names: &[&str], identity: &str) -> bool {
    names.iter().any(|name| object.get(*name).and_then(Value::as_str).is_some_and(|text| text.eq_ignore_ascii_case(identity)))
}

#[cfg(test)]
mod tests {
    use super::CMDLETS;

    #[test]
    fn cmdlets_are_in_order() {
        assert!(CMDLETS.is_sorted_by_key(|(name, _)| *name));
    }
}
