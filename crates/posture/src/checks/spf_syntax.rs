//! A record that receivers cannot understand.

use mailauth::spf::{
    record::{Fault, Modifier, Problem, Record, TermKind},
    survey::{Node, Published},
};

use crate::{Check, Finding, Reference, Severity, evidence::DomainEvidence, sender};

/// The declaration.
pub static CHECK: Check = Check {
    id: "spf-syntax",
    severity: Severity::High,
    title: "The SPF record has mistakes",
    meaning: "A term of the record, or of one that it includes, is not written as the standard wants it. Receivers do \
              not read on: the whole check ends with an error.",
    risk: "Honest mail is treated as if there were no record, or worse, and forged mail along with it. Some of \
              these mistakes also leave out servers that should be allowed.",
    advice: "Put the terms right that are told below. Where the record is another organisation's, tell them, or \
              include something else.",
    references: &[
        Reference { title: "RFC 7208 section 4.6", url: "https://www.rfc-editor.org/rfc/rfc7208.html#section-4.6" },
        Reference { title: "RFC 7208 section 12", url: "https://www.rfc-editor.org/rfc/rfc7208.html#section-12" },
    ],
    baseline: &[],
    run,
};

/// Mechanisms, as they should be written.
const MECHANISMS: [&str; 8] = ["all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists"];

/// Faults that are shown of one record.
const SHOWN: usize = 10;

fn run(check: &Check, evidence: &DomainEvidence, found: &mut Vec<Finding>) {
    let mut finding = check.found(&evidence.domain);
    // Several records at the domain are a worse mistake than any in them.
    if matches!(evidence.spf.survey.root().map(|node| &node.published), Some(Published::Several(_))) {
        return;
    }
    let mut worst = None;
    for node in &evidence.spf.survey.nodes {
        let Some(text) = node.record() else { continue };
        for fault in node.faults.iter().take(SHOWN) {
            let at = token(text, fault.span.start);
            finding = finding.seen(format!("{} TXT", node.domain), format!("`{at}`: {fault}"));
            worst = Some(check.severity);
        }
        for name in no_effect(node) {
            let words = format!("`{name}` is passed over: after the name of a mechanism stands a colon, not an equals sign");
            finding = finding.seen(format!("{} TXT", node.domain), words);
            worst = worst.or(Some(Severity::Medium));
        }
        let own = sender::is_at_or_below(&node.domain, &evidence.domain);
        if let Some(repaired) = repaired(text, node).filter(|repaired| own && repaired != text) {
            finding = finding.publish(node.domain.clone(), "TXT", repaired, &[text.to_owned()]);
        }
    }
    if let Some(severity) = worst {
        found.push(finding.matters(severity));
    }
}

/// Modifiers that nobody defined and that have the name of a mechanism: `ip4=192.0.2.1` is no mistake of syntax, and does nothing.
fn no_effect(node: &Node) -> impl Iterator<Item = &str> {
    node.terms.iter().filter_map(|term| {
        let TermKind::Modifier(Modifier::Unknown(..)) = &term.kind else { return None };
        let (name, _) = term.text.split_once('=')?;
        MECHANISMS.iter().any(|known| name.eq_ignore_ascii_case(known)).then_some(term.text.as_str())
    })
}

/// The word of a record around a place in it.
fn token(text: &str, at: usize) -> &str {
    let start = text.get(..at).and_then(|head| head.rfind(' ')).map_or(0, |space| space + 1);
    text.get(start..).and_then(|rest| rest.split(' ').next()).unwrap_or_default()
}

/// The record with every mistake put right whose meaning is plain. `None` if one is not.
fn repaired(text: &str, node: &Node) -> Option<String> {
    let mut words = Vec::new();
    let mut at = 0;
    for word in text.split(' ') {
        let span = at..at + word.len();
        at = span.end + 1;
        let fault = node.faults.iter().find(|fault| fault.span.start < span.end && fault.span.end > span.start);
        let passed_over = no_effect(node).any(|name| name == word);
        match fault {
            None if passed_over => words.push(mended(&word.replacen('=', ":", 1))?),
            None if word.is_empty() => {}
            None => words.push(word.to_owned()),
            // The first of two stays.
            Some(Fault { problem: Problem::Twice(_), .. }) => {}
            Some(Fault { problem: Problem::AddressAsDomain { instead, .. }, .. }) => words.push(mended(instead)?),
            Some(_) => words.push(mended(word)?),
        }
    }
    Some(words.join(" "))
}

/// A word that is right, made from one that is not; `None` if that cannot be told from the word alone.
fn mended(word: &str) -> Option<String> {
    let right = |word: &str| Record::parse(&format!("v=spf1 {word}")).faults.is_empty();
    let plain = word.trim_matches(|c: char| !matches!(c, '!'..='~') || matches!(c, ';' | ',' | '"' | '\''));
    let (sign, rest) = plain.split_at_checked(1).filter(|(sign, _)| "+-~?".contains(sign)).unwrap_or(("", plain));
    let length = rest.find([':', '=', '/']).unwrap_or(rest.len());
    let (name, argument) = rest.split_at_checked(length)?;
    let named = MECHANISMS.iter().find(|known| is_near(&name.to_ascii_lowercase(), known)).copied().unwrap_or(name);
    // `ip4:2001:db8::1` and `ip6:192.0.2.1`: the address says which is meant.
    let other = |named| match named {
        "ip4" => "ip6",
        _ => "ip4",
    };
    let mut tries = vec![plain.to_owned(), format!("{sign}{named}{argument}")];
    if let Some(argument) = argument.strip_prefix('=') {
        tries.push(format!("{sign}{named}:{argument}"));
    }
    if matches!(named, "ip4" | "ip6") {
        tries.push(format!("{sign}{}{argument}", other(named)));
    }
    // An address or a network without the name before it.
    tries.extend(["ip4", "ip6"].map(|name| format!("{sign}{name}:{rest}")));
    tries.into_iter().find(|word| right(word))
}

/// Whether a name is one that is known, with one letter wrong, missing, too many, or two turned around; or with the `v` of `ipv4`.
fn is_near(name: &str, known: &str) -> bool {
    if name == known || name.replacen("ipv", "ip", 1) == known || name.replacen("ip-v", "ip", 1) == known {
        return true;
    }
    if known.len() < 4 {
        return false;
    }
    let (name, known) = (name.as_bytes(), known.as_bytes());
    let same = name.iter().zip(known).take_while(|(one, other)| one == other).count();
    let (rest, wanted) = (name.get(same..).unwrap_or_default(), known.get(same..).unwrap_or_default());
    let behind = |text: &'_ [u8], by: usize| text.get(by..).unwrap_or_default().to_vec();
    let swapped = matches!((rest, wanted), ([a, b, ..], [c, d, ..]) if a == d && b == c) && behind(rest, 2) == behind(wanted, 2);
    swapped
        || behind(rest, 1) == behind(wanted, 1) && !rest.is_empty() && !wanted.is_empty()
        || behind(rest, 1) == wanted && !rest.is_empty()
        || rest == behind(wanted, 1) && !wanted.is_empty()
}
