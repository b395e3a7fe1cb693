//! The plans, a file each: from what stands there now to the exact change. Pure.

mod dkim_enable;
mod moera_dmarc;
mod oreject_rule;
mod publish;
mod reject_direct_send;
mod transport_rule_disable;

use serde_json::{Map, Value};

pub use dkim_enable::{Aliases, dkim_enable};
pub use moera_dmarc::moera_dmarc;
pub use oreject_rule::{OREJECT_RULE, oreject_rule};
pub use publish::{Present, publish};
pub use reject_direct_send::reject_direct_send;
pub use transport_rule_disable::transport_rule_disable;

use crate::{Command, Plan, Reading};

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoPlan(pub String);

/// A plan to be filled further.
fn plan(kind: &str, subject: &str, title: String, why: &str) -> Plan {
    Plan {
        kind: kind.to_owned(),
        subject: subject.to_owned(),
        title,
        why: why.to_owned(),
        warnings: Vec::new(),
        steps: Vec::new(),
        by_hand: Vec::new(),
        proofs: Vec::new(),
        references: Vec::new(),
        done: Vec::new(),
    }
}

/// A cmdlet that cannot be taken back by itself, to be filled further.
fn command(cmdlet: &str, parameters: &[(&str, Value)]) -> Command {
    Command { cmdlet: cmdlet.to_owned(), parameters: members(parameters), undo: None, made: None }
}

fn reading(cmdlet: &str, parameters: &[(&str, Value)], expect: &[(&str, Value)]) -> Reading {
    Reading { cmdlet: cmdlet.to_owned(), parameters: members(parameters), expect: members(expect) }
}

fn members(pairs: &[(&str, Value)]) -> Map<String, Value> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}
