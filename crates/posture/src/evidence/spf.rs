//! Who may send for the domain (RFC 7208): its record with all that it includes, and the names in it that do not exist.

use std::collections::BTreeSet;

use mailauth::{
    dns::{Absent, Resolver},
    spf::{
        record::{Mechanism, Qualifier},
        survey::{LOOKUP_LIMIT, Network, Node, Published, Standing, Survey, Term, TermRef},
    },
};

use super::Asking;
use crate::sender;

/// Names that do not exist of which it is asked whether their domain can be registered. Each costs a few questions.
const MOST_LOST: usize = 20;

/// Records that are looked at before anybody is told to publish them.
const MOST_PROPOSED: usize = 4;

/// IPv4 networks of fewer bits are wider than what one sender has: a whole block of the first hour of the internet, or several.
const WIDE_V4: u8 = 10;

/// The same of IPv6: registries give networks of 32 bits to providers, and seldom wider ones.
const WIDE_V6: u8 = 20;

/// Aliases that are followed from a name that does not exist.
const MOST_ALIASES: usize = 8;

/// What is published of SPF.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spf {
    /// The record with all it leads to.
    pub survey: Survey,
    /// Names in terms that are reached, and are not there.
    pub lost: Vec<Lost>,
    /// Records that could be published in the place of one with a fault, looked at beforehand.
    pub proposed: Vec<Proposed>,
}

/// A record that nobody publishes yet, and what it would lead to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposed {
    /// Whose it would be.
    pub domain: String,
    /// Its text.
    pub record: String,
    /// The record with all it would lead to.
    pub survey: Survey,
    /// Names it would be about, and that are not there.
    pub lost: Vec<Lost>,
}

/// A name that a term is about, and that is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// The term.
    pub place: TermRef,
    /// The name.
    pub name: String,
    /// Whether the name exists and lacks the record that the term needs.
    pub exists: bool,
    /// A domain that nobody has registered, and that makes the name exist for who does: the one the name lies in, or one it is an alias
    /// into.
    pub unregistered: Option<String>,
}

impl Spf {
    pub(super) async fn collect(asking: &Asking<'_>) -> Self {
        collect(asking.resolver(), asking.domain).await
    }

    /// The domain's record, if it publishes one and no more.
    #[must_use]
    pub fn own(&self) -> Option<&Node> {
        self.survey.root().filter(|node| matches!(node.published, Published::Record(_)))
    }

    /// What SPF says of everybody who is not named, by the record or the one that it redirects to. `None` where nothing is said, where several
    /// records or a mistake in them make an error of it, and where a record leads back to itself.
    #[must_use]
    pub fn of_others(&self) -> Option<Qualifier> {
        let own = self.own()?;
        (own.faults.is_empty() && !self.survey.is_endless()).then_some(self.survey.otherwise).flatten()
    }

    /// Whether nobody could say what the domain publishes.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.survey.root().is_none_or(Node::is_unknown)
    }

    /// Why a proposed record must not be published: what it would open or break that is not so today. A record that was not looked at is not
    /// for publishing either.
    #[must_use]
    pub fn objection(&self, domain: &str, record: &str) -> Option<String> {
        let Some(proposed) = self.proposed.iter().find(|proposed| proposed.domain == domain && proposed.record == record) else {
            return Some("nobody has looked at what it would lead to".to_owned());
        };
        let (survey, named) = (&proposed.survey, |place| proposed.survey.named(place));
        // Where several records stand none of them is in effect.
        let in_effect = self.own().is_some();
        let leads = |survey: &Survey, lost: &Lost| survey.at(lost.place).is_some_and(|(_, term)| term.is_link());
        let known = |lost: &&Lost| {
            let (passes, link) = (lets_pass(survey, lost.place), leads(survey, lost));
            let as_bad = |known: &&Lost| (self.lets_pass(known.place) || !passes) && (leads(&self.survey, known) || !link);
            in_effect && self.lost.iter().filter(|known| known.name == lost.name).any(|known| as_bad(&known))
        };
        if let Some(lost) = proposed.lost.iter().filter(|lost| !known(lost)).find(|lost| lost.unregistered.is_some()) {
            let free = lost.unregistered.as_deref().unwrap_or_default();
            return Some(format!("{}: nobody has registered {free}, and whoever does could send", named(lost.place)));
        }
        if let Some(lost) = proposed.lost.iter().filter(|lost| !known(lost)).find(|lost| leads(survey, lost)) {
            return Some(format!("{}: {} publishes no SPF record", named(lost.place), lost.name));
        }
        let new = |node: &&Node| !in_effect || self.survey.nodes.iter().all(|known| known.domain != node.domain);
        let wrong = |node: &&Node| {
            !node.faults.is_empty()
                || matches!(node.published, Published::Several(_))
                || sender::no_effect(node).chain(sender::run_together(node)).next().is_some()
        };
        if let Some(node) = survey.nodes.iter().skip(1).filter(new).find(wrong) {
            return Some(format!("the record of {} has mistakes", node.domain));
        }
        if let Some(node) = survey.nodes.iter().skip(1).filter(new).find(|node| node.is_unknown()) {
            return Some(format!("nobody could say what {} publishes", node.domain));
        }
        if let Some(place) = survey.everybody.first() {
            return Some(format!("{} lets everybody pass", named(*place)));
        }
        if let Some((place, network)) = too_wide(survey).first().filter(|_| too_wide(&self.survey).is_empty()) {
            return Some(format!("{} lets all of {network} pass", named(*place)));
        }
        if let Some(place) = survey.loops.first().filter(|_| !self.survey.is_endless()) {
            return Some(format!("{} leads back to itself", named(*place)));
        }
        let lookups = survey.cost.lookups;
        (lookups > LOOKUP_LIMIT && lookups > self.survey.cost.lookups)
            .then(|| format!("it needs {lookups} look-ups, and {LOOKUP_LIMIT} may be made"))
    }

    /// The terms of these names that find nothing at all: a term of several hosts is of use as long as one of them is there.
    #[must_use]
    pub fn useless<'a>(&self, lost: impl Iterator<Item = &'a Lost>) -> Vec<TermRef> {
        let places: BTreeSet<TermRef> = lost.map(|lost| lost.place).collect();
        let nothing = |place: &TermRef| self.survey.at(*place).is_some_and(|(_, term)| term.networks.is_empty());
        places.into_iter().filter(nothing).collect()
    }

    /// Whether a match of a term lets a message pass.
    #[must_use]
    pub fn lets_pass(&self, place: TermRef) -> bool {
        lets_pass(&self.survey, place)
    }
}

