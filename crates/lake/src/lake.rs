//! The lake: a directory of tables.
//!
//! Must not know how rows are written or scanned. Start with [`Lake::open`].

use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::TableProvider;
use object_store::ObjectMeta;
use schema::Table;

use crate::LakeError;
use crate::appender::{Appender, Arrival};
use crate::columns::Layout;
use crate::delta::{self, DataFile, Snapshot};
use crate::known::Remembered;
use crate::lock::{TableLock, Turn};
use crate::maintain::{self, Maintain, MaintainReport};
use crate::scan::{FileTable, ScanFile};
use crate::worker::{Full, Worker};

/// The folder of the tables in the data directory.
const TABLES: &str = "tables";
/// The folder of the locks beside it.
const LOCKS: &str = "locks";

/// Tables under one directory.
#[derive(Debug, Clone)]
pub struct Lake {
    directory: PathBuf,
    full: Full,
    remembered: Remembered,
}

/// What the log tells about a table, without reading its data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableInfo {
    /// The table's name.
    pub name: String,
    /// Its rows.
    pub rows: u64,
    /// Its data files.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// The earliest time of a row, in microseconds since 1970; `None` without rows or times.
    pub first: Option<i64>,
    /// The latest time of a row.
    pub last: Option<i64>,
    /// The columns that the input had and the table's documentation has not.
    pub extra_columns: Vec<String>,
    /// The version of the table's log.
    pub version: u64,
}

/// Rows that came into a table after one of its versions.
#[derive(Debug, Clone)]
pub struct Arrived {
    /// The newest version.
    pub version: u64,
    /// The earliest and latest time of the rows of each file, in microseconds since 1970, sorted.
    pub spans: Vec<(i64, i64)>,
    /// When the first of them were written, in microseconds since 1970; `None` where there are none.
    pub written: Option<i64>,
    /// The rows, as [`Lake::provider`] shows them.
    pub provider: Arc<dyn TableProvider>,
}

impl Lake {
    /// The lake in `directory`, which is made if it is missing.
    ///
    /// # Errors
    /// When the directory can be neither used nor made.
    pub async fn open(directory: &Path) -> Result<Self, LakeError> {
        for folder in [directory.join(TABLES), directory.join(LOCKS)] {
            std::fs::create_dir_all(&folder).map_err(|source| LakeError::Directory { path: folder, source })?;
        }
        Self::existing(directory)
    }

    /// The lake in `directory` for reading: nothing is made, and a missing directory is a lake without tables.
    ///
    /// # Errors
    /// When the current directory, which a relative path needs, is not known.
    pub async fn open_existing(directory: &Path) -> Result<Self, LakeError> {
        Self::existing(directory)
    }

    fn existing(directory: &Path) -> Result<Self, LakeError> {
        // Stores address files by absolute paths without `..`.
        let absolute = match std::fs::canonicalize(directory) {
            Err(missing) if missing.kind() == std::io::ErrorKind::NotFound => std::path::absolute(directory),
            other => other,
        };
        let directory = absolute.map_err(|source| LakeError::Directory { path: directory.to_path_buf(), source })?;
        Ok(Self { directory, full: Full::default(), remembered: Remembered::default() })
    }

    /// Whether `directory` is a lake: it has the folders that [`Lake::open`] makes, and nothing but tables in the one of
    /// the tables.
    #[must_use]
    pub fn is_at(directory: &Path) -> bool {
        let Ok(entries) = std::fs::read_dir(directory.join(TABLES)) else { return false };
        let mut paths = entries.filter_map(Result::ok).map(|entry| entry.path());
        directory.join(LOCKS).is_dir() && paths.all(|path| path.is_dir())
    }

    /// The directory, absolute.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The turn to write to several tables at a time; waits for whoever has it. Take it before the first
    /// [`Lake::appender`], and keep it until the last is finished.
    ///
    /// # Errors
    /// When the lock file cannot be made.
    pub async fn turn(&self) -> Result<Turn, LakeError> {
        Turn::take(&self.turn_path()?).await
    }

