//! Writes down what reading an input gives, a line an item.

use std::fmt::Write as _;
use std::ops::ControlFlow;

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::TimestampMicrosecondType;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use schema::text::datetime;
use spoofwatch_sources::{Input, Item, Options, ReadSummary, read};

/// Everything an input gives. Columns without a value are left out, as is the text of rejects.
pub(crate) fn told(input: &Input, options: &Options) -> Result<String, Box<dyn std::error::Error>> {
    told_by(|sink| read(input, options, sink))
}

/// Everything that a way of reading gives, in the same words.
pub(crate) fn told_by(
    read: impl FnOnce(&mut dyn FnMut(Item) -> ControlFlow<()>) -> ReadSummary,
) -> Result<String, Box<dyn std::error::Error>> {
    let mut items = Vec::new();
    let summary = read(&mut |item| {
        items.push(item);
        ControlFlow::Continue(())
    });
    let mut out = String::new();
    for item in &items {
        match item {
            Item::Rows { table, batch } => rows(table, batch, &mut out)?,
            Item::Reject(reject) => {
                let table = reject.table.as_deref().unwrap_or("?");
                writeln!(out, "reject {}:{} {table}: {}", reject.source, reject.line, reject.reason)?;
            }
            Item::Notice(notice) => writeln!(out, "notice {notice}")?,
        }
    }
    for fault in &summary.faults {
        writeln!(out, "fault {fault}")?;
    }
    writeln!(out, "{} rows, {} rejected", summary.rows, summary.rejected)?;
    Ok(out)
}

fn rows(table: &str, batch: &RecordBatch, out: &mut String) -> Result<(), Box<dyn std::error::Error>> {
    let options = FormatOptions::default();
    for row in 0..batch.num_rows() {
        write!(out, "{table}")?;
        for (name, column) in batch.schema().fields().iter().map(|field| field.name()).zip(batch.columns()) {
            if column.is_valid(row) {
                let value = match column.as_primitive_opt::<TimestampMicrosecondType>() {
                    Some(moments) => moment(moments.value(row)),
                    None => ArrayFormatter::try_new(column.as_ref(), &options)?.value(row).to_string(),
                };
                write!(out, " | {name}={}", value.escape_debug())?;
            }
        }
        writeln!(out)?;
    }
    Ok(())
}

fn moment(micros: i64) -> String {
    let mut text = String::new();
    match datetime::from_unix_micros(micros) {
        Some(ticks) => datetime::write(ticks, &mut text),
        None => text.push_str("outside the years 1 to 9999"),
    }
    text
}
