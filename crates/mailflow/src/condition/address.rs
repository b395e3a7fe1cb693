//! `sender`, `author`, `recipient`: an address, a domain, or what is below one.
//!
//! `alice@example.com` is that address; `example.com` every address of the domain; `*.example.com` every address of its subdomains; `""` is
//! nobody, the sender of a bounce. Case never matters.

use super::shown;
use crate::{
    Fault,
    read::{self, Value},
};

/// Addresses.
#[derive(Debug, Clone)]
pub struct Patterns(Vec<Pattern>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Pattern {
    Nobody,
    Address(String),
    Domain(String),
    Below(String),
}

impl Patterns {
    pub(super) fn read(value: &Value<'_>, what: &str) -> Result<Self, Fault> {
        let texts = read::texts(value, what)?;
        let patterns = texts.iter().map(|text| {
            Pattern::of(text).ok_or_else(|| {
                let fault = Fault::new(value.span(), format!("`{text}` is neither an address nor a domain"));
                fault.help("write alice@example.com, example.com, *.example.com, or \"\" for the sender of a bounce")
            })
        });
        patterns.collect::<Result<_, _>>().map(Self)
    }

    /// The first of some addresses that is one of these.
    pub(super) fn one_of<'a>(&self, what: &str, addresses: impl IntoIterator<Item = &'a str>) -> Option<String> {
        let mut addresses = addresses.into_iter();
        let found = addresses.find(|address| self.0.iter().any(|pattern| pattern.is(address)))?;
        Some(if found.is_empty() { format!("{what} is nobody") } else { format!("{what} is {}", shown(found)) })
    }

    pub(super) fn words(&self) -> String {
        self.0.iter().map(Pattern::words).collect::<Vec<_>>().join(" or ")
    }
}

impl Pattern {
    fn of(text: &str) -> Option<Self> {
        let text = text.trim().to_lowercase();
        if text.is_empty() {
            return Some(Self::Nobody);
        }
        if text.contains(char::is_whitespace) {
            return None;
        }
        match (text.rsplit_once('@'), text.strip_prefix("*.")) {
            (Some(("" | "*", domain)), _) => Self::domain(domain),
            (Some((_, domain)), _) => (!domain.is_empty() && !text.contains('*')).then_some(Self::Address(text)),
            (None, Some(domain)) => Self::domain(domain).map(|_| Self::Below(domain.to_owned())),
            (None, None) => Self::domain(&text),
        }
    }

    fn domain(text: &str) -> Option<Self> {
        let fits = !text.is_empty() && !text.starts_with('.') && !text.ends_with('.') && !text.contains(['*', '/']);
        fits.then(|| Self::Domain(text.to_owned()))
    }

    fn is(&self, address: &str) -> bool {
        let address = address.to_lowercase();
        let domain = address.rsplit_once('@').map(|(_, domain)| domain.trim_end_matches('.'));
        match self {
            Self::Nobody => address.is_empty(),
            Self::Address(wanted) => address == *wanted,
            Self::Domain(wanted) => domain == Some(wanted.as_str()),
            Self::Below(wanted) => domain
                .and_then(|domain| domain.strip_suffix(wanted.as_str()))
                .is_some_and(|rest| rest.len() > 1 && rest.ends_with('.')),
        }
    }

    fn words(&self) -> String {
        match self {
            Self::Nobody => "nobody".to_owned(),
            Self::Address(text) | Self::Domain(text) => text.clone(),
            Self::Below(text) => format!("*.{text}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[test]
    fn an_address_a_domain_and_what_is_below_it_are_three_things() {
        let is = |pattern: &str, address: &str| Pattern::of(pattern).unwrap().is(address);
        assert!(is("Alice@example.com", "alice@EXAMPLE.com") && !is("alice@example.com", "bob@example.com"));
        assert!(is("example.com", "bob@example.com") && is("@example.com", "bob@example.com."));
        assert!(!is("example.com", "bob@mail.example.com") && !is("example.com", "bob@notexample.com"));
        assert!(is("*.example.com", "bob@mail.example.com"));
        assert!(
            !is("*.example.com", "bob@example.com")
                && !is("*.example.com", "bob@badexample.com")
                && !is("*.example.com", "b@.example.com")
        );
        assert!(is("", "") && !is("", "a@example.com") && !is("example.com", ""));
    }

    #[test]
    fn what_is_neither_is_refused() {
        for text in ["a b", "a@", "*", "*.", "a*@example.com", ".example.com", "192.0.2.0/24"] {
            assert_eq!(Pattern::of(text), None, "{text}");
        }
    }
}