    /// As [`Lake::turn`], but does not wait: `None` when another writer has the turn.
    ///
    /// # Errors
    /// As [`Lake::turn`].
    pub fn try_turn(&self) -> Result<Option<Turn>, LakeError> {
        Turn::try_take(&self.turn_path()?)
    }

    /// The same lake with files of at most `rows` rows.
    #[must_use]
    pub fn with_file_rows(mut self, rows: usize) -> Self {
        self.full.rows = rows.max(1);
        self
    }

    /// The names of the tables, sorted.
    ///
    /// # Errors
    /// When the directory cannot be listed.
    pub async fn table_names(&self) -> Result<Vec<String>, LakeError> {
        let tables = self.tables();
        let failed = |source| LakeError::Directory { path: tables.clone(), source };
        let entries = match std::fs::read_dir(&tables) {
            Ok(entries) => entries,
            Err(missing) if missing.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => return Err(failed(source)),
        };
        let mut names = Vec::new();
        for entry in entries {
            let path = entry.map_err(failed)?.path();
            let name = path.file_name().and_then(|name| name.to_str()).filter(|name| valid_name(name));
            // A folder without a log is a table whose making was cut short.
            if let Some(name) = name.filter(|_| path.join("_delta_log").is_dir()) {
                names.push(name.to_owned());
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    /// The newest snapshot of a table, for queries: documented columns, then unknown ones, then `schema::INGESTION_TIME`, in
    /// storage types with text as `Utf8View`. `None` when there is no such table.
    ///
    /// # Errors
    /// When the table's log cannot be read.
    pub async fn provider(&self, table: &str) -> Result<Option<Arc<dyn TableProvider>>, LakeError> {
        Ok(self.versioned(table).await?.map(|(_, provider)| provider))
    }

    /// As [`Lake::provider`], with the version it shows.
    ///
    /// # Errors
    /// When the table's log cannot be read.
    pub async fn versioned(&self, table: &str) -> Result<Option<(u64, Arc<dyn TableProvider>)>, LakeError> {
        let Some(snapshot) = self.snapshot(table).await? else { return Ok(None) };
        let layout = snapshot.layout()?;
        let files = snapshot.files(&layout)?;
        let provider = file_table(&snapshot, &layout, &layout.visible_schema(), &files)?;
        Ok(Some((snapshot.version(), Arc::new(provider))))
    }

    /// The newest version of a table, found without reading its log where `at_least` is still the newest; `None` when there is no
    /// such table.
    ///
    /// # Errors
    /// When the table's log cannot be read.
    pub async fn version(&self, table: &str, at_least: Option<u64>) -> Result<Option<u64>, LakeError> {
        let log = self.table_path(table)?.join("_delta_log");
        let entry = |version: u64| log.join(format!("{version:020}.json"));
        // Versions are numbered without gaps: where the next is not there, nothing younger is.
        if let Some(known) = at_least
            && entry(known).is_file()
            && !entry(known.saturating_add(1)).exists()
        {
            return Ok(Some(known));
        }
        Ok(self.snapshot(table).await?.map(|snapshot| snapshot.version()))
    }

    /// The rows that came into a table after its version `since`, and nothing else. `None` when there is no such table, or when it is
    /// not younger.
    ///
    /// Upkeep may have rewritten some of them together with rows that were there before: those come along then.
    ///
    /// # Errors
    /// When the table's log cannot be read.
    pub async fn arrived(&self, table: &str, since: u64) -> Result<Option<Arrived>, LakeError> {
        let Some(snapshot) = self.snapshot(table).await? else { return Ok(None) };
        let version = snapshot.version();
        if version <= since {
            return Ok(None);
        }
        let layout = snapshot.layout()?;
        let mut files = snapshot.files(&layout)?;
        // A file that another program wrote has no number: it may be new.
        files.retain(|file| delta::file_version(&file.path).is_none_or(|written| written > since));
        let provider = file_table(&snapshot, &layout, &layout.visible_schema(), &files)?;
        let mut spans: Vec<(i64, i64)> = files.iter().filter_map(|file| file.span.range).collect();
        spans.sort_unstable();
        let written = files.iter().map(|file| file.modified.timestamp_micros()).min();
        Ok(Some(Arrived { version, spans, written, provider: Arc::new(provider) }))
    }

    /// What there is, table by table, from the logs alone.
    ///
    /// # Errors
    /// When a table's log cannot be read; [`Lake::table_info`] tells about the others.
    pub async fn info(&self) -> Result<Vec<TableInfo>, LakeError> {
        let mut infos = Vec::new();
        for name in self.table_names().await? {
            infos.extend(self.table_info(&name).await?);
        }
        Ok(infos)
    }

    /// What the log tells about one table; `None` when there is no such table.
    ///
    /// # Errors
    /// When the table's log cannot be read.
    pub async fn table_info(&self, table: &str) -> Result<Option<TableInfo>, LakeError> {
        let Some(snapshot) = self.snapshot(table).await? else { return Ok(None) };
        let layout = snapshot.layout()?;
        let files = snapshot.files(&layout)?;
        Ok(Some(TableInfo {
            name: table.to_owned(),
            rows: files.iter().map(DataFile::rows).sum(),
            files: files.len() as u64,
            bytes: files.iter().map(|file| file.size).sum(),
            first: files.iter().filter_map(|file| file.span.range).map(|(first, _)| first).min(),
            last: files.iter().filter_map(|file| file.span.range).map(|(_, last)| last).max(),
            extra_columns: layout.extras(),
            version: snapshot.version(),
        }))
    }

    /// A handle to add rows to `table`, which is made if it is missing; waits for another writer of the same table.
    /// `arrival` is when the rows come in.
    ///
    /// # Errors
    /// When the table cannot be made or read.
    pub async fn appender(&self, table: &Table, arrival: Arrival) -> Result<Appender, LakeError> {
        let lock = TableLock::take(&self.lock_path(&table.name)?, &table.name).await?;
        self.start((table, arrival), lock).await
    }

    /// As [`Lake::appender`], but does not wait.
    ///
    /// # Errors
    /// [`LakeError::Busy`] when another writer has the table; else as [`Lake::appender`].
    pub async fn try_appender(&self, table: &Table, arrival: Arrival) -> Result<Appender, LakeError> {
        let lock = TableLock::try_take(&self.lock_path(&table.name)?, &table.name)?;
        self.start((table, arrival), lock).await
    }

    /// Upkeep of every table: retention, compaction, removal of files that nobody reads, log clean-up.
    ///
    /// # Errors
    /// When a table cannot be rewritten; it is then as it was. [`Lake::maintain_table`] goes on with the others.
    pub async fn maintain(&self, options: &Maintain) -> Result<Vec<MaintainReport>, LakeError> {
        let mut reports = Vec::new();
        for name in self.table_names().await? {
            reports.extend(self.maintain_table(&name, options).await?);
        }
        Ok(reports)
    }

    /// Upkeep of one table; `None` when there is no such table. Waits for whoever writes to it.
    ///
    /// # Errors
    /// When the table cannot be rewritten; it is then as it was.
    pub async fn maintain_table(&self, table: &str, options: &Maintain) -> Result<Option<MaintainReport>, LakeError> {
        if self.snapshot(table).await?.is_none() {
            return Ok(None);
        }
        let _lock = TableLock::take(&self.lock_path(table)?, table).await?;
        match self.snapshot(table).await? {
            Some(snapshot) => Ok(Some(maintain::table(snapshot, options, self.full).await?)),
            None => Ok(None),
        }
    }

    /// Upkeep of one table that many small ingests go to: where there are many small files they become fewer, and files that nobody
    /// reads are removed. Large files and the age of rows are for [`Lake::maintain_table`]. `None` when there is no such table.
    ///
    /// # Errors
    /// As [`Lake::maintain_table`].
    pub async fn merge_small(&self, table: &str, options: &Maintain) -> Result<Option<MaintainReport>, LakeError> {
        if self.snapshot(table).await?.is_none() {
            return Ok(None);
        }
        let _lock = TableLock::take(&self.lock_path(table)?, table).await?;
        match self.snapshot(table).await? {
            Some(snapshot) => Ok(Some(maintain::merge_small(snapshot, options, self.full).await?)),
            None => Ok(None),
        }
    }

    async fn start(&self, (table, arrival): (&Table, Arrival), lock: TableLock) -> Result<Appender, LakeError> {
        let path = self.table_path(&table.name)?;
        std::fs::create_dir_all(&path).map_err(|source| LakeError::Directory { path: path.clone(), source })?;
        let snapshot = match Snapshot::open(&path, &table.name).await? {
            Some(snapshot) => snapshot,
            None => Snapshot::create(&path, table).await?,
        };
        Ok(Appender::start(Worker::new((table.clone(), arrival), snapshot, (self.full, self.remembered.clone()), lock)?))
    }

    async fn snapshot(&self, table: &str) -> Result<Option<Snapshot>, LakeError> {
        let path = self.table_path(table)?;
        if !path.join("_delta_log").is_dir() {
            return Ok(None);
        }
        Snapshot::open(&path, table).await
    }

    fn tables(&self) -> PathBuf {
        self.directory.join(TABLES)
    }

    fn locks(&self) -> PathBuf {
        self.directory.join(LOCKS)
    }

    fn table_path(&self, table: &str) -> Result<PathBuf, LakeError> {
        if !valid_name(table) {
            return Err(LakeError::TableName { name: table.to_owned() });
        }
        Ok(self.tables().join(table))
    }

    /// Locks stand apart from the tables: other Delta readers find nothing strange in a table's folder.
    fn lock_path(&self, table: &str) -> Result<PathBuf, LakeError> {
        self.table_path(table)?;
        Ok(self.lock_folder()?.join(format!("{table}.lock")))
    }

    fn turn_path(&self) -> Result<PathBuf, LakeError> {
        // A table's name does not begin with a dot.
        Ok(self.lock_folder()?.join(".turn.lock"))
    }

    fn lock_folder(&self) -> Result<PathBuf, LakeError> {
        let folder = self.locks();
        std::fs::create_dir_all(&folder).map_err(|source| LakeError::Directory { path: folder.clone(), source })?;
        Ok(folder)
    }
}

/// A table's files as `schema` shows them.
pub(crate) fn file_table(
    snapshot: &Snapshot,
    layout: &Layout,
    schema: &SchemaRef,
    files: &[DataFile],
) -> Result<FileTable, LakeError> {
    let places: Vec<Option<usize>> = {
        let stored = layout.places();
        schema.fields().iter().map(|field| stored.get(field.name()).copied()).collect()
    };
    let mut scanned = Vec::with_capacity(files.len());
    for file in files {
        let path = snapshot.path.join(&file.path);
        let location = object_store::path::Path::from_absolute_path(&path)
            .map_err(|source| LakeError::DataFile { path: path.display().to_string(), source: Box::new(source) })?;
        let object = ObjectMeta { location, last_modified: file.modified, size: file.size, e_tag: None, version: None };
        let mut statistics = file.statistics.as_ref().clone();
        let columns = places.iter().map(|place| place.and_then(|place| statistics.column_statistics.get(place).cloned()));
        statistics.column_statistics = columns.map(Option::unwrap_or_default).collect();
        scanned.push(ScanFile { object, statistics: Arc::new(statistics) });
    }
    // Oldest first: neighbours in time stay together when files are shared out.
    let start = |file: &DataFile| file.span.range.map_or(i64::MIN, |(first, _)| first);
    let mut order: Vec<usize> = (0..files.len()).collect();
    order.sort_by_key(|index| start(&files[*index]));
    let scanned = order.into_iter().map(|index| scanned[index].clone()).collect();
    Ok(FileTable::new(Arc::clone(schema), scanned))
}

/// Letters, digits and a few signs; nothing that climbs out of the folder or that a file system refuses.
fn valid_name(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || "_-.@".contains(c);
    !name.is_empty() && name.len() <= 128 && !name.starts_with('.') && name.chars().all(fits)
}
