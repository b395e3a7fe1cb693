//! How somebody comes in, as the administrator of the machine set it.

use std::time::Duration;

use url::Url;

use crate::{Cost, Network, OidcSettings};

/// How somebody comes in.
#[derive(Debug, Clone)]
pub struct Settings {
    /// A session that is not used for so long ends.
    pub idle: Duration,
    /// A session ends after so long, however much it is used.
    pub longest: Duration,
    /// Whether connections are in TLS already.
    pub tls: bool,
    /// The address people know the pages by, where it is not that of this machine.
    pub public_url: Option<Url>,
    /// Further names that the pages may be asked for by. Names of the loopback and addresses always may.
    pub hosts: Vec<String>,
    /// Proxies whose word is taken for who asks and how.
    pub proxies: Vec<Network>,
    /// What it costs to hash a password.
    pub cost: Cost,
    /// So many passwords are hashed at a time: each takes the memory of [`Settings::cost`].
    pub hashed_at_once: usize,
    /// Where people sign in who do not sign in here.
    pub oidc: Option<OidcSettings>,
}

impl Default for Settings {
    /// Thirty minutes unused, twelve hours in all (ASVS 3.3.2 for level 2), for this machine alone.
    fn default() -> Self {
        Self {
            idle: Duration::from_secs(30 * 60),
            longest: Duration::from_secs(12 * 60 * 60),
            tls: false,
            public_url: None,
            hosts: Vec::new(),
            proxies: Vec::new(),
            cost: Cost::OWASP,
            hashed_at_once: 2,
            oidc: None,
        }
    }
}

/// Microseconds of a duration, as moments count them.
pub(crate) fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}
