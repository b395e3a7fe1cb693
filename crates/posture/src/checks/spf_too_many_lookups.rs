//! A record that asks the DNS too often.

use mailauth::spf::{
    record::Mechanism,
    survey::{Cost, EXCHANGER_LIMIT, LOOKUP_LIMIT, Survey, Term, TermRef},
};

use crate::{
    Check, Finding, Reference, Severity,
    evidence::DomainEvidence,
    sender::{self, Draft},
};

/// The declaration.
pub static CHECK: Check = Check {
    id: "spf-too-many-lookups",
    severity: Severity::High,
    title: "The SPF record needs too many look-ups",
    meaning: "Receivers may ask the DNS ten times to find out whether a server may send for a domain, and have to give \
              up then. Every include, a, mx, ptr, exists and redirect is one look-up, and those inside of included \
              records count too.",
    risk: "Whatever comes after the tenth look-up counts for nothing, and the check ends with an error: honest mail \
              fails, in a way that changes from server to server and is hard to find.",
    advice: "Take out what no longer sends for the domain, beginning with what costs most. A service that sends under \
              a name of its own (news.example.com) needs no include in the domain's record. Do not copy a service's \
              addresses into the record: they change without notice.",
    references: &[Reference {
        title: "RFC 7208 section 4.6.4",
        url: "https://www.rfc-editor.org/rfc/rfc7208.html#section-4.6.4",
    }],
    baseline: &["MS.EXO.2.2v3"],
    run,
};

/// Terms inside of an included record that are named.
const SHOWN: usize = 12;

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let survey = &evidence.spf.survey;
    let (Some(own), false) = (evidence.spf.own(), survey.is_endless()) else { return };
    let total = survey.cost.lookups;
    let crowded: Vec<(TermRef, usize)> = survey
        .terms()
        .filter_map(|(place, _, term)| Some((place, *term.exchangers.as_ref()?.as_ref().ok()?)))
        .filter(|(_, count)| *count > EXCHANGER_LIMIT)
        .collect();
    if total < LOOKUP_LIMIT && crowded.is_empty() {
        return;
    }
    let mut finding = check.found(&evidence.domain);
    if total <= LOOKUP_LIMIT && crowded.is_empty() {
        "The SPF record has no look-up to spare".clone_into(&mut finding.title);
        finding = finding.matters(Severity::Informational);
    }
    if total >= LOOKUP_LIMIT {
        finding = finding.seen(format!("{} TXT", own.domain), format!("{total} look-ups; {LOOKUP_LIMIT} may be made"));
        let mut costly: Vec<&Term> = own.terms.iter().filter(|term| term.cost.lookups > 0).collect();
        costly.sort_by_key(|term| std::cmp::Reverse(term.cost.lookups));
        for term in costly {
            finding = finding.seen(format!("`{}`", term.text), composition(survey, term));
        }
    }
    if let Some(place) = last(survey).filter(|_| total > LOOKUP_LIMIT) {
        finding = finding.seen("the check ends", format!("at {}, the first look-up too many", survey.named(place)));
    }
    for (place, count) in crowded {
        let words = format!("{count} mail exchangers; the check ends with an error after {EXCHANGER_LIMIT}");
        finding = finding.seen(survey.named(place), words);
    }
    if let Some((draft, written)) = shorter(evidence).filter(|_| total > LOOKUP_LIMIT) {
        finding = draft.publish(sender::told(finding, written));
    }
    found.push(finding);
}

/// What a term costs, and of what that is made.
fn composition(survey: &Survey, term: &Term) -> String {
    let mut text = sum(term.cost);
    let mut parts = Vec::new();
    let mut pending = vec![term];
    // Records do not lead back to themselves where this is asked, but one may be included very often.
    while let Some(node) = pending.pop().and_then(|term| term.leads_to).and_then(|at| survey.nodes.get(at)) {
        for inner in node.terms.iter().filter(|inner| inner.cost.lookups > 0) {
            parts.push(match inner.cost.lookups {
                1 => format!("`{}`", inner.text),
                many => format!("`{}` ({many} with what is in it)", inner.text),
            });
            if parts.len() == SHOWN {
                parts.push("more".to_owned());
                pending.clear();
                break;
            }
            if inner.leads_to.is_some() {
                pending.push(inner);
            }
        }
    }
    if !parts.is_empty() {
        text.push_str(": itself, ");
        text.push_str(&parts.join(", "));
    }
    text
}

fn sum(cost: Cost) -> String {
    if cost.lookups == 1 { "1 look-up".to_owned() } else { format!("{} look-ups", cost.lookups) }
}

/// The term that asks for the first time too often, in the order of an evaluation that nothing matches.
fn last(survey: &Survey) -> Option<TermRef> {
    let mut spent = 0_u32;
    let mut stack = vec![(0, 0)];
    while let Some((node, from)) = stack.pop() {
        let terms = survey.nodes.get(node).map_or(&[][..], |node| &node.terms);
        let Some((at, term)) = (from..).zip(terms.get(from..)?).find(|(_, term)| term.cost.lookups > 0) else { continue };
        let below = |at: usize| {
            survey
                .nodes
                .get(at)
                .map_or(0, |node| node.terms.iter().fold(0, |sum: u32, term| sum.saturating_add(term.cost.lookups)))
        };
        spent = spent.saturating_add(term.cost.lookups.saturating_sub(term.leads_to.map_or(0, below)));
        if spent > LOOKUP_LIMIT {
            return Some(TermRef { node, term: at });
        }
        stack.push((node, at + 1));
        stack.extend(term.leads_to.map(|next| (next, 0)));
    }
    None
}

/// A record that says the same with few enough look-ups, if it can be had by leaving out what stands there twice and what finds nothing, or
/// else by also writing out the addresses of names that are the domain's own: these terms and their addresses are told too.
fn shorter(evidence: &DomainEvidence) -> Option<(Draft<'_>, Vec<(&str, String)>)> {
    let survey = &evidence.spf.survey;
    let own = evidence.spf.own()?;
    let mut gone = sender::duplicates(survey);
    gone.extend(own.terms.iter().enumerate().filter(|(_, term)| finds_nothing(term)).map(|(at, _)| at));
    let saved: u32 = gone.iter().filter_map(|at| own.terms.get(*at)).fold(0, |sum, term| sum.saturating_add(term.cost.lookups));
    let mut left = survey.cost.lookups.saturating_sub(saved);
    let mut draft = Draft::own(evidence)?.without(gone.iter().copied());
    let mut written = Vec::new();
    let kept = own.terms.iter().enumerate().filter(|(at, _)| !gone.contains(at));
    for (at, term) in kept {
        if left <= LOOKUP_LIMIT {
            break;
        }
        let Some(addresses) = sender::written_out(evidence, term) else { continue };
        left = left.saturating_sub(1);
        draft = draft.with(at, addresses.clone());
        written.push((term.text.as_str(), addresses));
    }
    (left <= LOOKUP_LIMIT && draft.names_somebody()).then_some((draft, written))
}

/// Whether a term finds nothing for any client.
fn finds_nothing(term: &Term) -> bool {
    let name = matches!(term.mechanism(), Some(Mechanism::A(..) | Mechanism::Mx(..) | Mechanism::Exists(_)));
    name && term.cost.void_v4 > 0 && term.cost.void_v6 > 0
}
