//! CISA's SCuBA baseline: which of its controls for mail are met, which are not, and which nobody looked at. The controls are data, `data/baseline.tsv`.

use serde::Serialize;
use serde_json::Value;
use tenant::Snapshot;

use crate::{Finding, Severity, tenant_checks::tenant_part_unreadable::was_read};

/// The controls, a line each.
const CONTROLS: &str = include_str!("../data/baseline.tsv");

/// How the identifiers of controls begin.
const CONTROL: &str = "MS.";

/// A control of the baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Control {
    /// Its identifier with its version, such as `MS.EXO.4.2v1`.
    pub id: &'static str,
    /// `SHALL` or `SHOULD`.
    pub level: &'static str,
    /// What it asks for.
    pub title: &'static str,
    /// What has to be known to say that it is met; nothing where it is not checked here.
    #[serde(skip)]
    needs: &'static str,
    /// Identifiers it had in earlier editions.
    #[serde(skip)]
    former: &'static str,
}

/// Whether a control is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// What it asks for was looked at, and nothing stands against it.
    Met,
    /// A finding stands against it.
    NotMet,
    /// Nobody looked, or not everything that has to be known could be read.
    NotChecked,
}

/// A control and how it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// The control.
    #[serde(flatten)]
    pub control: Control,
    /// How it stands.
    pub state: State,
    /// What stands against it: ids of checks, and what they are about.
    pub against: Vec<(String, String)>,
}

/// Every control, in the baseline's order.
pub fn controls() -> impl Iterator<Item = Control> {
    CONTROLS.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let mut cells = line.split('\t');
        Some(Control {
            id: cells.next()?,
            level: cells.next()?,
            title: cells.next()?,
            needs: cells.next()?,
            former: cells.next()?,
        })
    })
}

/// The control that an identifier means, also one of an earlier edition or version.
#[must_use]
pub fn control(id: &str) -> Option<Control> {
    let same = |known: &str| !known.is_empty() && stem(known) == stem(id);
    controls().find(|control| same(control.id)).or_else(|| controls().find(|control| control.former.split(',').any(same)))
}

/// How every control stands. Findings that are good to know only do not count against one.
#[must_use]
pub fn standings<'a>(
    findings: impl Iterator<Item = &'a Finding> + Clone,
    tenant: Option<&Snapshot>,
    domains_checked: bool,
) -> Vec<Standing> {
    let against = |control: Control| -> Vec<(String, String)> {
        let counts = |finding: &&Finding| {
            let is_meant =
                |id: &&str| self::control(id).is_some_and(|found| control.rests_on().any(|rests_on| rests_on == found.id));
            finding.severity > Severity::Informational && finding.baseline.iter().any(is_meant)
        };
        findings.clone().filter(counts).map(|finding| (finding.check.to_owned(), finding.subject.clone())).collect()
    };
    let standing = |control: Control| {
        let against = against(control);
        let mut needs = control.needs.split(',').filter(|need| !need.starts_with(CONTROL));
        let is_known = !control.needs.is_empty() && needs.all(|need| is_known(need, tenant, domains_checked));
        let state = match (against.is_empty(), is_known) {
            (false, _) => State::NotMet,
            (true, true) => State::Met,
            (true, false) => State::NotChecked,
        };
        Standing { control, state, against }
    };
    controls().map(standing).collect()
}

impl Control {
    /// What has to be known to say that it is met, with commas between: `dns`, a part of the tenant, `part:Setting`, another control. Nothing where
    /// it is not checked here.
    #[must_use]
    pub const fn needs(self) -> &'static str {
        self.needs
    }

    /// Itself, and the controls without which it cannot be met.
    fn rests_on(self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.id).chain(self.needs.split(',').filter(|need| need.starts_with(CONTROL)))
    }
}

/// Whether what a control needs is known: its name as in `data/baseline.tsv`.
pub(crate) fn is_known(need: &str, tenant: Option<&Snapshot>, domains_checked: bool) -> bool {
    if need == "dns" {
        return domains_checked;
    }
    let (part, setting) = need.split_once(':').map_or((need, None), |(part, setting)| (part, Some(setting)));
    let Some(tenant) = tenant.filter(|tenant| was_read(tenant, part)) else { return false };
    match setting {
        None => true,
        // Services leave settings out that the licence does not have: then nothing is known.
        Some(setting) => serde_json::to_value(tenant).is_ok_and(|value| value.get(part).is_some_and(|part| says(part, setting))),
    }
}

