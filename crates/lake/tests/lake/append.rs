//! Rows in: nothing lost, nothing twice.

use std::sync::Arc;

use datafusion::arrow::array::{Int64Array, StringArray, TimestampMicrosecondArray};
use datafusion::arrow::datatypes::DataType;
use spoofwatch_lake::{Arrival, Lake, LakeError, ROW_ID};

use crate::common::{HOUR, Outcome, append, appended, batch, columns, ids, longs, mail, messages, moment, rows, texts, times};
use datafusion::prelude::{SessionContext, ident, lit};

#[tokio::test]
async fn rows_are_read_back_in_order_of_time_with_missing_columns_filled() -> Outcome {
    let folder = tempfile::tempdir()?;
    let lake = Lake::open(folder.path()).await?;
    let later = messages(2, &["c"])?;
    let earlier = messages(0, &["a", "b"])?;
    assert_eq!(append(&lake, [later, earlier]).await?, appended(3, 0));
    let frame = columns(&lake, &["NetworkMessageId", "Subject", "Size"]).await?;
    assert_eq!(rows(frame.clone().filter(ident("Subject").eq(lit("")))?).await?, ["a||", "b||", "c||"]);
    assert_eq!(rows(frame.filter(ident("Size").is_null())?).await?.len(), 3);
    Ok(())
}

#[tokio::test]
async fn columns_are_exposed_in_documented_order_with_text_as_views_and_no_identities() -> Outcome {
    let folder = tempfile::tempdir()?;
    let lake = Lake::open(folder.path()).await?;
    append(&lake, [batch(vec![("Note", texts(&["n"])), ("Timestamp", times([0]))])?]).await?;
    let schema = lake.provider("Mail").await?.ok_or("no table")?.schema();
    let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    assert_eq!(names, ["Timestamp", "NetworkMessageId", "Subject", "Size", "Details", "Note", "_IngestionTime"]);
    assert!(ROW_ID.iter().all(|name| schema.field_with_name(name).is_err()));
    let subject = schema.field_with_name("Subject")?;
    assert_eq!((subject.data_type(), subject.is_nullable()), (&DataType::Utf8View, false));
    assert!(schema.field_with_name("Details")?.is_nullable());
    assert_eq!(schema.field_with_name("Timestamp")?.data_type(), &schema::Type::Datetime.storage_type());
    Ok(())
}

#[tokio::test]
async fn ingesting_again_adds_nothing_and_an_overlap_adds_what_is_new() -> Outcome {
    let folder = tempfile::tempdir()?;
    let lake = Lake::open(folder.path()).await?;
    assert_eq!(append(&lake, [messages(0, &["a", "b"])?]).await?, appended(2, 0));
    assert_eq!(append(&lake, [messages(0, &["a", "b"])?]).await?, appended(0, 2));
    assert_eq!(append(&lake, [messages(1, &["b", "c"])?]).await?, appended(1, 1));
    assert_eq!(ids(&lake).await?, ["a", "b", "c"]);
    Ok(())
}

#[tokio::test]
async fn equal_rows_of_one_source_are_all_kept_and_still_added_once() -> Outcome {
    let folder = tempfile::tempdir()?;
    let lake = Lake::open(folder.path()).await?;
    let twins = || batch(vec![("Timestamp", times([0, 0])), ("NetworkMessageId", texts(&["a", "a"]))]);
    assert_eq!(append(&lake, [twins()?]).await?, appended(2, 0));
    assert_eq!(append(&lake, [twins()?]).await?, appended(0, 2));
    assert_eq!(ids(&lake).await?, ["a", "a"]);
    Ok(())
}

