//! `spoofwatch serve`: telemetry in, rules at work, alerts kept and told about, in one process.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use clap::Args;
use detect::{
    benign::Benign,
    notify::{self, Shape, Target},
    run::{Clock as _, Watch},
};
use rules::{Rule, exclusion::Exclusion, model::Kind};
use server::{Health, Metrics};
use state::{Committed, State};
use tokio::sync::Notify;

use super::{hunt::Running, ingest};
use crate::{
    config::ConfigFile,
    failure::Failure,
    term,
    watch::{AlertTables, Exclusions, Lake, Machine, Receiving, Webhooks},
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
    /// Tell of new alerts: SHAPE=URL, where SHAPE is generic, slack or teams. May be given more than once.
    #[arg(long = "notify", value_name = "SHAPE=URL", env = "SPOOFWATCH_NOTIFY", hide_env_values = true, value_delimiter = ' ')]
    notify: Vec<String>,
    /// How many hours a skipped run is made up for.
    #[arg(long, value_name = "HOURS", default_value_t = 24 * 7)]
    catch_up: u32,
    #[command(flatten)]
    receiving: Receiving,
    #[command(flatten)]
    running: Running,
}

/// How long the loop rests between two looks at what is due.
const BEAT: Duration = Duration::from_millis(500);
/// Microseconds of an hour.
const HOUR: i64 = 3_600_000_000;

pub(crate) async fn run(data: &Path, options: Options) -> Result<(), Failure> {
    if !options.running.tables().is_empty() {
        return Err(Failure::input(
            "error: --table: `serve` runs rules over the stored tables; `spoofwatch ingest` stores files",
        ));
    }
    let state = options.running.state.open(data).await?;
    let (engine, environment) = options.running.start(data).await?;
    let (rules, exclusions) = loaded(data, &options.rules)?;
    let configured = options.running.config.load(data)?.parameters.into_iter();
    let parameters = configured.map(|(rule, values)| {
        let values = values.into_iter().map(|(name, set)| (name, set.value));
        (rule, values.collect::<Vec<_>>())
    });
    let house = House {
        data: data.to_owned(),
        config: options.running.config.clone(),
        folders: options.folders.clone(),
        rules,
        watch: Watch {
            state: state.clone(),
            telemetry: Lake::new(data, engine, environment, AlertTables::of(state.clone())),
            clock: Machine,
            benign: Benign::default(),
            parameters: parameters.collect(),
            targets: targets(&options.notify)?,
            catch_up: i64::from(options.catch_up.max(1)) * HOUR,
        },
        exclusions: Exclusions::new(exclusions, options.running.named_lists(data)?),
        sender: Webhooks::new()?,
        metrics: Arc::new(Metrics::default()),
        troubles: Arc::new(Troubles::default()),
        taken: Mutex::default(),
        receiving: options.receiving,
        arrived: Arc::default(),
    };
    // A rule that failed before this start is in trouble until it has run again.
    for rule in &house.rules {
        let known = state.rule(&rule.key).await?;
        let failed = known.filter(|known| known.last_status.as_deref() == Some("failed"));
        house.troubles.set(&rule.name, failed.and_then(|known| known.last_message));
    }
    house.metrics.rules(i64::try_from(house.rules.len()).unwrap_or(i64::MAX));
    term::say(&format!("{} watched", term::count(house.rules.len() as u64, "rule")));
    let done = if options.once { house.turn(false).await.map(|_| ()) } else { house.serve(options.listen).await };
    state.close().await;
    done
}

