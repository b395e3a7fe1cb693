//! Who there is: domains that send, services that send for them, lists that forward; what each publishes, and the keys they sign with.

use std::fmt::Write as _;

use super::sign::{Key, Refused};

/// Services that send for others.
pub(crate) const SERVICES: usize = 4;

/// Lists, each behind a gateway that seals too.
pub(crate) const LISTS: usize = 8;

/// Domains that publish nothing.
pub(crate) const STRANGERS: usize = 100;

/// An address that nobody's record names.
pub(crate) const NOBODY: &str = "203.0.113.254";

/// The selector of every key.
pub(crate) const SELECTOR: &str = "s1";

/// Everybody, with their keys.
#[derive(Debug)]
pub(crate) struct World {
    senders: Vec<(Sender, Key)>,
    services: Vec<Key>,
    lists: Vec<Key>,
    gateway: Key,
}

/// A domain that sends mail.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sender(usize);

impl Sender {
    pub(crate) fn domain(self) -> String {
        format!("sender{:03}.example", self.0)
    }

    /// The domain in From: below the organisational one for some, without a record of its own.
    pub(crate) fn author_domain(self) -> String {
        if self.0 % 6 == 5 { format!("news.{}", self.domain()) } else { self.domain() }
    }

    /// The domain of the envelope sender.
    pub(crate) fn bounce_domain(self) -> String {
        if self.0.is_multiple_of(3) { format!("bounces.{}", self.domain()) } else { self.domain() }
    }

    /// Its host.
    pub(crate) fn host(self) -> String {
        format!("mail.{}", self.domain())
    }

    /// The service that its record includes.
    pub(crate) fn service(self) -> usize {
        self.0 / 4 % SERVICES
    }

    /// An address that may send for it.
    pub(crate) fn address(self) -> String {
        match self.0 % 4 {
            0 => format!("192.0.2.{}", self.0 % 200 + 1),
            1 => service_address(self.service()),
            _ => self.host_address(),
        }
    }

    fn host_address(self) -> String {
        format!("203.0.113.{}", self.0 % 240 + 1)
    }

    /// In four forms, as they are met: addresses, a service, the exchangers, and some of each.
    fn spf(self) -> String {
        match self.0 % 4 {
            0 => format!("v=spf1 ip4:{} ip4:192.0.2.240/29 -all", self.address()),
            1 => format!("v=spf1 include:_spf.service{}.example ~all", self.service()),
            2 => "v=spf1 mx -all".to_owned(),
            _ => format!(
                "v=spf1 ip4:192.0.2.248/29 include:_spf.service0.example include:_spf.service1.example a:{} ?all",
                self.host()
            ),
        }
    }

    /// What SPF comes to for [`NOBODY`].
    pub(crate) fn spf_of_nobody(self) -> &'static str {
        match self.0 % 4 {
            1 => "softfail",
            3 => "neutral",
            _ => "fail",
        }
    }

    /// One in ten has no policy.
    pub(crate) fn has_policy(self) -> bool {
        self.0 % 10 != 9
    }

    fn dmarc(self) -> Option<String> {
        let policy = ["reject", "quarantine", "none"][self.0 % 3];
        let strict = if self.0.is_multiple_of(5) && self.author_domain() == self.domain() { " adkim=s;" } else { "" };
        let domain = self.domain();
        self.has_policy().then(|| format!("v=DMARC1; p={policy};{strict} rua=mailto:dmarc@{domain}; fo=1"))
    }
}

pub(crate) fn service_domain(service: usize) -> String {
    format!("service{service}.example")
}

pub(crate) fn service_address(service: usize) -> String {
    format!("198.51.100.{}", service * 32 + 9)
}

pub(crate) fn list_domain(list: usize) -> String {
    format!("list{list}.example")
}

pub(crate) fn list_address(list: usize) -> String {
    format!("198.51.100.{}", 200 + list)
}

/// Seals what lists have sent on.
pub(crate) const GATEWAY: &str = "gateway.example";

pub(crate) fn stranger_domain(number: usize) -> String {
    format!("stranger{:03}.example", number % STRANGERS)
}

