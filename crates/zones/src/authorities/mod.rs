//! What the servers that are authoritative for a name say, each asked itself.
//!
//! A resolver says what somebody told it some time ago. Whether a record can be relied on is known when every server of the zone has it,
//! and whether one is gone when none does. Which servers these are is found through a resolver, or configured: a hidden primary is in no
//! NS record, and servers inside a network may be others than those outside.
//!
//! Start reading at [`Authorities::survey`].

mod discover;
mod question;
mod survey;

use std::{fmt, net::SocketAddr, sync::Arc, time::Duration};

use futures::{StreamExt, stream};
use mailauth::dns::Resolver;
use thiserror::Error;

pub use survey::{Agreement, Expect, Said, Says, Server, Survey};

use crate::{
    change::{RecordKind, Unwritable},
    wire,
};

/// Servers asked at the same time.
const AT_ONCE: usize = 16;

/// Names on the way of an alias: more are a loop, or as bad as one.
const MAX_ALIASES: usize = 8;

/// How servers are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AskOptions {
    /// For one try, and for the one over TCP where an answer does not fit in a datagram.
    pub limit: Duration,
    /// How often a server that says nothing is asked, at least once.
    pub tries: u32,
    /// The port of servers that are found.
    pub port: u16,
}

impl Default for AskOptions {
    fn default() -> Self {
        Self { limit: Duration::from_secs(3), tries: 2, port: 53 }
    }
}

/// Who is asked.
#[derive(Debug, Clone)]
pub struct Authorities {
    resolver: Option<Arc<dyn Resolver>>,
    fixed: Vec<SocketAddr>,
    options: AskOptions,
}

/// Why nobody can be asked.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NoAuthorities {
    /// It is not a name.
    #[error(transparent)]
    Name(#[from] Unwritable),
    /// The resolver cannot say which servers are authoritative.
    #[error("the name servers of {name} are not known: {reason}")]
    Unknown {
        /// Where it stopped.
        name: String,
        /// What the resolver said.
        reason: String,
    },
    /// No name above it has servers.
    #[error("no zone that {0} is in is known")]
    NoZone(String),
    /// There are neither servers nor a resolver.
    #[error("no name server is configured")]
    Nobody,
}

impl Authorities {
    /// The servers that NS records name.
    #[must_use]
    pub fn discovered(resolver: Arc<dyn Resolver>, options: AskOptions) -> Self {
        Self { resolver: Some(resolver), fixed: Vec::new(), options }
    }

    /// These servers. Where a name is an alias, the servers of its target are found by the resolver; without one, these are asked for it too.
    #[must_use]
    pub fn fixed(servers: Vec<SocketAddr>, resolver: Option<Arc<dyn Resolver>>, options: AskOptions) -> Self {
        Self { resolver, fixed: servers, options }
    }

    /// Asks every server. An alias is followed, as whoever uses the record follows it: then the servers of its target are those that count.
    /// Where servers differ in what the name is an alias of, each way is followed.
    ///
    /// # Errors
    ///
    /// Nobody can be asked. What a single server does is a part of the survey, and no error.
    pub async fn survey(&self, name: &str, kind: RecordKind) -> Result<Survey, NoAuthorities> {
        let first = wire::plain(&wire::name(name)?);
        let mut survey = Survey { name: first.clone(), kind, aliases: Vec::new(), said: Vec::new() };
        let mut asked: Vec<String> = Vec::new();
        let mut waiting = vec![first];
        while let Some(name) = waiting.pop() {
            let servers = match self.servers(&name, asked.is_empty()).await {
                Ok(servers) => servers,
                Err(error) if asked.is_empty() => return Err(error),
                Err(error) => {
                    survey.said.push(Said::nobody(&name, Says::Trouble(error.to_string())));
                    asked.push(name);
                    continue;
                }
            };
            asked.push(name.clone());
            for (server, found) in self.ask_all(servers, &name, kind).await {
                let target = match found {
                    question::Found::Says(says) => {
                        survey.said.push(Said { server, asked: name.clone(), says });
                        continue;
                    }
                    question::Found::Alias(target) => target,
                };
                let reason = if wire::name(&target).is_err() {
                    Some("which cannot be asked for")
                } else if survey.leads_back(&name, &target) || asked.len().saturating_add(waiting.len()) > MAX_ALIASES {
                    Some("and aliases go round or do not end")
                } else {
                    None
                };
                if let Some(reason) = reason {
                    let says = Says::Trouble(format!("{name} is an alias of {target}, {reason}"));
                    survey.said.push(Said { server, asked: name.clone(), says });
                    continue;
                }
                survey.aliases.push((name.clone(), target.clone()));
                if !asked.contains(&target) && !waiting.contains(&target) {
                    waiting.push(target);
                }
            }
        }
        survey.aliases.sort();
        survey.aliases.dedup();
        Ok(survey)
    }

    /// Asks every server, and says which do not answer as expected.
    ///
    /// # Errors
    ///
    /// Nobody can be asked.
    pub async fn agree(&self, name: &str, kind: RecordKind, expect: &Expect) -> Result<Agreement, NoAuthorities> {
        Ok(self.survey(name, kind).await?.agreement(expect))
    }

    async fn servers(&self, name: &str, first: bool) -> Result<Vec<Server>, NoAuthorities> {
        match &self.resolver {
            Some(resolver) if self.fixed.is_empty() || !first => discover::servers(&**resolver, name, self.options.port).await,
            _ if self.fixed.is_empty() => Err(NoAuthorities::Nobody),
            _ => Ok(self.fixed.iter().map(|&address| Server { name: None, address: Ok(address) }).collect()),
        }
    }

    async fn ask_all(&self, servers: Vec<Server>, name: &str, kind: RecordKind) -> Vec<(Server, question::Found)> {
        let ask = |server: Server| async move {
            let found = match &server.address {
                Ok(address) => question::ask(*address, name, kind, &self.options).await,
                Err(reason) => Ok(question::Found::Says(Says::Trouble(reason.clone()))),
            };
            (server, found)
        };
        let all: Vec<_> = stream::iter(servers).map(ask).buffered(AT_ONCE).collect().await;
        // An address that no way leads to from here says nothing of its server, where another address of the server answers.
        let answering: Vec<String> =
            all.iter().filter(|(_, found)| found.is_ok()).filter_map(|(server, _)| server.name.clone()).collect();
        all.into_iter()
            .filter_map(|(server, found)| match found {
                Ok(found) => Some((server, found)),
                Err(_) if server.name.as_ref().is_some_and(|name| answering.contains(name)) => None,
                Err(question::NoWay(reason)) => Some((server, question::Found::Says(Says::Trouble(reason)))),
            })
            .collect()
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = self.address.as_ref().ok().map(|address| match address.port() {
            53 => address.ip().to_string(),
            _ => address.to_string(),
        });
        match (self.name.as_deref(), address.as_deref()) {
            (Some(name), Some(address)) => write!(f, "{name} ({address})"),
            (Some(only), None) | (None, Some(only)) => f.write_str(only),
            (None, None) => f.write_str("no server"),
        }
    }
}
