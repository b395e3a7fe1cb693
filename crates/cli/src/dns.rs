//! Who answers for the DNS: the system's servers, a named one, or a recorded zone file.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Args;
use mailauth::dns::{Cache, CacheOptions, Network, NetworkOptions, Resolver, Zone, server_address};

use crate::{clock, config::Mail, failure::Failure};

/// `--dns` and `--zone`, the same for every command that asks the DNS.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Dns {
    /// Ask this name server, and not those of the system.
    #[arg(long, value_name = "HOST:PORT", conflicts_with = "zone")]
    dns: Option<String>,
    /// Take the answers from this zone file, and ask nobody.
    #[arg(long, value_name = "FILE")]
    zone: Option<PathBuf>,
}

impl Dns {
    /// Whether answers come from a file, which costs no one anything.
    pub(crate) fn is_recorded(&self, config: &Mail) -> bool {
        self.zone.is_some() || (self.dns.is_none() && config.zone.is_some())
    }

    /// Whether somebody said who answers.
    pub(crate) fn is_named(&self, config: &Mail) -> bool {
        self.dns.is_some() || self.zone.is_some() || config.dns.is_some() || config.zone.is_some()
    }

    /// The file that answers, where one does.
    pub(crate) fn zone_file<'a>(&'a self, config: &'a Mail) -> Option<&'a Path> {
        let configured = if self.dns.is_some() { None } else { config.zone.as_ref().map(|set| &set.value) };
        self.zone.as_ref().or(configured).map(PathBuf::as_path)
    }

    /// Who answers; the command line comes before the configuration.
    pub(crate) async fn resolver(&self, config: &Mail) -> Result<Arc<dyn Resolver>, Failure> {
        if let Some(path) = self.zone_file(config) {
            return Ok(Arc::new(zone(path)?));
        }
        let server = self.dns.as_ref().or(config.dns.as_ref().map(|set| &set.value));
        network(server.map(String::as_str)).await
    }
}

/// A name server, or those of the system, with a memory of their answers.
pub(crate) async fn network(server: Option<&str>) -> Result<Arc<dyn Resolver>, Failure> {
    let (clock, options) = (clock::steady(), NetworkOptions::default());
    let network = match server {
        Some(server) => match server_address(server).await {
            Ok(address) => Network::server(address, Arc::clone(&clock), options),
            Err(error) => return Err(Failure::input(format!("error: {error}"))),
        },
        None => Network::system(Arc::clone(&clock), options),
    };
    let network = network.map_err(|error| Failure::internal(format_args!("the DNS cannot be asked: {error}")))?;
    Ok(Arc::new(Cache::new(Arc::new(network), clock, CacheOptions::default())))
}

/// A zone file.
pub(crate) fn zone(path: &Path) -> Result<Zone, Failure> {
    let name = path.display();
    let text = std::fs::read_to_string(path).map_err(|error| Failure::input(format!("error: {name}: {error}")))?;
    Zone::parse(&text).map_err(|error| Failure::input(format!("error: {name}: {error}")))
}
