//! `hunt --table NAME=PATH`: files read in place.

use serde_json::json;

use crate::common::{Outcome, Place, messages};

fn subjects(place: &Place, table: &str) -> Outcome<String> {
    place.run(&["hunt", "--format", "csv", "--table", table, "EmailEvents | sort by Subject asc | project Subject"])?.good()
}

#[test]
fn text_files_parquet_and_patterns_are_tables() -> Outcome {
    let place = Place::new()?;
    place.file("in/a.ndjson", messages(&["a"]))?;
    place.file("in/b.csv", "Timestamp,Subject\n2026-11-20T01:00:00Z,About b\n")?;
    let write = ["hunt", "--table", "EmailEvents=in/a.ndjson", "--format", "parquet", "-o", "in/c.parquet"];
    place.run(&[&write[..], &["EmailEvents | extend Subject = 'About c'"]].concat())?.good()?;
    assert_eq!(subjects(&place, "EmailEvents=in/a.ndjson")?, "Subject\nAbout a\n");
    assert_eq!(subjects(&place, "EmailEvents=in/b.csv")?, "Subject\nAbout b\n");
    assert_eq!(subjects(&place, "EmailEvents=in/c.parquet")?, "Subject\nAbout c\n");
    assert_eq!(subjects(&place, "EmailEvents=in/*")?, "Subject\nAbout a\nAbout b\nAbout c\n");
    Ok(())
}

#[test]
fn files_take_the_place_of_the_stored_table() -> Outcome {
    let place = Place::new()?;
    place.file("stored.ndjson", messages(&["stored"]))?;
    place.file("file.ndjson", messages(&["file"]))?;
    place.run(&["ingest", "--table", "EmailEvents", "stored.ndjson"])?.good()?;
    assert_eq!(subjects(&place, "EmailEvents=file.ndjson")?, "Subject\nAbout file\n");
    assert_eq!(place.rows("EmailEvents | project Subject")?, json!([["About stored"]]));
    Ok(())
}

#[test]
fn documented_columns_that_a_file_lacks_are_empty_and_both_times_are_there() -> Outcome {
    let place = Place::new()?;
    place.file("mail.csv", "TimeGenerated,Subject\n2026-11-20T01:00:00Z,x\n")?;
    let out = place.run(&[
        "hunt",
        "--format",
        "ndjson",
        "--table",
        "EmailEvents=mail.csv",
        "EmailEvents | project Same = Timestamp == TimeGenerated, SenderFromDomain, EmailSize",
    ])?;
    assert_eq!(out.good()?, "{\"Same\":true,\"SenderFromDomain\":\"\",\"EmailSize\":null}\n");
    Ok(())
}

#[test]
fn what_names_no_file_is_refused() -> Outcome {
    let place = Place::new()?;
    for (table, reason) in
        [("EmailEvents", "write NAME=PATH"), ("EmailEvents=no.csv", "no such file"), ("EmailEvents=*.csv", "no file matches")]
    {
        let err = place.run(&["hunt", "--table", table, "EmailEvents"])?.failed(1)?;
        assert!(err.contains(reason), "{err}");
    }
    Ok(())
}

#[test]
fn the_columns_of_files_outside_of_the_tables_are_told() -> Outcome {
    let place = Place::new()?;
    place.file("lists/part-1.csv", "domain,seen,hits\na.example,2026-01-01,1\n")?;
    place.file("lists/deeper/part-2.csv", "domain,seen,hits,score\nb.example,2026-01-02,many,1.5\n")?;
    place.file("lists/other.csv", "x\n1\n")?;
    place.file("outside.csv", "secret\n1\n")?;
    let query = |container: &str, mode: &str| {
        format!(
            "evaluate infer_storage_schema(dynamic({{'StorageContainers': ['{container}'], 'DataFormat': 'csv', 'Mode': '{mode}', \
             'FileExtension': '.csv', 'FileNamePrefix': 'part-', 'InferenceOptions': {{'UseFirstRowAsHeader': true}}}}))"
        )
    };
    let told = |container: &str, mode: &str| {
        place.run(&["hunt", "--format", "csv", "--allow-external", "lists", &query(container, mode)])
    };
    let all = "CslSchema\n\"domain:string, seen:datetime, hits:string, score:real\"\n";
    assert_eq!(told("lists", "all")?.good()?, all);
    assert_eq!(told("part-1.csv", "any")?.good()?, "CslSchema\n\"domain:string, seen:datetime, hits:long\"\n");
    assert!(told("outside.csv", "any")?.failed(1)?.contains("--allow-external"));
    assert!(place.run(&["hunt", &query("lists", "all")])?.failed(1)?.contains("--allow-external"));
    Ok(())
}
