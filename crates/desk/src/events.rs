//! What happens, as it happens: for pages that are open and for others who listen.

use std::sync::Arc;

use serde::Serialize;
use state::Moment;
use tokio::sync::broadcast;
use utoipa::ToSchema;

/// How many events a listener may be behind before it misses some.
const BEHIND: usize = 1024;

/// Something that happened.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Event {
    /// `alert`, `incident`, `rule`, `fix` or `trouble`.
    pub kind: String,
    /// When.
    pub at: Moment,
    /// The id, or key, of what it is about.
    pub subject: String,
    /// `raised`, `changed`, `failed`, `cleared` ...
    pub action: String,
    /// A severity, where it has one.
    pub severity: String,
    /// What people read.
    pub title: String,
}

/// Who tells, and who listens. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Events {
    sender: broadcast::Sender<Arc<Event>>,
}

impl Default for Events {
    fn default() -> Self {
        Self { sender: broadcast::channel(BEHIND).0 }
    }
}

impl Events {
    /// Tells of something. With nobody listening, nobody is told.
    pub fn tell(&self, event: Event) {
        let _ = self.sender.send(Arc::new(event));
    }

    /// Listens from now on.
    #[must_use]
    pub fn listen(&self) -> broadcast::Receiver<Arc<Event>> {
        self.sender.subscribe()
    }
}
