//! Tables that come with the crate: lines of cells parted by tabs, `#` before a remark, the first cell the key.

use std::{collections::HashMap, sync::OnceLock};

/// A table whose rows are found by their first cell.
pub(crate) struct Table {
    text: &'static str,
    rows: OnceLock<HashMap<&'static str, Vec<&'static str>>>,
}

impl Table {
    /// A table of a text. Nothing is read before the first question.
    pub(crate) const fn new(text: &'static str) -> Self {
        Self { text, rows: OnceLock::new() }
    }

    /// The cells after the key.
    pub(crate) fn row(&self, key: &str) -> Option<&[&'static str]> {
        let rows = self.rows.get_or_init(|| lines(self.text).collect());
        rows.get(key).map(Vec::as_slice)
    }

    /// The first cell after the key.
    pub(crate) fn get(&self, key: &str) -> Option<&'static str> {
        self.row(key)?.first().copied()
    }
}

/// Key and cells of each line, in the order of the file.
pub(crate) fn lines(text: &'static str) -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(|line| {
        let mut cells = line.split('\t');
        (cells.next().unwrap_or_default(), cells.collect())
    })
}

#[cfg(test)]
mod tests {
    use super::Table;

    #[test]
    fn rows_are_found_by_their_first_cell() {
        let table = Table::new("# a remark\nPHSH\tPhish\tphishing\n\nNONE\n");
        assert_eq!(table.row("PHSH"), Some(["Phish", "phishing"].as_slice()));
        assert_eq!(table.get("NONE"), None);
        assert_eq!(table.row("other"), None);
    }
}