#[tokio::test]
async fn overlapping_sources_of_one_ingest_give_each_row_once() -> Outcome {
    for file_rows in [1, 2, 100] {
        let folder = tempfile::tempdir()?;
        let lake = Lake::open(folder.path()).await?.with_file_rows(file_rows);
        let mut appender = lake.appender(&mail(), Arrival::Own).await?;
        appender.append(messages(0, &["a", "b"])?).await?;
        appender.next_source().await?;
        appender.append(messages(1, &["b", "c"])?).await?;
        appender.next_source().await?;
        appender.append(messages(0, &["a", "b", "c"])?).await?;
        assert_eq!(appender.finish().await?, appended(3, 4), "files of {file_rows} rows");
        assert_eq!(ids(&lake).await?, ["a", "b", "c"]);
    }
    Ok(())
}

#[tokio::test]
async fn a_row_is_the_same_row_by_either_name_of_its_time_and_with_empty_columns_added() -> Outcome {
    let folder = tempfile::tempdir()?;
    let lake = Lake::open(folder.path()).await?;
    append(&lake, [messages(0, &["a"])?]).await?;
    let sentinel = batch(vec![("TimeGenerated", times([0])), ("NetworkMessageId", texts(&["a"])), ("Unknown", texts(&[""]))])?;
    assert_eq!(append(&lake, [sentinel]).await?, appended(0, 1));
    Ok(())
}

#[tokio::test]
async fn unknown_columns_are_kept_and_empty_in_older_rows() -> Outcome {
    let folder = tempfile::tempdir()?;
    let lake = Lake::open(folder.path()).await?;
    append(&lake, [messages(0, &["a"])?]).await?;
    let input = vec![
        ("Timestamp", times([HOUR])),
        ("NetworkMessageId", texts(&["b"])),
        ("Sender Note", texts(&["seen"])),
        ("subject", texts(&["lower"])),
        ("Count", longs([7])),
    ];
    append(&lake, [batch(input)?]).await?;
    let frame = columns(&lake, &["NetworkMessageId", "Sender_Note", "subject1", "Count"]).await?;
    let seen =
        frame.clone().filter(ident("Sender_Note").not_eq(lit("x")))?.sort(vec![ident("NetworkMessageId").sort(true, true)])?;
    assert_eq!(rows(seen).await?, ["a|||", "b|seen|lower|7"]);
    assert_eq!(frame.filter(ident("Sender_Note").eq(lit("")))?.count().await?, 1);
    assert_eq!(lake.info().await?[0].extra_columns, ["Sender_Note", "subject1", "Count"]);
    Ok(())
}

#[tokio::test]
async fn too_many_columns_are_refused_by_name_and_nothing_is_added() -> Outcome {
    let folder = tempfile::tempdir()?;
    let lake = Lake::open(folder.path()).await?;
    let names: Vec<String> = (0..1000).map(|number| format!("Column{number}")).collect();
    let input = names.iter().map(|name| (name.as_str(), texts(&["x"]))).collect();
    let mut appender = lake.appender(&mail(), Arrival::Own).await?;
    appender.append(batch(input)?).await?;
    let Err(LakeError::TooManyColumns { table, limit: 1000, .. }) = appender.finish().await else {
        return Err("a thousand unknown columns were accepted".into());
    };
    assert_eq!(table, "Mail");
    assert_eq!(lake.info().await?[0].rows, 0);
    Ok(())
}

#[tokio::test]
async fn a_value_that_does_not_fit_its_column_is_an_error_that_names_the_column() -> Outcome {
    let folder = tempfile::tempdir()?;
    let lake = Lake::open(folder.path()).await?;
    let mut appender = lake.appender(&mail(), Arrival::Own).await?;
    appender.append(batch(vec![("Timestamp", times([0])), ("Size", texts(&["big"]))])?).await?;
    let error = appender.finish().await.err().ok_or("accepted")?;
    assert!(error.to_string().starts_with("column `Size` of table `Mail` is stored as Int64, the input has Utf8"), "{error}");
    Ok(())
}

