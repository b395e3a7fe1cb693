//! What a domain's SPF record leads to, as a tree of the terms that cost look-ups.

use std::collections::BTreeSet;

use mailauth::spf::survey::{Cost, LOOKUP_LIMIT, Published, Standing, Survey, Term, VOID_LIMIT};

use crate::evidence::DomainEvidence;

/// Terms that are told; a record that is right has ten at most.
const MOST: usize = 200;

/// What a record leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpfTree {
    /// What an evaluation costs that nothing matches.
    pub cost: Cost,
    /// Whether records lead back to themselves: then the costs are those of one round.
    pub endless: bool,
    /// IPv4 addresses that may send.
    pub ipv4_addresses: u64,
    /// Whether everything was looked at, and is told.
    pub complete: bool,
    /// The terms that cost look-ups, each before those of the record that it leads to.
    pub terms: Vec<SpfTerm>,
}

/// A term that costs look-ups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpfTerm {
    /// How many records are around its own.
    pub depth: usize,
    /// Whose record it stands in.
    pub record: String,
    /// As it is written.
    pub text: String,
    /// What it costs, with all it leads to.
    pub lookups: u32,
    /// What is to be said of it.
    pub note: Option<&'static str>,
}

impl SpfTree {
    /// The tree of a domain that publishes one record.
    #[must_use]
    pub fn of(evidence: &DomainEvidence) -> Option<Self> {
        evidence.spf.own()?;
        let survey = &evidence.spf.survey;
        let mut tree = Self {
            cost: survey.cost,
            endless: survey.is_endless(),
            ipv4_addresses: survey.ipv4_addresses,
            complete: survey.complete,
            terms: Vec::new(),
        };
        tree.gather(survey);
        Some(tree)
    }

    /// From record to record, each told where it is met first. There are few, but one may be included very often.
    fn gather(&mut self, survey: &Survey) {
        let mut seen = BTreeSet::from([0]);
        let mut stack = vec![(0, 0)];
        while let Some((at, from)) = stack.pop() {
            let Some(node) = survey.nodes.get(at) else { continue };
            let costly = (from..).zip(node.terms.get(from..).unwrap_or_default());
            let Some((place, term)) = costly.into_iter().find(|(_, term)| term.cost.lookups > 0) else { continue };
            if self.terms.len() == MOST {
                self.complete = false;
                return;
            }
            let depth = stack.len();
            let again = term.leads_to.is_some_and(|next| seen.contains(&next));
            let note = if again { Some("see above") } else { note(survey, term) };
            let (record, text) = (node.domain.clone(), term.text.clone());
            self.terms.push(SpfTerm { depth, record, text, lookups: term.cost.lookups, note });
            stack.push((at, place + 1));
            if let Some(next) = term.leads_to.filter(|next| seen.insert(*next)) {
                stack.push((next, 0));
            }
        }
    }

    /// The figures, in a sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        let Cost { lookups, void_v4, void_v6 } = self.cost;
        let round = if self.endless { " in one round of a circle without end" } else { "" };
        let ones = if lookups == 1 { "look-up" } else { "look-ups" };
        let for_v6 = if void_v4 == void_v6 { String::new() } else { format!(", {void_v6} for senders with an IPv6 address") };
        format!(
            "{lookups} {ones}{round} ({LOOKUP_LIMIT} are allowed), {void_v4} of them void ({VOID_LIMIT} are allowed){for_v6}. {} IPv4 \
             addresses may send.",
            self.ipv4_addresses
        )
    }
}

impl SpfTerm {
    /// What it costs and what is to be said of it, in words.
    #[must_use]
    pub fn words(&self) -> String {
        let note = self.note.map(|note| format!(", {note}")).unwrap_or_default();
        if self.lookups == 1 { format!("1 look-up{note}") } else { format!("{} look-ups{note}", self.lookups) }
    }
}

/// What is to be said of a term, beside what it costs.
fn note(survey: &Survey, term: &Term) -> Option<&'static str> {
    let led = term.leads_to.and_then(|at| survey.nodes.get(at)).map(|node| &node.published);
    match led {
        Some(Published::NoSuchName) => Some("does not exist"),
        Some(Published::Nothing(_)) => Some("no record"),
        Some(Published::Several(_)) => Some("several records"),
        Some(Published::Trouble(_)) => Some("nobody could say"),
        Some(Published::Record(_)) => None,
        None if term.is_unknown() => Some("nobody could say"),
        None if term.varies => Some("depends on the message"),
        None if term.is_link() && term.standing == Standing::Reached => Some("not asked"),
        None if term.cost.void_v4 > 0 && term.cost.void_v6 > 0 => Some("finds nothing"),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use std::{fmt::Write, sync::Arc};

    use mailauth::dns::Zone;

    use super::SpfTree;
    use crate::evidence::{DomainEvidence, NoFetch, Question};

    async fn tree(record: &str) -> Option<String> {
        let zone = format!(
            "$ORIGIN example.com.\n@ TXT \"{record}\"\n@ A 192.0.2.80\n_a TXT \"v=spf1 a:example.com include:_b.example.com -all\"\n\
             _b TXT \"v=spf1 ip4:198.51.100.0/24 exists:%{{i}}.example.com include:_a.example.com -all\"\n\
             _c TXT \"v=spf1 ip4:203.0.113.0/25 -all\"\n"
        );
        let question = Question::new(Arc::new(Zone::parse(&zone).unwrap()), Arc::new(NoFetch), 0);
        let tree = SpfTree::of(&DomainEvidence::collect("example.com", &question).await.unwrap())?;
        let mut text = format!("{}\n", tree.sentence());
        for term in &tree.terms {
            writeln!(text, "{:depth$}{} ({})", "", term.text, term.words(), depth = 2 * term.depth).unwrap();
        }
        Some(text)
    }

    #[tokio::test]
    async fn terms_stand_below_what_leads_to_them() {
        let found = tree("v=spf1 include:_c.example.com a:nobody.example.com include:_c.example.com ip4:192.0.2.7 -all").await;
        let wanted = "3 look-ups (10 are allowed), 1 of them void (2 are allowed). 129 IPv4 addresses may send.\ninclude:_c.example.com (1 look-up)\n\
                      a:nobody.example.com (1 look-up, finds nothing)\ninclude:_c.example.com (1 look-up, see above)\n";
        assert_eq!(found.as_deref(), Some(wanted));
    }

    #[tokio::test]
    async fn a_circle_is_told_once() {
        let found = tree("v=spf1 include:_a.example.com include:_gone.example.com ?all").await;
        let wanted = "6 look-ups in one round of a circle without end (10 are allowed), 0 of them void (2 are allowed), 1 for senders \
                      with an IPv6 address. 257 IPv4 addresses may send.\ninclude:_a.example.com (5 look-ups)\n  a:example.com (1 look-up)\n  \
                      include:_b.example.com (3 look-ups)\n    exists:%{i}.example.com (1 look-up, depends on the message)\n    \
                      include:_a.example.com (1 look-up, see above)\ninclude:_gone.example.com (1 look-up, does not exist)\n";
        assert_eq!(found.as_deref(), Some(wanted));
    }

    #[tokio::test]
    async fn without_a_record_there_is_no_tree() {
        assert_eq!(tree("some text").await, None);
    }
}
