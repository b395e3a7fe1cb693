//! The tables a hunt sees: those of the lake, and files read in place by `--table NAME=PATH`.

use std::{
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::Arc,
};

use arrow::{
    array::{ArrayRef, RecordBatch, new_null_array},
    compute::cast,
    datatypes::{DataType, Field, Schema, SchemaRef},
};
use datafusion::{catalog::TableProvider, datasource::MemTable};
use engine::MemoryCatalog;
use lake::Lake;
use sources::{Item, Place};

use crate::{failure::Failure, term, watch::AlertTables};

/// The lake under `data`, the alerts, and the files of `--table`; a file takes the place of the stored table of its name.
pub(crate) async fn open(data: &Path, files: &[String], alerts: &AlertTables) -> Result<MemoryCatalog, Failure> {
    let mut catalog = stored(data).await?;
    alerts.add_to(&mut catalog);
    for file in files {
        let Some((name, path)) = file.split_once('=') else {
            return Err(Failure::input(format!("error: --table {file}: write NAME=PATH, such as EmailEvents=mail.parquet")));
        };
        match external(name, path).await? {
            External::Foreign(table) => catalog.insert_foreign(name, table),
            External::Read(table) => catalog.insert(name, table),
        }
    }
    Ok(catalog)
}

/// The lake under `data`, as it is now.
pub(crate) async fn stored(data: &Path) -> Result<MemoryCatalog, Failure> {
    let mut catalog = MemoryCatalog::default();
    let lake = Lake::open_existing(data).await?;
    for name in lake.table_names().await? {
        match lake.provider(&name).await {
            Ok(Some(table)) => catalog.insert(name, table),
            Ok(None) => {}
            // One broken table does not keep the others from being hunted in.
            Err(error) => catalog.insert_unreadable(name, error.to_string()),
        }
    }
    Ok(catalog)
}

/// Files as a table.
enum External {
    /// Scanned in place, as others wrote it.
    Foreign(Arc<dyn TableProvider>),
    /// Read by `sources`, which gives every value its canonical form.
    Read(Arc<dyn TableProvider>),
}

/// Files as a table: Parquet is scanned in place, text formats are read at once and held in memory.
async fn external(name: &str, path: &str) -> Result<External, Failure> {
    let (inputs, errors) = sources::expand(&[path.to_owned()], &|_| false);
    if let Some(error) = errors.first() {
        return Err(Failure::input(format!("error: --table {name}={path}: {error}")));
    }
    let mut parquet: Vec<PathBuf> = Vec::new();
    let mut others = Vec::new();
    for input in inputs {
        match &input.place {
            Place::File(path) if is_parquet(path) => parquet.push(path.clone()),
            _ => others.push(input),
        }
    }
    if others.is_empty() {
        let external = lake::external::parquet(&parquet)
            .await
            .map_err(|error| Failure::input(format!("error: --table {name}={path}: {error}")))?;
        for unreadable in external.warnings {
            term::warn(&format!("{} is left out: {}", unreadable.path.display(), unreadable.reason));
        }
        return Ok(External::Foreign(external.provider));
    }
    let options = sources::Options { table: Some(name.to_owned()), ..sources::Options::default() };
    let mut batches = Vec::new();
    let mut rejected = 0_u64;
    for input in others.iter().chain(&parquet.into_iter().map(sources::Input::file).collect::<Vec<_>>()) {
        let summary = sources::read(input, &options, &mut |item| {
            match item {
                Item::Rows { batch, .. } => batches.push(batch),
                Item::Reject(reject) => {
                    rejected += 1;
                    if rejected <= 3 {
                        term::warn(&format!("{}:{}: left out: {}", reject.source, reject.line, reject.reason));
                    }
                }
                Item::Notice(_) => {}
            }
            ControlFlow::Continue(())
        });
        for fault in summary.faults {
            term::warn(&fault.to_string());
        }
    }
    if rejected > 3 {
        term::warn(&format!("--table {name}: {rejected} rows in all could not be read and are left out"));
    }
    in_memory(batches).map(External::Read)
}

fn is_parquet(path: &Path) -> bool {
    use std::io::Read as _;
    let mut magic = [0_u8; 4];
    std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut magic)).is_ok() && &magic == b"PAR1"
}

/// Batches of differing columns as one table: the union of the columns, missing ones null, texts as views.
pub(crate) fn in_memory(batches: Vec<RecordBatch>) -> Result<Arc<dyn TableProvider>, Failure> {
    let mut fields: Vec<Field> = Vec::new();
    for batch in &batches {
        for field in batch.schema().fields() {
            if !fields.iter().any(|known| known.name() == field.name()) {
                let ty = if *field.data_type() == DataType::Utf8 { DataType::Utf8View } else { field.data_type().clone() };
                fields.push(Field::new(field.name(), ty, true));
            }
        }
    }
    let schema: SchemaRef = Arc::new(Schema::new(fields));
    let aligned = batches.iter().map(|batch| aligned(batch, &schema)).collect::<Result<Vec<_>, Failure>>()?;
    let table = MemTable::try_new(schema, vec![aligned]).map_err(Failure::internal)?;
    Ok(Arc::new(table))
}

fn aligned(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch, Failure> {
    let columns = schema.fields().iter().map(|field| match batch.column_by_name(field.name()) {
        Some(column) => cast(column, field.data_type()),
        None => Ok(new_null_array(field.data_type(), batch.num_rows())),
    });
    Ok(RecordBatch::try_new(Arc::clone(schema), columns.collect::<Result<Vec<ArrayRef>, _>>()?)?)
}
