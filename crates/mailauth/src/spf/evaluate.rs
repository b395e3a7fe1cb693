//! `check_host()` (RFC 7208 section 4): the records on the way, one term after the other.

use std::{net::IpAddr, pin::pin, time::Duration};

use futures::poll;

use super::{
    Identity, Spf, SpfResult,
    question::{At, End, Questions, UNKNOWN, trouble},
    reason::{self, Step, quoted},
    record::{Mechanism, Qualifier, Record, TermKind, is_spf},
    sender::{Sender, in_ascii},
};
use crate::dns::{Absent, Kind, Resolver, plain_name};

/// What an evaluation needs to know besides the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The host that evaluates, for explanations; `unknown` if it does not matter.
    pub receiver: String,
    /// The moment, in seconds since 1970, for explanations.
    pub now: i64,
    /// For all questions together. RFC 7208 section 4.6.4 wants at least 20 seconds.
    pub limit: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { receiver: UNKNOWN.to_owned(), now: 0, limit: Duration::from_secs(20) }
    }
}

impl From<Qualifier> for SpfResult {
    fn from(qualifier: Qualifier) -> Self {
        match qualifier {
            Qualifier::Pass => Self::Pass,
            Qualifier::Fail => Self::Fail,
            Qualifier::Softfail => Self::Softfail,
            Qualifier::Neutral => Self::Neutral,
        }
    }
}

/// Whether a client may send with this envelope sender. Where there is none, as in a bounce, the name it greeted with is checked.
///
/// Waits for the resolver, no longer than [`Options::limit`]; only then is a runtime of tokio needed.
pub async fn check(
    resolver: &dyn Resolver,
    client: IpAddr,
    helo: Option<&str>,
    mail_from: Option<&str>,
    options: &Options,
) -> Spf {
    let Some(sender) = Sender::of(helo, mail_from) else {
        let nobody = Spf::without_client();
        return Spf {
            reason: "there is neither an envelope sender nor a name that the client greeted with".to_owned(),
            ..nobody
        };
    };
    let helo = in_ascii(helo.unwrap_or_default());
    let questions = Questions {
        resolver,
        // Section 5: an IPv4 address inside an IPv6 address is an IPv4 address.
        client: client.to_canonical(),
        sender: &sender,
        helo: &helo,
        receiver: &options.receiver,
        now: options.now,
        terms: 0,
        voids: 0,
    };
    let mut evaluation = Evaluation { questions, frames: Vec::new(), record: None };
    let outcome = {
        let mut run = pin!(evaluation.run());
        match poll!(run.as_mut()) {
            std::task::Poll::Ready(outcome) => outcome,
            std::task::Poll::Pending => match tokio::time::timeout(options.limit, run).await {
                Ok(outcome) => outcome,
                Err(_) => Err(End::Temperror(format!("the evaluation took more than {} s", options.limit.as_secs_f32()))),
            },
        }
    };
    evaluation.verdict(outcome, sender.identity)
}

/// What a term, or the end of a record, came to.
struct Decision {
    result: SpfResult,
    reason: String,
    /// The term and the domain of its record.
    by: Option<(String, String)>,
    explanation: Option<String>,
}

/// A record under evaluation.
#[derive(Debug)]
struct Frame {
    /// Whose it is, in its plain form.
    domain: String,
    /// The domain that redirects to it.
    redirected: Option<String>,
    record: Record,
    /// The next term. The one before it is the `include` that led to the frame above.
    next: usize,
}

impl Frame {
    /// The term before the next one, as it is written.
    fn current(&self) -> &str {
        self.record.terms.get(self.next.wrapping_sub(1)).map_or("", |term| self.record.slice(&term.span))
    }
}

/// `check_host()` and those it calls, as a stack of records: the first is that of the domain that was asked about, each other one is
/// included by the one below it. Ten terms may ask the DNS, so there are at most eleven.
struct Evaluation<'a> {
    questions: Questions<'a>,
    frames: Vec<Frame>,
    /// The first record, whatever is wrong with it.
    record: Option<String>,
}

