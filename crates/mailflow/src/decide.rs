//! Rules held against a message, in their order.
//!
//! Of actions that end a message's way (accept, quarantine, reject, redirect) the first counts; header fields and tags of the subject
//! add up until then. A rule in report mode does nothing and keeps no later one from being asked.

use crate::{Action, Facts, Mode, Quarantine, Refuse, Rule};

/// What is to be done, and why.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decision {
    /// What becomes of the message.
    pub fate: Fate,
    /// The rule that said so.
    pub by: Option<String>,
    /// Header fields that are added: name and value.
    pub headers: Vec<(String, String)>,
    /// What the subject begins with.
    pub tags: Vec<String>,
    /// Every rule that matched, those in report mode too.
    pub matched: Vec<Match>,
}

/// What becomes of a message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Fate {
    /// It is delivered.
    #[default]
    Deliver,
    /// It is delivered to others.
    Redirect(Vec<String>),
    /// It is kept.
    Quarantine(Quarantine),
    /// It is refused.
    Reject(Refuse),
}

impl Fate {
    /// A word for it, for counters and columns.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Deliver => "deliver",
            Self::Redirect(_) => "redirect",
            Self::Quarantine(_) => "quarantine",
            Self::Reject(_) => "reject",
        }
    }
}

/// A rule that matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// The rule's name.
    pub rule: String,
    /// Whether it acted.
    pub mode: Mode,
    /// Which conditions held, and on what.
    pub because: Vec<String>,
}

/// Holds rules against a message.
#[must_use]
pub fn decide(rules: &[Rule], facts: &Facts<'_>) -> Decision {
    let mut decision = Decision::default();
    for rule in rules.iter().filter(|rule| rule.enabled) {
        let Some(because) = rule.matches(facts) else { continue };
        decision.matched.push(Match { rule: rule.name.clone(), mode: rule.mode, because });
        if rule.mode == Mode::Report {
            continue;
        }
        let ends = decision.act(rule);
        if ends || rule.stop {
            break;
        }
    }
    decision
}

impl Decision {
    /// Does what a rule says; true if that ends the message's way.
    fn act(&mut self, rule: &Rule) -> bool {
        let mut ends = false;
        for action in &rule.actions {
            let fate = match action {
                Action::AddHeader { name, value } => {
                    self.headers.push((name.clone(), value.clone()));
                    continue;
                }
                Action::TagSubject(tag) => {
                    self.tags.push(tag.clone());
                    continue;
                }
                Action::Accept => Fate::Deliver,
                Action::Redirect(addresses) => Fate::Redirect(addresses.clone()),
                Action::Quarantine(place) => Fate::Quarantine(*place),
                Action::Reject(refuse) => Fate::Reject(refuse.clone()),
            };
            if !ends {
                ends = true;
                self.fate = fate;
                self.by = Some(rule.name.clone());
            }
        }
        ends
    }

    /// Why the message's way ended as it did; empty where it goes on.
    #[must_use]
    pub fn because(&self) -> &[String] {
        let by = self.by.as_deref();
        let found = self.matched.iter().find(|matched| matched.mode == Mode::Enforce && Some(matched.rule.as_str()) == by);
        found.map_or(&[], |matched| matched.because.as_slice())
    }
}
