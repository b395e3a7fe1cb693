//! IP addresses and networks as stretches of numbers; an IPv4 address is the same as its form within IPv6.

use std::net::{IpAddr, Ipv6Addr};

/// Addresses from one to another, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Addresses {
    pub(crate) low: u128,
    pub(crate) high: u128,
}

/// The number of an address; text around it, such as brackets or a port, makes it none.
pub(crate) fn number(text: &str) -> Option<u128> {
    Some(match text.trim().parse().ok()? {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => Ipv6Addr::to_bits(address),
    })
}

impl Addresses {
    /// An address, `10.0.0.0/8`, or, as value lists have it, `10.0.0.1-10.0.0.9`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if let Some((address, bits)) = text.split_once('/') {
            let given: u32 = bits.trim().parse().ok()?;
            let (base, width) = if address.contains(':') { (0, 128) } else { (96, 32) };
            if given > width {
                return None;
            }
            let hosts = u128::MAX.checked_shr(base + given).unwrap_or(0);
            let low = number(address)? & !hosts;
            return Some(Self { low, high: low | hosts });
        }
        if let Some((low, high)) = text.split_once('-') {
            return Some(Self { low: number(low)?, high: number(high)? });
        }
        number(text).map(|only| Self { low: only, high: only })
    }

    pub(crate) const fn contains(&self, number: u128) -> bool {
        self.low <= number && number <= self.high
    }
}

#[cfg(test)]
mod tests {
    use super::{Addresses, number};

    #[test]
    fn networks_hold_their_addresses() {
        let table = [
            ("10.0.0.0/8", "10.255.0.1", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("10.1.2.3", "::ffff:10.1.2.3", true),
            ("0.0.0.0/0", "255.1.1.1", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("2001:db8::/32", "2001:db8:1::", true),
            ("::/0", "10.0.0.1", true),
            ("10.0.0.1-10.0.0.9", "10.0.0.9", true),
            ("192.0.2.1/32", "192.0.2.1", true),
        ];
        for (network, address, expected) in table {
            let found = Addresses::parse(network).zip(number(address));
            assert_eq!(found.map(|(network, address)| network.contains(address)), Some(expected), "{network} {address}");
        }
    }

    #[test]
    fn what_is_no_address_is_none() {
        for text in ["", "10.0.0", "10.0.0.0/33", "host", "10.0.0.*", "::1/129", "[::1]:25"] {
            assert_eq!(Addresses::parse(text), None, "{text}");
        }
    }
}
