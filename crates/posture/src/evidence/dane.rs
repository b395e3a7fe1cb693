//! Certificates of mail servers bound by the DNS (DANE for SMTP, RFC 7672): the TLSA records of every host that takes the domain's mail.

use futures::{StreamExt, stream};
use mailauth::dns::{Absent, Kind, Records, Tlsa};

use super::Asking;

/// Most hosts that are asked about. Domains have two to five; senders try few more.
const MOST_HOSTS: usize = 10;

/// Hosts asked about at the same time.
const AT_ONCE: usize = 5;

/// What is published of DANE.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dane {
    /// Whether the resolver says that the domain's MX records are proven; without that, senders look for no TLSA records.
    pub exchangers_proven: bool,
    /// The hosts that take mail, by preference.
    pub hosts: Vec<DaneHost>,
}

/// A host that takes mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DaneHost {
    /// The host.
    pub host: String,
    /// Its TLSA records for port 25, or why there are none.
    pub records: Result<Vec<Tlsa>, Absent>,
    /// Whether the resolver says that these are proven.
    pub proven: bool,
    /// Whether the resolver says that an address of the host is proven: then its zone is signed, and TLSA records could be.
    pub host_proven: bool,
}

impl Dane {
    pub(super) async fn collect(asking: &Asking<'_>) -> Self {
        let resolver = asking.resolver();
        let answer = resolver.ask(asking.domain, Kind::Mx).await;
        let exchangers_proven = answer.secure && answer.outcome.is_ok();
        let Ok(Records::Mx(found)) = answer.outcome else { return Self { exchangers_proven, hosts: Vec::new() } };
        let mut hosts: Vec<String> = Vec::new();
        for mx in found.iter().filter_map(|mx| mailauth::dns::name(&mx.exchange)) {
            if hosts.len() < MOST_HOSTS && !hosts.contains(&mx) {
                hosts.push(mx);
            }
        }
        let each = hosts.into_iter().map(|host| async move { DaneHost::ask(asking, host).await });
        let hosts = stream::iter(each).buffered(AT_ONCE).collect().await;
        Self { exchangers_proven, hosts }
    }

    /// Whether any host has TLSA records.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.hosts.iter().any(|host| host.records.is_ok())
    }

    /// Whether senders that know DANE insist on it for every host.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.exchangers_proven && !self.hosts.is_empty() && self.hosts.iter().all(|host| host.proven && host.is_usable())
    }
}

impl DaneHost {
    async fn ask(asking: &Asking<'_>, host: String) -> Self {
        let resolver = asking.resolver();
        let name = format!("_25._tcp.{host}");
        let answer = resolver.ask(&name, Kind::Tlsa).await;
        let mut address = resolver.ask(&host, Kind::A).await;
        if address.outcome.is_err() {
            address = resolver.ask(&host, Kind::Aaaa).await;
        }
        Self {
            proven: answer.secure && answer.outcome.is_ok(),
            host_proven: address.secure && address.outcome.is_ok(),
            records: match answer.outcome {
                Ok(Records::Tlsa(found)) => Ok(found.to_vec()),
                Ok(_) => Err(Absent::NoData),
                Err(why) => Err(why),
            },
            host,
        }
    }

    /// Whether one of the records at least can be used.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        self.records.as_ref().is_ok_and(|found| found.iter().any(|record| fault(record).is_none()))
    }
}

/// Why senders do not use a record (RFC 7672 section 3.1), in words that go on from the record.
#[must_use]
pub fn fault(record: &Tlsa) -> Option<String> {
    let wanted = match record.matching {
        1 => Some(32),
        2 => Some(64),
        _ => None,
    };
    match (record.usage, record.selector, record.matching) {
        (0 | 1, ..) => Some(format!("has usage {}, which mail servers do not use; 2 and 3 are for them", record.usage)),
        (2..=3, 0 | 1, 0) if record.data.is_empty() => Some("holds nothing".to_owned()),
        (2..=3, 0 | 1, 0) => None,
        (2..=3, 0 | 1, 1 | 2) => {
            let wanted = wanted.filter(|wanted| *wanted != record.data.len())?;
            Some(format!("holds {} bytes where its digest has {wanted}", record.data.len()))
        }
        (2..=3, 0 | 1, other) => Some(format!("has matching type {other}, which does not exist")),
        (2..=3, other, _) => Some(format!("has selector {other}, which does not exist")),
        (other, ..) => Some(format!("has usage {other}, which does not exist")),
    }
}

/// A record as a zone file has it.
#[must_use]
pub fn text(record: &Tlsa) -> String {
    let digits: String = record.data.iter().take(64).map(|byte| format!("{byte:02x}")).collect();
    let more = if record.data.len() > 64 { "…" } else { "" };
    format!("{} {} {} {digits}{more}", record.usage, record.selector, record.matching)
}

#[cfg(test)]
mod tests {
    use mailauth::dns::Tlsa;

    use super::{fault, text};

    fn record(usage: u8, selector: u8, matching: u8, bytes: usize) -> Tlsa {
        Tlsa { usage, selector, matching, data: vec![0xab; bytes].into() }
    }

    #[test]
    fn records_for_mail_servers_are_of_usage_2_or_3() {
        for good in [record(3, 1, 1, 32), record(2, 0, 2, 64), record(3, 1, 0, 91)] {
            assert_eq!(fault(&good), None, "{good:?}");
        }
        for (bad, words) in [
            (record(1, 1, 1, 32), "has usage 1, which mail servers do not use; 2 and 3 are for them"),
            (record(4, 1, 1, 32), "has usage 4, which does not exist"),
            (record(3, 2, 1, 32), "has selector 2, which does not exist"),
            (record(3, 1, 3, 32), "has matching type 3, which does not exist"),
            (record(3, 1, 1, 20), "holds 20 bytes where its digest has 32"),
            (record(3, 1, 2, 32), "holds 32 bytes where its digest has 64"),
            (record(3, 1, 0, 0), "holds nothing"),
        ] {
            assert_eq!(fault(&bad).as_deref(), Some(words));
        }
    }

    #[test]
    fn a_record_is_shown_as_a_zone_file_has_it() {
        assert_eq!(text(&record(3, 1, 1, 2)), "3 1 1 abab");
        assert_eq!(text(&record(3, 0, 0, 1000)).chars().count(), "3 0 0 ".len() + 128 + 1);
    }
}
