//! `externaldata`: what is asked of the caller, and what becomes of the answer.

use std::{
    error::Error,
    sync::{Arc, Mutex},
};

use arrow::{
    array::{ArrayRef, Int64Array, RecordBatch, StringArray},
    datatypes::{DataType, Field, Schema},
};
use futures::future::BoxFuture;
use schema::Type;
use spoofwatch_engine::{
    Column, Engine, Environment, External, Limits, MemoryCatalog,
    external::{ExternalError, ExternalFormat, ExternalPlace, ExternalRequest, ExternalRows, InferRequest},
    value::write_text,
};

type Outcome = Result<(), Box<dyn Error>>;

/// Gives the same rows to everyone and remembers what was asked.
#[derive(Debug, Default)]
struct Given {
    rows: ExternalRows,
    asked: Mutex<Vec<ExternalRequest>>,
}

impl External for Given {
    fn read<'a>(&'a self, request: &'a ExternalRequest) -> BoxFuture<'a, Result<ExternalRows, ExternalError>> {
        if let Ok(mut asked) = self.asked.lock() {
            asked.push(request.clone());
        }
        Box::pin(std::future::ready(Ok(self.rows.clone())))
    }

    fn infer<'a>(&'a self, request: &'a InferRequest) -> BoxFuture<'a, Result<Vec<Column>, ExternalError>> {
        // What was asked is the answer.
        let asked = format!("{request:?}");
        Box::pin(std::future::ready(Ok(vec![Column::new("id", Type::Long), Column::new(asked, Type::Datetime)])))
    }
}

fn environment(given: &Arc<Given>) -> Environment {
    let mut env = Environment::new(Arc::new(MemoryCatalog::default()), 0);
    env.external = Arc::<Given>::clone(given);
    env
}

async fn rows(query: &str, given: &Arc<Given>) -> Result<Vec<String>, Box<dyn Error>> {
    let engine = Engine::new(Limits { partitions: Some(1), ..Limits::default() })?;
    let results = engine.query(query, &environment(given)).await?;
    let mut rows = Vec::new();
    for batch in &results.batches {
        for row in 0..batch.num_rows() {
            let cells = results.columns.iter().zip(batch.columns()).map(|(column, array)| {
                let mut text = String::new();
                write_text(array.as_ref(), column.ty, row, &mut text);
                text
            });
            rows.push(cells.collect::<Vec<_>>().join("|"));
        }
    }
    Ok(rows)
}

fn batch(columns: Vec<(&str, ArrayRef)>) -> Result<RecordBatch, Box<dyn Error>> {
    let fields: Vec<Field> = columns.iter().map(|(name, array)| Field::new(*name, array.data_type().clone(), true)).collect();
    let arrays = columns.into_iter().map(|(_, array)| array).collect();
    Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)?)
}

