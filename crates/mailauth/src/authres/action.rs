//! What Microsoft says it did after a result of DMARC (`action=`), by class. The words of the world are in `data/dmarc-actions.tsv`.

use serde::Serialize;

use crate::table::Table;

static ACTIONS: Table = Table::new(include_str!("../../data/dmarc-actions.tsv"));

/// What became of a message that failed DMARC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionClass {
    /// Nothing was done.
    None,
    /// Quarantined, as the policy asks.
    Quarantine,
    /// Refused, as the policy asks.
    Reject,
    /// The policy asks to refuse, and the message was let in all the same.
    OverrideReject,
    /// The policy asks to quarantine, and the message was let in all the same.
    OverrideQuarantine,
    /// The policy asks to quarantine, but not for the share (`pct=`) this message fell into.
    PctQuarantine,
    /// The policy asks to refuse, but not for the share (`pct=`) this message fell into.
    PctReject,
    /// The record could not be asked for, or not be read.
    Error,
    /// A word that is not known.
    Unknown,
}

impl ActionClass {
    /// The class of a word, in whatever case and with or without dots: `oreject`, `o.reject`, `OReject` are one.
    #[must_use]
    pub fn of(word: &str) -> Self {
        let plain: String = word.chars().filter(|c| !matches!(c, '.' | '-' | '_')).map(|c| c.to_ascii_lowercase()).collect();
        ACTIONS.get(&plain).map_or(Self::Unknown, Self::named)
    }

    fn named(class: &str) -> Self {
        const ALL: [ActionClass; 8] = [
            ActionClass::None,
            ActionClass::Quarantine,
            ActionClass::Reject,
            ActionClass::OverrideReject,
            ActionClass::OverrideQuarantine,
            ActionClass::PctQuarantine,
            ActionClass::PctReject,
            ActionClass::Error,
        ];
        ALL.into_iter().find(|known| known.as_str() == class).unwrap_or(Self::Unknown)
    }

    /// Its name, stable.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Quarantine => "quarantine",
            Self::Reject => "reject",
            Self::OverrideReject => "override_reject",
            Self::OverrideQuarantine => "override_quarantine",
            Self::PctQuarantine => "pct_quarantine",
            Self::PctReject => "pct_reject",
            Self::Error => "error",
            Self::Unknown => "unknown",
        }
    }

    /// Whether the owner of the domain asked for more than was done: the gap that spoofed mail comes through.
    #[must_use]
    pub const fn is_override(self) -> bool {
        matches!(self, Self::OverrideReject | Self::OverrideQuarantine)
    }

    /// What a word of `action=` means, in a sentence; `None` if it is not known.
    #[must_use]
    pub fn meaning(self) -> Option<&'static str> {
        ACTIONS.row(self.as_str().replace('_', "").as_str()).and_then(|cells| cells.get(1)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::ActionClass;

    #[test]
    fn an_action_is_known_however_it_is_written() {
        let cases = [
            ("none", ActionClass::None),
            ("quarantine", ActionClass::Quarantine),
            ("reject", ActionClass::Reject),
            ("oreject", ActionClass::OverrideReject),
            ("o.reject", ActionClass::OverrideReject),
            ("OREJECT", ActionClass::OverrideReject),
            ("o.quarantine", ActionClass::OverrideQuarantine),
            ("oquarantine", ActionClass::OverrideQuarantine),
            ("pct.quarantine", ActionClass::PctQuarantine),
            ("pct.reject", ActionClass::PctReject),
            ("opct.reject", ActionClass::OverrideReject),
            ("opctreject", ActionClass::OverrideReject),
            ("permerror", ActionClass::Error),
            ("temperror", ActionClass::Error),
            ("something", ActionClass::Unknown),
            ("", ActionClass::Unknown),
        ];
        for (word, class) in cases {
            assert_eq!(ActionClass::of(word), class, "{word}");
        }
    }

    #[test]
    fn every_class_but_the_unknown_has_its_meaning() {
        for word in ["none", "quarantine", "reject", "oreject", "oquarantine", "pctquarantine", "pctreject", "permerror"] {
            assert!(ActionClass::of(word).meaning().is_some_and(|text| text.ends_with('.')), "{word}");
        }
        assert_eq!(ActionClass::Unknown.meaning(), None);
    }
}