#[tokio::test]
async fn null_text_is_stored_empty_and_rows_without_a_time_are_kept_once() -> Outcome {
    let folder = tempfile::tempdir()?;
    let lake = Lake::open(folder.path()).await?;
    let untimed = || {
        batch(vec![
            ("NetworkMessageId", Arc::new(StringArray::from(vec![Some("a"), None])) as _),
            ("Size", Arc::new(Int64Array::from(vec![None, Some(1)])) as _),
        ])
    };
    assert_eq!(append(&lake, [untimed()?]).await?, appended(2, 0));
    assert_eq!(append(&lake, [untimed()?]).await?, appended(0, 2));
    assert_eq!(ids(&lake).await?, ["", "a"]);
    Ok(())
}

#[tokio::test]
async fn a_big_batch_becomes_several_files_in_one_version() -> Outcome {
    let folder = tempfile::tempdir()?;
    let lake = Lake::open(folder.path()).await?.with_file_rows(10);
    let hours = batch(vec![("Timestamp", times((0..95).map(|hour| hour * HOUR)))])?;
    assert_eq!(append(&lake, [hours]).await?, appended(95, 0));
    let info = &lake.info().await?[0];
    assert_eq!((info.rows, info.files, info.version), (95, 10, 1));
    Ok(())
}

#[tokio::test]
async fn table_names_that_are_no_folder_names_are_refused() -> Outcome {
    let folder = tempfile::tempdir()?;
    let lake = Lake::open(folder.path()).await?;
    for name in ["", "../x", ".hidden", "a/b", "a b"] {
        let table = schema::Table { name: name.to_owned(), ..mail() };
        assert!(matches!(lake.appender(&table, Arrival::Own).await, Err(LakeError::TableName { .. })), "{name}");
    }
    Ok(())
}

#[tokio::test]
async fn another_name_for_the_time_fills_the_gaps_of_the_first() -> Outcome {
    let folder = tempfile::tempdir()?;
    let lake = Lake::open(folder.path()).await?;
    let gaps: TimestampMicrosecondArray = [Some(1), None].into_iter().collect();
    let input = vec![("TimeGenerated", times([7, 8])), ("Timestamp", Arc::new(gaps.with_timezone("UTC")) as _)];
    append(&lake, [batch(input)?]).await?;
    let info = lake.table_info("Mail").await?.ok_or("no table")?;
    assert_eq!((info.first, info.last), (Some(1), Some(8)));
    Ok(())
}

#[tokio::test]
async fn a_column_documented_later_is_empty_in_older_rows() -> Outcome {
    let folder = tempfile::tempdir()?;
    let lake = Lake::open(folder.path()).await?;
    append(&lake, [messages(0, &["a"])?]).await?;
    let mut wider = mail();
    let mut new = wider.columns[3].clone();
    new.name = "ThreatTypes".to_owned();
    wider.columns.push(new);
    let mut appender = lake.appender(&wider, Arrival::Own).await?;
    appender.append(batch(vec![("Timestamp", times([1])), ("ThreatTypes", texts(&["Phish"]))])?).await?;
    assert_eq!(appender.finish().await?, appended(1, 0));
    let frame = columns(&lake, &["ThreatTypes"]).await?;
    assert_eq!(rows(frame.sort(vec![ident("ThreatTypes").sort(true, true)])?).await?, ["", "Phish"]);
    assert!(lake.info().await?[0].extra_columns.is_empty());
    Ok(())
}

#[tokio::test]
async fn tables_and_columns_with_dots_and_signs_are_stored_and_pruned_like_others() -> Outcome {
    let folder = tempfile::tempdir()?;
    let lake = Lake::open(folder.path()).await?;
    let mut audit = mail();
    audit.name = "o365.audit".to_owned();
    audit.time_column = "@timestamp".to_owned();
    audit.columns.truncate(3);
    audit.columns.remove(1);
    audit.columns[0].name = "@timestamp".to_owned();
    audit.columns[1].name = "o365.audit.UserId".to_owned();
    for (time, user) in [(1, "a"), (2, "b")] {
        let mut appender = lake.appender(&audit, Arrival::Own).await?;
        appender.append(batch(vec![("@timestamp", times([time])), ("o365.audit.UserId", texts(&[user]))])?).await?;
        appender.finish().await?;
    }
    let info = lake.table_info("o365.audit").await?.ok_or("no table")?;
    assert_eq!((info.rows, info.first, info.last), (2, Some(1), Some(2)));
    let provider = lake.provider("o365.audit").await?.ok_or("no table")?;
    let frame = SessionContext::new().read_table(provider)?;
    let found = frame.filter(ident("o365.audit.UserId").eq(lit("b")).and(ident("@timestamp").gt(moment(1))))?;
    assert_eq!(rows(found).await?, ["1970-01-01T00:00:00.000002Z|b|"]);
    Ok(())
}

