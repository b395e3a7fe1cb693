//! Queries planned and run within limits.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use datafusion::{
    arrow::array::RecordBatch,
    common::{ScalarValue, tree_node::TreeNodeRecursion},
    dataframe::DataFrame,
    error::DataFusionError,
    execution::{
        SendableRecordBatchStream,
        disk_manager::{DiskManagerBuilder, DiskManagerMode},
        memory_pool::FairSpillPool,
        runtime_env::RuntimeEnvBuilder,
        session_state::SessionStateBuilder,
    },
    logical_expr::LogicalPlan,
    prelude::{SessionConfig, SessionContext},
};
use diag::{Diagnostic, Severity};
use futures::StreamExt;
use library::Library;
use tokio::task::JoinSet;

use crate::{
    Catalog, Column, External, Lookups, NoExternal, QueryError, Results, Visualization,
    error::Stop,
    explain::Trace,
    lineage,
    plan::{Answer, Answers, Planner, Wanted},
    relation::Relation,
    stack::{self, Batches, Plan, polled},
};

/// What a query sees of the world: tables, the clock, parameters.
#[derive(Debug, Clone)]
pub struct Environment {
    /// Where tables come from.
    pub catalog: Arc<dyn Catalog>,
    /// The moment the run stands for, in ticks: what `now()` returns.
    pub clock: i64,
    /// Values for `declare query_parameters`, by name, as text.
    pub parameters: BTreeMap<String, String>,
    /// Functions that can be called by name beside those of the language.
    pub library: Library,
    /// Who reads what `externaldata` names.
    pub external: Arc<dyn External>,
    /// What can be looked up beside tables.
    pub lookups: Lookups,
    /// Which part of every table with a time column can be seen; `None`: all of it.
    pub window: Option<Window>,
}

/// A stretch of time; both ends, in ticks, belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The first moment.
    pub from: i64,
    /// The last moment.
    pub to: i64,
}

impl Environment {
    /// An environment of tables at a moment in ticks, with the functions shipped with the program and nothing else.
    #[must_use]
    pub fn new(catalog: Arc<dyn Catalog>, clock: i64) -> Self {
        let external = Arc::new(NoExternal);
        Self {
            catalog,
            clock,
            parameters: BTreeMap::new(),
            library: Library::shipped(),
            external,
            lookups: Lookups::default(),
            window: None,
        }
    }
}

/// What a query may use.
#[derive(Debug, Clone, Default)]
pub struct Limits {
    /// Bytes of memory for sorts, joins and aggregates; past it they spill to disk. `None` is no limit.
    pub memory: Option<usize>,
    /// How long a query may run. `None` is no limit.
    pub time: Option<Duration>,
    /// How many threads a query uses; `None` is one a core.
    pub partitions: Option<usize>,
}

/// The first table with the others behind it.
fn first_of(tables: Vec<Relation>, warnings: Vec<Diagnostic>) -> Result<Planned, QueryError> {
    let mut tables = tables.into_iter().map(|relation| Planned::of(relation, Vec::new()));
    let Some(mut first) = tables.next() else { return Err(QueryError::Internal("a query without a table".to_owned())) };
    first.warnings = warnings;
    first.more = tables.collect();
    Ok(first)
}

/// A query that is ready to run.
#[derive(Debug, Clone)]
pub struct Planned {
    plan: Plan,
    /// The result's columns.
    pub columns: Vec<Column>,
    /// What `render` asked for.
    pub visualization: Option<Visualization>,
    /// Findings that do not keep the query from running.
    pub warnings: Vec<Diagnostic>,
    /// What the table is called, if it has a name.
    pub name: Option<String>,
    /// The tables after the first, of a query that gives several: `fork`, `facet`, queries parted by `;`.
    pub more: Vec<Self>,
    /// What stored tables hold was asked for planning it (`toscalar`, `in (table)`).
    computed: bool,
}

impl Planned {
    /// The tables of the catalog that the query reads, each once, sorted.
    #[must_use]
    pub fn tables(&self) -> Vec<String> {
        let mut names = std::collections::BTreeSet::new();
        for planned in std::iter::once(self).chain(&self.more) {
            // The closure never fails, so that neither does the walk.
            let _ = planned.plan.get().apply_with_subqueries(|node| {
                if let LogicalPlan::TableScan(scan) = node {
                    names.insert(scan.table_name.table().to_owned());
                }
                Ok(TreeNodeRecursion::Continue)
            });
        }
        names.into_iter().collect()
    }

