//! One Delta table: its snapshot, its files with their statistics, and commits to its log.
//!
//! The only module that speaks to the Delta library. Must not know rows. Start with [`Snapshot`].

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::Statistics;
use deltalake::kernel::transaction::{CommitBuilder, CommitProperties};
use deltalake::kernel::{Action, Add, MetadataExt, Remove, StructType};
use deltalake::operations::create::CreateBuilder;
use deltalake::protocol::DeltaOperation;
use deltalake::{DeltaTable, DeltaTableBuilder, DeltaTableError};
use futures::TryStreamExt;
use hashbrown::HashMap;
use object_store::ObjectStore;
use schema::{INGESTION_TIME, Table};
use url::Url;

use crate::LakeError;
use crate::columns::{Layout, statistics_columns};
use crate::statistics::{self, Span};

/// Table property that names the time column.
const TIME_COLUMN: &str = "spoofwatch.timeColumn";
/// Delta's own property for the columns with statistics.
const STATISTICS_COLUMNS: &str = "delta.dataSkippingStatsColumns";
/// A checkpoint every so many commits: opening a table reads at most this many small files.
const CHECKPOINT_INTERVAL: &str = "10";

/// A data file of a table.
#[derive(Debug, Clone)]
pub(crate) struct DataFile {
    /// Path under the table's folder.
    pub(crate) path: String,
    /// Bytes.
    pub(crate) size: u64,
    /// When it was written.
    pub(crate) modified: DateTime<Utc>,
    /// Row count, minima, maxima and null counts, in the order of the table's full schema.
    pub(crate) statistics: Arc<Statistics>,
    /// The span of its rows' times.
    pub(crate) span: Span,
}

impl DataFile {
    /// Number of rows, 0 when the log does not tell.
    pub(crate) fn rows(&self) -> u64 {
        self.statistics.num_rows.get_value().map_or(0, |rows| *rows as u64)
    }

    /// The log's entry that adds the file.
    pub(crate) fn add(&self, schema: &SchemaRef, columns: &[String], data_change: bool) -> Action {
        Action::Add(Add {
            path: self.path.clone(),
            size: i64::try_from(self.size).unwrap_or(i64::MAX),
            modification_time: self.modified.timestamp_millis(),
            data_change,
            stats: Some(statistics::to_json(&self.statistics, schema, columns)),
            ..Add::default()
        })
    }

    /// The log's entry that removes the file at `now`.
    pub(crate) fn remove(&self, now: DateTime<Utc>, data_change: bool) -> Action {
        Action::Remove(Remove {
            path: self.path.clone(),
            data_change,
            deletion_timestamp: Some(now.timestamp_millis()),
            extended_file_metadata: Some(true),
            size: i64::try_from(self.size).ok(),
            partition_values: Some(std::collections::HashMap::new()),
            ..Remove::default()
        })
    }
}

/// A table as it stood when it was opened or last committed to.
#[derive(Debug, Clone)]
pub(crate) struct Snapshot {
    /// The table's name.
    pub(crate) name: String,
    /// Its folder.
    pub(crate) path: PathBuf,
    table: DeltaTable,
}

impl Snapshot {
    /// The newest snapshot of the table in the folder `path`; `None` when there is no table.
    pub(crate) async fn open(path: &Path, name: &str) -> Result<Option<Self>, LakeError> {
        let Ok(url) = Url::from_directory_path(path) else { return Ok(None) };
        let failed = |source| delta_error(name, path, source);
        let mut table = DeltaTableBuilder::from_url(url).and_then(DeltaTableBuilder::build).map_err(failed)?;
        if !table.verify_deltatable_existence().await.map_err(failed)? {
            return Ok(None);
        }
        table.load().await.map_err(failed)?;
        let snapshot = Self { name: name.to_owned(), path: path.to_path_buf(), table };
        snapshot.check_features()?;
        Ok(Some(snapshot))
    }

