//! The policy for mail that claims to be of the domain (RFC 9989): what stands at the domain, above it, below it, and beside where it belongs.

mod receiver;
mod subdomain;

use mailauth::{
    dmarc::{Discovery, Policy, Record, Walk, record::is_policy},
    dns::Absent,
};

pub use receiver::{Delivery, Receiver};
pub use subdomain::Subdomain;

use super::{Asking, Texts};

/// The first label of a name that nobody has made, asked about to learn what is answered for such names.
const MADE_UP: &str = "made-up-by-spoofwatch";

/// What is published of DMARC, at the domain and around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dmarc {
    /// What stands at `_dmarc` of the domain.
    pub own: Texts,
    /// The policy that stands there, if there is exactly one.
    pub record: Option<Record>,
    /// The names above and at the domain that have a policy, and which of them counts (RFC 9989 section 4.10); or about which of
    /// them nobody could say anything.
    pub walk: Result<Walk, mailauth::dmarc::Trouble>,
    /// The domain that was registered below a public suffix, by the list of them: the domain itself or one above it. `None` for a
    /// public suffix.
    pub registered: Option<String>,
    /// Names beside the right one that hold a policy nobody looks for there.
    pub misplaced: Vec<Texts>,
    /// Whether names below the domain that nobody has made exist all the same; `None` if nobody could say.
    pub everything_exists: Option<bool>,
    /// What stands at `_dmarc` of such a name: something only if a wildcard says it.
    pub made_up: Texts,
    /// Who is to be sent reports.
    pub receivers: Vec<Receiver>,
    /// Names below the domain that send or take mail, or that the user knows.
    pub subdomains: Vec<Subdomain>,
}

/// The policy that counts for mail of a domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effective<'a> {
    /// What its owner asks, before `t=y` lowers it.
    pub asked: Policy,
    /// The tag that says it: `p`, `sp` or `np`.
    pub tag: &'static str,
    /// The domain whose record it is.
    pub domain: &'a str,
    /// The record.
    pub record: &'a Record,
}

impl Effective<'_> {
    /// What receivers do: one step less where the record says that it is being tried out (RFC 9989 section 4.7, `t`).
    #[must_use]
    pub const fn counts(&self) -> Policy {
        if self.record.testing { lowered(self.asked) } else { self.asked }
    }
}

/// One step less.
pub(crate) const fn lowered(policy: Policy) -> Policy {
    match policy {
        Policy::Reject => Policy::Quarantine,
        Policy::Quarantine | Policy::None => Policy::None,
    }
}

impl Dmarc {
    pub(super) async fn collect(asking: &Asking<'_>) -> Self {
        let (domain, resolver) = (asking.domain, asking.resolver());
        let name = format!("_dmarc.{domain}");
        let made_up = format!("{MADE_UP}.{domain}");
        let made_up_name = format!("_dmarc.{made_up}");
        let (own, walk, misplaced, exists, made_up) = futures::join!(
            Texts::at(resolver, &name),
            Walk::from(resolver, domain, Discovery::TreeWalk),
            misplaced(asking),
            resolver.a(&made_up),
            Texts::at(resolver, &made_up_name),
        );
        // Where a wildcard answers with a policy it does so at every name, also at those that nobody has taken for the right one.
        let answered = made_up.bytes().any(is_policy);
        let misplaced = misplaced.into_iter().filter(|wrong| !answered || wrong.found != made_up.found).collect();
        let everything_exists = match exists {
            Ok(_) | Err(Absent::NoData) => Some(true),
            Err(Absent::NoSuchName) => Some(false),
            Err(Absent::Trouble(_)) => None,
        };
        let mut dmarc = Self {
            record: only_policy(&own),
            own,
            walk,
            registered: psl::domain_str(domain).map(str::to_owned),
            misplaced,
            everything_exists,
            made_up,
            receivers: Vec::new(),
            subdomains: Vec::new(),
        };
        let (receivers, subdomains) =
            futures::join!(receiver::collect(asking, dmarc.effective()), subdomain::collect(asking, everything_exists));
        (dmarc.receivers, dmarc.subdomains) = (receivers, subdomains);
        dmarc
    }

