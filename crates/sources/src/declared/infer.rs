//! The columns that a file has, told by its values: what `infer_storage_schema` asks.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read},
};

use arrow::datatypes::DataType;
use csv::{ByteRecord, ReaderBuilder};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use schema::{Type, text};
use serde_json::Value;

use super::{DeclaredForm, open};
use crate::{Options, SourceError};

/// Records that are looked at: later ones seldom tell more.
const MOST_RECORDS: usize = 10_000;

/// A column of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InferredColumn {
    /// Its name; `Column1` and so on where the file names none.
    pub name: String,
    /// The type that all of its values have.
    pub ty: Type,
}

/// The columns of a file, compressed or not. With `header` the first record of separated fields has their names.
///
/// # Errors
/// The file cannot be read, or expands beyond the limits of `options`.
pub fn infer_columns(
    name: &str,
    file: File,
    form: DeclaredForm,
    header: bool,
    options: &Options,
) -> Result<Vec<InferredColumn>, SourceError> {
    let mut columns = Columns::default();
    open::each(name, file, options, &mut |name, stream| match form {
        DeclaredForm::Separated(separator) => columns.separated(name, stream.into_reader(), separator, header),
        DeclaredForm::Json => columns.json(name, stream.into_reader(), options),
        DeclaredForm::Lines | DeclaredForm::Whole => {
            columns.add("Column1", Some(Type::String));
            Ok(())
        }
        DeclaredForm::Parquet => {
            let file = stream.into_file().map_err(|cause| SourceError::from_read(name, cause))?;
            let footer = ParquetRecordBatchReaderBuilder::try_new(file)
                .map_err(|cause| SourceError::Parquet { source_name: name.to_owned(), cause: cause.to_string() })?;
            for field in footer.schema().fields() {
                columns.add(field.name(), Some(of_arrow(field.data_type())));
            }
            Ok(())
        }
    })?;
    Ok(columns.finished())
}

/// Several files as one table: the columns of all, each with a type that fits everywhere.
#[must_use]
pub fn merged_columns(files: impl IntoIterator<Item = Vec<InferredColumn>>) -> Vec<InferredColumn> {
    let mut columns = Columns::default();
    for column in files.into_iter().flatten() {
        columns.add(&column.name, Some(column.ty));
    }
    columns.finished()
}

/// Columns in the order they came, with the type so far; none as long as every value was missing.
#[derive(Default)]
struct Columns(Vec<(String, Option<Type>)>);

impl Columns {
    fn add(&mut self, name: &str, ty: Option<Type>) {
        match self.0.iter_mut().find(|(known, _)| known == name) {
            None => self.0.push((name.to_owned(), ty)),
            Some((_, known)) => *known = common(*known, ty),
        }
    }

    fn finished(self) -> Vec<InferredColumn> {
        self.0.into_iter().map(|(name, ty)| InferredColumn { name, ty: ty.unwrap_or(Type::String) }).collect()
    }

    fn separated(&mut self, name: &str, reader: impl Read, separator: u8, header: bool) -> Result<(), SourceError> {
        let mut reader = ReaderBuilder::new().delimiter(separator).flexible(true).has_headers(false).from_reader(reader);
        let mut record = ByteRecord::new();
        let mut names: Vec<String> = Vec::new();
        for number in 0..MOST_RECORDS {
            let more = reader.read_byte_record(&mut record);
            if !more.map_err(|cause| SourceError::from_read(name, std::io::Error::other(cause)))? {
                break;
            }
            let fields = record.iter().map(String::from_utf8_lossy);
            if number == 0 && header {
                names = fields.map(|field| field.trim().to_owned()).collect();
                names.iter().for_each(|name| self.add(name, None));
                continue;
            }
            for (position, field) in fields.enumerate() {
                match names.get(position) {
                    Some(name) => self.add(name, of_text(&field)),
                    None => self.add(&format!("Column{}", position + 1), of_text(&field)),
                }
            }
        }
        Ok(())
    }

    /// Objects a line, one after the other, or in an array.
    fn json(&mut self, name: &str, reader: impl Read, options: &Options) -> Result<(), SourceError> {
        let fault = |cause| SourceError::from_read(name, cause);
        let mut reader = BufReader::new(reader);
        let begins = reader.fill_buf().map_err(fault)?.trim_ascii_start().first().copied();
        // An array is one value: its size is bounded as that of a line is.
        let limit = u64::try_from(options.max_line_bytes).unwrap_or(u64::MAX);
        let whole: Box<dyn Read> = if begins == Some(b'[') { Box::new(reader.take(limit)) } else { Box::new(reader) };
        for value in serde_json::Deserializer::from_reader(whole).into_iter::<Value>().take(MOST_RECORDS) {
            match value.map_err(|cause| fault(std::io::Error::other(cause)))? {
                Value::Array(records) => records.iter().take(MOST_RECORDS).for_each(|record| self.object(record)),
                record => self.object(&record),
            }
        }
        Ok(())
    }

    fn object(&mut self, record: &Value) {
        for (key, value) in record.as_object().into_iter().flatten() {
            self.add(key, of_json(value));
        }
    }
}