    /// Whether each row of the result comes from one row of a table that `stored` knows: rows that arrive add theirs and change none,
    /// so that the query can be asked of them alone.
    #[must_use]
    pub fn is_by_row(&self, stored: &dyn Fn(&str) -> bool) -> bool {
        !self.computed && self.more.is_empty() && stack::roomy(|| lineage::is_by_row(self.plan.get(), stored))
    }

    /// The columns by which the rows of the first table are known, where they are groups (`summarize ... by`): the same group has other
    /// counts in another window. `None` where rows are no groups.
    #[must_use]
    pub fn grouped_by(&self) -> Option<Vec<String>> {
        let names: Vec<String> = self.columns.iter().map(|column| column.name.clone()).collect();
        stack::roomy(|| lineage::grouped_by(self.plan.get(), &names))
    }

    /// A table that is planned, and what was found on the way.
    pub(crate) fn of(relation: Relation, warnings: Vec<Diagnostic>) -> Self {
        Self {
            plan: Plan::new(relation.plan),
            columns: relation.columns,
            visualization: relation.visualization,
            warnings,
            name: relation.name.map(|name| name.to_string()),
            more: Vec::new(),
            computed: false,
        }
    }

    /// The plan of the first table.
    pub(crate) fn shared(&self) -> Arc<LogicalPlan> {
        Arc::clone(self.plan.get())
    }

    /// The DataFusion plan before optimisation, for display.
    #[must_use]
    pub fn logical_plan(&self) -> &LogicalPlan {
        self.plan.get()
    }
}

/// Plans and runs queries.
#[derive(Clone)]
pub struct Engine {
    context: SessionContext,
    pub(crate) limits: Limits,
    /// Where rows are made; `None`: where the caller is.
    pub(crate) threads: Option<tokio::runtime::Handle>,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("limits", &self.limits).finish_non_exhaustive()
    }
}

impl Engine {
    /// An engine within limits.
    ///
    /// # Errors
    /// The directory for spilled data cannot be made.
    pub fn new(limits: Limits) -> Result<Self, QueryError> {
        stack::prepare();
        let mut config = SessionConfig::new().with_collect_statistics(true);
        if let Some(partitions) = limits.partitions {
            config = config.with_target_partitions(partitions.max(1));
        }
        let options = config.options_mut();
        // Filters run inside the scan, so that a column is decoded only for the rows that are left (late materialisation).
        options.execution.parquet.pushdown_filters = true;
        options.execution.parquet.reorder_filters = true;
        options.execution.parquet.schema_force_view_types = true;
        // `x IS TRUE` is never null as a logical expression and may be null as the physical one it becomes (DataFusion 55). An
        // aggregate over it, such as two `countif` of one comparison, is right nevertheless.
        options.execution.skip_physical_aggregate_schema_check = true;
        let mut runtime = RuntimeEnvBuilder::new()
            .with_disk_manager_builder(DiskManagerBuilder::default().with_mode(DiskManagerMode::OsTmpDirectory));
        if let Some(memory) = limits.memory {
            runtime = runtime.with_memory_pool(Arc::new(FairSpillPool::new(memory)));
        }
        let runtime = runtime.build_arc().map_err(|error| QueryError::Internal(error.to_string()))?;
        let state = SessionStateBuilder::new().with_config(config).with_runtime_env(runtime).with_default_features();
        let state = state
            .with_optimizer_rules(crate::optimize::rules())
            .with_physical_optimizer_rules(crate::optimize::physical_rules())
            .build();
        Ok(Self { context: SessionContext::new_with_state(state), limits, threads: None })
    }

    /// The same engine with rows made on the threads of another runtime: what else the caller's threads do, the time limit included, then
    /// never waits for a query that computes.
    #[must_use]
    pub fn on(self, threads: tokio::runtime::Handle) -> Self {
        Self { threads: Some(threads), ..self }
    }

