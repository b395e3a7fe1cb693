//! Rules' own cases run: each over tables of its own, with a state of its own, on the way that the rules of the watch take.
//!
//! `gather` finds what is to be run, `tables` makes the rows of a case a table, `text`, `json` and `junit` tell what came out. Start with
//! [`gather`] and [`Bench::run`].

mod gather;
mod json;
mod junit;
mod tables;
mod text;

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use detect::{
    benign::{Benign, Known},
    replay::{Hands, slot_at},
    run::{Reason, Watch},
    telemetry::{Failed, Telemetry as _},
    verdict::{self, Complaint},
};
use engine::{Engine, Environment, MemoryCatalog};
use futures::StreamExt as _;
use rules::{Fault, Rule, case::Case, exclusion::Exclusion};
use state::{Alert, AlertFilter, State};

use crate::{clock, failure::Failure, watch::Lake};

pub(crate) use gather::{Gathered, gather, rule_paths};
pub(crate) use json::json;
pub(crate) use junit::junit;
pub(crate) use text::text;

/// A case and the rule it is for.
#[derive(Debug, Clone)]
pub(crate) struct Test {
    /// The rule.
    pub(crate) rule: Arc<Rule>,
    /// The case.
    pub(crate) case: Arc<Case>,
    /// The file of the case.
    pub(crate) file: PathBuf,
}

/// How a case went.
#[derive(Debug)]
pub(crate) struct Tested {
    pub(crate) test: Test,
    pub(crate) verdict: Verdict,
    /// How long it took, in microseconds.
    pub(crate) took: i64,
}

/// What came of a case.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// All is as expected.
    Passed,
    /// Something is not.
    Failed(Vec<Complaint>),
    /// The rows of the case are no rows of its tables.
    Broken(Vec<Fault>),
    /// The rule cannot be run, by no fault of its own.
    Skipped(String),
}

impl Tested {
    /// Whether it counts as a failure.
    pub(crate) const fn failed(&self) -> bool {
        matches!(self.verdict, Verdict::Failed(_) | Verdict::Broken(_))
    }
}

/// What all cases share.
#[derive(Debug)]
pub(crate) struct Bench {
    engine: Engine,
    environment: Environment,
    exclusions: Vec<Exclusion>,
    folder: tempfile::TempDir,
    made: AtomicU64,
}

impl Bench {
    /// A bench that runs queries within the limits of `engine`; the tables of the environment are not looked at.
    pub(crate) fn new(engine: Engine, environment: Environment, exclusions: Vec<Exclusion>) -> Result<Self, Failure> {
        let folder = tempfile::tempdir().map_err(Failure::internal)?;
        Ok(Self { engine, environment, exclusions, folder, made: AtomicU64::new(0) })
    }

    /// Runs cases, several at once, and gives what came of them in their order. `stepped` is called after each.
    pub(crate) async fn run(self, tests: Vec<Test>, stepped: &dyn Fn()) -> Result<Vec<Tested>, Failure> {
        let bench = Arc::new(self);
        let at_once = std::thread::available_parallelism().map_or(1, usize::from);
        let started = futures::stream::iter(tests).map(|test| {
            let bench = Arc::clone(&bench);
            tokio::spawn(async move { bench.one(test).await })
        });
        let mut running = started.buffered(at_once);
        let mut done = Vec::new();
        while let Some(tested) = running.next().await {
            // A panic in one case would be a defect of the program, and is told as such.
            done.push(tested.map_err(Failure::internal)??);
            stepped();
        }
        Ok(done)
    }

    async fn one(&self, test: Test) -> Result<Tested, Failure> {
        let began = clock::micros(clock::now());
        let verdict = self.verdict(&test).await?;
        Ok(Tested { test, verdict, took: clock::micros(clock::now()).saturating_sub(began) })
    }

    async fn verdict(&self, test: &Test) -> Result<Verdict, Failure> {
        let Test { rule, case, file } = test;
        if let Some(reason) = rule.not_runnable() {
            return Ok(Verdict::Skipped(reason.to_owned()));
        }
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        let catalog = match tables::catalog(case, file, &self.folder.path().join(format!("{number}.ndjson")))? {
            Ok(catalog) => catalog,
            Err(faults) => return Ok(Verdict::Broken(faults)),
        };
        let alerts = match self.alerts(rule, case.at, &case.parameters, catalog).await? {
            Ok(alerts) => alerts,
            Err(reason) => return Ok(Verdict::Failed(vec![Complaint::Failed(reason)])),
        };
        let complaints = verdict::complaints(&case.expect, &alerts);
        Ok(if complaints.is_empty() { Verdict::Passed } else { Verdict::Failed(complaints) })
    }

    /// What a rule raises at a moment over tables that hold nothing else, or why its query cannot be run.
    pub(crate) async fn alerts(
        &self,
        rule: &Rule,
        at: i64,
        parameters: &[(String, serde_json::Value)],
        catalog: MemoryCatalog,
    ) -> Result<Result<Vec<Alert>, String>, Failure> {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        let environment = Environment { catalog: Arc::new(catalog), ..self.environment.clone() };
        let name = format!("{number}.db");
        let watch = Watch {
            state: State::scratch(self.folder.path(), &name).await?,
            telemetry: Lake::replayed(self.engine.clone(), environment),
            clock: Hands::at(at),
            benign: Benign::default(),
            parameters: std::iter::once((rule.key.clone(), parameters.to_vec())).collect(),
            targets: Vec::new(),
            catch_up: 0,
        };
        watch.benign.set(Known { exclusions: self.exclusions.clone(), ..Known::default() });
        let view = watch.telemetry.view().await.map_err(|Failed(reason)| Failure::internal(reason))?;
        let made = watch.make(rule, slot_at(rule, at), Reason::Manual, &view).await?;
        let alerts = watch.state.alerts(&AlertFilter { rule_key: Some(rule.key.clone()), ..AlertFilter::default() }).await?;
        watch.state.close().await;
        // Nobody needs it any more; what stays is removed with the folder.
        let _ = std::fs::remove_file(self.folder.path().join(name));
        Ok(if made.run.status == "failed" { Err(made.run.message) } else { Ok(alerts) })
    }
}
