//! How well a domain is guarded, as a number and a grade, from what the checks found. The weights are data (`data/score.tsv`).
//!
//! A further finding never raises a score: every finding takes points or none, and bounds what is left.

use std::{collections::BTreeMap, fmt};

use serde::Serialize;

use crate::{Finding, Severity};

const WEIGHTS: &str = include_str!("../data/score.tsv");

/// How well a domain is guarded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Score {
    /// From 0 to 100, the best.
    pub points: u8,
    /// From `A`, the best, to `F`.
    pub grade: char,
}

impl Score {
    /// The score that findings come to. All have to be of one domain.
    #[must_use]
    pub fn of(findings: &[Finding]) -> Self {
        let mut areas: BTreeMap<&str, u32> = BTreeMap::new();
        let (mut taken, mut left) = (0, 100);
        for finding in findings {
            let (takes, at_most) = weight(finding.severity);
            match area(finding.check) {
                Some((area, _)) => *areas.entry(area).or_default() += takes,
                None => {
                    taken += takes;
                    left = left.min(at_most);
                }
            }
        }
        taken += areas.iter().filter_map(|(name, takes)| Some((*takes).min(area(name)?.1))).sum::<u32>();
        let points = u8::try_from(left.min(100_u32.saturating_sub(taken))).unwrap_or(0);
        Self { points, grade: grade(points) }
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of 100 ({})", self.points, self.grade)
    }
}

/// The rows of one kind: their other cells.
fn rows(kind: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    let lines = WEIGHTS.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(move |line| Some(line.strip_prefix(kind)?.strip_prefix('\t')?.split('\t').collect()))
}

fn number(cell: Option<&&str>) -> Option<u32> {
    cell?.parse().ok()
}

/// What a finding takes, and what is left at most.
fn weight(severity: Severity) -> (u32, u32) {
    let name = severity.to_string();
    let row = rows("severity").find(|row| row.first() == Some(&name.as_str()));
    row.and_then(|row| Some((number(row.get(1))?, number(row.get(2))?))).unwrap_or((0, 100))
}

/// The area of a check that has bounds of its own, and what it takes at most.
fn area(check: &str) -> Option<(&'static str, u32)> {
    rows("area").find_map(|row| Some((*row.first().filter(|name| check.starts_with(**name))?, number(row.get(1))?)))
}

fn grade(points: u8) -> char {
    let row = rows("grade").find(|row| number(row.get(1)).is_some_and(|from| u32::from(points) >= from));
    row.and_then(|row| row.first()?.chars().next()).unwrap_or('F')
}

#[cfg(test)]
mod tests {
    use super::{Score, rows, weight};
    use crate::{Finding, Severity, checks};

    const ALL: [Severity; 5] = Severity::ALL;

    fn found(check: &'static str, severity: Severity) -> Finding {
        Finding { check, ..checks::dmarc_missing::CHECK.found("example.com") }.matters(severity)
    }

    #[test]
    fn without_findings_a_domain_is_as_good_as_can_be() {
        assert_eq!(Score::of(&[]).to_string(), "100 of 100 (A)");
    }

    #[test]
    fn who_can_be_spoofed_by_anybody_fails_whatever_else_is_right() {
        assert_eq!(Score::of(&[found("dmarc-missing", Severity::Critical)]).to_string(), "39 of 100 (F)");
        assert_eq!(Score::of(&[found("dmarc-policy-none", Severity::High)]).to_string(), "59 of 100 (D)");
    }

    #[test]
    fn what_guards_the_way_of_mail_counts_less_than_what_guards_its_name() {
        let findings = [found("mta-sts-missing", Severity::High), found("mta-sts-policy", Severity::High)];
        assert_eq!(Score::of(&findings).to_string(), "90 of 100 (A)");
    }

    #[test]
    fn a_worse_finding_weighs_more_and_every_severity_has_a_weight() {
        assert_eq!(rows("severity").count(), ALL.len());
        for pair in ALL.map(weight).windows(2) {
            assert!(pair[0].0 < pair[1].0 && pair[0].1 > pair[1].1, "{pair:?}");
        }
    }

    #[test]
    fn a_further_finding_never_raises_a_score() {
        let checks = ["dmarc-missing", "mta-sts-missing", "tls-rpt-missing", "bimi-logo"];
        let mut one_more = Vec::new();
        let mut last = Score::of(&one_more).points;
        for round in 0..60 {
            one_more.push(found(checks[round % checks.len()], ALL[(round * 7) % ALL.len()]));
            let points = Score::of(&one_more).points;
            assert!(points <= last, "{points} after {last} with finding {round}");
            last = points;
        }
    }
}
