//! A set of Parquet files as a table of the query engine, read by DataFusion's own Parquet scan.
//!
//! Must not know Delta. Start with [`FileTable::scan`].
//!
//! What it adds to DataFusion's scan: files are chosen from statistics known beforehand, so the footers of files that
//! cannot match are never opened; a column that a file does not have is `""` where text is never null.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::{DataType, Schema, SchemaRef};
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::pruning::PrunableStatistics;
use datafusion::common::stats::Precision;
use datafusion::common::{DFSchema, ScalarValue, Statistics};
use datafusion::config::TableParquetOptions;
use datafusion::datasource::TableType;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::parquet::CachedParquetFileReaderFactory;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::error::Result;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::logical_expr::utils::conjunction;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr_adapter::{
    DefaultPhysicalExprAdapterFactory, PhysicalExprAdapter, PhysicalExprAdapterFactory, replace_columns_with_literals,
};
use datafusion::physical_optimizer::pruning::PruningPredicateBuilder;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;
use object_store::ObjectMeta;

use crate::statistics::{bounds, total};

/// One file of a table.
#[derive(Debug, Clone)]
pub(crate) struct ScanFile {
    /// Where it is, its size and age.
    pub(crate) object: ObjectMeta,
    /// What is known about its rows, in the order of the table's schema.
    pub(crate) statistics: Arc<Statistics>,
}

/// Files as one table.
#[derive(Debug)]
pub(crate) struct FileTable {
    schema: SchemaRef,
    /// In the order they are read.
    files: Vec<ScanFile>,
    total: Statistics,
}

impl FileTable {
    /// A table of `files`, all on the local file system.
    pub(crate) fn new(schema: SchemaRef, files: Vec<ScanFile>) -> Self {
        let total = total(files.iter().map(|file| file.statistics.as_ref()), &schema);
        Self { schema, files, total }
    }

    /// The files that may hold rows matching all of `filters`, and no more than `limit` rows need when there are none.
    fn choose(&self, state: &dyn Session, filters: &[Expr], limit: Option<usize>) -> Result<Vec<&ScanFile>> {
        let Some(filter) = conjunction(filters.iter().cloned()) else {
            return Ok(self.first(limit));
        };
        let df_schema = DFSchema::try_from(Arc::clone(&self.schema))?;
        let predicate = state.create_physical_expr(filter, &df_schema)?;
        let Some(predicate) = PruningPredicateBuilder::new().with_file_schema(Arc::clone(&self.schema)).build(predicate) else {
            return Ok(self.files.iter().collect());
        };
        let bounds = self.files.iter().map(|file| Arc::new(bounds(&file.statistics))).collect();
        let keep = predicate.prune(&PrunableStatistics::new(bounds, Arc::clone(&self.schema)))?;
        Ok(self.files.iter().zip(keep).filter_map(|(file, keep)| keep.then_some(file)).collect())
    }

    fn first(&self, limit: Option<usize>) -> Vec<&ScanFile> {
        let mut left = limit.unwrap_or(usize::MAX);
        let mut chosen = Vec::new();
        for file in &self.files {
            if left == 0 {
                break;
            }
            chosen.push(file);
            let Precision::Exact(rows) = file.statistics.num_rows else { continue };
            left = left.saturating_sub(rows);
        }
        chosen
    }
}

#[async_trait]
impl TableProvider for FileTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn statistics(&self) -> Option<Statistics> {
        Some(self.total.clone())
    }

    /// Filters choose files here and are pushed into the scan by the physical optimiser, which decides whether they have to
    /// be evaluated above it as well.
    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let chosen = self.choose(state, filters, limit)?;
        if chosen.is_empty() {
            let schema = match projection {
                Some(places) => Arc::new(self.schema.project(places)?),
                None => Arc::clone(&self.schema),
            };
            return Ok(Arc::new(EmptyExec::new(schema)));
        }
        let url = ObjectStoreUrl::local_filesystem();
        let environment = state.runtime_env();
        // Footers and page indexes are kept in the session, so a second hunt reads neither.
        let reader = CachedParquetFileReaderFactory::new(
            environment.object_store(&url)?,
            environment.cache_manager.get_file_metadata_cache(),
        );
        let options =
            TableParquetOptions { global: state.config_options().execution.parquet.clone(), ..TableParquetOptions::default() };
        let source = ParquetSource::new(Arc::clone(&self.schema))
            .with_table_parquet_options(options)
            .with_parquet_file_reader_factory(Arc::new(reader));
        let statistics = total(chosen.iter().map(|file| file.statistics.as_ref()), &self.schema);
        let config = FileScanConfigBuilder::new(url, Arc::new(source))
            .with_file_groups(groups(&chosen, state.config().target_partitions()))
            .with_statistics(statistics)
            .with_projection_indices(projection.cloned())?
            .with_limit(limit)
            .with_expr_adapter(Some(Arc::new(MissingText)))
            .build();
        Ok(DataSourceExec::from_data_source(config))
    }
}

/// At most `partitions` groups of neighbouring files of about the same size; the engine splits big files further.
fn groups(files: &[&ScanFile], partitions: usize) -> Vec<FileGroup> {
    let bytes: u64 = files.iter().map(|file| file.object.size).sum();
    let share = bytes.div_ceil(partitions.max(1) as u64).max(1);
    let mut groups: Vec<Vec<PartitionedFile>> = Vec::new();
    let mut before = 0;
    for file in files {
        let group = usize::try_from(before / share).unwrap_or(usize::MAX);
        if groups.len() <= group {
            groups.push(Vec::new());
        }
        before += file.object.size;
        if let Some(last) = groups.last_mut() {
            last.push(PartitionedFile::from(file.object.clone()).with_statistics(Arc::clone(&file.statistics)));
        }
    }
    groups.into_iter().map(FileGroup::new).collect()
}

/// Reads a column that a file lacks as `""` where the table's text is never null, and as null elsewhere.
#[derive(Debug)]
struct MissingText;

impl PhysicalExprAdapterFactory for MissingText {
    fn create(&self, logical: SchemaRef, physical: SchemaRef) -> Result<Arc<dyn PhysicalExprAdapter>> {
        let missing = logical.fields().iter().filter(|field| {
            *field.data_type() == DataType::Utf8View && !field.is_nullable() && physical.index_of(field.name()).is_err()
        });
        let empty = missing.map(|field| (field.name().clone(), ScalarValue::Utf8View(Some(String::new())))).collect();
        // A column of the right type is used as it is: a cast that only changes nullability would hide it from the bloom
        // filters.
        let fields: Vec<_> = logical
            .fields()
            .iter()
            .map(|field| match physical.field_with_name(field.name()) {
                Ok(found) if found.data_type() == field.data_type() => Arc::new(found.clone()),
                _ => Arc::clone(field),
            })
            .collect();
        let same = Arc::new(Schema::new(fields));
        Ok(Arc::new(MissingTextAdapter { empty, inner: DefaultPhysicalExprAdapterFactory.create(same, physical)? }))
    }
}

#[derive(Debug)]
struct MissingTextAdapter {
    empty: std::collections::HashMap<String, ScalarValue>,
    inner: Arc<dyn PhysicalExprAdapter>,
}

impl PhysicalExprAdapter for MissingTextAdapter {
    fn rewrite(&self, expr: Arc<dyn PhysicalExpr>) -> Result<Arc<dyn PhysicalExpr>> {
        let filled = if self.empty.is_empty() { expr } else { replace_columns_with_literals(expr, &self.empty)? };
        self.inner.rewrite(filled)
    }
}