fn texts(values: &[Option<&str>]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

#[tokio::test]
async fn texts_are_converted_and_what_does_not_convert_is_null() -> Outcome {
    let batch = batch(vec![
        ("t", texts(&[Some("2026-01-31T00:00:00Z"), Some("never"), None])),
        ("n", texts(&[Some("1"), Some("x"), None])),
        ("d", texts(&[Some("{\"k\": 1}"), Some("plain"), None])),
        ("s", texts(&[Some("a"), Some(""), None])),
    ])?;
    let given = Arc::new(Given { rows: ExternalRows { batches: vec![batch], warnings: vec![] }, ..Given::default() });
    let query = "externaldata(t:datetime, n:long, d:dynamic, s:string, gone:long)['x'] | extend k = tolong(d.k), e = isempty(s)";
    assert_eq!(
        rows(query, &given).await?,
        ["2026-01-31T00:00:00.0000000Z|1|{\"k\":1}|a||1|false", "||plain||||true", "||||||true"]
    );
    Ok(())
}

#[tokio::test]
async fn files_of_differing_types_are_one_table() -> Outcome {
    let first = batch(vec![("n", texts(&[Some("1")]))])?;
    let numbers: ArrayRef = Arc::new(Int64Array::from(vec![2]));
    assert_eq!(*numbers.data_type(), DataType::Int64);
    let second = batch(vec![("n", numbers)])?;
    let given = Arc::new(Given { rows: ExternalRows { batches: vec![first, second], warnings: vec![] }, ..Given::default() });
    assert_eq!(rows("externaldata(n:long)['x', 'y'] | summarize sum(n)", &given).await?, ["3"]);
    Ok(())
}

#[tokio::test]
async fn nothing_read_is_a_table_of_no_rows() -> Outcome {
    let given = Arc::new(Given::default());
    assert_eq!(rows("externaldata(a:long, b:string)['x'] | where a > 1 | count", &given).await?, ["0"]);
    Ok(())
}

#[tokio::test]
async fn what_the_query_says_is_asked() -> Outcome {
    let given = Arc::new(Given::default());
    let mapping = r#"[{"Column":"a","Properties":{"Path":"$.x"}},{"column":"b","path":"$.y"},{"Name":"c","Ordinal":"2"}]"#;
    let query = format!(
        "let list = 'https://h/'; externaldata(a:long, b:string, c:string)[strcat(list, 'f.gz'), h@'g'] \
         with (format=multijson, ignoreFirstRecord=true, ingestionMapping='{mapping}')"
    );
    rows(&query, &given).await?;
    let asked = given.asked.lock().map_err(|error| error.to_string())?;
    let [request] = asked.as_slice() else { return Err(format!("asked {} times", asked.len()).into()) };
    assert_eq!(request.addresses, ["https://h/f.gz", "g"]);
    assert_eq!((request.format, request.ignore_first_record), (Some(ExternalFormat::MultiJson), true));
    let path = |path: &str| Some(ExternalPlace::Path(path.to_owned()));
    assert_eq!(request.places, [path("$.x"), path("$.y"), Some(ExternalPlace::Field(2))]);
    Ok(())
}

#[tokio::test]
async fn a_check_reads_nothing_and_a_warning_of_the_reader_is_the_query_s() -> Outcome {
    let rows = ExternalRows { batches: vec![], warnings: vec!["2 records are left out".to_owned()] };
    let given = Arc::new(Given { rows, ..Given::default() });
    let engine = Engine::new(Limits::default())?;
    let checked = engine.check("externaldata(a:long)['x'] | where a > 1", &environment(&given)).await?;
    assert_eq!((checked.columns.len(), checked.warnings.len()), (1, 0));
    assert!(given.asked.lock().map_err(|error| error.to_string())?.is_empty());
    let planned = engine.prepare("externaldata(a:long)['x']", &environment(&given)).await?;
    let warnings: Vec<&str> = planned.warnings.iter().map(|warning| warning.message.as_str()).collect();
    assert_eq!(warnings, ["2 records are left out"]);
    Ok(())
}

#[tokio::test]
async fn the_columns_of_files_are_told_as_text() -> Outcome {
    let given = Arc::new(Given::default());
    let found = rows(
        "evaluate infer_storage_schema(dynamic({'StorageContainers': [h'https://lists.example/a;key'], 'DataFormat': 'CSV', \
         'FileExtension': '.csv', 'FileNamePrefix': 'part-', 'Mode': 'all', 'InferenceOptions': {'UseFirstRowAsHeader': true}}))",
        &given,
    )
    .await?;
    let expected = "InferRequest { addresses: [\"https://lists.example/a;key\"], format: Csv, extension: \".csv\", prefix: \"part-\", \
                    files: All, header: true }";
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("id:long, ['InferRequest") && found[0].ends_with("']:datetime"), "{found:?}");
    assert!(found[0].replace('\\', "").contains(expected), "{found:?}");
    Ok(())
}

#[tokio::test]
async fn what_is_asked_of_files_is_checked() -> Outcome {
    let engine = Engine::new(Limits::default())?;
    for (options, told) in [
        ("dynamic([])", "takes a property bag"),
        ("dynamic({'DataFormat': 'csv'})", "`StorageContainers` is a list"),
        ("dynamic({'StorageContainers': ['a'], 'DataFormat': 'xls'})", "`DataFormat` is one of csv, json"),
        ("dynamic({'StorageContainers': ['a'], 'DataFormat': 'csv', 'Mode': 'some'})", "`Mode` is one of any, last, all"),
    ] {
        let query = format!("evaluate infer_storage_schema({options})");
        let error = engine.check(&query, &environment(&Arc::default())).await.err().ok_or("no error")?;
        assert!(error.to_string().contains(told), "{error}");
    }
    Ok(())
}