    /// Parses, binds and plans a query. What must be computed for that (`toscalar`) is computed.
    ///
    /// # Errors
    /// The query's faults with their places.
    pub async fn prepare(&self, text: &str, env: &Environment) -> Result<Planned, QueryError> {
        self.planned(text, env, true).await
    }

    /// As [`Engine::prepare`], but nothing is computed: what would be is taken as null.
    ///
    /// # Errors
    /// The query's faults with their places.
    pub async fn check(&self, text: &str, env: &Environment) -> Result<Planned, QueryError> {
        self.planned(text, env, false).await
    }

    /// The session that plans and runs.
    pub(crate) const fn context(&self) -> &SessionContext {
        &self.context
    }

    async fn planned(&self, text: &str, env: &Environment, compute: bool) -> Result<Planned, QueryError> {
        polled(self.planned_noting(text, env, compute, None)).await
    }

    /// Plans a query, and notes its steps in `trace` where one is given.
    pub(crate) async fn planned_noting(
        &self,
        text: &str,
        env: &Environment,
        compute: bool,
        mut trace: Option<&mut Trace>,
    ) -> Result<Planned, QueryError> {
        let parsed = kql::parse(text);
        let (errors, warnings): (Vec<_>, Vec<_>) =
            parsed.diagnostics.into_iter().partition(|diagnostic| diagnostic.severity == Severity::Error);
        if !errors.is_empty() {
            return Err(QueryError::Query(errors));
        }
        let mut answers = Answers::default();
        let mut computed = false;
        loop {
            // Each round begins anew.
            if let Some(trace) = trace.as_deref_mut() {
                *trace = Trace::default();
            }
            // The planner is gone before anything is waited for.
            let (outcome, assumable, found) = {
                let planner = Planner::new(env, &answers, trace.as_deref());
                let outcome = planner.query(&parsed.query);
                let assumable = match &outcome {
                    Err(Stop::Fault(fault)) => planner.assumable(fault),
                    _ => None,
                };
                (outcome, assumable, planner.into_warnings())
            };
            let need = match outcome {
                Ok(tables) => {
                    let first = first_of(tables, warnings.into_iter().chain(found).collect())?;
                    return Ok(Planned { computed, ..first });
                }
                Err(Stop::Need(need)) => need,
                Err(Stop::Fault(fault)) => {
                    let Some(column) = assumable else { return Err(QueryError::Query(vec![*fault])) };
                    answers.assumed.push(column);
                    continue;
                }
            };
            if let Wanted::Values { relation, .. } = &need.wanted {
                computed |= lineage::reads_stored(&relation.plan, &|name| env.catalog.table(name).is_some());
            }
            let answer = match &need.wanted {
                Wanted::Arrival => {
                    answers.arrival = true;
                    continue;
                }
                _ if !compute => Answer::Unknown,
                Wanted::Values { relation, rows } => Answer::Values(self.values(relation, *rows).await?),
                Wanted::External(request) => Answer::External(env.external.read(request).await),
                Wanted::Columns(request) => Answer::Columns(env.external.infer(request).await),
            };
            answers.found.insert(need.id, answer);
        }
    }

    /// The first column of a table, at most `rows` values of it.
    async fn values(&self, relation: &Relation, rows: usize) -> Result<Vec<ScalarValue>, QueryError> {
        let mut values = Vec::new();
        for batch in self.apart(Arc::clone(&relation.plan), rows).await? {
            for row in 0..batch.num_rows().min(rows - values.len()) {
                values.push(ScalarValue::try_from_array(batch.column(0), row).map_err(|error| self.explain(error))?);
            }
        }
        Ok(values)
    }

    /// The rows of a plan, no more batches than hold the first `rows`. They are made by a task of their own: an operator
    /// that computes for long without pause then keeps neither the time limit nor Ctrl-C waiting.
    async fn apart(&self, plan: Arc<LogicalPlan>, rows: usize) -> Result<Vec<RecordBatch>, QueryError> {
        let engine = self.clone();
        // A set that is dropped stops its tasks.
        let mut tasks = JoinSet::new();
        let work = polled(async move {
            let mut stream = engine.execute(&plan).await?;
            let (mut batches, mut held) = (Vec::new(), 0);
            while held < rows
                && let Some(batch) = stream.next().await
            {
                let batch = batch.map_err(|error| engine.explain(error))?;
                held += batch.num_rows();
                batches.push(batch);
            }
            Ok(batches)
        });
        match &self.threads {
            Some(threads) => tasks.spawn_on(work, threads),
            None => tasks.spawn(work),
        };
        match tasks.join_next().await {
            Some(Ok(batches)) => batches,
            Some(Err(stopped)) => Err(QueryError::Internal(stopped.to_string())),
            None => Ok(Vec::new()),
        }
    }

