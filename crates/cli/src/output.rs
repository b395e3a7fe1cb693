//! Results in the forms that programs and files take: JSON, NDJSON, CSV, Parquet, SVG, PNG.

use std::{io::Write, path::Path, sync::Arc};

use arrow::{
    array::{Array, ArrayRef, AsArray, RecordBatch},
    datatypes::{DataType, Field, Int64Type, Schema},
};
use chart::{Chart, Size};
use engine::{Column, Results, value};
use parquet::{
    arrow::ArrowWriter,
    basic::{Compression, ZstdLevel},
    file::properties::WriterProperties,
};
use schema::Type;

use crate::{clock, command::Format, failure::Failure, write::atomically};

/// Prints to standard output.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}

/// Writes a file as a whole or not at all.
pub(crate) fn to_file(path: &Path, fill: impl FnOnce(&mut dyn Write) -> Result<(), Failure>) -> Result<(), Failure> {
    atomically(path, |file| {
        let mut out = std::io::BufWriter::new(file);
        fill(&mut out)?;
        Ok(out.flush()?)
    })
}

/// The rows in a text format.
pub(crate) fn rows(results: &Results, format: Format, out: &mut dyn Write) -> Result<(), Failure> {
    match format {
        Format::Ndjson => each_table(results, out, ndjson)?,
        Format::Csv => each_table(results, out, csv)?,
        _ => {
            let mut line = String::from("{\"columns\":");
            table_json(results, &mut line);
            more_json(results, &mut line);
            line.push_str("}\n");
            out.write_all(line.as_bytes())?;
        }
    }
    Ok(out.flush()?)
}

/// The tables of a query one after the other, parted by an empty line.
fn each_table(
    results: &Results,
    out: &mut dyn Write,
    write: fn(&Results, &mut dyn Write) -> Result<(), Failure>,
) -> Result<(), Failure> {
    write(results, out)?;
    for table in &results.more {
        out.write_all(b"\n")?;
        write(table, out)?;
    }
    Ok(())
}

/// Columns, rows and visualization, after `{"columns":`.
fn table_json(results: &Results, out: &mut String) {
    columns_json(&results.columns, out);
    out.push_str(",\"rows\":");
    rows_json(results, out);
    out.push_str(",\"visualization\":");
    out.push_str(&results.visualization.as_ref().map_or_else(|| "null".to_owned(), |drawn| drawn.to_json().to_string()));
}

/// `,"more":[{"name","columns","rows","visualization"}, ...]`: the tables after the first, where a query gives several.
pub(crate) fn more_json(results: &Results, out: &mut String) {
    for (position, table) in results.more.iter().enumerate() {
        out.push_str(if position == 0 { ",\"more\":[" } else { "," });
        out.push_str(&format!("{{\"name\":{},\"columns\":", serde_json::json!(table.name)));
        table_json(table, out);
        out.push('}');
    }
    if !results.more.is_empty() {
        out.push(']');
    }
}

/// `[{"name","type"}, ...]`.
pub(crate) fn columns_json(columns: &[Column], out: &mut String) {
    let columns: Vec<serde_json::Value> =
        columns.iter().map(|column| serde_json::json!({ "name": column.name, "type": column.ty.name() })).collect();
    out.push_str(&serde_json::Value::Array(columns).to_string());
}

/// `[[cell, ...], ...]`.
pub(crate) fn rows_json(results: &Results, out: &mut String) {
    out.push('[');
    let mut first = true;
    for batch in &results.batches {
        for row in 0..batch.num_rows() {
            out.push_str(if std::mem::take(&mut first) { "[" } else { ",[" });
            for (position, (column, array)) in results.columns.iter().zip(batch.columns()).enumerate() {
                if position > 0 {
                    out.push(',');
                }
                value::write_json(array, column.ty, row, out);
            }
            out.push(']');
        }
    }
    out.push(']');
}

