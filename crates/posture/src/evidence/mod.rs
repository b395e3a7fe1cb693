//! What the DNS, and policies over HTTPS, say of a domain; collected here, judged by [`checks`](crate::checks).
//!
//! A subject is a file with a type and its `collect`. All subjects of a domain are collected at once, every question goes through
//! `Asking`, which ends the waiting when the domain's time is over and remembers who did not answer. To add a subject: its file, a field
//! of [`DomainEvidence`], and its line in [`DomainEvidence::collect`].

mod alias;
pub mod apex;
mod asking;
pub mod bimi;
pub mod dane;
pub mod dkim;
pub mod dmarc;
pub mod dnssec;
mod fetch;
pub mod handed_over;
pub mod lookalikes;
pub mod mta_sts;
pub mod mx;
mod purpose;
mod question;
pub mod spf;
mod texts;
pub mod tls_rpt;

use std::sync::Arc;

use futures::{StreamExt, stream};

pub use alias::MOST_ALIASES;
pub(crate) use asking::Asking;
pub use asking::Trouble;
pub use fetch::{Fetch, FetchError, Fetched, NoFetch, RecordedError, RecordedFetch};
pub use purpose::Deduced;
pub use question::{Limits, Purpose, Question};
pub use texts::Texts;

use crate::KeyHistory;

/// Most records of one sort that are read at one name. One is right, and more say nothing new.
const MOST_RECORDS: usize = 10;

/// All that was collected about one domain.
#[derive(Debug, Clone)]
pub struct DomainEvidence {
    /// The domain, as it is asked for: in lower case, in its ASCII form.
    pub domain: String,
    /// What the user says the domain is for.
    pub purpose: Purpose,
    /// Where the user wants reports, a URI such as `mailto:dmarc@example.com`: what records to publish name.
    pub report_address: Option<String>,
    /// Keys that earlier checks have seen.
    pub history: Arc<KeyHistory>,
    /// The moment the check stands for: microseconds since 1970 in UTC.
    pub now: i64,
    /// What stands at the domain itself.
    pub apex: apex::Apex,
    /// The policy for mail that claims to be of the domain.
    pub dmarc: dmarc::Dmarc,
    /// Where its mail goes.
    pub mx: mx::MailExchangers,
    /// The keys that signatures of it are checked with.
    pub dkim: dkim::Dkim,
    /// Whether mail that comes in has to come over TLS.
    pub mta_sts: mta_sts::MtaSts,
    /// Where senders report that they could not deliver over TLS.
    pub tls_rpt: tls_rpt::TlsRpt,
    /// Whether the certificates of its mail servers are bound by the DNS.
    pub dane: dane::Dane,
    /// Whether answers about it are signed.
    pub dnssec: dnssec::Dnssec,
    /// The logo that is shown beside its messages.
    pub bimi: bimi::Bimi,
    /// What others answer for: its name servers, and names that are aliases.
    pub handed_over: handed_over::HandedOver,
    /// Domains that may be taken for it; nobody is asked about them unless the user names them.
    pub lookalikes: lookalikes::Lookalikes,
    /// Who may send for it.
    pub spf: spf::Spf,
    /// Questions that nobody could answer, by name. What rests on one of them is not known, and no check may call it missing.
    pub trouble: Vec<Trouble>,
    /// What was not asked: the time for the domain was over, its questions were used up, or there was too much of something. In words.
    pub unfinished: Option<String>,
}

/// A text that is no domain.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no domain that could be asked about")]
pub struct NoDomain(pub String);

impl DomainEvidence {
    /// Collects everything about a domain: at once, and in no more than the question's time.
    ///
    /// # Errors
    ///
    /// The text is no domain.
    pub async fn collect(domain: &str, question: &Question) -> Result<Self, NoDomain> {
        let name = mailauth::dns::name(domain).ok_or_else(|| NoDomain(domain.to_owned()))?;
        let asking = Asking::new(&name, question);
        let (apex, dmarc, mx, dkim, mta_sts, tls_rpt, dane, dnssec, bimi, handed_over, lookalikes, spf) = futures::join!(
            apex::Apex::collect(&asking),
            dmarc::Dmarc::collect(&asking),
            mx::MailExchangers::collect(&asking),
            dkim::Dkim::collect(&asking),
            mta_sts::MtaSts::collect(&asking),
            tls_rpt::TlsRpt::collect(&asking),
            dane::Dane::collect(&asking),
            dnssec::Dnssec::collect(&asking),
            bimi::Bimi::collect(&asking),
            handed_over::HandedOver::collect(&asking),
            lookalikes::Lookalikes::collect(&asking),
            spf::Spf::collect(&asking),
        );
        let (trouble, unfinished) = asking.finish();
        Ok(Self {
            purpose: question.purpose,
            report_address: question.report_address.clone(),
            history: Arc::clone(&question.history),
            now: question.now,
            apex,
            dmarc,
            mx,
            dkim,
            mta_sts,
            tls_rpt,
            dane,
            dnssec,
            bimi,
            handed_over,
            lookalikes,
            spf,
            trouble,
            unfinished,
            domain: name,
        })
    }

    /// Collects about many domains, `at_once` of them at a time, and gives them in their order.
    pub async fn collect_all(domains: &[(String, Question)], at_once: usize) -> Vec<Result<Self, NoDomain>> {
        let each = domains.iter().map(|(domain, question)| Self::collect(domain, question));
        stream::iter(each).buffered(at_once.max(1)).collect().await
    }
}
