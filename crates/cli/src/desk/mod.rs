//! The desk over the running program: what pages and the JSON interface ask for and change, answered from the tables, the state, the
//! rules and the configuration.
//!
//! A file a trait of the crate `desk`, each a `Here` over the same [`Context`]. Must not know HTML or HTTP. Start with [`Context`].

mod alerts;
mod asking;
mod domains;
#[cfg(test)]
mod example;
mod exclusions;
mod fixes;
mod guide;
mod hunts;
mod incidents;
mod messages;
mod open;
mod overview;
mod quarantine;
mod replay;
mod reports;
mod rules;
mod settings;
mod sheet;
mod stored;
#[cfg(test)]
mod tests;
mod verdicts;
#[cfg(test)]
mod worked;

use std::{path::Path, sync::Arc};

pub(crate) use open::open;

use desk::{Clock, Events, Fault, Jobs};
use detect::telemetry::{Clock as _, Failed};
use engine::Engine;
use state::{Moment, State};

use crate::{
    command::hunt::Running,
    config::Config,
    failure::Failure,
    mail::Looking,
    watch::{House, View},
};

/// What every part of the desk works with. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Context {
    /// The watch: rules, state, tables, troubles.
    pub(crate) house: Arc<House>,
    /// What `serve` was told of where data comes from and what a query may use.
    pub(crate) running: Arc<Running>,
    /// What `serve` was told of how messages are looked at, and who answers for the DNS.
    pub(crate) looking: Arc<Looking>,
    /// Work that takes long.
    pub(crate) jobs: Jobs,
    /// Who asks for pages.
    asking: Arc<asking::Asking>,
    /// What is known of the stored tables.
    stored: Arc<stored::Stored>,
}

impl std::fmt::Debug for Context {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Context").finish_non_exhaustive()
    }
}

impl Context {
    /// Over a watch.
    pub(crate) fn new(house: Arc<House>, running: Arc<Running>, looking: Arc<Looking>) -> Self {
        Self { house, running, looking, jobs: Jobs::new(clock()), asking: Arc::default(), stored: Arc::default() }
    }

    /// The data directory.
    pub(crate) fn data(&self) -> &Path {
        &self.house.data
    }

    /// Where alerts, incidents, runs and the record of changes are kept.
    pub(crate) fn state(&self) -> &State {
        &self.house.watch.state
    }

    /// Who tells of what happens.
    pub(crate) fn events(&self) -> &Events {
        &self.house.events
    }

    /// Now.
    pub(crate) fn now(&self) -> Moment {
        self.house.watch.clock.now()
    }

    /// Who runs queries: on threads of their own, within the limits of `serve`.
    pub(crate) fn engine(&self) -> &Engine {
        self.house.watch.telemetry.engine()
    }

    /// The tables as they are now, with functions, watchlists and all else that queries see. Who runs a query puts the moment it stands
    /// for into `environment.clock`.
    pub(crate) async fn view(&self) -> Result<View, Fault> {
        self.house.watch.telemetry.tables.view().await.map_err(|Failed(reason)| Fault::Unavailable { reason })
    }

    /// What the configuration file says at the moment.
    pub(crate) fn config(&self) -> Result<Config, Fault> {
        self.house.config.load(self.data()).map_err(told)
    }

    /// Tells whoever listens of something that happened now.
    pub(crate) fn tell(&self, kind: &str, subject: &str, action: &str, title: &str) {
        self.events().tell(desk::Event {
            kind: kind.to_owned(),
            at: self.now(),
            subject: subject.to_owned(),
            action: action.to_owned(),
            severity: String::new(),
            title: title.to_owned(),
        });
    }
}

/// What time it is, for what the desk keeps for a while.
pub(crate) fn clock() -> Clock {
    Arc::new(|| crate::clock::micros(crate::clock::now()))
}

/// A failure of a command as who asked is told: the input's fault is theirs, all else is not to be had at the moment.
pub(crate) fn told(failure: Failure) -> Fault {
    let words = failure.words();
    match failure {
        Failure::Told { status: 1, .. } => Fault::input(words),
        Failure::Interrupted => Fault::Cancelled,
        Failure::Told { .. } | Failure::OutputClosed => Fault::Unavailable { reason: words },
    }
}
