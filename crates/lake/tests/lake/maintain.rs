//! Upkeep: compaction, retention, vacuum.

use datafusion::prelude::ident;
use spoofwatch_lake::{Lake, Maintain};

use crate::common::{HOUR, Outcome, append, appended, batch, columns, ids, messages, moment, rows, table, texts, times};

/// A day from now on, by the clock of the log's own time stamps.
fn tomorrow() -> i64 {
    // The log stamps removals with the time given here, so any moment serves.
    1_800_000_000_000_000
}

fn upkeep(keep_days: Option<u32>) -> Maintain {
    Maintain { now: tomorrow(), keep_days, keep_removed_hours: 0 }
}

#[tokio::test]
async fn small_files_become_one_and_keep_their_rows_and_identities() -> Outcome {
    let folder = tempfile::tempdir()?;
    let lake = Lake::open(folder.path()).await?;
    append(&lake, [messages(0, &["a", "b"])?]).await?;
    append(&lake, [batch(vec![("Timestamp", times([HOUR / 2])), ("Note", texts(&["n"]))])?]).await?;
    append(&lake, [messages(5, &["c"])?]).await?;
    let report = &lake.maintain(&upkeep(None)).await?[0];
    assert_eq!((report.compacted_files, report.into_files, report.removed_files), (3, 1, 3));
    let info = &lake.info().await?[0];
    assert_eq!((info.rows, info.files, info.first, info.last), (4, 1, Some(0), Some(5 * HOUR)));
    assert_eq!(ids(&lake).await?, ["", "a", "b", "c"]);
    let notes = columns(&lake, &["NetworkMessageId", "Note"]).await?;
    assert_eq!(rows(notes).await?, ["a|", "|n", "b|", "c|"]);
    assert_eq!(append(&lake, [messages(0, &["a", "b"])?, messages(5, &["c"])?]).await?, appended(0, 3));
    Ok(())
}

#[tokio::test]
async fn a_second_upkeep_finds_nothing_to_do() -> Outcome {
    let folder = tempfile::tempdir()?;
    let lake = Lake::open(folder.path()).await?.with_file_rows(4);
    for hour in 0..7 {
        append(&lake, [messages(hour, &["x"])?]).await?;
    }
    lake.maintain(&upkeep(None)).await?;
    let before = lake.info().await?;
    let report = &lake.maintain(&upkeep(None)).await?[0];
    assert_eq!((report.compacted_files, report.removed_files, report.expired_rows), (0, 0, 0));
    assert_eq!(lake.info().await?, before);
    assert_eq!((before[0].rows, before[0].files), (7, 2));
    Ok(())
}

#[tokio::test]
async fn full_files_over_the_same_time_are_rewritten_into_files_of_their_own_time() -> Outcome {
    let folder = tempfile::tempdir()?;
    let lake = Lake::open(folder.path()).await?.with_file_rows(10);
    let every_other = |from: i64| batch(vec![("Timestamp", times((from..from + 20).step_by(2)))]);
    append(&lake, [every_other(0)?, every_other(1)?]).await?;
    assert_eq!(lake.info().await?[0].files, 2);
    lake.maintain(&upkeep(None)).await?;
    let early = table(&lake).await?.filter(ident("Timestamp").lt(moment(10)))?;
    assert_eq!(early.count().await?, 10);
    assert_eq!(lake.info().await?[0].files, 2);
    assert_eq!(lake.maintain(&upkeep(None)).await?[0].compacted_files, 0);
    Ok(())
}

#[tokio::test]
async fn retention_deletes_rows_by_their_time_and_nothing_else() -> Outcome {
    let folder = tempfile::tempdir()?;
    let lake = Lake::open(folder.path()).await?;
    let now = tomorrow() / HOUR;
    append(&lake, [messages(0, &["old", "older"])?]).await?;
    append(&lake, [messages(now - 25, &["edge", "kept", "young"])?]).await?;
    append(&lake, [batch(vec![("NetworkMessageId", texts(&["untimed"]))])?]).await?;
    let report = &lake.maintain(&upkeep(Some(1))).await?[0];
    assert_eq!(report.expired_rows, 3);
    assert_eq!(ids(&lake).await?, ["kept", "untimed", "young"]);
    assert_eq!(lake.maintain(&upkeep(Some(1))).await?[0].expired_rows, 0);
    Ok(())
}

#[tokio::test]
async fn files_stay_for_those_who_read_an_older_snapshot() -> Outcome {
    let folder = tempfile::tempdir()?;
    let lake = Lake::open(folder.path()).await?;
    append(&lake, [messages(0, &["a"])?]).await?;
    append(&lake, [messages(1, &["b"])?]).await?;
    let reader = table(&lake).await?;
    let options = Maintain { keep_removed_hours: 1, ..upkeep(None) };
    let report = &lake.maintain(&options).await?[0];
    assert_eq!((report.compacted_files, report.removed_files), (2, 0));
    assert_eq!(rows(reader.select_columns(&["NetworkMessageId"])?).await?, ["a", "b"]);
    let later = Maintain { now: options.now + 2 * HOUR, ..options };
    assert_eq!(lake.maintain(&later).await?[0].removed_files, 2);
    assert_eq!(ids(&lake).await?, ["a", "b"]);
    Ok(())
}

#[tokio::test]
async fn many_small_files_are_merged_and_few_are_left_alone() -> Outcome {
    let folder = tempfile::tempdir()?;
    let lake = Lake::open(folder.path()).await?;
    for hour in 0..31 {
        append(&lake, [messages(hour, &["x", "y"])?]).await?;
    }
    let report = lake.merge_small("Mail", &upkeep(None)).await?.ok_or("no table")?;
    assert_eq!(report.compacted_files, 0, "it would cost more than it saves");
    append(&lake, [messages(31, &["x"])?]).await?;
    let report = lake.merge_small("Mail", &upkeep(None)).await?.ok_or("no table")?;
    assert_eq!((report.compacted_files, report.into_files, report.removed_files), (32, 1, 32));
    let info = &lake.info().await?[0];
    // The second message of an hour and the first of the next are at the same time, and two different ones.
    assert_eq!((info.rows, info.files), (63, 1));
    for hour in 0..31 {
        assert_eq!(append(&lake, [messages(hour, &["x", "y"])?]).await?, appended(0, 2));
    }
    assert!(lake.merge_small("Nothing", &upkeep(None)).await?.is_none());
    Ok(())
}
