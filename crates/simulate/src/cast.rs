//! Who writes and who is written to: sites, users, partners and strangers, grown from the data files and the seed.
//!
//! Must not know messages. Start with [`Cast::load`].

use std::collections::{BTreeMap, BTreeSet};

use crate::authentication::{Mix, Verdicts};
use crate::data::{self, Correspondents, Names, Organisation, SharedMailbox, Weights};
use crate::random::{Random, Weighted};
use crate::template::{Template, Words};
use crate::{Error, text};

/// An office.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) city: String,
    pub(crate) country: String,
    /// Minutes east of UTC.
    pub(crate) offset: i64,
    /// How many people work there.
    pub(crate) users: u32,
    pub(crate) language: String,
    /// The public address of its proxy.
    pub(crate) egress: String,
    /// Days off, Monday = 0.
    pub(crate) weekend: Vec<u8>,
    /// Its people, as indexes into [`Cast::users`], and how much mail each has.
    pub(crate) members: Vec<u32>,
    pub(crate) popularity: Weighted,
}

/// A mailbox of the organisation: a person's, or a shared one.
#[derive(Debug)]
pub(crate) struct User {
    pub(crate) address: String,
    pub(crate) name: String,
    pub(crate) given: String,
    pub(crate) surname: String,
    pub(crate) object_id: String,
    pub(crate) sid: String,
    pub(crate) department: String,
    pub(crate) title: String,
    /// Index into [`Cast::sites`].
    pub(crate) site: usize,
    /// Whom the person reports to; empty for shared mailboxes and the chief.
    pub(crate) manager: String,
    pub(crate) enabled: bool,
    /// Days the account existed before the telemetry begins.
    pub(crate) tenure: u32,
    pub(crate) employee_id: String,
    /// False for a shared mailbox.
    pub(crate) is_person: bool,
}

/// Somebody outside.
#[derive(Debug)]
pub(crate) struct Person {
    pub(crate) address: String,
    pub(crate) name: String,
}

/// People outside who share a domain, a mail server and its habits.
#[derive(Debug)]
pub(crate) struct House {
    pub(crate) language: String,
    pub(crate) people: Vec<Person>,
    pub(crate) popularity: Weighted,
    pub(crate) ipv4: Template,
    /// None when the house has no IPv6.
    pub(crate) ipv6: Option<Template>,
    pub(crate) mix: Mix,
}

/// Everybody.
#[derive(Debug)]
pub(crate) struct Cast {
    pub(crate) organisation: String,
    pub(crate) tenant_id: String,
    pub(crate) initial_domain: String,
    pub(crate) sites: Vec<Site>,
    pub(crate) users: Vec<User>,
    /// The executives, the chief first.
    pub(crate) executives: Vec<u32>,
    pub(crate) partners: Vec<House>,
    pub(crate) partner_popularity: Weighted,
    pub(crate) providers: Vec<House>,
    pub(crate) provider_popularity: Weighted,
}

/// Reads names and makes people of them.
struct Maker {
    cultures: BTreeMap<String, Names>,
    taken: BTreeSet<String>,
    random: Random,
}

impl Maker {
    fn name(&mut self, file: data::File, culture: &str) -> Result<(String, String), Error> {
        let names = self.cultures.get(culture).ok_or_else(|| file.unknown("culture", culture))?;
        let given = self.random.pick(&names.given).ok_or(Error::Empty { file: "names.toml", what: "given" })?;
        let surname = self.random.pick(&names.surname).ok_or(Error::Empty { file: "names.toml", what: "surname" })?;
        Ok((given.clone(), surname.clone()))
    }

    /// `given.surname@domain`, with a number when somebody has it already.
    fn address(&mut self, given: &str, surname: &str, domain: &str) -> String {
        let mut local = String::new();
        text::push_folded(&mut local, given);
        local.push('.');
        text::push_folded(&mut local, surname);
        let mut address = format!("{local}@{domain}");
        let mut number = 2;
        while !self.taken.insert(address.clone()) {
            address = format!("{local}{number}@{domain}");
            number += 1;
        }
        address
    }
}

