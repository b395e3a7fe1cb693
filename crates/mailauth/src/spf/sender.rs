//! Who a message says it is from, as SPF takes it (RFC 7208 sections 2.3, 2.4 and 4.3).

use std::borrow::Cow;

use super::Identity;

/// What stands in for a local part that is missing.
const POSTMASTER: &str = "postmaster";

/// An identity, in parts.
#[derive(Debug, Clone)]
pub(super) struct Sender<'a> {
    pub(super) identity: Identity,
    pub(super) local_part: &'a str,
    /// As it was given, or in its ASCII form if it was not ASCII (RFC 8616 section 4).
    pub(super) domain: Cow<'a, str>,
}

impl<'a> Sender<'a> {
    /// The envelope sender; the name of the greeting where there is none. `None` if neither is known.
    pub(super) fn of(helo: Option<&'a str>, mail_from: Option<&'a str>) -> Option<Self> {
        let address = mail_from.map(path).filter(|address| !address.is_empty());
        let Some(address) = address else {
            let helo = helo.map(str::trim).filter(|helo| !helo.is_empty())?;
            return Some(Self { identity: Identity::Helo, local_part: POSTMASTER, domain: in_ascii(helo) });
        };
        let (local_part, domain) = address.rsplit_once('@').unwrap_or(("", address));
        let local_part = if local_part.is_empty() { POSTMASTER } else { local_part };
        Some(Self { identity: Identity::Mailfrom, local_part, domain: in_ascii(domain) })
    }
}

/// The address of a reverse path, without its brackets and without a source route (RFC 5321 appendix C).
fn path(text: &str) -> &str {
    let text = text.trim();
    let inner = text.strip_prefix('<').and_then(|text| text.strip_suffix('>')).unwrap_or(text).trim();
    match inner.split_once(':') {
        Some((route, address)) if route.starts_with('@') => address,
        _ => inner,
    }
}

pub(super) fn in_ascii(domain: &str) -> Cow<'_, str> {
    if domain.is_ascii() {
        return Cow::Borrowed(domain);
    }
    idna::domain_to_ascii(domain).map_or(Cow::Borrowed(domain), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::Sender;

    fn of(helo: Option<&str>, mail_from: Option<&str>) -> String {
        Sender::of(helo, mail_from)
            .map_or("nobody".to_owned(), |found| format!("{}@{} by {:?}", found.local_part, found.domain, found.identity))
    }

    #[test]
    fn the_envelope_sender_comes_first() {
        assert_eq!(of(Some("mx.example.net"), Some("ann@contoso.com")), "ann@contoso.com by Mailfrom");
        assert_eq!(of(None, Some("<ann@contoso.com>")), "ann@contoso.com by Mailfrom");
        assert_eq!(of(None, Some("\"a@b\"@contoso.com")), "\"a@b\"@contoso.com by Mailfrom");
        assert_eq!(of(None, Some("<@relay.example,@other.example:ann@contoso.com>")), "ann@contoso.com by Mailfrom");
    }

    #[test]
    fn a_bounce_is_checked_by_the_greeting() {
        assert_eq!(of(Some("mx.example.net"), Some("")), "postmaster@mx.example.net by Helo");
        assert_eq!(of(Some("mx.example.net"), Some("<>")), "postmaster@mx.example.net by Helo");
        assert_eq!(of(Some("mx.example.net"), None), "postmaster@mx.example.net by Helo");
        assert_eq!(of(Some(" "), None), "nobody");
        assert_eq!(of(None, Some("<>")), "nobody");
    }

    #[test]
    fn a_missing_local_part_is_the_postmaster() {
        assert_eq!(of(None, Some("@contoso.com")), "postmaster@contoso.com by Mailfrom");
        assert_eq!(of(None, Some("contoso.com")), "postmaster@contoso.com by Mailfrom");
    }

    #[test]
    fn a_domain_in_unicode_is_checked_in_ascii() {
        assert_eq!(of(None, Some("ann@bücher.example")), "ann@xn--bcher-kva.example by Mailfrom");
    }
}