impl Evaluation<'_> {
    async fn run(&mut self) -> Result<Decision, End> {
        let given = &self.questions.sender.domain;
        // Section 4.3. A literal address is no domain; neither is a single label.
        let domain =
            plain_name(given).filter(|name| name.contains('.') && !name.starts_with('[')).map(std::borrow::Cow::into_owned);
        let domain = domain.ok_or_else(|| End::None(format!("`{}` is not the name of a domain", quoted(given))))?;
        self.enter(domain, None).await?;
        let decision = self.terms().await?;
        if decision.result != SpfResult::Fail {
            return Ok(decision);
        }
        // What is left is the record that `exp` is taken from: the first, or the one that it redirects to (section 6.2).
        let Some(frame) = self.frames.first() else { return Ok(decision) };
        let explanation = self.questions.explanation(&frame.domain, &frame.record).await;
        Ok(Decision { explanation, ..decision })
    }

    /// Puts a domain's record on the stack.
    async fn enter(&mut self, domain: String, redirected: Option<String>) -> Result<(), End> {
        let texts = match self.questions.resolver.txt(&domain).await {
            Ok(texts) => texts,
            Err(Absent::NoSuchName) => return Err(End::None(format!("{domain} does not exist"))),
            Err(Absent::NoData) => return Err(End::None(format!("{domain} publishes no SPF record"))),
            Err(Absent::Trouble(words)) => return Err(trouble(&domain, Kind::Txt, &words)),
        };
        let mut records = texts.iter().filter(|text| is_spf(text));
        let Some(text) = records.next() else { return Err(End::None(format!("{domain} publishes no SPF record"))) };
        let more = records.count();
        let text = String::from_utf8_lossy(text);
        if self.frames.is_empty() && self.record.is_none() {
            self.record = Some(text.clone().into_owned());
        }
        if more > 0 {
            return Err(End::Permerror(format!("{domain} publishes {} SPF records, and may publish one", more + 1)));
        }
        let parsed = Record::parse(&text);
        if let Some(fault) = parsed.faults.first() {
            return Err(End::Permerror(reason::faulty(&domain, &parsed.record, fault)));
        }
        self.frames.push(Frame { domain, redirected, record: parsed.record, next: 0 });
        Ok(())
    }

    async fn terms(&mut self) -> Result<Decision, End> {
        loop {
            let Some(frame) = self.frames.last_mut() else { return Err(End::None("there is no record".to_owned())) };
            let Some(term) = frame.record.terms.get(frame.next) else {
                if self.redirect().await? {
                    continue;
                }
                if let Some(decision) = self.leave() {
                    return Ok(decision);
                }
                continue;
            };
            frame.next += 1;
            let TermKind::Directive(qualifier, mechanism) = &term.kind else { continue };
            let at = At { domain: &frame.domain, record: &frame.record, term: frame.record.slice(&term.span) };
            if let Mechanism::Include(target) = mechanism {
                self.questions.count(at)?;
                if let Some(name) = self.questions.target(at, Some(target)).await? {
                    let name = name.into_owned();
                    self.enter(name, None).await.map_err(|end| self.led_to(end))?;
                } else if self.questions.sender.local_part.is_ascii() {
                    return Err(self.led_to(End::None("it is not the name of a domain".to_owned())));
                }
                continue;
            }
            let qualifier = *qualifier;
            let matches = match self.questions.matches_at_once(mechanism) {
                Some(matches) => matches,
                None => self.questions.matches(at, mechanism).await?,
            };
            if matches && let Some(decision) = self.settle(qualifier.into()) {
                return Ok(decision);
            }
        }
    }

    /// What an `include` led to is no record. It must be one (section 5.2).
    fn led_to(&self, end: End) -> End {
        match self.frames.last() {
            Some(frame) => end.behind(frame.current(), &frame.domain),
            None => end,
        }
    }

    /// At the end of a record: puts the one that it redirects to in its place, if it does.
    async fn redirect(&mut self) -> Result<bool, End> {
        let Some(frame) = self.frames.last() else { return Ok(false) };
        let Some((term, target)) = frame.record.redirect() else { return Ok(false) };
        let at = At { domain: &frame.domain, record: &frame.record, term: frame.record.slice(&term.span) };
        self.questions.count(at)?;
        let Some(name) = self.questions.target(at, Some(target)).await? else {
            if !self.questions.sender.local_part.is_ascii() {
                return Ok(false);
            }
            return Err(End::None("it is not the name of a domain".to_owned()).behind(at.term, at.domain));
        };
        let (name, from, term) = (name.into_owned(), frame.domain.clone(), at.term.to_owned());
        self.enter(name, Some(from.clone())).await.map_err(|end| end.behind(&term, &from))?;
        let below = self.frames.len().saturating_sub(2);
        self.frames.remove(below);
        Ok(true)
    }

    /// A term of the last record matched. Nothing if that only means that an `include` did not.
    fn settle(&mut self, mut result: SpfResult) -> Option<Decision> {
        if self.frames.len() > 1 && result != SpfResult::Pass {
            self.frames.pop();
            return None;
        }
        // Each `include` on the way matches and turns a pass into what its own qualifier says.
        let mut outermost = self.frames.len().checked_sub(1)?;
        while outermost > 0 {
            if result != SpfResult::Pass {
                self.frames.truncate(outermost);
                return None;
            }
            outermost -= 1;
            let including = self.frames.get(outermost)?;
            let term = including.record.terms.get(including.next.checked_sub(1)?)?;
            let TermKind::Directive(qualifier, _) = &term.kind else { return None };
            result = (*qualifier).into();
        }
        let steps = self.frames.iter().rev().map(|frame| Step {
            domain: &frame.domain,
            redirected: frame.redirected.as_deref(),
            term: frame.current(),
        });
        let reason = reason::matched(result, self.questions.client, steps);
        let by = self.frames.last().map(|frame| (frame.current().to_owned(), frame.domain.clone()));
        self.frames.truncate(1);
        Some(Decision { result, reason, by, explanation: None })
    }

    /// The last record has ended without a match: neutral (section 4.7), which makes an `include` of it not match.
    fn leave(&mut self) -> Option<Decision> {
        if self.frames.len() > 1 {
            self.frames.pop();
            return None;
        }
        let frame = self.frames.first()?;
        let reason = reason::unmatched(self.questions.client, &frame.domain, frame.redirected.as_deref());
        Some(Decision { result: SpfResult::Neutral, reason, by: None, explanation: None })
    }

    fn verdict(self, outcome: Result<Decision, End>, identity: Identity) -> Spf {
        let (result, reason, by, explanation) = match outcome {
            Ok(Decision { result, reason, by, explanation }) => (result, reason, by, explanation),
            Err(End::None(words)) => (SpfResult::None, words, None, None),
            Err(End::Temperror(words)) => (SpfResult::Temperror, words, None, None),
            Err(End::Permerror(words)) => (SpfResult::Permerror, words, None, None),
        };
        let (mechanism, decided_by) = by.unzip();
        Spf {
            result,
            domain: self.questions.sender.domain.clone().into_owned(),
            identity,
            reason: cleaned(reason),
            record: self.record,
            mechanism,
            decided_by,
            explanation: explanation.map(cleaned),
            lookups: self.questions.terms,
            void_lookups: self.questions.voids,
        }
    }
}

