//! DKIM keys whose time has come: rotations of own servers and of the tenant begun, gone on with, and told of where they hang.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use detect::telemetry::Clock as _;
use mailauth::dns::Resolver;

use crate::{
    config::{Config, Rotate},
    failure::Failure,
    harden::{
        Reached,
        dkim::{Begin, Own, TenantKeys, Told},
    },
    term,
    watch::House,
};

/// Who does it, in the record of who did what.
const ACTOR: &str = "spoofwatch serve";
/// The longest until keys are looked at again, in microseconds: a domain may have been added to the tenant.
const LOOK: i64 = 3_600_000_000;
/// How soon after a fault of the tenant as a whole, in microseconds.
const AGAIN: i64 = 300_000_000;

/// Whose keys are rotated, and when each is looked at again.
#[derive(Debug, Default)]
pub(crate) struct Rotations {
    own: Option<Own>,
    tenant: Option<(TenantKeys, Rotate)>,
    memory: Mutex<Memory>,
}

#[derive(Debug, Default)]
struct Memory {
    /// When each is looked at again, by its name.
    next: BTreeMap<String, i64>,
    /// What was said of each last.
    said: BTreeMap<String, String>,
    /// What is overdue.
    overdue: BTreeMap<String, String>,
}

impl Rotations {
    /// What the configuration wants rotated. `recorded`: a zone file answers for the DNS.
    pub(crate) async fn open(data: &Path, config: &Config, resolver: Arc<dyn Resolver>, recorded: bool) -> Result<Self, Failure> {
        let own = Own::open(data, config, Arc::clone(&resolver), recorded).await?;
        let rotate = config.tenant.rotate();
        let reached = if rotate == Rotate::Off { None } else { Reached::open(&config.tenant)? };
        let tenant = reached.map(|reached| (TenantKeys::new(reached, resolver, &config.dkim), rotate));
        Ok(Self { own, tenant, memory: Mutex::default() })
    }

    fn is_time(&self, name: &str, now: i64) -> bool {
        let memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        memory.next.get(name).is_none_or(|next| *next <= now)
    }

    fn rest(&self, name: &str, until: i64) {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner).next.insert(name.to_owned(), until);
    }

    /// Takes note of what became of keys; true where its words are news.
    fn note(&self, told: &Told, now: i64) -> bool {
        let name = told.name();
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let next = told.next.unwrap_or(now.saturating_add(LOOK)).clamp(now, now.saturating_add(LOOK));
        memory.next.insert(name.clone(), next.max(now.saturating_add(1)));
        match &told.overdue {
            Some(words) => drop(memory.overdue.insert(name.clone(), words.clone())),
            None => drop(memory.overdue.remove(&name)),
        }
        let words = told.words.join("; ");
        memory.said.insert(name, words.clone()) != Some(words)
    }

    fn overdue(&self) -> i64 {
        let memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        i64::try_from(memory.overdue.len()).unwrap_or(i64::MAX)
    }
}

impl House {
    /// Takes every line of keys as far as it goes now.
    pub(crate) async fn rotate_keys(&self) -> Result<(), Failure> {
        if let Some(own) = &self.rotations.own {
            for line in own.lines().iter().filter(|line| line.rotate != Rotate::Off) {
                let (now, series) = (self.watch.clock.now(), line.config.series());
                if !self.rotations.is_time(&format!("{} ({})", series.domain, series.family), now) {
                    continue;
                }
                let act = line.rotate == Rotate::On;
                self.rotated(&own.step(line, Begin::Due, act, now).await?, act, now).await?;
            }
        }
        if let Some((keys, rotate)) = &self.rotations.tenant {
            self.rotate_tenant(keys, *rotate == Rotate::On).await?;
        }
        self.metrics.keys_overdue(self.rotations.overdue());
        Ok(())
    }

    async fn rotate_tenant(&self, keys: &TenantKeys, act: bool) -> Result<(), Failure> {
        const ALL: &str = "the tenant";
        let now = self.watch.clock.now();
        if !self.rotations.is_time(ALL, now) {
            return Ok(());
        }
        let about = "dkim rotations of the tenant";
        let configs = match keys.configs().await {
            Ok(configs) => configs,
            Err(error) => {
                self.troubles.set(about, Some(error.to_string()));
                self.rotations.rest(ALL, now.saturating_add(AGAIN));
                return Ok(());
            }
        };
        self.troubles.set(about, None);
        let mut next = now.saturating_add(LOOK);
        for config in configs.iter().filter(|config| config.enabled) {
            let told = keys.step(config, Begin::Due, &self.watch.state, act, now).await?;
            next = next.min(told.next.unwrap_or(next).max(now.saturating_add(60_000_000)));
            self.rotated(&told, act, now).await?;
        }
        // Any domain's turn is everybody's: one call gives them all.
        self.rotations.rest(ALL, next);
        Ok(())
    }

    /// Tells of what became of keys.
    async fn rotated(&self, told: &Told, act: bool, now: i64) -> Result<(), Failure> {
        let name = told.name();
        let is_news = self.rotations.note(told, now);
        told.record(&self.watch.state, ACTOR).await?;
        for _ in &told.done {
            self.metrics.key_step();
        }
        if is_news && (!told.done.is_empty() || !act) {
            let would = if act { "" } else { " (nothing is done: rotate = \"dry-run\")" };
            term::say(&format!("dkim: {name}: {}{would}", told.words.join("; ")));
        }
        let trouble = told.trouble.clone().into_iter().chain(told.overdue.clone()).collect::<Vec<_>>().join("; ");
        self.troubles.set(&format!("dkim keys of {name}"), (!trouble.is_empty()).then_some(trouble));
        Ok(())
    }
}
