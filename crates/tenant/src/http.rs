//! One request and its answer: time limits, bounds, retries. Knows nothing of what is asked.
//!
//! A request that only reads is sent again after any passing trouble. One that changes something is sent again only when it cannot have been
//! done: no connection came about, or the service said that it did not begin (408, 429, 503: RFC 9110 sections 15.5.9 and 15.6.4,
//! RFC 6585 section 4). When no answer came back, or a gateway gave up waiting for one, nobody knows: that is [`Error::Unknown`].

use std::{sync::Arc, time::Duration};

use reqwest::{Method, Response, header::HeaderMap, redirect};
use url::Url;

use crate::{clock::Clock, error::Error, moment};

/// What services say, with whatever status, when they run too many of our requests already.
const BUSY: &str = "maximum number of concurrent";
/// Most bytes of an answer, where a request does not say otherwise.
pub(crate) const MOST_BYTES: usize = 16 << 20;
/// Most bytes of an answer that are searched for [`BUSY`].
const MOST_SEARCHED: usize = 64 << 10;

/// How long a connection without requests is kept. One that the other side has closed by the next request would leave a change unknown.
const IDLE: Duration = Duration::from_secs(20);

/// How long things may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// Until there is a connection.
    pub connect: Duration,
    /// From sending a request to the end of its answer. Cmdlets over a large tenant take a minute or more.
    pub attempt: Duration,
    /// The same for a query over telemetry, to which the service gives three minutes and some seconds.
    pub hunt: Duration,
    /// All attempts at a request together, with the waiting between them.
    pub whole: Duration,
    /// How many attempts.
    pub attempts: u32,
    /// The longest wait of our own choice; what the service asks for may be longer.
    pub longest_wait: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            attempt: Duration::from_secs(120),
            hunt: Duration::from_secs(210),
            whole: Duration::from_secs(300),
            attempts: 6,
            longest_wait: Duration::from_secs(30),
        }
    }
}

/// What a request does to the tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Nothing: it may be sent as often as one likes.
    Reads,
    /// It changes something: it must not be sent twice.
    Changes,
}

/// A request.
#[derive(Clone)]
pub(crate) struct Ask {
    /// What it is, for messages: a cmdlet's name, or the method and the path.
    pub(crate) what: String,
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    /// Empty for none. Its type is among the headers.
    pub(crate) body: Vec<u8>,
    pub(crate) effect: Effect,
    /// Most bytes of the answer.
    pub(crate) most: usize,
    /// Whether it is a query over telemetry.
    pub(crate) is_hunt: bool,
}

/// An answer, of whatever status.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// Whether the status is one of success.
    pub(crate) const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }

    /// A header's text, if it is text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// Sends requests.
#[derive(Debug, Clone)]
pub(crate) struct Http {
    client: reqwest::Client,
    clock: Arc<dyn Clock>,
    patience: Patience,
}

/// What became of one attempt.
enum Attempt {
    Answered(Answer),
    /// Nothing was sent.
    NotSent(String),
    /// It was sent, and no whole answer came back.
    Lost(String),
    TooLarge,
}

/// What is to be done after it.
enum Next {
    Done(Result<Answer, Error>),
    /// Send it again after this long, if that was asked for; the error stands if there is no time left.
    Again(Error, Option<Duration>),
}

impl Http {
    pub(crate) fn new(clock: Arc<dyn Clock>, patience: Patience) -> Result<Self, Error> {
        // A redirection would carry the token to another place, and `no_proxy` keeps the environment out.
        let client = reqwest::Client::builder()
            .redirect(redirect::Policy::none())
            .connect_timeout(patience.connect)
            .pool_idle_timeout(IDLE)
            .user_agent(concat!("spoofwatch/", env!("CARGO_PKG_VERSION")))
            .no_proxy()
            .build()
            .map_err(|error| Error::Setting { name: "TLS", why: cause(&error) })?;
        Ok(Self { client, clock, patience })
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        self.clock.as_ref()
    }