/// Whether a setting has a value somewhere in a part.
fn says(part: &Value, setting: &str) -> bool {
    match part {
        Value::Array(items) => items.iter().any(|item| says(item, setting)),
        Value::Object(members) => {
            members.iter().any(|(name, value)| (name == setting && !value.is_null()) || says(value, setting))
        }
        _ => false,
    }
}

/// An identifier without its version.
fn stem(id: &str) -> &str {
    id.trim_end_matches(|letter: char| letter.is_ascii_digit()).trim_end_matches('v')
}

#[cfg(test)]
mod tests {
    use tenant::{AdminAuditLogConfig, AntiPhishPolicy, Part, Snapshot};

    use super::{CONTROLS, State, control, controls, standings};
    use crate::{TenantEvidence, tenancy::run, tenant_checks::ALL};

    fn state(snapshot: &Snapshot, id: &str) -> State {
        let evidence = TenantEvidence { snapshot, dns: Default::default(), sealers: None, rotations: Default::default(), now: 0 };
        let findings = run(&evidence);
        standings(findings.iter(), Some(snapshot), false).into_iter().find(|standing| standing.control.id == id).unwrap().state
    }

    #[test]
    fn every_line_is_a_control() {
        let lines = CONTROLS.lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(controls().count(), lines);
        assert!(controls().all(|control| ["SHALL", "SHOULD"].contains(&control.level) && !control.title.is_empty()));
    }

    #[test]
    fn what_checks_name_stands_in_the_baseline() {
        for check in ALL {
            assert!(check.baseline.iter().all(|id| controls().any(|control| control.id == *id)), "{}", check.id);
        }
    }

    #[test]
    fn an_identifier_of_an_earlier_edition_is_known() {
        assert_eq!(control("MS.EXO.2.2v2").map(|control| control.id), Some("MS.EXO.2.2v3"));
        assert_eq!(control("MS.DEFENDER.6.1v1").map(|control| control.id), Some("MS.SECURITYSUITE.5.1v1"));
        assert_eq!(control("MS.TEAMS.1.1v1"), None);
    }

    #[test]
    fn a_control_is_met_only_where_somebody_looked() {
        let mut snapshot = Snapshot::default();
        assert_eq!(state(&snapshot, "MS.SECURITYSUITE.5.1v1"), State::NotChecked);
        let audit = |on| AdminAuditLogConfig { unified_audit_log_ingestion_enabled: on, ..AdminAuditLogConfig::default() };
        snapshot.audit = Part::Read(audit(Some(true)));
        assert_eq!(state(&snapshot, "MS.SECURITYSUITE.5.1v1"), State::Met);
        snapshot.audit = Part::Read(audit(Some(false)));
        assert_eq!(state(&snapshot, "MS.SECURITYSUITE.5.1v1"), State::NotMet);
        snapshot.audit = Part::Read(audit(None));
        assert_eq!(state(&snapshot, "MS.SECURITYSUITE.5.1v1"), State::NotChecked);
    }

    #[test]
    fn a_policy_cannot_be_strict_where_there_is_none() {
        let missing = &crate::report::sample::small().domains[0].findings[..1];
        let standing = standings(missing.iter(), None, true).into_iter().find(|standing| standing.control.id == "MS.EXO.4.4v1");
        assert_eq!(standing.map(|standing| standing.state), Some(State::NotMet));
    }

    #[test]
    fn a_setting_that_a_licence_does_not_have_is_not_taken_for_met() {
        let policy = |protection| AntiPhishPolicy {
            enabled: true,
            enable_organization_domains_protection: protection,
            ..AntiPhishPolicy::default()
        };
        let mut snapshot = Snapshot { anti_phish: Part::Read(vec![policy(None)]), ..Snapshot::default() };
        assert_eq!(state(&snapshot, "MS.SECURITYSUITE.2.2v1"), State::NotChecked);
        snapshot.anti_phish = Part::Read(vec![policy(Some(true))]);
        assert_eq!(state(&snapshot, "MS.SECURITYSUITE.2.2v1"), State::Met);
    }
}
