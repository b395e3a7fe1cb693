//! Upkeep of a table: retention, compaction, removal of files that nobody reads, log clean-up.
//!
//! Must not know where rows came from. Start with [`table`].
//!
//! The clock is an input, and the caller holds the table's lock: nobody else adds or rewrites files meanwhile. Readers of
//! older snapshots keep their files for [`Maintain::keep_removed_hours`].

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use datafusion::arrow::datatypes::DataType;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::common::ScalarValue;
use datafusion::common::stats::Precision;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::logical_expr::{Expr, SortExpr, lit};
use datafusion::physical_plan::SendableRecordBatchStream;
use datafusion::prelude::{SessionConfig, SessionContext, ident};
use deltalake::kernel::Action;
use deltalake::protocol::DeltaOperation;
use futures::StreamExt;
use object_store::{ObjectStore, ObjectStoreExt};
use parquet::errors::ParquetError;

use crate::LakeError;
use crate::columns::Layout;
use crate::delta::{DataFile, Snapshot, file_name};
use crate::encode::encode;
use crate::lake::file_table;
use crate::worker::{Full, store};

/// Memory for sorting rows anew; more is spilled to temporary files.
const SORT_MEMORY: usize = 1 << 30;

/// What upkeep shall do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Maintain {
    /// The present, in microseconds since 1970.
    pub now: i64,
    /// Rows older than this many days are deleted; `None` keeps all. Rows without a time are kept.
    pub keep_days: Option<u32>,
    /// How long files stay on disk after the table has let go of them, for those who still read an older snapshot.
    pub keep_removed_hours: u32,
}

/// What upkeep did to a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MaintainReport {
    /// The table's name.
    pub table: String,
    /// Rows deleted because of their age.
    pub expired_rows: u64,
    /// Files that were rewritten into fewer or better ones.
    pub compacted_files: u64,
    /// The files they became.
    pub into_files: u64,
    /// Files removed from the disk.
    pub removed_files: u64,
    /// Their bytes.
    pub removed_bytes: u64,
}

/// Upkeep of one table whose lock is held.
pub(crate) async fn table(mut snapshot: Snapshot, options: &Maintain, full: Full) -> Result<MaintainReport, LakeError> {
    let mut report = MaintainReport { table: snapshot.name.clone(), ..MaintainReport::default() };
    let now = DateTime::from_timestamp_micros(options.now).unwrap_or_default();
    let before = snapshot.version();
    if let Some(days) = options.keep_days {
        let cutoff = options.now.saturating_sub(i64::from(days) * 24 * 3600 * 1_000_000);
        report.expired_rows = expire(&mut snapshot, cutoff, now, full).await?;
    }
    let layout = snapshot.layout()?;
    let clusters = clusters(snapshot.files(&layout)?, full);
    compact(&mut snapshot, &layout, clusters, (now, full), &mut report).await?;
    if snapshot.version() != before {
        snapshot.checkpoint().await?;
    }
    vacuum(&snapshot, &layout, options, &mut report).await?;
    Ok(report)
}

/// Neighbours in time that are merged at least: a rewrite of fewer costs more than it saves.
const COMPANY: usize = 32;
/// How much smaller than full files the files of the first step are.
const FIRST_STEP: usize = 32;

/// Upkeep of one table whose lock is held and that many small ingests go to: very small files become larger ones, and many of those
/// large ones. A row is written anew a few times in its life, however many files come.
pub(crate) async fn merge_small(mut snapshot: Snapshot, options: &Maintain, full: Full) -> Result<MaintainReport, LakeError> {
    let mut report = MaintainReport { table: snapshot.name.clone(), ..MaintainReport::default() };
    let now = DateTime::from_timestamp_micros(options.now).unwrap_or_default();
    let layout = snapshot.layout()?;
    let before = snapshot.version();
    let first = Full { rows: (full.rows / FIRST_STEP).max(1), bytes: (full.bytes / FIRST_STEP).max(1) };
    for full in [first, full] {
        let clusters = small_clusters(snapshot.files(&layout)?, full);
        compact(&mut snapshot, &layout, clusters, (now, full), &mut report).await?;
    }
    if snapshot.version() != before {
        snapshot.checkpoint().await?;
        vacuum(&snapshot, &layout, options, &mut report).await?;
    }
    Ok(report)
}