fn ndjson(results: &Results, out: &mut dyn Write) -> Result<(), Failure> {
    let names: Vec<String> =
        results.columns.iter().map(|column| serde_json::Value::from(column.name.as_str()).to_string()).collect();
    let mut line = String::new();
    for batch in &results.batches {
        for row in 0..batch.num_rows() {
            line.clear();
            for (position, ((column, name), array)) in results.columns.iter().zip(&names).zip(batch.columns()).enumerate() {
                line.push(if position == 0 { '{' } else { ',' });
                line.push_str(name);
                line.push(':');
                value::write_json(array, column.ty, row, &mut line);
            }
            line.push_str("}\n");
            out.write_all(line.as_bytes())?;
        }
    }
    Ok(())
}

fn csv(results: &Results, out: &mut dyn Write) -> Result<(), Failure> {
    let mut writer = csv::Writer::from_writer(out);
    let failed = |error: csv::Error| match error.into_kind() {
        csv::ErrorKind::Io(error) => Failure::from(error),
        other => Failure::internal(format!("{other:?}")),
    };
    writer.write_record(results.columns.iter().map(|column| &column.name)).map_err(failed)?;
    let mut cell = String::new();
    for batch in &results.batches {
        for row in 0..batch.num_rows() {
            for (column, array) in results.columns.iter().zip(batch.columns()) {
                cell.clear();
                // A dynamic text keeps its quotes here, so that it can be told from the text of a number.
                match column.ty {
                    Type::Dynamic if !array.is_null(row) => value::write_json(array, column.ty, row, &mut cell),
                    ty => value::write_text(array, ty, row, &mut cell),
                }
                writer.write_field(&cell).map_err(failed)?;
            }
            writer.write_record(None::<&[u8]>).map_err(failed)?;
        }
    }
    Ok(writer.flush()?)
}

/// The rows as a Parquet file in storage types: datetimes are timestamps there.
pub(crate) fn parquet(results: &Results, path: &Path) -> Result<(), Failure> {
    atomically(path, |file| parquet_to(results, file))
}

/// The same to wherever it goes.
pub(crate) fn parquet_to(results: &Results, out: impl Write + Send) -> Result<(), Failure> {
    let fields: Vec<Field> =
        results.columns.iter().map(|column| Field::new(&column.name, column.ty.storage_type(), true)).collect();
    let schema = Arc::new(Schema::new(fields));
    let properties = WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::default())).build();
    let failed = |error: parquet::errors::ParquetError| Failure::internal(format_args!("Parquet: {error}"));
    let mut writer = ArrowWriter::try_new(out, Arc::clone(&schema), Some(properties)).map_err(failed)?;
    for batch in &results.batches {
        let arrays = results.columns.iter().zip(batch.columns()).map(|(column, array)| stored(array, column.ty));
        let batch = RecordBatch::try_new(Arc::clone(&schema), arrays.collect::<Result<Vec<_>, Failure>>()?)?;
        writer.write(&batch).map_err(failed)?;
    }
    writer.close().map_err(failed)?;
    Ok(())
}

fn stored(array: &ArrayRef, ty: Type) -> Result<ArrayRef, Failure> {
    if ty == Type::Datetime {
        let micros = array.as_primitive::<Int64Type>().unary::<_, Int64Type>(clock::micros);
        return Ok(arrow::compute::cast(&micros, &ty.storage_type())?);
    }
    match (array.data_type(), ty.storage_type()) {
        (held, wanted) if *held == wanted => Ok(Arc::clone(array)),
        (DataType::Utf8View, wanted) => Ok(arrow::compute::cast(array, &wanted)?),
        (_, wanted) => Ok(arrow::compute::cast(array, &wanted)?),
    }
}

/// The chart as a picture; the file's ending tells which kind.
pub(crate) fn chart(chart: &Chart, path: &Path) -> Result<(), Failure> {
    let bytes = match path.extension().and_then(|extension| extension.to_str()).map(str::to_ascii_lowercase).as_deref() {
        Some("svg") => chart::svg(chart, Size::default()).into_bytes(),
        Some("png") => chart::png(chart, Size::default()).map_err(Failure::internal)?,
        _ => return Err(Failure::input(format!("error: --chart {}: the name must end in .svg or .png", path.display()))),
    };
    to_file(path, |out| Ok(out.write_all(&bytes)?))
}
