//! What the filter did with a message: the verdict and delivery columns, as one row of `outcomes.toml`.

use serde::Deserialize;

use crate::Error;
use crate::data::{self, File, Weights};
use crate::random::{Random, Weighted};

/// One row of verdict columns; an empty text is a column without a value.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Outcome {
    /// The name that other data files use.
    pub(crate) key: String,
    /// `DeliveryAction`.
    pub(crate) action: String,
    /// `DeliveryLocation`.
    pub(crate) location: String,
    /// `ThreatTypes`, comma-separated.
    #[serde(default)]
    pub(crate) threat_types: String,
    /// `ThreatNames`, comma-separated.
    #[serde(default)]
    pub(crate) threat_names: String,
    /// `DetectionMethods`, JSON.
    #[serde(default)]
    pub(crate) methods: String,
    /// `ConfidenceLevel`, JSON.
    #[serde(default)]
    pub(crate) confidence: String,
    /// `EmailAction`.
    #[serde(default)]
    pub(crate) email_action: String,
    /// `EmailActionPolicy`.
    #[serde(default)]
    pub(crate) email_action_policy: String,
    /// `OrgLevelAction`.
    #[serde(default)]
    pub(crate) org_level_action: String,
    /// `OrgLevelPolicy`.
    #[serde(default)]
    pub(crate) org_level_policy: String,
    /// `UserLevelAction`.
    #[serde(default)]
    pub(crate) user_level_action: String,
    /// `UserLevelPolicy`.
    #[serde(default)]
    pub(crate) user_level_policy: String,
    /// `ExchangeTransportRule`.
    #[serde(default)]
    pub(crate) transport_rule: String,
    /// `ThreatClassification`.
    #[serde(default)]
    pub(crate) threat_classification: String,
    /// `EmailActionPolicyGuid`, the same for the same policy.
    #[serde(skip)]
    pub(crate) policy_guid: String,
}

impl Outcome {
    /// True when a person can open the message and follow its links.
    pub(crate) fn is_in_mailbox(&self) -> bool {
        matches!(self.location.as_str(), "Inbox/folder" | "Junk folder")
    }

    /// True when it went to the inbox without a finding, so that a later verdict can still purge it.
    pub(crate) fn is_missed(&self) -> bool {
        self.location == "Inbox/folder" && self.threat_types.is_empty()
    }
}

/// A number in [`Outcomes`].
pub(crate) type OutcomeId = u16;

/// Every outcome.
#[derive(Debug, Default)]
pub(crate) struct Outcomes {
    rows: Vec<Outcome>,
}

/// Outcomes to choose from by weight.
#[derive(Debug, Clone, Default)]
pub(crate) struct OutcomeMix {
    ids: Vec<OutcomeId>,
    weighted: Weighted,
}

impl OutcomeMix {
    /// Chooses one.
    pub(crate) fn pick(&self, random: &mut Random) -> OutcomeId {
        self.ids.get(self.weighted.pick(random)).copied().unwrap_or(0)
    }
}

impl Outcomes {
    /// Reads `outcomes.toml`.
    pub(crate) fn load() -> Result<Self, Error> {
        let mut rows = data::OUTCOMES.read::<data::Outcomes>()?.outcome;
        for row in rows.iter_mut().filter(|row| !row.email_action_policy.is_empty()) {
            row.policy_guid = crate::text::guid(&mut Random::new(0, &row.email_action_policy, 0));
        }
        Ok(Self { rows })
    }

    /// The number of an outcome by its key.
    pub(crate) fn id(&self, file: File, key: &str) -> Result<OutcomeId, Error> {
        let found = self.rows.iter().position(|row| row.key == key);
        found.and_then(|at| OutcomeId::try_from(at).ok()).ok_or_else(|| file.unknown("outcome", key))
    }

    /// The outcomes of a table of key to weight.
    pub(crate) fn mix(&self, file: File, weights: &Weights) -> Result<OutcomeMix, Error> {
        let ids = weights.keys().map(|key| self.id(file, key)).collect::<Result<_, _>>()?;
        let weighted = Weighted::new(weights.values().copied());
        if weighted.is_empty() {
            return Err(Error::Empty { file: file.name, what: "outcomes" });
        }
        Ok(OutcomeMix { ids, weighted })
    }

    /// The columns of an outcome; nothing but empty columns when there is no such number.
    pub(crate) fn get(&self, id: OutcomeId) -> &Outcome {
        static NOTHING: std::sync::LazyLock<Outcome> = std::sync::LazyLock::new(Outcome::default);
        self.rows.get(usize::from(id)).unwrap_or(&NOTHING)
    }
}