/// Without characters that move a cursor: a name or an explanation may hold any of a sender's address.
fn cleaned(text: String) -> String {
    if text.contains(char::is_control) {
        return text.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect();
    }
    text
}

#[cfg(test)]
mod tests {
    use std::{net::Ipv4Addr, sync::Arc, time::Duration};

    use async_trait::async_trait;

    use super::{Options, check};
    use crate::{
        dns::{Absent, Answer, Kind, Records, Resolver},
        spf::SpfResult,
    };

    /// Gives every name the same record, after some turns of the scheduler; or never.
    #[derive(Debug)]
    struct Slow {
        turns: Option<u32>,
    }

    #[async_trait]
    impl Resolver for Slow {
        async fn lookup(&self, _: &str, kind: Kind) -> Answer {
            let Some(turns) = self.turns else { return std::future::pending().await };
            for _ in 0..turns {
                tokio::task::yield_now().await;
            }
            let records = match kind {
                Kind::Txt => Records::Txt(Arc::new([Box::from(b"v=spf1 mx a exists:%{i}.list.example -all".as_slice())])),
                Kind::A => Records::A(Arc::new([Ipv4Addr::new(192, 0, 2, 1)])),
                _ => return Answer::absent(Absent::NoData, Duration::ZERO),
            };
            Answer::found(records, Duration::ZERO)
        }
    }

    #[tokio::test]
    async fn an_evaluation_waits_for_answers() {
        let client = Ipv4Addr::new(192, 0, 2, 1).into();
        let found = check(&Slow { turns: Some(3) }, client, None, Some("ann@contoso.com"), &Options::default()).await;
        assert_eq!((found.result, found.mechanism.as_deref()), (SpfResult::Pass, Some("a")), "{}", found.reason);
    }

    #[tokio::test]
    async fn an_evaluation_ends_with_its_time_limit() {
        let client = Ipv4Addr::new(192, 0, 2, 1).into();
        let options = Options { limit: Duration::from_millis(50), ..Options::default() };
        let found = check(&Slow { turns: None }, client, None, Some("ann@contoso.com"), &options).await;
        assert_eq!((found.result, found.reason.as_str()), (SpfResult::Temperror, "the evaluation took more than 0.05 s"));
    }
}
