//! What a domain is for, where the user has not said: what its records suggest; and whether it is there at all.

use mailauth::dns::Absent;

use super::{DomainEvidence, Purpose, dkim::Selector};
use crate::Finding;

/// What a domain is for, and what that was taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deduced {
    /// What it is for; [`Purpose::Unknown`] where nobody could say what it publishes.
    pub purpose: Purpose,
    /// What suggests it; `None` where the user has said so.
    pub because: Option<&'static str>,
}

impl DomainEvidence {
    /// What the domain is for: as the user says, or as its records suggest.
    #[must_use]
    pub fn deduced(&self) -> Deduced {
        let suggests = |purpose, because| Deduced { purpose, because: Some(because) };
        let takes_mail = self.mx.hosts().next().is_some();
        let spf = !self.apex.spf().is_empty();
        match self.purpose {
            given @ (Purpose::Sending | Purpose::NonSending) => Deduced { purpose: given, because: None },
            Purpose::Unknown if self.apex.nobody_sends() => suggests(Purpose::NonSending, "its SPF record lets nobody send"),
            Purpose::Unknown if spf => suggests(Purpose::Sending, "its SPF record names who sends for it"),
            Purpose::Unknown if takes_mail => suggests(Purpose::Sending, "it takes mail, and what takes mail mostly sends some"),
            Purpose::Unknown if self.mx.is_unknown() || self.apex.texts.is_unknown() => {
                suggests(Purpose::Unknown, "nobody could say what it publishes")
            }
            Purpose::Unknown if self.dkim.existing().any(Selector::is_usable) => {
                suggests(Purpose::Sending, "it has keys that messages are signed with")
            }
            Purpose::Unknown if self.mx.is_null() => suggests(Purpose::NonSending, "it says that it takes no mail"),
            Purpose::Unknown => suggests(Purpose::NonSending, "it has no mail exchanger and no SPF record"),
        }
    }

    /// Whether the DNS knows no such name: by every question about it, since some servers deny a name and have something below it.
    #[must_use]
    pub fn does_not_exist(&self) -> bool {
        let denied = |absent: Option<&Absent>| absent == Some(&Absent::NoSuchName);
        denied(self.apex.texts.found.as_ref().err())
            && denied(self.mx.records.as_ref().err())
            && denied(self.mx.own_addresses.as_ref().err())
            && denied(self.dmarc.own.found.as_ref().err())
    }

    /// Whether it sends no mail, as the user says or its records suggest.
    #[must_use]
    pub fn sends_nothing(&self) -> bool {
        self.deduced().purpose == Purpose::NonSending
    }
}

impl Finding {
    /// The same, with what the domain was taken to be for, where the user has not said.
    #[must_use]
    pub(crate) fn for_purpose(self, evidence: &DomainEvidence) -> Self {
        let Deduced { purpose, because: Some(because) } = evidence.deduced() else { return self };
        let words = match purpose {
            Purpose::Sending => "seems to send mail",
            Purpose::NonSending => "seems to send no mail",
            Purpose::Unknown => "is for nobody knows what",
        };
        self.seen(evidence.domain.clone(), format!("{words}: {because}"))
    }
}
