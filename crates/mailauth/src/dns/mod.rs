//! Questions to the DNS, and who answers them: a trait, so that a verdict never knows whether it came from a name server, a
//! recorded zone or a memory of earlier answers.
//!
//! Names are asked in their ASCII form, in lower case, without the dot at the end ([`name`] makes them so). An answer is
//! records, or the reason why there are none: the three reasons mean different things to every standard that is evaluated here.
//!
//! A [`Network`] asks name servers, a [`Zone`] answers from a file, a [`Cache`] stands before either, and a [`Recorder`] keeps what
//! was asked, to be played again. Start reading at [`Resolver`].

mod cache;
mod network;
mod recorded;
mod records;
mod zone;

use std::{
    borrow::Cow,
    fmt,
    net::{Ipv4Addr, Ipv6Addr},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;

pub use cache::{Cache, CacheOptions};
pub use network::{Network, NetworkError, NetworkOptions, server_address};
pub use recorded::Recorder;
pub use records::{Ds, Kind, Mx, Records, Soa, Tlsa};
pub use zone::{Zone, ZoneError, ZoneProblem};

/// A clock that never goes back: the time since a moment that is the same for all its calls. It is an input, as everywhere.
pub type Clock = Arc<dyn Fn() -> Duration + Send + Sync>;

/// Why there are no records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Absent {
    /// The name does not exist, nor anything below it (NXDOMAIN).
    NoSuchName,
    /// The name exists and has no record of this kind.
    NoData,
    /// No one could say: no server answered in time, or one failed (SERVFAIL), refused, or made no sense. The words say which.
    Trouble(Arc<str>),
}

impl fmt::Display for Absent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchName => f.write_str("the name does not exist"),
            Self::NoData => f.write_str("the name has no record of this kind"),
            Self::Trouble(words) => f.write_str(words),
        }
    }
}

/// What came of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The records, or why there are none.
    pub outcome: Result<Records, Absent>,
    /// How long this may be remembered; zero for trouble that should be asked about again at once.
    pub keep: Duration,
    /// Whether the server that was asked says that DNSSEC proves it, aliases on the way too (RFC 4035 section 3.2.3). It is as good as
    /// that server and the way to it. An absence is held to be unproven.
    pub secure: bool,
}

impl Answer {
    /// Records that DNSSEC does not prove.
    #[must_use]
    pub const fn found(records: Records, keep: Duration) -> Self {
        Self { outcome: Ok(records), keep, secure: false }
    }

    /// No records, for this reason.
    #[must_use]
    pub const fn absent(why: Absent, keep: Duration) -> Self {
        Self { outcome: Err(why), keep, secure: false }
    }
}

/// Who answers questions.
#[async_trait]
pub trait Resolver: Send + Sync + fmt::Debug {
    /// The records of one kind at a name that [`name`] has made. Never waits without end: a resolver has its own time limit, and
    /// answers with [`Absent::Trouble`] when it is over.
    async fn lookup(&self, name: &str, kind: Kind) -> Answer;

    /// The answer, if it is at hand: without waiting and without making a future. A resolver that always has to ask somebody keeps
    /// this as it is.
    fn peek(&self, _name: &str, _kind: Kind) -> Option<Answer> {
        None
    }
}

