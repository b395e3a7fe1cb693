//! `spoofwatch serve`: telemetry in, rules at work, alerts kept and told about, in one process.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, atomic::AtomicI64},
};

use clap::Args;
use detect::{
    benign::Benign,
    continuous::Seen,
    run::Watch,
    telemetry::{Clock as _, Failed},
};
use server::{Health, Metrics};
use state::State;
use tokio::sync::Notify;

use super::hunt::Running;
use crate::{
    config::Config,
    console::{Console, Files},
    desk::Context,
    failure::Failure,
    mail::Looking,
    milter::Milter,
    term,
    watch::{
        AlertTables, Came, Continuous, Exclusions, Feeds, Folders, House, Lake, Late, Machine, Readings, Receiving, Rotations,
        RuleSet, Senders, Threads, Troubles, came,
    },
};

/// Arguments of `serve`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Files and folders of rules, as published. May be given more than once. Without: the folder rules of the data directory.
    #[arg(long = "rules", value_name = "PATH")]
    rules: Vec<PathBuf>,
    /// Take in files that appear in this folder. May be given more than once.
    #[arg(long = "watch", value_name = "DIR")]
    folders: Vec<PathBuf>,
    /// Take in what is there, make every run that is due, deliver what waits, and end.
    #[arg(long)]
    once: bool,
    /// Where /healthz and /metrics are answered.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8650")]
    listen: SocketAddr,
    /// Tell of new alerts: SHAPE=URL, where SHAPE is generic, slack, teams, email, syslog, cef or json. May be given more than once;
    /// further targets stand in the table notify of the configuration.
    #[arg(long = "notify", value_name = "SHAPE=URL", env = "SPOOFWATCH_NOTIFY", hide_env_values = true, value_delimiter = ' ')]
    notify: Vec<String>,
    /// How many hours a skipped run is made up for.
    #[arg(long, value_name = "HOURS", default_value_t = 24 * 7)]
    catch_up: u32,
    /// Answer a mail server about live mail here: inet:HOST:PORT or unix:/PATH. Without: where the configuration says.
    #[arg(long, value_name = "ADDRESS")]
    milter: Option<::milter::Address>,
    #[command(flatten)]
    looking: Looking,
    #[command(flatten)]
    receiving: Receiving,
    #[command(flatten)]
    running: Running,
}

/// Microseconds of an hour.
const HOUR: i64 = 3_600_000_000;

pub(crate) async fn run(data: &Path, options: Options) -> Result<(), Failure> {
    if !options.running.tables().is_empty() {
        return Err(Failure::input(
            "error: --table: `serve` runs rules over the stored tables; `spoofwatch ingest` stores files",
        ));
    }
    // The threads that compute queries end with it.
    let (house, _computing) = opened(data, &options).await?;
    let state = house.watch.state.clone();
    term::say(&format!("{} watched", term::count(house.rules.live().watched.len() as u64, "rule")));
    let front = Front {
        listen: options.listen,
        receiving: options.receiving,
        milter: options.milter,
        running: Arc::new(options.running),
        looking: Arc::new(options.looking),
    };
    let done = if options.once { house.once().await } else { serve(house, front).await };
    state.close().await;
    done
}

