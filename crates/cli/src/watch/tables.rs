//! The stored tables as runs see them: opened once for all runs of a turn, and only those that have changed since the last.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use datafusion::catalog::TableProvider;
use detect::{continuous::Seen, telemetry::Failed};
use engine::{Environment, MemoryCatalog};
use lake::{Arrived, Lake, LakeError};

use super::AlertTables;
use crate::watchlists::Lists;

/// What runs of one turn see.
#[derive(Debug, Clone)]
pub(crate) struct View {
    /// Tables, functions, lists; every run puts its own clock in.
    pub(crate) environment: Environment,
    /// The version at which each table is seen.
    pub(crate) versions: Seen,
}

/// Rows that arrived.
#[derive(Debug)]
pub(crate) struct News {
    /// The tables as if they held nothing else.
    pub(crate) view: View,
    /// What is known of those of each table.
    pub(crate) tables: BTreeMap<String, Arrived>,
}

/// A table that is open: its version, and its rows.
type Opened = (u64, Arc<dyn TableProvider>);

/// The tables of a data directory.
#[derive(Debug)]
pub(crate) struct Tables {
    /// Where they are; `None`: in the environment, and they do not change.
    data: Option<PathBuf>,
    environment: Environment,
    alerts: AlertTables,
    /// Watchlists that took the place of those of the environment.
    lists: Mutex<Option<Lists>>,
    opened: Mutex<BTreeMap<String, Opened>>,
}

impl Tables {
    /// The tables under `data`; `environment` has what queries see beside them and `alerts`.
    pub(crate) fn new(data: &Path, environment: Environment, alerts: AlertTables) -> Self {
        Self { data: Some(data.to_owned()), environment, alerts, lists: Mutex::default(), opened: Mutex::default() }
    }

    /// The tables of the environment.
    pub(crate) const fn fixed(environment: Environment) -> Self {
        Self {
            data: None,
            environment,
            alerts: AlertTables::none(),
            lists: Mutex::new(None),
            opened: Mutex::new(BTreeMap::new()),
        }
    }

    /// What queries see beside the tables; the tables, too, where they are fixed.
    pub(crate) const fn environment(&self) -> &Environment {
        &self.environment
    }

    /// From now on these are the watchlists.
    pub(crate) fn set_lists(&self, lists: Lists) {
        *self.lists.lock().unwrap_or_else(PoisonError::into_inner) = Some(lists);
    }

    /// Whether they are those of the environment.
    pub(crate) const fn are_fixed(&self) -> bool {
        self.data.is_none()
    }

    /// The version of every table.
    pub(crate) async fn versions(&self) -> Result<Seen, Failed> {
        let Some(lake) = self.lake().await? else { return Ok(Seen::new()) };
        let mut versions = Seen::new();
        for name in lake.table_names().await.map_err(told)? {
            let known = self.opened(&name).map(|(version, _)| version);
            // A table that cannot be read has no rows that arrive; a query that names it is told why.
            if let Ok(Some(version)) = lake.version(&name, known).await {
                versions.insert(name, version);
            }
        }
        Ok(versions)
    }

    /// The tables as they are now.
    pub(crate) async fn view(&self) -> Result<View, Failed> {
        let Some(lake) = self.lake().await? else {
            return Ok(View { environment: self.environment.clone(), versions: Seen::new() });
        };
        let mut catalog = MemoryCatalog::default();
        let mut versions = Seen::new();
        for name in lake.table_names().await.map_err(told)? {
            match self.current(&lake, &name).await {
                Ok(Some((version, table))) => {
                    versions.insert(name.clone(), version);
                    catalog.insert(name, table);
                }
                Ok(None) => {}
                Err(error) => catalog.insert_unreadable(name, error.to_string()),
            }
        }
        self.alerts.add_to(&mut catalog);
        Ok(self.over(catalog, versions))
    }

    /// What arrived after `since`. Tables without news are there, and empty.
    pub(crate) async fn news(&self, since: &Seen) -> Result<News, Failed> {
        let Some(lake) = self.lake().await? else {
            return Ok(News { view: self.view().await?, tables: BTreeMap::new() });
        };
        let mut catalog = MemoryCatalog::default();
        let (mut versions, mut tables) = (Seen::new(), BTreeMap::new());
        for name in lake.table_names().await.map_err(told)? {
            let seen = since.get(&name).copied().unwrap_or_default();
            let known = self.opened(&name).map(|(version, _)| version);
            let now = lake.version(&name, known).await.ok().flatten();
            versions.extend(now.map(|now| (name.clone(), now)));
            let arrived = match now {
                Some(now) if now > seen => lake.arrived(&name, seen).await,
                _ => Ok(None),
            };
            let arrived = arrived.unwrap_or_else(|error| {
                // One that is broken does not hide what arrived in the others; a rule that names it is told.
                catalog.insert_unreadable(name.clone(), error.to_string());
                None
            });
            if let Some(arrived) = arrived {
                versions.insert(name.clone(), arrived.version);
                catalog.insert(name.clone(), Arc::clone(&arrived.provider));
                tables.insert(name, arrived);
            }
        }
        Ok(News { view: self.over(catalog, versions), tables })
    }

    fn over(&self, catalog: MemoryCatalog, versions: Seen) -> View {
        let mut environment = Environment { catalog: Arc::new(catalog), ..self.environment.clone() };
        if let Some(lists) = &*self.lists.lock().unwrap_or_else(PoisonError::into_inner) {
            environment.lookups.watchlists.clone_from(lists);
        }
        View { environment, versions }
    }

    /// A table as it is now, opened only where it has changed.
    async fn current(&self, lake: &Lake, name: &str) -> Result<Option<Opened>, LakeError> {
        if let Some((version, table)) = self.opened(name)
            && lake.version(name, Some(version)).await? == Some(version)
        {
            return Ok(Some((version, table)));
        }
        let found = lake.versioned(name).await?;
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        match &found {
            Some(table) => drop(opened.insert(name.to_owned(), table.clone())),
            None => drop(opened.remove(name)),
        }
        Ok(found)
    }

    fn opened(&self, name: &str) -> Option<Opened> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    async fn lake(&self) -> Result<Option<Lake>, Failed> {
        match &self.data {
            Some(data) => Lake::open_existing(data).await.map(Some).map_err(told),
            None => Ok(None),
        }
    }
}

fn told(error: LakeError) -> Failed {
    Failed(error.to_string())
}
