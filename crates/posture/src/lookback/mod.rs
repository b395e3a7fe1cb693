//! What a stricter DMARC policy would have done, from the aggregate reports of the time so far (RFC 9990): how many messages fail, whose they
//! seem to be, and whether the owner can go a step further.
//!
//! Pure: rows come in, a judgement goes out; where rows are stored is not known here. Start with [`Lookback::of`].

mod of_evidence;
mod row;
mod source;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
};

use mailauth::dmarc::Policy;
use serde::Serialize;

use tenant::moment::DAY;

pub use row::Row;
pub use source::{Kind, Source};

use crate::words::counted;

/// Days that reports have to cover: two weeks hold what is sent every week twice, newsletters and bills among it.
const DAYS_NEEDED: usize = 14;

/// Days after the last report when the reports say nothing of today any more: most come daily, some are late.
const DAYS_SINCE: i64 = 4;

/// Messages from which on a share means something.
const MESSAGES_NEEDED: u64 = 100;

/// Sources that are named; the rest is counted.
const MOST_SOURCES: usize = 100;

/// The step that is thought of.
pub struct Step<'a> {
    /// The domain whose policy it is.
    pub domain: &'a str,
    /// What it is to ask.
    pub to: Policy,
    /// Names below it with a policy of their own, which the step does not touch: [`crate::evidence::DomainEvidence::own_policies_below`].
    pub except: &'a BTreeSet<String>,
    /// Domains and addresses that the owner knows to be none of theirs.
    pub strangers: &'a BTreeSet<String>,
    /// Whether an address may send for the domain, as its SPF record says today: [`crate::evidence::DomainEvidence::may_send`].
    pub may_send: &'a dyn Fn(IpAddr) -> bool,
    /// The moment of the judgement: microseconds since 1970 in UTC.
    pub now: i64,
}

/// What the step would have done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lookback {
    /// The domain.
    pub domain: String,
    /// What its policy would have asked.
    pub to: &'static str,
    /// Days that at least one report covers.
    pub days: usize,
    /// Who reported.
    pub reporters: usize,
    /// Messages in the domain's name.
    pub messages: u64,
    /// Those that pass DMARC, and are not touched.
    pub passing: u64,
    /// Those that fail, by what they seem to be.
    pub failing: BTreeMap<Kind, u64>,
    /// Of those that fail, those that receivers kept out already.
    pub kept_out_already: u64,
    /// Who sent those that fail, the most first.
    pub sources: Vec<Source>,
    /// Sources that are not named because there are too many.
    pub more_sources: usize,
    /// Whether the step can be taken.
    pub verdict: Verdict,
}

/// Whether a step can be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Next to nothing honest would be lost.
    Ready,
    /// It should wait, for these reasons.
    NotYet(Vec<String>),
}

/// How much of the domain's mail may be lost by a step, of each kind, in a thousand messages.
const fn bearable(to: Policy, kind: Kind) -> u64 {
    match (to, kind) {
        // What the owner sends itself can be put right first.
        (Policy::Reject, Kind::Ours | Kind::Service) => 1,
        // Junk can be looked for, and is missed less.
        (_, Kind::Ours | Kind::Service) => 5,
        // Nobody can put others' forwarding right; lists that write a new author are not among it.
        (Policy::Reject, Kind::Forwarder) => 10,
        (_, Kind::Forwarder) => 30,
        // To keep these out is what the policy is for.
        (_, Kind::Unknown) => u64::MAX,
    }
}

