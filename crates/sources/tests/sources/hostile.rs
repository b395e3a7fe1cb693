//! Inputs that are broken, oversized or made to hurt: each is named, and the rest goes on.

use std::fs;
use std::io::Write;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, BinaryArray, Int64Array, ListArray, RecordBatch, StringArray, TimestampMillisecondArray};
use arrow::datatypes::Int32Type;
use flate2::{Compression, write::GzEncoder};
use parquet::arrow::ArrowWriter;
use spoofwatch_sources::{Input, Item, Options, Place, SourceError, expand, read};
use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::support;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const ROW: &str = "{\"Timestamp\":\"2026-11-20T23:00:00Z\",\"Subject\":\"s\"}\n";

/// What a file of that name and these bytes gives.
fn told(name: &str, bytes: &[u8], options: &Options) -> Result<String> {
    let folder = TempDir::new()?;
    let path = folder.path().join("bytes");
    fs::write(&path, bytes)?;
    support::told(&Input { name: name.to_owned(), place: Place::File(path) }, options)
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

fn zip(members: &[(&str, &[u8])]) -> Result<Vec<u8>> {
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer.start_file(*name, SimpleFileOptions::default())?;
        writer.write_all(bytes)?;
    }
    Ok(writer.finish()?.into_inner())
}

/// The last line of what was told.
fn sums(told: &str) -> &str {
    told.lines().last().unwrap_or_default()
}

#[test]
fn gzip_of_several_members_and_zstd_of_several_frames_are_read_whole() -> Result<()> {
    let options = Options::default();
    let members = [gzip(ROW.as_bytes())?, gzip(ROW.as_bytes())?].concat();
    assert_eq!(sums(&told("EmailEvents.json.gz", &members, &options)?), "2 rows, 0 rejected");
    let frames = [zstd::encode_all(ROW.as_bytes(), 3)?, zstd::encode_all(ROW.as_bytes(), 3)?].concat();
    assert_eq!(sums(&told("EmailEvents.json.zst", &frames, &options)?), "2 rows, 0 rejected");
    Ok(())
}

#[test]
fn a_truncated_gzip_gives_its_whole_lines_and_is_named() -> Result<()> {
    let rows: String = (0..2_000).map(|n| format!("{{\"Timestamp\":\"2026-11-20T23:00:00Z\",\"ReportId\":\"{n}\"}}\n")).collect();
    let whole = gzip(rows.as_bytes())?;
    let told = told("EmailEvents.json.gz", &whole[..whole.len() / 2], &Options::default())?;
    assert!(told.contains("EmailEvents | Timestamp=2026-11-20T23:00:00.0000000Z | ReportId=100\n"), "{told}");
    assert!(told.contains("fault EmailEvents.json.gz: reading stopped: the gzip data is broken"), "{told}");
    assert!(sums(&told).ends_with(" 0 rejected"), "{told}");
    Ok(())
}

#[test]
fn every_member_of_a_zip_is_read_and_a_broken_one_is_named() -> Result<()> {
    let inner = gzip(ROW.as_bytes())?;
    let members = [
        ("EmailEvents.json", ROW.as_bytes()),
        ("notes.txt", b"Dear all,\nthis is a letter.\n"),
        ("old/UrlClickEvents.csv.gz", &gzip(b"Timestamp,Url\n2026-11-20T23:00:00Z,u\n")?),
        ("deep.zip", &zip(&[("EmailEvents.json.gz", &inner)])?),
    ];
    let told = told("export.zip", &zip(&members)?, &Options::default())?;
    assert_eq!(
        told,
        "EmailEvents | Timestamp=2026-11-20T23:00:00.0000000Z | Subject=s\n\
         UrlClickEvents | Timestamp=2026-11-20T23:00:00.0000000Z | Url=u\n\
         fault export.zip!notes.txt: not a format that is read here (JSON, NDJSON, CSV, Parquet; messages as eml, mbox or Outlook's msg; gzip, zstd, zip or tar around them)\n\
         fault export.zip!deep.zip!EmailEvents.json.gz: compressed more than twice over; unpack it first\n\
         2 rows, 0 rejected\n"
    );
    Ok(())
}

