//! What a lake must survive: kills, two writers, damaged files, a disk that refuses.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use spoofwatch_lake::{Arrival, Lake, LakeError, Maintain};

use crate::common::{Outcome, append, appended, batch, columns, ids, mail, messages, texts, times};

fn data_files(folder: &Path) -> Result<Vec<PathBuf>, std::io::Error> {
    let entries = std::fs::read_dir(folder.join("tables/Mail"))?;
    let paths: Result<Vec<PathBuf>, _> = entries.map(|entry| entry.map(|entry| entry.path())).collect();
    Ok(paths?.into_iter().filter(|path| path.is_file()).collect())
}

/// The batches that the killed process was adding.
fn batches() -> Result<Vec<datafusion::arrow::array::RecordBatch>, Box<dyn std::error::Error>> {
    let rows = |from: i64| batch(vec![("Timestamp", times(from..from + 10)), ("NetworkMessageId", texts(&["x"; 10]))]);
    (0..5).map(|number| rows(number * 10)).collect()
}

/// Not a test of its own: the process that `a_killed_ingest_leaves_the_old_rows_and_the_next_adds_the_rest` kills.
///
/// It writes data files, says so by making a file, and then never finishes.
#[tokio::test]
async fn the_process_to_be_killed() -> Outcome {
    #[expect(clippy::disallowed_methods, reason = "a test that starts itself has no arguments to be told by")]
    let Some(folder) = std::env::var_os("SPOOFWATCH_TEST_KILL").map(PathBuf::from) else { return Ok(()) };
    let lake = Lake::open(&folder).await?.with_file_rows(10);
    let mut appender = lake.appender(&mail(), Arrival::Own).await?;
    for batch in batches()? {
        appender.append(batch).await?;
    }
    while data_files(&folder)?.len() < 2 {
        tokio::task::yield_now().await;
    }
    std::fs::write(folder.join("ready"), "")?;
    loop {
        std::thread::park();
    }
}

#[tokio::test]
async fn a_killed_ingest_leaves_the_old_rows_and_the_next_adds_the_rest() -> Outcome {
    let folder = tempfile::tempdir()?;
    let lake = Lake::open(folder.path()).await?;
    append(&lake, batches()?.into_iter().take(1)).await?;
    let mut child = Command::new(std::env::current_exe()?)
        .args(["--exact", "survive::the_process_to_be_killed"])
        .env("SPOOFWATCH_TEST_KILL", folder.path())
        .stdout(Stdio::null())
        .spawn()?;
    while !folder.path().join("ready").exists() {
        assert!(child.try_wait()?.is_none(), "the process ended by itself");
        std::thread::yield_now();
    }
    assert!(matches!(lake.try_appender(&mail(), Arrival::Own).await, Err(LakeError::Busy { .. })));
    child.kill()?;
    child.wait()?;
    assert!(data_files(folder.path())?.len() > 1);
    assert_eq!(lake.info().await?[0].rows, 10);
    assert_eq!(append(&lake, batches()?).await?, appended(40, 10));
    assert_eq!(append(&lake, batches()?).await?, appended(0, 50));
    Ok(())
}

#[tokio::test]
async fn a_dropped_ingest_adds_nothing_and_its_files_are_vacuumed() -> Outcome {
    let folder = tempfile::tempdir()?;
    let lake = Lake::open(folder.path()).await?.with_file_rows(1);
    append(&lake, [messages(0, &["a"])?]).await?;
    let mut appender = lake.appender(&mail(), Arrival::Own).await?;
    appender.append(messages(1, &["b", "c"])?).await?;
    while data_files(folder.path())?.len() < 2 {
        tokio::task::yield_now().await;
    }
    drop(appender);
    std::fs::write(folder.path().join("tables/Mail/part-1.parquet#1"), "half")?;
    let options = Maintain { now: 0, keep_days: None, keep_removed_hours: 1 };
    let report = &lake.maintain(&options).await?[0];
    assert!(report.removed_files >= 2, "{report:?}");
    assert_eq!(data_files(folder.path())?.len(), 1);
    assert_eq!(ids(&lake).await?, ["a"]);
    Ok(())
}

#[tokio::test]
async fn a_second_writer_waits_for_the_first() -> Outcome {
    let folder = tempfile::tempdir()?;
    let lake = Lake::open(folder.path()).await?;
    let mut first = lake.appender(&mail(), Arrival::Own).await?;
    first.append(messages(0, &["a"])?).await?;
    assert!(matches!(lake.try_appender(&mail(), Arrival::Own).await, Err(LakeError::Busy { table }) if table == "Mail"));
    let second = async { append(&lake, [messages(0, &["a", "b"])?]).await };
    let (first, second) = tokio::join!(first.finish(), second);
    assert_eq!((first?, second?), (appended(1, 0), appended(1, 1)));
    Ok(())
}

#[tokio::test]
async fn a_damaged_or_missing_file_is_named_by_the_hunt_and_by_the_ingest() -> Outcome {
    for damage in [Some("no Parquet here"), None] {
        let folder = tempfile::tempdir()?;
        let lake = Lake::open(folder.path()).await?;
        append(&lake, [messages(0, &["a"])?]).await?;
        let file = data_files(folder.path())?.pop().ok_or("no file")?;
        match damage {
            Some(text) => std::fs::write(&file, text)?,
            None => std::fs::remove_file(&file)?,
        }
        let name = file.file_name().and_then(|name| name.to_str()).ok_or("no name")?;
        let hunt = columns(&lake, &["Subject"]).await?.collect().await;
        let error = hunt.err().ok_or("the damaged file was read")?.to_string();
        assert!(error.contains(name), "{error}");
        // Who wrote the rows remembers them; another process reads the file.
        let other = Lake::open(folder.path()).await?;
        let error = append(&other, [messages(0, &["a"])?]).await.err().ok_or("the damaged file was read")?.to_string();
        assert!(error.contains(name), "{error}");
    }
    Ok(())
}

#[tokio::test]
async fn a_file_that_cannot_be_written_is_named_and_the_table_stays_as_it_was() -> Outcome {
    let folder = tempfile::tempdir()?;
    let lake = Lake::open(folder.path()).await?;
    append(&lake, [messages(0, &["a"])?]).await?;
    // A folder where the next file would go refuses it, as a full disk would.
    std::fs::create_dir_all(folder.path().join("tables/Mail/part-00000000000000000002-00000.parquet/x"))?;
    let error = append(&lake, [messages(1, &["b"])?]).await.err().ok_or("it was written")?.to_string();
    assert!(error.contains("part-00000000000000000002-00000.parquet") && error.contains("nothing was added"), "{error}");
    assert_eq!(ids(&lake).await?, ["a"]);
    Ok(())
}

#[tokio::test]
async fn a_directory_may_be_named_by_a_way_that_climbs() -> Outcome {
    let folder = tempfile::tempdir()?;
    let climbing = folder.path().join("a").join("..").join("lake of mine, 100 %");
    std::fs::create_dir(folder.path().join("a"))?;
    let lake = Lake::open(&climbing).await?;
    append(&lake, [messages(0, &["a"])?]).await?;
    assert_eq!(ids(&Lake::open_existing(&climbing).await?).await?, ["a"]);
    Ok(())
}

#[tokio::test]
async fn writers_of_several_tables_take_turns() -> Outcome {
    let folder = tempfile::tempdir()?;
    let lake = Lake::open(folder.path()).await?;
    let turn = lake.turn().await?;
    assert!(lake.try_turn()?.is_none());
    drop(turn);
    assert!(lake.try_turn()?.is_some());
    assert!(lake.table_names().await?.is_empty());
    Ok(())
}
