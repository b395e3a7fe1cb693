//! `spoofwatch alerts list --excluded`, `--held`: hits that raised no alert.

use serde_json::json;
use state::{HitFilter, State};

use super::{cut, evidence, moment};
use crate::{
    failure::Failure,
    output,
    term::{self, Column},
};

/// Shows hits of one kind, `excluded` or `held`, the youngest first.
pub(super) async fn list(state: &State, kind: &str, rule: Option<String>, limit: u32, as_json: bool) -> Result<(), Failure> {
    let filter = HitFilter { kind: Some(kind.to_owned()), rule_key: rule, limit: Some(i64::from(limit)), ..HitFilter::default() };
    let hits = state.hits(&filter).await?;
    if as_json {
        return hits.iter().try_for_each(|hit| {
            let value = json!({
                "rule_key": hit.rule_key, "kind": hit.kind, "exclusion_id": hit.exclusion_id, "at": hit.at, "event_at": hit.event_at,
                "hit": hit.hit,
            });
            output::print(&format!("{value}\n"))
        });
    }
    if hits.is_empty() {
        return output::print(&format!("no {kind} hits\n"));
    }
    let columns = ["Found", "Event", "Rule", "Exclusion", "Hit"].map(Column::text);
    let rows = hits.into_iter().map(|hit| {
        vec![
            moment(hit.at),
            hit.event_at.map(moment).unwrap_or_default(),
            hit.rule_key,
            hit.exclusion_id.unwrap_or_default(),
            cut(&evidence(&hit.hit), 100),
        ]
    });
    output::print(&term::grid(&columns, rows))
}
