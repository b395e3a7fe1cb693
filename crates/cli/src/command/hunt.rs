//! `spoofwatch hunt`: one query, its rows in the form asked for, its chart.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use clap::{Args, ValueEnum};
use engine::{Engine, Environment, Limits, Planned};
use kql::ast::StatementKind;

use crate::{
    catalog, clock,
    config::{Config, ConfigFile, Watchlist},
    external,
    failure::Failure,
    functions, geoip, output,
    query::{Dialect, Language, Query},
    show::{self, Showing},
    term,
    watch::{AlertTables, NamedLists, StateUrl},
    watchlists,
};

/// How `hunt` shows its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A table for reading, with the chart that `render` asks for.
    Table,
    /// One object: columns, rows, visualization.
    Json,
    /// One object a row.
    Ndjson,
    /// Comma-separated values with a header.
    Csv,
    /// Parquet; needs --output.
    Parquet,
}

/// Megabytes a query may take where nothing else is said.
const MEMORY: usize = 4096;

/// Where data comes from and what a query may use: the same for every command that runs queries.
#[derive(Debug, Default, Args)]
pub(crate) struct Running {
    /// The moment the run stands for, such as 2026-11-20T23:00:00Z: what `now()` is. Now without.
    #[arg(long, value_name = "TIME")]
    as_of: Option<String>,
    /// Read files in place as a table: Parquet, CSV or NDJSON, a path or a pattern. May be given more than once.
    #[arg(long = "table", value_name = "NAME=PATH")]
    tables: Vec<String>,
    /// A value for a parameter that the query declares. May be given more than once.
    #[arg(long = "param", value_name = "NAME=VALUE")]
    parameters: Vec<String>,
    /// Read saved functions from a folder, beside those of the data directory. May be given more than once.
    #[arg(long = "functions", value_name = "DIR")]
    functions: Vec<PathBuf>,
    /// Allow `externaldata` the files of a folder, or those of a host. May be given more than once.
    #[arg(long = "allow-external", value_name = "PATH_OR_HOST")]
    allow_external: Vec<String>,
    /// Use a CSV file as a watchlist, beside those of the data directory. May be given more than once.
    #[arg(long = "watchlist", value_name = "ALIAS=FILE")]
    watchlists: Vec<String>,
    /// Look the places of IP addresses up in this file of MaxMind's format (.mmdb).
    #[arg(long, value_name = "FILE")]
    geoip: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) config: ConfigFile,
    #[command(flatten)]
    pub(crate) state: StateUrl,
    /// Memory a query may take before it spills to disk, in megabytes [default: 4096].
    #[arg(long, value_name = "MB")]
    memory_limit: Option<usize>,
    /// Seconds a query may run.
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<u64>,
}

impl Running {
    /// Over the stored tables alone, as the configuration says.
    pub(crate) fn of(config: &ConfigFile) -> Self {
        Self { config: config.clone(), ..Self::default() }
    }

    /// Files that stand for tables, `NAME=PATH`.
    pub(crate) fn tables(&self) -> &[String] {
        &self.tables
    }

    /// The moment that was given, if one was.
    pub(crate) fn as_of(&self) -> Option<&str> {
        self.as_of.as_deref()
    }

    /// Memory and time that a query may take.
    pub(crate) fn limits(&self, config: &Config) -> Limits {
        let memory = self.memory_limit.or(config.memory_limit.as_ref().map(|set| set.value)).unwrap_or(MEMORY);
        let timeout = self.timeout.or(config.timeout.as_ref().map(|set| set.value));
        Limits { memory: Some(memory.saturating_mul(1 << 20)), time: timeout.map(Duration::from_secs), partitions: None }
    }

    /// Watchlists by alias, as they are in their files now.
    pub(crate) fn lists(&self, data: &Path, config: &Config) -> Result<watchlists::Lists, Failure> {
        watchlists::open(data, config, &self.watchlists)
    }

    /// The files of watchlists by alias.
    pub(crate) fn list_files(&self, data: &Path, config: &Config) -> Result<BTreeMap<String, Watchlist>, Failure> {
        watchlists::files(data, config, &self.watchlists)
    }

    /// Watchlists as the lists that exclusions name.
    pub(crate) fn named_lists(&self, data: &Path) -> Result<NamedLists, Failure> {
        Ok(NamedLists::new(data, self.config.load(data)?, self.watchlists.clone()))
    }

    /// Refuses values for parameters that the query does not declare: a misspelt name would leave the default standing.
    pub(crate) fn check_parameters(&self, query: &Query) -> Result<(), Failure> {
        let parsed = kql::parse(&query.text).query;
        let declared: Vec<&str> = parsed
            .statements
            .iter()
            .filter_map(|statement| match &statement.kind {
                StatementKind::DeclareParameters(parameters) => Some(parameters),
                _ => None,
            })
            .flatten()
            .map(|parameter| parameter.name.text.as_str())
            .collect();
        let name = |given: &str| given.split('=').next().unwrap_or_default().to_owned();
        match self.parameters.iter().map(|given| name(given)).find(|name| !declared.contains(&name.as_str())) {
            None => Ok(()),
            Some(name) if declared.is_empty() => Err(Failure::input(format!(
                "error: --param {name}: the query declares no parameters; it would with `declare query_parameters({name}: string);`"
            ))),
            Some(name) => Err(Failure::input(format!(
                "error: --param {name}: the query does not declare it; it declares {}",
                declared.join(", ")
            ))),
        }
    }

