//! A network of addresses: an address, and how many of its bits count.

use std::{fmt, net::IpAddr};

/// A network. The bits that do not count are zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Network {
    address: IpAddr,
    length: u8,
}

impl Network {
    /// The network that an address is in. A length past the end of the address is all of it.
    #[must_use]
    pub fn new(address: IpAddr, length: u8) -> Self {
        match address {
            IpAddr::V4(address) => {
                let length = length.min(32);
                let mask = u32::MAX.checked_shl(32 - u32::from(length)).unwrap_or_default();
                Self { address: IpAddr::V4((address.to_bits() & mask).into()), length }
            }
            IpAddr::V6(address) => {
                let length = length.min(128);
                let mask = u128::MAX.checked_shl(128 - u32::from(length)).unwrap_or_default();
                Self { address: IpAddr::V6((address.to_bits() & mask).into()), length }
            }
        }
    }

    /// Its first address.
    #[must_use]
    pub const fn address(&self) -> IpAddr {
        self.address
    }

    /// How many bits count.
    #[must_use]
    pub const fn length(&self) -> u8 {
        self.length
    }

    /// Whether every address of the other is one of its own.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        self.length <= other.length && Self::new(other.address, self.length) == *self
    }

    /// Its first and last address as numbers, if it is of IPv4.
    #[must_use]
    pub fn v4_range(&self) -> Option<(u32, u32)> {
        let IpAddr::V4(first) = self.address else { return None };
        let rest = u32::MAX.checked_shr(u32::from(self.length)).unwrap_or_default();
        Some((first.to_bits(), first.to_bits() | rest))
    }
}

/// As records write it: the length only where it is not the whole address.
impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = if self.address.is_ipv4() { 32 } else { 128 };
        write!(f, "{}", self.address)?;
        if self.length < whole { write!(f, "/{}", self.length) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::Network;

    fn network(address: &str, length: u8) -> Network {
        Network::new(address.parse().unwrap(), length)
    }

    #[test]
    fn bits_that_do_not_count_are_zero() {
        assert_eq!(network("192.0.2.77", 24).to_string(), "192.0.2.0/24");
        assert_eq!(network("192.0.2.77", 32).to_string(), "192.0.2.77");
        assert_eq!(network("192.0.2.77", 0).to_string(), "0.0.0.0/0");
        assert_eq!(network("2001:db8::77", 64).to_string(), "2001:db8::/64");
        assert_eq!(network("2001:db8::77", 0).to_string(), "::/0");
        assert_eq!(network("192.0.2.77", 200), network("192.0.2.77", 32));
    }

    #[test]
    fn a_network_contains_itself_and_narrower_ones() {
        assert!(network("192.0.2.0", 24).contains(&network("192.0.2.128", 25)));
        assert!(network("192.0.2.0", 24).contains(&network("192.0.2.0", 24)));
        assert!(!network("192.0.2.128", 25).contains(&network("192.0.2.0", 24)));
        assert!(!network("192.0.2.0", 24).contains(&network("192.0.3.0", 24)));
        assert!(!network("0.0.0.0", 0).contains(&network("::", 128)));
    }

    #[test]
    fn a_range_has_both_ends() {
        assert_eq!(network("0.0.0.0", 0).v4_range(), Some((0, u32::MAX)));
        assert_eq!(network("192.0.2.1", 32).v4_range(), Some((0xC000_0201, 0xC000_0201)));
        assert_eq!(network("10.0.0.0", 8).v4_range(), Some((0x0A00_0000, 0x0AFF_FFFF)));
        assert_eq!(network("2001:db8::", 32).v4_range(), None);
    }
}
