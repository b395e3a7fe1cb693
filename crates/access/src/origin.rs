//! Which names are ours, and whether a request is from a page of ours.
//!
//! A name that is not ours and yet leads here is somebody's who wants a browser to take this program for a part of their site (DNS
//! rebinding). An address is nobody's name, so any will do.

use axum::http::{HeaderMap, header};
use url::{Host, Url};

use crate::{Arrival, Settings};

/// Whether this site may be asked for by that name.
pub(crate) fn is_ours(arrival: &Arrival, settings: &Settings) -> bool {
    let Some(url) = read(&arrival.host, arrival.https) else { return false };
    match url.host() {
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => true,
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            let public = settings.public_url.as_ref().and_then(Url::host_str);
            name == "localhost"
                || name.ends_with(".localhost")
                || public.is_some_and(|public| public.eq_ignore_ascii_case(name))
                || settings.hosts.iter().any(|host| host.eq_ignore_ascii_case(name))
        }
        None => false,
    }
}

/// Where the page is from that sent a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sender {
    /// A page of ours, or a person at the address bar.
    Ours,
    /// A page of another site.
    Foreign,
    /// It does not say: no browser of these days.
    Unsaid,
}

/// Where the page is from that sent a request: by `Sec-Fetch-Site` (Fetch Metadata) and by `Origin` (RFC 6454), which both must agree.
pub(crate) fn sender(headers: &HeaderMap, arrival: &Arrival) -> Sender {
    let fetch = headers.get("sec-fetch-site").map(|value| matches!(value.to_str(), Ok("same-origin" | "none")));
    let origin = headers.get(header::ORIGIN).map(|value| value.to_str().is_ok_and(|origin| is_same(origin, arrival)));
    match (fetch, origin) {
        (Some(false), _) | (_, Some(false)) => Sender::Foreign,
        (Some(true), _) | (_, Some(true)) => Sender::Ours,
        (None, None) => Sender::Unsaid,
    }
}

/// Whether an origin is that of what was asked for. A proxy that ends TLS and is not known as one leaves us in the dark about the scheme;
/// then host and port have to do.
fn is_same(origin: &str, arrival: &Arrival) -> bool {
    let Ok(origin) = Url::parse(origin) else { return false };
    let https = origin.scheme() == "https";
    if !matches!(origin.scheme(), "http" | "https") || (arrival.https && !https) {
        return false;
    }
    let Some(ours) = read(&arrival.host, https) else { return false };
    ours.host() == origin.host() && ours.port_or_known_default() == origin.port_or_known_default()
}

/// A host with or without a port.
fn read(host: &str, https: bool) -> Option<Url> {
    if host.is_empty() || host.contains(['/', '\\', '?', '#', '@']) {
        return None;
    }
    Url::parse(&format!("{}://{host}/", if https { "https" } else { "http" })).ok()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn at(host: &str, https: bool) -> Arrival {
        Arrival { host: host.to_owned(), https, ..Arrival::default() }
    }

    #[test]
    fn only_our_names_are_answered() -> Result<(), Box<dyn std::error::Error>> {
        let settings = Settings {
            public_url: Some("https://spoof.contoso.com/".parse()?),
            hosts: vec!["soc.contoso.com".to_owned()],
            ..Settings::default()
        };
        for (host, ours) in [
            ("localhost", true),
            ("localhost:8080", true),
            ("localhost.", true),
            ("spoofwatch.localhost:8080", true),
            ("127.0.0.1:8080", true),
            ("[::1]:8080", true),
            ("192.0.2.7", true),
            ("spoof.contoso.com", true),
            ("SPOOF.contoso.com:443", true),
            ("soc.contoso.com", true),
            ("evil.example", false),
            ("localhost.evil.example", false),
            ("spoof.contoso.com.evil.example", false),
            ("evil.example/localhost", false),
            ("a@localhost", false),
            ("", false),
            ("local host", false),
        ] {
            assert_eq!(is_ours(&at(host, false), &settings), ours, "{host}");
        }
        Ok(())
    }

    #[test]
    fn a_foreign_page_is_told_from_ours() {
        for (host, https, fetch, origin, sender_is) in [
            ("localhost:8080", false, None, Some("http://localhost:8080"), Sender::Ours),
            ("localhost:8080", false, Some("same-origin"), Some("http://localhost:8080"), Sender::Ours),
            ("localhost:8080", false, Some("none"), None, Sender::Ours),
            ("spoof.contoso.com", true, None, Some("https://spoof.contoso.com"), Sender::Ours),
            ("spoof.contoso.com:443", true, None, Some("https://spoof.contoso.com"), Sender::Ours),
            ("spoof.contoso.com", false, None, Some("https://spoof.contoso.com"), Sender::Ours),
            ("spoof.contoso.com", true, None, Some("http://spoof.contoso.com"), Sender::Foreign),
            ("localhost:8080", false, None, Some("http://localhost:9090"), Sender::Foreign),
            ("localhost:8080", false, None, Some("http://evil.example"), Sender::Foreign),
            ("localhost:8080", false, None, Some("null"), Sender::Foreign),
            ("localhost:8080", false, Some("cross-site"), None, Sender::Foreign),
            ("localhost:8080", false, Some("same-site"), Some("http://localhost:8080"), Sender::Foreign),
            ("localhost:8080", false, Some("same-origin"), Some("http://evil.example"), Sender::Foreign),
            ("localhost:8080", false, None, None, Sender::Unsaid),
        ] {
            let mut headers = HeaderMap::new();
            for (name, value) in [("sec-fetch-site", fetch), ("origin", origin)] {
                if let Some(value) = value {
                    headers.insert(name, HeaderValue::from_static(value));
                }
            }
            assert_eq!(sender(&headers, &at(host, https)), sender_is, "{host} {fetch:?} {origin:?}");
        }
    }
}
