//! What is stored, and how long it is kept.

use ::desk::{Fault, StoredTable};

use super::Here;
use crate::watch::Retention;

/// The longest that can be asked for, in days: a century.
const LONGEST: u32 = 36_600;

impl Here {
    pub(super) async fn stored(&self) -> Result<Vec<StoredTable>, Fault> {
        let retention = Retention::load(self.desk.state()).await?;
        let tables = self.desk.tables().await?;
        let line = |table: &lake::TableInfo| StoredTable {
            name: table.name.clone(),
            rows: table.rows,
            bytes: table.bytes,
            files: table.files,
            first: table.first,
            last: table.last,
            keep_days: retention.days(&table.name),
        };
        Ok(tables.iter().map(line).collect())
    }

    pub(super) async fn keep(&self, table: &str, days: Option<u32>, who: &str) -> Result<(), Fault> {
        if !self.desk.tables().await?.iter().any(|known| known.name == table) {
            return Err(Fault::Unknown { what: "table", id: table.to_owned() });
        }
        if days.is_some_and(|days| !(1..=LONGEST).contains(&days)) {
            return Err(Fault::input(format!("a table is kept for 1 to {LONGEST} days, or for ever")));
        }
        let mut retention = Retention::load(self.desk.state()).await?;
        retention.set(table, days);
        retention.keep(self.desk.state(), self.desk.now()).await?;
        let words = days.map_or_else(|| "kept for ever".to_owned(), |days| format!("kept for {days} days"));
        self.note(who, "retention", &format!("table {table}"), &words).await
    }
}
