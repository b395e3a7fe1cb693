//! Where tables come from.

use std::{collections::BTreeMap, sync::Arc};

use datafusion::catalog::TableProvider;

/// The tables a query can name. Implemented over the lake, over files read in place, over memory in tests.
pub trait Catalog: std::fmt::Debug + Send + Sync {
    /// The table of that exact name, or `None`.
    fn table(&self, name: &str) -> Option<Arc<dyn TableProvider>>;

    /// Why a table that exists cannot be read, if so: a query that names it is told, and not given no rows.
    fn unreadable(&self, name: &str) -> Option<String>;

    /// Every name, sorted.
    fn names(&self) -> Vec<String>;
}

/// Tables held by name.
#[derive(Debug, Default, Clone)]
pub struct MemoryCatalog {
    tables: BTreeMap<String, Arc<dyn TableProvider>>,
    unreadable: BTreeMap<String, String>,
}

impl MemoryCatalog {
    /// Adds a table, or replaces the one of that name.
    pub fn insert(&mut self, name: impl Into<String>, table: Arc<dyn TableProvider>) {
        self.tables.insert(name.into(), table);
    }

    /// Notes that a table exists and why it cannot be read.
    pub fn insert_unreadable(&mut self, name: impl Into<String>, reason: impl Into<String>) {
        self.unreadable.insert(name.into(), reason.into());
    }
}

impl Catalog for MemoryCatalog {
    fn table(&self, name: &str) -> Option<Arc<dyn TableProvider>> {
        self.tables.get(name).cloned()
    }

    fn unreadable(&self, name: &str) -> Option<String> {
        if self.tables.contains_key(name) { None } else { self.unreadable.get(name).cloned() }
    }

    fn names(&self) -> Vec<String> {
        self.tables.keys().cloned().collect()
    }
}
