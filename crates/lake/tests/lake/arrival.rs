//! When rows came in: stored with each, and kept whatever becomes of the files.

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
