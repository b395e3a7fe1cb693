//! What is known of a message by a word: `direction`, `signed-in`, `finding` and `detection`.

use mailauth::evidence::Direction;

use super::shown;
use crate::{
    Facts, Fault,
    read::{self, Value},
};

/// Words, one of which is wanted.
#[derive(Debug, Clone)]
pub enum Words {
    /// `direction = "inbound"`: which way it goes.
    Direction(Vec<String>),
    /// `signed-in = true`: whether its sender signed in.
    SignedIn(bool),
    /// `finding = "confusable"`: something remarkable in its header, such as in a display name, by code.
    Finding(Vec<String>),
    /// `detection = "own-domain-dmarc-fail"`: a detection rule that matches it, by key.
    Detection(Vec<String>),
}

/// The directions a rule names.
const DIRECTIONS: [&str; 4] = ["inbound", "outbound", "intra-org", "unknown"];

impl Words {
    pub(super) fn read(key: &str, value: &Value<'_>) -> Result<Self, Fault> {
        Ok(match key {
            "direction" => Self::Direction(read::words(value, "`direction`", &DIRECTIONS)?),
            "signed-in" => Self::SignedIn(read::flag(value, "`signed-in`")?),
            "finding" => Self::Finding(read::texts(value, "`finding`")?),
            _ => Self::Detection(read::texts(value, "`detection`")?),
        })
    }

    pub(super) fn holds(&self, facts: &Facts<'_>) -> Option<String> {
        match self {
            Self::Direction(wanted) => {
                let found = direction(facts.direction);
                wanted.iter().any(|wanted| wanted == found).then(|| format!("the message is {found}"))
            }
            Self::SignedIn(wanted) => {
                let words = if *wanted { "its sender signed in" } else { "its sender did not sign in" };
                (facts.signed_in == *wanted).then(|| words.to_owned())
            }
            Self::Finding(wanted) => {
                let found =
                    facts.evidence.findings.iter().find(|finding| wanted.iter().any(|code| code == finding.kind.code()))?;
                Some(format!("{} in {}: {}", found.kind.code(), shown(&found.field), shown(&found.text)))
            }
            Self::Detection(wanted) => {
                let found = facts.detections.iter().find(|key| wanted.contains(key))?;
                Some(format!("the detection rule {} matches", shown(found)))
            }
        }
    }

    pub(super) fn words(&self) -> String {
        match self {
            Self::Direction(wanted) => wanted.join(" or "),
            Self::SignedIn(true) => "signed in".to_owned(),
            Self::SignedIn(false) => "not signed in".to_owned(),
            Self::Finding(wanted) => format!("finding {}", wanted.join(" or ")),
            Self::Detection(wanted) => format!("detection rule {}", wanted.join(" or ")),
        }
    }
}

/// As rules write it.
const fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Inbound => "inbound",
        Direction::Outbound => "outbound",
        Direction::IntraOrg => "intra-org",
        Direction::Unknown => "unknown",
    }
}
