//! Why a verdict is what it is, in a sentence.

use std::{borrow::Cow, fmt::Write, net::IpAddr};

use super::{
    SpfResult,
    record::{Fault, Record},
};

/// What is quoted of a text that a stranger wrote.
const MAX_QUOTE: usize = 120;

/// A record on the way to the term that decided.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step<'a> {
    /// Whose record it is.
    pub(super) domain: &'a str,
    /// The domain that redirects to it, if one does.
    pub(super) redirected: Option<&'a str>,
    /// The term of it that decided, or that led on to the record before it.
    pub(super) term: &'a str,
}

/// A term matched. The steps begin with its record and end with the record of the domain that was asked about.
pub(super) fn matched<'a>(result: SpfResult, client: IpAddr, steps: impl Iterator<Item = Step<'a>>) -> String {
    let mut text = match result {
        SpfResult::Pass => format!("{client} is permitted"),
        SpfResult::Fail => format!("{client} is not permitted"),
        SpfResult::Softfail => format!("{client} is probably not permitted"),
        // No term comes to any of the others.
        SpfResult::Neutral | SpfResult::None | SpfResult::Temperror | SpfResult::Permerror => {
            format!("nothing is said about {client}")
        }
    };
    for (at, step) in steps.enumerate() {
        let Step { domain, redirected, term } = step;
        let term = quoted(term);
        let _ = match at {
            0 => write!(text, ": `{term}` in the record of {domain}"),
            _ => write!(text, ", which `{term}` in the record of {domain} takes in"),
        };
        if let Some(from) = redirected {
            let _ = write!(text, ", to which {from} redirects");
        }
    }
    text
}

/// No term matched.
pub(super) fn unmatched(client: IpAddr, domain: &str, redirected: Option<&str>) -> String {
    match redirected {
        None => format!("nothing is said about {client}: no term matches it in the record of {domain}"),
        Some(from) => {
            format!("nothing is said about {client}: no term matches it in the record of {domain}, to which {from} redirects")
        }
    }
}

/// A record has a fault. The term it is in is named, and what is wrong in it.
pub(super) fn faulty(domain: &str, record: &Record, fault: &Fault) -> String {
    let text = record.text();
    let start = text.get(..fault.span.start).and_then(|head| head.rfind(' ')).map_or(0, |at| at + 1);
    let term = text.get(start..).and_then(|rest| rest.split(' ').next()).unwrap_or_default();
    let words = fault.to_string();
    format!("the record of {domain} cannot be understood at `{}`: {}", quoted(term), quoted(&words))
}

/// A text that a stranger wrote: not longer than a sentence can bear, and without what moves a cursor.
pub(super) fn quoted(text: &str) -> Cow<'_, str> {
    let cut = text.floor_char_boundary(MAX_QUOTE);
    let head = text.get(..cut).unwrap_or_default();
    if cut == text.len() && !head.contains(char::is_control) {
        return Cow::Borrowed(text);
    }
    let mut shown: String = head.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect();
    if cut < text.len() {
        shown.push('…');
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn what_a_stranger_wrote_is_cut_and_cleaned() {
        assert_eq!(quoted("contoso.com"), "contoso.com");
        assert_eq!(quoted("a\u{1b}[2Jb\r\n"), "a\u{fffd}[2Jb\u{fffd}\u{fffd}");
        assert_eq!(quoted(&"ü".repeat(100)).chars().count(), 61);
    }
}
