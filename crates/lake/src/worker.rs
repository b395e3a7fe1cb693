//! The thread behind an appender: collects rows, drops those the table has, sorts, encodes, and commits at the end.
//!
//! Must not know how batches were read. Start with [`Worker::run`].
//!
//! A crash at any moment leaves the log as it was: data files are written first and mean nothing until the one commit at the
//! end names them. Files without a commit are removed by maintenance.

use std::sync::Arc;

use chrono::Utc;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, Int64Array, TimestampMicrosecondArray};
use datafusion::arrow::compute::interleave;
use datafusion::arrow::datatypes::{SchemaRef, TimestampMicrosecondType};
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::datasource::physical_plan::parquet::metadata::DFParquetMetadata;
use deltalake::protocol::{DeltaOperation, SaveMode};
use hashbrown::HashSet;
use object_store::path::Path;
use object_store::{ObjectStoreExt, PutPayload};
use parquet::errors::ParquetError;
use parquet::file::metadata::ParquetMetaData;
use schema::{INGESTION_TIME, Table};
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::LakeError;
use crate::appender::{Appended, Arrival};
use crate::columns::{Layout, ROW_ID, Role};
use crate::delta::{DataFile, Snapshot, file_name};
use crate::encode::{CHUNK_ROWS, encode};
use crate::identity::{Identities, Plain, split};
use crate::known::{Known, Remembered};
use crate::lock::TableLock;
use crate::normalise::{Part, filler, normalise};
use crate::statistics::Span;

/// What the appender tells its worker.
#[derive(Debug)]
pub(crate) enum Message {
    /// Rows.
    Batch(RecordBatch),
    /// The next rows come from another source.
    NextSource,
    /// No more rows: commit.
    Finish,
}

/// When a file is full.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Full {
    /// Rows of a file.
    pub(crate) rows: usize,
    /// Bytes of its rows in memory, before encoding.
    pub(crate) bytes: usize,
}

impl Full {
    /// Bytes of a full file: rows shrink to a quarter or less when they are encoded.
    pub(crate) fn file_bytes(self) -> u64 {
        (self.bytes as u64 / 4).max(1)
    }
}

impl Default for Full {
    /// About 128 MB of Parquet for rows of `EmailEvents`, and at most half a gigabyte in memory.
    fn default() -> Self {
        Self { rows: 1 << 20, bytes: 512 << 20 }
    }
}

/// A day, as times are stored: microseconds.
const DAY: i64 = 86_400_000_000;
/// Rows of a file at most whose identities are kept for the next ingest; those of larger files are read where they are needed.
const KEPT_IDS: usize = 1 << 16;

/// A written file, the sources its rows are from, and the identities of its rows where they are few.
#[derive(Debug)]
struct Written {
    file: DataFile,
    sources: (usize, usize),
    ids: Option<Vec<u128>>,
}

/// The state of one ingest into one table.
#[derive(Debug)]
pub(crate) struct Worker {
    table: Table,
    snapshot: Snapshot,
    arrival: Arrival,
    layout: Layout,
    base: Vec<DataFile>,
    full: Full,
    identities: Identities,
    known: Known,
    remembered: Remembered,
    seed: u64,
    source: usize,
    pending: Vec<Part>,
    pending_rows: usize,
    pending_bytes: usize,
    written: Vec<Written>,
    encoding: Option<JoinHandle<Result<Written, LakeError>>>,
    widened: bool,
    /// What became of the rows of each source.
    done: Vec<Appended>,
    _lock: TableLock,
}

impl Worker {
    /// A worker for a table whose lock is held.
    pub(crate) fn new(
        (table, arrival): (Table, Arrival),
        snapshot: Snapshot,
        (full, remembered): (Full, Remembered),
        lock: TableLock,
    ) -> Result<Self, LakeError> {
        let seed = snapshot.seed()?;
        let known = remembered.take(&table.name, seed);
        let mut layout = snapshot.layout()?;
        let widened = layout.complete(&table);
        let base = snapshot.files(&layout)?;
        let identities = Identities::new(seed);
        Ok(Self {
            table,
            snapshot,
            arrival,
            layout,
            base,
            full,
            identities,
            known,
            remembered,
            seed,
            source: 0,
            pending: Vec::new(),
            pending_rows: 0,
            pending_bytes: 0,
            written: Vec::new(),
            encoding: None,
            widened,
            done: Vec::new(),
            _lock: lock,
        })
    }

    pub(crate) fn table_name(&self) -> &str {
        &self.table.name
    }

