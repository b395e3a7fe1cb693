//! Names that may be taken for a domain's, and what it is about a name that makes it so. Pure; which of them are registered is not known here.

use std::{collections::BTreeSet, fmt};

use mailauth::evidence::looks_the_same;

const LETTERS: &str = include_str!("../../../data/lookalike-letters.tsv");
const WORDS: &str = include_str!("../../../data/lookalike-words.tsv");
const TOPS: &str = include_str!("../../../data/lookalike-tops.tsv");

/// Why a name may be taken for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// Letters that read like others: `examp1e`.
    Letters,
    /// One letter left out, added, changed, or changed in place with its neighbour: `exmaple`.
    Typing,
    /// The same name under another ending: `example.net`.
    Ending,
    /// A dash more or less: `exam-ple`.
    Dash,
    /// The name with a word: `example-login`.
    Word,
    /// Another name altogether, as far as can be told.
    Other,
}

/// At most so many names that may be taken for a domain, of each sort some, those that deceive best first. In ASCII form; empty for what is
/// no registered domain.
#[must_use]
pub fn variants(domain: &str, most: usize) -> Vec<String> {
    let Some((label, top)) = parts(domain) else { return Vec::new() };
    let sorts = [letters(label), typing(label), dashes(label), words(label)];
    let mut sorts: Vec<Vec<String>> =
        sorts.into_iter().map(|labels| labels.iter().map(|label| format!("{label}.{top}")).collect()).collect();
    sorts.insert(2, lines(TOPS).map(|other| format!("{label}.{other}")).collect());
    let mut sorts: Vec<_> = sorts.into_iter().map(Vec::into_iter).collect();
    let mut seen = BTreeSet::from([domain.to_owned()]);
    let mut chosen = Vec::new();
    // One of each sort in turn, so that a long name does not use the whole number up with one sort.
    while chosen.len() < most {
        let turn: Vec<String> = sorts.iter_mut().filter_map(Iterator::next).collect();
        if turn.is_empty() {
            break;
        }
        for name in turn.iter().filter_map(|name| mailauth::dns::name(name)) {
            let is_domain = !name.starts_with('-') && !name.contains("-.");
            if is_domain && chosen.len() < most && seen.insert(name.clone()) {
                chosen.push(name);
            }
        }
    }
    chosen
}

/// Those of many names that may be taken for a domain rather than for another of ours; one that is like none of them goes to the first.
#[must_use]
pub fn meant_for(domain: &str, ours: &[String], names: &[String]) -> Vec<String> {
    let meant = |name: &&String| {
        let how = How::between(domain, name);
        let better = |other: &String| other != domain && How::between(other, name) < how;
        let first = ours.first().is_none_or(|first| first == domain) || !ours.iter().any(|own| own == domain);
        name.as_str() == super::ALL || (!ours.iter().any(better) && (how != How::Other || first))
    };
    names.iter().filter(meant).cloned().collect()
}

impl How {
    /// Why one name may be taken for another's.
    #[must_use]
    pub fn between(own: &str, other: &str) -> Self {
        let (Some((a, a_top)), Some((b, b_top))) = (parts(own), parts(other)) else { return Self::Other };
        if looks_the_same(a, b) || plain(a) == plain(b) {
            return if a == b && a_top != b_top { Self::Ending } else { Self::Letters };
        }
        if is_one_slip(a, b) {
            return Self::Typing;
        }
        let (a, b) = (a.replace('-', ""), b.replace('-', ""));
        if a == b {
            Self::Dash
        } else if !a.is_empty() && b.contains(&a) {
            Self::Word
        } else {
            Self::Other
        }
    }
}

impl fmt::Display for How {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Letters => "its letters read like those of the domain",
            Self::Typing => "it differs in one letter",
            Self::Ending => "it is the same name under another ending",
            Self::Dash => "it differs in a dash",
            Self::Word => "it holds the name of the domain",
            Self::Other => "it is on the list that was given",
        })
    }
}

/// The label that was registered, and the public suffix.
fn parts(domain: &str) -> Option<(&str, &str)> {
    psl::domain_str(domain)?.split_once('.').filter(|(label, _)| !label.is_empty())
}

fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// Each letter in turn as what reads like it.
fn letters(label: &str) -> Vec<String> {
    let mut made = Vec::new();
    for line in lines(LETTERS) {
        let mut cells = line.split('\t');
        let from = cells.next().unwrap_or_default();
        for to in cells {
            made.extend(label.match_indices(from).map(|(at, _)| replaced(label, at, from.len(), to)));
        }
    }
    made
}

/// Slips of the fingers: neighbours changed in place, a letter left out, a letter twice.
fn typing(label: &str) -> Vec<String> {
    let letters: Vec<char> = label.chars().collect();
    let mut made = Vec::new();
    for at in 1..letters.len() {
        let mut swapped = letters.clone();
        swapped.swap(at - 1, at);
        made.push(swapped.into_iter().collect());
    }
    for at in 0..letters.len() {
        if letters.len() > 2 {
            made.push(letters.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, letter)| letter).collect());
        }
        let twice = |(other, letter): (usize, &char)| std::iter::repeat_n(*letter, if other == at { 2 } else { 1 });
        made.push(letters.iter().enumerate().flat_map(twice).collect());
    }
    made
}

