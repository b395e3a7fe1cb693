//! Declared text files: fields, lines, or the whole file.

use std::io::{BufRead, BufReader, Read};

use csv::{ByteRecord, ReaderBuilder};

use super::{Declared, DeclaredPlace, DeclaredRows, texts::Texts};
use crate::{Options, SourceError};

/// Records of fields, columns by position. Source for quoting: RFC 4180. A record of other length has nulls or loses fields.
pub(super) fn read(
    name: &str,
    reader: impl Read,
    separator: u8,
    declared: &Declared,
    options: &Options,
    rows: &mut DeclaredRows,
) -> Result<(), SourceError> {
    let mut reader =
        ReaderBuilder::new().delimiter(separator).flexible(true).has_headers(declared.ignore_first_record).from_reader(reader);
    let places: Vec<usize> = declared
        .columns
        .iter()
        .enumerate()
        .map(|(position, column)| match column.place {
            Some(DeclaredPlace::Field(field)) => field,
            _ => position,
        })
        .collect();
    let mut texts = Texts::new(declared, rows);
    let mut record = ByteRecord::new();
    loop {
        let line = reader.position().line();
        match reader.read_byte_record(&mut record) {
            Ok(true) => {}
            Ok(false) => return texts.flush(),
            Err(cause) => return Err(SourceError::from_read(name, std::io::Error::other(cause))),
        }
        if record.as_slice().len() > options.max_line_bytes {
            return Err(SourceError::CsvRow { source_name: name.to_owned(), line, limit: options.max_line_bytes });
        }
        if std::str::from_utf8(record.as_slice()).is_err() {
            texts.reject(|| format!("{name}:{line}: the record is not UTF-8"));
            continue;
        }
        texts.row(|column| record.get(*places.get(column)?).and_then(|field| std::str::from_utf8(field).ok()))?;
    }
}

/// Lines, each the value of the first column.
pub(super) fn lines(
    name: &str,
    reader: impl Read,
    declared: &Declared,
    options: &Options,
    rows: &mut DeclaredRows,
) -> Result<(), SourceError> {
    let mut reader = BufReader::new(reader);
    let mut texts = Texts::new(declared, rows);
    let mut line = Vec::new();
    for number in 1_u64.. {
        line.clear();
        let limit = u64::try_from(options.max_line_bytes).unwrap_or(u64::MAX);
        let count =
            reader.by_ref().take(limit).read_until(b'\n', &mut line).map_err(|cause| SourceError::from_read(name, cause))?;
        if count == 0 {
            break;
        }
        if number == 1 && declared.ignore_first_record {
            continue;
        }
        let text = line.strip_suffix(b"\n").unwrap_or(&line);
        match std::str::from_utf8(text.strip_suffix(b"\r").unwrap_or(text)) {
            Ok(text) => texts.row(|column| (column == 0).then_some(text))?,
            Err(_) => texts.reject(|| format!("{name}:{number}: the line is not UTF-8")),
        }
    }
    texts.flush()
}

/// The whole file as one value.
pub(super) fn whole(
    name: &str,
    reader: impl Read,
    declared: &Declared,
    options: &Options,
    rows: &mut DeclaredRows,
) -> Result<(), SourceError> {
    let mut text = Vec::new();
    let limit = u64::try_from(options.max_line_bytes).unwrap_or(u64::MAX);
    reader.take(limit.saturating_add(1)).read_to_end(&mut text).map_err(|cause| SourceError::from_read(name, cause))?;
    if text.len() > options.max_line_bytes {
        return Err(SourceError::CsvRow { source_name: name.to_owned(), line: 1, limit: options.max_line_bytes });
    }
    let mut texts = Texts::new(declared, rows);
    match std::str::from_utf8(&text) {
        Ok(text) => texts.row(|column| (column == 0).then_some(text))?,
        Err(_) => texts.reject(|| format!("{name}: the file is not UTF-8")),
    }
    texts.flush()
}
