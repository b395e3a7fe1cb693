//! Parquet files of others, read in place as one table.
//!
//! Must not know Delta. Start with [`parquet`].

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use datafusion::catalog::TableProvider;
use datafusion::datasource::physical_plan::parquet::metadata::DFParquetMetadata;
use datafusion::error::DataFusionError;
use futures::StreamExt;
use hashbrown::HashMap;
use object_store::ObjectMeta;
use object_store::local::LocalFileSystem;
use parquet::arrow::parquet_to_arrow_schema;
use parquet::file::metadata::ParquetMetaData;

use crate::LakeError;
use crate::scan::{FileTable, ScanFile};

/// Footers read at a time.
const AT_ONCE: usize = 8;

/// A table of files, and what could not be read of them.
#[derive(Debug)]
pub struct External {
    /// The files as one table: the union of their columns by name, missing values null, text as `Utf8View`.
    pub provider: Arc<dyn TableProvider>,
    /// The files that were left out, each with the reason.
    pub warnings: Vec<Unreadable>,
}

/// A file that was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// The file.
    pub path: PathBuf,
    /// Why.
    pub reason: String,
}

struct Footer {
    object: ObjectMeta,
    schema: Schema,
    metadata: Arc<ParquetMetaData>,
}

/// The Parquet files `paths` as one table. Only their footers are read here.
///
/// # Errors
/// When none of the files can be read; single ones that cannot are in [`External::warnings`].
pub async fn parquet(paths: &[PathBuf]) -> Result<External, LakeError> {
    let store = LocalFileSystem::new();
    // Futures of one type, made beforehand: a closure in the stream would keep whoever waits for this from moving between threads.
    let each: Vec<_> = paths.iter().map(|path| with_path(&store, path)).collect();
    let footers: Vec<_> = futures::stream::iter(each).buffered(AT_ONCE).collect().await;
    let (mut read, mut warnings) = (Vec::new(), Vec::new());
    for (path, footer) in footers {
        match footer {
            Ok(footer) => read.push(footer),
            Err(error) => warnings.push(Unreadable { path: path.clone(), reason: error.to_string() }),
        }
    }
    if let (true, Some(first)) = (read.is_empty(), warnings.first()) {
        let first = format!("{}: {}", first.path.display(), first.reason);
        return Err(LakeError::NoReadableFile { count: paths.len(), first });
    }
    let schema = union(&read);
    let mut files = Vec::with_capacity(read.len());
    for Footer { object, metadata, .. } in read {
        match DFParquetMetadata::statistics_from_parquet_metadata(&metadata, &schema) {
            Ok(statistics) => files.push(ScanFile { object, statistics: Arc::new(statistics) }),
            Err(error) => {
                warnings.push(Unreadable { path: PathBuf::from(format!("/{}", object.location)), reason: error.to_string() });
            }
        }
    }
    Ok(External { provider: Arc::new(FileTable::new(schema, files)), warnings })
}

async fn with_path<'a>(store: &LocalFileSystem, path: &'a PathBuf) -> (&'a PathBuf, Result<Footer, DataFusionError>) {
    (path, footer(store, path).await)
}

async fn footer(store: &LocalFileSystem, path: &Path) -> Result<Footer, DataFusionError> {
    let absolute = std::fs::canonicalize(path)?;
    let file = std::fs::metadata(&absolute)?;
    let location =
        object_store::path::Path::from_absolute_path(&absolute).map_err(|source| DataFusionError::External(source.into()))?;
    let last_modified = file.modified().map_or_else(|_| DateTime::<Utc>::default(), DateTime::<Utc>::from);
    let object = ObjectMeta { location, last_modified, size: file.len(), e_tag: None, version: None };
    let metadata = DFParquetMetadata::new(store, &object).fetch_metadata().await?;
    let described = metadata.file_metadata();
    let schema = parquet_to_arrow_schema(described.schema_descr(), described.key_value_metadata())?;
    Ok(Footer { object, schema, metadata })
}

/// The columns of all files, in the order they are first met; a column that some file lacks is nullable.
fn union(files: &[Footer]) -> SchemaRef {
    let mut fields: Vec<Field> = Vec::new();
    let mut places: HashMap<String, (usize, usize)> = HashMap::new();
    for field in files.iter().flat_map(|file| file.schema.fields()) {
        let found = Field::new(field.name(), readable(field.data_type()), field.is_nullable());
        match places.get_mut(field.name()) {
            Some((place, count)) => {
                *count += 1;
                let known = &fields[*place];
                let data_type = common(known.data_type(), found.data_type());
                fields[*place] = Field::new(known.name(), data_type, known.is_nullable() || found.is_nullable());
            }
            None => {
                places.insert(field.name().clone(), (fields.len(), 1));
                fields.push(found);
            }
        }
    }
    let everywhere = |field: &Field| places.get(field.name()).is_some_and(|(_, count)| *count == files.len());
    let fields: Vec<Field> =
        fields.into_iter().map(|field| if everywhere(&field) { field } else { field.with_nullable(true) }).collect();
    Arc::new(Schema::new(fields))
}

/// The form in which a stored type is read: text and bytes as views, dictionaries as their values.
fn readable(stored: &DataType) -> DataType {
    match stored {
        DataType::Utf8 | DataType::LargeUtf8 => DataType::Utf8View,
        DataType::Binary | DataType::LargeBinary => DataType::BinaryView,
        DataType::Dictionary(_, values) => readable(values),
        other => other.clone(),
    }
}

/// A type that holds the values of both: the wider number, else text.
fn common(a: &DataType, b: &DataType) -> DataType {
    if a == b {
        return a.clone();
    }
    match (a, b) {
        _ if a.is_integer() && b.is_integer() => DataType::Int64,
        _ if a.is_numeric() && b.is_numeric() => DataType::Float64,
        (DataType::Timestamp(..), DataType::Timestamp(..)) => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        (DataType::Null, other) | (other, DataType::Null) => other.clone(),
        _ => DataType::Utf8View,
    }
}
