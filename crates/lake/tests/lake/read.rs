//! Rows out: which files a hunt opens, and what the log alone can tell.

use std::sync::Arc;

use datafusion::datasource::physical_plan::FileScanConfig;
use datafusion::datasource::source::DataSourceExec;
use datafusion::functions_aggregate::expr_fn::{count, max, min};
use datafusion::physical_plan::{ExecutionPlan, collect};
use datafusion::prelude::{DataFrame, SessionContext, ident, lit};
use spoofwatch_lake::Lake;

use crate::common::{HOUR, Outcome, append, columns, messages, moment, rows, table, texts, times};

/// Four files of an hour each.
async fn four_files(folder: &std::path::Path) -> Result<Lake, Box<dyn std::error::Error>> {
    let lake = Lake::open(folder).await?;
    for (hour, id) in (0..).zip(["a", "b", "c", "d"]) {
        append(&lake, [messages(hour, &[id])?]).await?;
    }
    Ok(lake)
}

async fn plan(frame: &DataFrame) -> Result<Arc<dyn ExecutionPlan>, Box<dyn std::error::Error>> {
    Ok(frame.clone().create_physical_plan().await?)
}

/// The files that the plan's scans may open.
fn files(plan: &Arc<dyn ExecutionPlan>) -> usize {
    let own = plan.downcast_ref::<DataSourceExec>().and_then(|scan| scan.data_source().downcast_ref::<FileScanConfig>());
    let own = own.map_or(0, |scan| scan.file_groups.iter().map(|group| group.files().len()).sum());
    own + plan.children().into_iter().map(files).sum::<usize>()
}

/// The sum of a metric over the plan.
fn metric(plan: &Arc<dyn ExecutionPlan>, name: &str) -> usize {
    let own = plan.metrics().and_then(|metrics| metrics.sum_by_name(name)).map_or(0, |value| value.as_usize());
    own + plan.children().into_iter().map(|child| metric(child, name)).sum::<usize>()
}

#[tokio::test]
async fn a_last_hour_filter_opens_the_newest_file_only() -> Outcome {
    let folder = tempfile::tempdir()?;
    let lake = four_files(folder.path()).await?;
    // Only the newest file is there: opening any other would fail.
    let newest = "part-00000000000000000004-00000.parquet";
    for entry in std::fs::read_dir(folder.path().join("tables/Mail"))? {
        let path = entry?.path();
        if path.is_file() && !path.ends_with(newest) {
            std::fs::remove_file(path)?;
        }
    }
    let after = |hour: i64| ident("Timestamp").gt(moment(hour * HOUR));
    let ids = columns(&lake, &["NetworkMessageId", "Timestamp"]).await?;
    let newest = ids.clone().filter(after(2))?.select_columns(&["NetworkMessageId"])?;
    assert_eq!(files(&plan(&newest).await?), 1);
    assert_eq!(rows(newest).await?, ["d"]);
    assert_eq!(files(&plan(&ids.filter(after(9))?).await?), 0);
    Ok(())
}

#[tokio::test]
async fn a_file_whose_range_of_another_column_excludes_the_value_is_not_opened() -> Outcome {
    let folder = tempfile::tempdir()?;
    let frame = table(&four_files(folder.path()).await?).await?;
    assert_eq!(files(&plan(&frame.clone().filter(ident("NetworkMessageId").eq(lit("b")))?).await?), 1);
    assert_eq!(files(&plan(&frame.filter(ident("NetworkMessageId").not_eq(lit("")))?).await?), 4);
    Ok(())
}

#[tokio::test]
async fn a_needle_is_sought_with_the_bloom_filter() -> Outcome {
    let folder = tempfile::tempdir()?;
    let lake = Lake::open(folder.path()).await?;
    append(&lake, [messages(0, &["a", "c", "e"])?]).await?;
    let plan = plan(&table(&lake).await?.filter(ident("NetworkMessageId").eq(lit("b")))?).await?;
    let found = collect(Arc::clone(&plan), SessionContext::new().task_ctx()).await?;
    assert_eq!(found.iter().map(|batch| batch.num_rows()).sum::<usize>(), 0);
    let text =
        format!("{}", datafusion::physical_plan::display::DisplayableExecutionPlan::with_metrics(plan.as_ref()).indent(true));
    assert!(text.contains("row_groups_pruned_bloom_filter=1 total → 0 matched"), "{text}");
    Ok(())
}

