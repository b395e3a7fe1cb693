//! What the pages and the JSON interface ask for and change.
//!
//! A file an area: the things that are shown, and a trait of what can be asked and done. Must not know HTML, HTTP, the query engine
//! or files: the program answers, `pages` and `server` ask. Who asks is a name, which the record of changes keeps; whether they may is
//! found out before, but for what depends on the thing itself. Start with [`Desk`].

mod alerts;
mod domains;
mod events;
mod fault;
mod hunts;
mod jobs;
mod messages;
mod overview;
mod rules;
#[cfg(feature = "sample")]
pub mod sample;
mod settings;
mod sheet;
mod watchlist_text;
mod work;

use std::{fmt, sync::Arc};

pub use alerts::*;
pub use domains::*;
pub use events::{Event, Events, Listening, Told};
pub use fault::{Fault, Problem};
pub use hunts::*;
pub use jobs::{Clock, JobView, Jobs, Outcome};
pub use messages::*;
pub use overview::*;
pub use rules::*;
pub use settings::*;
pub use sheet::{Column, Sheet};
pub use watchlist_text::{LONGEST_WATCHLIST, read_watchlist, watchlist_alias, write_csv};
pub use work::{Progress, Work};

/// Everything that can be asked for and done. Cheap to clone.
#[derive(Clone)]
pub struct Desk {
    /// Alerts.
    pub alerts: Arc<dyn Alerts>,
    /// Incidents.
    pub incidents: Arc<dyn Incidents>,
    /// What is known to be benign.
    pub exclusions: Arc<dyn Exclusions>,
    /// Rules.
    pub rules: Arc<dyn Rules>,
    /// Hunting.
    pub hunts: Arc<dyn Hunts>,
    /// The first page.
    pub overviews: Arc<dyn Overviews>,
    /// Own domains.
    pub domains: Arc<dyn Domains>,
    /// Fixes.
    pub fixes: Arc<dyn Fixes>,
    /// What receivers report.
    pub reports: Arc<dyn Reports>,
    /// Messages.
    pub messages: Arc<dyn Messages>,
    /// Messages that were set apart.
    pub quarantine: Arc<dyn Quarantine>,
    /// Settings.
    pub settings: Arc<dyn Settings>,
    /// Work that takes long.
    pub jobs: Jobs,
    /// What happens, as it happens.
    pub events: Events,
    /// What time it is.
    pub clock: Clock,
}

impl fmt::Debug for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Desk").finish_non_exhaustive()
    }
}