impl Lookback {
    /// Judges a step by the rows of reports. A row that was reported twice has to be given once.
    #[must_use]
    pub fn of(step: &Step<'_>, rows: &[Row]) -> Self {
        let rows: Vec<&Row> = rows.iter().filter(|row| step.touches(&row.header_from)).collect();
        let mut failing: BTreeMap<Kind, u64> = BTreeMap::new();
        let mut sources = source::gather(step, &rows);
        for source in &sources {
            let sum = failing.entry(source.kind).or_default();
            *sum = sum.saturating_add(source.messages);
        }
        sources.sort_by(|a, b| b.messages.cmp(&a.messages).then_with(|| a.name.cmp(&b.name)));
        let more_sources = sources.len().saturating_sub(MOST_SOURCES);
        let sum =
            |of: &dyn Fn(&Row) -> bool| rows.iter().filter(|row| of(row)).map(|row| row.messages).fold(0, u64::saturating_add);
        let kept_out = |row: &Row| !row.passes() && matches!(row.disposition.as_str(), "quarantine" | "reject");
        let days = days(&rows);
        let mut lookback = Self {
            domain: step.domain.to_owned(),
            to: step.to.as_str(),
            days: days.len(),
            reporters: rows.iter().map(|row| row.reporter.as_str()).collect::<BTreeSet<_>>().len(),
            messages: sum(&|_| true),
            passing: sum(&Row::passes),
            failing,
            kept_out_already: sum(&kept_out),
            sources,
            more_sources,
            verdict: Verdict::Ready,
        };
        let why = lookback.against(step, &days);
        if !why.is_empty() {
            lookback.verdict = Verdict::NotYet(why);
        }
        lookback.sources.truncate(MOST_SOURCES);
        lookback
    }

    /// What speaks against the step, in words.
    fn against(&self, step: &Step<'_>, days: &BTreeSet<i64>) -> Vec<String> {
        let mut why = Vec::new();
        if days.len() < DAYS_NEEDED {
            why.push(format!(
                "reports cover {}; {DAYS_NEEDED} are needed, so that what is sent every week is among it",
                counted(days.len() as u64, "day")
            ));
        }
        if let Some(last) = days.last().filter(|last| step.now.div_euclid(DAY) - **last > DAYS_SINCE) {
            why.push(format!("the last report is of {} days ago", step.now.div_euclid(DAY) - last));
        }
        if self.messages < MESSAGES_NEEDED {
            let messages = counted(self.messages, "message");
            why.push(format!("the reports tell of {messages}; below {MESSAGES_NEEDED} a share says little"));
        }
        for kind in [Kind::Ours, Kind::Service, Kind::Forwarder] {
            let lost = self.failing.get(&kind).copied().unwrap_or_default();
            let bearable = bearable(step.to, kind);
            if lost.saturating_mul(1000) > self.messages.saturating_mul(bearable) {
                let (share, most) = (share(lost, self.messages), share(bearable, 1000));
                let lost = counted(lost, "message");
                why.push(format!("{lost}, {share} of all: they fail and seem to be {}; {most} can be borne", kind.words()));
            }
        }
        // A system nobody thought of sends day by day; a forger comes and goes.
        for source in self.sources.iter().filter(|source| source.kind == Kind::Unknown) {
            let steady = source.days * 2 > days.len() && source.messages.saturating_mul(20) > self.messages;
            if steady {
                let share = share(source.messages, self.messages);
                why.push(format!(
                    "{} sends on {} of {} days, {share} of all messages: find out whose it is",
                    source.name,
                    source.days,
                    days.len()
                ));
            }
        }
        why
    }

    /// In a sentence: what would have been lost.
    #[must_use]
    pub fn sentence(&self) -> String {
        let lost: u64 = self.failing.values().copied().fold(0, u64::saturating_add);
        let unknown = self.failing.get(&Kind::Unknown).copied().unwrap_or_default();
        let honest = lost.saturating_sub(unknown);
        let done = if self.to == "reject" { "refused" } else { "set apart as junk" };
        format!(
            "p={} would have had {lost} of {} messages {done} ({}): {honest} seem honest, {unknown} are of nobody known.",
            self.to,
            self.messages,
            share(lost, self.messages),
        )
    }
}

impl std::fmt::Debug for Step<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Step").field("domain", &self.domain).field("to", &self.to).finish_non_exhaustive()
    }
}

impl Step<'_> {
    /// Whether the step changes what is asked for mail of an author.
    fn touches(&self, author: &str) -> bool {
        let below = author.strip_suffix(self.domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
        below && !self.except.contains(author)
    }
}

/// The days that rows cover, counted from 1970.
fn days(rows: &[&Row]) -> BTreeSet<i64> {
    rows.iter().flat_map(|row| row.days()).collect()
}

/// A part of a whole, as per cent with one digit.
fn share(part: u64, whole: u64) -> String {
    let thousandths = part.saturating_mul(1000).checked_div(whole).unwrap_or_default();
    let less = if part > 0 && thousandths == 0 {
        "less than 0.1".to_owned()
    } else {
        format!("{}.{}", thousandths / 10, thousandths % 10)
    };
    format!("{less} %")
}
