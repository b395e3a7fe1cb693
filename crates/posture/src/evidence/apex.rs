//! The TXT records at the domain itself.

use mailauth::spf::record::{Mechanism, Qualifier, Record, TermKind, is_spf};

use super::{Asking, Texts};

/// What stands at the domain itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Apex {
    /// Its TXT records.
    pub texts: Texts,
}

impl Apex {
    pub(super) async fn collect(asking: &Asking<'_>) -> Self {
        Self { texts: Texts::at(asking.resolver(), asking.domain).await }
    }

    /// The SPF records of the domain; one is right.
    #[must_use]
    pub fn spf(&self) -> Vec<Record> {
        self.texts.bytes().filter(|text| is_spf(text)).map(|text| Record::parse(&String::from_utf8_lossy(text)).record).collect()
    }

    /// Whether SPF lets nobody send: `-all` and nothing before it.
    #[must_use]
    pub fn nobody_sends(&self) -> bool {
        let records = self.spf();
        let [record] = records.as_slice() else { return false };
        matches!(record.terms.first().map(|term| &term.kind), Some(TermKind::Directive(Qualifier::Fail, Mechanism::All)))
    }
}