#[test]
fn an_archive_that_is_none_is_named() -> Result<()> {
    let told = told("export.zip", b"PK\x03\x04 and nothing more", &Options::default())?;
    assert!(told.starts_with("fault export.zip: the zip archive cannot be read: "), "{told}");
    Ok(())
}

#[test]
fn a_decompression_bomb_is_stopped() -> Result<()> {
    let bomb = [ROW.as_bytes(), b"{\"Subject\":\"", &vec![b'a'; 80 << 20]].concat();
    let bomb = zstd::encode_all(bomb.as_slice(), 1)?;
    let ratio = told("EmailEvents.json.zst", &bomb, &Options::default())?;
    assert!(
        ratio.contains("fault EmailEvents.json.zst: expands to more than 250 times its size, as decompression bombs do;"),
        "{ratio}"
    );
    assert_eq!(sums(&ratio), "1 rows, 0 rejected");
    let total = told(
        "EmailEvents.json.gz",
        &gzip(ROW.repeat(100).as_bytes())?,
        &Options { max_uncompressed_bytes: 1000, ..Options::default() },
    )?;
    assert!(total.contains("fault EmailEvents.json.gz: expands to more than 1000 bytes;"), "{total}");
    Ok(())
}

#[test]
fn a_line_of_100_megabytes_is_rejected_and_the_next_one_read() -> Result<()> {
    let mut lines = ROW.as_bytes().to_vec();
    lines.extend_from_slice(b"{\"Subject\":\"");
    lines.resize(100 << 20, b'a');
    lines.extend_from_slice(b"\"}\n");
    lines.extend_from_slice(ROW.as_bytes());
    let told = told("EmailEvents.json", &lines, &Options::default())?;
    assert!(told.contains("reject EmailEvents.json:2 ?: the line is longer than 67108864 bytes\n"));
    assert_eq!(sums(&told), "2 rows, 1 rejected");
    Ok(())
}

#[test]
fn a_long_record_of_a_document_is_rejected_and_the_next_one_read() -> Result<()> {
    let long = "a".repeat(3_000);
    let options = Options { max_line_bytes: 2_000, ..Options::default() };
    let document = format!("[{row},{{\"Subject\":\"{long}\"}},{row}]", row = ROW.trim());
    assert_eq!(sums(&told("EmailEvents.json", document.as_bytes(), &options)?), "2 rows, 1 rejected");
    let alone = format!("{{\n\"Subject\":\"{long}\"}}\n{ROW}");
    assert_eq!(sums(&told("EmailEvents.json", alone.as_bytes(), &options)?), "1 rows, 1 rejected");
    Ok(())
}

#[test]
fn a_quote_that_is_never_closed_does_not_fill_memory() -> Result<()> {
    let file = format!("Timestamp,Subject\n2026-11-20T23:00:00Z,s\n2026-11-20T23:00:01Z,\"{}", "a\n".repeat(1 << 20));
    let told = told("EmailEvents.csv", file.as_bytes(), &Options { max_line_bytes: 1 << 16, ..Options::default() })?;
    assert!(told.contains("fault EmailEvents.csv: line 3: a row is longer than 65536 bytes"), "{told}");
    assert_eq!(sums(&told), "1 rows, 0 rejected");
    Ok(())
}

#[test]
fn an_array_nested_a_million_times_is_refused() -> Result<()> {
    let told = told("EmailEvents.json", "[".repeat(1_000_000).as_bytes(), &Options::default())?;
    assert!(told.contains("fault EmailEvents.json: line 1: the JSON document is broken"), "{told}");
    Ok(())
}

fn parquet_file(columns: Vec<(&str, ArrayRef)>) -> Result<Vec<u8>> {
    let batch = RecordBatch::try_from_iter(columns)?;
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), None)?;
    writer.write(&batch)?;
    Ok(writer.into_inner()?)
}

