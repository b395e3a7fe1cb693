//! How commands end: exit statuses, signals, closed pipes, limits.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Command, Stdio},
};

use crate::common::{ENDLESS, Outcome, Place, finished, messages};

#[test]
fn the_status_tells_whose_fault_it_was() -> Outcome {
    let place = Place::new()?;
    assert_eq!(place.run(&["hunt", "print 1"])?.status, Some(0));
    assert!(place.run(&["hunt", "print 1 | where x"])?.failed(1)?.contains("error[K0102]"));
    assert!(place.run(&["hunt", "--no-such-option", "print 1"])?.failed(2)?.contains("--no-such-option"));
    assert!(place.run(&["hunt", "--as-of", "yesterday", "print 1"])?.failed(1)?.contains("`yesterday` is no time"));
    // The data directory is a file: no one's input.
    place.file("data", "")?;
    assert!(place.run(&["--data", "data", "hunt", "print 1"])?.failed(3)?.starts_with("error: "));
    Ok(())
}

#[test]
fn errors_are_drawn_at_their_place_on_standard_error() -> Outcome {
    let place = Place::new()?;
    place.file("rule.yaml", "name: A rule\nquery: |\n  EmailEvents\n  | where Subjct == ''\n")?;
    let run = place.run(&["hunt", "--file", "rule.yaml"])?;
    assert_eq!(run.out, "");
    let err = run.failed(1)?;
    assert!(err.contains("rule.yaml:4:11") && err.contains("Subject"), "{err}");
    Ok(())
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_query_at_once() -> Outcome {
    let place = Place::new()?;
    let mut child = place.command(&["hunt", "--batch", "-"]).stdin(Stdio::piped()).spawn()?;
    let mut stdin = child.stdin.take().ok_or("no standard input")?;
    let mut answers = BufReader::new(child.stdout.take().ok_or("no standard output")?).lines();
    writeln!(stdin, "{}", serde_json::json!({ "id": 1, "query": "print 1" }))?;
    answers.next().ok_or("no answer")??;
    writeln!(stdin, "{}", serde_json::json!({ "id": 2, "query": ENDLESS }))?;
    Command::new("kill").args(["-INT", &child.id().to_string()]).status()?;
    assert_eq!(finished(child)?.failed(130)?, "interrupted\n");
    Ok(())
}

#[test]
fn a_reader_that_has_seen_enough_is_no_fault() -> Outcome {
    let place = Place::new()?;
    let mut child = place.command(&["hunt", "--format", "ndjson", "range x from 1 to 200000 step 1"]).spawn()?;
    let mut line = String::new();
    BufReader::new(child.stdout.take().ok_or("no standard output")?).read_line(&mut line)?;
    assert_eq!(line, "{\"x\":1}\n");
    assert_eq!(finished(child)?.failed(0)?, "");
    Ok(())
}

#[test]
fn limits_are_errors_that_say_what_to_raise() -> Outcome {
    let place = Place::new()?;
    let err = place.run(&["hunt", "--timeout", "1", ENDLESS])?.failed(1)?;
    assert!(err.starts_with("error[E0002]") && err.contains("--timeout"), "{err}");
    let list =
        "range x from 1 to 300000 step 1 | summarize l = make_list(strcat('padding padding', x)) | project array_length(l)";
    let err = place.run(&["hunt", "--memory-limit", "1", list])?.failed(1)?;
    assert!(err.starts_with("error[E0001]") && err.contains("--memory-limit"), "{err}");
    Ok(())
}

#[test]
fn a_broken_table_fails_the_queries_that_name_it_and_no_others() -> Outcome {
    let place = Place::new()?;
    place.file("EmailEvents.json", messages(&["a"]))?;
    place.file("UrlClickEvents.json", "{\"Timestamp\":\"2026-11-20T00:00:00Z\",\"Url\":\"https://example.com\"}\n")?;
    place.run(&["ingest", "EmailEvents.json", "UrlClickEvents.json"])?.good()?;
    place.file("spoofwatch-data/tables/UrlClickEvents/_delta_log/00000000000000000001.json", "{ broken")?;
    assert_eq!(place.rows("EmailEvents | count")?, serde_json::json!([[1]]));
    let err = place.run(&["hunt", "UrlClickEvents | count"])?.failed(3)?;
    assert!(err.contains("K0106") && err.contains("UrlClickEvents"), "{err}");
    let run = place.run(&["lake", "info"])?;
    assert!(run.out.contains("EmailEvents"), "{}", run.out);
    assert!(run.failed(3)?.contains("UrlClickEvents"));
    // Rows that a query reads are found damaged only then.
    for entry in std::fs::read_dir(place.path("spoofwatch-data/tables/EmailEvents"))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "parquet") {
            let length = usize::try_from(std::fs::metadata(&path)?.len())?;
            std::fs::write(&path, vec![0; length])?;
        }
    }
    let err = place.run(&["hunt", "EmailEvents | project Subject"])?.failed(3)?;
    assert!(err.starts_with("error[E0004]"), "{err}");
    Ok(())
}

#[test]
fn cases_that_fit_nothing_are_said() -> Outcome {
    let place = Place::new()?;
    place.file("a.md", "## One\n\n```kql\nprint x = 1\n```\n")?;
    assert!(place.run(&["test", "--case", "nosuch", "a.md"])?.failed(1)?.contains("`nosuch`"));
    place.run(&["test", "--bless", "a.md"])?.good()?;
    let blessed = std::fs::read_to_string(place.path("a.md"))?;
    assert_eq!(blessed, "## One\n\n```kql\nprint x = 1\n```\n\n| x:long |\n| ------ |\n| 1      |\n");
    assert!(place.run(&["test", "a.md"])?.good()?.ends_with("1 passed, 0 failed\n"));
    Ok(())
}
