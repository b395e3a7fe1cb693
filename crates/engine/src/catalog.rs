//! Where tables come from.

use std::{collections::BTreeMap, sync::Arc};

use datafusion::catalog::TableProvider;

/// A table of the catalog.
#[derive(Debug, Clone)]
pub struct StoredTable {
    /// Gives its rows.
    pub provider: Arc<dyn TableProvider>,
    /// Whether its dynamic and guid columns hold the one form of each value, compact JSON and lower-case digits, as the lake
    /// and the readers of exports write it. Else they hold any text, and each value is parsed when it is read.
    pub canonical: bool,
}

/// The tables a query can name. Implemented over the lake, over files read in place, over memory in tests.
pub trait Catalog: std::fmt::Debug + Send + Sync {
    /// The table of that exact name, or `None`.
    fn table(&self, name: &str) -> Option<StoredTable>;

    /// Why a table that exists cannot be read, if so: a query that names it is told, and not given no rows.
    fn unreadable(&self, name: &str) -> Option<String>;

    /// Every name, sorted.
    fn names(&self) -> Vec<String>;
}

/// Tables held by name.
#[derive(Debug, Default, Clone)]
pub struct MemoryCatalog {
    tables: BTreeMap<String, StoredTable>,
    unreadable: BTreeMap<String, String>,
}

impl MemoryCatalog {
    /// Adds a table whose values have their canonical form, or replaces the one of that name.
    pub fn insert(&mut self, name: impl Into<String>, provider: Arc<dyn TableProvider>) {
        self.tables.insert(name.into(), StoredTable { provider, canonical: true });
    }

    /// Adds a table that others wrote: its dynamic and guid columns hold any text.
    pub fn insert_foreign(&mut self, name: impl Into<String>, provider: Arc<dyn TableProvider>) {
        self.tables.insert(name.into(), StoredTable { provider, canonical: false });
    }

    /// Notes that a table exists and why it cannot be read.
    pub fn insert_unreadable(&mut self, name: impl Into<String>, reason: impl Into<String>) {
        self.unreadable.insert(name.into(), reason.into());
    }
}

impl Catalog for MemoryCatalog {
    fn table(&self, name: &str) -> Option<StoredTable> {
        self.tables.get(name).cloned()
    }

    fn unreadable(&self, name: &str) -> Option<String> {
        if self.tables.contains_key(name) { None } else { self.unreadable.get(name).cloned() }
    }

    fn names(&self) -> Vec<String> {
        self.tables.keys().cloned().collect()
    }
}