    /// The policies that stand at the domain itself; one is right, several count as none (RFC 9989 section 4.10).
    #[must_use]
    pub fn policies(&self) -> Vec<Record> {
        self.own.bytes().filter(|text| is_policy(text)).filter_map(Record::read).collect()
    }

    /// Texts that are meant as a policy and recognised by nobody: the version is not written as it must be (RFC 9989 section 4.7).
    pub fn near_misses(&self) -> impl Iterator<Item = String> + '_ {
        let meant = |text: &str| text.to_ascii_lowercase().contains("dmarc1") || text.trim_start().starts_with("p=");
        self.own
            .bytes()
            .filter(|text| !is_policy(text))
            .map(|text| String::from_utf8_lossy(text).into_owned())
            .filter(move |text| meant(text))
    }

    /// Whether there is such a text, and no policy beside it.
    #[must_use]
    pub fn has_near_miss(&self) -> bool {
        self.policies().is_empty() && self.near_misses().next().is_some()
    }

    /// The policy that stands at the domain itself and counts.
    #[must_use]
    pub const fn own_record(&self) -> Option<&Record> {
        self.record.as_ref()
    }

    /// The record that holds the policy for the domain, and whose it is. A record of the domain's own counts whatever stands above, so
    /// that it is known where nobody could say what does.
    #[must_use]
    pub fn found(&self) -> Option<(&str, &Record)> {
        match (&self.record, &self.walk) {
            (Some(record), _) => Some((self.domain(), record)),
            (None, Ok(walk)) => walk.policy(Discovery::TreeWalk).map(|(domain, record)| (domain.as_str(), record)),
            (None, Err(_)) => None,
        }
    }

    fn domain(&self) -> &str {
        self.own.name.strip_prefix("_dmarc.").unwrap_or_default()
    }

    /// The policy that counts for mail of the domain itself. `None` if there is none, and if nobody could say.
    #[must_use]
    pub fn effective(&self) -> Option<Effective<'_>> {
        let (at, record) = self.found()?;
        let own = at == self.domain();
        let (asked, tag) = if own { (record.policy?, "p") } else { record.below(true)? };
        Some(Effective { asked, tag, domain: at, record })
    }

    /// The policy that counts for a name below the domain that has none of its own: that of the organisational domain, or of the public
    /// suffix above it. A sub-domain's own record does not speak for what is below it.
    #[must_use]
    pub fn below(&self, exists: bool) -> Option<Effective<'_>> {
        let (domain, record) = match &self.walk {
            Ok(walk) => {
                let organizational = walk.organizational(Discovery::TreeWalk);
                walk.records().find(|(at, _)| *at == organizational).or_else(|| self.found())?
            }
            Err(_) => self.found().filter(|(at, _)| self.registered.as_deref() == Some(at))?,
        };
        let (asked, tag) = record.below(exists)?;
        Some(Effective { asked, tag, domain, record })
    }

    /// The record that a wildcard gives to names that nobody has made.
    #[must_use]
    pub fn made_up_record(&self) -> Option<Record> {
        only_policy(&self.made_up)
    }

    /// Whether nobody could say which policy counts.
    #[must_use]
    pub const fn is_unknown(&self) -> bool {
        self.record.is_none() && (self.walk.is_err() || self.own.is_unknown())
    }
}

/// The policy at a name; several make none (RFC 9989 section 4.10).
fn only_policy(texts: &Texts) -> Option<Record> {
    let mut policies = texts.bytes().filter(|text| is_policy(text));
    policies.next().filter(|_| policies.next().is_none()).and_then(Record::read)
}

/// Names that are taken for the right one: the domain itself, the domain twice as provider's forms make it of a whole name, without the
/// underscore, and the underscored name of the name.
async fn misplaced(asking: &Asking<'_>) -> Vec<Texts> {
    let (domain, resolver) = (asking.domain, asking.resolver());
    let names =
        [domain.to_owned(), format!("_dmarc.{domain}.{domain}"), format!("dmarc.{domain}"), format!("_dmarc._dmarc.{domain}")];
    let found = futures::future::join_all(names.iter().map(|name| Texts::at(resolver, name))).await;
    found.into_iter().filter(|texts| texts.bytes().any(is_policy)).collect()
}