fn dashes(label: &str) -> Vec<String> {
    let without = label.contains('-').then(|| label.replace('-', ""));
    let with = label.char_indices().skip(1).filter(|(_, letter)| *letter != '-').map(|(at, _)| replaced(label, at, 0, "-"));
    without.into_iter().chain(with).collect()
}

fn words(label: &str) -> Vec<String> {
    let mut made = vec![format!("www{label}")];
    for word in lines(WORDS) {
        made.extend([format!("{label}-{word}"), format!("{label}{word}"), format!("{word}-{label}")]);
    }
    made
}

fn replaced(label: &str, at: usize, length: usize, by: &str) -> String {
    let before = label.get(..at).unwrap_or_default();
    let after = at.checked_add(length).and_then(|at| label.get(at..)).unwrap_or_default();
    format!("{before}{by}{after}")
}

/// With pairs of letters that read like one as that one, and figures as letters.
fn plain(label: &str) -> String {
    let mut plain = label.to_owned();
    for (from, to) in
        [("vv", "w"), ("cl", "d"), ("rn", "m"), ("nn", "m"), ("0", "o"), ("1", "l"), ("i", "l"), ("5", "s"), ("2", "z")]
    {
        plain = plain.replace(from, to);
    }
    plain
}

/// Whether two names differ in one letter, or in two neighbours that have changed places.
fn is_one_slip(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let same = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let rest_a = a.get(same..).unwrap_or_default();
    let rest_b = b.get(same..).unwrap_or_default();
    match (rest_a, rest_b) {
        ([], []) => false,
        ([a1, a2, a_rest @ ..], [b1, b2, b_rest @ ..]) if a1 == b2 && a2 == b1 && a_rest == b_rest => true,
        ([_, a_rest @ ..], [_, b_rest @ ..]) if a_rest == b_rest => true,
        ([_, a_rest @ ..], _) if a_rest == rest_b => true,
        (_, [_, b_rest @ ..]) if b_rest == rest_a => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{How, meant_for, variants};

    #[test]
    fn a_domain_has_some_variants_of_each_sort() {
        let made = variants("contoso.com", 200);
        for name in [
            "c0ntoso.com",
            "contsoo.com",
            "contso.com",
            "conttoso.com",
            "contoso.net",
            "con-toso.com",
            "contoso-login.com",
            "wwwcontoso.com",
        ] {
            assert!(made.iter().any(|other| other == name), "{name} in {made:?}");
        }
        assert!(made.iter().any(|name| name.starts_with("xn--")), "letters of other scripts, in ASCII form");
        assert!(!made.iter().any(|name| name == "contoso.com"));
    }

    #[test]
    fn a_few_are_of_all_sorts() {
        let few = variants("contoso.com", 10);
        assert_eq!(few.len(), 10);
        let sorts: std::collections::BTreeSet<How> = few.iter().map(|name| How::between("contoso.com", name)).collect();
        assert!(sorts.len() >= 4, "{few:?}");
    }

    #[test]
    fn every_variant_can_be_asked_for_and_stands_once() {
        let made = variants("a-b.co.uk", 500);
        let mut once = made.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), made.len());
        assert!(made.iter().all(|name| mailauth::dns::name(name).as_deref() == Some(name)));
    }

    #[test]
    fn what_is_no_registered_domain_has_none() {
        for domain in ["", "com", "co.uk", "..", "."] {
            assert_eq!(variants(domain, 10), Vec::<String>::new(), "{domain}");
        }
    }

    #[test]
    fn a_name_is_asked_about_for_the_domain_that_it_is_like() {
        let ours = ["contoso.com".to_owned(), "fabrikam.com".to_owned()];
        let names = ["c0ntoso.com", "fabrikam.net", "litware.com", "all"].map(str::to_owned);
        assert_eq!(meant_for("contoso.com", &ours, &names), ["c0ntoso.com", "litware.com", "all"]);
        assert_eq!(meant_for("fabrikam.com", &ours, &names), ["fabrikam.net", "all"]);
        assert_eq!(meant_for("example.com", &[], &names), names);
    }

    #[test]
    fn it_is_said_what_makes_a_name_deceive() {
        for (other, how) in [
            ("c0ntoso.com", How::Letters),
            ("contoso.net", How::Ending),
            ("xn--cntoso-wqf.com", How::Letters),
            ("cnotoso.com", How::Typing),
            ("contosso.com", How::Typing),
            ("contso.com", How::Typing),
            ("contaso.com", How::Typing),
            ("con-to-so.com", How::Dash),
            ("contoso-login.net", How::Word),
            ("fabrikam.com", How::Other),
            ("com", How::Other),
        ] {
            assert_eq!(How::between("contoso.com", other), how, "{other}");
        }
        assert_eq!(How::between("modern.com", "rnodern.com"), How::Letters);
        assert_eq!(How::between("wide.com", "vvide.net"), How::Letters);
    }
}
