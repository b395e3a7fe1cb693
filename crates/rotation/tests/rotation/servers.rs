//! The servers of a zone, in memory and real ones.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use mailauth::dns::{Network, NetworkOptions, Zone};
use spoofwatch_rotation::{Seen, Servers};
use zones::{
    Applied, AskOptions, Authorities, Change, TsigKey, UpdateOptions, Updates, Value, WriteError, ZoneWriter,
    bench::{Bind, Secondary, Setup},
};

use crate::world::DOMAIN;

/// How long the absence of records is remembered, in seconds.
const NEGATIVE: u32 = 900;

/// How long records are, whatever the server of the test says later.
const TTL: u32 = 3_600;

pub(crate) type Texts = BTreeMap<String, Vec<String>>;

/// A zone on two servers.
#[derive(Debug, Default)]
pub(crate) struct TwoServers {
    primary: Mutex<Texts>,
    secondary: Mutex<Texts>,
    /// Whether the second follows at once.
    pub lags: Mutex<bool>,
    /// What the primary answers to changes instead of making them.
    pub refuses: Mutex<Option<WriteError>>,
    /// What the second answers to questions.
    pub fails: Mutex<Option<String>>,
}

impl TwoServers {
    pub(crate) fn pass_on(&self) {
        let texts = self.primary.lock().unwrap().clone();
        *self.secondary.lock().unwrap() = texts;
    }

    pub(crate) fn set(&self, name: &str, texts: &[&str]) {
        self.primary.lock().unwrap().insert(name.to_owned(), texts.iter().map(|text| (*text).to_owned()).collect());
        self.pass_on();
    }

    pub(crate) fn at(&self, name: &str) -> Vec<String> {
        self.primary.lock().unwrap().get(name).cloned().unwrap_or_default()
    }

    pub(crate) fn both(&self) -> [Texts; 2] {
        [self.primary.lock().unwrap().clone(), self.secondary.lock().unwrap().clone()]
    }
}

#[async_trait]
impl ZoneWriter for TwoServers {
    async fn apply(&self, change: &Change) -> Result<Applied, WriteError> {
        if let Some(error) = self.refuses.lock().unwrap().clone() {
            return Err(error);
        }
        let texts = |values: &[Value]| -> Vec<String> {
            values.iter().map(|value| if let Value::Txt(text) = value { text.clone() } else { unreachable!() }).collect()
        };
        let (before, after) = (texts(&change.before), texts(&change.after));
        let mut primary = self.primary.lock().unwrap();
        let now = primary.get(&change.name).cloned().unwrap_or_default();
        let applied = if now == after {
            Applied::Already
        } else if now == before {
            primary.insert(change.name.clone(), after);
            Applied::Made
        } else {
            return Err(WriteError::Conflict { name: change.name.clone(), kind: change.kind, now: now.join(", ") });
        };
        drop(primary);
        if !*self.lags.lock().unwrap() {
            self.pass_on();
        }
        Ok(applied)
    }
}

#[async_trait]
impl Servers for TwoServers {
    async fn texts(&self, name: &str) -> Result<Vec<Seen>, String> {
        let fails = self.fails.lock().unwrap().clone();
        let seen = |(server, texts): (&str, Texts)| {
            let texts = texts.get(name).cloned().unwrap_or_default();
            let keep = if texts.is_empty() { NEGATIVE } else { TTL };
            let texts = match &fails {
                Some(words) if server == "ns2" => Err(words.as_str().into()),
                _ => Ok(texts),
            };
            Seen { server: server.to_owned(), texts, keep }
        };
        Ok(["ns1", "ns2"].into_iter().zip(self.both()).map(seen).collect())
    }
}

/// A BIND with a second one that lags until it is told, and all that is needed to work with them.
pub(crate) struct Real {
    pub(crate) bind: Bind,
    pub(crate) updates: Updates,
    pub(crate) authorities: Authorities,
    pub(crate) networks: Vec<Network>,
}

impl Real {
    /// With one key, and lines of a zone file; `None` where BIND is not installed.
    pub(crate) async fn start(record: &str, more: &str) -> Option<Self> {
        let lines = format!("s1._domainkey 300 TXT {}\n{more}", Value::Txt(record.to_owned()).presentation());
        let bind = Bind::installed(&Setup::new(DOMAIN, &lines).secondary(Secondary::Lags)).await.unwrap()?;
        let key = TsigKey::read(&bind.key_text, None).unwrap();
        let network = |server| Network::server(server, Arc::new(|| Duration::ZERO), NetworkOptions::default()).unwrap();
        Some(Self {
            updates: Updates::new(bind.address, key, wall_clock(), UpdateOptions::default()),
            authorities: Authorities::fixed(bind.servers(), None, AskOptions::default()),
            networks: bind.servers().into_iter().map(network).collect(),
            bind,
        })
    }
}

/// The time of day: BIND compares it with its own.
#[expect(clippy::disallowed_methods, reason = "signatures of updates hold the time, and the server compares it with its own")]
fn wall_clock() -> zones::WallClock {
    Arc::new(|| SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs())
}

/// Texts as a zone that answers questions.
pub(crate) fn as_zone(texts: &Texts) -> Zone {
    let mut lines = String::new();
    for (name, texts) in texts {
        for text in texts {
            lines += &format!("{name}. 60 IN TXT {}\n", Value::Txt(text.clone()).presentation());
        }
    }
    Zone::parse(&lines).unwrap()
}