impl Cast {
    /// Reads the data files; the seed decides who is called what.
    pub(crate) fn load(seed: u64, words: &Words, verdicts: &Verdicts) -> Result<Self, Error> {
        let organisation: Organisation = data::ORGANISATION.read()?;
        let mut maker = Maker { cultures: data::NAMES.read()?, taken: BTreeSet::new(), random: Random::new(seed, "cast", 0) };
        maker.taken.extend(organisation.shared.iter().map(|mailbox| mailbox.address.clone()));
        let mut users = Vec::new();
        let mut sites = Vec::new();
        for site in &organisation.site {
            if !organisation.accepted_domains.contains(&site.domain) {
                return Err(data::ORGANISATION.unknown("accepted domain", &site.domain));
            }
            let first = users.len();
            for _ in 0..site.users {
                users.push(person(&mut maker, &organisation, site, sites.len())?);
            }
            sites.push(new_site(site, first..users.len()));
        }
        for mailbox in &organisation.shared {
            users.push(shared(&mut maker.random, mailbox, &sites)?);
        }
        let executives = appoint(&mut users, &organisation);
        let partners: data::Partners = data::PARTNERS.read()?;
        let houses = |list: &[Correspondents], maker: &mut Maker| -> Result<Vec<House>, Error> {
            list.iter().map(|entry| house(maker, words, verdicts, entry)).collect()
        };
        let (partners, providers) = (houses(&partners.partner, &mut maker)?, houses(&partners.provider, &mut maker)?);
        Ok(Self {
            organisation: organisation.name,
            tenant_id: organisation.tenant_id,
            initial_domain: organisation.initial_domain,
            sites,
            users,
            executives,
            partner_popularity: Weighted::zipf(partners.len()),
            partners,
            provider_popularity: Weighted::zipf(providers.len()),
            providers,
        })
    }

    /// The user of that index.
    pub(crate) fn user(&self, index: u32) -> Option<&User> {
        self.users.get(index as usize)
    }

    /// The mailboxes a data file means by `everyone` (none: they are drawn by site), a department or an address.
    pub(crate) fn group(&self, name: &str) -> Vec<u32> {
        let belongs = |user: &User| user.address == name || user.department == name && user.is_person;
        (0_u32..).zip(&self.users).filter(|(_, user)| belongs(user)).map(|(index, _)| index).collect()
    }

    /// A stranger, and the house the stranger writes from.
    pub(crate) fn stranger(&self, random: &mut Random) -> Option<(&House, &Person)> {
        let house = self.providers.get(self.provider_popularity.pick(random))?;
        Some((house, house.people.get(house.popularity.pick(random))?))
    }

    /// Somebody at a partner.
    pub(crate) fn partner(&self, random: &mut Random) -> Option<(&House, &Person)> {
        let house = self.partners.get(self.partner_popularity.pick(random))?;
        Some((house, house.people.get(house.popularity.pick(random))?))
    }
}

fn new_site(site: &data::SiteData, members: std::ops::Range<usize>) -> Site {
    let members: Vec<u32> = members.filter_map(|index| u32::try_from(index).ok()).collect();
    Site {
        city: site.city.clone(),
        country: site.country.clone(),
        offset: site.offset,
        users: site.users,
        language: site.language.clone(),
        egress: site.egress.clone(),
        weekend: site.weekend.clone(),
        popularity: Weighted::zipf(members.len()),
        members,
    }
}

/// Picks a name of a table by its weight.
fn by_weight<'a>(weights: &'a Weights, random: &mut Random) -> &'a str {
    let chosen = Weighted::new(weights.values().copied()).pick(random);
    weights.keys().nth(chosen).map_or("", String::as_str)
}

fn person(maker: &mut Maker, organisation: &Organisation, site: &data::SiteData, index: usize) -> Result<User, Error> {
    let culture = by_weight(&site.cultures, &mut maker.random).to_owned();
    let (given, surname) = maker.name(data::ORGANISATION, &culture)?;
    let chosen = Weighted::new(organisation.department.iter().map(|department| department.share)).pick(&mut maker.random);
    let department = organisation.department.get(chosen).ok_or(Error::Empty { file: "organisation.toml", what: "department" })?;
    // The first title is the head's and is given out once, by `appoint`.
    let title = maker.random.pick(department.titles.get(1..).unwrap_or_default()).cloned().unwrap_or_default();
    let random = &mut maker.random;
    let mut user = User {
        address: String::new(),
        name: format!("{given} {surname}"),
        object_id: text::guid(random),
        sid: format!("S-1-5-21-1004336348-1177238915-682003330-{}", random.between(1100, 99_999)),
        department: department.name.clone(),
        title,
        site: index,
        manager: String::new(),
        enabled: !random.per_mille(12),
        tenure: random.between(20, 4000),
        employee_id: format!("E{}", random.between(10_000, 99_999)),
        is_person: true,
        given,
        surname,
    };
    user.address = maker.address(&user.given, &user.surname, &site.domain);
    Ok(user)
}

