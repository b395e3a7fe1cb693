//! A check: its declaration is its reference page, its function looks at evidence.
//!
//! Domains and tenants are checked alike; what is looked at differs ([`Subject`]).

use std::fmt;

use crate::{Finding, Reference, Severity, TenantEvidence, evidence::DomainEvidence};

/// What checks of a kind look at.
pub trait Subject: fmt::Debug + Clone + Copy + 'static {
    /// The evidence.
    type Evidence<'a>;
}

/// Domains: what the DNS, and pages over HTTPS, say of each.
#[derive(Debug, Clone, Copy)]
pub struct Domains;

/// Tenants of Microsoft 365: what each is configured with.
#[derive(Debug, Clone, Copy)]
pub struct Tenants;

impl Subject for Domains {
    type Evidence<'a> = DomainEvidence;
}

impl Subject for Tenants {
    type Evidence<'a> = TenantEvidence<'a>;
}

/// A check of a domain: a file of [`checks`](crate::checks), told in `docs/reference/checks.md`.
pub type Check = Declared<Domains>;

/// A check of a tenant: a file of [`tenant_checks`](crate::tenant_checks), told in `docs/reference/tenant-checks.md`.
pub type TenantCheck = Declared<Tenants>;

/// A check as it is declared.
#[derive(Debug, Clone, Copy)]
pub struct Declared<S: Subject> {
    /// Stable, with dashes: the name of its file.
    pub id: &'static str,
    /// How much its findings matter, where they do not say otherwise.
    pub severity: Severity,
    /// What is wrong, in a few words.
    pub title: &'static str,
    /// What that means, for people who do not know the standards.
    pub meaning: &'static str,
    /// What an attacker could do, or what goes wrong.
    pub risk: &'static str,
    /// What to do.
    pub advice: &'static str,
    /// Where it is written.
    pub references: &'static [Reference],
    /// Identifiers of CISA's SCuBA baseline, such as `MS.EXO.4.1v1`.
    pub baseline: &'static [&'static str],
    /// Looks at the evidence.
    pub run: for<'a> fn(&Self, &S::Evidence<'a>, &mut Vec<Finding>),
}

impl<S: Subject> Declared<S> {
    /// A finding of this check, to be filled further.
    #[must_use]
    pub fn found(&self, subject: &str) -> Finding {
        Finding {
            check: self.id,
            subject: subject.to_owned(),
            severity: self.severity,
            title: self.title.to_owned(),
            meaning: self.meaning.to_owned(),
            risk: self.risk.to_owned(),
            advice: self.advice.to_owned(),
            facts: Vec::new(),
            publish: Vec::new(),
            commands: Vec::new(),
            references: self.references.to_vec(),
            baseline: self.baseline.to_vec(),
        }
    }
}
