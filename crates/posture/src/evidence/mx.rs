//! Where mail for the domain goes.

use mailauth::dns::{Absent, Mx};

use super::Asking;

/// The mail exchangers of a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailExchangers {
    /// The records by preference, or why there are none.
    pub records: Result<Vec<Mx>, Absent>,
}

impl MailExchangers {
    pub(super) async fn collect(asking: &Asking<'_>) -> Self {
        let records = asking.resolver().mx(asking.domain).await.map(|found| found.to_vec());
        Self { records }
    }

    /// Whether the domain says that it takes no mail (RFC 7505).
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.records.as_ref().is_ok_and(|records| records.len() == 1 && records.iter().all(|mx| mx.exchange.is_empty()))
    }
}
