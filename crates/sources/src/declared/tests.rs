//! Declared files read in every form, and broken ones refused.

use std::{
    error::Error,
    fs::File,
    io::{Seek, Write},
};

use arrow::array::{Array, AsArray};

use super::{Declared, DeclaredColumn, DeclaredForm, DeclaredPlace, DeclaredRows, read_declared};
use crate::Options;

type Outcome = Result<(), Box<dyn Error>>;

fn file(bytes: &[u8]) -> std::io::Result<File> {
    let mut file = tempfile::tempfile()?;
    file.write_all(bytes)?;
    file.rewind()?;
    Ok(file)
}

fn declared(form: DeclaredForm, columns: &[(&str, Option<DeclaredPlace>)]) -> Declared {
    let columns = columns.iter().map(|(name, place)| DeclaredColumn { name: (*name).to_owned(), place: place.clone() }).collect();
    Declared { columns, form, ignore_first_record: false }
}

/// The rows as `a|b` each, null as `-`.
fn rows(read: &DeclaredRows) -> Vec<String> {
    let mut rows = Vec::new();
    for batch in &read.batches {
        for row in 0..batch.num_rows() {
            let cells = batch.columns().iter().map(|column| column.as_string::<i32>());
            let cells = cells.map(|column| if column.is_null(row) { "-" } else { column.value(row) });
            rows.push(cells.collect::<Vec<_>>().join("|"));
        }
    }
    rows
}

fn read(bytes: &[u8], declared: &Declared) -> Result<DeclaredRows, Box<dyn Error>> {
    Ok(read_declared("list", file(bytes)?, declared, &Options::default())?)
}

const AB: [(&str, Option<DeclaredPlace>); 2] = [("a", None), ("b", None)];

#[test]
fn fields_are_columns_by_position() -> Outcome {
    let mut declared = declared(DeclaredForm::Separated(b','), &AB);
    let text = "x,y\n1,\"two, \"\"2\"\"\"\r\n3\n4,5,6\n\n,\n";
    assert_eq!(rows(&read(text.as_bytes(), &declared)?), ["x|y", "1|two, \"2\"", "3|-", "4|5", "|"]);
    declared.ignore_first_record = true;
    assert_eq!(rows(&read(b"\xef\xbb\xbfx,y\n1,2", &declared)?), ["1|2"]);
    assert_eq!(rows(&read(b"", &declared)?), Vec::<String>::new());
    Ok(())
}

#[test]
fn other_separators_and_places() -> Outcome {
    let declared = declared(
        DeclaredForm::Separated(b'\t'),
        &[("b", Some(DeclaredPlace::Field(1))), ("a", Some(DeclaredPlace::Field(0))), ("c", Some(DeclaredPlace::Field(9)))],
    );
    assert_eq!(rows(&read(b"1\t2\n", &declared)?), ["2|1|-"]);
    Ok(())
}

#[test]
fn lines_are_the_first_column() -> Outcome {
    let mut declared = declared(DeclaredForm::Lines, &AB);
    assert_eq!(rows(&read(b"evil.example, a\r\n\nlast", &declared)?), ["evil.example, a|-", "|-", "last|-"]);
    declared.ignore_first_record = true;
    assert_eq!(rows(&read(b"# list\nevil.example\n", &declared)?), ["evil.example|-"]);
    let declared = Declared { form: DeclaredForm::Whole, ..declared };
    assert_eq!(rows(&read(b"one\ntwo\n", &declared)?), ["one\ntwo\n|-"]);
    Ok(())
}

#[test]
fn what_is_not_utf8_is_left_out_and_counted() -> Outcome {
    let found = read(b"good\n\xff\xfe\xfd\ngood\n", &declared(DeclaredForm::Lines, &AB[..1]))?;
    assert_eq!((rows(&found), found.rejected), (vec!["good".to_owned(), "good".to_owned()], 1));
    assert_eq!(found.first_reject.as_deref(), Some("list:2: the line is not UTF-8"));
    let found = read(b"1,2\n\xff,3\n", &declared(DeclaredForm::Separated(b','), &AB))?;
    assert_eq!((rows(&found), found.rejected), (vec!["1|2".to_owned()], 1));
    Ok(())
}

