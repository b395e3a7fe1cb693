//! The TXT records at the domain itself, and what its DKIM names answer that nobody has made.

use mailauth::spf::record::{Mechanism, Qualifier, Record, TermKind, is_spf};

use super::{Asking, Texts};

/// A selector that nobody has made: only a wildcard answers for it.
const MADE_UP: &str = "made-up-by-spoofwatch";

/// What stands at the domain itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Apex {
    /// Its TXT records.
    pub texts: Texts,
    /// TXT records at a DKIM selector that nobody has made: those of a wildcard.
    pub any_key: Texts,
}

impl Apex {
    pub(super) async fn collect(asking: &Asking<'_>) -> Self {
        let (domain, resolver) = (asking.domain, asking.resolver());
        let name = format!("{MADE_UP}._domainkey.{domain}");
        let (texts, any_key) = futures::join!(Texts::at(resolver, domain), Texts::at(resolver, &name));
        Self { texts, any_key }
    }

    /// The SPF records of the domain; one is right.
    #[must_use]
    pub fn spf(&self) -> Vec<Record> {
        self.texts.bytes().filter(|text| is_spf(text)).map(|text| Record::parse(&String::from_utf8_lossy(text)).record).collect()
    }

    /// What SPF says of everybody who is not named: the qualifier of `all`. `None` without one record that ends so.
    #[must_use]
    pub fn spf_of_others(&self) -> Option<Qualifier> {
        let records = self.spf();
        let [record] = records.as_slice() else { return None };
        record.terms.iter().find_map(|term| match &term.kind {
            TermKind::Directive(qualifier, Mechanism::All) => Some(*qualifier),
            _ => None,
        })
    }

    /// Whether SPF lets nobody send: `-all` and nothing before it.
    #[must_use]
    pub fn nobody_sends(&self) -> bool {
        let records = self.spf();
        let [record] = records.as_slice() else { return false };
        matches!(record.terms.first().map(|term| &term.kind), Some(TermKind::Directive(Qualifier::Fail, Mechanism::All)))
    }

    /// Whether every DKIM key that nobody has made is said to be revoked: an empty `p=` (RFC 6376 section 3.6.1).
    #[must_use]
    pub fn keys_are_revoked(&self) -> bool {
        let revoked = |text: &str| {
            text.split(';').any(|tag| tag.split_once('=').is_some_and(|(name, key)| name.trim() == "p" && key.trim().is_empty()))
        };
        self.any_key.words().any(|text| revoked(&text))
    }
}