    /// Works until told to finish; without that word (the appender was dropped) nothing is committed. Gives what became of the rows of
    /// each source.
    pub(crate) fn run(mut self, inbox: mpsc::Receiver<Message>, runtime: &Handle) -> Result<Vec<Appended>, LakeError> {
        let finished = self.listen(inbox, runtime);
        // Before the lock goes: the next writer may use the name of the file that is still being written.
        let collected = self.collect(runtime);
        match (finished, collected) {
            (Ok(true), Ok(())) => runtime.block_on(self.commit()),
            (Ok(false), _) => Ok(Vec::new()),
            (Err(error), _) | (_, Err(error)) => Err(error),
        }
    }

    /// Takes in messages; true when told to finish.
    fn listen(&mut self, mut inbox: mpsc::Receiver<Message>, runtime: &Handle) -> Result<bool, LakeError> {
        while let Some(message) = inbox.blocking_recv() {
            match message {
                Message::Batch(batch) => self.take(&batch, runtime)?,
                Message::NextSource => {
                    self.source += 1;
                    self.identities.next_source();
                }
                Message::Finish => {
                    self.flush(runtime)?;
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    fn take(&mut self, batch: &RecordBatch, runtime: &Handle) -> Result<(), LakeError> {
        // Slices keep a file near its size even when a source hands over everything at once.
        let mut from = 0;
        while from < batch.num_rows() {
            let room = self.full.rows.saturating_sub(self.pending_rows).max(1);
            let rows = room.min(batch.num_rows() - from).min(64 * 1024);
            self.add_part(&batch.slice(from, rows))?;
            from += rows;
            if self.pending_rows >= self.full.rows || self.pending_bytes >= self.full.bytes {
                self.flush(runtime)?;
            }
        }
        Ok(())
    }

    fn add_part(&mut self, batch: &RecordBatch) -> Result<(), LakeError> {
        let before = self.layout.columns.len();
        let columns = normalise(&mut self.layout, &self.table, batch)?;
        self.widened |= self.layout.columns.len() > before;
        let rows = batch.num_rows();
        let mut named: Vec<(&str, &ArrayRef)> = Vec::with_capacity(columns.len());
        let mut keys: Vec<(&str, &ArrayRef)> = Vec::with_capacity(self.table.key.len());
        for (stored, column) in self.layout.columns.iter().zip(&columns) {
            if let Some(column) = column {
                // An unknown column is hashed under the name it has in the input: its stored name depends on its neighbours.
                let name = match &stored.role {
                    Role::Extra(input) => input.as_str(),
                    Role::Documented | Role::Bookkeeping => stored.field.name(),
                };
                if self.table.key.iter().any(|key| key == name) {
                    keys.push((name, column));
                }
                if self.table.arrival.as_deref() != Some(name) {
                    named.push((name, column));
                }
            }
        }
        let ids = match self.is_keyed() && keys.len() == self.table.key.len() {
            true => self.identities.keyed(&mut keys, &mut named, rows),
            false => self.identities.of(&mut named, rows),
        };
        let part = Part { columns, rows, ids, source: self.source };
        self.pending_rows += rows;
        self.pending_bytes += part.bytes();
        self.pending.push(part);
        Ok(())
    }

    /// Whether events have names, so that a source may hold the same one twice.
    const fn is_keyed(&self) -> bool {
        !self.table.key.is_empty()
    }

    /// Turns the pending rows into a file, encoded and written while the next rows come in.
    fn flush(&mut self, runtime: &Handle) -> Result<(), LakeError> {
        let parts = std::mem::take(&mut self.pending);
        (self.pending_rows, self.pending_bytes) = (0, 0);
        if parts.is_empty() {
            return Ok(());
        }
        self.collect(runtime)?;
        let mut rows = Rows::of(parts, &self.layout, self.arrival);
        let came = self.rows_by_source(rows.parts.iter().map(|part| (part.source, part.rows as u64)));
        self.drop_known(&mut rows, runtime)?;
        let added = self.rows_by_source(rows.order.iter().map(|place| (rows.parts[place.part as usize].source, 1)));
        self.done.resize(self.source + 1, Appended::default());
        for (done, (came, added)) in self.done.iter_mut().zip(came.into_iter().zip(added)) {
            done.added += added;
            done.already += came - added;
        }
        if rows.order.is_empty() {
            return Ok(());
        }
        rows.order.sort_unstable();
        let parts = &rows.parts;
        let id = |place: &Place| parts[place.part as usize].ids[place.row as usize];
        let ids = (rows.order.len() <= KEPT_IDS).then(|| rows.order.iter().map(id).collect());
        let job = Job {
            rows,
            ids,
            layout: self.layout.clone(),
            snapshot: self.snapshot.clone(),
            path: file_name(self.snapshot.version() + 1, "", self.written.len()),
        };
        let handle = runtime.clone();
        self.encoding = Some(runtime.spawn_blocking(move || job.run(&handle)));
        Ok(())
    }

    /// How many rows there are of each source so far.
    fn rows_by_source(&self, rows: impl Iterator<Item = (usize, u64)>) -> Vec<u64> {
        let mut counts = vec![0; self.source + 1];
        for (source, rows) in rows {
            if let Some(count) = counts.get_mut(source) {
                *count += rows;
            }
        }
        counts
    }

    /// Waits for the file that is being written, if there is one.
    fn collect(&mut self, runtime: &Handle) -> Result<(), LakeError> {
        if let Some(encoding) = self.encoding.take() {
            let stopped = |_| LakeError::WriterStopped { table: self.table.name.clone() };
            let written = runtime.block_on(encoding).map_err(stopped)??;
            self.written.push(written);
        }
        Ok(())
    }

    /// Takes out the rows that the table, or an earlier source of this ingest, has already.
    fn drop_known(&mut self, rows: &mut Rows, runtime: &Handle) -> Result<(), LakeError> {
        let one_source = rows.sources.0 == rows.sources.1 && !self.is_keyed();
        let same_source = |written: &&Written| one_source && written.sources == rows.sources;
        let written = self.written.iter().filter(|written| !same_source(written)).map(|written| &written.file);
        let span = rows.span.since(i64::from(self.table.key_days) * DAY);
        let files: Vec<&DataFile> = self.base.iter().chain(written).filter(|file| file.span.meets(&span)).collect();
        runtime.block_on(self.known.load(&self.snapshot, &self.layout, &files))?;
        if self.known.is_empty() && one_source {
            return Ok(());
        }
        let mut here: HashSet<u128, Plain> = HashSet::with_hasher(Plain);
        let parts = &rows.parts;
        rows.order.retain(|place| {
            let id = parts[place.part as usize].ids[place.row as usize];
            !self.known.contains(id) && (one_source || here.insert(id))
        });
        Ok(())
    }

    async fn commit(mut self) -> Result<Vec<Appended>, LakeError> {
        self.done.resize(self.source + 1, Appended::default());
        if self.written.is_empty() {
            self.remembered.keep(&self.table.name, self.seed, self.known);
            return Ok(self.done);
        }
        let mut actions = Vec::new();
        if self.widened {
            actions.push(self.snapshot.change_columns(&self.layout)?);
        }
        let columns = self.snapshot.statistics_columns()?;
        let schema = self.layout.full_schema();
        actions.extend(self.written.iter().map(|written| written.file.add(&schema, &columns, true)));
        let operation = DeltaOperation::Write { mode: SaveMode::Append, partition_by: None, predicate: None };
        self.snapshot.commit(actions, operation).await?;
        for Written { file, ids, .. } in self.written {
            if let Some(ids) = ids {
                self.known.add_file(&file.path, ids);
            }
        }
        self.remembered.keep(&self.table.name, self.seed, self.known);
        Ok(self.done)
    }
}

/// Where a row is, ordered by its time: rows without one first, rows of one time as they came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    time: i64,
    part: u32,
    row: u32,
}

/// The rows of one file to be.
#[derive(Debug)]
struct Rows {
    parts: Vec<Part>,
    order: Vec<Place>,
    span: Span,
    sources: (usize, usize),
    arrival: Arrival,
}

impl Rows {
    fn of(parts: Vec<Part>, layout: &Layout, arrival: Arrival) -> Self {
        let mut order = Vec::with_capacity(parts.iter().map(|part| part.rows).sum());
        let mut range: Option<(i64, i64)> = None;
        let mut untimed = false;
        for (number, part) in (0_u32..).zip(&parts) {
            let times = layout.time_place().and_then(|place| part.columns.get(place)?.as_ref());
            let times = times.and_then(|column| column.as_primitive_opt::<TimestampMicrosecondType>());
            for (row, index) in (0_u32..).zip(0..part.rows) {
                let time = times.filter(|times| times.is_valid(index)).map(|times| times.value(index));
                match time {
                    Some(time) => range = Some(range.map_or((time, time), |(min, max)| (min.min(time), max.max(time)))),
                    None => untimed = true,
                }
                order.push(Place { time: time.unwrap_or(i64::MIN), part: number, row });
            }
        }
        let sources = (parts.first().map_or(0, |part| part.source), parts.last().map_or(0, |part| part.source));
        Self { parts, order, span: Span { range, untimed, known: true }, sources, arrival }
    }

    /// The rows at `places` as a batch of the file.
    fn batch(&self, schema: &SchemaRef, places: &[Place]) -> Result<RecordBatch, ArrowError> {
        let indices: Vec<(usize, usize)> = places.iter().map(|place| (place.part as usize, place.row as usize)).collect();
        let ids = indices.iter().map(|(part, row)| split(self.parts[*part].ids[*row]));
        let (high, low): (Vec<i64>, Vec<i64>) = ids.unzip();
        let run = run(places);
        let column = |(place, field): (usize, &Arc<datafusion::arrow::datatypes::Field>)| -> Result<ArrayRef, ArrowError> {
            if field.name() == ROW_ID[0] {
                return Ok(Arc::new(Int64Array::from(high.clone())));
            }
            if field.name() == ROW_ID[1] {
                return Ok(Arc::new(Int64Array::from(low.clone())));
            }
            if let (INGESTION_TIME, Arrival::At(moment)) = (field.name().as_str(), self.arrival) {
                return Ok(Arc::new(TimestampMicrosecondArray::from_value(moment, places.len()).with_timezone("UTC")));
            }
            if !self.parts.iter().any(|part| part.has(place)) {
                return Ok(filler(field, places.len()));
            }
            if let Some((part, row)) = run {
                return Ok(self.parts[part].column(place, field).slice(row, places.len()));
            }
            let columns: Vec<ArrayRef> = self.parts.iter().map(|part| part.column(place, field)).collect();
            let columns: Vec<&dyn Array> = columns.iter().map(AsRef::as_ref).collect();
            interleave(&columns, &indices)
        };
        let columns = schema.fields().iter().enumerate().map(column).collect::<Result<Vec<_>, _>>()?;
        RecordBatch::try_new(Arc::clone(schema), columns)
    }
}

/// The part and first row when the places are consecutive rows of one part: input in order of time needs no copy.
fn run(places: &[Place]) -> Option<(usize, usize)> {
    let first = places.first()?;
    let consecutive =
        |(offset, place): (u32, &Place)| place.part == first.part && Some(place.row) == first.row.checked_add(offset);
    (0_u32..).zip(places).all(consecutive).then_some((first.part as usize, first.row as usize))
}

/// Encoding and writing one file.
struct Job {
    rows: Rows,
    ids: Option<Vec<u128>>,
    layout: Layout,
    snapshot: Snapshot,
    path: String,
}

impl Job {
    fn run(self, runtime: &Handle) -> Result<Written, LakeError> {
        let schema = self.layout.file_schema();
        let chunks = self.rows.order.chunks(CHUNK_ROWS);
        let batches = chunks.map(|places| self.rows.batch(&schema, places).map_err(ParquetError::from));
        let encoded = encode(&self.layout, &schema, batches);
        let (bytes, metadata) = encoded.map_err(|source| write_error(&self.snapshot, &self.path, source))?;
        let file = runtime.block_on(store(&self.snapshot, &self.layout, &self.path, bytes, &metadata))?;
        Ok(Written { file, sources: self.rows.sources, ids: self.ids })
    }
}

/// Writes a file under its final name, whole or not at all, and tells what the log has to know about it.
pub(crate) async fn store(
    snapshot: &Snapshot,
    layout: &Layout,
    path: &str,
    bytes: Vec<u8>,
    metadata: &ParquetMetaData,
) -> Result<DataFile, LakeError> {
    let size = bytes.len() as u64;
    let failed = |source| write_error(snapshot, path, source);
    snapshot
        .store()
        .put(&Path::from(path), PutPayload::from(bytes))
        .await
        .map_err(|source| write_error(snapshot, path, source))?;
    let statistics = DFParquetMetadata::statistics_from_parquet_metadata(metadata, &layout.full_schema()).map_err(failed)?;
    let span = Span::of(&statistics, layout.time_place());
    #[expect(clippy::disallowed_methods, reason = "the log of the table tells when a file was really written")]
    let modified = Utc::now();
    Ok(DataFile { path: path.to_owned(), size, modified, statistics: Arc::new(statistics), span })
}

fn write_error<E: std::error::Error + Send + Sync + 'static>(snapshot: &Snapshot, path: &str, source: E) -> LakeError {
    LakeError::Write { path: snapshot.display(path), table: snapshot.name.clone(), source: Box::new(source) }
}
