//! A Microsoft 365 tenant as checks look at it: what is known of it, and what several checks have in common. The checks themselves
//! are files of `tenant_checks`. Start with [`TenantEvidence`].

pub(crate) mod pages;
pub(crate) mod policies;
pub(crate) mod rules;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tenant::{AcceptedDomain, DkimSigningConfig, Snapshot};

use crate::{
    Finding,
    evidence::{DomainEvidence, Purpose, Texts},
    tenant_checks,
};

/// All that is known of a tenant.
#[derive(Debug, Clone)]
pub struct TenantEvidence<'a> {
    /// What it is configured with.
    pub snapshot: &'a Snapshot,
    /// What the DNS says of its domains, by their names in lower case. A domain that is missing here was not looked up.
    pub dns: BTreeMap<String, DomainFacts>,
    /// The ARC sealers that the user trusts knowingly; `None` where nobody said.
    pub sealers: Option<&'a [String]>,
    /// When DKIM keys were last rotated, as far as we know it ourselves: by domain in lower case, microseconds since 1970 in UTC.
    pub rotations: BTreeMap<String, i64>,
    /// The moment the check stands for: microseconds since 1970 in UTC.
    pub now: i64,
}

/// The little of a domain's DNS that checks of a tenant need.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DomainFacts {
    /// Whether the domain sends mail, as the user says; `None` where nobody said.
    pub sends: Option<bool>,
    /// Hosts that take its mail, in lower case without the dot at the end; `None` where that could not be learned.
    pub mx: Option<Vec<String>>,
    /// Its SPF record; an empty text where it has none, `None` where that could not be learned.
    pub spf: Option<String>,
    /// The DMARC record at its own name; likewise.
    pub dmarc: Option<String>,
}

impl DomainFacts {
    /// Those of a domain that was looked at.
    #[must_use]
    pub fn of(evidence: &DomainEvidence) -> Self {
        let first = |texts: &Texts, is_meant: fn(&[u8]) -> bool| -> Option<String> {
            let mut records = texts.bytes().filter(|text| is_meant(text)).map(|text| String::from_utf8_lossy(text).into_owned());
            (!texts.is_unknown()).then(|| records.next().unwrap_or_default())
        };
        let hosts = || evidence.mx.hosts().map(|mx| mx.host.to_ascii_lowercase()).collect();
        Self {
            sends: match evidence.deduced().purpose {
                Purpose::Sending => Some(true),
                Purpose::NonSending => Some(false),
                Purpose::Unknown => None,
            },
            mx: (!evidence.mx.is_unknown()).then(hosts),
            spf: first(&evidence.apex.texts, mailauth::spf::record::is_spf),
            dmarc: first(&evidence.dmarc.own, mailauth::dmarc::record::is_policy),
        }
    }
}

/// What every check finds, what matters most first.
#[must_use]
pub fn run(evidence: &TenantEvidence<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for check in tenant_checks::ALL {
        (check.run)(check, evidence, &mut found);
    }
    found.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.check.cmp(b.check)).then_with(|| a.subject.cmp(&b.subject)));
    found
}

impl<'a> TenantEvidence<'a> {
    /// Domains that the tenant takes mail for; none where they could not be read.
    pub(crate) fn accepted(&self) -> impl Iterator<Item = &'a AcceptedDomain> {
        self.snapshot.accepted_domains.read().into_iter().flatten()
    }

    /// Accepted domains of the user's own, without Microsoft's.
    pub(crate) fn own(&self) -> impl Iterator<Item = &'a AcceptedDomain> {
        self.accepted().filter(|domain| !is_microsofts(&domain.domain_name))
    }

    /// Whether the tenant sends mail of a domain, as far as anybody said.
    pub(crate) fn sends(&self, domain: &AcceptedDomain) -> bool {
        let said = self.facts(&domain.domain_name).and_then(|facts| facts.sends);
        !domain.sending_from_domain_disabled && said != Some(false)
    }

    /// What the DNS says of a domain.
    pub(crate) fn facts(&self, domain: &str) -> Option<&DomainFacts> {
        self.dns.get(&domain.to_ascii_lowercase())
    }

    /// How mail of a domain is signed.
    pub(crate) fn signing(&self, domain: &str) -> Option<&'a DkimSigningConfig> {
        self.snapshot.dkim.read()?.iter().find(|config| config.domain.eq_ignore_ascii_case(domain))
    }

    /// The tenant's first domain, `<name>.onmicrosoft.com`.
    pub(crate) fn initial(&self) -> Option<&'a str> {
        let of_exchange = self.accepted().find(|domain| domain.initial_domain).map(|domain| domain.domain_name.as_str());
        let of_graph = || self.snapshot.domains.read()?.iter().find(|domain| domain.is_initial).map(|domain| domain.id.as_str());
        of_exchange.or_else(of_graph)
    }

    /// A name for the tenant as a whole.
    pub(crate) fn tenant(&self) -> &'a str {
        self.initial().unwrap_or(&self.snapshot.tenant)
    }

    /// Own domains whose mail comes to other hosts than Microsoft's first, with one such host.
    pub(crate) fn behind_a_gateway(&self) -> impl Iterator<Item = (&'a str, &str)> {
        self.own().filter_map(|domain| {
            let hosts = self.facts(&domain.domain_name)?.mx.as_ref()?;
            let other = hosts.iter().find(|host| !host.is_empty() && !is_microsofts_mx(host))?;
            Some((domain.domain_name.as_str(), other.as_str()))
        })
    }
}

/// Whether a domain is one that Microsoft gives to tenants.
pub(crate) fn is_microsofts(domain: &str) -> bool {
    // The domain above them all has no dot before it.
    tenant::dkim_rotation::is_initial(&format!(".{domain}"))
}

/// Whether a host is one by which Exchange Online takes mail from the world: the old names, and those of domains with DNSSEC.
fn is_microsofts_mx(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    host.ends_with(".mail.protection.outlook.com") || host.ends_with(".mx.microsoft")
}

/// What an object is called to cmdlets: by its identity, or its name where it has no other.
pub(crate) fn called<'a>(identity: &'a str, name: &'a str) -> &'a str {
    if identity.is_empty() { name } else { identity }
}

/// A setting as it is shown.
pub(crate) fn shown(setting: Option<bool>) -> &'static str {
    match setting {
        Some(true) => "on",
        Some(false) => "off",
        None => "not said",
    }
}

#[cfg(test)]
mod tests {
    use super::{is_microsofts, is_microsofts_mx};

    #[test]
    fn microsofts_names_are_known() {
        assert!(is_microsofts("Contoso.onmicrosoft.com") && is_microsofts("contoso.mail.onmicrosoft.com"));
        assert!(!is_microsofts("contoso.com") && !is_microsofts("notonmicrosoft.com"));
        assert!(is_microsofts_mx("contoso-com.mail.protection.outlook.com."));
        assert!(is_microsofts_mx("contoso-com.n-v1.mx.microsoft"));
        assert!(!is_microsofts_mx("mx.gateway.example"));
    }
}
