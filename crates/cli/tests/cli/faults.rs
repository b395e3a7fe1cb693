//! Bad input: each is named, and the rest goes on.

use std::io::Write as _;

use serde_json::json;

use crate::common::{Outcome, Place, messages};

/// Ingests `bad` beside a good file; gives what was told of the bad one.
fn told(name: &str, bad: &[u8]) -> Outcome<String> {
    let place = Place::new()?;
    place.file(&format!("1/{name}"), bad)?;
    place.file("2/EmailEvents.json", messages(&["good"]))?;
    let run = place.run(&["ingest", "--table", "EmailEvents", &format!("1/{name}"), "2/EmailEvents.json"])?;
    assert!(matches!(run.status, Some(0 | 1)), "{run:?}");
    assert_eq!(place.rows("EmailEvents | where NetworkMessageId == 'good' | count")?, json!([[1]]), "{run:?}");
    let rejects = place.run(&["hunt", "--format", "csv", "Rejects | project Source, Line, Reason"])?.good()?;
    Ok(format!("{}{}", run.err, rejects.trim_start_matches("Source,Line,Reason\n")))
}

#[test]
fn a_truncated_gzip_gives_the_rows_before_the_break() -> Outcome {
    let ids: Vec<String> = (0..5000).map(|n| format!("{n}-{}", n * 7919 % 4999)).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(messages(&ids[..24]).as_bytes())?;
    let whole = gz.finish()?;
    let told = told("mail.json.gz", &whole[..whole.len() - 12])?;
    assert!(told.contains("error: 1/mail.json.gz: reading stopped"), "{told}");
    Ok(())
}

#[test]
fn a_corrupt_parquet_file_is_named() -> Outcome {
    let told = told("mail.parquet", b"PAR1 and then nothing of the kind PAR1")?;
    assert!(told.contains("error: 1/mail.parquet: the Parquet file cannot be read"), "{told}");
    Ok(())
}

#[test]
fn text_that_is_not_utf8_is_a_reject_with_its_line() -> Outcome {
    let told = told(
        "mail.json",
        b"{\"Timestamp\":\"2026-11-20T00:00:00Z\"}\n{\"Timestamp\":\"2026-11-20T00:00:00Z\",\"Subject\":\"\xff\xfe\"}\n",
    )?;
    assert!(told.contains("1/mail.json,2,not UTF-8"), "{told}");
    Ok(())
}

#[test]
fn csv_rows_with_too_many_cells_are_rejects() -> Outcome {
    let told = told("mail.csv", b"Timestamp,Subject\n2026-11-20T00:00:00Z,a,b\n2026-11-20T00:00:00Z,a\n")?;
    assert!(told.contains("1/mail.csv,2,"), "{told}");
    Ok(())
}

#[test]
fn csv_columns_that_belong_to_nothing_are_named() -> Outcome {
    let place = Place::new()?;
    place.file("list.csv", "Colour,Shape\nred,round\n")?;
    let err = place.run(&["ingest", "list.csv"])?.failed(1)?;
    assert!(err.contains("list.csv: cannot tell which table") && err.contains("Colour, Shape"), "{err}");
    Ok(())
}

#[test]
fn dates_out_of_range_are_rejects_that_name_the_value() -> Outcome {
    let told = told(
        "mail.json",
        b"{\"Timestamp\":\"2026-13-45T00:00:00Z\"}\n{\"Timestamp\":\"99999-01-01T00:00:00Z\"}\n{\"Subject\":\"no time\"}\n",
    )?;
    assert!(told.contains("2026-13-45") && told.contains("99999-01-01") && told.contains("the row has no time"), "{told}");
    Ok(())
}

#[test]
fn an_empty_directory_and_a_missing_file_are_named() -> Outcome {
    let place = Place::new()?;
    std::fs::create_dir(place.path("empty"))?;
    place.file("EmailEvents.json", messages(&["good"]))?;
    let run = place.run(&["ingest", "empty", "missing.json", "EmailEvents.json"])?;
    assert_eq!(run.out, "EmailEvents: 1 row added, 0 already there\n");
    let err = run.failed(1)?;
    assert!(err.contains("empty: the directory holds no files") && err.contains("missing.json: no such file"), "{err}");
    Ok(())
}

#[test]
fn hostile_names_and_texts_in_rejects_do_not_reach_the_terminal() -> Outcome {
    let place = Place::new()?;
    place.file(
        "mail.json",
        "{\"Timestamp\":\"\\u001b[2J\",\"\\u001b[31mX\":1}\n{\"Timestamp\":\"2026-11-20T00:00:00Z\",\"\\u001b[31mX\":1}\n",
    )?;
    let run = place.run(&["ingest", "--table", "EmailEvents", "mail.json"])?;
    let shown = place.run(&["hunt", "Rejects"])?.good()?;
    for text in [run.out, run.err, shown] {
        assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
    }
    Ok(())
}

#[cfg(unix)]
#[test]
fn a_data_directory_that_may_not_be_written_is_named() -> Outcome {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::new()?;
    place.file("EmailEvents.json", messages(&["a"]))?;
    std::fs::create_dir(place.path("locked"))?;
    std::fs::set_permissions(place.path("locked"), std::fs::Permissions::from_mode(0o555))?;
    // Root may write anywhere.
    if std::fs::write(place.path("locked/probe"), "").is_ok() {
        return Ok(());
    }
    let err = place.run(&["--data", "locked", "ingest", "EmailEvents.json"])?.failed(3)?;
    assert!(err.contains("locked") && err.contains("may be written"), "{err}");
    Ok(())
}
