//! Mail that comes in over TLS and to the right hosts (MTA-STS, RFC 8461): the record that announces a policy, and the policy, which stands on
//! a web server.

mod policy;
mod record;
mod remedy;

pub use policy::{MOST_AGE, MOST_POLICY, Mode, Policy, PolicyFault, write};
pub use record::{StsRecord, StsRecordFault};
pub use remedy::SHORT_AGE;

use super::{Asking, FetchError, MOST_RECORDS, Texts};

/// What is published of MTA-STS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MtaSts {
    /// What stands at `_mta-sts` of the domain.
    pub texts: Texts,
    /// Those of the texts that are meant to announce a policy.
    pub records: Vec<StsRecord>,
    /// The policy; `None` where no record announces one, so that nobody looks for it.
    pub page: Option<Result<Policy, NoPolicy>>,
}

/// Why senders get no policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoPolicy {
    /// No page.
    #[error("{0}")]
    Fetch(FetchError),
    /// A redirect, which senders do not follow (section 3.3).
    #[error("the web server sends on to {0}, and senders do not go there")]
    Redirect(String),
    /// Another status than 200.
    #[error("the web server answers with status {0}")]
    Status(u16),
    /// Another type of content, which senders may refuse.
    #[error("the web server says that it is {0}, and not text/plain")]
    ContentType(String),
}

impl MtaSts {
    pub(super) async fn collect(asking: &Asking<'_>) -> Self {
        let texts = Texts::at(asking.resolver(), &format!("_mta-sts.{}", asking.domain)).await;
        let records: Vec<StsRecord> = texts.bytes().filter_map(StsRecord::read).take(MOST_RECORDS).collect();
        let page = match records.is_empty() {
            true => None,
            false => Some(policy(asking).await),
        };
        Self { texts, records, page }
    }

    /// The policy that senders go by: one record announces it, and it can be read.
    #[must_use]
    pub fn policy(&self) -> Option<&Policy> {
        let mut counted = self.texts.bytes().filter(|text| StsRecord::counts(text));
        let announced = counted.next().and_then(StsRecord::read).is_some_and(|record| record.id.is_some());
        let only = counted.next().is_none();
        self.page.as_ref()?.as_ref().ok().filter(|policy| announced && only && policy.is_valid())
    }
}

/// Where a domain's policy stands.
#[must_use]
pub fn url(domain: &str) -> String {
    format!("https://mta-sts.{domain}/.well-known/mta-sts.txt")
}

/// An identifier for a policy that changes now: senders get it again when it differs from the one they know (section 3.1). Letters and digits.
#[must_use]
pub fn id(now: i64) -> String {
    now.div_euclid(1_000_000).max(0).to_string()
}

async fn policy(asking: &Asking<'_>) -> Result<Policy, NoPolicy> {
    let page = asking.get(&url(asking.domain)).await.map_err(NoPolicy::Fetch)?;
    match page.status {
        200 => {}
        300..400 => return Err(NoPolicy::Redirect(short(page.location.as_deref().unwrap_or("another page")))),
        other => return Err(NoPolicy::Status(other)),
    }
    let kind = page.content_type.unwrap_or_default();
    let media = kind.split(';').next().unwrap_or_default().trim();
    if media.eq_ignore_ascii_case("text/plain") {
        Ok(Policy::read(&page.body))
    } else {
        Err(NoPolicy::ContentType(if media.is_empty() { "of no type".to_owned() } else { short(media) }))
    }
}

/// As much of what a stranger says as a sentence can bear.
fn short(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(120).collect()
}
