//! `ingest`: every way in, and every row once.

use std::{
    io::{Cursor, Write as _},
    process::Stdio,
};

use serde_json::json;

use crate::common::{Outcome, Place, finished, messages};

fn count(place: &Place) -> Outcome<serde_json::Value> {
    place.rows("EmailEvents | summarize count(), dcount(NetworkMessageId)")
}

#[test]
fn compressed_files_archives_and_standard_input_are_read() -> Outcome {
    let place = Place::new()?;
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(messages(&["gz"]).as_bytes())?;
    place.file("EmailEvents-1.json.gz", gz.finish()?)?;
    place.file("EmailEvents-2.json.zst", zstd::encode_all(messages(&["zst"]).as_bytes(), 1)?)?;
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("EmailEvents.csv", zip::write::SimpleFileOptions::default())?;
    archive.write_all(b"Timestamp,NetworkMessageId\n2026-11-20T00:00:00Z,zip\n")?;
    place.file("export.zip", archive.finish()?.into_inner())?;
    place.run(&["ingest", "."])?.good()?;
    let out = place.run_with(&["ingest", "--table", "EmailEvents", "-"], messages(&["stdin"]).as_bytes())?.good()?;
    assert_eq!(out, "EmailEvents: 1 row added, 0 already there\n");
    let ids = place.rows("EmailEvents | summarize Ids = make_set(NetworkMessageId) | project Ids = array_sort_asc(Ids)")?;
    assert_eq!(ids, json!([[["gz", "stdin", "zip", "zst"]]]));
    Ok(())
}

#[test]
fn the_same_again_adds_nothing() -> Outcome {
    let place = Place::new()?;
    place.file("EmailEvents.json", messages(&["a", "b", "b"]) + "no row\n")?;
    let first = place.run(&["ingest", "EmailEvents.json"])?.good()?;
    assert!(first.starts_with("EmailEvents: 3 rows added, 0 already there\n1 row rejected"), "{first}");
    assert!(place.run(&["ingest", "EmailEvents.json"])?.good()?.starts_with("EmailEvents: 0 rows added, 3 already there\n"));
    assert_eq!(count(&place)?, json!([[3, 2]]));
    let rejects = place.rows("Rejects | project Source, Line, Raw")?;
    assert_eq!(rejects, json!([["EmailEvents.json", 4, "no row"]]));
    Ok(())
}

