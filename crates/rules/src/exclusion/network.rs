//! Networks: `10.0.0.0/8`, `2001:db8::/32`, one address, or a range `10.0.0.1-10.0.0.9`.

use std::{fmt, net::IpAddr, str::FromStr};

use serde::{Deserialize, Serialize};

/// Addresses from a first to a last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Network {
    text: String,
    first: Address,
    last: Address,
}

/// IPv4 and IPv6 addresses, apart; an IPv4 address mapped into IPv6 is the IPv4 address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Address {
    V4(u32),
    V6(u128),
}

/// A text that is no network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkError(String);

impl fmt::Display for NetworkError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{}` is no network; write 192.0.2.0/24, 2001:db8::/32 or one address", self.0)
    }
}

impl std::error::Error for NetworkError {}

impl Network {
    /// Whether the text is an address in it.
    #[must_use]
    pub fn contains(&self, text: &str) -> bool {
        address(text).is_some_and(|address| {
            let same = matches!((address, self.first), (Address::V4(_), Address::V4(_)) | (Address::V6(_), Address::V6(_)));
            same && self.first <= address && address <= self.last
        })
    }
}

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let bounds = match (text.split_once('/'), text.split_once('-')) {
            (Some((base, bits)), _) => prefix(base, bits),
            (None, Some((first, last))) => address(first).zip(address(last)).filter(|(first, last)| range(*first, *last)),
            (None, None) => address(text).map(|address| (address, address)),
        };
        let (first, last) = bounds.ok_or_else(|| NetworkError(text.to_owned()))?;
        Ok(Self { text: text.to_owned(), first, last })
    }
}

fn range(first: Address, last: Address) -> bool {
    matches!((first, last), (Address::V4(_), Address::V4(_)) | (Address::V6(_), Address::V6(_))) && first <= last
}

fn address(text: &str) -> Option<Address> {
    Some(match text.trim().parse::<IpAddr>().ok()?.to_canonical() {
        IpAddr::V4(address) => Address::V4(address.to_bits()),
        IpAddr::V6(address) => Address::V6(address.to_bits()),
    })
}

fn prefix(base: &str, bits: &str) -> Option<(Address, Address)> {
    let bits: u32 = bits.trim().parse().ok()?;
    match address(base)? {
        Address::V4(base) if bits <= 32 => {
            let host = u32::MAX.checked_shr(bits).unwrap_or(0);
            Some((Address::V4(base & !host), Address::V4(base | host)))
        }
        Address::V6(base) if bits <= 128 => {
            let host = u128::MAX.checked_shr(bits).unwrap_or(0);
            Some((Address::V6(base & !host), Address::V6(base | host)))
        }
        _ => None,
    }
}

impl TryFrom<String> for Network {
    type Error = NetworkError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Network> for String {
    fn from(network: Network) -> Self {
        network.text
    }
}

#[cfg(test)]
mod tests {
    use super::{Network, NetworkError};

    #[test]
    fn addresses_are_found_in_their_network() -> Result<(), NetworkError> {
        for (network, inside, outside) in [
            ("192.0.2.0/24", "192.0.2.255", "192.0.3.0"),
            ("192.0.2.7/24", "192.0.2.1", "192.0.1.255"),
            ("198.51.100.4", "198.51.100.4", "198.51.100.5"),
            ("198.51.100.4-198.51.100.9", "198.51.100.9", "198.51.100.10"),
            ("2001:db8::/32", "2001:db8:ffff::1", "2001:db9::"),
            ("0.0.0.0/0", "255.255.255.255", "::1"),
            ("::/0", "2001:db8::1", "192.0.2.1"),
            ("10.0.0.0/8", "::ffff:10.1.2.3", "not an address"),
        ] {
            let parsed: Network = network.parse()?;
            assert!(parsed.contains(inside), "{network} {inside}");
            assert!(!parsed.contains(outside), "{network} {outside}");
        }
        Ok(())
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in
            ["", "192.0.2.0/33", "192.0.2/24", "2001:db8::/129", "192.0.2.9-192.0.2.1", "192.0.2.1-::1", "fabrikam.example"]
        {
            assert!(text.parse::<Network>().is_err(), "{text}");
        }
    }
}
