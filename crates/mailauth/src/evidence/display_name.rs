//! What a display name pretends: addresses and domains that are not the sender's, letters that look like others, what cannot be seen.
//! A reader of mail sees the name and mostly not the address.

use std::sync::LazyLock;

use psl::Psl as _;
use unicode_security::{MixedScript, confusable_detection::skeleton};

use super::{Finding, FindingKind, Mailbox};
use crate::dns;

/// Most characters of a name that are looked at.
const MOST: usize = 1_000;

/// What is remarkable about the mailboxes of a field. Our own domains are in lower case.
pub(super) fn findings(field: &str, mailbox: &Mailbox, own_domains: &[String]) -> Vec<Finding> {
    let mut out = Vec::new();
    if let Some(name) = &mailbox.display_name {
        let name: String = name.chars().take(MOST).collect();
        let mut add = |kind: FindingKind, text: &str| out.push(Finding::new(kind, field, text));
        shown_addresses(&name, mailbox, own_domains, &mut add);
        letters(&name, &mut add);
        if name.chars().any(|c| c.is_control() && c != '\t') {
            add(FindingKind::ControlCharacters, &name);
        }
        let mailbox_inside = name.find('<').is_some_and(|at| name[at..].contains('@'));
        if name.contains("=?") || mailbox_inside {
            add(FindingKind::EncodedWordTrick, &name);
        }
    }
    if mailbox.address.contains("=?") {
        out.push(Finding::new(FindingKind::EncodedWordTrick, field, &mailbox.address));
    }
    out.extend(domain_findings(field, &mailbox.domain, own_domains));
    out
}

/// The domain of an address, read as people see it.
fn domain_findings(field: &str, domain: &str, own_domains: &[String]) -> Option<Finding> {
    if domain.is_empty() || is_own(domain, own_domains) {
        return None;
    }
    let (shown, _) = idna::domain_to_unicode(domain);
    let organization = organizational(&shown);
    if looks_like_own(&organization, own_domains) {
        return Some(Finding::new(FindingKind::LookalikeOfOwnDomain, field, &shown));
    }
    if shown.is_ascii() {
        return None;
    }
    let labels: Vec<_> = shown.split('.').collect();
    let kind = if labels.iter().any(|label| !label.is_single_script()) {
        FindingKind::MixedScripts
    } else if labels.iter().any(|label| is_whole_confusable(label)) {
        FindingKind::Confusable
    } else {
        return None;
    };
    Some(Finding::new(kind, field, &shown))
}

fn shown_addresses(name: &str, mailbox: &Mailbox, own_domains: &[String], add: &mut impl FnMut(FindingKind, &str)) {
    let plain = folded(name);
    let of_sender = organizational(&mailbox.domain);
    let sender_is_own = is_own(&mailbox.domain, own_domains);
    for word in plain.split(|c: char| c.is_whitespace() || "<>()[]{}\"',;:|/\\".contains(c)) {
        let word = word.trim_matches(['.', '-', '_', '!', '?', '*']);
        let (address, shown) = match word.rsplit_once('@') {
            Some((local, domain)) => (!local.is_empty(), domain.to_lowercase()),
            None => (false, word.to_lowercase()),
        };
        if !is_domain(&shown) {
            continue;
        }
        let same = organizational(&shown) == of_sender;
        let own = is_own(&shown, own_domains) || looks_like_own(&organizational(&shown), own_domains);
        match (address, same) {
            (true, true) if !word.eq_ignore_ascii_case(&mailbox.address) => add(FindingKind::AddressInName, word),
            (_, true) => {}
            (true, false) => add(FindingKind::ForeignAddressInName, word),
            (false, false) if own => {}
            (false, false) => add(FindingKind::ForeignDomainInName, word),
        }
        if own && !same && !sender_is_own {
            add(FindingKind::OwnDomainInName, word);
        }
    }
}

fn letters(name: &str, add: &mut impl FnMut(FindingKind, &str)) {
    let mut before = None;
    for c in name.chars() {
        if is_invisible(c, before) {
            add(FindingKind::Invisible, &format!("U+{:04X} in {name}", u32::from(c)));
            break;
        }
        before = Some(c);
    }
    if let Some(c) = name.chars().find(|c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')) {
        add(FindingKind::Bidirectional, &format!("U+{:04X} in {name}", u32::from(c)));
    }
    if name.is_ascii() {
        return;
    }
    let words = || name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    if let Some(mixed) = words().find(|word| !word.is_single_script()) {
        add(FindingKind::MixedScripts, mixed);
    }
    // One word that could be Latin is a word of its language, mostly; a name all of whose foreign words could be is meant to be.
    let foreign: Vec<_> =
        words().filter(|word| word.is_single_script() && word.chars().any(|c| c.is_alphabetic() && !is_latin(c))).collect();
    let letters: usize = foreign.iter().map(|word| word.chars().count()).sum();
    if letters >= 4 && foreign.iter().all(|word| is_whole_confusable(word)) {
        add(FindingKind::Confusable, &foreign.join(" "));
    }
}

