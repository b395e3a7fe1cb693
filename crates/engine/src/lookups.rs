//! What queries look up beside tables: watchlists, and where an IP address is.

use std::{collections::BTreeMap, net::IpAddr, sync::Arc};

use datafusion::catalog::TableProvider;

/// What is there to be looked up.
#[derive(Debug, Clone, Default)]
pub struct Lookups {
    /// Watchlists by their alias, for `_GetWatchlist`.
    pub watchlists: BTreeMap<String, Arc<dyn TableProvider>>,
    /// For `geo_info_from_ip_address`; without, nothing is known of any address.
    pub geography: Option<Arc<dyn Geography>>,
}

impl Lookups {
    /// The watchlist of that alias, in any case.
    pub(crate) fn watchlist(&self, alias: &str) -> Option<&Arc<dyn TableProvider>> {
        let other = || self.watchlists.iter().find(|(name, _)| name.eq_ignore_ascii_case(alias)).map(|(_, table)| table);
        self.watchlists.get(alias).or_else(other)
    }
}

/// Knows where IP addresses are.
pub trait Geography: std::fmt::Debug + Send + Sync {
    /// Where an address is; `None` if nothing is known.
    fn locate(&self, address: IpAddr) -> Option<Whereabouts>;
}

/// Where an address is, as far as known: an unknown name is empty.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Whereabouts {
    /// Country.
    pub country: String,
    /// State, province or the like.
    pub state: String,
    /// City.
    pub city: String,
    /// Degrees north.
    pub latitude: Option<f64>,
    /// Degrees east.
    pub longitude: Option<f64>,
}
