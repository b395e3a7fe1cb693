//! Where mail for the domain goes.

use std::net::IpAddr;

use mailauth::dns::{Absent, Resolver};

use super::Asking;

/// Exchangers that are looked at. Senders try some and give up; each costs three questions.
const MOST: usize = 20;

/// The mail exchangers of a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailExchangers {
    /// By preference, or why there are none.
    pub records: Result<Vec<Exchange>, Absent>,
    /// Addresses of the domain itself, which take its mail where it has no exchanger (RFC 5321 section 5.1).
    pub own_addresses: Result<Vec<IpAddr>, Absent>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// Lower comes first.
    pub preference: u16,
    /// The host; empty for the null MX of RFC 7505.
    pub host: String,
    /// What it is an alias of.
    pub alias: Option<String>,
    /// Its addresses, or why there are none.
    pub addresses: Result<Vec<IpAddr>, Absent>,
    /// The domain the host lies in, if nobody has registered it.
    pub unregistered: Option<String>,
}

impl MailExchangers {
    pub(super) async fn collect(asking: &Asking<'_>) -> Self {
        let resolver = asking.resolver();
        let (records, own_addresses) = futures::join!(resolver.mx(asking.domain), addresses(resolver, asking.domain));
        let records = match records {
            Ok(found) => {
                if found.len() > MOST {
                    asking.left_out(format!("of {} mail exchangers, {MOST} were looked at", found.len()));
                }
                let each = found.iter().take(MOST).map(|mx| exchange(resolver, mx.preference, &mx.exchange));
                Ok(futures::future::join_all(each).await)
            }
            Err(why) => Err(why),
        };
        Self { records, own_addresses }
    }

    /// Whether the domain says that it takes no mail, and nothing else (RFC 7505).
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.records.as_ref().is_ok_and(|records| !records.is_empty() && records.iter().all(|mx| mx.host.is_empty()))
    }

    /// Hosts that mail is said to go to.
    pub fn hosts(&self) -> impl Iterator<Item = &Exchange> {
        self.records.iter().flatten().filter(|mx| !mx.host.is_empty())
    }

    /// Whether nobody could say where mail goes.
    #[must_use]
    pub const fn is_unknown(&self) -> bool {
        matches!(self.records, Err(Absent::Trouble(_)))
    }
}

async fn exchange(resolver: &dyn Resolver, preference: u16, host: &str) -> Exchange {
    let mut found =
        Exchange { preference, host: host.to_owned(), alias: None, addresses: Err(Absent::NoData), unregistered: None };
    if host.is_empty() || host.parse::<IpAddr>().is_ok() {
        return found;
    }
    let (alias, addresses) = futures::join!(resolver.cname(host), addresses(resolver, host));
    found.alias = alias.ok().and_then(|names| names.first().map(ToString::to_string));
    found.addresses = addresses;
    if matches!(found.addresses, Err(Absent::NoSuchName)) {
        found.unregistered = unregistered(resolver, host).await;
    }
    found
}

/// Addresses of both families. A name exists if either question says so.
pub(super) async fn addresses(resolver: &dyn Resolver, host: &str) -> Result<Vec<IpAddr>, Absent> {
    match futures::join!(resolver.a(host), resolver.aaaa(host)) {
        (Ok(v4), Ok(v6)) => Ok(v4.iter().copied().map(IpAddr::from).chain(v6.iter().copied().map(IpAddr::from)).collect()),
        (Ok(v4), Err(_)) => Ok(v4.iter().copied().map(IpAddr::from).collect()),
        (Err(_), Ok(v6)) => Ok(v6.iter().copied().map(IpAddr::from).collect()),
        (Err(Absent::Trouble(words)), _) | (_, Err(Absent::Trouble(words))) => Err(Absent::Trouble(words)),
        (Err(Absent::NoData), _) | (_, Err(Absent::NoData)) => Err(Absent::NoData),
        (Err(Absent::NoSuchName), Err(Absent::NoSuchName)) => Err(Absent::NoSuchName),
    }
}

/// The domain that would have to be registered for a host to exist, if nobody has: whoever does gets what is sent there. Below an ending that
/// does not exist, such as `.con`, nobody can register anything.
pub(super) async fn unregistered(resolver: &dyn Resolver, host: &str) -> Option<String> {
    let domain = psl::domain_str(host)?;
    if !matches!(resolver.a(domain).await, Err(Absent::NoSuchName)) {
        return None;
    }
    let ending = psl::suffix(host.as_bytes())?;
    let top = std::str::from_utf8(ending.as_bytes()).ok()?;
    let exists = ending.is_known() || !matches!(resolver.ns(top).await, Err(Absent::NoSuchName));
    exists.then(|| domain.to_owned())
}