/// Whether letters of another script, or mathematical ones, spell what looks like Latin letters.
fn is_whole_confusable(word: &str) -> bool {
    let foreign = word.chars().any(|c| c.is_alphabetic() && !is_latin(c));
    foreign && skeleton(word).all(|c| c.is_ascii_alphanumeric())
}

/// Whether a letter is of the Latin script, and not one that belongs to all scripts, as mathematical letters do.
fn is_latin(c: char) -> bool {
    let with = |other: char| String::from_iter([other, c]).as_str().is_single_script();
    c.is_ascii() || (with('a') && !with('я'))
}

/// Characters that show nothing. Joiners belong to scripts and emoji; after an ASCII letter they are there to be overlooked.
fn is_invisible(c: char, before: Option<char>) -> bool {
    match c {
        '\u{200c}' | '\u{200d}' => before.is_some_and(|before| before.is_ascii_alphanumeric()),
        '\u{ad}'
        | '\u{34f}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{180e}'
        | '\u{200b}'
        | '\u{2060}'..='\u{2064}'
        | '\u{2800}'
        | '\u{3164}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}' => true,
        // Tags spell flags behind an emoji.
        '\u{e0000}'..='\u{e007f}' => before.is_none_or(|before| before.is_ascii()),
        _ => false,
    }
}

/// Full-width forms and the dots of other scripts as ASCII, what cannot be seen left out: an address is an address then too.
fn folded(name: &str) -> String {
    let fold = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{fe6b}' => '@',
        '\u{3002}' | '\u{ff61}' | '\u{2024}' => '.',
        '\u{a0}' | '\u{3000}' => ' ',
        other => other,
    };
    let mut before = None;
    let seen = name.chars().filter(|c| {
        let hidden = is_invisible(*c, before) || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        before = Some(*c);
        !hidden
    });
    seen.map(fold).collect()
}

