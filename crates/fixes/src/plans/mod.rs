//! The plans, a file each: from what stands there now to the exact change. Pure.

mod finding;
mod moera_dmarc;
mod transport_rule_disable;

pub use finding::{Present, names, of_finding};
pub use moera_dmarc::moera_dmarc;
pub use transport_rule_disable::transport_rule_disable;

use crate::Plan;

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