/// Everything that works together, not at work yet, and the threads that compute queries for it.
async fn opened(data: &Path, options: &Options) -> Result<(Arc<House>, Threads), Failure> {
    let state = options.running.state.open(data).await?;
    let (engine, environment) = options.running.start(data).await?;
    // A rule that computes for long keeps the threads of queries busy, and not those that see to everything else.
    let computing = Threads::start("spoofwatch-query", House::width())?;
    let engine = engine.on(computing.handle());
    let config = options.running.config.load(data)?;
    let rules = loaded(data, &options.rules, &config, &state).await?;
    let live = rules.live();
    let (metrics, woken) = (Arc::new(Metrics::default()), Arc::new(Notify::new()));
    let from_nothing = lake::Lake::open_existing(data).await?.table_names().await?.is_empty();
    let came = Arc::new(Came::open(&state, from_nothing).await?);
    options.folders.iter().for_each(|folder| came.begin(&Folders::about(folder), Machine.now()));
    let feeds = Feeds::open(data, &config, &state, &metrics, &woken, &came)?;
    let (targets, sender) = Senders::open(&config, &options.notify)?;
    let parameters = config.parameters.into_iter().map(|(rule, values)| {
        let values = values.into_iter().map(|(name, set)| (name, set.value));
        (rule, values.collect::<Vec<_>>())
    });
    let telemetry = Lake::new(data, engine, environment, AlertTables::of(state.clone()));
    let seen = seen(&state, &telemetry).await?;
    let rotations = rotations(data, options).await?;
    let house = Arc::new(House {
        data: data.to_owned(),
        config: options.running.config.clone(),
        continuous: Continuous::start(&live.watched, &seen, &state).await?,
        late: Late::start(seen),
        rules,
        started: Machine.now(),
        watch: Watch {
            state: state.clone(),
            telemetry,
            clock: Machine,
            benign: Benign::default(),
            parameters: parameters.collect(),
            targets,
            catch_up: i64::from(options.catch_up.max(1)) * HOUR,
        },
        exclusions: Exclusions::new(live.exclusions.clone(), options.running.named_lists(data)?),
        sender,
        metrics,
        troubles: Arc::new(Troubles::default()),
        folders: Folders::new(options.folders.clone()),
        feeds,
        came,
        woken,
        raised: Notify::new(),
        forgot: AtomicI64::new(0),
        checked: AtomicI64::new(0),
        rotations,
        events: desk::Events::default(),
        readings: Mutex::new(Readings::default()),
    });
    // A rule that failed before this start is in trouble until it has run again.
    for rule in &live.watched {
        let known = state.rule(&rule.key).await?;
        let failed = known.filter(|known| known.last_status.as_deref() == Some("failed"));
        house.troubles.set(&rule.name, failed.and_then(|known| known.last_message));
    }
    house.set_faults(&live);
    house.metrics.rules(i64::try_from(live.watched.len()).unwrap_or(i64::MAX));
    Ok((house, computing))
}

/// What a desk stands on in a test: a data directory that is opened as `serve` opens it, with the rest of a command line.
#[cfg(test)]
pub(crate) async fn for_test(data: &Path, arguments: &[&str]) -> Result<(crate::desk::Context, Threads), Failure> {
    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        options: Options,
    }
    let line = <Line as clap::Parser>::try_parse_from([&["serve"], arguments].concat());
    let options = line.map_err(|error| Failure::input(error.to_string()))?.options;
    let (house, computing) = opened(data, &options).await?;
    let desk = crate::desk::Context::new(house, Arc::new(options.running), Arc::new(options.looking));
    Ok((desk, computing))
}

/// The DKIM keys that are replaced in time. Where there are none, nobody is asked who answers for the DNS.
async fn rotations(data: &Path, options: &Options) -> Result<Rotations, Failure> {
    let config = options.running.config.load(data)?;
    if config.dkim.lines(data).is_empty() && config.tenant.rotate() == crate::config::Rotate::Off {
        return Ok(Rotations::default());
    }
    let resolver = options.looking.dns.resolver(&config.mail).await?;
    Rotations::open(data, &config, resolver, options.looking.dns.zone_file(&config.mail).is_some()).await
}

/// Up to where what arrived had been looked at when the last watch ended. Where there was none: what is there is not news. A watch that
/// had made runs, and had seen no table, began before there was any: all that is there now arrived after that.
async fn seen(state: &State, telemetry: &Lake) -> Result<Seen, Failure> {
    let seen = state.seen().await?;
    if !seen.is_empty() || state.rules().await?.iter().any(|rule| rule.evaluated_to.is_some()) {
        return Ok(seen);
    }
    let versions = telemetry.tables.versions().await.map_err(|Failed(reason)| Failure::internal(reason))?;
    state.saw(&versions, &[], 0).await?;
    Ok(versions)
}