fn email_events() -> Result<Vec<u8>> {
    parquet_file(vec![
        (
            "TimeGenerated",
            Arc::new(TimestampMillisecondArray::from(vec![Some(1_795_215_600_000), None, Some(i64::MAX), Some(0)])),
        ),
        ("Subject", Arc::new(BinaryArray::from(vec![b"s".as_slice(), b"s", b"s", b"\xff"]))),
        ("EmailSize", Arc::new(Int64Array::from(vec![12, 12, 12, 12]))),
        ("To", Arc::new(ListArray::from_iter_primitive::<Int32Type, _, _>(vec![Some(vec![Some(1), None]), None, None, None]))),
        ("Mine", Arc::new(StringArray::from(vec!["x", "x", "x", "x"]))),
    ])
}

#[test]
fn parquet_is_cast_to_the_columns_types_and_its_bad_rows_rejected() -> Result<()> {
    let expected = "reject EmailEvents.parquet:2 EmailEvents: the row has no time: neither `Timestamp` nor `TimeGenerated` holds one\n\
        reject EmailEvents.parquet:3 EmailEvents: column `TimeGenerated` (datetime) cannot hold 9223372036854775807 microseconds from 1970: not a moment in the years 1 to 9999\n\
        reject EmailEvents.parquet:4 ?: column `Subject` is not UTF-8\n\
        notice EmailEvents.parquet: column `Mine` is not documented for EmailEvents; its values are kept as text\n\
        EmailEvents | Timestamp=2026-11-20T23:00:00.0000000Z | Subject=s | To=[1,null] | EmailSize=12 | Mine=x\n\
        1 rows, 3 rejected\n";
    let bytes = email_events()?;
    assert_eq!(told("EmailEvents.parquet", &bytes, &Options::default())?, expected);
    // From a stream without a way back it is the same.
    assert_eq!(told("EmailEvents.parquet", &gzip(&bytes)?, &Options::default())?, expected);
    Ok(())
}

#[test]
fn a_corrupt_parquet_file_is_named() -> Result<()> {
    let whole = email_events()?;
    let mut broken_page = whole.clone();
    broken_page[8..200].fill(0xff);
    for bytes in [&whole[..whole.len() - 9], &whole[..20], &broken_page] {
        let told = told("EmailEvents.parquet", bytes, &Options::default())?;
        assert!(told.starts_with("fault EmailEvents.parquet: the Parquet file cannot be read: "), "{told}");
    }
    Ok(())
}

#[test]
fn chunks_parsed_by_several_threads_come_in_the_order_of_the_file() -> Result<()> {
    let line = |n: u32| match n % 7 {
        0 => format!("broken {n}\n"),
        _ => format!("{{\"Timestamp\":\"2026-11-20T23:00:00Z\",\"ReportId\":\"{n}\"}}\n"),
    };
    let lines: String = (1..2_000).map(line).collect();
    let lines = format!("{ROW}{lines}");
    let options = |chunk_bytes, threads| Options { chunk_bytes, threads, ..Options::default() };
    let by_kind = |told: String| -> (Vec<String>, Vec<String>) {
        told.lines().map(str::to_owned).partition(|line| line.starts_with("reject"))
    };
    let whole = by_kind(told("EmailEvents.json", lines.as_bytes(), &options(8 << 20, 0))?);
    for (chunk_bytes, threads) in [(500, 3), (1, 2), (500, 0), (10_000, 1)] {
        assert_eq!(by_kind(told("EmailEvents.json", lines.as_bytes(), &options(chunk_bytes, threads))?), whole);
    }
    let ids: Vec<&str> = whole.1.iter().filter_map(|row| row.rsplit_once("ReportId=")).map(|(_, id)| id).collect();
    assert!(ids.iter().map(|id| id.parse::<u32>().unwrap_or_default()).is_sorted());
    assert_eq!(whole.0[0], "reject EmailEvents.json:8 ?: not JSON: an object expected at byte 1");
    Ok(())
}

