//! The tables of a case: data files, and CSV written into the case file.

use std::{
    io::Cursor,
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::Arc,
};

use arrow::{
    array::{Array, ArrayRef, AsArray, RecordBatch, StringArray, new_null_array},
    compute::{cast, concat_batches},
    csv::ReaderBuilder,
    datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit},
    error::ArrowError,
};
use datafusion::{catalog::TableProvider, datasource::MemTable};
use engine::MemoryCatalog;
use schema::{Registry, Type};
use sources::{Input, Item, Options};

use crate::{
    Dressing,
    case::{Case, Setup, Source},
};

/// The tables a case names. The error says which of them cannot be had and why.
pub(crate) fn catalog(case: &Case, setup: &Setup, dressing: Dressing) -> Result<MemoryCatalog, String> {
    let mut catalog = MemoryCatalog::default();
    for (name, source) in &setup.tables {
        let batch = match source {
            Source::File(path) => from_file(name, &find(&case.file, path)?),
            Source::Documents(text) => documents(name, text),
            Source::Inline { text, line } => {
                inline(name, text).map_err(|error| format!("the data fence at line {line}: {error}"))
            }
        };
        let table = batch.and_then(|batch| provider(&batch, dressing).map_err(|error| error.to_string()));
        catalog.insert(name, table.map_err(|error| format!("table `{name}`: {error}"))?);
    }
    Ok(catalog)
}

/// A data file is named from the folder of the case file or any folder above it.
fn find(case_file: &Path, path: &str) -> Result<PathBuf, String> {
    let folder = std::path::absolute(case_file).unwrap_or_else(|_| case_file.to_owned());
    let found = folder.ancestors().skip(1).map(|folder| folder.join(path)).find(|candidate| candidate.is_file());
    found.ok_or_else(|| format!("there is no `{path}` in the folder of this file or above it"))
}

/// Documents as a file that is ingested.
fn documents(table: &str, text: &str) -> Result<RecordBatch, String> {
    let file = tempfile::Builder::new().suffix(".ndjson").tempfile().map_err(|error| error.to_string())?;
    std::fs::write(file.path(), text).map_err(|error| error.to_string())?;
    from_file(table, file.path())
}

/// Every row must be readable: a case over half of its data would prove nothing.
fn from_file(name: &str, path: &Path) -> Result<RecordBatch, String> {
    let options = Options { table: Some(name.to_owned()), threads: 0, ..Options::default() };
    let mut batches = Vec::new();
    let mut rejects = Vec::new();
    let summary = sources::read(&Input::file(path), &options, &mut |item| {
        match item {
            Item::Rows { batch, .. } => batches.push(batch),
            Item::Reject(reject) => rejects.push(format!("line {}: {}", reject.line, reject.reason)),
            Item::Notice(_) => {}
        }
        ControlFlow::Continue(())
    });
    if let Some(fault) = summary.faults.first() {
        return Err(fault.to_string());
    }
    if let Some(reject) = rejects.first() {
        return Err(format!("{}: {reject}", path.display()));
    }
    one(&batches).map_err(|error| error.to_string())
}

/// Batches of one table with differing columns as one batch: missing values are null.
fn one(batches: &[RecordBatch]) -> Result<RecordBatch, ArrowError> {
    let mut fields: Vec<Field> = Vec::new();
    for batch in batches {
        for field in batch.schema().fields() {
            if !fields.iter().any(|known| known.name() == field.name()) {
                fields.push(field.as_ref().clone().with_nullable(true));
            }
        }
    }
    let schema: SchemaRef = Arc::new(Schema::new(fields));
    let aligned = batches.iter().map(|batch| {
        let columns = schema.fields().iter().map(|field| match batch.column_by_name(field.name()) {
            Some(column) => cast(column, field.data_type()),
            None => Ok(new_null_array(field.data_type(), batch.num_rows())),
        });
        RecordBatch::try_new(Arc::clone(&schema), columns.collect::<Result<_, _>>()?)
    });
    concat_batches(&schema, &aligned.collect::<Result<Vec<_>, _>>()?)
}

