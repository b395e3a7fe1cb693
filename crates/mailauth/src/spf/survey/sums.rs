//! What a survey comes to: costs, who may send, loops, what stands twice. Pure.

use std::collections::{BTreeSet, HashMap};

use super::{
    super::record::{Mechanism, Modifier, Qualifier, TermKind},
    Again, Cost, Network, Node, Overlap, Standing, Survey, Term, TermRef,
};
use crate::dns::Absent;

/// Overlaps, and links that stand twice, that are told.
const MAX_TOLD: usize = 200;

/// Puts a survey together from the records that were found.
pub(super) fn sum(mut nodes: Vec<Node>, complete: bool) -> Survey {
    for term in nodes.iter_mut().flat_map(|node| &mut node.terms) {
        let (void_v4, void_v6) = voids(term);
        term.cost = Cost { void_v4: void_v4.into(), void_v6: void_v6.into(), ..term.cost };
    }
    let mut costs = Costs { states: vec![State::Unknown; nodes.len()], loops: Vec::new() };
    let cost = costs.of(0, &nodes);
    let totals: Vec<Cost> = (0..nodes.len()).map(|at| costs.of(at, &nodes)).collect();
    let mut loops = costs.loops;
    loops.sort_unstable();
    for (at, node) in nodes.iter_mut().enumerate() {
        for (place, term) in node.terms.iter_mut().enumerate() {
            let closes = loops.binary_search(&TermRef { node: at, term: place }).is_ok();
            if let Some(below) = term.leads_to.and_then(|at| totals.get(at)).filter(|_| !closes) {
                term.cost = term.cost.and(*below);
            }
        }
    }
    mark_passing(&mut nodes);
    Survey {
        otherwise: otherwise(&nodes),
        cost,
        ipv4_addresses: ipv4_addresses(&nodes),
        everybody: everybody(&nodes),
        again: again(&nodes, &loops),
        loops,
        overlaps: overlaps(&nodes),
        complete,
        nodes,
    }
}

/// Whether a term finds nothing, for a client of each family. Names that depend on the message are left out: who writes them means them to
/// be found for some clients.
fn voids(term: &Term) -> (bool, bool) {
    let void = |found: &Result<usize, Absent>| matches!(found, Err(Absent::NoSuchName | Absent::NoData));
    let Some(mechanism) = term.mechanism() else { return (false, false) };
    match mechanism {
        Mechanism::Mx(..) => {
            let both = term.exchangers.as_ref().is_some_and(void);
            (both, both)
        }
        Mechanism::A(..) | Mechanism::Exists(_) => {
            let Some(host) = term.hosts.first() else { return (false, false) };
            // `exists` asks for an IPv4 address, whatever the client has (section 5.7).
            (void(&host.v4), void(host.v6.as_ref().unwrap_or(&host.v4)))
        }
        Mechanism::All | Mechanism::Include(_) | Mechanism::Ptr(_) | Mechanism::Ip4(..) | Mechanism::Ip6(..) => (false, false),
    }
}

#[derive(Clone, Copy)]
enum State {
    Unknown,
    OnTheWay,
    Known(Cost),
}

/// What records cost with everything they lead to, each found out once. There are few records, so that it may recurse.
struct Costs {
    states: Vec<State>,
    loops: Vec<TermRef>,
}

impl Costs {
    fn of(&mut self, at: usize, nodes: &[Node]) -> Cost {
        match self.states.get(at) {
            Some(State::Known(cost)) => return *cost,
            Some(State::Unknown) => {}
            Some(State::OnTheWay) | None => return Cost::default(),
        }
        self.set(at, State::OnTheWay);
        let mut total = Cost::default();
        for (term, found) in nodes.get(at).map_or(&[][..], |node| &node.terms).iter().enumerate() {
            total = total.and(found.cost);
            let Some(next) = found.leads_to else { continue };
            if matches!(self.states.get(next), Some(State::OnTheWay)) {
                self.loops.push(TermRef { node: at, term });
            } else {
                total = total.and(self.of(next, nodes));
            }
        }
        self.set(at, State::Known(total));
        total
    }

    fn set(&mut self, at: usize, state: State) {
        if let Some(slot) = self.states.get_mut(at) {
            *slot = state;
        }
    }
}

/// Marks the records that can make the first one pass: itself, and those that a passing one includes with `+` or redirects to.
fn mark_passing(nodes: &mut [Node]) {
    let mut pending = vec![0];
    while let Some(at) = pending.pop() {
        let Some(node) = nodes.get_mut(at).filter(|node| !node.passes) else { continue };
        node.passes = true;
        let passing = node.terms.iter().filter(|term| term.qualifier().is_none_or(|found| found == Qualifier::Pass));
        pending.extend(passing.filter_map(|term| term.leads_to));
    }
}