/// The type that values of both have.
const fn common(a: Option<Type>, b: Option<Type>) -> Option<Type> {
    match (a, b) {
        (None, other) | (other, None) => other,
        (Some(Type::Long), Some(Type::Long)) => Some(Type::Long),
        (Some(Type::Long | Type::Real), Some(Type::Long | Type::Real)) => Some(Type::Real),
        (Some(Type::Dynamic), _) | (_, Some(Type::Dynamic)) => Some(Type::Dynamic),
        (Some(a), Some(b)) if a as u8 == b as u8 => Some(a),
        _ => Some(Type::String),
    }
}

fn of_text(field: &str) -> Option<Type> {
    let field = field.trim();
    let digits = field.bytes().any(|byte| byte.is_ascii_digit());
    Some(match field {
        "" => return None,
        _ if field.eq_ignore_ascii_case("true") || field.eq_ignore_ascii_case("false") => Type::Bool,
        _ if digits && field.parse::<i64>().is_ok() => Type::Long,
        _ if digits && field.parse::<f64>().is_ok() => Type::Real,
        _ if field.starts_with(['{', '[']) && serde_json::from_str::<Value>(field).is_ok() => Type::Dynamic,
        _ => of_quoted(field),
    })
}

fn of_json(value: &Value) -> Option<Type> {
    Some(match value {
        Value::Null => return None,
        Value::Bool(_) => Type::Bool,
        Value::Number(number) if number.is_i64() => Type::Long,
        Value::Number(_) => Type::Real,
        Value::String(text) if text.is_empty() => return None,
        Value::String(text) => of_quoted(text),
        Value::Array(_) | Value::Object(_) => Type::Dynamic,
    })
}

/// What a text is that is no number.
fn of_quoted(text: &str) -> Type {
    let parted = |by: char, times: usize| text.matches(by).count() == times;
    if text.len() == 36 && text::guid::parse(text).is_some() {
        Type::Guid
    } else if parted('-', 2) && text::datetime::parse(text).is_some() {
        Type::Datetime
    } else if parted(':', 2) && text::timespan::parse(text).is_some() {
        Type::Timespan
    } else {
        Type::String
    }
}

const fn of_arrow(ty: &DataType) -> Type {
    match ty {
        DataType::Boolean => Type::Bool,
        DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::UInt8 | DataType::UInt16 => Type::Int,
        DataType::Int64 | DataType::UInt32 | DataType::UInt64 => Type::Long,
        DataType::Float16 | DataType::Float32 | DataType::Float64 => Type::Real,
        DataType::Decimal32(..) | DataType::Decimal64(..) | DataType::Decimal128(..) | DataType::Decimal256(..) => Type::Decimal,
        DataType::Timestamp(..) | DataType::Date32 | DataType::Date64 => Type::Datetime,
        DataType::Duration(_) | DataType::Time32(_) | DataType::Time64(_) => Type::Timespan,
        DataType::List(_) | DataType::LargeList(_) | DataType::Struct(_) | DataType::Map(..) => Type::Dynamic,
        _ => Type::String,
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Seek as _, Write as _};

    use super::{DeclaredForm, infer_columns};
    use crate::Options;

    fn told(form: DeclaredForm, header: bool, text: &str) -> Result<String, Box<dyn std::error::Error>> {
        let mut file = tempfile::tempfile()?;
        file.write_all(text.as_bytes())?;
        file.rewind()?;
        let columns = infer_columns("file", file, form, header, &Options::default())?;
        Ok(columns.iter().map(|column| format!("{}:{}", column.name, column.ty)).collect::<Vec<_>>().join(","))
    }

    #[test]
    fn separated_fields_have_the_types_of_their_values() -> Result<(), Box<dyn std::error::Error>> {
        let text = "a,b,c,d,e,f,g,h\n1,2,true,2026-01-01T00:00:00Z,x,,\"{\"\"k\"\":1}\",0:01:02\n2,2.5,FALSE,2026-01-02,7,,,1.00:00:00\n";
        let expected = "a:long,b:real,c:bool,d:datetime,e:string,f:string,g:dynamic,h:timespan";
        assert_eq!(told(DeclaredForm::Separated(b','), true, text)?, expected);
        assert_eq!(told(DeclaredForm::Separated(b'\t'), false, "1\tx\n2\n")?, "Column1:long,Column2:string");
        assert_eq!(told(DeclaredForm::Separated(b','), false, "")?, "");
        Ok(())
    }

    #[test]
    fn objects_have_the_columns_of_all_records() -> Result<(), Box<dyn std::error::Error>> {
        let lines = "{\"a\":1,\"b\":null}\n{\"a\":2.5,\"c\":[1],\"d\":\"0f8fad5b-d9cb-469f-a165-70867728950e\"}\n{\"b\":\"x\"}\n";
        assert_eq!(told(DeclaredForm::Json, false, lines)?, "a:real,b:string,c:dynamic,d:guid");
        assert_eq!(told(DeclaredForm::Json, false, "[{\"t\":\"2026-01-01\"},{\"t\":\"soon\"}]")?, "t:string");
        assert!(told(DeclaredForm::Json, false, "{\"a\":").is_err());
        Ok(())
    }

    #[test]
    fn texts_are_one_column() -> Result<(), Box<dyn std::error::Error>> {
        assert_eq!(told(DeclaredForm::Lines, false, "a\nb\n")?, "Column1:string");
        Ok(())
    }
}