/// CSV with `name:type` in its first line; a column of a documented table needs no type. An empty field is null.
fn inline(table: &str, text: &str) -> Result<RecordBatch, String> {
    let header = text.lines().next().unwrap_or_default();
    let documented = Registry::builtin().table(table);
    let columns = header.split(',').map(str::trim).map(|cell| match cell.rsplit_once(':') {
        Some((name, ty)) => match Type::from_name(ty.trim()) {
            Some(ty) => Ok((name.trim(), ty)),
            None => Err(format!("`{cell}`: there is no type `{ty}`")),
        },
        None => match documented.and_then(|table| table.column(cell)) {
            Some(column) => Ok((cell, column.ty)),
            None => Err(format!("`{cell}`: write the type, `{cell}:string`; `{table}` has no documented column of that name")),
        },
    });
    let columns = columns.collect::<Result<Vec<_>, _>>()?;
    let texts =
        Arc::new(Schema::new(columns.iter().map(|(name, _)| Field::new(*name, DataType::Utf8, true)).collect::<Vec<_>>()));
    let reader =
        ReaderBuilder::new(Arc::clone(&texts)).with_header(true).build(Cursor::new(text)).map_err(|error| error.to_string())?;
    let read = reader.collect::<Result<Vec<_>, _>>().and_then(|batches| concat_batches(&texts, &batches));
    let read = read.map_err(|error| error.to_string())?;
    let arrays = columns.iter().zip(read.columns()).map(|((name, ty), column)| {
        stored(column.as_string(), *ty).map(|array| (*name, array)).map_err(|error| format!("column `{name}`: {error}"))
    });
    RecordBatch::try_from_iter_with_nullable(
        arrays.collect::<Result<Vec<_>, _>>()?.into_iter().map(|(name, array)| (name, array, true)),
    )
    .map_err(|error| error.to_string())
}

/// Texts as the storage type of a Kusto type.
fn stored(texts: &StringArray, ty: Type) -> Result<ArrayRef, String> {
    match ty {
        Type::Datetime | Type::Timespan => return ticks(texts, ty),
        Type::Dynamic => return Err("dynamic columns are read from NDJSON files: name one under `tables`".to_owned()),
        _ => {}
    }
    let array = cast(texts, &ty.storage_type()).map_err(|error| error.to_string())?;
    match (0..texts.len()).find(|row| texts.is_valid(*row) && array.is_null(*row)) {
        Some(row) => Err(format!("{} is no {ty}", texts.value(row))),
        None => Ok(array),
    }
}

/// Times as Arrow's own types, which say what the numbers count.
fn ticks(texts: &StringArray, ty: Type) -> Result<ArrayRef, String> {
    use schema::text::{datetime, timespan};
    /// Ticks from year 1 to 1970.
    const UNIX_EPOCH: i64 = 621_355_968_000_000_000;
    const TICKS_PER_MICROSECOND: i64 = 10;
    let micros = texts.iter().map(|text| match text {
        None => Ok(None),
        Some(text) => {
            let ticks =
                if ty == Type::Datetime { datetime::parse(text).map(|ticks| ticks - UNIX_EPOCH) } else { timespan::parse(text) };
            ticks.map(|ticks| Some(ticks.div_euclid(TICKS_PER_MICROSECOND))).ok_or_else(|| format!("{text} is no {ty}"))
        }
    });
    let micros: arrow::array::Int64Array = micros.collect::<Result<_, String>>()?;
    let data_type = if ty == Type::Datetime { ty.storage_type() } else { DataType::Duration(TimeUnit::Microsecond) };
    cast(&micros, &data_type).map_err(|error| error.to_string())
}

/// Rows as a table, cut the way the dressing wants them.
fn provider(batch: &RecordBatch, dressing: Dressing) -> Result<Arc<dyn TableProvider>, datafusion::error::DataFusionError> {
    let size = dressing.batch_rows.unwrap_or(usize::MAX).max(1);
    let count = dressing.partitions.unwrap_or(1).max(1);
    let mut partitions = vec![Vec::new(); count];
    let mut start = 0;
    while start < batch.num_rows() {
        let length = size.min(batch.num_rows() - start);
        partitions[(start / size) % count].push(batch.slice(start, length));
        start += length;
    }
    Ok(Arc::new(MemTable::try_new(batch.schema(), partitions)?))
}