/// The rules that can run, and the exceptions that stand beside them; what is wrong with the others is told.
fn loaded(data: &Path, paths: &[PathBuf]) -> Result<(Vec<Rule>, Vec<Exclusion>), Failure> {
    let own = data.join("rules");
    let paths = if paths.is_empty() { vec![own.clone()] } else { paths.to_vec() };
    if paths == [own.clone()] && !own.is_dir() {
        return Err(Failure::input(format!(
            "error: no rules: name files or folders with --rules, or put them into {}",
            own.display()
        )));
    }
    let reading = rules::load(&paths);
    for fault in &reading.faults {
        term::warn(&fault.to_string());
    }
    let mut rules = Vec::new();
    for rule in reading.rules {
        match (&rule.kind, rule.enabled) {
            (Kind::NotRunnable { reason }, _) => term::warn(&format!("{} does not run: {reason}", rule.name)),
            (_, Some(false)) => {}
            _ => rules.push(rule),
        }
    }
    Ok((rules, reading.exclusions))
}

fn targets(given: &[String]) -> Result<Vec<Target>, Failure> {
    given
        .iter()
        .enumerate()
        .map(|(place, text)| {
            // The address is a secret: a message must not repeat it.
            let wrong =
                || Failure::input(format!("error: --notify number {}: write SHAPE=URL with generic, slack or teams", place + 1));
            let (shape, url) = text.split_once('=').ok_or_else(wrong)?;
            let shape = match shape {
                "generic" => Shape::Generic,
                "slack" => Shape::Slack,
                "teams" => Shape::Teams,
                _ => return Err(wrong()),
            };
            Ok(Target {
                name: format!("{}-{}", text.split('=').next().unwrap_or_default(), place + 1),
                url: url.to_owned(),
                shape,
                minimum: None,
            })
        })
        .collect()
}

/// What is wrong at the moment, by what it is about.
#[derive(Debug, Default)]
struct Troubles {
    known: Mutex<BTreeMap<String, String>>,
}

impl Troubles {
    fn set(&self, about: &str, trouble: Option<String>) {
        if let Ok(mut known) = self.known.lock() {
            match trouble {
                Some(trouble) => drop(known.insert(about.to_owned(), trouble)),
                None => drop(known.remove(about)),
            }
        }
    }
}

impl Health for Troubles {
    fn troubles(&self) -> Vec<String> {
        self.known
            .lock()
            .map(|known| known.iter().map(|(about, trouble)| format!("{about}: {trouble}")).collect())
            .unwrap_or_default()
    }
}

/// Everything that works together.
struct House {
    data: PathBuf,
    config: ConfigFile,
    folders: Vec<PathBuf>,
    rules: Vec<Rule>,
    watch: Watch<Lake, Machine>,
    exclusions: Exclusions,
    sender: Webhooks,
    metrics: Arc<Metrics>,
    troubles: Arc<Troubles>,
    /// Files that were taken in, with their length and time of change.
    taken: Mutex<BTreeMap<PathBuf, (u64, i64)>>,
    receiving: Receiving,
    /// Woken when rows came over HTTP.
    arrived: Arc<Notify>,
}

impl House {
    /// Goes on until the process is told to end.
    async fn serve(&self, listen: SocketAddr) -> Result<(), Failure> {
        let listener = tokio::net::TcpListener::bind(listen).await.map_err(|error| {
            Failure::internal(format_args!("{listen} cannot be listened on: {error}; choose another with --listen"))
        })?;
        let intake = self.receiving.routes(&self.data, &self.config, &self.metrics, &self.arrived)?;
        let address = listener.local_addr().map_err(Failure::internal)?;
        term::say(&format!("listening on http://{address}"));
        let health: Arc<dyn Health> = Arc::<Troubles>::clone(&self.troubles);
        let answered = server::serve(listener, server::routes(health, Arc::clone(&self.metrics)).merge(intake));
        let worked = async {
            let mut came = false;
            loop {
                match self.turn(came).await {
                    Ok(_) => self.troubles.set("the watch", None),
                    Err(Failure::Told { message, .. }) => self.troubles.set("the watch", Some(message)),
                    Err(other) => return Err::<(), _>(other),
                }
                came = tokio::time::timeout(BEAT, self.arrived.notified()).await.is_ok();
            }
        };
        tokio::select! {
            ended = answered => ended.map_err(Failure::internal),
            ended = worked => ended,
        }
    }