/// Rewrites each group of files into fewer or better ones.
async fn compact(
    snapshot: &mut Snapshot,
    layout: &Layout,
    clusters: Vec<Vec<DataFile>>,
    (now, full): (DateTime<Utc>, Full),
    report: &mut MaintainReport,
) -> Result<(), LakeError> {
    for cluster in clusters {
        let added = rewrite(snapshot, layout, &cluster, (None, 0), full).await?;
        let expected: u64 = cluster.iter().map(DataFile::rows).sum();
        let read: u64 = added.iter().map(DataFile::rows).sum();
        if read != expected {
            return Err(LakeError::RowCount { table: snapshot.name.clone(), read, expected });
        }
        report.compacted_files += cluster.len() as u64;
        report.into_files += added.len() as u64;
        let target_size = i64::try_from(full.file_bytes()).unwrap_or(i64::MAX);
        let operation = DeltaOperation::Optimize { predicate: None, target_size };
        replace(snapshot, layout, (&cluster, &added), now, operation, false).await?;
    }
    Ok(())
}

/// Deletes the rows before `cutoff`; returns how many.
async fn expire(snapshot: &mut Snapshot, cutoff: i64, now: DateTime<Utc>, full: Full) -> Result<u64, LakeError> {
    let layout = snapshot.layout()?;
    if layout.time_place().is_none() {
        return Ok(0);
    }
    let files = snapshot.files(&layout)?;
    let old: Vec<DataFile> = files.into_iter().filter(|file| file.span.range.is_some_and(|(first, _)| first < cutoff)).collect();
    if old.is_empty() {
        return Ok(0);
    }
    let whole = |file: &DataFile| !file.span.untimed && file.span.range.is_some_and(|(_, last)| last < cutoff);
    let mut added = Vec::new();
    for file in old.iter().filter(|file| !whole(file)) {
        added.extend(rewrite(snapshot, &layout, std::slice::from_ref(file), (Some(cutoff), added.len()), full).await?);
    }
    let rows = |files: &[DataFile]| files.iter().map(DataFile::rows).sum::<u64>();
    let expired = rows(&old).saturating_sub(rows(&added));
    let predicate =
        Some(format!("`{}` < {}", layout.time, DateTime::from_timestamp_micros(cutoff).unwrap_or_default().to_rfc3339()));
    replace(snapshot, &layout, (&old, &added), now, DeltaOperation::Delete { predicate }, true).await?;
    Ok(expired)
}

async fn replace(
    snapshot: &mut Snapshot,
    layout: &Layout,
    (old, new): (&[DataFile], &[DataFile]),
    now: DateTime<Utc>,
    operation: DeltaOperation,
    data_change: bool,
) -> Result<(), LakeError> {
    let schema = layout.full_schema();
    let columns = snapshot.statistics_columns()?;
    let removed = old.iter().map(|file| file.remove(now, data_change));
    let added = new.iter().map(|file| file.add(&schema, &columns, data_change));
    let actions: Vec<Action> = removed.chain(added).collect();
    snapshot.commit(actions, operation).await
}

