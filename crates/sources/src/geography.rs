//! Where IP addresses are, as far as a database of the user's knows: the caller looks into it.

use std::net::IpAddr;

/// Knows where IP addresses are.
pub trait Geography: std::fmt::Debug + Send + Sync {
    /// What is known of an address; `None` if that is nothing.
    fn locate(&self, address: IpAddr) -> Option<Location>;
}

/// Where an address is and whose it is; an unknown name is empty.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Location {
    /// Continent.
    pub continent: String,
    /// Two-letter code of the country, ISO 3166-1.
    pub country_code: String,
    /// Country.
    pub country: String,
    /// Code of the state, province or the like, with the country's before it, ISO 3166-2.
    pub region_code: String,
    /// State, province or the like.
    pub region: String,
    /// City.
    pub city: String,
    /// Degrees north and degrees east.
    pub coordinates: Option<(f64, f64)>,
    /// Number of the autonomous system.
    pub as_number: Option<u32>,
    /// Whom the autonomous system belongs to.
    pub as_organization: String,
}
