//! Parts of the domain that others answer for: the servers of its zone, and names that are aliases of a service's. Where these lead to a domain
//! that nobody has registered, whoever registers it answers.

use futures::future::join_all;

use super::{Asking, DomainEvidence, alias::Chain, mx::unregistered};
use crate::Severity;

/// The names that are looked at, and what having them means.
const NAMES: &str = include_str!("../../data/handed-over.tsv");

/// Most name servers that are looked at. A zone has two to eight.
const MOST_SERVERS: usize = 13;

/// Names below the domain that may be zones of their own, kept by a service.
const ZONES: [&str; 2] = ["_dmarc", "_domainkey"];

/// What of a domain others answer for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandedOver {
    /// Name servers, of the domain and of parts of it.
    pub servers: Vec<Server>,
    /// Names that are aliases.
    pub aliases: Vec<Alias>,
}

/// A name server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// The zone it answers for.
    pub zone: String,
    /// The host.
    pub host: String,
    /// The domain the host lies in, if nobody has registered it.
    pub unregistered: Option<String>,
}

/// A name that is an alias.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alias {
    /// The name.
    pub name: String,
    /// The target of each alias, from first to last.
    pub targets: Vec<String>,
    /// The domain the last target lies in, if nobody has registered it.
    pub unregistered: Option<String>,
    /// How much it matters if that is so.
    pub severity: Severity,
    /// What whoever has the target could do.
    pub means: &'static str,
}

impl DomainEvidence {
    /// The alias that stands at a name, of the names that are looked at.
    #[must_use]
    pub fn alias_at(&self, name: &str) -> Option<&Alias> {
        self.handed_over.aliases.iter().find(|alias| alias.name == name)
    }
}

impl HandedOver {
    pub(super) async fn collect(asking: &Asking<'_>) -> Self {
        let zones = std::iter::once(asking.domain.to_owned()).chain(ZONES.map(|zone| format!("{zone}.{}", asking.domain)));
        let servers = join_all(zones.map(|zone| servers(asking, zone)));
        let aliases = join_all(names().map(|(name, severity, means)| alias(asking, name, severity, means)));
        let (servers, aliases) = futures::join!(servers, aliases);
        Self { servers: servers.into_iter().flatten().collect(), aliases: aliases.into_iter().flatten().collect() }
    }
}

/// The lines of the table.
fn names() -> impl Iterator<Item = (&'static str, Severity, &'static str)> {
    let severity = |word| match word {
        "low" => Severity::Low,
        "medium" => Severity::Medium,
        "high" => Severity::High,
        _ => Severity::Critical,
    };
    NAMES.lines().filter(|line| !line.starts_with('#')).filter_map(move |line| {
        let mut cells = line.split('\t');
        Some((cells.next()?, severity(cells.next()?), cells.next()?))
    })
}

async fn servers(asking: &Asking<'_>, zone: String) -> Vec<Server> {
    let resolver = asking.resolver();
    let found = match mailauth::dns::name(&zone) {
        Some(name) => resolver.ns(&name).await,
        None => return Vec::new(),
    };
    let hosts = found.iter().flat_map(|hosts| hosts.iter()).take(MOST_SERVERS);
    let each = hosts.filter_map(|host| mailauth::dns::name(host)).map(|host| {
        let zone = zone.clone();
        async move {
            let unregistered = free(asking, &host).await;
            Server { zone, host, unregistered }
        }
    });
    join_all(each).await
}

async fn alias(asking: &Asking<'_>, name: &str, severity: Severity, means: &'static str) -> Option<Alias> {
    let name = mailauth::dns::name(&format!("{name}.{}", asking.domain))?;
    let first = asking.resolver().cname(&name).await.ok()?.first()?.to_string();
    let targets = Chain::follow(asking.resolver(), &name, &first).await.targets;
    let unregistered = match targets.last().and_then(|target| mailauth::dns::name(target)) {
        Some(last) => free(asking, &last).await,
        None => None,
    };
    Some(Alias { name, targets, unregistered, severity, means })
}

/// The registered domain that a host lies in, if it is another's and nobody has registered it.
async fn free(asking: &Asking<'_>, host: &str) -> Option<String> {
    let foreign = psl::domain_str(host) != psl::domain_str(asking.domain);
    if foreign { unregistered(asking.resolver(), host).await } else { None }
}

#[cfg(test)]
mod tests {
    use super::{NAMES, names};

    #[test]
    fn every_line_of_the_table_is_whole() {
        let lines = NAMES.lines().filter(|line| !line.starts_with('#'));
        assert_eq!(names().count(), lines.count());
        assert!(names().all(|(name, _, means)| mailauth::dns::name(&format!("{name}.example")).is_some() && !means.is_empty()));
        for line in NAMES.lines().filter(|line| !line.starts_with('#')) {
            assert!(["low", "medium", "high", "critical"].contains(&line.split('\t').nth(1).unwrap_or_default()), "{line}");
        }
    }
}