/// Questions by the kind of their answer.
impl dyn Resolver + '_ {
    /// The answer, at once where it is at hand.
    pub async fn ask(&self, name: &str, kind: Kind) -> Answer {
        match self.peek(name, kind) {
            Some(answer) => answer,
            None => self.lookup(name, kind).await,
        }
    }

    /// IPv4 addresses of a host.
    ///
    /// # Errors
    ///
    /// Why there are none.
    pub async fn a(&self, name: &str) -> Result<Arc<[Ipv4Addr]>, Absent> {
        match self.ask(name, Kind::A).await.outcome? {
            Records::A(found) => Ok(found),
            other => Err(mismatch(&other)),
        }
    }

    /// IPv6 addresses of a host.
    ///
    /// # Errors
    ///
    /// Why there are none.
    pub async fn aaaa(&self, name: &str) -> Result<Arc<[Ipv6Addr]>, Absent> {
        match self.ask(name, Kind::Aaaa).await.outcome? {
            Records::Aaaa(found) => Ok(found),
            other => Err(mismatch(&other)),
        }
    }

    /// Mail exchangers of a domain.
    ///
    /// # Errors
    ///
    /// Why there are none.
    pub async fn mx(&self, name: &str) -> Result<Arc<[Mx]>, Absent> {
        match self.ask(name, Kind::Mx).await.outcome? {
            Records::Mx(found) => Ok(found),
            other => Err(mismatch(&other)),
        }
    }

    /// Names of an address.
    ///
    /// # Errors
    ///
    /// Why there are none.
    pub async fn ptr(&self, name: &str) -> Result<Arc<[Box<str>]>, Absent> {
        match self.ask(name, Kind::Ptr).await.outcome? {
            Records::Ptr(found) => Ok(found),
            other => Err(mismatch(&other)),
        }
    }

    /// Texts at a name.
    ///
    /// # Errors
    ///
    /// Why there are none.
    pub async fn txt(&self, name: &str) -> Result<Arc<[Box<[u8]>]>, Absent> {
        match self.ask(name, Kind::Txt).await.outcome? {
            Records::Txt(found) => Ok(found),
            other => Err(mismatch(&other)),
        }
    }

    /// What a name is an alias of. Every other question follows the alias.
    ///
    /// # Errors
    ///
    /// Why there are none.
    pub async fn cname(&self, name: &str) -> Result<Arc<[Box<str>]>, Absent> {
        match self.ask(name, Kind::Cname).await.outcome? {
            Records::Cname(found) => Ok(found),
            other => Err(mismatch(&other)),
        }
    }

    /// Name servers of a zone.
    ///
    /// # Errors
    ///
    /// Why there are none.
    pub async fn ns(&self, name: &str) -> Result<Arc<[Box<str>]>, Absent> {
        match self.ask(name, Kind::Ns).await.outcome? {
            Records::Ns(found) => Ok(found),
            other => Err(mismatch(&other)),
        }
    }

    /// Where a zone is kept.
    ///
    /// # Errors
    ///
    /// Why there are none.
    pub async fn soa(&self, name: &str) -> Result<Arc<[Soa]>, Absent> {
        match self.ask(name, Kind::Soa).await.outcome? {
            Records::Soa(found) => Ok(found),
            other => Err(mismatch(&other)),
        }
    }

    /// Certificates that TLS at `_port._tcp.host` is bound to.
    ///
    /// # Errors
    ///
    /// Why there are none.
    pub async fn tlsa(&self, name: &str) -> Result<Arc<[Tlsa]>, Absent> {
        match self.ask(name, Kind::Tlsa).await.outcome? {
            Records::Tlsa(found) => Ok(found),
            other => Err(mismatch(&other)),
        }
    }

    /// Digests of the keys that a delegated zone is signed with.
    ///
    /// # Errors
    ///
    /// Why there are none.
    pub async fn ds(&self, name: &str) -> Result<Arc<[Ds]>, Absent> {
        match self.ask(name, Kind::Ds).await.outcome? {
            Records::Ds(found) => Ok(found),
            other => Err(mismatch(&other)),
        }
    }
}

/// A resolver that answers another question than the one that was asked.
fn mismatch(found: &Records) -> Absent {
    let kind = found.kind();
    Absent::Trouble(format!("the server answered with records of type {kind}, which nobody asked for").into())
}

/// A domain as it is asked for: in lower case, in its ASCII form (RFC 5890), without the dot at the end. `None` if it cannot be asked for:
/// an empty label, a label of more than 63 bytes, a name of more than 253.
#[must_use]
pub fn name(text: &str) -> Option<String> {
    plain_name(text).map(Cow::into_owned)
}

/// The same, without a copy of a name that is plain already.
#[must_use]
pub fn plain_name(text: &str) -> Option<Cow<'_, str>> {
    let text = text.strip_suffix('.').unwrap_or(text);
    let plain = if !text.is_ascii() {
        Cow::Owned(idna::domain_to_ascii(text).ok()?)
    } else if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(text.to_ascii_lowercase())
    } else {
        Cow::Borrowed(text)
    };
    let fits = !plain.is_empty() && plain.len() <= 253 && plain.split('.').all(|label| (1..=63).contains(&label.len()));
    fits.then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn a_name_is_asked_for_in_its_plain_form() {
        assert_eq!(name("Example.COM.").as_deref(), Some("example.com"));
        assert_eq!(name("bücher.example").as_deref(), Some("xn--bcher-kva.example"));
        assert_eq!(name("_dmarc.example.com").as_deref(), Some("_dmarc.example.com"));
    }

    #[test]
    fn what_cannot_be_asked_for_is_no_name() {
        assert_eq!(name(""), None);
        assert_eq!(name("a..b"), None);
        assert_eq!(name(&"a".repeat(64)), None);
        assert_eq!(name(&vec!["abcdefg"; 40].join(".")), None);
    }
}
