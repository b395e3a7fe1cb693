//! A record with mistakes, each put right whose meaning is plain.

use mailauth::spf::{
    record::{Fault, Modifier, Problem, Record, TermKind},
    survey::Node,
};

/// Mechanisms, as they should be written.
const MECHANISMS: [&str; 8] = ["all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists"];

/// Modifiers that nobody defined and that have the name of a mechanism: `ip4=192.0.2.1` is no mistake of syntax, and does nothing.
pub(crate) fn no_effect(node: &Node) -> impl Iterator<Item = &str> {
    node.terms.iter().filter_map(|term| {
        let TermKind::Modifier(Modifier::Unknown(..)) = &term.kind else { return None };
        let (name, _) = term.text.split_once('=')?;
        MECHANISMS.iter().any(|known| name.eq_ignore_ascii_case(known)).then_some(term.text.as_str())
    })
}

/// Terms that are two: the strings of a record are put together without a space between them (RFC 7208 section 3.3), so that a record
/// split in the wrong place includes `_spf.example.netinclude:_spf.example.org`, which is no mistake of syntax either.
pub(crate) fn run_together(node: &Node) -> impl Iterator<Item = &str> {
    node.terms.iter().map(|term| term.text.as_str()).filter(|text| parts(text).is_some())
}

/// The terms that a word was made of, parted by spaces; `None` for a word that is one.
fn parts(word: &str) -> Option<String> {
    let right = |word: &str| Record::parse(&format!("v=spf1 {word}")).faults.is_empty();
    let starts = ["include:", "ip4:", "ip6:", "exists:", "redirect=", "-all", "~all", "?all", "+all"];
    let cuts = word.char_indices().map(|(at, _)| at).skip(1).filter(|at| {
        let rest = word.get(*at..).unwrap_or_default();
        let begins = |start: &&&str| rest.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start));
        // `all` has nothing behind it.
        starts.iter().find(begins).is_some_and(|start| !start.ends_with("all") || rest.len() == start.len())
    });
    let mut found = String::with_capacity(word.len() + 8);
    let mut from = 0;
    for at in cuts.chain([word.len()]) {
        let part = word.get(from..at)?;
        if !right(part) {
            return None;
        }
        if from > 0 {
            found.push(' ');
        }
        found.push_str(part);
        from = at;
    }
    found.contains(' ').then_some(found)
}

/// The record with every mistake put right whose meaning is plain. `None` if one is not.
pub(crate) fn repaired(text: &str, node: &Node) -> Option<String> {
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
            None => words.push(parts(word).unwrap_or_else(|| word.to_owned())),
            // The first of two stays.
            Some(Fault { problem: Problem::Twice(_), .. }) => {}
            Some(Fault { problem: Problem::AddressAsDomain { instead, .. }, .. }) => words.push(mended(instead)?),
            Some(_) => words.push(mended(word)?),
        }
    }
    let text = words.join(" ");
    Record::parse(&text).faults.is_empty().then_some(text)
}

/// A word that is right, made from one that is not; `None` if that cannot be told from the word alone.
fn mended(word: &str) -> Option<String> {
    let right = |word: &str| Record::parse(&format!("v=spf1 {word}")).faults.is_empty();
    // Other blanks than spaces, such as a tab, or the space of a word processor.
    let blank = |c: char| c.is_whitespace() || c == '\u{200b}';
    if word.trim_matches(blank).contains(blank) {
        let words: Option<Vec<String>> = word.split(blank).filter(|word| !word.is_empty()).map(mended).collect();
        return words.map(|words| words.join(" "));
    }
    let plain = word.trim_matches(|c: char| !matches!(c, '!'..='~') || matches!(c, ';' | ',' | '"' | '\''));
    let (sign, rest) = plain.split_at_checked(1).filter(|(sign, _)| "+-~?".contains(sign)).unwrap_or(("", plain));
    let length = rest.find([':', '=', '/']).unwrap_or(rest.len());
    let (name, argument) = rest.split_at_checked(length)?;
    let named = MECHANISMS.iter().find(|known| is_near(&name.to_ascii_lowercase(), known)).copied().unwrap_or(name);
    let mut tries = vec![plain.to_owned(), format!("{sign}{named}{argument}")];
    if let Some(argument) = argument.strip_prefix('=') {
        tries.push(format!("{sign}{named}:{argument}"));
    }
    // `ip4:2001:db8::1` and `ip6:192.0.2.1`: the address says which is meant.
    match named {
        "ip4" => tries.push(format!("{sign}ip6{argument}")),
        "ip6" => tries.push(format!("{sign}ip4{argument}")),
        _ => {}
    }
    // An address or a network without the name before it.
    tries.extend(["ip4", "ip6"].map(|name| format!("{sign}{name}:{rest}")));
    tries.into_iter().find(|word| right(word)).or_else(|| parts(plain))
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
    match (name.get(same..).unwrap_or_default(), known.get(same..).unwrap_or_default()) {
        ([a, b, rest @ ..], [c, d, wanted @ ..]) if a == d && b == c && rest == wanted => true,
        ([_, rest @ ..], [_, wanted @ ..]) if rest == wanted => true,
        ([_, rest @ ..], wanted) if rest == wanted => true,
        (rest, [_, wanted @ ..]) => rest == wanted,
        _ => false,
    }
}
