//! Where a tenant's interfaces are: the worldwide cloud, the national ones, or any other place that is named.

use std::net::IpAddr;

use url::{Host, Url};

use crate::error::Error;

/// A cloud of Microsoft's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Cloud {
    /// The one nearly everybody uses, GCC apart.
    #[default]
    Worldwide,
    /// The United States' government, moderate: everything worldwide but for its activity feed.
    Gcc,
    /// The United States' government, high.
    GccHigh,
    /// The United States' Department of Defense.
    Dod,
    /// China, run by 21Vianet.
    China,
}

impl Cloud {
    /// All of them, for a message that lists what may be said.
    pub const ALL: [Self; 5] = [Self::Worldwide, Self::Gcc, Self::GccHigh, Self::Dod, Self::China];

    /// As the configuration writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Worldwide => "worldwide",
            Self::Gcc => "gcc",
            Self::GccHigh => "gcc-high",
            Self::Dod => "dod",
            Self::China => "china",
        }
    }

    /// Reads what the configuration writes.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cloud| cloud.as_str() == text)
    }
}

/// Where the interfaces are. Each is the beginning of an address: scheme and host, and a path where there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoints {
    /// Microsoft Entra, which gives tokens.
    pub login: Url,
    /// Exchange Online, its administration interface below `/adminapi`.
    pub exchange: Url,
    /// Microsoft Graph, `/v1.0` and `/beta` below.
    pub graph: Url,
    /// The Management Activity API, `/api/v1.0` below.
    pub management: Url,
    /// What tokens are asked for, by interface: the resources' names, `/.default` apart. They stay when something else stands at the
    /// addresses.
    pub audiences: Audiences,
}

/// The names of the resources that tokens are for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audiences {
    /// Exchange Online's.
    pub exchange: String,
    /// Graph's.
    pub graph: String,
    /// The Management Activity API's.
    pub management: String,
}

impl Endpoints {
    /// Those of a cloud, as Microsoft's pages list them.
    ///
    /// # Errors
    ///
    /// Never in fact: the addresses are ours, and read all the same.
    pub fn of(cloud: Cloud) -> Result<Self, Error> {
        let [login, exchange, graph, management] = addresses(cloud);
        let endpoints = Self::read(login, exchange, graph, management)?;
        let audiences = Audiences { exchange: exchange.to_owned(), graph: graph.to_owned(), management: management.to_owned() };
        Ok(Self { audiences, ..endpoints })
    }

    /// Those at addresses that are named, with tokens for the worldwide resources. Each must be `https`, but for this machine itself, which no stranger listens to.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`], which names the address that will not do.
    pub fn read(login: &str, exchange: &str, graph: &str, management: &str) -> Result<Self, Error> {
        let [_, exchange_name, graph_name, management_name] = addresses(Cloud::Worldwide).map(str::to_owned);
        Ok(Self {
            login: address("login", login)?,
            exchange: address("exchange", exchange)?,
            graph: address("graph", graph)?,
            management: address("management", management)?,
            audiences: Audiences { exchange: exchange_name, graph: graph_name, management: management_name },
        })
    }

    /// All of them at one address: a server for tests, or a proxy that knows them apart by their paths.
    ///
    /// # Errors
    ///
    /// As [`Endpoints::read`].
    pub fn at(address: &str) -> Result<Self, Error> {
        Self::read(address, address, address, address)
    }
}

/// Entra, Exchange, Graph and the Management Activity API of a cloud.
const fn addresses(cloud: Cloud) -> [&'static str; 4] {
    match cloud {
        Cloud::Worldwide => [
            "https://login.microsoftonline.com",
            "https://outlook.office365.com",
            "https://graph.microsoft.com",
            "https://manage.office.com",
        ],
        Cloud::Gcc => [
            "https://login.microsoftonline.com",
            "https://outlook.office365.com",
            "https://graph.microsoft.com",
            "https://manage-gcc.office.com",
        ],
        Cloud::GccHigh => [
            "https://login.microsoftonline.us",
            "https://outlook.office365.us",
            "https://graph.microsoft.us",
            "https://manage.office365.us",
        ],
        Cloud::Dod => [
            "https://login.microsoftonline.us",
            "https://webmail.apps.mil",
            "https://dod-graph.microsoft.us",
            "https://manage.protection.apps.mil",
        ],
        Cloud::China => [
            "https://login.partner.microsoftonline.cn",
            "https://partner.outlook.cn",
            "https://microsoftgraph.chinacloudapi.cn",
            "https://manage.office.cn",
        ],
    }
}

fn address(name: &'static str, text: &str) -> Result<Url, Error> {
    let url = Url::parse(text).map_err(|_| Error::Setting { name, why: "it is no address".to_owned() })?;
    // The whole address may hold a password.
    let refused =
        |why: &str| Error::Setting { name, why: format!("{why}: {}://{}", url.scheme(), url.host_str().unwrap_or_default()) };
    let safe = match url.scheme() {
        "https" => true,
        "http" => is_loopback(&url),
        _ => false,
    };
    if !safe {
        return Err(refused("only https keeps tokens secret on the way"));
    }
    if url.cannot_be_a_base() || !url.username().is_empty() || url.password().is_some() || url.query().is_some() {
        return Err(refused("an address has neither a user nor a query"));
    }
    Ok(url)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// An address below an endpoint: segments are escaped, so that a name cannot leave its place.
pub(crate) fn below(base: &Url, segments: &[&str]) -> Url {
    let mut url = base.clone();
    // A base that cannot have segments is refused above; nothing is added to one.
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    url
}

/// An address that an answer names, if it is at the same place as the endpoint: a token goes nowhere else.
pub(crate) fn same_place(base: &Url, named: &str) -> Option<Url> {
    let url = Url::parse(named).ok()?;
    (url.origin() == base.origin() && url.username().is_empty() && url.password().is_none()).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cloud_has_addresses_and_a_name() {
        for cloud in Cloud::ALL {
            assert_eq!(Cloud::read(cloud.as_str()), Some(cloud));
            assert!(Endpoints::of(cloud).is_ok(), "{cloud:?}");
        }
        assert_eq!(Cloud::read("mars"), None);
    }

    #[test]
    fn plain_http_is_for_this_machine_only() {
        assert!(address("graph", "http://127.0.0.1:8080").is_ok());
        assert!(address("graph", "http://[::1]:8080/x").is_ok());
        for refused in [
            "http://graph.example",
            "ftp://127.0.0.1",
            "https://user:secret@graph.example",
            "graph.example",
            "https://a.example?b",
        ] {
            assert!(address("graph", refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn a_name_stays_a_segment() {
        let base = Url::parse("https://graph.example/").unwrap();
        assert_eq!(below(&base, &["v1.0", "domains", "a/../b?c"]).as_str(), "https://graph.example/v1.0/domains/a%2F..%2Fb%3Fc");
    }

    #[test]
    fn tokens_stay_where_they_belong() {
        let base = Url::parse("https://manage.example").unwrap();
        assert!(same_place(&base, "https://manage.example/api/x?y").is_some());
        for elsewhere in [
            "http://manage.example/x",
            "https://manage.example.net/x",
            "https://manage.example:444/",
            "/x",
            "https://a@manage.example/x",
        ] {
            assert!(same_place(&base, elsewhere).is_none(), "{elsewhere}");
        }
    }
}