    /// Sends a request, as often as it is safe and there is time.
    ///
    /// # Errors
    ///
    /// [`Error::Throttled`], [`Error::Unavailable`], [`Error::Unknown`], [`Error::TooLarge`], [`Error::Protocol`] for a redirection. Any other
    /// status is an answer.
    pub(crate) async fn send(&self, ask: &Ask) -> Result<Answer, Error> {
        let begun = self.clock.now();
        let mut attempts = 0;
        loop {
            attempts += 1;
            let left = self.patience.whole.saturating_sub(moment::between(begun, self.clock.now()));
            let limit = if ask.is_hunt { self.patience.hunt } else { self.patience.attempt };
            let attempt = self.attempt(ask, left.min(limit)).await;
            let (error, wait) = match next(ask, attempt, self.clock.now()) {
                Next::Done(result) => return result,
                Next::Again(error, wait) => (error, wait),
            };
            let wait = wait.unwrap_or_else(|| self.backoff(attempts));
            let spent = moment::between(begun, self.clock.now());
            if attempts >= self.patience.attempts || spent.saturating_add(wait) >= self.patience.whole {
                return Err(error);
            }
            self.clock.sleep(wait).await;
        }
    }

    /// One second, two, four, and so on.
    fn backoff(&self, attempts: u32) -> Duration {
        Duration::from_secs(1_u64 << attempts.saturating_sub(1).min(16)).min(self.patience.longest_wait)
    }

    async fn attempt(&self, ask: &Ask, limit: Duration) -> Attempt {
        let mut request = self.client.request(ask.method.clone(), ask.url.clone()).headers(ask.headers.clone()).timeout(limit);
        if !ask.body.is_empty() {
            request = request.body(ask.body.clone());
        }
        match request.send().await {
            Ok(response) => read(response, ask.most, limit).await,
            Err(error) if error.is_connect() || error.is_builder() => Attempt::NotSent(said(error, limit)),
            Err(error) => Attempt::Lost(said(error, limit)),
        }
    }
}

/// Reads an answer to its end, or to the bound.
async fn read(mut response: Response, most: usize, limit: Duration) -> Attempt {
    let status = response.status().as_u16();
    let headers = response.headers().clone();
    if response.content_length().is_some_and(|length| length > most as u64) {
        return Attempt::TooLarge;
    }
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > most => return Attempt::TooLarge,
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Attempt::Answered(Answer { status, headers, body }),
            Err(error) => return Attempt::Lost(said(error, limit)),
        }
    }
}

/// Decides what follows an attempt. Pure but for the moment, which is given.
fn next(ask: &Ask, attempt: Attempt, now: moment::Moment) -> Next {
    let what = || ask.what.clone();
    let lost = |why: String| match ask.effect {
        Effect::Reads => Next::Again(Error::Unavailable { what: what(), why }, None),
        Effect::Changes => Next::Done(Err(Error::Unknown { what: what(), why })),
    };
    match attempt {
        Attempt::NotSent(why) => Next::Again(Error::Unavailable { what: what(), why }, None),
        Attempt::Lost(why) => lost(why),
        Attempt::TooLarge => {
            let limit = format!("{} MiB", ask.most >> 20);
            Next::Done(Err(match ask.effect {
                Effect::Reads => Error::TooLarge { what: what(), limit },
                Effect::Changes => Error::Unknown { what: what(), why: format!("the answer is larger than {limit}") },
            }))
        }
        Attempt::Answered(answer) => {
            let wait = retry_after(&answer, now);
            match answer.status {
                429 => Next::Again(Error::Throttled { what: what(), wait }, wait),
                400.. if is_busy(&answer) => Next::Again(Error::Throttled { what: what(), wait }, wait),
                408 | 503 => Next::Again(Error::Unavailable { what: what(), why: status_words(answer.status) }, wait),
                502 | 504 => match lost(status_words(answer.status)) {
                    Next::Again(error, _) => Next::Again(error, wait),
                    done @ Next::Done(_) => done,
                },
                300..400 => Next::Done(Err(Error::Protocol {
                    what: what(),
                    why: format!("it points elsewhere (status {}), and a token goes nowhere else", answer.status),
                })),
                _ => Next::Done(Ok(answer)),
            }
        }
    }
}

fn is_busy(answer: &Answer) -> bool {
    let body = answer.body.get(..MOST_SEARCHED).unwrap_or(&answer.body);
    String::from_utf8_lossy(body).to_ascii_lowercase().contains(BUSY)
}

