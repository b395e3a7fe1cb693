//! `spoofwatch dkim rotate` and `dkim abort`.

use std::time::Duration;

use clap::Args;
use serde_json::json;
use state::State;

use super::{Form, Keys};
use crate::{
    failure::Failure,
    harden::{
        self,
        dkim::{Begin, Told, Way},
    },
    output,
};

/// Arguments of `dkim rotate`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// The domains. Without: all whose keys are due, or whose rotation is under way.
    #[arg(value_name = "DOMAIN")]
    domains: Vec<String>,
    /// Do it.
    #[arg(long, conflicts_with = "dry_run")]
    apply: bool,
    /// Say what would be done, and change nothing: so it is without --apply.
    #[arg(long)]
    dry_run: bool,
    /// Begin also where no rotation is due.
    #[arg(long, requires = "domains")]
    now: bool,
    /// Return to the old key, where that still serves.
    #[arg(long, requires = "domains", conflicts_with = "now")]
    take_back: bool,
    /// Stay so many minutes, and go on as soon as that is possible.
    #[arg(long, value_name = "MINUTES", requires = "apply", num_args = 0..=1, default_missing_value = "60")]
    wait: Option<u32>,
    /// Who does it.
    #[arg(long, env = "USER", default_value = "unknown")]
    actor: String,
    /// How it is shown.
    #[arg(long, value_enum, default_value_t)]
    format: Form,
}

/// Arguments of `dkim abort`.
#[derive(Debug, Args)]
pub(super) struct AbortOptions {
    /// The domains.
    #[arg(value_name = "DOMAIN", required = true)]
    domains: Vec<String>,
    /// Do it.
    #[arg(long)]
    apply: bool,
    /// Who does it.
    #[arg(long, env = "USER", default_value = "unknown")]
    actor: String,
    /// How it is shown.
    #[arg(long, value_enum, default_value_t)]
    format: Form,
}

/// Microseconds of a minute.
const MINUTE: i64 = 60_000_000;
/// The longest rest between two tries while somebody waits.
const REST: Duration = Duration::from_secs(15);

pub(super) async fn run(keys: &Keys, state: &State, options: &Options) -> Result<(), Failure> {
    if options.take_back {
        return back(keys, state, &options.domains, Way::AsLongAsItGoes, (options.apply, &options.actor, options.format)).await;
    }
    let begin = if options.now { Begin::Now } else { Begin::Due };
    let end = options.wait.map(|minutes| harden::now().saturating_add(i64::from(minutes) * MINUTE));
    let mut told = once(keys, state, options, begin).await?;
    let is_open = |told: &Told| told.under_way && told.next.is_some();
    while let Some(end) = end {
        let now = harden::now();
        let Some(next) =
            told.iter().filter(|told| is_open(told)).filter_map(|told| told.next).min().filter(|next| *next <= end && now < end)
        else {
            break;
        };
        let rest = Duration::from_micros(next.saturating_sub(now).max(1_000_000).unsigned_abs()).min(REST);
        tokio::time::sleep(rest).await;
        // What has ended must not begin again.
        for new in once(keys, state, options, Begin::Due).await? {
            if let Some(known) = told.iter_mut().find(|known| known.name() == new.name() && is_open(known)) {
                *known = new;
            }
        }
    }
    show(&told, options.apply, options.format)
}

/// Each line of keys and each domain of the tenant, as far as it goes.
async fn once(keys: &Keys, state: &State, options: &Options, begin: Begin) -> Result<Vec<Told>, Failure> {
    let chosen = keys.chosen(&options.domains).await?;
    let mut all = Vec::new();
    if let Some(own) = &keys.own {
        for line in chosen.lines {
            all.push(own.step(line, begin, options.apply, harden::now()).await?);
        }
    }
    if let Some(tenant) = &keys.tenant {
        for config in &chosen.tenant {
            all.push(tenant.step(config, begin, state, options.apply, harden::now()).await?);
        }
    }
    for told in &all {
        told.record(state, &options.actor).await?;
    }
    Ok(all)
}

pub(super) async fn abort(keys: &Keys, state: &State, options: &AbortOptions) -> Result<(), Failure> {
    back(keys, state, &options.domains, Way::BeforeTheSwitch, (options.apply, &options.actor, options.format)).await
}

async fn back(
    keys: &Keys,
    state: &State,
    domains: &[String],
    way: Way,
    (apply, actor, format): (bool, &str, Form),
) -> Result<(), Failure> {
    let chosen = keys.chosen(domains).await?;
    if let Some(config) = chosen.tenant.first() {
        return Err(Failure::input(format!(
            "error: {}: Exchange Online takes no rotation back; the key that signs now goes on until the new one does",
            config.domain
        )));
    }
    let mut all = Vec::new();
    if let Some(own) = &keys.own {
        for line in chosen.lines {
            all.push(own.take_back(line, way, apply, harden::now()).await?);
        }
    }
    for told in &all {
        told.record(state, actor).await?;
    }
    show(&all, apply, format)
}

fn show(all: &[Told], apply: bool, format: Form) -> Result<(), Failure> {
    if format == Form::Json {
        output::print(&format!("{}\n", json!(all)))?;
    } else {
        let mut text = String::new();
        for told in all {
            text.push_str(&format!("{}\n", told.name()));
            for words in told.words.iter().chain(&told.overdue) {
                text.push_str(&format!("  {}\n", words.replace('\n', "\n  ")));
            }
            if let Some(trouble) = &told.trouble {
                text.push_str(&format!("  trouble: {}\n", trouble.replace('\n', "\n  ")));
            }
        }
        if !apply {
            text.push_str("\nNothing was changed; --apply does it.\n");
        }
        output::print(&text)?;
    }
    let troubled: Vec<String> = all.iter().filter(|told| told.trouble.is_some()).map(Told::name).collect();
    match troubled.is_empty() {
        true => Ok(()),
        false => Err(Failure::internal(format_args!("keys are in trouble: {}", troubled.join(", ")))),
    }
}
