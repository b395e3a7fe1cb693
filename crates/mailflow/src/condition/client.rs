//! `client = ["192.0.2.0/24", "2001:db8::1"]`: where a message came from.

use std::net::IpAddr;

use crate::{
    Fault,
    read::{self, Value},
};

/// Networks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Networks(Vec<Network>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Network {
    address: IpAddr,
    bits: u8,
}

impl Networks {
    /// Networks and addresses as texts.
    ///
    /// # Errors
    /// The text that is none.
    pub fn of<T: AsRef<str>>(texts: &[T]) -> Result<Self, String> {
        let networks = texts.iter().map(|text| Network::of(text.as_ref()).ok_or_else(|| text.as_ref().to_owned()));
        networks.collect::<Result<_, _>>().map(Self)
    }

    /// Whether an address is in one of them.
    #[must_use]
    pub fn has(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.has(address.to_canonical()))
    }

    pub(super) fn read(value: &Value<'_>) -> Result<Self, Fault> {
        Self::of(&read::texts(value, "`client`")?).map_err(|text| {
            Fault::new(value.span(), format!("`{text}` is no network")).help("write 192.0.2.1, 192.0.2.0/24 or 2001:db8::/32")
        })
    }

    pub(super) fn holds(&self, client: Option<IpAddr>) -> Option<String> {
        let client = client?.to_canonical();
        self.0.iter().find(|network| network.has(client)).map(|network| format!("{client} is in {}", network.words()))
    }

    pub(super) fn words(&self) -> String {
        format!("client in {}", self.0.iter().map(Network::words).collect::<Vec<_>>().join(" or "))
    }
}

impl Network {
    fn of(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse().ok()?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(most);
        (bits <= most).then_some(Self { address, bits })
    }

    fn has(&self, other: IpAddr) -> bool {
        let differ = match (self.address, other) {
            (IpAddr::V4(own), IpAddr::V4(other)) => (u32::from(own) ^ u32::from(other)).leading_zeros(),
            (IpAddr::V6(own), IpAddr::V6(other)) => (u128::from(own) ^ u128::from(other)).leading_zeros(),
            _ => return false,
        };
        differ >= u32::from(self.bits)
    }

    fn words(&self) -> String {
        format!("{}/{}", self.address, self.bits)
    }
}

#[cfg(test)]
mod tests {
    use super::Network;

    #[test]
    fn a_network_has_the_addresses_that_begin_as_it_does() {
        let has = |network: &str, address: &str| Network::of(network).unwrap().has(address.parse().unwrap());
        assert!(has("192.0.2.0/24", "192.0.2.255") && !has("192.0.2.0/24", "192.0.3.0"));
        assert!(has("192.0.2.7", "192.0.2.7") && !has("192.0.2.7", "192.0.2.6"));
        assert!(has("0.0.0.0/0", "203.0.113.9") && !has("0.0.0.0/0", "::1"));
        assert!(has("2001:db8::/32", "2001:db8:1::5") && !has("2001:db8::/32", "2001:db9::"));
        assert_eq!(Network::of("192.0.2.0/33"), None);
        assert_eq!(Network::of("example.com"), None);
    }
}
