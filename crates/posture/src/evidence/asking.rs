//! The questions about one domain: all within its time and number, those that nobody could answer remembered.

use std::{
    collections::BTreeSet,
    fmt,
    sync::{Mutex, PoisonError},
};

use async_trait::async_trait;
use mailauth::dns::{Absent, Answer, Kind, Resolver};
use tokio::time::{Instant, timeout_at};

use super::{FetchError, Fetched, Question};

/// Questions without an answer that are kept; with more, the servers are down, and the rest says nothing new.
const MOST_TROUBLE: usize = 50;

/// A question that nobody could answer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Trouble {
    /// The name that was asked about.
    pub name: String,
    /// The type of record.
    pub kind: Kind,
    /// Why there is no answer.
    pub words: String,
}

/// One domain being asked about: what a subject's `collect` is given. It is a [`Resolver`] too, with the limits of the question.
pub(crate) struct Asking<'a> {
    /// The domain, as it is asked for.
    pub(crate) domain: &'a str,
    /// What the user knows and wants.
    pub(crate) question: &'a Question,
    ends: Instant,
    heard: Mutex<Heard>,
}

#[derive(Debug, Default)]
struct Heard {
    questions: usize,
    trouble: Vec<Trouble>,
    left_out: BTreeSet<String>,
}

impl<'a> Asking<'a> {
    pub(super) fn new(domain: &'a str, question: &'a Question) -> Self {
        Self { domain, question, ends: Instant::now() + question.limits.time, heard: Mutex::default() }
    }

    /// Who is asked: the user's resolver within the limits.
    pub(crate) fn resolver(&self) -> &dyn Resolver {
        self
    }

    /// Gets a page within the limits of time and size.
    pub(crate) async fn get(&self, url: &str) -> Result<Fetched, FetchError> {
        match timeout_at(self.ends, self.question.fetch.get(url, self.question.limits.page)).await {
            Ok(page) => page,
            Err(_) => {
                self.out_of_time();
                Err(FetchError::Late)
            }
        }
    }

    /// The questions nobody could answer, and what kept the rest from being asked.
    pub(super) fn finish(self) -> (Vec<Trouble>, Option<String>) {
        let heard = self.heard.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut trouble = heard.trouble;
        trouble.sort();
        let left_out: Vec<String> = heard.left_out.into_iter().collect();
        (trouble, Some(left_out.join("; ")).filter(|words| !words.is_empty()))
    }

    fn with<T>(&self, what: impl FnOnce(&mut Heard) -> T) -> T {
        what(&mut self.heard.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Remembers that something was not asked because there is too much of it; the words say what, and how much was.
    pub(crate) fn left_out(&self, words: String) {
        self.with(|heard| heard.left_out.insert(words));
    }

    fn out_of_time(&self) -> String {
        let words =
            format!("the {} seconds for all questions about {} were over", self.question.limits.time.as_secs(), self.domain);
        self.left_out(words.clone());
        words
    }

    /// Counts a question; the reason not to ask it, if there were too many.
    fn count(&self) -> Option<String> {
        let most = self.question.limits.questions;
        let asked = self.with(|heard| {
            heard.questions += 1;
            heard.questions
        });
        (asked > most).then(|| {
            let words = format!("more than {most} questions were needed about {}", self.domain);
            self.left_out(words.clone());
            words
        })
    }

    fn remember(&self, name: &str, kind: Kind, answer: &Answer) {
        let Err(Absent::Trouble(words)) = &answer.outcome else { return };
        let trouble = Trouble { name: name.to_owned(), kind, words: words.to_string() };
        self.with(|heard| {
            if heard.trouble.len() < MOST_TROUBLE && !heard.trouble.contains(&trouble) {
                heard.trouble.push(trouble);
            }
        });
    }
}

#[async_trait]
impl Resolver for Asking<'_> {
    async fn lookup(&self, name: &str, kind: Kind) -> Answer {
        let unanswered = |words: String| Answer {
            outcome: Err(Absent::Trouble(words.into())),
            ..Answer::absent(Absent::NoData, std::time::Duration::ZERO)
        };
        // What is left over when a limit has passed is one finding, not one for each question.
        if let Some(words) = self.count() {
            return unanswered(words);
        }
        let Ok(answer) = timeout_at(self.ends, self.question.resolver.ask(name, kind)).await else {
            return unanswered(self.out_of_time());
        };
        self.remember(name, kind, &answer);
        answer
    }
}

impl fmt::Debug for Asking<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asking").field("domain", &self.domain).finish_non_exhaustive()
    }
}
