//! `spoofwatch dkim`: keys that sign mail, of own servers and of the tenant: how they are, when they are replaced, and their rotations.

mod rotate;
mod schedule;
mod status;

use std::{collections::BTreeSet, path::Path};

use clap::{Args, Subcommand, ValueEnum};
use state::State;
use tenant::DkimSigningConfig;

use crate::{
    config::{Config, ConfigFile, Line},
    dns::Dns,
    failure::Failure,
    harden::{
        Reached,
        dkim::{Own, Row, TenantKeys},
    },
    watch::StateUrl,
};

/// Arguments of `dkim`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    dns: Dns,
    #[command(flatten)]
    config: ConfigFile,
    #[command(flatten)]
    state: StateUrl,
}

/// What of all keys is shown, and how.
#[derive(Debug, Args)]
struct Listing {
    /// The domains. Without: all.
    #[arg(value_name = "DOMAIN")]
    domains: Vec<String>,
    /// How it is shown.
    #[arg(long, value_enum, default_value_t)]
    format: Form,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Show the keys of own servers and of the tenant: which sign, how old they are, what is wrong.
    Status(Listing),
    /// Replace keys: begin what is due, go on with what is under way. Says what it would do; --apply does it.
    Rotate(rotate::Options),
    /// Give up rotations with whose new key nothing was signed yet. Says what it would do; --apply does it.
    Abort(rotate::AbortOptions),
    /// Show what is due when, what is overdue first.
    Schedule(Listing),
}

/// How it is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For reading in a terminal.
    #[default]
    Text,
    /// An array of objects; moments are microseconds since 1970.
    Json,
}

/// Own servers and the tenant, as far as the configuration has them.
pub(crate) struct Keys {
    own: Option<Own>,
    tenant: Option<TenantKeys>,
}

/// What is looked at.
struct Chosen<'a> {
    lines: Vec<&'a Line>,
    tenant: Vec<DkimSigningConfig>,
}

impl Keys {
    /// As the configuration has them; it is an error where it has none.
    pub(crate) async fn open(data: &Path, config: &Config, dns: &Dns) -> Result<Self, Failure> {
        let resolver = dns.resolver(&config.mail).await?;
        let own = Own::open(data, config, std::sync::Arc::clone(&resolver), dns.zone_file(&config.mail).is_some()).await?;
        let tenant = Reached::open(&config.tenant)?.map(|reached| TenantKeys::new(reached, resolver, &config.dkim));
        if own.is_none() && tenant.is_none() {
            return Err(Failure::input(
                "error: the configuration names no domain whose mail own servers sign ([dkim.\"example.com\"]) and no tenant ([tenant])",
            ));
        }
        Ok(Self { own, tenant })
    }

    /// The domains named, or all.
    async fn chosen(&self, domains: &[String]) -> Result<Chosen<'_>, Failure> {
        let wanted: BTreeSet<String> = domains
            .iter()
            .map(|text| {
                mailauth::dns::name(text)
                    .ok_or_else(|| Failure::input(format!("error: `{text}` is no domain: write one such as example.com")))
            })
            .collect::<Result<_, _>>()?;
        let is_wanted = |domain: &str| wanted.is_empty() || wanted.contains(&domain.to_ascii_lowercase());
        let lines: Vec<&Line> = self.own.iter().flat_map(Own::lines).filter(|line| is_wanted(&line.config.domain)).collect();
        let is_own = |domain: &str| lines.iter().any(|line| line.config.domain.eq_ignore_ascii_case(domain));
        let mut tenant = Vec::new();
        if let Some(keys) = self.tenant.as_ref().filter(|_| wanted.is_empty() || !wanted.iter().all(|domain| is_own(domain))) {
            let all = keys.configs().await.map_err(Failure::internal)?;
            tenant.extend(all.into_iter().filter(|config| is_wanted(&config.domain)));
        }
        let is_known = |domain: &String| is_own(domain) || tenant.iter().any(|config| config.domain.eq_ignore_ascii_case(domain));
        match wanted.iter().find(|domain| !is_known(domain)) {
            Some(unknown) => Err(Failure::input(format!(
                "error: {unknown} is neither a domain of [dkim] in the configuration nor one that the tenant has keys for"
            ))),
            None => Ok(Chosen { lines, tenant }),
        }
    }

    /// How the keys of the domains named are, or all.
    pub(crate) async fn rows(&self, domains: &[String], state: Option<&State>, now: i64) -> Result<Vec<Row>, Failure> {
        let chosen = self.chosen(domains).await?;
        let mut rows: Vec<Row> = Vec::new();
        if let Some(own) = &self.own {
            for line in chosen.lines {
                let mut row = own.row(line, now).await?;
                // Two lines of a domain see the same faults.
                let told =
                    |problem: &String| rows.iter().any(|other| other.domain == row.domain && other.problems.contains(problem));
                let problems: Vec<String> = row.problems.iter().filter(|problem| !told(problem)).cloned().collect();
                row.problems = problems;
                rows.push(row);
            }
        }
        if let Some(tenant) = &self.tenant {
            for config in &chosen.tenant {
                rows.push(tenant.row(config, state, now).await?);
            }
        }
        Ok(rows)
    }
}

pub(crate) async fn run(data: &Path, options: Options) -> Result<(), Failure> {
    let config = options.config.load(data)?;
    let keys = Keys::open(data, &config, &options.dns).await?;
    match options.action {
        Action::Status(given) => {
            let state = if options.state.exists(data) { Some(options.state.open(data).await?) } else { None };
            status::run(&keys, state.as_ref(), &given).await
        }
        Action::Schedule(given) => {
            let state = if options.state.exists(data) { Some(options.state.open(data).await?) } else { None };
            schedule::run(&keys, state.as_ref(), &given).await
        }
        Action::Rotate(given) => rotate::run(&keys, &options.state.open(data).await?, &given).await,
        Action::Abort(given) => rotate::abort(&keys, &options.state.open(data).await?, &given).await,
    }
}
