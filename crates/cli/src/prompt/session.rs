//! What the prompt keeps between queries, and what each line does.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use engine::{Engine, Environment, Results};
use schema::Registry;

use super::{
    command::{self, Command},
    knowledge::Known,
};
use crate::{
    clock,
    command::{Form, Hunting, explained, functions_page},
    failure::Failure,
    output,
    query::{Dialect, Query},
    show,
    term::{self, Column, grid},
};

/// What the prompt keeps between queries.
pub(super) struct Session {
    data: PathBuf,
    hunting: Hunting,
    engine: Engine,
    environment: Arc<RwLock<Environment>>,
    /// What queries are written in and where they look; completion looks at it, too.
    dialect: Arc<RwLock<Dialect>>,
    /// The last query that ran, and its answer.
    last: Option<(Query, Results)>,
}

impl Session {
    pub(super) async fn open(data: &Path, hunting: Hunting) -> Result<Self, Failure> {
        let (engine, env) = hunting.running.start(data).await?;
        let dialect = Arc::new(RwLock::new(hunting.dialect.clone()));
        let environment = Arc::new(RwLock::new(env));
        Ok(Self { data: data.to_owned(), hunting, engine, environment, dialect, last: None })
    }

    /// What completion asks.
    pub(super) fn knowledge(&self) -> Arc<Known> {
        Arc::new(Known::new(self.engine.clone(), Arc::clone(&self.environment), Arc::clone(&self.dialect)))
    }

    /// What queries see, at this moment.
    fn env(&self) -> Result<Environment, Failure> {
        let mut env = self.environment.read().unwrap_or_else(PoisonError::into_inner).clone();
        env.clock = clock::as_of(self.hunting.running.as_of())?;
        Ok(env)
    }

    /// A text as a query of the language that is written now.
    fn written(&self, text: &str) -> Result<Query, Failure> {
        let dialect = self.dialect.read().unwrap_or_else(PoisonError::into_inner).clone();
        let query = Query::new(text.trim_end(), "query");
        // Where queries of Kibana look is remembered while one of Kusto is written.
        let indices = if dialect.is_elastic() { dialect.indices } else { Vec::new() };
        Dialect { indices, ..dialect }.of(query)
    }

    /// Runs a query and shows its answer; Ctrl-C ends the query and not the prompt.
    pub(super) async fn query(&mut self, text: &str) -> Result<(), Failure> {
        let query = self.written(text)?;
        let env = self.env()?;
        let failed = |error: engine::QueryError| Failure::of_query(&error, &query);
        let progress = term::Progress::start("hunting");
        let work = async {
            let planned = query.prepare(&self.engine, &env, true).await.map_err(failed)?;
            if !planned.warnings.is_empty() {
                progress.note(query.drawn(&planned.warnings).trim_end());
            }
            self.engine.run(&planned).await.map_err(failed)
        };
        let results = stoppable(work).await;
        progress.finish();
        let results = results?;
        show::results(&results, &query.title, &self.hunting.showing)?;
        self.last = Some((query, results));
        Ok(())
    }

    pub(super) async fn command(&mut self, command: Command) -> Result<(), Failure> {
        match command {
            Command::Chart(file) => match &self.last {
                Some((_, results)) => show::chart_file(results, "", &file),
                None => Err(Failure::input("error: .chart: no query has run yet")),
            },
            Command::Explain(query) => self.explain(query).await,
            Command::Format(format) => {
                self.hunting.showing.format = format;
                Ok(())
            }
            Command::Functions(name) => {
                let env = self.env()?;
                output::print(&functions_page(name.as_deref(), &env.library)?)
            }
            Command::Help => output::print(&command::help()),
            Command::Index(indices) => {
                self.dialect.write().unwrap_or_else(PoisonError::into_inner).indices = indices;
                Ok(())
            }
            Command::Language(language) => {
                self.dialect.write().unwrap_or_else(PoisonError::into_inner).language = Some(language);
                Ok(())
            }
            Command::Reload => {
                let (_, env) = self.hunting.running.start(&self.data).await?;
                *self.environment.write().unwrap_or_else(PoisonError::into_inner) = env;
                Ok(())
            }
            Command::Rows(rows) => {
                self.hunting.showing.rows = rows;
                Ok(())
            }
            Command::Schema(query) => self.schema(&query).await,
            Command::Tables => self.tables(),
            Command::Quit => Ok(()),
        }
    }

    async fn explain(&self, query: Option<String>) -> Result<(), Failure> {
        let query = match query {
            Some(text) => &self.written(&text)?,
            None => match &self.last {
                Some((query, _)) => query,
                None => return Err(Failure::input("error: .explain: no query has run yet; write one behind it")),
            },
        };
        let env = self.env()?;
        let page = stoppable(explained(&self.engine, &env, query, Form::Text, false)).await?;
        output::print(&page)
    }

    /// The columns of a table or query, those of a documented table with what they mean.
    async fn schema(&self, text: &str) -> Result<(), Failure> {
        // A name is that of a table, in whatever language queries are written.
        let named = self.env()?.catalog.table(text.trim()).is_some() || Registry::builtin().table(text.trim()).is_some();
        let query = if named { Query::new(&kql::quote_name(text.trim()), "query") } else { self.written(text)? };
        let env = self.env()?;
        let planned = stoppable(async {
            query.prepare(&self.engine, &env, false).await.map_err(|error| Failure::of_query(&error, &query))
        })
        .await?;
        let table = Registry::builtin().table(text.trim());
        let about = |name: &str| table.and_then(|table| table.columns.iter().find(|column| column.name == name));
        let rows = planned.columns.iter().map(|column| {
            let doc = about(&column.name).map_or_else(String::new, |known| {
                if known.values.is_empty() { known.doc.clone() } else { format!("{} [{}]", known.doc, known.values.join(", ")) }
            });
            vec![column.name.clone(), column.ty.to_string(), doc]
        });
        output::print(&grid(&[Column::text("Column"), Column::text("Type"), Column::text("What it is")], rows))
    }

    fn tables(&self) -> Result<(), Failure> {
        let held = self.env()?.catalog.names();
        let documented = Registry::builtin().tables();
        let doc = |name: &str| documented.iter().find(|table| table.name == name).map(|table| table.doc.clone());
        let mut rows: Vec<Vec<String>> =
            held.iter().map(|name| vec![name.clone(), "yes".to_owned(), doc(name).unwrap_or_default()]).collect();
        let others = documented.iter().filter(|table| !held.contains(&table.name));
        rows.extend(others.map(|table| vec![table.name.clone(), String::new(), table.doc.clone()]));
        output::print(&grid(&[Column::text("Table"), Column::text("Data"), Column::text("A row is")], rows))
    }
}

/// Work that Ctrl-C ends.
async fn stoppable<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    tokio::select! {
        done = work => done,
        _ = tokio::signal::ctrl_c() => Err(Failure::Interrupted),
    }
}
