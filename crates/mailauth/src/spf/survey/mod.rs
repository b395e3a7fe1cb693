//! A domain's SPF record with every record that it includes or redirects to: who may send, what finding out costs, and what is wrong.
//!
//! An evaluation ([`super::check`]) stops at the term that matches one client, and at the limits of RFC 7208 section 4.6.4. A survey looks at
//! all terms, as an evaluator does whose client nothing matches, and goes on where that one gives up: somebody has to be told what is too
//! much. Pure data comes out. Each domain is looked at once however many records lead to it, so that a survey ends whatever the records say;
//! bounds of our own ([`MAX_RECORDS`], [`MAX_RESOLVED`]) end it before a stranger's records cost too many questions.
//!
//! Start reading at [`Survey`]. [`walk`] asks, [`sums`] counts, [`show`] writes it down for people.

mod network;
mod show;
mod sums;
mod walk;

use std::ops::Range;

pub use network::Network;

use super::record::{Fault, Mechanism, Modifier, Qualifier, TermKind};
use crate::dns::{Absent, Resolver};

/// Records that are looked at. An evaluation needs eleven at most; the largest in use take some dozens.
pub const MAX_RECORDS: usize = 100;

/// Terms of one record that are looked at. Records of hundreds of bytes are long; an answer may hold 64 KB.
pub const MAX_TERMS: usize = 1000;

/// Terms whose names are resolved to addresses. Each may cost 21 questions (`mx`).
pub const MAX_RESOLVED: usize = 100;

/// Terms that an evaluation may ask the DNS for (RFC 7208 section 4.6.4).
pub const LOOKUP_LIMIT: u32 = 10;

/// Questions of an evaluation that may find nothing (the same section).
pub const VOID_LIMIT: u32 = 2;

/// Mail exchangers of one `mx` that an evaluation looks at (the same section).
pub const EXCHANGER_LIMIT: usize = 10;

/// A domain's record and all that it leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    /// One for each domain that was looked at. The first is the one that was asked about.
    pub nodes: Vec<Node>,
    /// What an evaluation comes to that nothing matches.
    pub otherwise: Option<Qualifier>,
    /// What an evaluation that nothing matches costs.
    pub cost: Cost,
    /// IPv4 addresses that may send, each counted once.
    pub ipv4_addresses: u64,
    /// Terms that let everybody pass: `all`, a network without any bits, a name that `exists` always finds.
    pub everybody: Vec<TermRef>,
    /// Terms that lead back to a record on the way to them. An evaluation that gets there ends with an error.
    pub loops: Vec<TermRef>,
    /// Terms that lead to a record which another term leads to as well.
    pub again: Vec<Again>,
    /// Networks within others that may send as well; of each pair of terms one.
    pub overlaps: Vec<Overlap>,
    /// Whether all records, terms and names were looked at: none was left out for being one too many.
    pub complete: bool,
}

/// A domain on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// The domain, in its plain form.
    pub domain: String,
    /// What it publishes.
    pub published: Published,
    /// The name and all its TXT records together, in bytes: what an answer is mostly made of (section 3.4).
    pub bytes: usize,
    /// What can be understood of its record.
    pub terms: Vec<Term>,
    /// What cannot. Any makes an evaluation end with an error (section 4.6).
    pub faults: Vec<Fault>,
    /// Whether what matches here makes the first record pass: no `-include` or the like is on the way.
    pub passes: bool,
}

/// What a domain publishes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Published {
    /// One record.
    Record(String),
    /// Several, which is an error (section 4.5). The first is looked at.
    Several(Vec<String>),
    /// None. Texts that were perhaps meant to be one.
    Nothing(Vec<String>),
    /// The domain does not exist.
    NoSuchName,
    /// Nobody could say.
    Trouble(String),
}

