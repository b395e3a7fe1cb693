//! What completion asks, answered by the engine.

use std::{
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::Duration,
};

use assist::{Item, Knowledge};
use engine::{Engine, Environment, elastic::Search, plugin};
use schema::{Registry, Type};

use crate::query::Dialect;

/// How long binding may take while somebody types.
const PATIENCE: Duration = Duration::from_millis(500);

/// The engine and what queries see, as completion sees it. The environment changes at `.reload`.
#[derive(Debug)]
pub(crate) struct Known {
    engine: Engine,
    environment: Arc<RwLock<Environment>>,
    dialect: Arc<RwLock<Dialect>>,
    /// The last question and its answer: one key stroke asks several times.
    last: Mutex<(String, Vec<(String, Type)>)>,
}

impl Known {
    pub(crate) fn new(engine: Engine, environment: Arc<RwLock<Environment>>, dialect: Arc<RwLock<Dialect>>) -> Self {
        Self { engine, environment, dialect, last: Mutex::default() }
    }

    /// What queries are written in now, and where they look.
    pub(super) fn dialect(&self) -> Dialect {
        self.dialect.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The fields that queries of Kibana can name now, with their types.
    pub(crate) fn fields(&self) -> Vec<(String, Type)> {
        let search = Search { indices: self.dialect().indices, ..Search::default() };
        match self.engine.prepare_search(&search, &self.env()) {
            Ok(planned) => planned.columns.iter().map(|column| (column.name.clone(), column.ty)).collect(),
            Err(_) => Vec::new(),
        }
    }

    fn env(&self) -> Environment {
        self.environment.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Knowledge for Known {
    fn tables(&self) -> Vec<Item> {
        let held = self.env().catalog.names();
        let documented = Registry::builtin().tables();
        let about =
            |name: &str| documented.iter().find(|table| table.name == name).map(|table| table.doc.clone()).unwrap_or_default();
        let stored = held.iter().map(|name| Item { name: name.clone(), detail: about(name) });
        let others = documented.iter().filter(|table| !held.contains(&table.name));
        stored.chain(others.map(|table| Item { name: table.name.clone(), detail: format!("(no data) {}", table.doc) })).collect()
    }

    fn columns(&self, query: &str) -> Vec<(String, Type)> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.0 != query {
            let env = self.env();
            let bound = tokio::runtime::Handle::current()
                .block_on(async { tokio::time::timeout(PATIENCE, self.engine.check(query, &env)).await });
            let columns = match bound {
                Ok(Ok(planned)) => planned.columns.into_iter().map(|column| (column.name, column.ty)).collect(),
                _ => Vec::new(),
            };
            *last = (query.to_owned(), columns);
        }
        last.1.clone()
    }

    fn saved_functions(&self) -> Vec<Item> {
        let env = self.env();
        env.library.iter().map(|saved| Item { name: saved.name.clone(), detail: saved.signature() }).collect()
    }

    fn plugins(&self) -> Vec<Item> {
        let item = |found: &&plugin::Plugin| Item { name: found.name.to_owned(), detail: found.summary.to_owned() };
        plugin::all().iter().map(item).collect()
    }
}
