//! What a survey asks: the records, level by level, then the addresses that their terms name.

use std::{borrow::Cow, collections::HashMap, net::IpAddr};

use futures::{StreamExt, stream};

use super::{
    super::{
        macros::{self, Letter, Piece, Place, Values},
        record::{Cidr, MacroText, Mechanism, Modifier, Record, TermKind, is_spf},
    },
    Cost, EXCHANGER_LIMIT, Host, MAX_RECORDS, MAX_RESOLVED, MAX_TERMS, Network, Node, Published, Standing, Term,
};
use crate::dns::{Absent, Kind, Records, Resolver, plain_name};

/// Questions under way at once.
const AT_ONCE: usize = 16;

/// Texts that look like a record and are none, of one name.
const MAX_NEAR: usize = 10;

/// The domains, the first first, and whether none was left out. With a record given, it is taken to be what the first publishes.
pub(super) async fn walk(resolver: &dyn Resolver, domain: &str, given: Option<&str>) -> (Vec<Node>, bool) {
    let Some(name) = plain_name(domain).filter(|name| name.contains('.') && !name.starts_with('[')) else {
        let node = Node { published: Published::NoSuchName, ..Node::empty(domain) };
        return (vec![node], true);
    };
    let mut walk = Walk { root: name.clone().into_owned(), nodes: Vec::new(), known: HashMap::new(), complete: true };
    let mut pending = vec![walk.node(&name)];
    if let Some(record) = given {
        walk.read(0, Ok(&[record.as_bytes().into()]));
        pending = walk.follow(0);
    }
    while !pending.is_empty() {
        let names: Vec<String> = pending.iter().filter_map(|at| Some(walk.nodes.get(*at)?.domain.clone())).collect();
        let answers: Vec<_> =
            stream::iter(names).map(|name| async move { resolver.txt(&name).await }).buffered(AT_ONCE).collect().await;
        let mut next = Vec::new();
        for (at, answer) in pending.into_iter().zip(answers) {
            walk.read(at, answer.as_deref());
            next.extend(walk.follow(at));
        }
        pending = next;
    }
    walk.resolve(resolver).await;
    (walk.nodes, walk.complete)
}

struct Walk {
    root: String,
    nodes: Vec<Node>,
    known: HashMap<String, usize>,
    complete: bool,
}

/// What is to be asked for a term.
enum Wanted {
    /// Addresses of a name.
    Host(String, Cidr),
    /// Addresses of its mail exchangers.
    Exchangers(String, Cidr),
    /// Whether it has an IPv4 address.
    Existence(String),
}

/// What was found for a term.
#[derive(Default)]
struct Resolved {
    networks: Vec<Network>,
    exchangers: Option<Result<usize, Absent>>,
    hosts: Vec<Host>,
}

impl Node {
    fn empty(domain: &str) -> Self {
        Self {
            domain: domain.to_owned(),
            published: Published::Nothing(Vec::new()),
            bytes: 0,
            terms: Vec::new(),
            faults: Vec::new(),
            passes: false,
        }
    }
}

impl Walk {
    /// The place of a domain, which is made if it has none.
    fn node(&mut self, domain: &str) -> usize {
        let at = self.nodes.len();
        self.nodes.push(Node::empty(domain));
        self.known.insert(domain.to_owned(), at);
        at
    }

    /// Takes in what a domain publishes.
    fn read(&mut self, at: usize, answer: Result<&[Box<[u8]>], &Absent>) {
        let Some(node) = self.nodes.get_mut(at) else { return };
        let texts = match answer {
            Ok(texts) => texts,
            Err(why) => {
                node.published = match why {
                    Absent::NoSuchName => Published::NoSuchName,
                    Absent::NoData => Published::Nothing(Vec::new()),
                    Absent::Trouble(words) => Published::Trouble(words.to_string()),
                };
                return;
            }
        };
        node.bytes = texts.iter().map(|text| node.domain.len() + text.len()).sum();
        let lossy = |text: &[u8]| String::from_utf8_lossy(text).into_owned();
        let records: Vec<String> = texts.iter().filter(|text| is_spf(text)).map(|text| lossy(text)).collect();
        let Some(text) = records.first() else {
            let near = texts.iter().filter(|text| is_near(text)).take(MAX_NEAR).map(|text| lossy(text));
            node.published = Published::Nothing(near.collect());
            return;
        };
        let mut parsed = Record::parse(text);
        self.complete &= parsed.record.terms.len() <= MAX_TERMS;
        parsed.record.terms.truncate(MAX_TERMS);
        parsed.faults.truncate(MAX_TERMS);
        node.faults = parsed.faults;
        node.terms = terms(&parsed.record, &node.domain, &self.root);
        node.published = match <[String; 1]>::try_from(records) {
            Ok([one]) => Published::Record(one),
            Err(several) => Published::Several(several),
        };
    }

