//! When rows came in: stored with each, and kept whatever becomes of the files.

use datafusion::prelude::SessionContext;
use spoofwatch_lake::{Arrival, Lake, Maintain};

use crate::common::{HOUR, Outcome, columns, mail, messages, rows};

/// Adds messages, one an hour from `hour` on, that come in at `arrival`.
async fn append(lake: &Lake, hour: i64, ids: &[&str], arrival: Arrival) -> Outcome {
    let mut appender = lake.appender(&mail(), arrival).await?;
    appender.append(messages(hour, ids)?).await?;
    appender.finish().await?;
    Ok(())
}

async fn arrivals(lake: &Lake) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let mut found = rows(columns(lake, &["NetworkMessageId", schema::INGESTION_TIME]).await?).await?;
    found.sort();
    Ok(found)
}

#[tokio::test]
async fn the_arrival_of_a_row_outlives_the_file_it_came_in() -> Outcome {
    let folder = tempfile::tempdir()?;
    let lake = Lake::open(folder.path()).await?;
    append(&lake, 0, &["a", "b"], Arrival::At(10 * HOUR)).await?;
    // Late, and of the time of the others.
    append(&lake, 1, &["c"], Arrival::At(20 * HOUR)).await?;
    let expected = ["a|1970-01-01T10:00:00Z", "b|1970-01-01T10:00:00Z", "c|1970-01-01T20:00:00Z"];
    assert_eq!(arrivals(&lake).await?, expected);
    let upkeep = Maintain { now: 30 * HOUR, keep_days: None, keep_removed_hours: 0 };
    assert_eq!(lake.maintain(&upkeep).await?[0].into_files, 1);
    assert_eq!(arrivals(&lake).await?, expected);
    Ok(())
}

#[tokio::test]
async fn a_row_that_comes_again_keeps_its_first_arrival() -> Outcome {
    let folder = tempfile::tempdir()?;
    let lake = Lake::open(folder.path()).await?;
    append(&lake, 0, &["a"], Arrival::At(HOUR)).await?;
    append(&lake, 0, &["a", "b"], Arrival::At(2 * HOUR)).await?;
    assert_eq!(arrivals(&lake).await?, ["a|1970-01-01T01:00:00Z", "b|1970-01-01T02:00:00Z"]);
    Ok(())
}

#[tokio::test]
async fn nothing_is_stored_of_rows_that_come_in_at_their_own_time() -> Outcome {
    let folder = tempfile::tempdir()?;
    let lake = Lake::open(folder.path()).await?;
    append(&lake, 0, &["a"], Arrival::Own).await?;
    assert_eq!(arrivals(&lake).await?, ["a|"]);
    Ok(())
}

/// The ids that came in after a version, and the version they brought the table to.
async fn since(lake: &Lake, version: u64) -> Result<Option<(u64, Vec<String>)>, Box<dyn std::error::Error>> {
    let Some(arrived) = lake.arrived("Mail", version).await? else { return Ok(None) };
    let frame = SessionContext::new().read_table(arrived.provider)?.select_columns(&["NetworkMessageId"])?;
    let mut ids = rows(frame).await?;
    ids.sort();
    Ok(Some((arrived.version, ids)))
}

#[tokio::test]
async fn what_came_in_after_a_version_can_be_read_alone() -> Outcome {
    let folder = tempfile::tempdir()?;
    let lake = Lake::open(folder.path()).await?;
    assert_eq!(lake.version("Mail", None).await?, None);
    append(&lake, 0, &["a", "b"], Arrival::At(HOUR)).await?;
    let first = lake.version("Mail", None).await?.ok_or("no table")?;
    assert_eq!(since(&lake, first).await?, None);
    append(&lake, 1, &["b", "c"], Arrival::At(2 * HOUR)).await?;
    append(&lake, 9, &["d"], Arrival::At(3 * HOUR)).await?;
    assert_eq!(lake.version("Mail", Some(first)).await?, Some(first + 2));
    assert_eq!(since(&lake, first).await?, Some((first + 2, vec!["c".to_owned(), "d".to_owned()])));
    assert_eq!(since(&lake, first + 1).await?, Some((first + 2, vec!["d".to_owned()])));
    let spans = lake.arrived("Mail", first).await?.map(|arrived| arrived.spans);
    assert_eq!(spans, Some(vec![(2 * HOUR, 2 * HOUR), (9 * HOUR, 9 * HOUR)]));
    Ok(())
}

#[tokio::test]
async fn upkeep_brings_no_rows_in_and_hides_none_that_came() -> Outcome {
    let folder = tempfile::tempdir()?;
    let lake = Lake::open(folder.path()).await?;
    append(&lake, 0, &["a"], Arrival::At(HOUR)).await?;
    let first = lake.version("Mail", None).await?.ok_or("no table")?;
    append(&lake, 1, &["b"], Arrival::At(2 * HOUR)).await?;
    let seen = lake.version("Mail", Some(first)).await?.ok_or("no table")?;
    lake.maintain(&Maintain { now: 30 * HOUR, keep_days: None, keep_removed_hours: 0 }).await?;
    let now = lake.version("Mail", Some(seen)).await?.ok_or("no table")?;
    assert_eq!(now, seen + 1);
    // Whoever had not seen `b` yet finds it, with what it was put together with.
    assert_eq!(since(&lake, first).await?, Some((now, vec!["a".to_owned(), "b".to_owned()])));
    append(&lake, 2, &["c"], Arrival::At(31 * HOUR)).await?;
    assert_eq!(since(&lake, now).await?, Some((now + 1, vec!["c".to_owned()])));
    Ok(())
}
