//! Which rows a table has already: the identities in the files that may hold them.
//!
//! Must not know the log. Start with [`Known::load`]; [`Remembered`] keeps what one ingest has read for the next of the same process.

use std::sync::{Arc, Mutex, PoisonError};

use datafusion::arrow::array::AsArray;
use datafusion::arrow::datatypes::{DataType, Field, Int64Type, Schema};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::prelude::SessionContext;
use futures::TryStreamExt;
use hashbrown::{HashMap, HashSet};

use crate::LakeError;
use crate::columns::{Layout, ROW_ID};
use crate::delta::{DataFile, Snapshot};
use crate::identity::{Plain, join};
use crate::lake::file_table;

/// How many identities are kept before the set is begun anew: about a gigabyte.
const LIMIT: usize = 32 << 20;

/// How many identities of a table are remembered from one ingest to the next: about a hundred megabytes.
const REMEMBERED: usize = 4 << 20;

/// What the ingests of a process know of each table, so that many small ones do not read the same files again and again.
#[derive(Debug, Clone, Default)]
pub(crate) struct Remembered {
    tables: Arc<Mutex<HashMap<String, (u64, Known)>>>,
}

impl Remembered {
    /// What is known of a table. `seed` is its number: what is remembered of an earlier table of the same name is not of this one.
    pub(crate) fn take(&self, table: &str, seed: u64) -> Known {
        let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        tables.remove(table).filter(|(known, _)| *known == seed).map(|(_, known)| known).unwrap_or_default()
    }

    /// Remembers what is known of a table, unless that is too much.
    pub(crate) fn keep(&self, table: &str, seed: u64, known: Known) {
        if known.ids.len() <= REMEMBERED {
            self.tables.lock().unwrap_or_else(PoisonError::into_inner).insert(table.to_owned(), (seed, known));
        }
    }
}

/// The identities of the rows in some of a table's files.
#[derive(Debug, Default)]
pub(crate) struct Known {
    ids: HashSet<u128, Plain>,
    files: HashSet<String>,
}

impl Known {
    /// Reads the identities of `files` that were not read before: two columns of each, nothing else.
    pub(crate) async fn load(&mut self, snapshot: &Snapshot, layout: &Layout, files: &[&DataFile]) -> Result<(), LakeError> {
        if self.ids.len() > LIMIT {
            self.ids.clear();
            self.files.clear();
        }
        for file in files {
            if self.files.insert(file.path.clone()) {
                self.ids.reserve(usize::try_from(file.rows()).unwrap_or(0));
                self.read(snapshot, layout, file).await?;
            }
        }
        Ok(())
    }

    /// Adds the identities of a file that was written just now.
    pub(crate) fn add_file(&mut self, path: &str, ids: Vec<u128>) {
        self.files.insert(path.to_owned());
        self.ids.extend(ids);
    }

    /// Whether a row is among them.
    pub(crate) fn contains(&self, id: u128) -> bool {
        self.ids.contains(&id)
    }

    /// Whether nothing was loaded.
    pub(crate) fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    async fn read(&mut self, snapshot: &Snapshot, layout: &Layout, file: &DataFile) -> Result<(), LakeError> {
        let failed = |source| LakeError::DataFile { path: snapshot.display(&file.path), source: Box::new(source) };
        let halves: Vec<Field> = ROW_ID.map(|name| Field::new(name, DataType::Int64, true)).into();
        let table = file_table(snapshot, layout, &Arc::new(Schema::new(halves)), std::slice::from_ref(file))?;
        let frame = SessionContext::new().read_table(Arc::new(table)).map_err(failed)?;
        let mut batches = frame.execute_stream().await.map_err(failed)?;
        while let Some(batch) = batches.try_next().await.map_err(failed)? {
            self.add(&batch);
        }
        Ok(())
    }

    /// A file written by another program has no identities; its rows are nobody's duplicates.
    fn add(&mut self, batch: &RecordBatch) {
        let half = |name| batch.column_by_name(name).and_then(|column| column.as_primitive_opt::<Int64Type>());
        let [high, low] = ROW_ID.map(half);
        if let Some((high, low)) = high.zip(low) {
            let ids = high.iter().zip(low).filter_map(|(high, low)| Some(join(high?, low?)));
            self.ids.extend(ids);
        }
    }
}
