//! A memory of answers before another resolver: bounded in bytes, each answer kept as long as it may be, one question asked once however
//! many wait for its answer.

use std::{
    fmt,
    hash::{Hash, Hasher},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use quick_cache::{DefaultHashBuilder, Equivalent, Weighter, sync::DefaultLifecycle};

use super::{Absent, Answer, Clock, Kind, Resolver};

/// Bytes of an answer beside its name and data: entry, key and the memory's own accounts.
const OVERHEAD: u64 = 160;

/// How much is remembered, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CacheOptions {
    /// Bytes for all answers together.
    pub bytes: u64,
    /// An answer is kept this long even if it says less: within one message, and one burst of messages, it does not change.
    pub least: Duration,
    /// Records are kept no longer than this, whatever they say.
    pub most: Duration,
    /// That there are no records is kept no longer than this: somebody may be publishing one just now.
    pub most_absent: Duration,
    /// That nobody could say is kept no longer than this, and not at all if the answer says so.
    pub most_trouble: Duration,
}

impl Default for CacheOptions {
    fn default() -> Self {
        Self {
            bytes: 64 << 20,
            least: Duration::from_secs(5),
            most: Duration::from_secs(3600),
            most_absent: Duration::from_secs(900),
            most_trouble: Duration::from_secs(10),
        }
    }
}

/// A resolver that remembers what another said.
pub struct Cache {
    inner: Arc<dyn Resolver>,
    clock: Clock,
    options: CacheOptions,
    answers: quick_cache::sync::Cache<Question, Entry, Weight>,
}

/// A question, as a key that owns its name.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Question {
    name: Box<str>,
    kind: Kind,
}

/// The same question with a name that belongs to the asker. Both hash alike.
#[derive(Hash)]
struct Asked<'a> {
    name: &'a str,
    kind: Kind,
}

impl Hash for Question {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Asked { name: &self.name, kind: self.kind }.hash(state);
    }
}

impl Equivalent<Question> for Asked<'_> {
    fn equivalent(&self, key: &Question) -> bool {
        self.kind == key.kind && *self.name == *key.name
    }
}

#[derive(Debug, Clone)]
struct Entry {
    answer: Answer,
    made: Duration,
    until: Duration,
}

#[derive(Debug, Clone)]
struct Weight;

impl Weighter<Question, Entry> for Weight {
    fn weight(&self, key: &Question, entry: &Entry) -> u64 {
        let data = match &entry.answer.outcome {
            Ok(records) => records.weight(),
            Err(Absent::Trouble(words)) => words.len(),
            Err(Absent::NoSuchName | Absent::NoData) => 0,
        };
        OVERHEAD + (key.name.len() + data) as u64
    }
}

impl Cache {
    /// A memory before this resolver.
    #[must_use]
    pub fn new(inner: Arc<dyn Resolver>, clock: Clock, options: CacheOptions) -> Self {
        let items = usize::try_from(options.bytes / (2 * OVERHEAD)).unwrap_or(usize::MAX);
        let answers = quick_cache::sync::Cache::with(
            items,
            options.bytes,
            Weight,
            DefaultHashBuilder::default(),
            DefaultLifecycle::default(),
        );
        Self { inner, clock, options, answers }
    }

    /// How many answers are remembered, those among them that nobody has asked for since they ended.
    #[must_use]
    pub fn len(&self) -> usize {
        self.answers.len()
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.answers.is_empty()
    }

