//! Why a verdict is what it is, in a sentence.

use std::{fmt::Write, net::IpAddr};

use super::SpfResult;

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