    /// Takes in what has appeared, makes what is due, tells of what was raised. Gives the number of alerts raised.
    async fn turn(&self, came: bool) -> Result<usize, Failure> {
        let added = self.take_in().await || came;
        let (known, trouble) = self.exclusions.read(&self.watch.state).await?;
        self.watch.benign.set(known);
        self.troubles.set("exclusions", trouble);
        let mut raised = 0;
        for rule in &self.rules {
            let made = self.made(rule, added).await?;
            raised += made.iter().map(|committed| committed.raised.len()).sum::<usize>();
            self.told(rule, &made).await?;
        }
        let now = self.watch.clock.now();
        let state: &State = &self.watch.state;
        let (_, waiting) = notify::deliver(state, &self.sender, &self.watch.targets, |_| None, now).await?;
        self.metrics.waiting(i64::try_from(waiting).unwrap_or(i64::MAX));
        Ok(raised)
    }

    async fn made(&self, rule: &Rule, added: bool) -> Result<Vec<Committed>, Failure> {
        if !rule.schedule.continuous {
            return Ok(self.watch.make_due(rule).await?);
        }
        Ok(self.watch.make_continuous(rule, added).await?.into_iter().collect())
    }

    async fn told(&self, rule: &Rule, made: &[Committed]) -> Result<(), Failure> {
        for Committed { run, raised } in made {
            #[expect(clippy::cast_precision_loss, reason = "a duration for a histogram")]
            self.metrics.ran(&run.status, run.duration_us as f64 / 1e6);
            let trouble = (run.status == "failed").then(|| run.message.clone());
            if let Some(trouble) = &trouble {
                term::warn(&format!("{}: {trouble}", rule.name));
            }
            self.troubles.set(&rule.name, trouble);
            for id in raised {
                let alert = self.watch.state.alert(id).await?;
                self.metrics.raised(&alert.severity, None);
                term::say(&format!("{} {}: {}", alert.severity, alert.id.get(..10).unwrap_or(&alert.id), alert.reason));
            }
        }
        Ok(())
    }

    /// Takes in files of the watched folders that are new or have changed and are not being written any more. True if there were any.
    async fn take_in(&self) -> bool {
        let mut fresh = Vec::new();
        for folder in &self.folders {
            match std::fs::read_dir(folder) {
                Ok(entries) => {
                    self.troubles.set(&folder.display().to_string(), None);
                    fresh.extend(entries.filter_map(Result::ok).filter_map(|entry| self.changed(&entry)));
                }
                Err(error) => self.troubles.set(&folder.display().to_string(), Some(error.to_string())),
            }
        }
        fresh.sort();
        let came = AtomicBool::new(false);
        for path in fresh {
            let name = path.display().to_string();
            // Rows that are there already are not added again, so that a file whose taking in was broken off can be taken in once more.
            match ingest::run(&self.data, ingest::Options::of(vec![name.clone()], self.config.clone())).await {
                Ok(()) => self.troubles.set(&name, None),
                Err(Failure::Told { message, .. }) => self.troubles.set(&name, Some(message)),
                Err(_) => {}
            }
            came.store(true, Ordering::Relaxed);
        }
        came.into_inner()
    }

    /// The file, where it is one that has not been taken in as it is now and has been left alone for a moment.
    fn changed(&self, entry: &std::fs::DirEntry) -> Option<PathBuf> {
        let about = entry.metadata().ok().filter(std::fs::Metadata::is_file)?;
        let path = entry.path();
        if entry.file_name().to_string_lossy().starts_with('.') {
            return None;
        }
        let written = crate::clock::micros_of(about.modified().ok()?);
        // A file that was written this very moment may still be growing.
        if self.watch.clock.now().saturating_sub(written) < 200_000 {
            return None;
        }
        let mark = (about.len(), written);
        let mut taken = self.taken.lock().ok()?;
        (taken.insert(path.clone(), mark) != Some(mark)).then_some(path)
    }
}
