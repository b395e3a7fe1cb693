//! Two checks compared: which findings are new, which are gone, which matter more or less than before. For history and alerts.
//!
//! A finding is the same as one of an earlier check when it is by the same check, about the same subject, and rests on the same names; what was
//! seen there may have changed. Start with [`compare`].

use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{Finding, Severity};

/// What has to be kept of a finding to know it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// The domain that was checked, or the tenant.
    pub of: String,
    /// The check's id.
    pub check: String,
    /// What the finding is about.
    pub subject: String,
    /// How much it matters.
    pub severity: Severity,
    /// What is wrong, in a few words.
    pub title: String,
    /// The names that the finding rests on, sorted.
    pub about: Vec<String>,
}

/// How a finding stands to an earlier check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "status", content = "was")]
pub enum Status {
    /// It was not there.
    New,
    /// It was there and matters as much.
    Open,
    /// It was there and matters more now; this much it mattered.
    Worse(Severity),
    /// It was there and matters less now; this much it mattered.
    Better(Severity),
}

/// What became of the findings of an earlier check.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comparison {
    /// The findings of now, in the order they were given, each with how it stands.
    pub now: Vec<(Known, Status)>,
    /// Findings of before that are gone.
    pub gone: Vec<Known>,
}

impl Known {
    /// What is kept of a finding about a domain that was checked, or about a tenant.
    #[must_use]
    pub fn of(of: &str, finding: &Finding) -> Self {
        let about: BTreeSet<&str> = finding.facts.iter().map(|fact| fact.what.as_str()).collect();
        Self {
            of: of.to_owned(),
            check: finding.check.to_owned(),
            subject: finding.subject.clone(),
            severity: finding.severity,
            title: finding.title.clone(),
            about: about.into_iter().map(str::to_owned).collect(),
        }
    }

    /// An id that the finding keeps from check to check, for tables and alerts.
    #[must_use]
    pub fn id(&self) -> String {
        let mut hash = Sha256::new();
        let parts = [&self.of, &self.check, &self.subject].into_iter().chain(&self.about);
        for part in parts {
            // With its length, so that no two lists of parts read the same.
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
        let digest = hash.finalize();
        URL_SAFE_NO_PAD.encode(digest.get(..ID).unwrap_or(&digest))
    }

    /// What it is about, without the names it rests on.
    fn subject(&self) -> (&str, &str, &str) {
        (&self.of, &self.check, &self.subject)
    }
}

/// Bytes of an id: enough that no two of millions meet.
const ID: usize = 16;

impl Comparison {
    /// Findings that stand in a certain way, with how much they mattered before.
    pub fn with(&self, which: fn(&Status) -> bool) -> impl Iterator<Item = &(Known, Status)> {
        self.now.iter().filter(move |(_, status)| which(status))
    }

    /// Findings that were not there before.
    pub fn appeared(&self) -> impl Iterator<Item = &Known> {
        self.with(|status| *status == Status::New).map(|(known, _)| known)
    }

    /// Findings that matter more than before.
    pub fn worse(&self) -> impl Iterator<Item = &Known> {
        self.with(|status| matches!(status, Status::Worse(_))).map(|(known, _)| known)
    }

    /// Findings that matter less than before.
    pub fn better(&self) -> impl Iterator<Item = &Known> {
        self.with(|status| matches!(status, Status::Better(_))).map(|(known, _)| known)
    }

