//! The first rows of a query, for somebody who looks at them: how many there are in all, what is read for them while they are made.
//!
//! Rows that are not taken are not kept, whatever the query gives; long values count. Start with [`Engine::first`].

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use datafusion::{
    arrow::array::{Array, ArrayRef, AsArray, RecordBatch},
    dataframe::DataFrame,
    logical_expr::LogicalPlan,
    physical_plan::{ExecutionPlan, execute_stream},
};
use futures::StreamExt as _;
use tokio::{task::JoinSet, time::timeout};

use crate::{
    Engine, Limits, Planned, QueryError, Results,
    stack::{polled, roomy},
};

/// How often it is told what was read.
const TICK: Duration = Duration::from_millis(200);
/// How long rows that are not taken are counted for: who waits for the first ones waits that much longer at most.
const COUNTING: Duration = Duration::from_secs(2);
/// What a cell takes beside a text that is too long to stand in it, in bytes: a view, a number.
const CELL: usize = 16;

/// How much is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Most {
    /// Rows.
    pub rows: usize,
    /// Bytes of values.
    pub bytes: usize,
}

/// What was read from tables.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Scanned {
    /// Rows that were looked at; those of files and pages that statistics rule out are not.
    pub rows: u64,
    /// Bytes of files.
    pub bytes: u64,
}

/// The first rows of a query.
#[derive(Debug, Clone)]
pub struct First {
    /// The rows of its first table.
    pub results: Results,
    /// True if these are all.
    pub whole: bool,
    /// How many there are; `None` where counting them takes too long.
    pub total: Option<u64>,
    /// What was read.
    pub scanned: Scanned,
}

/// A plan that runs, once it does: what it has read stands in its operators.
type Running = Arc<OnceLock<Arc<dyn ExecutionPlan>>>;

impl Engine {
    /// The same engine, memory and threads with another time limit.
    #[must_use]
    pub fn within(mut self, time: Option<Duration>) -> Self {
        self.limits.time = time;
        self
    }

    /// Another engine within limits and with memory of its own, on the same threads: what one takes, the other does not lack.
    ///
    /// # Errors
    /// The directory for spilled data cannot be made.
    pub fn beside(&self, limits: Limits) -> Result<Self, QueryError> {
        let mut engine = Self::new(limits)?;
        engine.threads.clone_from(&self.threads);
        Ok(engine)
    }

    /// The first rows of the first table of a planned query; `seen` is told from time to time what was read. Dropping it ends the query.
    ///
    /// # Errors
    /// Execution failed, or a limit was reached.
    pub async fn first(
        &self,
        planned: &Planned,
        most: Most,
        seen: &(dyn Fn(Scanned) + Send + Sync),
    ) -> Result<First, QueryError> {
        self.within_time(async {
            let running = Running::default();
            let plan = planned.shared();
            let mut tasks = self.apart_from(taken(self.clone(), Arc::clone(&plan), most, Arc::clone(&running)));
            let told = || running.get().map_or_else(Scanned::default, |plan| roomy(|| scanned(plan.as_ref())));
            let (batches, whole) = loop {
                tokio::select! {
                    ended = tasks.join_next() => break joined(ended)?,
                    () = tokio::time::sleep(TICK) => seen(told()),
                }
            };
            let scanned = told();
            roomy(|| drop(running));
            let held: usize = batches.iter().map(RecordBatch::num_rows).sum();
            let total = if whole { Some(held as u64) } else { self.count(plan).await };
            let (columns, visualization, name) = (planned.columns.clone(), planned.visualization.clone(), planned.name.clone());
            let results = Results { columns, batches, visualization, name, more: Vec::new() };
            Ok(First { results, whole, total, scanned })
        })
        .await
    }

    /// How many rows a plan gives, where that is found out soon.
    async fn count(&self, plan: Arc<LogicalPlan>) -> Option<u64> {
        let frame = DataFrame::new(self.context().state(), (*plan).clone());
        let mut tasks = self.apart_from(async move { frame.count().await });
        match timeout(COUNTING, tasks.join_next()).await {
            Ok(Some(Ok(Ok(rows)))) => Some(rows as u64),
            _ => None,
        }
    }

