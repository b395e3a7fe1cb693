//! What happens, as it happens: for pages that are open and for others who listen.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use serde::Serialize;
use state::Moment;
use tokio::sync::broadcast;
use utoipa::ToSchema;

/// How many events a listener may be behind before it misses some, and how many are remembered for one that comes back.
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

/// An event and its place among all: numbers rise, also over a restart, as they are moments where they can be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Its number.
    pub number: i64,
    /// What happened.
    pub event: Arc<Event>,
}

/// What somebody hears who begins to listen.
#[derive(Debug)]
pub struct Listening {
    /// What was told before, after the number that was asked for.
    pub before: Vec<Told>,
    /// False where more may have been told before than is remembered.
    pub complete: bool,
    /// What is told from now on.
    pub from_now: broadcast::Receiver<Told>,
}

/// Who tells, and who listens. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Events {
    sender: broadcast::Sender<Told>,
    last: Arc<Mutex<VecDeque<Told>>>,
}

impl Default for Events {
    fn default() -> Self {
        Self { sender: broadcast::channel(BEHIND).0, last: Arc::default() }
    }
}

impl Events {
    /// Tells of something. With nobody listening, it is remembered for a while.
    pub fn tell(&self, event: Event) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let after = last.back().map_or(0, |told| told.number.saturating_add(1));
        let told = Told { number: event.at.max(after), event: Arc::new(event) };
        if last.len() >= BEHIND {
            last.pop_front();
        }
        last.push_back(told.clone());
        // While the list is held, so that everybody hears in the order of the numbers.
        let _ = self.sender.send(told);
    }

    /// Listens: to what was told after an event of that number, if one is given, and to all that is told from now on.
    #[must_use]
    pub fn listen(&self, after: Option<i64>) -> Listening {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let from_now = self.sender.subscribe();
        let Some(after) = after else { return Listening { before: Vec::new(), complete: true, from_now } };
        let complete = last.front().is_some_and(|first| first.number <= after);
        let before = last.iter().filter(|told| told.number > after).cloned().collect();
        Listening { before, complete, from_now }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(at: Moment) -> Event {
        Event { at, ..Event::default() }
    }

    fn numbers(before: &[Told]) -> Vec<i64> {
        before.iter().map(|told| told.number).collect()
    }

    #[test]
    fn who_comes_back_hears_what_was_told_meanwhile() {
        let events = Events::default();
        for at in [10, 20, 20, 15] {
            events.tell(event(at));
        }
        let heard = events.listen(Some(20));
        assert_eq!((numbers(&heard.before), heard.complete), (vec![21, 22], true));
        assert!(events.listen(None).before.is_empty());
        // Somebody who was last here before the first event that is remembered may have missed some.
        let heard = events.listen(Some(5));
        assert_eq!((numbers(&heard.before), heard.complete), (vec![10, 20, 21, 22], false));
        assert!(!Events::default().listen(Some(5)).complete);
    }

    #[test]
    fn what_is_told_from_now_on_is_heard_once() -> Result<(), broadcast::error::TryRecvError> {
        let events = Events::default();
        events.tell(event(1));
        let mut heard = events.listen(Some(0));
        events.tell(event(2));
        assert_eq!(numbers(&heard.before), [1]);
        assert_eq!(heard.from_now.try_recv()?.number, 2);
        assert!(heard.from_now.try_recv().is_err());
        Ok(())
    }

    #[test]
    fn only_so_many_are_remembered() {
        let events = Events::default();
        for at in 0..2000 {
            events.tell(event(at));
        }
        let heard = events.listen(Some(0));
        assert_eq!((heard.before.len(), heard.complete), (BEHIND, false));
    }
}