#[test]
fn the_sink_may_stop_the_reading() -> Result<()> {
    let folder = TempDir::new()?;
    let path = folder.path().join("EmailEvents.json");
    fs::write(&path, ROW.repeat(10_000))?;
    let mut batches = 0;
    let summary = read(&Input::file(path), &Options { chunk_bytes: 1_000, ..Options::default() }, &mut |item| {
        batches += u32::from(matches!(item, Item::Rows { .. }));
        ControlFlow::Break(())
    });
    assert!(summary.stopped && summary.faults.is_empty() && batches == 1);
    Ok(())
}

#[test]
fn the_table_the_caller_names_wins_and_needs_no_documentation() -> Result<()> {
    let named = |table: &str| Options { table: Some(table.to_owned()), ..Options::default() };
    let line = b"{\"TimeGenerated\":\"2026-11-20T23:00:00Z\",\"Type\":\"EmailEvents\",\"Url\":\"u\"}\n";
    assert!(
        told("EmailEvents.json", line, &named("EmailUrlInfo"))?
            .starts_with("EmailUrlInfo | Timestamp=2026-11-20T23:00:00.0000000Z | Url=u")
    );
    let own = told("x.json", line, &named("Mine"))?;
    assert!(own.contains("Mine | Timestamp=2026-11-20T23:00:00.0000000Z | Type=EmailEvents | Url=u\n"), "{own}");
    Ok(())
}

#[test]
fn names_made_from_data_do_not_become_a_thousand_columns() -> Result<()> {
    let lines: String = (0..1_010).map(|n| format!("{{\"Timestamp\":\"2026-11-20T23:00:00Z\",\"k{n}\":1}}\n")).collect();
    assert_eq!(sums(&told("EmailEvents.json", lines.as_bytes(), &Options::default())?), "1000 rows, 10 rejected");
    Ok(())
}

#[test]
fn arguments_stand_for_files_directories_patterns_and_standard_input() -> Result<()> {
    let folder = TempDir::new()?;
    let at = |name: &str| folder.path().join(name);
    fs::create_dir_all(at("a/deeper"))?;
    fs::create_dir_all(at("empty"))?;
    fs::create_dir_all(at("a/delta/_delta_log"))?;
    for file in ["b.json", "a/2.json", "a/10.json", "a/deeper/3.json", "a/.hidden", "a/delta/part.parquet"] {
        fs::write(at(file), "")?;
    }
    let arguments = ["-", "a", "b.json", "*.json", "empty", "c.json", "*.csv"]
        .map(|argument| if argument == "-" { argument.to_owned() } else { at(argument).display().to_string() });
    let (inputs, errors) = expand(&arguments, &|path| path.ends_with("skipped"));
    let relative = |path: &Path| path.strip_prefix(folder.path()).unwrap_or(path).to_owned();
    let places: Vec<PathBuf> = inputs
        .iter()
        .map(|input| match &input.place {
            Place::Stdin | Place::Memory(_) => PathBuf::from("-"),
            Place::File(path) => relative(path),
        })
        .collect();
    let expected = ["-", "a/10.json", "a/2.json", "a/deeper/3.json", "b.json", "b.json"].map(PathBuf::from);
    assert_eq!(places, expected);
    let messages: Vec<String> =
        errors.iter().map(|error| error.to_string().replace(&format!("{}/", folder.path().display()), "")).collect();
    assert_eq!(
        messages,
        [
            "a/delta: a Delta table, which is not read as files; export its rows, as Parquet or CSV, and ingest that",
            "empty: the directory holds no files",
            "c.json: no such file or directory",
            "*.csv: no file matches this pattern"
        ]
    );
    Ok(())
}

#[test]
fn a_file_that_vanished_is_named() {
    let summary = read(&Input::file("no/such/file"), &Options::default(), &mut |_| ControlFlow::Continue(()));
    assert!(matches!(summary.faults.as_slice(), [SourceError::Open { .. }]));
}
