//! `spoofwatch exclusions show`.

use clap::Args;
use serde_json::json;
use state::{HitFilter, State};

use crate::{
    command::alerts::{evidence, moment},
    failure::Failure,
    output, term, watch,
};

/// Arguments of `exclusions show`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Its id or the beginning of it, or its name.
    id: String,
    /// How many of the latest hits it took are shown.
    #[arg(long, value_name = "COUNT", default_value_t = 10)]
    hits: u32,
    /// A JSON object: the exclusion, its history, its hits.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(state: &State, options: &Options) -> Result<(), Failure> {
    let now = super::now();
    let filter =
        |id: &str| HitFilter { exclusion_id: Some(id.to_owned()), limit: Some(i64::from(options.hits)), ..HitFilter::default() };
    let kept = match super::find(state, &options.id).await {
        Ok(kept) => kept,
        // One that stands beside rules is known by what it took.
        Err(failure) => {
            let hits = state.hits(&filter(&options.id)).await?;
            if hits.is_empty() {
                return Err(failure);
            }
            let text = format!("{}\n  stands beside rules, in their files\n", options.id);
            return output::print(&(text + &hit_lines(&hits)));
        }
    };
    let hits = state.hits(&filter(&kept.id)).await?;
    let history = state.history(&format!("exclusion {}", kept.id)).await?;
    if options.json {
        let hits: Vec<_> = hits.iter().map(|hit| json!({"rule": hit.rule_key, "at": hit.at, "hit": hit.hit})).collect();
        let history: Vec<_> = history
            .iter()
            .map(|(at, actor, action, detail)| json!({"at": at, "actor": actor, "action": action, "detail": detail}))
            .collect();
        let value = json!({"exclusion": super::list::json(&kept, now), "history": history, "hits": hits});
        return output::print(&format!("{value}\n"));
    }
    let mut text = if kept.name.is_empty() { format!("{}\n\n", kept.id) } else { format!("{}\n\n", kept.name) };
    let mut fact = |name: &str, value: &str| {
        if !value.is_empty() {
            text.push_str(&format!("  {name:<12} {value}\n"));
        }
    };
    fact("Id", &kept.id);
    fact("Status", super::standing(&kept, now));
    fact("Owner", &kept.owner);
    fact("Reason", &kept.reason);
    fact("Approved by", kept.approved_by.as_deref().unwrap_or_default());
    fact("Until", &kept.expires_at.map_or_else(|| "no end".to_owned(), moment));
    let last = kept.last_suppressed.map(|last| format!(", the last {}", moment(last))).unwrap_or_default();
    fact("Took", &format!("{}{last}", term::count(kept.suppressed.unsigned_abs(), "hit")));
    match watch::exclusion(&kept) {
        Ok(meant) => {
            fact("Rules", &super::scope(&meant.rules));
            text.push_str("\nTakes a hit where all of this holds\n");
            meant.entries.iter().for_each(|entry| text.push_str(&format!("  - {}\n", super::condition(entry))));
        }
        Err(trouble) => fact("Trouble", &trouble),
    }
    text.push_str(&hit_lines(&hits));
    if !history.is_empty() {
        text.push_str("\nHistory\n");
        for (at, actor, action, detail) in history {
            text.push_str(&format!("  {} {actor}: {action} ({detail})\n", moment(at)));
        }
    }
    output::print(&text)
}

fn hit_lines(hits: &[state::KeptRow]) -> String {
    let mut text = String::new();
    if !hits.is_empty() {
        text.push_str("\nLatest hits it took\n");
    }
    for hit in hits {
        text.push_str(&format!("  {}  {}\n      {}\n", moment(hit.at), hit.rule_key, evidence(&hit.hit)));
    }
    text
}
