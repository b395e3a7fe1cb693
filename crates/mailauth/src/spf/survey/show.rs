//! A survey as text: the records as a tree, what each term costs and allows, and what it comes to.

use std::{borrow::Cow, collections::BTreeSet, fmt};

use super::{
    super::record::{Mechanism, Qualifier},
    Cost, Host, Node, Published, Standing, Survey, Term, TermRef,
};
use crate::dns::Absent;

/// Networks of one term that are shown.
const MAX_NETWORKS: usize = 8;

impl fmt::Display for Survey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut seen = BTreeSet::new();
        self.node(f, 0, 0, &mut seen)?;
        let cost = self.cost;
        let round = if self.is_endless() { ", and again without end" } else { "" };
        writeln!(f, "look-ups: {}{round}", cost.lookups)?;
        writeln!(f, "void look-ups: {} for IPv4 clients, {} for IPv6 clients", cost.void_v4, cost.void_v6)?;
        writeln!(f, "IPv4 addresses: {}", self.ipv4_addresses)?;
        let otherwise = match self.otherwise {
            Some(Qualifier::Pass) => "pass",
            Some(Qualifier::Fail) => "fail",
            Some(Qualifier::Softfail) => "softfail",
            Some(Qualifier::Neutral) => "neutral",
            None => "nothing is said",
        };
        writeln!(f, "otherwise: {otherwise}")?;
        for place in &self.everybody {
            writeln!(f, "everybody: {}", self.named(*place))?;
        }
        for place in &self.loops {
            writeln!(f, "loop: {}", self.named(*place))?;
        }
        for again in &self.again {
            writeln!(f, "again: {}, as {}", self.named(again.then), self.named(again.first))?;
        }
        for overlap in &self.overlaps {
            let (inner, outer) = (self.named(overlap.inner), self.named(overlap.outer));
            writeln!(f, "overlap: {} of {inner} is in {} of {outer}", overlap.inner_network, overlap.outer_network)?;
        }
        if self.complete { Ok(()) } else { writeln!(f, "not all was asked") }
    }
}

impl Survey {
    fn node(&self, f: &mut fmt::Formatter<'_>, at: usize, indent: usize, seen: &mut BTreeSet<usize>) -> fmt::Result {
        let Some(node) = self.nodes.get(at) else { return Ok(()) };
        let pad = indent * 2;
        if !seen.insert(at) {
            return writeln!(f, "{:pad$}{}: see above", "", node.domain);
        }
        head(f, node, pad)?;
        for fault in &node.faults {
            writeln!(f, "{:pad$}  fault at {}..{}: {}", "", fault.span.start, fault.span.end, shown(&fault.to_string()))?;
        }
        for term in &node.terms {
            write!(f, "{:pad$}  {}", "", shown(&term.text))?;
            detail(f, term)?;
            writeln!(f)?;
            if let Some(next) = term.leads_to {
                self.node(f, next, indent + 2, seen)?;
            }
        }
        Ok(())
    }

    /// A term and its record, in words.
    #[must_use]
    pub fn named(&self, place: TermRef) -> String {
        self.at(place).map_or_else(String::new, |(node, term)| format!("`{}` of {}", shown(&term.text), shown(&node.domain)))
    }
}

fn head(f: &mut fmt::Formatter<'_>, node: &Node, pad: usize) -> fmt::Result {
    write!(f, "{:pad$}{}: ", "", shown(&node.domain))?;
    match &node.published {
        Published::Record(text) => writeln!(f, "{}", shown(text)),
        Published::Several(texts) => {
            writeln!(f, "{} records", texts.len())?;
            texts.iter().try_for_each(|text| writeln!(f, "{:pad$}  {}", "", shown(text)))
        }
        Published::Nothing(near) => {
            writeln!(f, "no record")?;
            near.iter().try_for_each(|text| writeln!(f, "{:pad$}  perhaps meant to be one: {}", "", shown(text)))
        }
        Published::NoSuchName => writeln!(f, "the name does not exist"),
        Published::Trouble(words) => writeln!(f, "nobody could say: {words}"),
    }
}

/// What became of a term: what it costs, what it found, and why it does nothing.
fn detail(f: &mut fmt::Formatter<'_>, term: &Term) -> fmt::Result {
    match term.standing {
        Standing::Reached => {}
        Standing::AfterAll => return write!(f, "  never reached"),
        Standing::BesideAll => return write!(f, "  ignored beside `all`"),
        Standing::Inert => return Ok(()),
    }
    let Cost { lookups, void_v4, void_v6 } = term.cost;
    let mut parts = Vec::new();
    match lookups {
        0 => {}
        1 => parts.push("1 look-up".to_owned()),
        _ => parts.push(format!("{lookups} look-ups")),
    }
    match (void_v4, void_v6) {
        (0, 0) => {}
        (v4, v6) if v4 == v6 => parts.push(format!("{v4} void")),
        (0, v6) => parts.push(format!("{v6} void for IPv6 clients")),
        (v4, 0) => parts.push(format!("{v4} void for IPv4 clients")),
        (v4, v6) => parts.push(format!("{v4} void for IPv4 clients, {v6} for IPv6 clients")),
    }
    if term.varies {
        parts.push("depends on the message".to_owned());
    } else if lookups > 0 && term.target.is_none() {
        parts.push("no name that can be asked for".to_owned());
    } else if term.is_link() && term.leads_to.is_none() {
        parts.push("one record too many, not asked for".to_owned());
    }
    match &term.exchangers {
        Some(Ok(1)) => parts.push("1 exchanger".to_owned()),
        Some(Ok(count)) => parts.push(format!("{count} exchangers")),
        Some(Err(why)) => parts.push(format!("exchangers: {why}")),
        None => {}
    }
    parts.extend(term.hosts.iter().filter_map(trouble));
    // What is written out need not be repeated.
    if !matches!(term.mechanism(), Some(Mechanism::Ip4(..) | Mechanism::Ip6(..))) {
        parts.extend(term.networks.iter().take(MAX_NETWORKS).map(ToString::to_string));
        if let Some(more) = term.networks.len().checked_sub(MAX_NETWORKS).filter(|more| *more > 0) {
            parts.push(format!("{more} more"));
        }
    }
    if parts.is_empty() { Ok(()) } else { write!(f, "  ({})", parts.join(", ")) }
}

/// What a stranger wrote, without what moves a cursor.
fn shown(text: &str) -> Cow<'_, str> {
    if text.contains(char::is_control) { text.replace(char::is_control, "\u{fffd}").into() } else { text.into() }
}

/// Why a host has no address; `None` if it has one.
fn trouble(host: &Host) -> Option<String> {
    let words = |found: &Result<usize, Absent>| found.as_ref().err().map(ToString::to_string);
    let has_address = host.v4.is_ok() || matches!(host.v6, Some(Ok(_)));
    let failed = |found: &Result<usize, Absent>| matches!(found, Err(Absent::Trouble(_)));
    let failed = if failed(&host.v4) { Some(&host.v4) } else { host.v6.as_ref().filter(|v6| failed(v6)) };
    match failed {
        Some(found) => words(found).map(|words| format!("{}: {words}", host.name)),
        None if has_address => None,
        None => words(&host.v4).map(|words| format!("{}: {words}", host.name)),
    }
}
