//! A plan: what is changed, how that is taken back, and what proves that it worked.

use std::fmt;

use posture::{CommandLine, Severity};
use serde::{Deserialize, Serialize};
use zones::{Change, RecordKind};

use crate::Reading;

/// A fix as it is offered, approved and made: nothing is made that does not stand here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// What it does, such as `dkim-enable`.
    pub kind: String,
    /// What it does that to: a domain, a rule of the tenant.
    pub subject: String,
    /// What a list shows.
    pub title: String,
    /// Why it is right, for people who do not know the standards.
    pub why: String,
    /// What to think of before approving it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// What is done, in this order.
    pub steps: Vec<Step>,
    /// What a person does, where no supported interface can.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by_hand: Vec<String>,
    /// What must be seen from outside afterwards, all of it.
    pub proofs: Vec<Proof>,
    /// Pages to read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<String>,
    /// How many steps have been made, from the first one on.
    #[serde(default)]
    pub done: Vec<Done>,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Records of the DNS.
    Dns(Change),
    /// A cmdlet of Exchange Online.
    Tenant(CommandLine),
}

/// What proves a fix.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// Every server that is authoritative for the name answers with exactly these records.
    Dns {
        /// The name.
        name: String,
        /// Of which kind.
        kind: RecordKind,
        /// The records; none is that there are none of the kind.
        values: Vec<zones::Value>,
    },
    /// The tenant says so.
    Tenant(Reading),
    /// A check does not find any more what it found, or what is left of it matters less.
    FindingGone {
        /// The check.
        check: String,
        /// The domain.
        subject: String,
        /// How much the finding mattered.
        was: Severity,
    },
}

/// How a step went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Done {
    /// It was made.
    Made,
    /// It had been made before: by hand, or by a try that was cut off.
    Already,
}

impl Plan {
    /// The plan that takes this one back: the steps that were made, the last one first. `None` where a step has no undo, or nothing was made.
    #[must_use]
    pub fn undo(&self) -> Option<Self> {
        let made: Vec<&Step> =
            self.steps.iter().zip(&self.done).filter(|(_, done)| **done == Done::Made).map(|(step, _)| step).collect();
        if made.is_empty() {
            return None;
        }
        let steps = made.into_iter().rev().map(Step::undo).collect::<Option<Vec<_>>>()?;
        let proofs = steps.iter().filter_map(Step::proof).collect();
        Some(Self {
            title: format!("Take back: {}", self.title),
            steps,
            by_hand: Vec::new(),
            proofs,
            done: Vec::new(),
            warnings: Vec::new(),
            ..self.clone()
        })
    }

    /// Whether every step that a program can make has been made.
    #[must_use]
    pub fn is_made(&self) -> bool {
        self.done.len() >= self.steps.len()
    }
}

impl Step {
    /// What takes it back.
    #[must_use]
    pub fn undo(&self) -> Option<Self> {
        match self {
            Self::Dns(change) => Some(Self::Dns(change.undo())),
            Self::Tenant(command) => command.undo.as_deref().cloned().map(Self::Tenant),
        }
    }

    /// What shows that it was made.
    #[must_use]
    pub fn proof(&self) -> Option<Proof> {
        match self {
            Self::Dns(change) => Some(Proof::Dns { name: change.name.clone(), kind: change.kind, values: change.after.clone() }),
            Self::Tenant(command) => Reading::after(command).map(Proof::Tenant),
        }
    }
}

impl fmt::Display for Step {
    /// What is done, in a form that can be typed: lines of a zone file, a line of PowerShell.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dns(change) => {
                for (sign, values) in [("-", &change.before), ("+", &change.after)] {
                    for value in values.iter().filter(|value| !(change.before.contains(value) && change.after.contains(value))) {
                        writeln!(f, "{sign} {} {} {} {}", change.name, change.ttl, change.kind, value.presentation())?;
                    }
                }
                Ok(())
            }
            Self::Tenant(command) => writeln!(f, "{}", command.powershell()),
        }
    }
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dns { name, kind, values } if values.is_empty() => {
                write!(f, "no server of the zone has a {kind} record at {name}")
            }
            Self::Dns { name, kind, values } => {
                let values: Vec<String> = values.iter().map(zones::Value::presentation).collect();
                write!(f, "every server of the zone answers {name} {kind} with {}", values.join(", "))
            }
            Self::Tenant(reading) => write!(f, "{reading}"),
            Self::FindingGone { check, subject, was } => {
                write!(f, "the check {check} finds nothing at {subject} any more, or nothing that matters as much ({was})")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use posture::CommandLine;
    use zones::{Change, RecordKind, Value};

    use super::{Done, Plan, Step};

    fn plan() -> Plan {
        let enable = CommandLine::new("Set-DkimSigningConfig").with("Identity", "it's.example").changes("Enabled", true, false);
        let publish = Change {
            name: "_dmarc.contoso.com".to_owned(),
            kind: RecordKind::Txt,
            before: vec![Value::Txt("v=DMARC1; p=none".to_owned())],
            after: vec![Value::Txt("v=DMARC1; p=reject".to_owned())],
            ttl: 300,
        };
        Plan {
            kind: "test".to_owned(),
            subject: "contoso.com".to_owned(),
            title: "Both".to_owned(),
            why: String::new(),
            warnings: Vec::new(),
            steps: vec![Step::Tenant(enable), Step::Dns(publish)],
            by_hand: Vec::new(),
            proofs: Vec::new(),
            references: Vec::new(),
            done: Vec::new(),
        }
    }

    #[test]
    fn a_step_is_shown_as_it_would_be_typed() {
        let shown: Vec<String> = plan().steps.iter().map(ToString::to_string).collect();
        assert_eq!(
            shown,
            [
                "Set-DkimSigningConfig -Identity 'it''s.example' -Enabled $true\n",
                "- _dmarc.contoso.com 300 TXT \"v=DMARC1; p=none\"\n+ _dmarc.contoso.com 300 TXT \"v=DMARC1; p=reject\"\n",
            ]
        );
    }

    #[test]
    fn what_was_made_is_taken_back_the_last_step_first() {
        let mut plan = plan();
        assert_eq!(plan.undo(), None, "nothing was made");
        plan.done = vec![Done::Made, Done::Made];
        let undo: Vec<String> = plan.undo().unwrap().steps.iter().map(ToString::to_string).collect();
        assert_eq!(
            undo,
            [
                "- _dmarc.contoso.com 300 TXT \"v=DMARC1; p=reject\"\n+ _dmarc.contoso.com 300 TXT \"v=DMARC1; p=none\"\n",
                "Set-DkimSigningConfig -Identity 'it''s.example' -Enabled $false\n",
            ]
        );
        plan.done = vec![Done::Already, Done::Made];
        assert_eq!(plan.undo().unwrap().steps.len(), 1, "what stood there before stays");
    }
}
