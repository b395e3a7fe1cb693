//! Domains that may be taken for this one, and which of them somebody has registered: what they publish tells whether mail can be sent from
//! them that passes every check, as it is their own.

mod variants;

use std::collections::BTreeSet;

use futures::{StreamExt, stream};
use mailauth::{
    dns::{Absent, Resolver},
    spf::record::is_spf,
};

pub use variants::{How, meant_for, variants};

use super::{Asking, Texts};

/// What stands for the likely names, which are then made up, among those that are asked about.
pub const ALL: &str = "all";

/// Most names that are asked about. Each takes one question, and four where it is registered.
pub const MOST_LOOKALIKES: usize = 100;

/// Names asked about at the same time.
const AT_ONCE: usize = 16;

/// The look-alikes of a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lookalikes {
    /// How many were asked about.
    pub asked: usize,
    /// How many of those that the user names were not, being more than [`MOST_LOOKALIKES`].
    pub left_out: usize,
    /// Those that are registered, by name.
    pub found: Vec<Lookalike>,
}

/// A look-alike that is registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lookalike {
    /// The domain, in ASCII form.
    pub domain: String,
    /// What makes it deceive.
    pub how: How,
    /// Its name servers.
    pub servers: Vec<String>,
    /// Whether these are the name servers of the domain itself, as they are where both are of one owner; and of all customers of some hosts.
    pub same_servers: bool,
    /// The hosts that take its mail.
    pub exchangers: Vec<String>,
    /// Its SPF record.
    pub spf: Option<String>,
    /// Its DMARC record.
    pub dmarc: Option<String>,
}

impl Lookalikes {
    pub(super) async fn collect(asking: &Asking<'_>) -> Self {
        let wanted = &asking.question.lookalikes;
        let made_up = if wanted.iter().any(|name| name == ALL) { variants(asking.domain, MOST_LOOKALIKES) } else { Vec::new() };
        let given: BTreeSet<String> =
            wanted.iter().filter(|name| *name != ALL).filter_map(|name| mailauth::dns::name(name)).collect();
        // Those that the user names come first: a limit leaves out what was made up.
        let made_up = made_up.into_iter().filter(|name| !given.contains(name)).collect::<Vec<_>>();
        let names: Vec<String> = given.iter().cloned().chain(made_up).filter(|name| name != asking.domain).collect();
        let asked = names.len().min(MOST_LOOKALIKES);
        let left_out = given.len().saturating_sub(MOST_LOOKALIKES);
        if names.is_empty() {
            return Self { asked, left_out, found: Vec::new() };
        }
        let resolver = asking.resolver();
        let own = servers(resolver, asking.domain).await.unwrap_or_default();
        let own = &own;
        let each = names.into_iter().take(MOST_LOOKALIKES).map(|name| async move { Lookalike::ask(asking, name, own).await });
        let found = stream::iter(each).buffered(AT_ONCE).filter_map(std::future::ready).collect().await;
        Self { asked, left_out, found }
    }
}

impl Lookalike {
    /// `None` if nobody has registered it, or nobody can say.
    async fn ask(asking: &Asking<'_>, domain: String, own: &[String]) -> Option<Self> {
        let resolver = asking.resolver();
        let servers = match servers(resolver, &domain).await {
            Ok(servers) => servers,
            // Some endings answer for every name; only one that takes mail is somebody's then.
            Err(Absent::NoData) => Vec::new(),
            Err(Absent::NoSuchName | Absent::Trouble(_)) => return None,
        };
        let exchangers = resolver.mx(&domain).await.map(|found| found.to_vec()).unwrap_or_default();
        if servers.is_empty() && exchangers.is_empty() {
            return None;
        }
        let dmarc_name = format!("_dmarc.{domain}");
        let (texts, dmarc) = futures::join!(Texts::at(resolver, &domain), Texts::at(resolver, &dmarc_name));
        let first = |texts: &Texts, is: fn(&[u8]) -> bool| {
            texts.bytes().find(|text| is(text)).map(|text| String::from_utf8_lossy(text).into_owned())
        };
        Some(Self {
            how: How::between(asking.domain, &domain),
            same_servers: !own.is_empty() && servers == own,
            servers,
            exchangers: exchangers.iter().filter(|mx| !mx.exchange.is_empty()).map(|mx| mx.exchange.to_string()).collect(),
            spf: first(&texts, is_spf),
            dmarc: first(&dmarc, mailauth::dmarc::record::is_policy),
            domain,
        })
    }

    /// Whether its SPF record lets anybody send: it has one, and that is not the one of a domain that sends no mail.
    #[must_use]
    pub fn sends(&self) -> bool {
        self.spf.as_deref().is_some_and(|record| !record.trim().eq_ignore_ascii_case("v=spf1 -all"))
    }
}

/// The name servers of a domain, sorted.
async fn servers(resolver: &dyn Resolver, domain: &str) -> Result<Vec<String>, Absent> {
    let found = resolver.ns(domain).await?;
    let servers: BTreeSet<String> = found.iter().map(|server| server.to_lowercase()).collect();
    Ok(servers.into_iter().collect())
}