#[test]
fn json_is_read_a_line_one_after_the_other_or_in_an_array() -> Outcome {
    let declared = declared(DeclaredForm::Json, &AB);
    let lines = b"{\"a\":1,\"b\":\"x\"}\n\n{\"b\":null}\n{broken\n{\"a\":{\"k\": [1, true]}}\n";
    let found = read(lines, &declared)?;
    assert_eq!((rows(&found), found.rejected), (vec!["1|x".to_owned(), "-|-".to_owned(), "{\"k\":[1,true]}|-".to_owned()], 1));
    assert_eq!(rows(&read(b"{\n \"a\": 1\n}\n{\n \"a\": 2\n}", &declared)?), ["1|-", "2|-"]);
    assert_eq!(rows(&read(b"[{\"a\":1},\n {\"a\":2}]", &declared)?), ["1|-", "2|-"]);
    assert!(read(b"{\n \"a\": 1\n", &declared).is_err());
    Ok(())
}

#[test]
fn json_paths_lead_to_values() -> Outcome {
    let path = |path: &str| Some(DeclaredPlace::Path(path.to_owned()));
    let columns = [("t", path("$.data.tenant")), ("n", path("$['data']['list'][1]")), ("all", path("$")), ("no", path("$.x.y"))];
    let found = read(b"{\"data\":{\"tenant\":\"T\",\"list\":[1,2]}}", &declared(DeclaredForm::Json, &columns))?;
    assert_eq!(rows(&found), ["T|2|{\"data\":{\"tenant\":\"T\",\"list\":[1,2]}}|-"]);
    Ok(())
}

#[test]
fn compressed_files_and_archives_are_unpacked() -> Outcome {
    let declared = declared(DeclaredForm::Lines, &AB[..1]);
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gz.write_all(b"one\ntwo\n")?;
    assert_eq!(rows(&read(&gz.finish()?, &declared)?), ["one", "two"]);
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in [("a.txt", "one\n"), ("b.txt", "two")] {
        archive.start_file(name, zip::write::SimpleFileOptions::default())?;
        archive.write_all(text.as_bytes())?;
    }
    assert_eq!(rows(&read(&archive.finish()?.into_inner(), &declared)?), ["one", "two"]);
    assert!(read(&[0x1f, 0x8b, 8, 0, 0], &declared).is_err());
    Ok(())
}

#[test]
fn a_file_that_expands_too_far_is_refused() -> Outcome {
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gz.write_all(&vec![b'\n'; 1 << 20])?;
    let options = Options { max_uncompressed_bytes: 1 << 16, ..Options::default() };
    let declared = declared(DeclaredForm::Lines, &AB[..1]);
    assert!(read_declared("bomb", file(&gz.finish()?)?, &declared, &options).is_err());
    Ok(())
}

#[test]
fn parquet_gives_the_declared_columns_it_has() -> Outcome {
    use std::sync::Arc;

    use arrow::{
        array::{ArrayRef, Int64Array, RecordBatch},
        datatypes::{DataType, Field, Schema},
    };
    let schema = Arc::new(Schema::new(vec![Field::new("a", DataType::Int64, true), Field::new("z", DataType::Int64, true)]));
    let column: ArrayRef = Arc::new(Int64Array::from(vec![Some(1), None]));
    let batch = RecordBatch::try_new(Arc::clone(&schema), vec![Arc::clone(&column), column])?;
    let mut bytes = Vec::new();
    let mut writer = parquet::arrow::ArrowWriter::try_new(&mut bytes, schema, None)?;
    writer.write(&batch)?;
    writer.close()?;
    let found = read(&bytes, &declared(DeclaredForm::Parquet, &AB))?;
    let batch = found.batches.first().ok_or("no rows")?;
    assert_eq!((batch.num_columns(), batch.schema().field(0).name().as_str()), (1, "a"));
    assert_eq!(batch.column(0).as_ref(), &Int64Array::from(vec![Some(1), None]) as &dyn Array);
    assert!(read(b"PAR1 and no more", &declared(DeclaredForm::Parquet, &AB)).is_err());
    Ok(())
}