/// What is answered from outside.
struct Front {
    listen: SocketAddr,
    receiving: Receiving,
    milter: Option<::milter::Address>,
    running: Arc<Running>,
    looking: Arc<Looking>,
}

/// Works and answers requests until one of both ends.
async fn serve(house: Arc<House>, front: Front) -> Result<(), Failure> {
    // One answers while the other stores.
    let threads = Threads::start("spoofwatch-front", 2)?;
    let answered = threads.run(answer(Arc::clone(&house), front));
    tokio::select! {
        ended = answered => ended,
        ended = house.work() => ended,
    }
}

/// Answers requests, and mail servers where that is wanted, until a listener fails.
async fn answer(house: Arc<House>, front: Front) -> Result<(), Failure> {
    let listen = front.listen;
    let listener = tokio::net::TcpListener::bind(listen).await.map_err(|error| {
        Failure::internal(format_args!("{listen} cannot be listened on: {error}; choose another with --listen"))
    })?;
    let (intake, rows) = front.receiving.routes(&house.data, &house.config, &house.metrics, &house.woken, &house.came)?;
    let config = house.config.load(&house.data)?;
    let place = front.milter.or_else(|| config.milter.listen.as_ref().map(|set| set.value.clone()));
    let milter = match place {
        Some(place) => Some(
            Milter::listen(&house.data, &place, &front.looking, &config, rows.counted(&house.came, came::MILTER), &house.metrics)
                .await?,
        ),
        None => None,
    };
    let address = listener.local_addr().map_err(Failure::internal)?;
    let files = Files::open(&config.console)?;
    let scheme = if files.is_some() { "https" } else { "http" };
    term::say(&format!("listening on {scheme}://{address}"));
    let health: Arc<dyn Health> = Arc::<Troubles>::clone(&house.troubles);
    let others = server::routes(health, Arc::clone(&house.metrics)).merge(intake);
    let desk = Context::new(Arc::clone(&house), front.running, front.looking);
    let routes = match Console::open(desk, address, &config.console)? {
        Some(console) => {
            console.announce(address).await;
            console.routes(others)
        }
        None => others,
    };
    let certificates = files.as_ref().map(|files| files.certificates.clone());
    let renewed = async {
        match files {
            Some(files) => files.follow().await,
            None => std::future::pending().await,
        }
    };
    let live_mail = async {
        match milter {
            Some(milter) => milter.run(std::future::pending()).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        ended = server::serve(listener, routes, certificates) => ended.map_err(Failure::internal),
        ended = live_mail => ended,
        () = renewed => Ok(()),
    }
}

/// The rules, and the exceptions that stand beside them; what is wrong with some is told.
async fn loaded(data: &Path, paths: &[PathBuf], config: &Config, state: &State) -> Result<RuleSet, Failure> {
    // Domains and the tenant are seen to without rules, too.
    let domains = [&config.mail.own_domains, &config.check.domains, &config.check.non_sending];
    let others = config.tenant.is_set() || domains.iter().any(|set| set.is_some());
    if paths.is_empty() && !data.join("rules").is_dir() {
        if !others {
            return Err(super::rules::none(data));
        }
        term::warn("no rules are watched: `spoofwatch rules pack` puts those into the data directory that come with the program");
    }
    let rules = RuleSet::open(data, paths, &state.rule_settings().await?).await?;
    let live = rules.live();
    for fault in &live.faults {
        term::warn(&fault.to_string());
    }
    for rule in &live.all {
        if let Some(reason) = rule.not_runnable() {
            term::warn(&format!("{} does not run: {reason}", rule.name));
        }
    }
    Ok(rules)
}
