//! Work that goes on while a page waits for it: asked for once, looked at often, cancelled, gone after a while.
//!
//! Must not know what is worked on. Bounded: so many at a time for each person and in all, and so many kept.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use serde::Serialize;
use state::Moment;
use utoipa::ToSchema;

use crate::{Backtest, DomainView, Fault, FixView, HuntAnswer, Preview, Progress, Work};

/// How many one person may have under way.
const OWN: usize = 6;
/// How many may be under way in all.
const ALL: usize = 24;
/// How many that have ended are kept.
const KEPT: usize = 128;
/// How long what came of one is kept, in microseconds: a quarter of an hour.
const WHILE: Moment = 15 * 60 * 1_000_000;

/// What came of a job.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(tag = "kind", content = "result", rename_all = "snake_case")]
pub enum Outcome {
    /// Rows of a query.
    Hunt(HuntAnswer),
    /// A replay of a rule.
    Backtest(Backtest),
    /// What an exclusion would do.
    Preview(Preview),
    /// A domain that was looked at.
    Domain(DomainView),
    /// A fix that was worked on.
    Fix(FixView),
    /// Ids of fixes that were proposed.
    Proposed(Vec<String>),
}

/// How a job is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct JobView {
    /// Its id.
    pub id: String,
    /// What it does: `hunt`, `backtest`, `preview` ...
    pub kind: String,
    /// `running`, `done`, `failed` or `cancelled`.
    pub state: String,
    /// How far it is.
    pub progress: Progress,
    /// When it began.
    pub started_at: Moment,
    /// Why it failed; empty where it did not.
    pub fault: String,
}

struct Job {
    owner: String,
    kind: &'static str,
    work: Work,
    started: Moment,
    ended: Option<(Moment, Result<Arc<Outcome>, Fault>)>,
}

/// What time it is.
pub type Clock = Arc<dyn Fn() -> Moment + Send + Sync>;

/// Every job. Cheap to clone.
#[derive(Clone)]
pub struct Jobs {
    clock: Clock,
    next: Arc<AtomicU64>,
    known: Arc<Mutex<BTreeMap<String, Job>>>,
}

impl fmt::Debug for Jobs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Jobs").finish_non_exhaustive()
    }
}

impl Jobs {
    /// None yet.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self { clock, next: Arc::new(AtomicU64::new(1)), known: Arc::default() }
    }

    /// Begins one for `owner`, and gives its id.
    ///
    /// # Errors
    /// [`Fault::Limit`] with too many under way.
    pub fn start<F>(&self, owner: &str, kind: &'static str, work: impl FnOnce(Work) -> F) -> Result<String, Fault>
    where
        F: Future<Output = Result<Outcome, Fault>> + Send + 'static,
    {
        let hold = Work::default();
        let started = (self.clock)();
        // The moment is in it, so that an id of an earlier process means nothing to this one.
        let id = format!("{started:x}-{}", self.next.fetch_add(1, Ordering::Relaxed));
        {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            forget(&mut known, started);
            let running = || known.values().filter(|job| job.ended.is_none());
            if running().filter(|job| job.owner == owner).count() >= OWN {
                return Err(Fault::Limit { reason: format!("{OWN} of yours are under way: wait for one, or cancel one") });
            }
            if running().count() >= ALL {
                return Err(Fault::Limit { reason: format!("{ALL} are under way: try again in a moment") });
            }
            let job = Job { owner: owner.to_owned(), kind, work: hold.clone(), started, ended: None };
            known.insert(id.clone(), job);
        }
        let going = work(hold.clone());
        let (jobs, key) = (self.clone(), id.clone());
        tokio::spawn(async move {
            // A task of its own: one that panics is a fault of this job alone.
            let task = tokio::spawn(async move { hold.unless_cancelled(going).await });
            let ended = task.await.unwrap_or_else(|stopped| Err(Fault::internal(stopped)));
            let now = (jobs.clock)();
            let mut known = jobs.known.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(job) = known.get_mut(&key) {
                job.ended = Some((now, ended.map(Arc::new)));
            }
        });
        Ok(id)
    }

    /// How one of `owner`'s is.
    ///
    /// # Errors
    /// When there is none of that id, or it is another's.
    pub fn look(&self, id: &str, owner: &str) -> Result<JobView, Fault> {
        self.with(id, owner, |job| {
            let (state, fault) = match &job.ended {
                None => ("running", String::new()),
                Some((_, Ok(_))) => ("done", String::new()),
                Some((_, Err(Fault::Cancelled))) => ("cancelled", String::new()),
                Some((_, Err(fault))) => ("failed", fault.to_string()),
            };
            JobView {
                id: id.to_owned(),
                kind: job.kind.to_owned(),
                state: state.to_owned(),
                progress: job.work.progress(),
                started_at: job.started,
                fault,
            }
        })
    }

    /// What came of one of `owner`'s; `None` while it is under way.
    ///
    /// # Errors
    /// When there is none of that id, it is another's, and why it failed.
    pub fn outcome(&self, id: &str, owner: &str) -> Result<Option<Arc<Outcome>>, Fault> {
        self.with(id, owner, |job| job.ended.as_ref().map(|(_, ended)| ended.clone()))?.transpose()
    }

    /// Ends one of `owner`'s.
    ///
    /// # Errors
    /// When there is none of that id, or it is another's.
    pub fn cancel(&self, id: &str, owner: &str) -> Result<(), Fault> {
        self.with(id, owner, |job| job.work.cancel())
    }

    fn with<T>(&self, id: &str, owner: &str, look: impl FnOnce(&Job) -> T) -> Result<T, Fault> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let job = known.get(id).filter(|job| job.owner == owner);
        job.map(look).ok_or_else(|| Fault::Unknown { what: "job", id: id.to_owned() })
    }
}