/// Groups of files that are better rewritten together, each in order of time.
///
/// Neighbours that are small become one file, and big files that cover mostly the same time become files that do not:
/// hunts over a time then open fewer. A small file inside the time of a big one is left until it has company, or each late
/// row would rewrite a big file.
fn clusters(mut files: Vec<DataFile>, full: Full) -> Vec<Vec<DataFile>> {
    // A rewrite is checked by its number of rows; a foreign file whose entry has none stays as it is.
    files.retain(|file| file.statistics.num_rows != Precision::Absent);
    files.sort_by_key(|file| file.span.range.unwrap_or((i64::MIN, i64::MIN)));
    let is_small = |file: &DataFile| file.rows() < full.rows as u64 / 2 && file.size < full.file_bytes() / 2;
    let mut clusters: Vec<Vec<DataFile>> = Vec::new();
    let mut open: Vec<DataFile> = Vec::new();
    for file in files {
        let joins = open.last().is_some_and(|last| {
            (is_small(last) && is_small(&file)) || (!is_small(last) && !is_small(&file) && mostly_overlap(&open, &file))
        });
        if !joins {
            clusters.push(std::mem::take(&mut open));
        }
        open.push(file);
    }
    clusters.push(open);
    clusters.retain(|cluster| cluster.len() > 1);
    clusters
}

/// Groups of neighbours that are small, where there are many.
fn small_clusters(mut files: Vec<DataFile>, full: Full) -> Vec<Vec<DataFile>> {
    files.retain(|file| file.statistics.num_rows != Precision::Absent);
    files.sort_by_key(|file| file.span.range.unwrap_or((i64::MIN, i64::MIN)));
    let is_small = |file: &DataFile| file.rows() < full.rows as u64 / 2 && file.size < full.file_bytes() / 2;
    let groups = files.chunk_by(|one, next| is_small(one) == is_small(next));
    groups.filter(|group| group.len() >= COMPANY && group.iter().all(is_small)).map(<[DataFile]>::to_vec).collect()
}

/// Whether more than half of the file's time is that of the others.
fn mostly_overlap(others: &[DataFile], file: &DataFile) -> bool {
    let Some((first, last)) = file.span.range else { return false };
    let end = others.iter().filter_map(|other| other.span.range).map(|(_, end)| end).max().unwrap_or(i64::MIN);
    let shared = i128::from(end.min(last)) - i128::from(first);
    shared > 0 && shared * 2 > i128::from(last) - i128::from(first)
}

/// The rows of `files` in order of time in new files, numbered from `number`, which no log entry names yet; with a `cutoff`,
/// without older rows.
async fn rewrite(
    snapshot: &Snapshot,
    layout: &Layout,
    files: &[DataFile],
    (cutoff, number): (Option<i64>, usize),
    full: Full,
) -> Result<Vec<DataFile>, LakeError> {
    let failed = |source| LakeError::Rewrite { table: snapshot.name.clone(), source: Box::new(source) };
    let rows: u64 = files.iter().map(DataFile::rows).sum();
    let size: u64 = files.iter().map(|file| file.size).sum();
    let parts = rows.div_ceil(full.rows as u64).max(size.div_ceil(full.file_bytes())).max(1);
    let per_file = usize::try_from(rows.div_ceil(parts)).unwrap_or(usize::MAX).max(1);
    let table = file_table(snapshot, layout, &layout.full_schema(), files)?;
    let mut stream = sorted(table, layout, cutoff).await.map_err(failed)?;
    let mut written = Vec::new();
    let mut held: Vec<RecordBatch> = Vec::new();
    let mut room = per_file;
    while let Some(batch) = stream.next().await.transpose().map_err(failed)? {
        let mut from = 0;
        while from < batch.num_rows() {
            let taken = room.min(batch.num_rows() - from);
            held.push(batch.slice(from, taken));
            from += taken;
            room -= taken;
            if room == 0 {
                written.push(write(snapshot, layout, std::mem::take(&mut held), number + written.len()).await?);
                room = per_file;
            }
        }
    }
    if !held.is_empty() {
        written.push(write(snapshot, layout, held, number + written.len()).await?);
    }
    Ok(written)
}