/// `Retry-After`: seconds, or a date (RFC 9110 section 10.2.3).
fn retry_after(answer: &Answer, now: moment::Moment) -> Option<Duration> {
    let text = answer.header("retry-after")?.trim();
    text.parse().map(Duration::from_secs).ok().or_else(|| moment::http_date(text).map(|then| moment::between(now, then)))
}

fn status_words(status: u16) -> String {
    format!("it answered with status {status}")
}

/// What went wrong with a request, in words that hold no address, and so nothing that an address may hold.
fn said(error: reqwest::Error, limit: Duration) -> String {
    if error.is_timeout() {
        return if error.is_connect() {
            "no connection in time".to_owned()
        } else {
            format!("no answer within {} s", limit.as_secs_f32())
        };
    }
    cause(&error.without_url())
}

/// The innermost cause of an error, which says most.
fn cause(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    crate::error::words(&innermost.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(effect: Effect) -> Ask {
        let url = Url::parse("https://graph.example/").unwrap();
        Ask {
            what: "it".to_owned(),
            method: Method::GET,
            url,
            headers: HeaderMap::new(),
            body: Vec::new(),
            effect,
            most: 1 << 20,
            is_hunt: false,
        }
    }

    fn answered(status: u16, wait: Option<&str>, body: &str) -> Attempt {
        let mut headers = HeaderMap::new();
        if let Some(wait) = wait {
            headers.insert("retry-after", wait.parse().unwrap());
        }
        Attempt::Answered(Answer { status, headers, body: body.as_bytes().to_vec() })
    }

    /// What follows, in a word: `ok`, `again SECONDS`, or the error.
    fn follows(effect: Effect, attempt: Attempt) -> String {
        match next(&ask(effect), attempt, 1_795_233_600 * moment::SECOND) {
            Next::Done(Ok(answer)) => format!("ok {}", answer.status),
            Next::Done(Err(error)) => error.to_string().split([';', '(']).next().unwrap_or_default().trim().to_owned(),
            Next::Again(_, wait) => format!("again {:?}", wait.map(|wait| wait.as_secs())),
        }
    }

    #[test]
    fn what_did_not_begin_is_sent_again_whatever_it_does() {
        for effect in [Effect::Reads, Effect::Changes] {
            assert_eq!(follows(effect, answered(429, Some("7"), "")), "again Some(7)");
            assert_eq!(follows(effect, answered(503, None, "")), "again None");
            assert_eq!(follows(effect, answered(503, Some("Sat, 21 Nov 2026 04:01:00 GMT"), "")), "again Some(60)");
            assert_eq!(follows(effect, answered(429, Some("Sat, 21 Nov 2026 03:00:00 GMT"), "")), "again Some(0)");
            assert_eq!(follows(effect, answered(408, None, "")), "again None");
            assert_eq!(follows(effect, Attempt::NotSent("refused".to_owned())), "again None");
            assert_eq!(follows(effect, answered(500, None, "The Maximum number of concurrent connections")), "again None");
        }
    }

    #[test]
    fn a_change_that_may_have_been_made_is_not_made_again() {
        for attempt in
            [|| Attempt::Lost("reset".to_owned()), || answered(504, None, ""), || answered(502, None, ""), || Attempt::TooLarge]
        {
            assert_eq!(follows(Effect::Changes, attempt()), "it: it is not known whether it was done");
        }
        assert_eq!(follows(Effect::Reads, Attempt::Lost("reset".to_owned())), "again None");
        assert_eq!(follows(Effect::Reads, answered(504, None, "")), "again None");
        assert_eq!(follows(Effect::Reads, Attempt::TooLarge), "it: the answer is larger than 1 MiB");
    }

    #[test]
    fn other_answers_are_the_askers() {
        assert_eq!(follows(Effect::Changes, answered(200, None, "")), "ok 200");
        assert_eq!(follows(Effect::Changes, answered(200, None, "maximum number of concurrent")), "ok 200");
        assert_eq!(follows(Effect::Changes, answered(500, None, "")), "ok 500");
        assert_eq!(follows(Effect::Reads, answered(302, None, "")), "it: the answer cannot be understood: it points elsewhere");
    }
}
