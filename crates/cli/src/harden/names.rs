//! Records of the user's zones: written by dynamic updates where the configuration names a server for that, and looked at where they are
//! kept.

use std::{net::SocketAddr, sync::Arc};

use fixes::{Refusal, Seen};
use mailauth::dns::{Absent, Resolver, server_address};
use zones::{AskOptions, Authorities, Expect, RecordKind, Says, TsigKey, UpdateOptions, Updates, Value, ZoneWriter};

use super::secrets;
use crate::{clock, config::DnsUpdate, failure::Failure};

/// Who writes and who is looked at.
#[derive(Debug, Clone)]
pub(crate) struct Names {
    updates: Option<Arc<Updates>>,
    /// The zones the updates are for; empty: any.
    zones: Vec<String>,
    pub(crate) authorities: Authorities,
    resolver: Arc<dyn Resolver>,
    /// Whether answers come from a file: then there are no servers to ask.
    recorded: bool,
}

impl Names {
    /// By the configuration, with a resolver that finds the servers of zones; where it is `recorded`, it is asked in their place.
    pub(crate) async fn open(config: &DnsUpdate, resolver: Arc<dyn Resolver>, recorded: bool) -> Result<Self, Failure> {
        let updates = match (&config.server, &config.key_file) {
            (Some(server), Some(file)) => {
                let server = address(&server.value).await?;
                let key = TsigKey::read(&secrets::read(&file.value)?, None)
                    .map_err(|error| Failure::input(format!("error: {}: {error}", file.value.display())))?;
                let now = Arc::new(|| clock::micros(clock::now()).div_euclid(1_000_000).unsigned_abs());
                Some(Arc::new(Updates::new(server, key, now, UpdateOptions::default())))
            }
            _ => None,
        };
        let mut fixed = Vec::new();
        for server in config.servers.iter().flat_map(|set| &set.value) {
            fixed.push(address(server).await?);
        }
        let authorities = match fixed.is_empty() {
            true => Authorities::discovered(Arc::clone(&resolver), AskOptions::default()),
            false => Authorities::fixed(fixed, Some(Arc::clone(&resolver)), AskOptions::default()),
        };
        let zones = config.zones.as_ref().map(|set| set.value.clone()).unwrap_or_default();
        Ok(Self { updates, zones, authorities, resolver, recorded })
    }

    /// Who writes a name; `None` where nobody here can.
    pub(crate) fn writer(&self, name: &str) -> Option<Arc<dyn ZoneWriter>> {
        let updates = self.updates.as_ref()?;
        let below = |zone: &String| name == zone || name.strip_suffix(zone.as_str()).is_some_and(|rest| rest.ends_with('.'));
        (self.zones.is_empty() || self.zones.iter().any(below)).then(|| Arc::clone(updates) as Arc<dyn ZoneWriter>)
    }

    /// What stands at a name now: at the server that takes changes, else at the servers of the zone, which must agree.
    pub(crate) async fn present(&self, name: &str, kind: RecordKind) -> Result<Vec<Value>, String> {
        if self.writer(name).is_some()
            && let Some(updates) = &self.updates
        {
            return updates.look(name, kind).await.map_err(|error| error.to_string());
        }
        if self.recorded {
            return self.answered(name, kind).await;
        }
        let survey = self.authorities.survey(name, kind).await.map_err(|error| error.to_string())?;
        // What an alias leads to is not what stands at the name itself.
        let own = survey.said.iter().filter(|said| said.asked == survey.name);
        let mut values: Option<Vec<Value>> = survey.aliases.iter().any(|(from, _)| *from == survey.name).then(Vec::new);
        for said in own {
            let found = match &said.says {
                Says::Records { values, .. } => values.clone(),
                Says::Absent { .. } => Vec::new(),
                Says::Lame(words) | Says::Trouble(words) => return Err(words.clone()),
            };
            match &values {
                Some(known) if !zones::same(known, &found) => return Err(format!("the servers of {name} disagree")),
                _ => values = Some(found),
            }
        }
        values.ok_or_else(|| format!("no server of {name} answers"))
    }
}

impl Names {
    /// Whether the records at a name are these: every server of its zone must say so.
    pub(crate) async fn agree(&self, name: &str, kind: RecordKind, values: &[Value]) -> Result<Seen, Refusal> {
        if self.recorded {
            let found = self.answered(name, kind).await.map_err(Refusal::Later)?;
            let shown: Vec<String> = found.iter().map(Value::presentation).collect();
            let words = format!("{name} {kind}: {}", if shown.is_empty() { "no record".to_owned() } else { shown.join(", ") });
            return Ok(if zones::same(&found, values) { Seen::Yes(words) } else { Seen::No(words) });
        }
        let expect = Expect::Exactly(values.to_vec());
        let agreement = self.authorities.agree(name, kind, &expect).await.map_err(|error| Refusal::Later(error.to_string()))?;
        if agreement.is_whole() {
            let servers = crate::term::count(agreement.agreeing as u64, "server");
            let answer = if agreement.agreeing == 1 { "answers" } else { "answer" };
            return Ok(Seen::Yes(format!("{name} {kind}: {servers} of the zone {answer} so")));
        }
        let others: Vec<String> = agreement
            .others
            .iter()
            .map(|said| format!("{}: {}", said.server.name.as_deref().unwrap_or("a server"), said.says))
            .collect();
        Ok(Seen::No(format!(
            "{name} {kind}: {}",
            if others.is_empty() { "nobody answers".to_owned() } else { others.join("; ") }
        )))
    }

    /// What the resolver says stands at a name.
    async fn answered(&self, name: &str, kind: RecordKind) -> Result<Vec<Value>, String> {
        let name = mailauth::dns::name(name).ok_or_else(|| format!("`{name}` is no name"))?;
        let found = match kind {
            RecordKind::Txt => {
                let text = |text: &[u8]| Value::Txt(String::from_utf8_lossy(text).into_owned());
                self.resolver.txt(&name).await.map(|texts| texts.iter().map(|bytes| text(bytes)).collect())
            }
            RecordKind::Cname => {
                self.resolver.cname(&name).await.map(|names| names.iter().map(|name| Value::Cname(name.to_string())).collect())
            }
            RecordKind::Mx => {
                let exchange = |mx: &mailauth::dns::Mx| Value::Mx(mx.preference, mx.exchange.to_string());
                self.resolver.mx(&name).await.map(|hosts| hosts.iter().map(exchange).collect())
            }
        };
        match found {
            Ok(values) => Ok(values),
            Err(Absent::NoSuchName | Absent::NoData) => Ok(Vec::new()),
            Err(Absent::Trouble(words)) => Err(words.to_string()),
        }
    }
}

async fn address(text: &str) -> Result<SocketAddr, Failure> {
    server_address(text).await.map_err(|error| Failure::input(format!("error: dns-update: {error}")))
}