/// A term, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// As it is written.
    pub text: String,
    /// Where it stands, in bytes of its record.
    pub span: Range<usize>,
    /// What it says.
    pub kind: TermKind,
    /// Whether an evaluation gets to it.
    pub standing: Standing,
    /// The name it is about, if it is about one that can be asked for without knowing a message.
    pub target: Option<String>,
    /// Whether it holds macros that stand for the client or the sender.
    pub varies: bool,
    /// What it costs, with everything it leads to.
    pub cost: Cost,
    /// The record it leads to: one of [`Survey::nodes`]. `None` for one that nobody asked for, too.
    pub leads_to: Option<usize>,
    /// What matches, by address: as written, or as resolved. Without double ones.
    pub networks: Vec<Network>,
    /// How many mail exchangers `mx` has; `None` for other terms.
    pub exchangers: Option<Result<usize, Absent>>,
    /// The names whose addresses were asked for, and what was found.
    pub hosts: Vec<Host>,
}

/// Whether an evaluation gets to a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It does, if nothing matches before.
    Reached,
    /// Never: `all` stands before it.
    AfterAll,
    /// Never: `redirect` counts for nothing where there is an `all` (section 6.1).
    BesideAll,
    /// It has no part in the verdict: `exp`, or a modifier that nobody defined.
    Inert,
}

/// A name whose addresses were asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// The name.
    pub name: String,
    /// How many IPv4 addresses it has.
    pub v4: Result<usize, Absent>,
    /// How many IPv6 addresses it has; `None` where that was not asked.
    pub v6: Option<Result<usize, Absent>>,
}

/// What an evaluation costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cost {
    /// Terms that ask the DNS; [`LOOKUP_LIMIT`] may.
    pub lookups: u32,
    /// Questions that find nothing, for a client with an IPv4 address; [`VOID_LIMIT`] may.
    pub void_v4: u32,
    /// The same for a client with an IPv6 address: names that have IPv4 addresses only are void for it.
    pub void_v6: u32,
}

/// Where a term stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TermRef {
    /// Its record: one of [`Survey::nodes`].
    pub node: usize,
    /// Its place among the record's [`Node::terms`].
    pub term: usize,
}

/// A record that several terms lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Again {
    /// The term that an evaluation comes to first.
    pub first: TermRef,
    /// Another.
    pub then: TermRef,
}

/// A network within another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overlap {
    /// The term that allows the narrower one. Of two that are alike it is the one that is nearer to the first record.
    pub inner: TermRef,
    /// The narrower network.
    pub inner_network: Network,
    /// The term that allows the wider one.
    pub outer: TermRef,
    /// The wider network.
    pub outer_network: Network,
}

impl Survey {
    /// Surveys a domain. A resolver limits how long that may take.
    pub async fn of(resolver: &dyn Resolver, domain: &str) -> Self {
        let (nodes, complete) = walk::walk(resolver, domain, None).await;
        sums::sum(nodes, complete)
    }

    /// Surveys a domain as if it published this record and no other.
    pub async fn of_record(resolver: &dyn Resolver, domain: &str, record: &str) -> Self {
        let (nodes, complete) = walk::walk(resolver, domain, Some(record)).await;
        sums::sum(nodes, complete)
    }

    /// The record of the domain that was asked about.
    #[must_use]
    pub fn root(&self) -> Option<&Node> {
        self.nodes.first()
    }

    /// A term and its record.
    #[must_use]
    pub fn at(&self, place: TermRef) -> Option<(&Node, &Term)> {
        let node = self.nodes.get(place.node)?;
        Some((node, node.terms.get(place.term)?))
    }

    /// All terms of all records, the first record's first.
    pub fn terms(&self) -> impl Iterator<Item = (TermRef, &Node, &Term)> {
        self.nodes.iter().enumerate().flat_map(|(at, node)| {
            let refer = move |term| TermRef { node: at, term };
            node.terms.iter().enumerate().map(move |(term, found)| (refer(term), node, found))
        })
    }

    /// Whether an evaluation may never end by itself: the costs are those of one round.
    #[must_use]
    pub fn is_endless(&self) -> bool {
        !self.loops.is_empty()
    }
}

impl Node {
    /// The text of the record that is looked at.
    #[must_use]
    pub fn record(&self) -> Option<&str> {
        match &self.published {
            Published::Record(text) => Some(text),
            Published::Several(texts) => texts.first().map(String::as_str),
            Published::Nothing(_) | Published::NoSuchName | Published::Trouble(_) => None,
        }
    }