    /// Ties the terms that lead on to the records they lead to. Those that are new.
    fn follow(&mut self, at: usize) -> Vec<usize> {
        let Some(node) = self.nodes.get_mut(at) else { return Vec::new() };
        let mut terms = std::mem::take(&mut node.terms);
        let mut new = Vec::new();
        for term in terms.iter_mut().filter(|term| term.is_link() && term.standing == Standing::Reached) {
            let Some(target) = &term.target else { continue };
            term.leads_to = self.known.get(target).copied();
            if term.leads_to.is_some() {
                continue;
            }
            if self.nodes.len() >= MAX_RECORDS {
                self.complete = false;
                continue;
            }
            let made = self.node(target);
            term.leads_to = Some(made);
            new.push(made);
        }
        if let Some(node) = self.nodes.get_mut(at) {
            node.terms = terms;
        }
        new
    }

    /// Asks for the addresses that terms name.
    async fn resolve(&mut self, resolver: &dyn Resolver) {
        let mut wanted = Vec::new();
        for (at, node) in self.nodes.iter().enumerate() {
            for (place, term) in node.terms.iter().enumerate().filter(|(_, term)| term.standing == Standing::Reached) {
                if let Some(asked) = term.wanted() {
                    wanted.push((at, place, asked));
                }
            }
        }
        if wanted.len() > MAX_RESOLVED {
            wanted.truncate(MAX_RESOLVED);
            self.complete = false;
        }
        let found: Vec<_> = stream::iter(wanted)
            .map(|(at, place, wanted)| async move { (at, place, wanted.ask(resolver).await) })
            .buffered(AT_ONCE)
            .collect()
            .await;
        for (at, place, mut resolved) in found {
            let Some(term) = self.nodes.get_mut(at).and_then(|node| node.terms.get_mut(place)) else { continue };
            resolved.networks.sort_unstable();
            resolved.networks.dedup();
            (term.networks, term.exchangers, term.hosts) = (resolved.networks, resolved.exchangers, resolved.hosts);
        }
    }
}

impl Term {
    fn wanted(&self) -> Option<Wanted> {
        let target = self.target.clone()?;
        match self.mechanism()? {
            Mechanism::A(_, cidr) => Some(Wanted::Host(target, *cidr)),
            Mechanism::Mx(_, cidr) => Some(Wanted::Exchangers(target, *cidr)),
            Mechanism::Exists(_) => Some(Wanted::Existence(target)),
            Mechanism::All | Mechanism::Include(_) | Mechanism::Ptr(_) | Mechanism::Ip4(..) | Mechanism::Ip6(..) => None,
        }
    }
}

impl Wanted {
    async fn ask(self, resolver: &dyn Resolver) -> Resolved {
        let mut resolved = Resolved::default();
        match self {
            Self::Host(name, cidr) => resolved.host(resolver, name, cidr).await,
            Self::Exchangers(name, cidr) => match resolver.mx(&name).await {
                Ok(found) => {
                    resolved.exchangers = Some(Ok(found.len()));
                    for mx in found.iter().take(EXCHANGER_LIMIT) {
                        if let Some(host) = plain_name(&mx.exchange) {
                            resolved.host(resolver, host.into_owned(), cidr).await;
                        }
                    }
                }
                Err(why) => resolved.exchangers = Some(Err(why)),
            },
            Self::Existence(name) => {
                let v4 = resolver.a(&name).await.map(|found| found.len());
                resolved.hosts.push(Host { name, v4, v6: None });
            }
        }
        resolved
    }
}

impl Resolved {
    async fn host(&mut self, resolver: &dyn Resolver, name: String, cidr: Cidr) {
        let (v4, v6) = futures::join!(resolver.ask(&name, Kind::A), resolver.ask(&name, Kind::Aaaa));
        let v4 = self.add(v4.outcome, cidr);
        let v6 = Some(self.add(v6.outcome, cidr));
        self.hosts.push(Host { name, v4, v6 });
    }

    fn add(&mut self, outcome: Result<Records, Absent>, cidr: Cidr) -> Result<usize, Absent> {
        let mut count = 0;
        let mut each = |address: IpAddr, length| {
            count += 1;
            self.networks.push(Network::new(address, length));
        };
        match outcome? {
            Records::A(found) => found.iter().for_each(|address| each((*address).into(), cidr.v4)),
            Records::Aaaa(found) => found.iter().for_each(|address| each((*address).into(), cidr.v6)),
            // A resolver that answers another question.
            Records::Mx(_)
            | Records::Ptr(_)
            | Records::Txt(_)
            | Records::Cname(_)
            | Records::Ns(_)
            | Records::Soa(_)
            | Records::Tlsa(_)
            | Records::Ds(_) => return Err(Absent::NoData),
        }
        Ok(count)
    }
}

