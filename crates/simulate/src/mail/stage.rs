//! Who takes part: the user's organisation, those who write to it honestly, and those who do not, each with a domain, servers and
//! records, as `data/mail/stage.toml` has them. Start with [`Stage::load`].

use std::net::Ipv4Addr;

use serde::Deserialize;

use super::MailError;
use crate::data::File;

const STAGE: File = File { name: "mail/stage.toml", text: include_str!("../../data/mail/stage.toml") };

/// Servers of a house that have names, and records that say so.
const SERVERS: u8 = 6;

/// What part a house plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The user's own organisation, whose mail server is tested.
    Own,
    /// A firm that asks receivers to reject what it does not vouch for.
    Partner,
    /// A firm whose DMARC record asks for nothing yet.
    Easygoing,
    /// Where everybody can have a mailbox.
    Provider,
    /// A firm whose letters a mailing service sends.
    Shop,
    /// That mailing service.
    Mailer,
    /// Who forwards mail to mailboxes elsewhere, and seals what it forwards.
    Forwarder,
    /// Who runs mailing lists.
    List,
    /// A cloud mail service that hands mail on to the user's gateway.
    Cloud,
    /// Whoever attacks, under a domain of no meaning.
    Attacker,
    /// Whoever attacks, under a domain that reads like the user's.
    Lookalike,
}

/// A house as the data file has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct HouseData {
    role: Role,
    domain: String,
    name: String,
    host: String,
    network: String,
    selector: String,
    spf: String,
    dmarc: String,
    #[serde(default)]
    bounces: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct StageData {
    house: Vec<HouseData>,
}

/// A domain with its servers and what it publishes.
#[derive(Debug, Clone)]
pub(super) struct House {
    pub(super) role: Role,
    pub(super) domain: String,
    /// What people call it.
    pub(super) name: String,
    host: String,
    /// The address before the first server's.
    network: Ipv4Addr,
    /// The name of its DKIM key; empty if it signs nothing.
    pub(super) selector: String,
    /// Its SPF record, which its bounce domain has too.
    pub(super) spf: String,
    pub(super) dmarc: String,
    /// The label below the domain that envelope senders are at; empty if they are at the domain itself.
    bounces: String,
}

/// A server that mail comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Server {
    pub(super) name: String,
    pub(super) address: Ipv4Addr,
}

impl House {
    /// A server by its number, counted from 0; they repeat.
    pub(super) fn server(&self, number: u32) -> Server {
        let number = u8::try_from(number % u32::from(SERVERS)).unwrap_or(0) + 1;
        let address = Ipv4Addr::from(u32::from(self.network).saturating_add(u32::from(number)));
        Server { name: format!("{}{number}.{}", self.host, self.domain), address }
    }

    /// All of them.
    pub(super) fn servers(&self) -> impl Iterator<Item = Server> + '_ {
        (0..u32::from(SERVERS)).map(|number| self.server(number))
    }

    /// The domain of its envelope senders.
    pub(super) fn envelope_domain(&self) -> String {
        if self.bounces.is_empty() { self.domain.clone() } else { format!("{}.{}", self.bounces, self.domain) }
    }

    /// An address at the house.
    pub(super) fn at(&self, local: &str) -> String {
        format!("{local}@{}", self.domain)
    }

    /// An address that bounces go to.
    pub(super) fn bounce(&self, local: &str) -> String {
        format!("{local}@{}", self.envelope_domain())
    }
}

/// Everybody, one house a role.
#[derive(Debug, Clone)]
pub(super) struct Stage {
    houses: Vec<House>,
}

impl Stage {
    /// Reads the data file. `own` is the user's domain, `outside` what the domains of all others end in.
    pub(super) fn load(own: &str, outside: &str) -> Result<Self, MailError> {
        for domain in [own, outside] {
            if !is_domain(domain) {
                return Err(MailError::Domain(domain.to_owned()));
            }
        }
        let lookalike = lookalike(own);
        let houses = STAGE.read::<StageData>()?.house.into_iter().map(|house| {
            let fill = |text: &str| {
                let text = text.replace("{own}", own).replace("{outside}", outside);
                text.replace("{lookalike}", &lookalike).replace("{network}", &house.network)
            };
            let network = house.network.split('/').next().and_then(|address| address.parse().ok());
            Ok(House {
                network: network.ok_or_else(|| STAGE.unknown("network", &house.network))?,
                domain: fill(&house.domain),
                spf: fill(&house.spf),
                dmarc: fill(&house.dmarc),
                role: house.role,
                name: house.name,
                host: house.host,
                selector: house.selector,
                bounces: house.bounces,
            })
        });
        Ok(Self { houses: houses.collect::<Result<_, MailError>>()? })
    }

    /// The house that plays a part.
    pub(super) fn house(&self, role: Role) -> Result<&House, MailError> {
        let found = self.houses.iter().find(|house| house.role == role);
        found.ok_or_else(|| STAGE.unknown("role", &format!("{role:?}")).into())
    }

    /// All of them, in the order of the data file.
    pub(super) fn houses(&self) -> &[House] {
        &self.houses
    }
}

/// Whether a text can stand after the `@` of an address and in a zone file: letters, digits, hyphens and dots, as DNS limits them
/// (RFC 1035 section 2.3.4), with room for what is put before it.
fn is_domain(text: &str) -> bool {
    let label = |label: &str| {
        let inner = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        inner && (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
    };
    text.len() <= 180 && text.split('.').all(label)
}

/// Letters that are read as others, the least noticed first.
const READ_AS: [(&str, &str); 7] = [("l", "1"), ("m", "rn"), ("w", "vv"), ("o", "0"), ("i", "1"), ("d", "cl"), ("n", "m")];

/// A label that reads like the first of a domain.
fn lookalike(domain: &str) -> String {
    let label = domain.split('.').next().unwrap_or(domain).to_ascii_lowercase();
    let replaced = READ_AS.iter().find(|(letter, _)| label.contains(letter));
    let label = replaced.map_or_else(|| format!("{label}-group"), |(letter, other)| label.replacen(letter, other, 1));
    // A longer reading must still be a label.
    label.get(..63).map_or(label.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Role, Stage, lookalike};
    use crate::mail::MailError;

    #[test]
    fn every_house_has_a_domain_and_addresses_of_its_own() -> Result<(), MailError> {
        let stage = Stage::load("example.test", "example")?;
        let own = stage.house(Role::Own)?;
        assert_eq!(own.domain, "example.test");
        assert_eq!(own.server(0).name, "mail1.example.test");
        assert_eq!(own.server(0).address.to_string(), "192.0.2.17");
        assert_eq!(own.spf, "v=spf1 ip4:192.0.2.16/28 -all");
        let addresses: BTreeSet<_> =
            stage.houses().iter().flat_map(|house| house.servers().map(|server| server.address)).collect();
        assert_eq!(addresses.len(), stage.houses().len() * 6);
        assert_eq!(stage.house(Role::Mailer)?.bounce("b"), "b@bounces.mailings.example");
        Ok(())
    }

    #[test]
    fn a_domain_that_reads_like_ours_differs_in_a_letter() {
        assert_eq!(lookalike("example.test"), "examp1e");
        assert_eq!(lookalike("mira.example"), "rnira");
        assert_eq!(lookalike("xyz.example"), "xyz-group");
    }

    #[test]
    fn what_is_no_domain_is_refused_by_name() {
        for wrong in ["", "a b.test", "-a.test", "a..test", "a.test\r\nX: y", &"a.".repeat(200)] {
            assert!(matches!(Stage::load(wrong, "example"), Err(MailError::Domain(text)) if text == wrong));
        }
    }
}
