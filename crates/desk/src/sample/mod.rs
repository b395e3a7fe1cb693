//! A desk without a house behind it: the same data every time, some of it hostile, for tests of pages and of the JSON interface.
//!
//! A file a trait. What is changed is kept in memory, so that a test can change something and see it changed.

mod alerts;
mod domains;
mod exclusions;
mod filter;
mod fixes;
mod hunts;
mod incidents;
mod look;
mod messages;
mod overview;
mod quarantine;
mod reports;
mod rules;
mod settings;
mod store;

use std::sync::Arc;

use crate::{Desk, Events, Jobs};

/// The moment of the sample: 2026-11-20T12:00:00Z, in microseconds since 1970.
pub const NOW: state::Moment = 1_795_176_000_000_000;

/// What a hostile sender would like to see run.
pub const HOSTILE: &str = "<script>alert(\"1\")</script><img src=x onerror=alert(2)>'\"&amp;\u{202e}gnp.exe";

/// Everything, with data of its own.
#[must_use]
pub fn desk() -> Desk {
    let clock: crate::Clock = Arc::new(|| NOW);
    // Alerts, incidents and exclusions change each other.
    let store = Arc::new(store::Store::default());
    let fixes = Arc::new(fixes::Sample::default());
    Desk {
        alerts: Arc::new(alerts::Sample { store: Arc::clone(&store) }),
        incidents: Arc::new(incidents::Sample { store: Arc::clone(&store) }),
        exclusions: Arc::new(exclusions::Sample { store: Arc::clone(&store) }),
        rules: Arc::new(rules::Sample::default()),
        hunts: Arc::new(hunts::Sample::default()),
        overviews: Arc::new(overview::Sample { store: Arc::clone(&store) }),
        domains: Arc::new(domains::Sample::over(Arc::clone(&fixes))),
        fixes,
        reports: Arc::new(reports::Sample::default()),
        messages: Arc::new(messages::Sample::default()),
        quarantine: Arc::new(quarantine::Sample::default()),
        settings: Arc::new(settings::Sample::default()),
        jobs: Jobs::new(Arc::clone(&clock)),
        events: Events::default(),
        clock,
    }
}
