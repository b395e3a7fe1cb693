//! Tactics and techniques of MITRE ATT&CK that a rule says it finds.

use serde::Serialize;

/// What a rule says it finds, in the order it says so, each once.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Attack {
    /// Tactics: `TA0001`.
    pub tactics: Vec<Reference>,
    /// Techniques: `T1566`.
    pub techniques: Vec<Reference>,
    /// Sub-techniques: `T1566.002`.
    pub sub_techniques: Vec<Reference>,
}

/// A tactic or technique.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reference {
    /// Its id; empty for a tactic that the list of tactics does not know.
    pub id: String,
    /// Its name; `None` where the rule gives the id only.
    pub name: Option<String>,
    /// Its page.
    pub url: Option<String>,
}