    fn entry(&self, answer: Answer) -> Entry {
        let made = (self.clock)();
        let keep = match &answer.outcome {
            Ok(_) => answer.keep.clamp(self.options.least.min(self.options.most), self.options.most),
            Err(Absent::NoSuchName | Absent::NoData) => {
                answer.keep.clamp(self.options.least.min(self.options.most_absent), self.options.most_absent)
            }
            Err(Absent::Trouble(_)) => answer.keep.min(self.options.most_trouble),
        };
        Entry { answer, made, until: made.saturating_add(keep) }
    }
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache")
            .field("inner", &self.inner)
            .field("options", &self.options)
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Resolver for Cache {
    async fn lookup(&self, name: &str, kind: Kind) -> Answer {
        let question = Question { name: name.into(), kind };
        let asked_at = (self.clock)();
        loop {
            match self.answers.get_value_or_guard_async(&question).await {
                // An answer that was made while this waited for it is good, even if it may not be kept.
                Ok(entry) if entry.until > (self.clock)() || entry.made > asked_at => return entry.answer,
                Ok(_) => {
                    let now = (self.clock)();
                    self.answers.remove_if(&question, |entry| entry.until <= now);
                }
                Err(guard) => {
                    if let Some(answer) = self.inner.peek(name, kind) {
                        let _ = guard.insert(self.entry(answer.clone()));
                        return answer;
                    }
                    let answer = self.inner.lookup(name, kind).await;
                    let _ = guard.insert(self.entry(answer.clone()));
                    return answer;
                }
            }
        }
    }

    fn peek(&self, name: &str, kind: Kind) -> Option<Answer> {
        let entry = self.answers.get(&Asked { name, kind })?;
        (entry.until > (self.clock)()).then_some(entry.answer)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        collections::HashMap,
        sync::{
            Arc, Mutex,
            atomic::{AtomicU64, AtomicUsize, Ordering},
        },
        time::Duration,
    };

    use async_trait::async_trait;
    use futures::future::join_all;

    use super::{
        super::{Absent, Answer, Clock, Kind, Records, Resolver},
        Cache, CacheOptions,
    };

    /// Answers after a turn of the scheduler and counts.
    #[derive(Debug, Default)]
    struct Counting {
        answers: Mutex<HashMap<String, Answer>>,
        asked: AtomicUsize,
    }

    #[async_trait]
    impl Resolver for Counting {
        async fn lookup(&self, name: &str, _: Kind) -> Answer {
            tokio::task::yield_now().await;
            self.asked.fetch_add(1, Ordering::SeqCst);
            let absent = Answer::absent(Absent::NoSuchName, Duration::from_secs(60));
            self.answers.lock().unwrap().get(name).cloned().unwrap_or(absent)
        }
    }

    struct House {
        inner: Arc<Counting>,
        cache: Cache,
        seconds: Arc<AtomicU64>,
    }

    fn house(options: CacheOptions) -> House {
        let inner = Arc::new(Counting::default());
        let seconds = Arc::new(AtomicU64::new(1000));
        let hand = Arc::clone(&seconds);
        let clock: Clock = Arc::new(move || Duration::from_secs(hand.load(Ordering::SeqCst)));
        let asked = Arc::clone(&inner);
        House { cache: Cache::new(asked, clock, options), inner, seconds }
    }

    impl House {
        fn says(&self, name: &str, outcome: Result<Records, Absent>, keep: u64) {
            let answer = Answer { outcome, keep: Duration::from_secs(keep), secure: true };
            self.inner.answers.lock().unwrap().insert(name.to_owned(), answer);
        }

        fn pass(&self, seconds: u64) {
            self.seconds.fetch_add(seconds, Ordering::SeqCst);
        }

        /// How often the other resolver was asked for the answer.
        async fn asks(&self, name: &str) -> usize {
            let before = self.inner.asked.load(Ordering::SeqCst);
            (&self.cache as &dyn Resolver).ask(name, Kind::Txt).await;
            self.inner.asked.load(Ordering::SeqCst) - before
        }
    }

    fn text(of: &str) -> Result<Records, Absent> {
        Ok(Records::Txt(Arc::new([Box::from(of.as_bytes())])))
    }

    #[tokio::test]
    async fn an_answer_is_kept_as_long_as_it_says() {
        let house = house(CacheOptions::default());
        house.says("contoso.com", text("v=spf1 -all"), 60);
        assert_eq!(house.asks("contoso.com").await, 1);
        house.pass(59);
        assert_eq!(house.asks("contoso.com").await, 0);
        let kept = house.cache.peek("contoso.com", Kind::Txt).unwrap();
        assert_eq!((kept.outcome, kept.secure), (text("v=spf1 -all"), true));
        assert!(house.cache.peek("contoso.com", Kind::A).is_none());
        house.pass(1);
        assert!(house.cache.peek("contoso.com", Kind::Txt).is_none());
        assert_eq!(house.asks("contoso.com").await, 1);
        assert_eq!(house.asks("contoso.com").await, 0);
    }

    #[tokio::test]
    async fn that_there_is_nothing_is_kept_too() {
        let house = house(CacheOptions::default());
        assert_eq!(house.asks("nobody.example").await, 1);
        house.pass(59);
        assert_eq!(house.asks("nobody.example").await, 0);
        house.pass(1);
        assert_eq!(house.asks("nobody.example").await, 1);
    }

    #[tokio::test]
    async fn times_to_live_have_bounds() {
        let house = house(CacheOptions::default());
        house.says("fast.example", text("0"), 0);
        house.says("slow.example", text("1"), 1_000_000);
        assert_eq!(house.asks("fast.example").await, 1);
        assert_eq!(house.asks("fast.example").await, 0);
        house.pass(5);
        assert_eq!(house.asks("fast.example").await, 1);
        assert_eq!(house.asks("slow.example").await, 1);
        house.pass(3600);
        assert_eq!(house.asks("slow.example").await, 1);
    }

    #[tokio::test]
    async fn trouble_is_kept_for_seconds_or_not_at_all() {
        let house = house(CacheOptions::default());
        house.says("slow.example", Err(Absent::Trouble("no answer".into())), 1000);
        house.says("again.example", Err(Absent::Trouble("try again".into())), 0);
        assert_eq!(house.asks("slow.example").await, 1);
        assert_eq!(house.asks("slow.example").await, 0);
        house.pass(10);
        assert_eq!(house.asks("slow.example").await, 1);
        assert_eq!(house.asks("again.example").await, 1);
        assert_eq!(house.asks("again.example").await, 1);
    }

    #[tokio::test]
    async fn many_who_ask_at_once_cause_one_question() {
        let house = house(CacheOptions::default());
        house.says("contoso.com", text("v=spf1 -all"), 60);
        let answers = join_all((0..100).map(|_| house.cache.lookup("contoso.com", Kind::Txt))).await;
        assert!(answers.iter().all(|answer| answer.outcome == text("v=spf1 -all")));
        assert_eq!(house.inner.asked.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn an_asker_who_leaves_does_not_keep_others_waiting() {
        let house = house(CacheOptions::default());
        house.says("contoso.com", text("v=spf1 -all"), 60);
        let mut first = Box::pin(house.cache.lookup("contoso.com", Kind::Txt));
        assert!(futures::poll!(&mut first).is_pending());
        let mut second = Box::pin(house.cache.lookup("contoso.com", Kind::Txt));
        assert!(futures::poll!(&mut second).is_pending());
        drop(first);
        assert_eq!(second.await.outcome, text("v=spf1 -all"));
    }

    #[tokio::test]
    async fn memory_is_bounded_in_bytes() {
        let house = house(CacheOptions { bytes: 1 << 20, ..CacheOptions::default() });
        let long = "x".repeat(2000);
        for n in 0..2000 {
            let name = format!("{n}.example");
            house.says(&name, text(&long), 60);
            house.asks(&name).await;
        }
        assert!(house.cache.answers.weight() <= 1 << 20, "{}", house.cache.answers.weight());
        assert!(house.cache.len() > 100, "{}", house.cache.len());
    }

    #[tokio::test]
    async fn a_memory_without_room_asks_each_time() {
        let house = house(CacheOptions { bytes: 0, ..CacheOptions::default() });
        house.says("contoso.com", text("v=spf1 -all"), 60);
        assert_eq!(house.asks("contoso.com").await, 1);
        assert_eq!(house.asks("contoso.com").await, 1);
        let answers = join_all((0..10).map(|_| house.cache.lookup("contoso.com", Kind::Txt))).await;
        assert!(answers.iter().all(|answer| answer.outcome == text("v=spf1 -all")));
    }
}
