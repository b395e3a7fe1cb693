//! Conditions reach storage as conditions on what is stored, which is what files and pages can be skipped by.

use std::{error::Error, sync::Arc};

use datafusion::{
    arrow::datatypes::{DataType, Field, Schema, TimeUnit},
    datasource::MemTable,
};
use spoofwatch_engine::{Engine, Environment, Limits, MemoryCatalog};

/// The filters of the plan of a query over `T`, a stored time, its other name and a nullable text.
async fn filters(query: &str) -> Result<Vec<String>, Box<dyn Error>> {
    let time = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    let fields = vec![Field::new("Timestamp", time, true), Field::new("Sender", DataType::Utf8View, true)];
    let mut catalog = MemoryCatalog::default();
    catalog.insert_foreign("T", Arc::new(MemTable::try_new(Arc::new(Schema::new(fields)), vec![vec![]])?));
    let engine = Engine::new(Limits::default())?;
    let planned = engine.prepare(query, &Environment::new(Arc::new(catalog), 0)).await?;
    let plan = engine.explain_plan(&planned).await?;
    Ok(plan.lines().filter_map(|line| line.trim().strip_prefix("FilterExec: ")).map(str::to_owned).collect())
}

#[tokio::test]
async fn bounds_of_time_are_bounds_of_the_stored_column() -> Result<(), Box<dyn Error>> {
    let forms = [
        "T | where Timestamp >= datetime(2026-01-01)",
        "T | where Timestamp >= datetime(2026-01-01) and Timestamp < datetime(2026-02-01)",
        "T | where Timestamp between (datetime(2026-01-01) .. datetime(2026-02-01))",
        "T | where TimeGenerated > datetime(2026-01-01) | where Timestamp <= datetime(2026-02-01) | project Sender",
        "T | make-series count() on Timestamp from datetime(2026-01-01) to datetime(2026-02-01) step 1d",
    ];
    for query in forms {
        let filters = filters(query).await?;
        let of_time = filters.iter().find(|filter| filter.contains("Timestamp")).ok_or("no filter on the time")?;
        assert!(!of_time.contains("ticks("), "{query}\n{of_time}");
    }
    Ok(())
}

#[tokio::test]
async fn a_needle_is_looked_up_in_the_stored_column() -> Result<(), Box<dyn Error>> {
    assert_eq!(filters("T | where Sender == 'a@b' | project Sender").await?, ["Sender@0 = a@b"]);
    // An empty text may be a missing one.
    assert_eq!(filters("T | where Sender == '' | project Sender").await?, ["text(Sender@0) ="]);
    Ok(())
}
