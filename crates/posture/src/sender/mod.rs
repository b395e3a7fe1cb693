//! SPF records to publish: what stands there, without terms that should go, and with another end.

mod in_order;
mod merged;
mod repaired;
mod written_out;

use std::{collections::BTreeSet, fmt::Write as _};

use mailauth::spf::{
    record::{Mechanism, Qualifier, Record, TermKind},
    survey::{Node, Published, Standing, Survey, Term, TermRef},
};

pub(crate) use in_order::in_order;
pub(crate) use merged::merged;
pub(crate) use repaired::{no_effect, repaired, run_together};
pub(crate) use written_out::{told, written_out};

use crate::{Finding, evidence::DomainEvidence};

/// Who takes a domain's mail, and what lets the same service send it.
const PROVIDERS: &str = include_str!("../../data/spf-providers.tsv");

/// A record in the making. There is one only for records that are the domain's, or of a name below it, and can be understood as a whole.
#[derive(Debug, Clone)]
pub(crate) struct Draft<'a> {
    node: &'a Node,
    gone: BTreeSet<usize>,
    /// Terms that take the place of others.
    instead: Vec<(usize, String)>,
    end: Option<Qualifier>,
}

impl<'a> Draft<'a> {
    /// What the domain's own record says.
    pub(crate) fn own(evidence: &'a DomainEvidence) -> Option<Self> {
        Self::of(evidence, 0)
    }

    /// What one of the records says.
    pub(crate) fn of(evidence: &'a DomainEvidence, at: usize) -> Option<Self> {
        let node = evidence.spf.survey.nodes.get(at)?;
        let several = matches!(node.published, Published::Several(_));
        let owned = is_at_or_below(&node.domain, &evidence.domain);
        (owned && !several && node.record().is_some() && node.faults.is_empty()).then(|| Self {
            node,
            gone: BTreeSet::new(),
            instead: Vec::new(),
            end: None,
        })
    }

    /// The same, without some of its terms.
    pub(crate) fn without(mut self, terms: impl IntoIterator<Item = usize>) -> Self {
        self.gone.extend(terms);
        self
    }

    /// The same, with other terms in the place of one.
    pub(crate) fn with(mut self, term: usize, instead: String) -> Self {
        self.instead.push((term, instead));
        self
    }

    /// The same, saying this of everybody who is not named: in the place of `all`, or at its end.
    pub(crate) fn otherwise(mut self, end: Qualifier) -> Self {
        self.end = Some(end);
        self
    }

    /// Whether it still lets somebody send.
    pub(crate) fn names_somebody(&self) -> bool {
        self.kept().any(|(_, term)| {
            let pass = term.qualifier().is_none_or(|found| found == Qualifier::Pass);
            let all = matches!(term.mechanism(), Some(Mechanism::All));
            (term.mechanism().is_some() || term.is_link()) && pass && !all && term.standing == Standing::Reached
        })
    }

    fn kept(&self) -> impl Iterator<Item = (usize, &'a Term)> {
        self.node.terms.iter().enumerate().filter(|(at, _)| !self.gone.contains(at))
    }

    /// Its text.
    pub(crate) fn text(&self) -> String {
        let mut text = String::from("v=spf1");
        let mut ended = false;
        for (at, term) in self.kept() {
            let all = matches!(term.mechanism(), Some(Mechanism::All));
            let end = self.end.filter(|_| all);
            ended |= all;
            match (end, self.instead.iter().find(|(place, _)| *place == at)) {
                (Some(end), _) => _ = write!(text, " {}all", end.as_str()),
                (None, Some((_, instead))) => _ = write!(text, " {instead}"),
                (None, None) => _ = write!(text, " {}", term.text),
            }
        }
        if let Some(end) = self.end.filter(|_| !ended) {
            let _ = write!(text, " {}all", end.as_str());
        }
        text
    }

    /// Says to publish it, if it is another record than the one that stands there.
    pub(crate) fn publish(&self, finding: Finding) -> Finding {
        let Some(old) = self.node.record() else { return finding };
        let text = self.text();
        if text == old {
            return finding;
        }
        finding.publish(self.node.domain.clone(), "TXT", text, &[old.to_owned()])
    }
}

/// Says to publish the records of the domain without these terms, as far as somebody may still send then.
pub(crate) fn publish_without(mut finding: Finding, evidence: &DomainEvidence, places: &[TermRef]) -> Finding {
    let nodes: BTreeSet<usize> = places.iter().map(|place| place.node).collect();
    for at in nodes {
        let gone = places.iter().filter(|place| place.node == at).map(|place| place.term);
        if let Some(draft) = Draft::of(evidence, at).map(|draft| draft.without(gone)).filter(Draft::names_somebody) {
            finding = draft.publish(finding);
        }
    }
    finding
}