impl World {
    pub(crate) fn new(senders: usize) -> Result<Self, Refused> {
        let keys = |count: usize| (0..count).map(|_| Key::generate()).collect::<Result<Vec<_>, _>>();
        Ok(Self {
            senders: keys(senders)?.into_iter().enumerate().map(|(number, key)| (Sender(number), key)).collect(),
            services: keys(SERVICES)?,
            lists: keys(LISTS)?,
            gateway: Key::generate()?,
        })
    }

    pub(crate) fn sender(&self, number: usize) -> (Sender, &Key) {
        let (sender, key) = &self.senders[number % self.senders.len()];
        (*sender, key)
    }

    pub(crate) fn service_key(&self, service: usize) -> &Key {
        &self.services[service]
    }

    pub(crate) fn list_key(&self, list: usize) -> &Key {
        &self.lists[list]
    }

    pub(crate) fn gateway_key(&self) -> &Key {
        &self.gateway
    }

    /// Every key, with the domain that signs with it.
    pub(crate) fn keys(&self) -> impl Iterator<Item = (String, &Key)> {
        let senders = self.senders.iter().map(|(sender, key)| (sender.domain(), key));
        let services = self.services.iter().enumerate().map(|(number, key)| (service_domain(number), key));
        let lists = self.lists.iter().enumerate().map(|(number, key)| (list_domain(number), key));
        senders.chain(services).chain(lists).chain([(GATEWAY.to_owned(), &self.gateway)])
    }

    /// One zone, from the root down: a name server that has it needs nobody else.
    pub(crate) fn zone(&self) -> Result<String, Refused> {
        let mut zone = "$TTL 3600\n. IN SOA ns.example. hostmaster.example. 1 3600 900 604800 3600\n. IN NS ns.example.\nns.example. IN A 127.0.0.1\n".to_owned();
        for (sender, _) in &self.senders {
            let domain = sender.domain();
            text(&mut zone, &domain, &sender.spf());
            if sender.bounce_domain() != domain {
                text(&mut zone, &sender.bounce_domain(), &sender.spf());
                line(&mut zone, &sender.bounce_domain(), &format!("MX 10 {}.", sender.host()));
            }
            line(&mut zone, &domain, &format!("MX 10 {}.", sender.host()));
            line(&mut zone, &sender.host(), &format!("A {}", sender.host_address()));
            if sender.author_domain() != domain {
                line(&mut zone, &sender.author_domain(), &format!("MX 10 {}.", sender.host()));
            }
            if let Some(policy) = sender.dmarc() {
                text(&mut zone, &format!("_dmarc.{domain}"), &policy);
            }
        }
        for number in 0..SERVICES {
            let domain = service_domain(number);
            text(&mut zone, &domain, &format!("v=spf1 redirect=_spf.{domain}"));
            let block = number * 32;
            text(
                &mut zone,
                &format!("_spf.{domain}"),
                &format!("v=spf1 ip4:198.51.100.{block}/27 ip6:2001:db8:{number}::/48 ~all"),
            );
            line(&mut zone, &domain, &format!("A {}", service_address(number)));
        }
        for number in 0..LISTS {
            text(&mut zone, &list_domain(number), &format!("v=spf1 ip4:{} -all", list_address(number)));
            line(&mut zone, &list_domain(number), &format!("A {}", list_address(number)));
        }
        for number in 0..STRANGERS {
            line(&mut zone, &stranger_domain(number), &format!("MX 10 {}.", stranger_domain(number)));
            line(&mut zone, &stranger_domain(number), "A 203.0.113.250");
        }
        for (domain, key) in self.keys() {
            text(&mut zone, &format!("{SELECTOR}._domainkey.{domain}"), &format!("v=DKIM1; k=rsa; p={}", key.public()?));
        }
        Ok(zone)
    }
}

fn line(zone: &mut String, name: &str, record: &str) {
    let _ = writeln!(zone, "{name}. IN {record}");
}

/// A TXT record, in strings of at most 255 bytes.
fn text(zone: &mut String, name: &str, text: &str) {
    let mut strings = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (string, after) = rest.split_at(rest.len().min(255));
        let _ = write!(strings, " \"{string}\"");
        rest = after;
    }
    line(zone, name, &format!("TXT{strings}"));
}
