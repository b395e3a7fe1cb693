//! A record with its end at the end.

use mailauth::spf::{
    record::{Mechanism, Qualifier},
    survey::{Node, Standing},
};

/// The record with its first `all` at the end, without others and without the redirect. `None` where that would let somebody pass who is not
/// let pass today without anybody having meant it: behind `+all` nothing is meant.
pub(crate) fn in_order(node: &Node) -> Option<String> {
    let is_all = |mechanism: Option<&Mechanism>| matches!(mechanism, Some(Mechanism::All));
    let all = node.terms.iter().find(|term| is_all(term.mechanism()))?;
    if all.qualifier() == Some(Qualifier::Pass) || !node.faults.is_empty() {
        return None;
    }
    let kept = node.terms.iter().filter(|term| !is_all(term.mechanism()) && term.standing != Standing::BesideAll);
    let terms: Vec<&str> = kept.map(|term| term.text.as_str()).chain([all.text.as_str()]).collect();
    Some(format!("v=spf1 {}", terms.join(" ")))
}