/// Whether a word is the name of a domain below a public suffix that is on the list.
fn is_domain(word: &str) -> bool {
    let labels_fit = word.split('.').all(|label| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-'));
    let has_letter =
        word.rsplit('.').nth(1).is_some_and(|label| label.chars().any(char::is_alphabetic) && label.chars().count() > 1);
    if !labels_fit || !has_letter {
        return false;
    }
    let Some(ascii) = dns::name(word) else { return false };
    psl::List.domain(ascii.as_bytes()).is_some_and(|found| found.suffix().is_known())
}

/// The domain below the public suffix; the name itself where there is none.
pub(super) fn organizational(domain: &str) -> String {
    let domain = domain.to_lowercase();
    let found = psl::List.domain(domain.as_bytes()).and_then(|found| std::str::from_utf8(found.as_bytes()).ok());
    found.map_or_else(|| domain.clone(), ToOwned::to_owned)
}

/// Whether a domain is one of ours or below one.
pub(super) fn is_own(domain: &str, own_domains: &[String]) -> bool {
    own_domains.iter().any(|own| domain == own || domain.strip_suffix(own.as_str()).is_some_and(|rest| rest.ends_with('.')))
}

/// Whether a domain is another than ours and looks the same as one of them (UTS 39 section 4).
fn looks_like_own(domain: &str, own_domains: &[String]) -> bool {
    let shape: String = shape(domain).collect();
    let alike = |own: &String| {
        own != domain && if own.is_ascii() { ascii_shape(own).eq(shape.chars()) } else { self::shape(own).eq(shape.chars()) }
    };
    own_domains.iter().any(alike)
}

/// Whether two names of domains, or labels of them, look the same though they are not (UTS 39 section 4). Either may be in its ASCII form.
#[must_use]
pub fn looks_the_same(a: &str, b: &str) -> bool {
    let ((a, _), (b, _)) = (idna::domain_to_unicode(a), idna::domain_to_unicode(b));
    shape(&a).eq(shape(&b))
}

/// What a text looks like, in lower case.
fn shape(text: &str) -> impl Iterator<Item = char> {
    skeleton(text).flat_map(char::to_lowercase)
}

/// The same of a text in ASCII, a character at a time: messages have many names, and we may have many domains.
fn ascii_shape(text: &str) -> impl Iterator<Item = char> {
    static SHAPES: LazyLock<Vec<String>> =
        LazyLock::new(|| (0_u8..128).map(|byte| shape(char::from(byte).encode_utf8(&mut [0; 4])).collect()).collect());
    text.bytes().filter_map(|byte| SHAPES.get(usize::from(byte))).flat_map(|shape| shape.chars())
}

#[cfg(test)]
mod tests {
    use super::{FindingKind, ascii_shape, findings, shape};
    use crate::evidence::AddressList;

    fn codes(value: &str) -> Vec<&'static str> {
        let list = AddressList::parse(value);
        let own = ["contoso.com".to_owned()];
        let found = list.mailboxes.iter().flat_map(|mailbox| findings("From", mailbox, &own));
        found.map(|finding| finding.kind.code()).collect()
    }

    #[test]
    fn ordinary_names_are_not_remarkable() {
        for value in [
            "Jane Doe <jane@example.com>",
            "\"jane@example.com\" <jane@example.com>",
            "Jürgen Groß <j@example.de>",
            "Иван Петров <i@example.com>",
            "山田太郎 <y@example.com>",
            "Example.com <news@mail.example.com>",
            "Dr. No v2.0 <a@example.com>",
            "Rosé & Café 💐 <a@example.com>",
            "👩‍💻 Team <a@example.com>",
            "jane@example.com",
        ] {
            assert_eq!(codes(value), Vec::<&str>::new(), "{value}");
        }
    }

    #[test]
    fn a_name_may_not_show_what_is_not_the_senders() {
        let cases = [
            ("\"jane@example.org\" <x@example.net>", vec!["foreign-address-in-name"]),
            ("\"Jane <jane@example.org>\" <x@example.net>", vec!["foreign-address-in-name", "encoded-word-trick"]),
            ("\"boss@contoso.com\" <x@example.net>", vec!["foreign-address-in-name", "own-domain-in-name"]),
            ("\"boss＠contoso．com\" <x@example.net>", vec!["foreign-address-in-name", "own-domain-in-name"]),
            (
                "\"b\u{200b}oss@con\u{200b}toso.com\" <x@example.net>",
                vec!["foreign-address-in-name", "own-domain-in-name", "invisible"],
            ),
            ("Contoso.com help desk <x@example.net>", vec!["own-domain-in-name"]),
            ("Example.org <x@example.net>", vec!["foreign-domain-in-name"]),
            ("\"other@example.net\" <x@example.net>", vec!["address-in-name"]),
        ];
        for (value, expected) in cases {
            assert_eq!(codes(value), expected, "{value}");
        }
    }

    #[test]
    fn letters_that_look_like_others_are_seen() {
        let cases = [
            ("P\u{430}yP\u{430}l <x@example.net>", vec!["mixed-scripts"]),
            ("\u{441}\u{43e}\u{440}\u{435} <x@example.net>", vec!["confusable"]),
            ("𝗦𝘂𝗽𝗽𝗼𝗿𝘁 <x@example.net>", vec!["confusable"]),
            ("Support\u{202e}gpj <x@example.net>", vec!["bidirectional"]),
            ("=?utf-8?Q?a=0D=0Ab?= <x@example.net>", vec!["control-characters"]),
            ("=?utf-8?Q?=3D=3Futf-8=3FQ=3Fa=3F=3D?= <x@example.net>", vec!["encoded-word-trick"]),
            ("a <=?utf-8?Q?x?=@example.net>", vec!["encoded-word-trick"]),
        ];
        for (value, expected) in cases {
            assert_eq!(codes(value), expected, "{value}");
        }
    }

    #[test]
    fn what_ascii_looks_like_is_known_by_character() {
        let all: String = (0_u8..128).map(char::from).collect();
        assert!(ascii_shape(&all).eq(shape(&all)));
    }

    #[test]
    fn a_domain_that_looks_like_ours_is_seen() {
        assert_eq!(codes("x@c\u{43e}ntoso.com"), ["lookalike-of-own-domain"]);
        assert_eq!(codes("x@mail.c0ntoso.com"), ["lookalike-of-own-domain"]);
        assert_eq!(codes("x@xn--cntoso-wqf.com"), ["lookalike-of-own-domain"]);
        assert_eq!(codes("x@exampl\u{435}.net"), [FindingKind::MixedScripts.code()]);
        assert_eq!(codes("x@mail.contoso.com"), Vec::<&str>::new());
    }
}
