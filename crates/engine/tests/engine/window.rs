//! A run can be told which stretch of time it sees, and says which tables it read.

use std::sync::Arc;

use datafusion::{
    arrow::{
        array::{RecordBatch, StringViewArray, TimestampMicrosecondArray},
        datatypes::{DataType, Field, Schema, TimeUnit},
    },
    datasource::MemTable,
};
use spoofwatch_engine::{Engine, Environment, Limits, MemoryCatalog, Window};

type Checked = Result<(), Box<dyn std::error::Error>>;

const SECOND: i64 = 10_000_000;
const EPOCH: i64 = schema::text::datetime::UNIX_EPOCH_TICKS;

fn environment(window: Option<Window>) -> Result<Environment, Box<dyn std::error::Error>> {
    let fields = Schema::new(vec![
        Field::new("Timestamp", DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())), true),
        Field::new("Subject", DataType::Utf8View, true),
    ]);
    let times = TimestampMicrosecondArray::from(vec![1_000_000, 2_000_000, 3_000_000]).with_timezone("UTC");
    let subjects = StringViewArray::from(vec!["one", "two", "three"]);
    let batch = RecordBatch::try_new(Arc::new(fields), vec![Arc::new(times), Arc::new(subjects)])?;
    let mut catalog = MemoryCatalog::default();
    catalog.insert("EmailEvents", Arc::new(MemTable::try_new(batch.schema(), vec![vec![batch]])?));
    let mut environment = Environment::new(Arc::new(catalog), EPOCH + 10 * SECOND);
    environment.window = window;
    Ok(environment)
}

async fn subjects(query: &str, window: Option<Window>) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let results = Engine::new(Limits::default())?.query(query, &environment(window)?).await?;
    let text = |row: &serde_json::Map<String, serde_json::Value>| row["Subject"].as_str().unwrap_or_default().to_owned();
    Ok(results.objects(usize::MAX).iter().map(text).collect())
}

#[tokio::test]
async fn both_ends_of_a_window_belong_to_it() -> Checked {
    let window = Window { from: EPOCH + 2 * SECOND, to: EPOCH + 3 * SECOND };
    assert_eq!(subjects("EmailEvents | project Subject | sort by Subject asc", Some(window)).await?, ["three", "two"]);
    assert_eq!(subjects("EmailEvents | project Subject", None).await?.len(), 3);
    Ok(())
}

#[tokio::test]
async fn a_window_reaches_every_table_of_a_query() -> Checked {
    let window = Window { from: EPOCH, to: EPOCH + SECOND };
    let query = "EmailEvents | join kind=inner (EmailEvents | project Subject) on Subject | project Subject";
    assert_eq!(subjects(query, Some(window)).await?, ["one"]);
    Ok(())
}

#[tokio::test]
async fn a_plan_names_the_tables_it_reads() -> Checked {
    let engine = Engine::new(Limits::default())?;
    let query = "EmailEvents | where Subject in ((EmailEvents | project Subject)) | count";
    let planned = engine.prepare(query, &environment(None)?).await?;
    assert_eq!(planned.tables(), ["EmailEvents"]);
    assert!(engine.prepare("print 1", &environment(None)?).await?.tables().len() <= 1);
    Ok(())
}

#[tokio::test]
async fn rows_come_as_objects() -> Checked {
    let results = Engine::new(Limits::default())?
        .query("EmailEvents | take 1 | extend D = dynamic({\"a\": [1]})", &environment(None)?)
        .await?;
    let rows = results.objects(1);
    assert_eq!(rows[0]["Timestamp"], "1970-01-01T00:00:01.0000000Z");
    assert_eq!(rows[0]["D"], serde_json::json!({"a": [1]}));
    assert!(results.objects(0).is_empty());
    Ok(())
}