    /// Runs a planned query and gives the rows of its first table as they come.
    ///
    /// # Errors
    /// The plan cannot be executed.
    pub async fn stream(&self, planned: &Planned) -> Result<SendableRecordBatchStream, QueryError> {
        polled(self.execute(planned.plan.get())).await.map(Batches::of)
    }

    /// Runs a planned query to its end.
    ///
    /// # Errors
    /// Execution failed, or a limit was reached.
    pub async fn run(&self, planned: &Planned) -> Result<Results, QueryError> {
        self.within_time(async {
            let mut results = self.collect(planned).await?;
            for planned in &planned.more {
                results.more.push(self.collect(planned).await?);
            }
            Ok(results)
        })
        .await
    }

    /// The rows of one table.
    async fn collect(&self, planned: &Planned) -> Result<Results, QueryError> {
        let batches = self.apart(Arc::clone(planned.plan.get()), usize::MAX).await?;
        let (columns, visualization, name) = (planned.columns.clone(), planned.visualization.clone(), planned.name.clone());
        Ok(Results { columns, batches, visualization, name, more: Vec::new() })
    }

    /// Plans and runs a query, all of it within the time limit.
    ///
    /// # Errors
    /// As [`Engine::prepare`] and [`Engine::run`].
    pub async fn query(&self, text: &str, env: &Environment) -> Result<Results, QueryError> {
        self.query_planned(text, env).await.map(|(results, _)| results)
    }

    /// As [`Engine::query`], with the plan the rows came of.
    ///
    /// # Errors
    /// As [`Engine::query`].
    pub async fn query_planned(&self, text: &str, env: &Environment) -> Result<(Results, Planned), QueryError> {
        self.within_time(async {
            let planned = self.prepare(text, env).await?;
            Ok((self.run(&planned).await?, planned))
        })
        .await
    }

    /// The optimised physical plan, as text.
    ///
    /// # Errors
    /// The plan cannot be made.
    pub async fn explain_plan(&self, planned: &Planned) -> Result<String, QueryError> {
        polled(async {
            let frame = DataFrame::new(self.context.state(), (**planned.plan.get()).clone());
            let physical = frame.create_physical_plan().await.map_err(|error| self.explain(error))?;
            Ok(datafusion::physical_plan::displayable(physical.as_ref()).indent(false).to_string())
        })
        .await
    }

    async fn execute(&self, plan: &Arc<LogicalPlan>) -> Result<SendableRecordBatchStream, QueryError> {
        let frame = DataFrame::new(self.context.state(), (**plan).clone());
        frame.execute_stream().await.map_err(|error| self.explain(error))
    }

    pub(crate) async fn within_time<T>(&self, work: impl Future<Output = Result<T, QueryError>>) -> Result<T, QueryError> {
        match self.limits.time {
            None => work.await,
            Some(limit) => match tokio::time::timeout(limit, work).await {
                Ok(done) => done,
                Err(_) => Err(QueryError::Timeout { seconds: limit.as_secs() }),
            },
        }
    }

    /// What an error of DataFusion means to a person.
    #[must_use]
    pub fn explain(&self, error: DataFusionError) -> QueryError {
        match error.find_root() {
            DataFusionError::ResourcesExhausted(_) => {
                QueryError::Memory { limit_mb: self.limits.memory.unwrap_or_default() >> 20 }
            }
            root @ (DataFusionError::ParquetError(_) | DataFusionError::ObjectStore(_) | DataFusionError::IoError(_)) => {
                QueryError::Storage(root.strip_backtrace())
            }
            root => QueryError::Execution(root.strip_backtrace()),
        }
    }
}