    /// The engine within its limits, and what queries see.
    pub(crate) async fn start(&self, data: &Path) -> Result<(Engine, Environment), Failure> {
        self.start_with(data, None).await
    }

    /// The same with so many threads for a query: one where many small queries run side by side.
    pub(crate) async fn start_with(&self, data: &Path, partitions: Option<usize>) -> Result<(Engine, Environment), Failure> {
        let config = self.config.load(data)?;
        let limits = Limits { partitions, ..self.limits(&config) };
        let engine = Engine::new(limits).map_err(Failure::internal)?;
        let catalog = Arc::new(catalog::open(data, &self.tables, &AlertTables::at(data, &self.state)).await?);
        let mut parameters = BTreeMap::new();
        for parameter in &self.parameters {
            let Some((name, value)) = parameter.split_once('=') else {
                return Err(Failure::input(format!("error: --param {parameter}: write NAME=VALUE")));
            };
            parameters.insert(name.to_owned(), value.to_owned());
        }
        let mut env = Environment::new(catalog, clock::as_of(self.as_of.as_deref())?);
        env.parameters = parameters;
        let folders = config.functions.iter().flat_map(|set| &set.value).chain(&self.functions).cloned().collect::<Vec<_>>();
        env.library = functions::open(data, &folders)?;
        env.lookups.watchlists = self.lists(data, &config)?;
        let geoip = self.geoip.as_ref().or(config.geoip.as_ref().map(|set| &set.value));
        env.lookups.geography = geoip.map(|path| geoip::open(path)).transpose()?;
        env.external = Arc::new(external::Allowed::open(&config, &self.allow_external)?);
        Ok((engine, env))
    }
}

/// Arguments of `hunt`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The query; `-` reads it from standard input. Without one, a terminal gets a prompt.
    #[arg(conflicts_with_all = ["file", "batch"])]
    query: Option<String>,
    /// Read the query from a file: .kql, or a published rule of Sentinel, Defender or Elastic.
    #[arg(short, long, value_name = "FILE", conflicts_with = "batch")]
    file: Option<PathBuf>,
    #[command(flatten)]
    dialect: Dialect,
    /// Answer every line of a file, `{"id","query"}` a line, with a line; `-` is standard input.
    #[arg(long, value_name = "FILE.jsonl", conflicts_with_all = ["language", "indices"])]
    batch: Option<PathBuf>,
    /// Parse, bind and plan without running.
    #[arg(long)]
    plan_only: bool,
    /// Show the plan that would run.
    #[arg(long, conflicts_with = "batch")]
    explain: bool,
    /// How rows are shown.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Write rows to a file.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Draw the chart to a file: .svg or .png.
    #[arg(long, value_name = "FILE")]
    chart: Option<PathBuf>,
    /// Rows a table shows at most.
    #[arg(long, value_name = "ROWS", default_value_t = 200)]
    rows: usize,
    #[command(flatten)]
    running: Running,
}

/// What the prompt keeps of the arguments.
#[derive(Debug)]
pub(crate) struct Hunting {
    pub(crate) running: Running,
    pub(crate) dialect: Dialect,
    pub(crate) showing: Showing,
}

impl Options {
    /// True if queries are to be read from the terminal.
    pub(super) fn is_prompt(&self) -> bool {
        self.query.is_none() && self.file.is_none() && self.batch.is_none()
    }

    fn showing(&self) -> Showing {
        Showing { format: self.format, output: self.output.clone(), chart: self.chart.clone(), rows: self.rows }
    }
}

pub(crate) async fn run(data: &Path, options: Options) -> Result<(), Failure> {
    if let Some(path) = &options.batch {
        return super::batch::run(data, path, options.plan_only, &options.running).await;
    }
    if options.is_prompt() {
        let showing = options.showing();
        return crate::prompt::run(data, Hunting { running: options.running, dialect: options.dialect, showing }).await;
    }
    let query = Query::load(options.query.as_deref(), options.file.as_deref())?.filled(&options.running.config.load(data)?)?;
    let query = options.dialect.of(query)?;
    if query.language == Language::Kusto {
        options.running.check_parameters(&query)?;
    }
    let (engine, env) = options.running.start(data).await?;
    let failed = |error: &engine::QueryError| Failure::of_query(error, &query);
    let progress = term::Progress::start("hunting");
    let planned = query.prepare(&engine, &env, !options.plan_only).await.map_err(|error| failed(&error))?;
    if !planned.warnings.is_empty() {
        progress.note(&query.drawn(&planned.warnings));
    }
    if options.explain || options.plan_only {
        progress.finish();
        return explain(&engine, &planned, options.explain).await.map_err(|error| failed(&error));
    }
    let results = engine.run(&planned).await.map_err(|error| failed(&error))?;
    progress.finish();
    show::results(&results, &query.title, &options.showing())
}

async fn explain(engine: &Engine, planned: &Planned, whole: bool) -> Result<(), engine::QueryError> {
    let plan = engine.explain_plan(planned).await?;
    let text = if whole {
        plan
    } else {
        let columns: Vec<String> = planned.columns.iter().map(|column| format!("{}:{}", column.name, column.ty)).collect();
        format!("the query can be run; its columns are {}\n", columns.join(", "))
    };
    let _ = output::print(&text);
    Ok(())
}
