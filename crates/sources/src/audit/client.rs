//! Addresses as records write them: `192.0.2.1`, `192.0.2.1:443`, `[2001:db8::1]:443`, `::ffff:192.0.2.1`, `host (192.0.2.1)`.

use std::net::{IpAddr, SocketAddr};

/// Where an activity came from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Client {
    /// As it is written, without the port.
    pub(super) address: Option<String>,
    pub(super) ip: Option<IpAddr>,
    pub(super) port: Option<u16>,
    /// The name of a host.
    pub(super) domain: Option<String>,
}

/// Reads an address.
pub(super) fn client(text: &str) -> Client {
    let text = text.trim();
    if text.is_empty() {
        return Client::default();
    }
    if let Ok(socket) = text.parse::<SocketAddr>() {
        return of_ip(socket.ip(), Some(socket.port()));
    }
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    if let Ok(ip) = bare.parse::<IpAddr>() {
        return of_ip(ip, None);
    }
    // `::ffff:192.0.2.1:443` has no brackets, and is written all the same.
    if let Some((before, port)) = bare.rsplit_once(':')
        && let (Ok(ip @ IpAddr::V6(mapped)), Ok(port)) = (before.parse::<IpAddr>(), port.parse::<u16>())
        && mapped.to_ipv4_mapped().is_some()
    {
        return of_ip(ip, Some(port));
    }
    if let Some((host, address)) = bare.strip_suffix(')').and_then(|rest| rest.split_once(" (")) {
        let inner = client(address);
        return Client { domain: Some(host.to_owned()), address: inner.address.or_else(|| Some(address.to_owned())), ..inner };
    }
    match bare.rsplit_once(':').map(|(host, port)| (host, port.parse::<u16>())) {
        Some((host, Ok(port))) if !host.contains(':') => {
            Client { domain: Some(host.to_owned()), port: Some(port), ..Client::default() }
        }
        _ if bare.contains(char::is_whitespace) => Client { address: Some(bare.to_owned()), ..Client::default() },
        _ => Client { domain: Some(bare.to_owned()), ..Client::default() },
    }
}

/// An IPv4 address within IPv6 is an IPv4 address.
fn of_ip(ip: IpAddr, port: Option<u16>) -> Client {
    let ip = ip.to_canonical();
    Client { address: Some(ip.to_string()), ip: Some(ip), port: port.filter(|port| *port > 0), domain: None }
}

#[cfg(test)]
mod tests {
    use super::client;

    #[test]
    fn addresses_are_read_in_all_their_forms() {
        let table = [
            ("192.0.2.1", "192.0.2.1", None, None),
            ("192.0.2.1:49152", "192.0.2.1", Some(49152), None),
            ("[2001:db8::1]:443", "2001:db8::1", Some(443), None),
            ("[::1]:123", "::1", Some(123), None),
            ("[::1]", "::1", None, None),
            ("2001:db8::1", "2001:db8::1", None, None),
            ("::ffff:192.0.2.1", "192.0.2.1", None, None),
            ("[::ffff:192.0.2.1]:80", "192.0.2.1", Some(80), None),
            ("EXCH-1 (15.20.1.1)", "15.20.1.1", None, Some("EXCH-1")),
            ("mail.example.com:25", "", Some(25), Some("mail.example.com")),
            ("<null>", "", None, Some("<null>")),
            ("", "", None, None),
        ];
        for (text, address, port, domain) in table {
            let found = client(text);
            let shown = (found.address.as_deref().unwrap_or(""), found.port, found.domain.as_deref());
            assert_eq!(shown, (address, port, domain), "{text}");
        }
    }
}
