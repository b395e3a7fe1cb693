//! Whether somebody can send mail in a domain's name today: what a forged message would meet, in one sentence.

use mailauth::dmarc::{Policy, Record};
use serde::Serialize;

use crate::{
    Finding, Severity,
    evidence::{
        DomainEvidence,
        dmarc::{Effective, lowered},
    },
};

/// Checks whose findings mean that a forged message passes for an honest one, whatever the policy asks; and the words for it.
const OPENINGS: &str = include_str!("../data/openings.tsv");

/// Whether a domain can be spoofed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Today {
    /// A forged message in its name is treated as any other.
    Yes,
    /// It is delivered as junk, or a name below the domain can be used.
    Partly,
    /// It is refused.
    No,
    /// Nobody could say what the domain publishes.
    Unknown,
}

/// What a forged message would meet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Spoofing {
    /// The verdict.
    pub today: Today,
    /// Why, for people.
    pub sentence: String,
}

impl Spoofing {
    /// What a forged message would meet at receivers that do what the domain asks.
    #[must_use]
    pub fn of(evidence: &DomainEvidence, findings: &[Finding]) -> Self {
        let domain = &evidence.domain;
        let (today, sentence) = if let Some(words) = findings.iter().find_map(opening) {
            (
                Today::Yes,
                format!("Yes: {words}, so that anybody can send messages in the name of {domain} that pass for honest ones."),
            )
        } else if evidence.dmarc.is_unknown() {
            let why = "the name servers did not answer";
            (Today::Unknown, format!("Nobody can say: {why} when they were asked for the DMARC policy of {domain}."))
        } else {
            let reason = match evidence.dmarc.effective() {
                None => Err(no_policy(evidence)),
                Some(effective) => Ok(effective),
            };
            match reason {
                Err(why) => (Today::Yes, delivered(domain, why)),
                Ok(effective) => by_policy(evidence, effective),
            }
        };
        Self { today, sentence }
    }
}

/// Rows of the table: a check, the name of a severity, words.
fn openings() -> impl Iterator<Item = Option<(&'static str, Severity, &'static str)>> {
    OPENINGS.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let (check, rest) = line.split_once('\t')?;
        let (severity, words) = rest.split_once('\t')?;
        Some((check, Severity::ALL.into_iter().find(|known| known.to_string() == severity)?, words))
    })
}

fn opening(finding: &Finding) -> Option<&'static str> {
    let mut rows = openings().flatten();
    rows.find(|(check, least, _)| *check == finding.check && finding.severity >= *least).map(|(_, _, words)| words)
}

fn delivered(domain: &str, why: &str) -> String {
    format!("Yes: {why}, and a forged message in the name of {domain} is treated as any other.")
}

fn no_policy(evidence: &DomainEvidence) -> &'static str {
    match evidence.dmarc.policies().len() {
        0 if evidence.does_not_exist() => "there is no such domain, nor a DMARC policy above it",
        0 if evidence.dmarc.has_near_miss() => "its DMARC record is written so that nobody recognises it",
        0 => "there is no DMARC policy",
        1 => "its DMARC record holds no valid policy",
        _ => "there are several DMARC records, which count as none",
    }
}

fn by_policy(evidence: &DomainEvidence, effective: Effective<'_>) -> (Today, String) {
    let domain = &evidence.domain;
    let tag = format!("{}={}", effective.tag, effective.asked.as_str());
    let tried = effective.counts() != effective.asked;
    match effective.counts() {
        Policy::None if tried => (Today::Yes, delivered(domain, "the DMARC policy is only being tried out (t=y)")),
        Policy::None => (Today::Yes, delivered(domain, &format!("the DMARC policy asks for nothing ({tag})"))),
        Policy::Quarantine => {
            let why = if tried { format!("{tag}, but t=y") } else { tag };
            (
                Today::Partly,
                format!("Partly: a forged message in the name of {domain} is delivered as junk ({why}), not refused."),
            )
        }
        Policy::Reject => below(evidence).unwrap_or_else(|| {
            (Today::No, format!("No: a forged message in the name of {domain}, or of a name below it, is refused ({tag})."))
        }),
    }
}

/// What is open below a domain that is guarded itself.
fn below(evidence: &DomainEvidence) -> Option<(Today, String)> {
    let (dmarc, domain) = (&evidence.dmarc, &evidence.domain);
    let told = |below: Effective<'_>| (below.counts(), format!("{}={}", below.tag, below.asked.as_str()));
    let asked = |below: Option<Effective<'_>>| below.map_or_else(|| (Policy::None, "no policy".to_owned()), told);
    let counts = |record: &Record| Some(if record.testing { lowered(record.policy?) } else { record.policy? });
    let wildcard =
        dmarc.made_up_record().map(|record| (counts(&record).unwrap_or(Policy::None), "a wildcard's own record".to_owned()));
    let made_up = wildcard.unwrap_or_else(|| asked(dmarc.below(dmarc.everything_exists == Some(true))));
    let existing = asked(dmarc.below(true));
    let own = dmarc.subdomains.iter().filter_map(|name| Some((counts(&name.record()?)?, name.name.as_str())));
    let weakest = own.min_by_key(|(policy, _)| *policy);
    let what = |policy| if policy == Policy::None { "is treated as any other" } else { "is delivered as junk" };
    let open = [
        (made_up.0, format!("of a made-up name below it, such as invoice.{domain}, {} ({})", what(made_up.0), made_up.1)),
        (existing.0, format!("of a name that exists below it {} ({})", what(existing.0), existing.1)),
    ];
    let named = weakest.map(|(policy, name)| (policy, format!("of {name} {}, by that name's own record", what(policy))));
    let (policy, words) = open.into_iter().chain(named).min_by_key(|(policy, _)| *policy)?;
    (policy < Policy::Reject).then(|| {
        (
            Today::Partly,
            format!("Partly: a forged message in the name of {domain} itself is refused, but one in the name {words}."),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::openings;
    use crate::checks::ALL;

    #[test]
    fn every_opening_is_a_check_and_a_part_of_a_sentence() {
        for row in openings() {
            let (check, _, words) = row.expect("a check, a severity, words");
            assert!(ALL.iter().any(|known| known.id == check), "there is no check {check}");
            assert!(!words.ends_with('.') && words.starts_with(char::is_lowercase), "{check}: `{words}`");
        }
    }
}