fn lets_pass(survey: &Survey, place: TermRef) -> bool {
    survey.at(place).is_some_and(|(node, term)| {
        node.passes && term.standing == Standing::Reached && term.qualifier().is_none_or(|found| found == Qualifier::Pass)
    })
}

/// Networks that may send and are too wide for one sender, of each term the widest.
#[must_use]
pub fn too_wide(survey: &Survey) -> Vec<(TermRef, Network)> {
    let least = |network: &Network| if network.address().is_ipv4() { WIDE_V4 } else { WIDE_V6 };
    let passing = survey.terms().filter(|(place, _, _)| lets_pass(survey, *place));
    let widest = passing.filter_map(|(place, _, term)| {
        let wide = term.networks.iter().filter(|network| network.length() < least(network));
        Some((place, *wide.min_by_key(|network| network.length())?))
    });
    widest.collect()
}

/// Collects over a resolver, which limits how long that may take.
pub async fn collect(resolver: &dyn Resolver, domain: &str) -> Spf {
    let survey = Survey::of(resolver, domain).await;
    let lost = lost(resolver, &survey).await;
    let mut proposed = Vec::new();
    for (domain, record) in sender::proposals(&survey).into_iter().take(MOST_PROPOSED) {
        let survey = Survey::of_record(resolver, &domain, &record).await;
        let lost = self::lost(resolver, &survey).await;
        proposed.push(Proposed { domain, record, survey, lost });
    }
    Spf { survey, lost, proposed }
}

async fn lost(resolver: &dyn Resolver, survey: &Survey) -> Vec<Lost> {
    let mut lost: Vec<Lost> = survey
        .terms()
        .filter(|(_, _, term)| term.standing == Standing::Reached)
        .flat_map(|(place, _, term)| {
            names(survey, term).into_iter().map(move |(name, exists)| Lost { place, name, exists, unregistered: None })
        })
        .collect();
    let asked: BTreeSet<&str> = lost.iter().filter(|lost| !lost.exists).map(|lost| lost.name.as_str()).collect();
    let asked: Vec<String> = asked.into_iter().take(MOST_LOST).map(str::to_owned).collect();
    let found = futures::future::join_all(asked.iter().map(|name| registrable(resolver, name))).await;
    for (name, domain) in asked.iter().zip(found) {
        for lost in lost.iter_mut().filter(|lost| lost.name == *name) {
            lost.unregistered.clone_from(&domain);
        }
    }
    lost
}

/// The names of a term that are not there, and whether they exist all the same.
fn names(survey: &Survey, term: &Term) -> Vec<(String, bool)> {
    if let Some(node) = term.leads_to.and_then(|at| survey.nodes.get(at)) {
        return match &node.published {
            Published::NoSuchName => vec![(node.domain.clone(), false)],
            Published::Nothing(_) => vec![(node.domain.clone(), true)],
            Published::Record(_) | Published::Several(_) | Published::Trouble(_) => Vec::new(),
        };
    }
    let target = || term.target.clone().unwrap_or_default();
    match (&term.exchangers, term.mechanism()) {
        (Some(Err(Absent::NoSuchName)), _) => vec![(target(), false)],
        (Some(Err(Absent::NoData)), _) => vec![(target(), true)],
        (_, Some(Mechanism::A(..) | Mechanism::Mx(..) | Mechanism::Exists(_))) => {
            let each = term.hosts.iter().map(|host| (&host.name, &host.v4, host.v6.as_ref()));
            each.filter_map(|(name, v4, v6)| match (v4, v6.unwrap_or(v4)) {
                (Err(Absent::NoSuchName), Err(Absent::NoSuchName)) => Some((name.clone(), false)),
                (Err(Absent::NoSuchName | Absent::NoData), Err(Absent::NoSuchName | Absent::NoData)) => {
                    Some((name.clone(), true))
                }
                _ => None,
            })
            .collect()
        }
        _ => Vec::new(),
    }
}

/// The domain that would have to be registered for a name to exist, if nobody has: that of the name itself, or of one that it is an alias of.
async fn registrable(resolver: &dyn Resolver, name: &str) -> Option<String> {
    let mut name = name.to_owned();
    for _ in 0..=MOST_ALIASES {
        if let Some(domain) = super::mx::unregistered(resolver, &name).await {
            return Some(domain);
        }
        let target = resolver.cname(&name).await.ok()?;
        name = mailauth::dns::name(target.first()?)?;
    }
    None
}