    /// Does work where rows are made. A set that is dropped stops it.
    fn apart_from<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> JoinSet<T> {
        let mut tasks = JoinSet::new();
        match &self.threads {
            Some(threads) => tasks.spawn_on(polled(work), threads),
            None => tasks.spawn(polled(work)),
        };
        tasks
    }
}

fn joined<T>(ended: Option<Result<Result<T, QueryError>, tokio::task::JoinError>>) -> Result<T, QueryError> {
    match ended {
        Some(Ok(done)) => done,
        Some(Err(stopped)) => Err(QueryError::Internal(stopped.to_string())),
        None => Err(QueryError::Internal("a query without an end".to_owned())),
    }
}

/// The first rows of a plan, and whether these are all.
async fn taken(
    engine: Engine,
    plan: Arc<LogicalPlan>,
    most: Most,
    running: Running,
) -> Result<(Vec<RecordBatch>, bool), QueryError> {
    let frame = DataFrame::new(engine.context().state(), (*plan).clone());
    let context = Arc::new(frame.task_ctx());
    let physical = frame.create_physical_plan().await.map_err(|error| engine.explain(error))?;
    // It is set here and nowhere else.
    let _ = running.set(Arc::clone(&physical));
    let mut stream = execute_stream(physical, context).map_err(|error| engine.explain(error))?;
    let (mut batches, mut left) = (Vec::new(), most);
    while let Some(batch) = stream.next().await {
        let batch = batch.map_err(|error| engine.explain(error))?;
        let (rows, bytes) = fitting(&batch, left);
        if rows > 0 {
            batches.push(own(&batch.slice(0, rows)).map_err(|error| engine.explain(error.into()))?);
        }
        if rows < batch.num_rows() {
            return Ok((batches, false));
        }
        left = Most { rows: left.rows - rows, bytes: left.bytes.saturating_sub(bytes) };
    }
    Ok((batches, true))
}

/// How many rows of a batch fit, and their bytes.
fn fitting(batch: &RecordBatch, most: Most) -> (usize, usize) {
    let mut bytes = 0_usize;
    for row in 0..batch.num_rows() {
        let texts = batch.columns().iter().filter_map(|column| column.as_string_view_opt());
        let text: usize = texts.map(|texts| if texts.is_null(row) { 0 } else { texts.value(row).len() }).sum();
        let with = bytes.saturating_add(text).saturating_add(CELL.saturating_mul(batch.num_columns()));
        if row >= most.rows || with > most.bytes {
            return (row, bytes);
        }
        bytes = with;
    }
    (batch.num_rows(), bytes)
}

/// The same rows, with texts of their own: a view may hold on to the pages of a whole file.
fn own(batch: &RecordBatch) -> Result<RecordBatch, datafusion::arrow::error::ArrowError> {
    let columns = batch.columns().iter().map(|column| match column.as_string_view_opt() {
        Some(texts) => Arc::new(texts.gc()) as ArrayRef,
        None => Arc::clone(column),
    });
    let options = datafusion::arrow::array::RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(batch.schema(), columns.collect(), &options)
}

/// What the operators that read files have read until now.
fn scanned(plan: &dyn ExecutionPlan) -> Scanned {
    let children = plan.children();
    if children.is_empty() {
        let metrics = plan.metrics().unwrap_or_default();
        let sum = |name: &str| metrics.sum_by_name(name).map_or(0, |value| value.as_usize() as u64);
        // Rows that a filter inside the scan has left out were read, too.
        let rows = metrics.output_rows().unwrap_or_default() as u64;
        return Scanned { rows: rows + sum("pushdown_rows_pruned"), bytes: sum("bytes_scanned") };
    }
    children.into_iter().map(|child| scanned(child.as_ref())).fold(Scanned::default(), |all, one| Scanned {
        rows: all.rows.saturating_add(one.rows),
        bytes: all.bytes.saturating_add(one.bytes),
    })
}
