//! What everything here is done with: the database, the settings, the clock.

use std::{fmt, sync::Arc};

use axum::response::Response;
use state::{Moment, State};
use tokio::sync::watch;

use crate::{
    Counts, Reason, Refused, Settings, Visitor, counts::Uncounted, oidc::Provider, password::Hashers, throttle::Throttle,
};

/// What time it is.
pub type Clock = Arc<dyn Fn() -> Moment + Send + Sync>;

/// The page of a refusal, for people; the visitor is who was refused, where that is known.
pub type Render = Arc<dyn Fn(&Refused, Option<&Visitor>) -> Response + Send + Sync>;

/// Who comes in, and what they may do. Cheap to clone.
#[derive(Clone)]
pub struct Access {
    pub(crate) inner: Arc<Inner>,
    pub(crate) counts: Arc<dyn Counts>,
    pub(crate) render: Option<Render>,
}

pub(crate) struct Inner {
    pub(crate) state: State,
    pub(crate) settings: Settings,
    pub(crate) clock: Clock,
    pub(crate) hashers: Hashers,
    pub(crate) throttle: Throttle,
    pub(crate) provider: Option<Provider>,
    /// Told whenever somebody's standing may have changed.
    pub(crate) changed: watch::Sender<()>,
}

impl fmt::Debug for Access {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Access").field("settings", &self.inner.settings).finish_non_exhaustive()
    }
}

impl Access {
    /// Lets in who stands in the database.
    #[must_use]
    pub fn new(state: State, settings: Settings, clock: Clock) -> Self {
        let hashers = Hashers::new(settings.cost, settings.hashed_at_once);
        let provider = settings.oidc.clone().map(Provider::new);
        let inner =
            Inner { state, settings, clock, hashers, throttle: Throttle::default(), provider, changed: watch::Sender::new(()) };
        Self { inner: Arc::new(inner), counts: Arc::new(Uncounted), render: None }
    }

    /// Has somebody count who comes in and who does not.
    #[must_use]
    pub fn counted_by(self, counts: Arc<dyn Counts>) -> Self {
        Self { counts, ..self }
    }

    /// Shows refusals to people as pages. Without this they are JSON, as for programs.
    #[must_use]
    pub fn shown_by(self, render: Render) -> Self {
        Self { render: Some(render), ..self }
    }

    /// How somebody comes in.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    /// What time it is.
    #[must_use]
    pub fn now(&self) -> Moment {
        (self.inner.clock)()
    }

    pub(crate) fn state(&self) -> &State {
        &self.inner.state
    }

    pub(crate) fn refuse(&self, reason: Reason) {
        self.counts.refused(reason);
    }
}