/// Forgets what has ended long ago, and the oldest of what is too many.
fn forget(known: &mut BTreeMap<String, Job>, now: Moment) {
    known.retain(|_, job| job.ended.as_ref().is_none_or(|(ended, _)| now.saturating_sub(*ended) < WHILE));
    let mut ended: Vec<(Moment, String)> =
        known.iter().filter_map(|(id, job)| job.ended.as_ref().map(|(at, _)| (*at, id.clone()))).collect();
    ended.sort();
    let surplus = ended.len().saturating_sub(KEPT);
    for (_, id) in ended.into_iter().take(surplus) {
        known.remove(&id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jobs() -> Jobs {
        let now = Arc::new(AtomicU64::new(1));
        Jobs::new(Arc::new(move || i64::try_from(now.fetch_add(1, Ordering::Relaxed)).unwrap_or(0)))
    }

    async fn until_ended(jobs: &Jobs, id: &str, owner: &str) -> JobView {
        loop {
            let view = jobs.look(id, owner).unwrap();
            if view.state != "running" {
                return view;
            }
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn what_came_of_one_is_its_owners_alone() {
        let jobs = jobs();
        let id = jobs.start("ann", "hunt", |_| async { Ok(Outcome::Proposed(vec!["1".to_owned()])) }).unwrap();
        assert_eq!(until_ended(&jobs, &id, "ann").await.state, "done");
        assert!(jobs.outcome(&id, "ann").unwrap().is_some());
        assert!(matches!(jobs.outcome(&id, "ben"), Err(Fault::Unknown { .. })));
        assert!(jobs.cancel(&id, "ben").is_err());
    }

    #[tokio::test]
    async fn one_that_is_cancelled_ends_at_once() {
        let jobs = jobs();
        let id = jobs.start("ann", "hunt", |_| std::future::pending()).unwrap();
        assert!(jobs.outcome(&id, "ann").unwrap().is_none());
        jobs.cancel(&id, "ann").unwrap();
        assert_eq!(until_ended(&jobs, &id, "ann").await.state, "cancelled");
    }

    #[tokio::test]
    async fn nobody_has_too_many_under_way() {
        let jobs = jobs();
        for _ in 0..OWN {
            jobs.start("ann", "hunt", |_| std::future::pending()).unwrap();
        }
        assert!(matches!(jobs.start("ann", "hunt", |_| std::future::pending()), Err(Fault::Limit { .. })));
        assert!(jobs.start("ben", "hunt", |_| std::future::pending()).is_ok());
    }

    #[tokio::test]
    async fn one_that_panics_fails_alone() {
        let jobs = jobs();
        let id = jobs.start("ann", "hunt", |_| async { panic!("on purpose") }).unwrap();
        assert_eq!(until_ended(&jobs, &id, "ann").await.state, "failed");
    }
}
