//! Rows to the bytes of a Parquet file, laid out for hunts.
//!
//! Must not know Delta. Start with [`encode`].
//!
//! Sorted by time; texts dictionary-encoded; a page index and, on the columns people look needles up in, bloom filters, so
//! that a last-hour hunt or a needle reads the pages it needs.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, SchemaRef};
use datafusion::arrow::record_batch::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::{ParquetMetaData, SortingColumn};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;

use crate::columns::{Layout, ROW_ID};

/// Rows of a row group: the unit of parallel work and of the dictionaries.
pub(crate) const GROUP_ROWS: usize = 128 * 1024;

/// Rows written at a time.
pub(crate) const CHUNK_ROWS: usize = 16 * 1024;

/// Columns in which people look for one value among millions. The writer folds a filter down to the number of values it
/// really holds, so a column of few values costs next to nothing.
const NEEDLES: [&str; 44] = [
    "AccountObjectId",
    "AccountUpn",
    "AlertId",
    "CampaignId",
    "ClientIP",
    "CorrelationId",
    "DeviceId",
    "DeviceName",
    "FileName",
    "InitiatingProcessSHA1",
    "InitiatingProcessSHA256",
    "InternetMessageId",
    "IPAddress",
    "MD5",
    "NetworkMessageId",
    "OriginatingServer",
    "RecipientEmailAddress",
    "RecipientObjectId",
    "RemoteIP",
    "RemoteUrl",
    "ReportId",
    "SenderDisplayName",
    "SenderFromAddress",
    "SenderFromDomain",
    "SenderIPv4",
    "SenderIPv6",
    "SenderMailFromAddress",
    "SenderMailFromDomain",
    "SenderObjectId",
    "SHA1",
    "SHA256",
    "SystemAlertId",
    "TeamsMessageId",
    "Url",
    "UrlDomain",
    "UserId",
    "UserPrincipalName",
    "event.id",
    "o365.audit.UserId",
    "o365.audit.ObjectId",
    "source.ip",
    "user.email",
    "user.id",
    "user.name",
];

/// One chance in a hundred that a filter lets a row group through in vain.
const FALSE_POSITIVES: f64 = 0.01;

/// The file that holds `batches`, whose rows are in the order of time, and what its footer says.
pub(crate) fn encode<E: From<ParquetError>>(
    layout: &Layout,
    schema: &SchemaRef,
    batches: impl Iterator<Item = Result<RecordBatch, E>>,
) -> Result<(Vec<u8>, ParquetMetaData), E> {
    // Without the Arrow schema in the footer every reader derives the types from Parquet's own: text is text, not `Utf8`.
    let options = ArrowWriterOptions::new().with_properties(properties(layout)).with_skip_arrow_metadata(true);
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new_with_options(&mut bytes, Arc::clone(schema), options)?;
    for batch in batches {
        writer.write(&batch?)?;
    }
    let metadata = writer.close()?;
    Ok((bytes, metadata))
}

fn properties(layout: &Layout) -> WriterProperties {
    let sorting = layout
        .time_place()
        .and_then(|place| i32::try_from(place).ok())
        .map(|column_idx| vec![SortingColumn { column_idx, descending: false, nulls_first: true }]);
    let mut builder = WriterProperties::builder()
        .set_created_by(concat!("spoofwatch ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_row_count(Some(GROUP_ROWS))
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_sorting_columns(sorting);
    // Times are sorted or nearly so: their differences take a few bits each, which neither a dictionary nor Zstandard comes near.
    for name in layout.columns.iter().map(|stored| &stored.field).filter(|field| is_time(field)).map(|field| field.name()) {
        let path = || ColumnPath::new(vec![name.clone()]);
        builder = builder
            .set_column_dictionary_enabled(path(), false)
            .set_column_encoding(path(), Encoding::DELTA_BINARY_PACKED)
            .set_column_compression(path(), Compression::UNCOMPRESSED);
    }
    for half in ROW_ID {
        let path = || ColumnPath::new(vec![half.to_owned()]);
        // Hashes have no order, no repetition and no redundancy.
        builder = builder
            .set_column_dictionary_enabled(path(), false)
            .set_column_compression(path(), Compression::UNCOMPRESSED)
            .set_column_statistics_enabled(path(), EnabledStatistics::None);
    }
    for name in layout.columns.iter().map(|stored| stored.field.name()).filter(|name| NEEDLES.contains(&name.as_str())) {
        let path = || ColumnPath::new(vec![name.clone()]);
        builder = builder
            .set_column_bloom_filter_enabled(path(), true)
            .set_column_bloom_filter_fpp(path(), FALSE_POSITIVES)
            .set_column_bloom_filter_max_ndv(path(), GROUP_ROWS as u64);
    }
    builder.build()
}

fn is_time(field: &Field) -> bool {
    matches!(field.data_type(), DataType::Timestamp(..))
}