fn shared(random: &mut Random, mailbox: &SharedMailbox, sites: &[Site]) -> Result<User, Error> {
    let site = sites.iter().position(|site| site.city == mailbox.site);
    Ok(User {
        address: mailbox.address.clone(),
        name: mailbox.name.clone(),
        given: String::new(),
        surname: String::new(),
        object_id: text::guid(random),
        sid: format!("S-1-5-21-1004336348-1177238915-682003330-{}", random.between(1100, 99_999)),
        department: mailbox.department.clone(),
        title: String::new(),
        site: site.ok_or_else(|| data::ORGANISATION.unknown("site", &mailbox.site))?,
        manager: String::new(),
        enabled: true,
        tenure: random.between(400, 4000),
        employee_id: String::new(),
        is_person: false,
    })
}

/// Gives every department its head, everybody a manager, and returns the executives, the chief first.
fn appoint(users: &mut [User], organisation: &Organisation) -> Vec<u32> {
    let mut chief = String::new();
    let mut executives = Vec::new();
    for (rank, department) in organisation.department.iter().enumerate() {
        let members: Vec<usize> =
            (0..users.len()).filter(|at| users[*at].is_person && users[*at].department == department.name).collect();
        let Some(head) = members.first().copied() else { continue };
        users[head].title = department.titles.first().cloned().unwrap_or_default();
        users[head].enabled = true;
        let address = users[head].address.clone();
        if rank == 0 {
            chief.clone_from(&address);
            for (seat, member) in members.iter().enumerate() {
                users[*member].title = department.titles.get(seat).or(department.titles.last()).cloned().unwrap_or_default();
                users[*member].enabled = true;
            }
            executives = members.iter().filter_map(|at| u32::try_from(*at).ok()).collect();
        }
        for member in members.into_iter().filter(|member| *member != head) {
            users[member].manager.clone_from(&address);
        }
        users[head].manager = if rank == 0 { String::new() } else { chief.clone() };
    }
    executives
}

fn house(maker: &mut Maker, words: &Words, verdicts: &Verdicts, entry: &Correspondents) -> Result<House, Error> {
    let mut people = Vec::new();
    for _ in 0..entry.people {
        let culture = maker.random.pick(&entry.cultures).cloned().unwrap_or_default();
        let (given, surname) = maker.name(data::PARTNERS, &culture)?;
        let address = maker.address(&given, &surname, &entry.domain);
        people.push(Person { address, name: format!("{given} {surname}") });
    }
    let ipv6 = if entry.ipv6.is_empty() { None } else { Some(words.template(data::PARTNERS, &entry.ipv6)?) };
    Ok(House {
        language: entry.language.clone(),
        popularity: Weighted::zipf(people.len()),
        people,
        ipv4: words.template(data::PARTNERS, &entry.ipv4)?,
        ipv6,
        mix: verdicts.profile(data::PARTNERS, &entry.authentication)?,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Cast;
    use crate::Error;
    use crate::authentication::Verdicts;
    use crate::template::Words;

    #[test]
    fn there_are_hundreds_of_users_with_distinct_addresses_in_the_accepted_domains() -> Result<(), Error> {
        let cast = Cast::load(1, &Words::load()?, &Verdicts::load()?)?;
        let addresses: BTreeSet<&str> = cast.users.iter().map(|user| user.address.as_str()).collect();
        assert_eq!(addresses.len(), cast.users.len());
        assert!(addresses.len() > 400);
        for user in &cast.users {
            assert!(matches!(crate::text::domain(&user.address), "contoso.com" | "fabrikam.fr"), "{}", user.address);
        }
        assert!(cast.executives.len() >= 2, "the seed may choose, but somebody must lead");
        Ok(())
    }
}