/// Terms that let a client pass that they match.
fn passing(nodes: &[Node]) -> impl Iterator<Item = (TermRef, &Term)> {
    nodes.iter().enumerate().filter(|(_, node)| node.passes).flat_map(|(at, node)| {
        let terms = node.terms.iter().enumerate().map(move |(term, found)| (TermRef { node: at, term }, found));
        terms.filter(|(_, term)| term.standing == Standing::Reached && term.qualifier() == Some(Qualifier::Pass))
    })
}

/// What comes of a client that nothing matches: the `all` of the first record, or of the one that it redirects to. `None` where there is
/// none, which is neutral (section 4.7).
fn otherwise(nodes: &[Node]) -> Option<Qualifier> {
    let mut at = 0;
    // A redirect may lead around in a circle.
    for _ in 0..=nodes.len() {
        let node = nodes.get(at)?;
        for term in node.terms.iter().filter(|term| term.standing == Standing::Reached) {
            if let TermKind::Directive(qualifier, Mechanism::All) = &term.kind {
                return Some(*qualifier);
            }
        }
        let redirect = |term: &&Term| matches!(term.kind, TermKind::Modifier(Modifier::Redirect(_)));
        at = node.terms.iter().filter(redirect).find_map(|term| term.leads_to)?;
    }
    None
}

fn ipv4_addresses(nodes: &[Node]) -> u64 {
    let networks = passing(nodes).flat_map(|(_, term)| term.networks.iter());
    let mut ranges: Vec<(u32, u32)> = networks.filter_map(Network::v4_range).collect();
    ranges.sort_unstable();
    let (mut count, mut from) = (0_u64, 0_u64);
    for (first, last) in ranges {
        // The first address that is not counted yet, past the end at most.
        let (first, after) = (u64::from(first).max(from), u64::from(last) + 1);
        count += after.saturating_sub(first);
        from = from.max(after);
    }
    count
}

fn everybody(nodes: &[Node]) -> Vec<TermRef> {
    let all = |term: &Term| match term.mechanism() {
        Some(Mechanism::All) => true,
        Some(Mechanism::Exists(_)) => term.hosts.first().is_some_and(|host| host.v4.is_ok()),
        Some(
            Mechanism::Include(_)
            | Mechanism::A(..)
            | Mechanism::Mx(..)
            | Mechanism::Ptr(_)
            | Mechanism::Ip4(..)
            | Mechanism::Ip6(..),
        )
        | None => term.networks.iter().any(|network| network.length() == 0),
    };
    passing(nodes).filter(|(_, term)| all(term)).map(|(place, _)| place).collect()
}

/// The order in which an evaluation comes to the terms that lead on, each once.
fn links(nodes: &[Node]) -> Vec<(TermRef, usize)> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::from([0]);
    let mut stack = vec![(0_usize, 0_usize)];
    while let Some((node, from)) = stack.pop() {
        let terms = nodes.get(node).map_or(&[][..], |node| &node.terms);
        let Some((term, next)) =
            (from..).zip(terms.get(from..).unwrap_or_default()).find_map(|(at, term)| Some((at, term.leads_to?)))
        else {
            continue;
        };
        found.push((TermRef { node, term }, next));
        stack.push((node, term + 1));
        if seen.insert(next) {
            stack.push((next, 0));
        }
    }
    found
}

fn again(nodes: &[Node], loops: &[TermRef]) -> Vec<Again> {
    let mut first: HashMap<usize, TermRef> = HashMap::new();
    let mut found = Vec::new();
    for (place, next) in links(nodes) {
        if loops.binary_search(&place).is_ok() {
            continue;
        }
        match first.get(&next) {
            Some(first) if found.len() < MAX_TOLD => found.push(Again { first: *first, then: place }),
            Some(_) => break,
            None => {
                first.insert(next, place);
            }
        }
    }
    found
}

/// Networks sorted so that each stands behind those that contain it.
fn overlaps(nodes: &[Node]) -> Vec<Overlap> {
    let mut all: Vec<(Network, TermRef)> =
        passing(nodes).flat_map(|(place, term)| term.networks.iter().map(move |network| (*network, place))).collect();
    // Of two that are alike the one in the more distant record counts as the wider: the nearer can be taken out.
    all.sort_by_key(|(network, place)| (network.address(), network.length(), std::cmp::Reverse(place.node), place.term));
    let mut open: Vec<(Network, TermRef)> = Vec::new();
    let mut pairs = BTreeSet::new();
    let mut found = Vec::new();
    for (network, place) in all {
        while open.last().is_some_and(|(outer, _)| !outer.contains(&network)) {
            open.pop();
        }
        if let Some((outer_network, outer)) = open.iter().rev().find(|(_, outer)| *outer != place)
            && found.len() < MAX_TOLD
            && pairs.insert((place, *outer))
        {
            found.push(Overlap { inner: place, inner_network: network, outer: *outer, outer_network: *outer_network });
        }
        open.push((network, place));
    }
    found.sort_by_key(|overlap| (overlap.inner, overlap.outer));
    found
}