    /// Whether nobody could say what it publishes.
    #[must_use]
    pub const fn is_unknown(&self) -> bool {
        matches!(self.published, Published::Trouble(_))
    }
}

impl Term {
    /// What a match comes to; `None` for a modifier.
    #[must_use]
    pub const fn qualifier(&self) -> Option<Qualifier> {
        match &self.kind {
            TermKind::Directive(qualifier, _) => Some(*qualifier),
            TermKind::Modifier(_) => None,
        }
    }

    /// What it matches; `None` for a modifier.
    #[must_use]
    pub const fn mechanism(&self) -> Option<&Mechanism> {
        match &self.kind {
            TermKind::Directive(_, mechanism) => Some(mechanism),
            TermKind::Modifier(_) => None,
        }
    }

    /// Whether it is `include` or `redirect`.
    #[must_use]
    pub const fn is_link(&self) -> bool {
        matches!(self.kind, TermKind::Directive(_, Mechanism::Include(_)) | TermKind::Modifier(Modifier::Redirect(_)))
    }

    /// Whether something that it asked about could not be said.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        let trouble = |found: &Result<usize, Absent>| matches!(found, Err(Absent::Trouble(_)));
        self.exchangers.as_ref().is_some_and(trouble)
            || self.hosts.iter().any(|host| trouble(&host.v4) || host.v6.as_ref().is_some_and(trouble))
    }
}

impl Cost {
    /// Both together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            lookups: self.lookups.saturating_add(other.lookups),
            void_v4: self.void_v4.saturating_add(other.void_v4),
            void_v6: self.void_v6.saturating_add(other.void_v6),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::{LOOKUP_LIMIT, MAX_RECORDS, MAX_RESOLVED, MAX_TERMS, Survey};
    use crate::dns::Zone;

    async fn survey(zone: &str) -> Survey {
        Survey::of(&Zone::parse(zone).unwrap(), "0.example").await
    }

    #[tokio::test]
    async fn a_chain_without_end_is_left() {
        let mut zone = String::new();
        for at in 0..300 {
            writeln!(zone, "{at}.example. TXT \"v=spf1 include:{}.example -all\"", at + 1).unwrap();
        }
        let found = survey(&zone).await;
        assert_eq!((found.nodes.len(), found.complete), (MAX_RECORDS, false));
        assert!(found.cost.lookups > LOOKUP_LIMIT);
        assert!(found.to_string().contains("one record too many"));
    }

    #[tokio::test]
    async fn a_record_that_nobody_publishes_yet_can_be_surveyed() {
        let zone = Zone::parse("0.example. TXT \"v=spf1 +all\"\n1.example. TXT \"v=spf1 include:0.example -all\"").unwrap();
        let found = Survey::of_record(&zone, "0.example", "v=spf1 include:1.example -all").await;
        assert_eq!(found.root().and_then(|node| node.record()), Some("v=spf1 include:1.example -all"));
        assert_eq!((found.cost.lookups, found.everybody.len(), found.is_endless()), (2, 0, true));
    }

    #[tokio::test]
    async fn a_record_of_very_many_terms_is_left() {
        let mut zone = String::from("0.example. TXT");
        for at in 0..1500 {
            let start = if at == 0 { "v=spf1" } else { "" };
            write!(zone, " \"{start} a:{at}.example\"").unwrap();
        }
        let found = survey(&zone).await;
        assert_eq!((found.nodes[0].terms.len(), found.complete), (MAX_TERMS, false));
        assert_eq!(found.terms().filter(|(_, _, term)| !term.hosts.is_empty()).count(), MAX_RESOLVED);
        assert!(found.cost.lookups > LOOKUP_LIMIT);
    }

    #[tokio::test]
    async fn costs_that_double_with_every_record_are_found_out() {
        let mut zone = String::new();
        for at in 0..60 {
            let next = at + 1;
            writeln!(zone, "{at}.example. TXT \"v=spf1 include:{next}.example include:{next}.example -all\"").unwrap();
        }
        zone.push_str("60.example. TXT \"v=spf1 -all\"");
        let found = survey(&zone).await;
        assert_eq!((found.cost.lookups, found.again.len(), found.is_endless()), (u32::MAX, 60, false));
    }
}
