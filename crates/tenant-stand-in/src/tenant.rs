//! What the tenant is at a moment: what cmdlets read and change.
//!
//! Must not know HTTP. Start with [`Tenant`].

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::exchange::dkim::Signing;
use crate::exchange::transport_rule::Rule;

/// Settings by name, in the order in which they are written.
pub(crate) type Object = Map<String, Value>;

/// The state of a tenant.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tenant {
    /// The tenant's id, a GUID.
    pub(crate) id: String,
    /// Its first domain, below onmicrosoft.com.
    pub(crate) initial_domain: String,
    /// The domains as Graph tells of them.
    pub(crate) domains: Vec<Object>,
    /// The domains mail is taken for.
    pub(crate) accepted: Vec<Object>,
    /// How mail of domains is signed.
    pub(crate) signing: Vec<Signing>,
    /// The policies against phishing.
    pub(crate) anti_phish: Vec<Object>,
    /// The mail-flow rules, the first of priority 0.
    pub(crate) rules: Vec<Rule>,
    /// Settings of the whole organisation.
    pub(crate) organization: Object,
    /// The ways by which others' servers send.
    pub(crate) connectors: Vec<Object>,
    /// Whose ARC seals are believed.
    pub(crate) sealers: Vec<String>,
    /// Whether what administrators do is recorded.
    pub(crate) audit: Object,
    /// The policies against spam.
    pub(crate) content_filters: Vec<Object>,
    /// Which addresses may connect.
    pub(crate) connection_filters: Vec<Object>,
    /// Settings of transport.
    pub(crate) transport: Object,
    /// How mail to domains of others is treated.
    pub(crate) remote_domains: Vec<Object>,
    /// The CNAME records that customers published, by name in lower case.
    pub(crate) published: BTreeMap<String, String>,
    /// How many objects were made, so that each has an id of its own.
    pub(crate) made: u64,
}

impl Tenant {
    /// True when a name leads to a target in the DNS.
    pub(crate) fn leads_to(&self, name: &str, target: &str) -> bool {
        let found = self.published.get(&name.to_ascii_lowercase());
        found.is_some_and(|found| found.trim_end_matches('.').eq_ignore_ascii_case(target.trim_end_matches('.')))
    }

    /// A fresh id for an object.
    pub(crate) fn fresh(&mut self, kind: &str) -> String {
        self.made += 1;
        crate::identifier::guid(&format!("{} {kind} {}", self.id, self.made))
    }

    /// True for the tenant's id and for the names of its verified domains.
    pub(crate) fn is_named(&self, name: &str) -> bool {
        let is_verified = |domain: &Object| domain.get("isVerified") == Some(&Value::Bool(true));
        let mut domains = self.domains.iter().filter(|domain| is_verified(domain));
        self.id.eq_ignore_ascii_case(name)
            || domains.any(|domain| domain.get("id").and_then(Value::as_str).is_some_and(|id| id.eq_ignore_ascii_case(name)))
    }

    /// True when mail is taken for a domain.
    pub(crate) fn accepts(&self, domain: &str) -> bool {
        self.accepted.iter().any(|one| text(one, "DomainName").eq_ignore_ascii_case(domain))
    }
}

/// A member as text; empty when it is none.
pub(crate) fn text<'a>(object: &'a Object, name: &str) -> &'a str {
    object.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// An object of a literal.
pub(crate) fn object(literal: Value) -> Object {
    match literal {
        Value::Object(members) => members,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Object::new(),
    }
}