    /// Whether nothing changed.
    #[must_use]
    pub fn is_same(&self) -> bool {
        self.gone.is_empty() && self.now.iter().all(|(_, status)| *status == Status::Open)
    }
}

/// Compares. Only what was `checked` this time to the end, domains and the tenant by name, can have lost a finding: what was left out, or could
/// not be asked about, is not gone.
#[must_use]
pub fn compare(before: &[Known], now: &[Known], checked: &BTreeSet<String>) -> Comparison {
    let mut left: Vec<Option<&Known>> = before.iter().map(Some).collect();
    let mut was: Vec<Option<Severity>> = vec![None; now.len()];
    // Those that rest on the same names first, then, where one finding of a check about a subject is left on either side, the two of them: the
    // names it rests on have changed.
    for (known, was) in now.iter().zip(&mut was) {
        let same =
            |old: &&mut Option<&Known>| old.is_some_and(|old| old.subject() == known.subject() && old.about == known.about);
        *was = left.iter_mut().find(same).and_then(Option::take).map(|old| old.severity);
    }
    let mut unmatched: BTreeMap<(&str, &str, &str), Vec<usize>> = BTreeMap::new();
    for (at, known) in now.iter().enumerate().filter(|(at, _)| was.get(*at).is_some_and(Option::is_none)) {
        unmatched.entry(known.subject()).or_default().push(at);
    }
    for (subject, places) in unmatched {
        let [place] = places.as_slice() else { continue };
        let mut old = left.iter_mut().filter(|old| old.is_some_and(|old| old.subject() == subject));
        if let (Some(only), None) = (old.next(), old.next())
            && let Some(was) = was.get_mut(*place)
        {
            *was = only.take().map(|old| old.severity);
        }
    }
    let now = now.iter().zip(was).map(|(known, was)| (known.clone(), status(known.severity, was))).collect();
    let gone = left.into_iter().flatten().filter(|old| checked.contains(&old.of)).cloned().collect();
    Comparison { now, gone }
}

fn status(now: Severity, was: Option<Severity>) -> Status {
    match was {
        None => Status::New,
        Some(was) if was < now => Status::Worse(was),
        Some(was) if was > now => Status::Better(was),
        Some(_) => Status::Open,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Known, Status, compare};
    use crate::Severity;

    fn known(check: &str, severity: Severity, about: &[&str]) -> Known {
        Known {
            of: "contoso.com".to_owned(),
            check: check.to_owned(),
            subject: "contoso.com".to_owned(),
            severity,
            title: check.to_owned(),
            about: about.iter().map(|&name| name.to_owned()).collect(),
        }
    }

    fn checked() -> BTreeSet<String> {
        BTreeSet::from(["contoso.com".to_owned()])
    }

    #[test]
    fn findings_come_and_go() {
        let before = [known("a", Severity::High, &[]), known("b", Severity::Low, &[])];
        let now = [known("b", Severity::Low, &[]), known("c", Severity::Medium, &[])];
        let found = compare(&before, &now, &checked());
        assert_eq!(found.now.iter().map(|(_, status)| *status).collect::<Vec<_>>(), [Status::Open, Status::New]);
        assert_eq!(found.gone, [known("a", Severity::High, &[])]);
        assert!(!found.is_same() && compare(&now, &now, &checked()).is_same());
    }

    #[test]
    fn findings_get_worse_and_better() {
        let before = [known("a", Severity::Low, &[]), known("b", Severity::High, &[])];
        let now = [known("a", Severity::High, &[]), known("b", Severity::Low, &[])];
        let found = compare(&before, &now, &checked());
        assert_eq!(found.worse().map(|known| known.check.as_str()).collect::<Vec<_>>(), ["a"]);
        assert_eq!(found.better().map(|known| known.check.as_str()).collect::<Vec<_>>(), ["b"]);
        assert_eq!(found.now.first().map(|(_, status)| *status), Some(Status::Worse(Severity::Low)));
    }

    #[test]
    fn several_findings_of_a_check_are_told_apart_by_the_names_they_rest_on() {
        let before = [
            known("key", Severity::Medium, &["s1._domainkey.contoso.com TXT"]),
            known("key", Severity::Medium, &["s2._domainkey.contoso.com TXT"]),
        ];
        let now = [known("key", Severity::Medium, &["s2._domainkey.contoso.com TXT"])];
        let found = compare(&before, &now, &checked());
        assert_eq!(found.now[0].1, Status::Open);
        assert_eq!(found.gone[0].about, ["s1._domainkey.contoso.com TXT"]);
    }

    #[test]
    fn a_finding_that_rests_on_other_names_than_before_is_the_same_where_it_is_the_only_one() {
        let before = [known("lookups", Severity::High, &["a.example TXT"])];
        let now = [known("lookups", Severity::High, &["a.example TXT", "b.example TXT"])];
        assert!(compare(&before, &now, &checked()).is_same());
    }

    #[test]
    fn what_was_not_checked_this_time_is_not_gone() {
        let before = [known("a", Severity::High, &[])];
        assert!(compare(&before, &[], &BTreeSet::new()).gone.is_empty());
        assert_eq!(compare(&before, &[], &checked()).gone.len(), 1);
    }

    #[test]
    fn an_id_stays_while_what_was_seen_changes_and_differs_where_the_names_do() {
        let id = |severity, about: &[&str]| known("a", severity, about).id();
        assert_eq!(id(Severity::Low, &["x"]), id(Severity::High, &["x"]));
        assert_ne!(id(Severity::Low, &["x", "y"]), id(Severity::Low, &["xy"]));
        assert_eq!(id(Severity::Low, &["x"]).len(), 22);
    }
}
