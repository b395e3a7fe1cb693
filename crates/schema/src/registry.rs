//! The tables the program knows without being told, read from the data files under `tables/`.
//!
//! Must not know what is stored. A file is read when its table is first asked for: a query names a few of many.

use std::sync::{LazyLock, OnceLock};

use crate::{Table, nearest, tables::TABLES};

/// Every known table, found by its case-sensitive name.
#[derive(Debug, Default)]
pub struct Registry {
    /// Sorted by name.
    entries: Vec<Entry>,
    all: OnceLock<Vec<Table>>,
}

/// A table's name and file, and the table itself once someone asked for it.
#[derive(Debug)]
struct Entry {
    name: &'static str,
    file: &'static str,
    table: OnceLock<Option<Table>>,
}

impl Entry {
    /// The table; `None` when the file cannot be read, which the tests rule out for every file there is.
    fn table(&self) -> Option<&Table> {
        self.table.get_or_init(|| Table::from_toml(self.file).ok()).as_ref()
    }
}

impl Registry {
    /// The tables shipped with the program.
    #[must_use]
    pub fn builtin() -> &'static Self {
        static BUILTIN: LazyLock<Registry> = LazyLock::new(|| Registry {
            entries: TABLES.iter().map(|&(name, file)| Entry { name, file, table: OnceLock::new() }).collect(),
            all: OnceLock::new(),
        });
        &BUILTIN
    }

    /// The names of all tables, sorted. No file is read for it.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| entry.name)
    }

    /// All tables, sorted by name. Reads every file the first time: where a name is enough, use [`Registry::names`].
    #[must_use]
    pub fn tables(&self) -> &[Table] {
        self.all.get_or_init(|| self.entries.iter().filter_map(|entry| entry.table().cloned()).collect())
    }

    /// The table of that exact name.
    #[must_use]
    pub fn table(&self, name: &str) -> Option<&Table> {
        let at = self.entries.binary_search_by(|entry| entry.name.cmp(name)).ok()?;
        self.entries[at].table()
    }

    /// The table names nearest to a misspelt one, best first.
    #[must_use]
    pub fn nearest_tables(&self, name: &str) -> Vec<&str> {
        nearest(name, self.names())
    }
}

#[cfg(test)]
mod tests;
