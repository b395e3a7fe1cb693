//! Where a request came from, how, and what name it used: by the connection, and by a proxy only where that is one of ours.

use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr, SocketAddr},
};

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, HeaderName, header, request::Parts},
};

use crate::{Network, Settings};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// The longest name of a browser that is kept.
const LONGEST_AGENT: usize = 200;

/// Where a request came from, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// The address of who asks.
    pub address: IpAddr,
    /// Whether everything on the way was in TLS.
    pub https: bool,
    /// The name and port that were asked for, in small letters. Empty where there was none, or two.
    pub host: String,
    /// What the browser or program calls itself, cut.
    pub agent: String,
}

impl Default for Arrival {
    fn default() -> Self {
        Self { address: IpAddr::V4(Ipv4Addr::UNSPECIFIED), https: false, host: String::new(), agent: String::new() }
    }
}

impl Arrival {
    /// What a request says, as far as it is to be believed.
    pub(crate) fn of(parts: &Parts, settings: &Settings) -> Self {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip().to_canonical());
        let proxied = peer.is_some_and(|peer| is_proxy(peer, &settings.proxies));
        let headers = &parts.headers;
        let mut arrival = Self {
            address: peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
            https: settings.tls,
            host: host(parts),
            agent: agent(headers),
        };
        if proxied {
            arrival.address = client(headers, &settings.proxies).unwrap_or(arrival.address);
            // The last word is that of the proxy before us; those before it are whatever it was told.
            if let Some(scheme) = last(headers, &FORWARDED_PROTO) {
                arrival.https = scheme.eq_ignore_ascii_case("https");
            }
            if let Some(host) = last(headers, &FORWARDED_HOST) {
                arrival.host = host.to_ascii_lowercase();
            }
        }
        arrival
    }
}

fn is_proxy(address: IpAddr, proxies: &[Network]) -> bool {
    proxies.iter().any(|proxy| proxy.contains(address))
}

/// Every element of a list that may be cut into several headers.
fn elements<'a>(headers: &'a HeaderMap, name: &'a HeaderName) -> impl DoubleEndedIterator<Item = &'a str> {
    let values: Vec<&str> = headers.get_all(name).into_iter().map(|value| value.to_str().unwrap_or("?")).collect();
    values.into_iter().flat_map(|value| value.split(',')).map(str::trim)
}

fn last<'a>(headers: &'a HeaderMap, name: &'a HeaderName) -> Option<&'a str> {
    elements(headers, name).next_back().filter(|value| !value.is_empty())
}

/// The nearest address that is none of our proxies: what stands before it, whoever asks may have written.
fn client(headers: &HeaderMap, proxies: &[Network]) -> Option<IpAddr> {
    let mut nearest = None;
    for element in elements(headers, &FORWARDED_FOR).rev() {
        let Some(address) = address(element) else { break };
        nearest = Some(address);
        if !is_proxy(address, proxies) {
            break;
        }
    }
    nearest
}

/// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]:4711`.
fn address(text: &str) -> Option<IpAddr> {
    let plain = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let read = plain.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()));
    read.map(|address: IpAddr| address.to_canonical())
}

/// The name that was asked for. HTTP/2 says it in the address, HTTP/1.1 in one header; two that differ are nobody's request.
fn host(parts: &Parts) -> String {
    let mut named: Vec<String> =
        parts.uri.authority().map(|authority| authority.as_str().to_ascii_lowercase()).into_iter().collect();
    for value in parts.headers.get_all(header::HOST) {
        named.push(value.to_str().unwrap_or_default().to_ascii_lowercase());
    }
    let same = named.windows(2).all(|pair| matches!(pair, [left, right] if left == right));
    let first = named.into_iter().next().unwrap_or_default();
    // `user@host` means something to no browser that asks here.
    if same && !first.contains('@') { first } else { String::new() }
}

fn agent(headers: &HeaderMap) -> String {
    let value = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.chars().filter(|char| !char.is_control()).take(LONGEST_AGENT).collect()
}

impl<S: Send + Sync> FromRequestParts<S> for Arrival {
    type Rejection = Infallible;

    /// What the layer found out.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    /// What is found out of a request from `peer` with these headers, where `10.0.0.0/8` are proxies.
    fn arrival(peer: &str, uri: &str, headers: &[(&str, &str)]) -> Result<Arrival, Box<dyn std::error::Error>> {
        let mut request = Request::get(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (mut parts, ()) = request.body(())?.into_parts();
        parts.extensions.insert(ConnectInfo(SocketAddr::new(peer.parse()?, 4711)));
        let settings = Settings { proxies: vec!["10.0.0.0/8".parse()?], ..Settings::default() };
        Ok(Arrival::of(&parts, &settings))
    }

    #[test]
    fn a_proxy_of_ours_is_believed_and_nobody_else() -> Result<(), Box<dyn std::error::Error>> {
        let said =
            [("x-forwarded-for", "203.0.113.9"), ("x-forwarded-proto", "https"), ("x-forwarded-host", "Spoof.contoso.com")];
        let believed = arrival("10.0.0.1", "/", &said)?;
        assert_eq!(
            (believed.address.to_string().as_str(), believed.https, believed.host.as_str()),
            ("203.0.113.9", true, "spoof.contoso.com")
        );
        let mut from_stranger = said.to_vec();
        from_stranger.push(("host", "localhost:8080"));
        let stranger = arrival("192.0.2.1", "/", &from_stranger)?;
        assert_eq!(
            (stranger.address.to_string().as_str(), stranger.https, stranger.host.as_str()),
            ("192.0.2.1", false, "localhost:8080")
        );
        Ok(())
    }

    #[test]
    fn what_stands_before_the_first_stranger_is_not_believed() -> Result<(), Box<dyn std::error::Error>> {
        for (said, address) in [
            ("203.0.113.9", "203.0.113.9"),
            ("198.51.100.1, 203.0.113.9", "203.0.113.9"),
            ("198.51.100.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
            ("10.0.0.3, 10.0.0.2", "10.0.0.3"),
            ("198.51.100.1, rubbish, 10.0.0.2", "10.0.0.2"),
            ("rubbish", "10.0.0.1"),
            ("", "10.0.0.1"),
            ("[2001:db8::1]:4711", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("::ffff:203.0.113.9", "203.0.113.9"),
        ] {
            assert_eq!(arrival("10.0.0.1", "/", &[("x-forwarded-for", said)])?.address.to_string(), address, "{said}");
        }
        Ok(())
    }

    #[test]
    fn two_names_are_none() -> Result<(), Box<dyn std::error::Error>> {
        for (uri, hosts, host) in [
            ("/", vec!["Localhost"], "localhost"),
            ("http://localhost/", vec!["localhost"], "localhost"),
            ("http://localhost/", vec![], "localhost"),
            ("http://localhost/", vec!["evil.example"], ""),
            ("/", vec!["localhost", "evil.example"], ""),
            ("/", vec!["localhost@evil.example"], ""),
            ("/", vec![], ""),
        ] {
            let headers: Vec<(&str, &str)> = hosts.iter().map(|host| ("host", *host)).collect();
            assert_eq!(arrival("192.0.2.1", uri, &headers)?.host, host, "{uri} {hosts:?}");
        }
        Ok(())
    }
}