/// The terms of a record, before anything is asked.
fn terms(record: &Record, domain: &str, root: &str) -> Vec<Term> {
    let mut all = false;
    let redirects = record.redirect().is_some();
    let mut terms = Vec::with_capacity(record.terms.len());
    for found in &record.terms {
        let standing = match &found.kind {
            TermKind::Directive(..) if all => Standing::AfterAll,
            TermKind::Modifier(Modifier::Redirect(_)) if !redirects => Standing::BesideAll,
            TermKind::Directive(..) | TermKind::Modifier(Modifier::Redirect(_)) => Standing::Reached,
            TermKind::Modifier(Modifier::Explanation(_) | Modifier::Unknown(..)) => Standing::Inert,
        };
        all |= matches!(found.kind, TermKind::Directive(_, Mechanism::All));
        let asked = asked(&found.kind);
        let name =
            asked.map(|(text, _)| text.map_or(Name::Known(Cow::Borrowed(domain)), |text| name(record, text, domain, root)));
        let networks = match &found.kind {
            TermKind::Directive(_, Mechanism::Ip4(address, length)) => vec![Network::new((*address).into(), *length)],
            TermKind::Directive(_, Mechanism::Ip6(address, length)) => vec![Network::new((*address).into(), *length)],
            TermKind::Directive(..) | TermKind::Modifier(_) => Vec::new(),
        };
        let reached = standing == Standing::Reached;
        let lookups = asked.filter(|_| reached).map_or(0, |(text, own)| own + validations(record, text));
        terms.push(Term {
            text: record.slice(&found.span).to_owned(),
            span: found.span.clone(),
            kind: found.kind.clone(),
            standing,
            varies: matches!(name, Some(Name::Varies)),
            target: match name {
                Some(Name::Known(name)) => Some(name.into_owned()),
                Some(Name::Varies | Name::Impossible) | None => None,
            },
            cost: Cost { lookups, ..Cost::default() },
            leads_to: None,
            networks,
            exchangers: None,
            hosts: Vec::new(),
        });
    }
    terms
}

/// The name a term asks about, its record's own if there is none, and how many look-ups the term counts for. `None` if it asks nothing.
const fn asked(kind: &TermKind) -> Option<(Option<&MacroText>, u32)> {
    match kind {
        TermKind::Directive(_, mechanism) => match mechanism {
            Mechanism::All | Mechanism::Ip4(..) | Mechanism::Ip6(..) => None,
            Mechanism::Include(text) | Mechanism::Exists(text) => Some((Some(text), 1)),
            Mechanism::A(text, _) | Mechanism::Mx(text, _) | Mechanism::Ptr(text) => Some((text.as_ref(), 1)),
        },
        TermKind::Modifier(Modifier::Redirect(text)) => Some((Some(text), 1)),
        TermKind::Modifier(Modifier::Explanation(_) | Modifier::Unknown(..)) => None,
    }
}

/// The look-up that `p` counts for (section 4.6.4).
fn validations(record: &Record, text: Option<&MacroText>) -> u32 {
    let text = text.map_or("", |text| record.slice(&text.span));
    u32::from(macros::uses(text, Place::Term, Letter::ValidatedName))
}

enum Name<'a> {
    Known(Cow<'a, str>),
    /// It depends on the message.
    Varies,
    /// It cannot be asked for, and matches nothing.
    Impossible,
}

/// A name whose macros are expanded, if they stand for nothing but domains that are known here: `d`, and `o` for mail from the domain that
/// the survey is about.
fn name<'a>(record: &'a Record, text: &MacroText, domain: &str, root: &str) -> Name<'a> {
    let text = record.slice(&text.span);
    let varies = macros::pieces(text, Place::Term).any(|piece| match piece {
        Ok(Piece::Expand(found)) => !matches!(found.letter, Letter::Domain | Letter::SenderDomain),
        Ok(Piece::Literal(_)) | Err(_) => false,
    });
    if varies {
        return Name::Varies;
    }
    let values = Values {
        local_part: "",
        sender_domain: root,
        domain,
        client: IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED),
        helo: "",
        validated_name: "",
        receiver: "",
        now: 0,
    };
    let expanded = macros::expand(text, Place::Term, &values);
    match plain_name(macros::fitted(&expanded)) {
        Some(name) => Name::Known(Cow::Owned(name.into_owned())),
        None => Name::Impossible,
    }
}

/// Whether a text that is no record was perhaps meant to be one: `spf1` near its beginning, or another version.
fn is_near(text: &[u8]) -> bool {
    let head: Vec<u8> = text.iter().take(16).map(u8::to_ascii_lowercase).collect();
    let holds = |part: &[u8]| head.windows(part.len()).any(|window| window == part);
    holds(b"spf1") || head.trim_ascii_start().starts_with(b"v=spf") || holds(b"spf2.0/")
}