/// Records that checks would publish and that bring names into effect which no evaluation comes to today: they are surveyed before anybody
/// is told to publish them.
pub(crate) fn proposals(survey: &Survey) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let Some(root) = survey.root() else { return found };
    let mut propose = |node: &Node, text: Option<String>| found.extend(text.map(|text| (node.domain.clone(), text)));
    match &root.published {
        Published::Several(texts) => propose(root, merged(texts)),
        Published::Nothing(near) => propose(root, near.iter().find_map(|text| completed(text))),
        Published::Record(_) | Published::NoSuchName | Published::Trouble(_) => {}
    }
    let single = |node: &&Node| matches!(node.published, Published::Record(_)) && is_at_or_below(&node.domain, &root.domain);
    for node in survey.nodes.iter().filter(single) {
        let Some(text) = node.record() else { continue };
        if !node.faults.is_empty() || no_effect(node).next().is_some() || run_together(node).next().is_some() {
            propose(node, repaired(text, node));
        }
        if node.terms.iter().any(|term| matches!(term.standing, Standing::AfterAll | Standing::BesideAll)) {
            propose(node, in_order(node));
        }
    }
    found
}

/// Says to publish a proposed record in the place of all that stand at its domain, or why it must not be published.
pub(crate) fn publish_proposed(finding: Finding, evidence: &DomainEvidence, node: &Node, text: Option<String>) -> Finding {
    let Some(text) = text else { return finding };
    let old = match &node.published {
        Published::Record(text) => std::slice::from_ref(text),
        Published::Several(texts) => texts.as_slice(),
        Published::Nothing(_) | Published::NoSuchName | Published::Trouble(_) => &[],
    };
    if old.contains(&text) && old.len() == 1 {
        return finding;
    }
    match evidence.spf.objection(&node.domain, &text) {
        None => finding.publish(node.domain.clone(), "TXT", text, old),
        Some(words) => finding.seen(format!("{text} must not be published as it is"), words),
    }
}

/// Terms of the domain's own record that say what another says: a record included a second time, in the record itself or by another that it
/// includes.
pub(crate) fn duplicates(survey: &Survey) -> BTreeSet<usize> {
    let passes = |place: TermRef| {
        survey.at(place).is_some_and(|(node, term)| {
            node.passes && matches!(term.kind, TermKind::Directive(Qualifier::Pass, Mechanism::Include(_)))
        })
    };
    let mut found = BTreeSet::new();
    for again in survey.again.iter().filter(|again| passes(again.first) && passes(again.then)) {
        // Of two in the record itself the second goes.
        if again.then.node == 0 {
            found.insert(again.then.term);
        } else if again.first.node == 0 {
            found.insert(again.first.term);
        }
    }
    found
}

/// A record for a domain that has none: what lets the service send that takes its mail, or else its mail exchangers.
pub(crate) fn suggested(evidence: &DomainEvidence) -> String {
    let mut text = String::from("v=spf1");
    let mut known = BTreeSet::new();
    for mx in evidence.mx.hosts() {
        let found = PROVIDERS
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| line.split_once('\t'))
            .find(|(host, _)| is_at_or_below(&mx.host, host));
        let term = found.map_or_else(|| "mx".to_owned(), |(_, include)| format!("include:{}", include.trim()));
        if known.insert(term.clone()) {
            let _ = write!(text, " {term}");
        }
    }
    if known.is_empty() {
        text.push_str(" mx");
    }
    text.push_str(" ~all");
    text
}

/// A text of the domain's that was perhaps meant as a record, made one, if that is easy to see.
pub(crate) fn completed(near: &str) -> Option<String> {
    let plain = near.trim().trim_matches(['"', '\'']).trim();
    let versions = ["v=spf1", "spf1", "v=spf", "v:spf1", "v = spf1", "v= spf1", "v =spf1"];
    let rest = versions.iter().find_map(|version| {
        let (head, rest) = plain.split_at_checked(version.len())?;
        head.eq_ignore_ascii_case(version).then_some(rest)
    })?;
    let text = format!("v=spf1 {}", rest.trim_start_matches([';', ',', ':', ' ']));
    let text = text.trim_end();
    Record::parse(text).faults.is_empty().then(|| text.to_owned())
}

pub(crate) fn is_at_or_below(name: &str, domain: &str) -> bool {
    name.strip_suffix(domain).is_some_and(|head| head.is_empty() || head.ends_with('.'))
}