/// Encodes on a thread of its own: a file is seconds of work.
async fn write(snapshot: &Snapshot, layout: &Layout, batches: Vec<RecordBatch>, number: usize) -> Result<DataFile, LakeError> {
    let path = file_name(snapshot.version() + 1, "r", number);
    let encoder = layout.clone();
    let encoded = tokio::task::spawn_blocking(move || {
        let schema = encoder.full_schema();
        encode::<ParquetError>(&encoder, &schema, batches.into_iter().map(Ok))
    });
    let stopped = |_| LakeError::WriterStopped { table: snapshot.name.clone() };
    let failed =
        |source| LakeError::Write { path: snapshot.display(&path), table: snapshot.name.clone(), source: Box::new(source) };
    let (bytes, metadata) = encoded.await.map_err(stopped)?.map_err(failed)?;
    store(snapshot, layout, &path, bytes, &metadata).await
}

async fn sorted(
    table: crate::scan::FileTable,
    layout: &Layout,
    cutoff: Option<i64>,
) -> datafusion::error::Result<SendableRecordBatchStream> {
    let environment = RuntimeEnvBuilder::new().with_memory_limit(SORT_MEMORY, 1.0).build_arc()?;
    let context = SessionContext::new_with_config_rt(SessionConfig::new().with_target_partitions(1), environment);
    let mut frame = context.read_table(Arc::new(table))?;
    if let Some(place) = layout.time_place() {
        let time = ident(&layout.time);
        if let Some(cutoff) = cutoff {
            frame = frame
                .filter(time.clone().gt_eq(moment(cutoff, layout.columns[place].field.data_type())).or(time.clone().is_null()))?;
        }
        frame = frame.sort(vec![SortExpr::new(time, true, true)])?;
    }
    frame.execute_stream().await
}

fn moment(micros: i64, data_type: &DataType) -> Expr {
    let zone = match data_type {
        DataType::Timestamp(_, zone) => zone.clone(),
        _ => None,
    };
    lit(ScalarValue::TimestampMicrosecond(Some(micros), zone))
}

/// Removes data files that neither the table nor a reader of an older snapshot needs, leftovers of killed writers included.
async fn vacuum(snapshot: &Snapshot, layout: &Layout, options: &Maintain, report: &mut MaintainReport) -> Result<(), LakeError> {
    let keep = i64::from(options.keep_removed_hours) * 3600 * 1000;
    let recent = options.now / 1000 - keep;
    let mut needed: HashSet<String> = snapshot.files(layout)?.into_iter().map(|file| file.path).collect();
    needed.extend(snapshot.removed().await?.into_iter().filter(|(_, at)| *at > recent).map(|(path, _)| path));
    let root = snapshot.store();
    let failed = |path: String| move |source: object_store::Error| LakeError::DataFile { path, source: Box::new(source) };
    let listed = root.list_with_delimiter(None).await.map_err(failed(snapshot.path.display().to_string()))?;
    let data = listed.objects.into_iter().filter(|object| object.location.as_ref().ends_with(".parquet"));
    for object in data.filter(|object| !needed.contains(object.location.as_ref())) {
        root.delete(&object.location).await.map_err(failed(snapshot.display(object.location.as_ref())))?;
        report.removed_files += 1;
        report.removed_bytes += object.size;
    }
    remove_half_written(snapshot, report)
}

/// A killed writer leaves `<file>#<number>`, which the store does not list.
fn remove_half_written(snapshot: &Snapshot, report: &mut MaintainReport) -> Result<(), LakeError> {
    let failed = |source| LakeError::Directory { path: snapshot.path.clone(), source };
    for entry in std::fs::read_dir(&snapshot.path).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let staged = name.rsplit_once('#').is_some_and(|(file, number)| {
            file.ends_with(".parquet") && !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
        });
        if staged {
            report.removed_bytes += entry.metadata().map_or(0, |file| file.len());
            std::fs::remove_file(entry.path()).map_err(failed)?;
            report.removed_files += 1;
        }
    }
    Ok(())
}