    /// Creates an empty table in the folder `path`, which exists.
    pub(crate) async fn create(path: &Path, table: &Table) -> Result<Self, LakeError> {
        let name = table.name.clone();
        let layout = Layout::new(table);
        let columns = layout.to_delta().map_err(|source| LakeError::Arrow { table: name.clone(), source })?;
        // Always in backticks: `@timestamp` and dotted names are not plain identifiers.
        let quoted: Vec<String> =
            statistics_columns(table).iter().map(|column| format!("`{}`", column.replace('`', "``"))).collect();
        let properties = [
            (TIME_COLUMN, table.time_column.clone()),
            (STATISTICS_COLUMNS, quoted.join(",")),
            ("delta.checkpointInterval", CHECKPOINT_INTERVAL.to_owned()),
        ];
        let failed = |source| delta_error(&name, path, source);
        let store = Url::from_directory_path(path)
            .map_err(|()| DeltaTableError::InvalidTableLocation(path.display().to_string()))
            .and_then(DeltaTableBuilder::from_url)
            .and_then(|builder| builder.build_storage())
            .map_err(failed)?;
        let created = CreateBuilder::new()
            .with_log_store(store)
            .with_table_name(&table.name)
            .with_columns(columns)
            .with_configuration(properties.map(|(key, value)| (key, Some(value))))
            .with_raise_if_key_not_exists(false)
            .await
            .map_err(failed)?;
        Ok(Self { name, path: path.to_path_buf(), table: created })
    }

    /// The stored columns.
    pub(crate) fn layout(&self) -> Result<Layout, LakeError> {
        let state = self.table.snapshot().map_err(|source| self.failed(source))?;
        let time = state.metadata().configuration().get(TIME_COLUMN).cloned().unwrap_or_default();
        Layout::from_delta(&state.schema(), time).ok_or_else(|| self.unsupported("a column type without an Arrow form"))
    }

    /// A number that belongs to this table alone, the same for its whole life: part of every row's identity, so that
    /// nobody can prepare two different rows of equal identity beforehand.
    pub(crate) fn seed(&self) -> Result<u64, LakeError> {
        let state = self.table.snapshot().map_err(|source| self.failed(source))?;
        Ok(xxhash_rust::xxh3::xxh3_64(state.metadata().id().as_bytes()))
    }

    /// The files of the snapshot; no file is opened.
    pub(crate) fn files(&self, layout: &Layout) -> Result<Vec<DataFile>, LakeError> {
        let state = self.table.snapshot().map_err(|source| self.failed(source))?;
        let schema = layout.full_schema();
        let time = layout.time_place();
        let handler = state.snapshot().try_log_data().map_err(|source| self.failed(source))?;
        let mut files = Vec::with_capacity(handler.num_files());
        for view in handler.iter() {
            if view.deletion_vector_descriptor().is_some() {
                return Err(self.unsupported("deletionVectors"));
            }
            let size = u64::try_from(view.size()).unwrap_or(0);
            let statistics = statistics::from_json(view.stats().as_deref(), &schema, size);
            let span = Span::of(&statistics, time);
            let modified = DateTime::from_timestamp_millis(view.modification_time()).unwrap_or_default();
            files.push(DataFile { path: view.path().into_owned(), size, modified, statistics: Arc::new(statistics), span });
        }
        Ok(files)
    }

    /// The columns whose minima, maxima and null counts the log keeps.
    pub(crate) fn statistics_columns(&self) -> Result<Vec<String>, LakeError> {
        let state = self.table.snapshot().map_err(|source| self.failed(source))?;
        let listed = state.metadata().configuration().get(STATISTICS_COLUMNS).map_or("", String::as_str);
        let mut names: Vec<String> = listed.split("`,`").map(|name| name.trim_matches('`').replace("``", "`")).collect();
        // A table made before its rows had this column does not list it.
        if !names.iter().any(|name| name == INGESTION_TIME) {
            names.push(INGESTION_TIME.to_owned());
        }
        Ok(names)
    }

