//! The policy for mail that claims to be of the domain (RFC 9989).

use mailauth::dmarc::{Record, record::is_policy};

use super::{Asking, Texts};

/// What is published of DMARC, at the domain and around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dmarc {
    /// What stands at `_dmarc` of the domain.
    pub own: Texts,
}

impl Dmarc {
    pub(super) async fn collect(asking: &Asking<'_>) -> Self {
        let own = Texts::at(asking.resolver(), &format!("_dmarc.{}", asking.domain)).await;
        Self { own }
    }

    /// The policies that stand at the domain; one is right, several count as none (RFC 9989 section 4.10).
    #[must_use]
    pub fn policies(&self) -> Vec<Record> {
        self.own.bytes().filter(|text| is_policy(text)).filter_map(Record::read).collect()
    }
}
