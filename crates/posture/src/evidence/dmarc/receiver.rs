//! Who is to be sent reports, whether they want them (RFC 9990 section 4), and whether they can be reached.

use mailauth::{
    dmarc::{Discovery, Record, Walk, record::is_policy},
    dns::{Absent, Resolver},
};

use super::Effective;
use crate::evidence::{Asking, Texts, mx};

/// Addresses that are looked at. Receivers of mail need not send to more than two (RFC 9990 section 3.5), and every one costs look-ups.
const MOST: usize = 8;

/// Where a record sends reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receiver {
    /// The tag that names it: `rua` or `ruf`.
    pub tag: &'static str,
    /// As it is published.
    pub address: String,
    /// The domain that reports are mailed to; `None` for anything but a mail address.
    pub host: Option<String>,
    /// The domain whose record names it.
    pub policy_domain: String,
    /// For a domain of another organisation: what stands where it must say that it wants the reports.
    pub consent: Option<Texts>,
    /// Whether mail can reach it.
    pub delivery: Delivery,
}

/// Whether mail can reach a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// It has a mail exchanger, or an address.
    Possible,
    /// It says that it takes no mail, or has neither. The words say which.
    Impossible(&'static str),
    /// Nobody has registered the domain: whoever does gets the mail.
    Unregistered(String),
    /// Nobody could say.
    Unknown,
}

impl Receiver {
    /// Whether the other organisation has said that it wants the reports. `None` if nobody could say; true where nobody need be asked.
    #[must_use]
    pub fn consents(&self) -> Option<bool> {
        match &self.consent {
            None => Some(true),
            Some(texts) if texts.is_unknown() => None,
            Some(texts) => Some(texts.bytes().any(is_policy)),
        }
    }
}

pub(super) async fn collect(asking: &Asking<'_>, effective: Option<Effective<'_>>) -> Vec<Receiver> {
    let Some(effective) = effective else { return Vec::new() };
    let addresses = addresses(effective.record);
    if addresses.len() > MOST {
        asking.left_out(format!("of {} addresses for DMARC reports, {MOST} were looked at", addresses.len()));
    }
    let each = addresses.into_iter().take(MOST).map(|(tag, address)| receiver(asking, effective.domain, tag, address));
    futures::future::join_all(each).await
}

fn addresses(record: &Record) -> Vec<(&'static str, &str)> {
    let aggregate = record.aggregate_reports.iter().map(|address| ("rua", address.as_str()));
    aggregate.chain(record.failure_reports.iter().map(|address| ("ruf", address.as_str()))).collect()
}

async fn receiver(asking: &Asking<'_>, policy_domain: &str, tag: &'static str, address: &str) -> Receiver {
    let resolver = asking.resolver();
    let host = host(address);
    let (mut consent, mut delivery) = (None, Delivery::Unknown);
    if let Some(host) = &host {
        let other = async {
            if same_organization(resolver, policy_domain, host).await {
                None
            } else {
                Some(consent_of(resolver, policy_domain, host).await)
            }
        };
        (consent, delivery) = futures::join!(other, reach(resolver, host));
    }
    Receiver { tag, address: address.to_owned(), host, policy_domain: policy_domain.to_owned(), consent, delivery }
}

/// The domain of a mail address as RFC 6068 writes it; the size after `!` is of RFC 7489.
fn host(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once(':')?;
    let mail = scheme.eq_ignore_ascii_case("mailto").then_some(rest)?;
    let mail = mail.split(['?', '!']).next().unwrap_or_default();
    mailauth::dns::name(mail.rsplit_once('@')?.1)
}

async fn same_organization(resolver: &dyn Resolver, policy_domain: &str, host: &str) -> bool {
    if host == policy_domain {
        return true;
    }
    let (one, other) =
        futures::join!(Walk::from(resolver, policy_domain, Discovery::TreeWalk), Walk::from(resolver, host, Discovery::TreeWalk));
    match (one, other) {
        (Ok(one), Ok(other)) => one.organizational(Discovery::TreeWalk) == other.organizational(Discovery::TreeWalk),
        // Where nobody can say, the list of public suffixes is the better guess.
        _ => psl::domain_str(policy_domain) == psl::domain_str(host),
    }
}

async fn consent_of(resolver: &dyn Resolver, policy_domain: &str, host: &str) -> Texts {
    Texts::at(resolver, &format!("{policy_domain}._report._dmarc.{host}")).await
}

async fn reach(resolver: &dyn Resolver, host: &str) -> Delivery {
    match resolver.mx(host).await {
        Ok(records) if records.iter().all(|mx| mx.exchange.is_empty()) => Delivery::Impossible("it says that it takes no mail"),
        Ok(_) => Delivery::Possible,
        Err(Absent::Trouble(_)) => Delivery::Unknown,
        Err(Absent::NoData) => match mx::addresses(resolver, host).await {
            Ok(_) => Delivery::Possible,
            Err(Absent::Trouble(_)) => Delivery::Unknown,
            Err(_) => Delivery::Impossible("it has no mail exchanger and no address"),
        },
        Err(Absent::NoSuchName) => match mx::unregistered(resolver, host).await {
            Some(domain) => Delivery::Unregistered(domain),
            None => Delivery::Impossible("it does not exist"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::host;

    #[test]
    fn the_domain_of_an_address() {
        assert_eq!(host("mailto:reports@Example.NET").as_deref(), Some("example.net"));
        assert_eq!(host("MAILTO:reports@example.net!10m").as_deref(), Some("example.net"));
        assert_eq!(host("mailto:reports@example.net?subject=x").as_deref(), Some("example.net"));
        assert_eq!(host("https://example.net/reports"), None);
        assert_eq!(host("mailto:reports"), None);
    }
}