#[tokio::test]
async fn counting_rows_opens_no_file() -> Outcome {
    let folder = tempfile::tempdir()?;
    let frame = table(&four_files(folder.path()).await?).await?;
    let time = || ident("Timestamp");
    let summary = frame.aggregate(vec![], vec![count(lit(1_i64)), min(time()), max(time())])?;
    assert_eq!(files(&plan(&summary).await?), 0);
    assert_eq!(rows(summary).await?, ["4|1970-01-01T00:00:00Z|1970-01-01T03:00:00Z"]);
    Ok(())
}

#[tokio::test]
async fn the_latest_rows_are_sought_in_the_newest_files_first() -> Outcome {
    let folder = tempfile::tempdir()?;
    let frame = table(&four_files(folder.path()).await?).await?;
    let latest = frame.sort(vec![ident("Timestamp").sort(false, false)])?.limit(0, Some(1))?;
    assert_eq!(rows(latest.select_columns(&["NetworkMessageId"])?).await?, ["d"]);
    Ok(())
}

#[tokio::test]
async fn a_limit_without_a_filter_needs_no_more_files_than_rows() -> Outcome {
    let folder = tempfile::tempdir()?;
    let frame = table(&four_files(folder.path()).await?).await?;
    assert_eq!(files(&plan(&frame.limit(0, Some(2))?).await?), 2);
    Ok(())
}

#[tokio::test]
async fn equal_texts_have_equal_views_within_a_batch() -> Outcome {
    let folder = tempfile::tempdir()?;
    let lake = Lake::open(folder.path()).await?;
    let long = "a text longer than a view can hold";
    let batch = crate::common::batch(vec![("Timestamp", times([0, 1, 2])), ("Subject", texts(&[long, "other", long]))])?;
    append(&lake, [batch]).await?;
    let batches = columns(&lake, &["Subject"]).await?.collect().await?;
    let subjects = batches[0].column(0).as_any().downcast_ref::<datafusion::arrow::array::StringViewArray>().ok_or("no view")?;
    assert_eq!(subjects.views()[0], subjects.views()[2]);
    Ok(())
}

#[tokio::test]
async fn info_is_told_by_the_log_alone() -> Outcome {
    let folder = tempfile::tempdir()?;
    let lake = four_files(folder.path()).await?;
    for entry in std::fs::read_dir(folder.path().join("tables/Mail"))? {
        let path = entry?.path();
        if path.is_file() {
            std::fs::remove_file(path)?;
        }
    }
    let info = &lake.info().await?[0];
    assert_eq!((info.name.as_str(), info.rows, info.files), ("Mail", 4, 4));
    assert_eq!((info.first, info.last), (Some(0), Some(3 * HOUR)));
    assert!(info.bytes > 0);
    Ok(())
}

#[tokio::test]
async fn a_missing_directory_is_a_lake_without_tables_and_is_not_made() -> Outcome {
    let folder = tempfile::tempdir()?;
    let missing = folder.path().join("nothing");
    let lake = Lake::open_existing(&missing).await?;
    assert_eq!(lake.table_names().await?, Vec::<String>::new());
    assert!(lake.provider("Mail").await?.is_none());
    assert!(lake.info().await?.is_empty());
    assert!(!missing.exists());
    Ok(())
}

#[tokio::test]
async fn a_table_without_rows_can_be_read() -> Outcome {
    let folder = tempfile::tempdir()?;
    let lake = Lake::open(folder.path()).await?;
    append(&lake, []).await?;
    assert_eq!(lake.table_names().await?, ["Mail"]);
    assert_eq!(table(&lake).await?.count().await?, 0);
    assert!(rows(columns(&lake, &["Subject"]).await?).await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn a_second_hunt_reads_no_footer_again() -> Outcome {
    let folder = tempfile::tempdir()?;
    let lake = four_files(folder.path()).await?;
    let context = SessionContext::new();
    let frame = context.read_table(lake.provider("Mail").await?.ok_or("no table")?)?;
    let frame = frame.filter(ident("Subject").eq(lit("")))?;
    let mut scanned = Vec::new();
    for _ in 0..2 {
        let plan = plan(&frame).await?;
        collect(Arc::clone(&plan), context.task_ctx()).await?;
        scanned.push(metric(&plan, "bytes_scanned"));
    }
    assert_eq!(context.runtime_env().cache_manager.get_file_metadata_cache().len(), 4);
    assert!(scanned[1] <= scanned[0]);
    Ok(())
}