#[tokio::test]
async fn bookkeeping_that_comes_with_the_input_is_no_data() -> Outcome {
    let folder = tempfile::tempdir()?;
    let lake = Lake::open(folder.path()).await?;
    let row = |extra: Vec<(&'static str, datafusion::arrow::array::ArrayRef)>| {
        batch([vec![("Timestamp", times([0])), ("Subject", texts(&["a"]))], extra].concat())
    };
    append(&lake, [row(vec![])?]).await?;
    // As in a data file of a lake, ingested by its path.
    assert_eq!(
        append(&lake, [row(vec![(ROW_ID[0], longs([1])), (ROW_ID[1], longs([2])), ("_IngestionTime", times([3]))])?]).await?,
        appended(0, 1)
    );
    assert!(lake.info().await?[0].extra_columns.is_empty());
    Ok(())
}

#[tokio::test]
async fn each_source_is_told_what_became_of_its_rows() -> Outcome {
    let folder = tempfile::tempdir()?;
    let lake = Lake::open(folder.path()).await?;
    append(&lake, [messages(0, &["a"])?]).await?;
    let mut appender = lake.appender(&mail(), Arrival::Own).await?;
    appender.append(messages(0, &["a", "b"])?).await?;
    appender.next_source().await?;
    appender.next_source().await?;
    appender.append(messages(1, &["b", "c"])?).await?;
    let each = appender.finish_each().await?;
    assert_eq!(each, [appended(1, 1), appended(0, 0), appended(1, 1)]);
    Ok(())
}

#[tokio::test]
async fn what_is_remembered_of_a_table_is_not_taken_for_one_that_came_after_it() -> Outcome {
    let folder = tempfile::tempdir()?;
    let lake = Lake::open(folder.path()).await?;
    for wanted in [appended(2, 0), appended(0, 2), appended(0, 2)] {
        assert_eq!(append(&lake, [messages(0, &["a", "b"])?]).await?, wanted);
    }
    // Another process adds, which this one has not seen.
    let other = Lake::open(folder.path()).await?;
    assert_eq!(append(&other, [messages(2, &["c"])?]).await?, appended(1, 0));
    assert_eq!(append(&lake, [messages(0, &["a", "b", "c", "d"])?]).await?, appended(1, 3));
    std::fs::remove_dir_all(folder.path().join("tables/Mail"))?;
    assert_eq!(append(&lake, [messages(0, &["a", "b"])?]).await?, appended(2, 0));
    Ok(())
}

#[tokio::test]
async fn an_event_that_comes_again_later_is_known_for_as_long_as_its_table_says() -> Outcome {
    let folder = tempfile::tempdir()?;
    let table = schema::Table { key: vec!["NetworkMessageId".to_owned()], key_days: 7, ..mail() };
    // Each time by a program that has just been started, and remembers nothing.
    for (day, ids, expected) in [
        (0, ["a", "b"], appended(2, 0)),
        (1, ["a", "c"], appended(1, 1)),
        (7, ["b", "d"], appended(1, 1)),
        // What was there longer ago is not looked for.
        (20, ["a", "a"], appended(1, 1)),
    ] {
        let mut appender = Lake::open(folder.path()).await?.appender(&table, Arrival::Own).await?;
        appender.append(messages(day * 24, &ids)?).await?;
        assert_eq!(appender.finish().await?, expected, "day {day}");
    }
    Ok(())
}