#[test]
fn a_killed_ingest_leaves_nothing_half_done() -> Outcome {
    let place = Place::new()?;
    let ids: Vec<String> = (0..24).map(|n| format!("m{n}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let all = messages(&ids);
    let half = messages(&ids[..12]);
    place.file("EmailEvents.json", &half)?;
    let mut child =
        place.command(&["ingest", "--table", "EmailEvents", "EmailEvents.json", "-"]).stdin(Stdio::piped()).spawn()?;
    let mut stdin = child.stdin.take().ok_or("no standard input")?;
    stdin.write_all(all.as_bytes())?;
    child.kill()?;
    assert_eq!(finished(child)?.status, None, "killed");
    place.file("EmailEvents.json", &all)?;
    place.run(&["ingest", "EmailEvents.json"])?.good()?;
    assert_eq!(count(&place)?, json!([[24, 24]]));
    Ok(())
}

/// True once a file of the table fits, wherever below its directory it lies.
fn has_file(directory: &std::path::Path, fits: &dyn Fn(&std::path::Path) -> bool) -> bool {
    let Ok(entries) = std::fs::read_dir(directory) else { return false };
    entries.flatten().map(|entry| entry.path()).any(|path| fits(&path) || has_file(&path, fits))
}

#[test]
fn killed_anywhere_while_it_reads_files_it_has_every_row_once_in_the_end() -> Outcome {
    const FILES: usize = 4;
    const ROWS: usize = 3000;
    let place = Place::new()?;
    for file in 0..FILES {
        let line = |row: usize| {
            let (minute, second) = (row / 60, row % 60);
            let id = format!("\"NetworkMessageId\":\"{file}-{row}\",\"Subject\":\"Number {row} of file {file}\"");
            format!("{{\"Timestamp\":\"2026-11-20T0{file}:{minute:02}:{second:02}Z\",{id}}}\n")
        };
        place.file(&format!("in/EmailEvents-{file}.json"), (0..ROWS).map(line).collect::<String>())?;
    }
    let data = place.path("spoofwatch-data");
    let ends = |ending: &'static str| move |path: &std::path::Path| path.to_string_lossy().ends_with(ending);
    // Killed when the directory is there, when rows are being written, when a commit is.
    let moments: [&dyn Fn(&std::path::Path) -> bool; 3] = [&|_| true, &ends(".parquet"), &ends(".json")];
    for moment in moments {
        let mut child = place.command(&["ingest", "in"]).spawn()?;
        while !has_file(&data, moment) && child.try_wait()?.is_none() {
            std::thread::yield_now();
        }
        // It may have been quicker.
        let _ = child.kill();
        finished(child)?;
    }
    place.run(&["ingest", "in"])?.good()?;
    assert_eq!(count(&place)?, json!([[FILES * ROWS, FILES * ROWS]]));
    assert_eq!(place.run(&["ingest", "in"])?.good()?, "EmailEvents: 0 rows added, 12000 already there\n");
    Ok(())
}

#[test]
fn tables_of_ones_own_are_stored_with_the_columns_found() -> Outcome {
    let place = Place::new()?;
    let lines = "{\"TimeGenerated\":\"2026-11-20T23:00:00Z\",\"Type\":\"Mail_CL\",\"Verdict_s\":\"spoof\",\"Score_d\":0.5}\n\
        {\"TimeGenerated\":\"2026-11-20T23:00:01Z\",\"Type\":\"Mail_CL\",\"Seen_t\":\"2026-11-20T22:00:00Z\",\"Bad_b\":true,\"Score_d\":2}\n\
        {\"TimeGenerated\":\"2026-11-20T23:00:02Z\",\"Type\":\"OfficeActivity\",\"Operation\":\"Send\"}\n";
    place.file("export.json", lines)?;
    let out = place.run(&["ingest", "export.json"])?;
    assert_eq!(out.err, "");
    assert_eq!(out.good()?, "Mail_CL: 2 rows added, 0 already there\nOfficeActivity: 1 row added, 0 already there\n");
    assert_eq!(
        place.rows("Mail_CL | where Score_d > 0.1 | sort by Timestamp asc | project Verdict_s, Score_d, Seen_t, Bad_b")?,
        json!([["spoof", 0.5, null, null], ["", 2, "2026-11-20T22:00:00.0000000Z", true]])
    );
    let later = "TimeGenerated,New_s,Score_d\n2026-11-20T23:00:03Z,x,3\n";
    assert_eq!(
        place.run_with(&["ingest", "--table", "Mail_CL", "-"], later.as_bytes())?.good()?,
        "Mail_CL: 1 row added, 0 already there\n"
    );
    assert_eq!(place.rows("Mail_CL | summarize sum(Score_d), take_anyif(New_s, isnotempty(New_s))")?, json!([[5.5, "x"]]));
    assert!(place.run(&["ingest", "--table", "EmailEvent", "export.json"])?.failed(1)?.contains("did you mean EmailEvents"));
    Ok(())
}

#[test]
fn the_data_directory_and_other_lakes_are_not_telemetry() -> Outcome {
    let place = Place::new()?;
    place.file("EmailEvents.json", messages(&["a"]))?;
    place.run(&["--data", "other", "ingest", "EmailEvents.json"])?.good()?;
    assert_eq!(place.run(&["ingest", "."])?.good()?, "EmailEvents: 1 row added, 0 already there\n");
    assert_eq!(place.run(&["ingest", "."])?.good()?, "EmailEvents: 0 rows added, 1 already there\n");
    assert!(place.run(&["ingest", "spoofwatch-data"])?.failed(1)?.contains("a data directory of this program"));
    // Files of a lake named one by one: what identifies the rows there is no column here.
    let run = place.run(&["--data", "third", "ingest", "spoofwatch-data/tables/EmailEvents/*.parquet"])?;
    assert_eq!(run.err, "");
    let columns = place.run(&[
        "--data",
        "third",
        "hunt",
        "--format",
        "csv",
        "EmailEvents | getschema | where ColumnName startswith '_Row'",
    ]);
    if let Ok(found) = columns?.good() {
        assert!(!found.contains("_RowId"), "{found}");
    }
    Ok(())
}

#[test]
fn the_data_directory_may_be_written_in_any_way() -> Outcome {
    let place = Place::new()?;
    place.file("deep/EmailEvents.json", messages(&["a"]))?;
    place.run(&["--data", "deep/../data", "ingest", "deep/EmailEvents.json"])?.good()?;
    let again = place.run(&["--data", "deep/../deep/../data/.", "ingest", "deep/EmailEvents.json"])?.good()?;
    assert_eq!(again, "EmailEvents: 0 rows added, 1 already there\n");
    let out = place.run(&["--data", "./deep/../data", "hunt", "--format", "csv", "EmailEvents | count"])?.good()?;
    assert_eq!(out, "Count\n1\n");
    Ok(())
}
