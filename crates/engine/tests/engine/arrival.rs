//! When rows came in: stored beside them, seen by `ingestion_time()` alone.

use std::{error::Error, sync::Arc};

use datafusion::{
    arrow::{
        array::{ArrayRef, Int64Array, RecordBatch, TimestampMicrosecondArray},
        datatypes::{DataType, Field, Schema, TimeUnit},
    },
    datasource::MemTable,
};
use spoofwatch_engine::{Engine, Environment, Limits, MemoryCatalog, value::write_text};

type Outcome = Result<(), Box<dyn Error>>;

const HOUR: i64 = 3_600_000_000;

/// `T`: event 1 at 00:00 came in at 05:00, event 2 at 01:00 came in nobody knows when. `Plain`: event 3 at 02:00, a table that
/// keeps no arrivals.
fn environment() -> Result<Environment, Box<dyn Error>> {
    let time = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    let times = |values: Vec<Option<i64>>| -> ArrayRef { Arc::new(TimestampMicrosecondArray::from(values).with_timezone("UTC")) };
    let ids = |values: Vec<i64>| -> ArrayRef { Arc::new(Int64Array::from(values)) };
    let mut catalog = MemoryCatalog::default();
    let mut insert = |name: &str, columns: Vec<(&str, ArrayRef)>| -> Outcome {
        let batch = RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true)))?;
        catalog.insert(name, Arc::new(MemTable::try_new(batch.schema(), vec![vec![batch]])?));
        Ok(())
    };
    let happened = times(vec![Some(0), Some(HOUR)]);
    let arrived = times(vec![Some(5 * HOUR), None]);
    insert("T", vec![("TimeGenerated", happened), ("Id", ids(vec![1, 2])), ("_IngestionTime", arrived)])?;
    insert("Plain", vec![("TimeGenerated", times(vec![Some(2 * HOUR)])), ("Id", ids(vec![3]))])?;
    // A column of that name that is no time is telemetry.
    catalog.insert(
        "Texts",
        Arc::new(MemTable::try_new(
            Arc::new(Schema::new(vec![Field::new("_IngestionTime", DataType::Utf8View, true), Field::new("t", time, true)])),
            vec![vec![]],
        )?),
    );
    Ok(Environment::new(Arc::new(catalog), 0))
}

/// The names of the columns, then the rows, sorted; hours instead of whole times.
async fn answer(query: &str) -> Result<Vec<String>, Box<dyn Error>> {
    let engine = Engine::new(Limits { partitions: Some(1), ..Limits::default() })?;
    let results = engine.query(query, &environment()?).await?;
    let mut lines = Vec::new();
    for batch in &results.batches {
        for row in 0..batch.num_rows() {
            let cells = results.columns.iter().zip(batch.columns()).map(|(column, array)| {
                let mut text = String::new();
                write_text(array.as_ref(), column.ty, row, &mut text);
                text.replace("1970-01-01T", "").replace(":00:00.0000000Z", "h")
            });
            lines.push(cells.collect::<Vec<_>>().join(","));
        }
    }
    lines.sort();
    let names: Vec<&str> = results.columns.iter().map(|column| column.name.as_str()).collect();
    lines.insert(0, names.join(","));
    Ok(lines)
}

#[tokio::test]
async fn no_query_sees_the_column_itself() -> Outcome {
    assert_eq!(answer("T").await?[0], "TimeGenerated,Id,Timestamp");
    assert_eq!(answer("T | where ingestion_time() > datetime(1970-01-01) | take 5").await?[0], "TimeGenerated,Id,Timestamp");
    assert_eq!(answer("Texts | project-keep _*").await?[0], "_IngestionTime");
    assert!(answer("T | project _IngestionTime").await.is_err());
    Ok(())
}

#[tokio::test]
async fn a_row_without_an_arrival_has_its_own_time() -> Outcome {
    assert_eq!(answer("T | project Id, a = ingestion_time()").await?, ["Id,a", "1,05h", "2,01h"]);
    assert_eq!(answer("Plain | project Id, a = ingestion_time()").await?, ["Id,a", "3,02h"]);
    assert_eq!(answer("print a = ingestion_time()").await?, ["a", ""]);
    Ok(())
}

#[tokio::test]
async fn what_is_left_of_a_row_still_knows_when_it_came_in() -> Outcome {
    let query = "T | where Id > 0 | extend x = Id + 1 | project x | sort by x | take 2 | where ingestion_time() > datetime(1970-01-01 04:00)";
    assert_eq!(answer(query).await?, ["x", "2"]);
    assert_eq!(
        answer("T | project-away TimeGenerated, Timestamp | extend a = ingestion_time()").await?,
        ["Id,a", "1,05h", "2,01h"]
    );
    assert_eq!(answer("let V = T | project Id; V | project Id, a = ingestion_time()").await?, ["Id,a", "1,05h", "2,01h"]);
    Ok(())
}

#[tokio::test]
async fn the_rows_of_a_union_keep_their_arrivals() -> Outcome {
    let query = "union T, Plain | where ingestion_time() >= datetime(1970-01-01 02:00) | project Id, a = ingestion_time()";
    assert_eq!(answer(query).await?, ["Id,a", "1,05h", "3,02h"]);
    Ok(())
}

#[tokio::test]
async fn aggregates_see_it() -> Outcome {
    assert_eq!(answer("T | summarize latest = max(ingestion_time())").await?, ["latest", "05h"]);
    assert_eq!(answer("T | summarize arg_max(ingestion_time(), Id)").await?[1], "05h,1");
    assert_eq!(answer("T | summarize n = count() by a = bin(ingestion_time(), 1d)").await?[1], "00h,2");
    Ok(())
}

#[tokio::test]
async fn inside_a_query_of_its_own_it_is_that_of_the_inner_table() -> Outcome {
    let query =
        "Plain | where Id > toscalar(T | where ingestion_time() > datetime(1970-01-01 04:00) | summarize max(Id)) | project Id";
    assert_eq!(answer(query).await?, ["Id", "3"]);
    Ok(())
}

#[tokio::test]
async fn bounds_of_arrival_are_bounds_of_what_is_stored() -> Outcome {
    let engine = Engine::new(Limits::default())?;
    let planned = engine.prepare("T | where ingestion_time() > datetime(1970-01-01 04:00) | project Id", &environment()?).await?;
    let plan = engine.explain_plan(&planned).await?;
    let filter = plan.lines().find(|line| line.contains("FilterExec")).ok_or("no filter")?;
    assert!(filter.contains("_IngestionTime") && !filter.contains("ticks("), "{filter}");
    Ok(())
}