    /// The version of the snapshot.
    pub(crate) fn version(&self) -> u64 {
        self.table.version().unwrap_or(0)
    }

    /// The store whose root is the table's folder.
    pub(crate) fn store(&self) -> Arc<dyn ObjectStore> {
        self.table.log_store().object_store(None)
    }

    /// Adds the change of the columns to `actions`.
    pub(crate) fn change_columns(&self, layout: &Layout) -> Result<Action, LakeError> {
        let state = self.table.snapshot().map_err(|source| self.failed(source))?;
        let fields = layout.to_delta().map_err(|source| LakeError::Arrow { table: self.name.clone(), source })?;
        let schema = StructType::try_new(fields).map_err(|source| self.failed(source.into()))?;
        let metadata = state.metadata().clone().with_schema(&schema).map_err(|source| self.failed(source.into()))?;
        Ok(Action::Metadata(metadata))
    }

    /// Commits `actions` as one version: all of them or none.
    pub(crate) async fn commit(&mut self, actions: Vec<Action>, operation: DeltaOperation) -> Result<(), LakeError> {
        let state = self.table.snapshot().map_err(|source| self.failed(source))?;
        let finalized = CommitBuilder::from(CommitProperties::default())
            .with_actions(actions)
            .build(Some(state), self.table.log_store(), operation)
            .await
            .map_err(|source| self.failed(source))?;
        let version = finalized.version();
        self.table.load_version(version).await.map_err(|source| self.failed(source))
    }

    /// Removed files that old snapshots may still be reading, with the moment of their removal in milliseconds.
    pub(crate) async fn removed(&self) -> Result<HashMap<String, i64>, LakeError> {
        let state = self.table.snapshot().map_err(|source| self.failed(source))?;
        let store = self.table.log_store();
        let removed: Vec<_> = state.all_tombstones(store.as_ref()).try_collect().await.map_err(|source| self.failed(source))?;
        Ok(removed.iter().map(|file| (file.path().into_owned(), file.deletion_timestamp().unwrap_or(0))).collect())
    }

    /// Writes a checkpoint and drops log entries older than the table's log retention.
    pub(crate) async fn checkpoint(&self) -> Result<(), LakeError> {
        use deltalake::checkpoints::{cleanup_metadata, create_checkpoint};
        create_checkpoint(&self.table, None).await.map_err(|source| self.failed(source))?;
        cleanup_metadata(&self.table, None).await.map_err(|source| self.failed(source))?;
        Ok(())
    }

    /// What a file is called in messages.
    pub(crate) fn display(&self, file: &str) -> String {
        self.path.join(file).display().to_string()
    }

    fn check_features(&self) -> Result<(), LakeError> {
        let state = self.table.snapshot().map_err(|source| self.failed(source))?;
        let metadata = state.metadata();
        if metadata.configuration().get("delta.columnMapping.mode").is_some_and(|mode| mode != "none") {
            return Err(self.unsupported("columnMapping"));
        }
        if !metadata.partition_columns().is_empty() {
            return Err(self.unsupported("partition columns"));
        }
        Ok(())
    }

    fn unsupported(&self, feature: &'static str) -> LakeError {
        LakeError::Feature { table: self.name.clone(), feature }
    }

    fn failed(&self, source: DeltaTableError) -> LakeError {
        delta_error(&self.name, &self.path, source)
    }
}

/// The name of the data file with that number of the version `version`; `kind` tells files of rows that came in (empty) from others.
pub(crate) fn file_name(version: u64, kind: &str, number: usize) -> String {
    format!("part-{version:020}-{kind}{number:05}.parquet")
}

/// The version a data file was written for, where its name tells.
pub(crate) fn file_version(name: &str) -> Option<u64> {
    name.strip_prefix("part-")?.get(..20)?.parse().ok()
}

fn delta_error(table: &str, path: &Path, source: DeltaTableError) -> LakeError {
    LakeError::Delta { table: table.to_owned(), path: path.to_path_buf(), source: Box::new(source) }
}
