//! `spoofwatch exclusions list`.

use clap::Args;
use serde_json::json;
use state::State;

use crate::{
    command::alerts::{cut, moment},
    failure::Failure,
    output,
    term::{self, Column},
    watch,
};

/// Arguments of `exclusions list`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Revoked ones too.
    #[arg(long)]
    all: bool,
    /// A JSON object a line.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(state: &State, options: &Options) -> Result<(), Failure> {
    let now = super::now();
    let mut kept = state.exclusions().await?;
    kept.retain(|one| options.all || one.status != "revoked");
    if options.json {
        return kept.iter().try_for_each(|one| output::print(&format!("{}\n", json(one, now))));
    }
    let elsewhere = state.exclusions_elsewhere().await?;
    if kept.is_empty() && elsewhere.is_empty() {
        return output::print("no exclusions\n");
    }
    let mut columns = ["Id", "Status", "Until", "Owner", "Approved by", "Rules", "Reason"].map(Column::text).to_vec();
    columns.extend([Column::number("Took"), Column::text("Last")]);
    let own = kept.iter().map(|one| {
        vec![
            one.id.clone(),
            super::standing(one, now).to_owned(),
            one.expires_at.map_or_else(|| "no end".to_owned(), moment),
            one.owner.clone(),
            one.approved_by.clone().unwrap_or_default(),
            watch::exclusion(one).map_or_else(|_| "?".to_owned(), |meant| cut(&super::scope(&meant.rules), 40)),
            cut(&one.reason, 40),
            one.suppressed.to_string(),
            one.last_suppressed.map(moment).unwrap_or_default(),
        ]
    });
    let others = elsewhere.into_iter().map(|(id, took, last)| {
        let words = ["beside the rules", "", "", "", "", "as its file says"].map(str::to_owned);
        [vec![id], words.to_vec(), vec![took.to_string(), moment(last)]].concat()
    });
    output::print(&term::grid(&columns, own.chain(others)))
}

/// All that is kept of it, its conditions as what they mean.
pub(super) fn json(kept: &state::Exclusion, now: i64) -> serde_json::Value {
    let mut value = json!(kept);
    if let (Some(map), Ok(meant)) = (value.as_object_mut(), watch::exclusion(kept)) {
        map.remove("body");
        map.insert("standing".to_owned(), json!(super::standing(kept, now)));
        map.insert("rules".to_owned(), json!(meant.rules));
        map.insert("entries".to_owned(), json!(meant.entries));
    }
    value
}
