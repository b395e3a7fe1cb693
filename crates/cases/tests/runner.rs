//! The runner itself: verdicts, reports and blessing over files made for the purpose.

use std::{fs, path::PathBuf};

use spoofwatch_cases::{CasesError, Dressing, Settings, Verdict, discover, run, run_case, scrutinize};
use tempfile::TempDir;

type Done = Result<(), Box<dyn std::error::Error>>;

/// A folder with one case file; `~~~` stands for the backticks of fences.
fn file(text: &str) -> Result<(TempDir, PathBuf), std::io::Error> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("topic.md");
    fs::write(&path, text.replace("~~~", "```"))?;
    Ok((folder, path))
}

/// The report on a file, without the name of its folder.
async fn report(text: &str) -> Result<String, Box<dyn std::error::Error>> {
    let (folder, path) = file(text)?;
    let report = run(&[path], &Settings::default()).await?.to_string();
    Ok(report.replace(&format!("{}/", folder.path().display()), ""))
}

/// What a file says once it was blessed.
async fn blessed(text: &str) -> Result<String, Box<dyn std::error::Error>> {
    let (_folder, path) = file(text)?;
    run(std::slice::from_ref(&path), &Settings { bless: true, filter: None }).await?;
    Ok(fs::read_to_string(path)?.replace("```", "~~~"))
}

#[tokio::test]
async fn rows_match_in_any_order() -> Done {
    let query =
        "## x\n~~~kql\ndatatable(k:long, v:string)[1,'a', 2,'']\n~~~\n| k:long | v:string |\n|---|---|\n| 2 | |\n| 1 | a |\n";
    assert_eq!(report(query).await?, "1 passed, 0 failed\n");
    Ok(())
}

#[tokio::test]
async fn a_failure_names_its_place_and_the_rows_that_differ() -> Done {
    let query = "## Two rows\n~~~kql\ndatatable(k:long)[1, 2]\n~~~\n| k:long |\n|---|\n| 1 |\n| 3 |\n";
    let expected = "topic.md:3: Two rows\n    the rows differ (- expected, + found); 2 expected, 2 found:\n      | k:long |\n    - | 3 |\n    \
                    + | 2 |\n\n0 passed, 1 failed\n";
    assert_eq!(report(query).await?, expected);
    Ok(())
}

#[tokio::test]
async fn the_names_and_types_of_columns_count() -> Done {
    let found = report("## x\n~~~kql\nprint a = 1\n~~~\n| a:int |\n|---|\n| 1 |\n").await?;
    assert!(found.contains("the columns differ:\n    - | a:int |\n    + | a:long |"), "{found}");
    Ok(())
}

#[tokio::test]
async fn ordered_rows_match_in_their_order_only() -> Done {
    let query = "## x\n~~~kql ordered\ndatatable(k:long)[1, 2] | sort by k asc\n~~~\n| k:long |\n|---|\n| 2 |\n| 1 |\n";
    assert!(report(query).await?.contains("the rows are right and their order is not"));
    Ok(())
}

#[tokio::test]
async fn errors_are_compared_by_code_place_and_words() -> Done {
    let case = |line: &str| format!("## x\n~~~kql\nprint Sender = 1 | where Sendr == 1\n~~~\n~~~error\n{line}\n~~~\n");
    assert_eq!(report(&case("K0102 1:26 … `Sendr` … `Sender`")).await?, "1 passed, 0 failed\n");
    for wrong in ["K0103 1:26", "K0102 1:8", "K0102 1:26 `Subject`"] {
        let found = report(&case(wrong)).await?;
        assert!(found.contains(&format!("- {wrong}\n    + K0102 1:26 ")), "{found}");
    }
    Ok(())
}

#[tokio::test]
async fn a_known_failure_fails_once_it_passes() -> Done {
    let case = |value: &str| {
        format!("## x\n~~~case\nxfail = 'not yet'\n~~~\n~~~kql\nprint a = 1\n~~~\n| a:long |\n|---|\n| {value} |\n")
    };
    assert_eq!(report(&case("2")).await?, "0 passed, 1 known to fail, 0 failed\n");
    assert!(report(&case("1")).await?.contains("this passes now: remove xfail = \"not yet\""));
    Ok(())
}

#[tokio::test]
async fn one_broken_case_does_not_hide_the_next() -> Done {
    let found = report("## a\n~~~kql\nprint 1\n\n## b\n").await?;
    assert!(found.contains("topic.md:2: a\n    this fence is never closed"), "{found}");
    let found = report("## a\nno query\n## b\n~~~kql\nprint a = 1\n~~~\n| a:long |\n|---|\n| 1 |\n").await?;
    assert!(found.contains("topic.md:1: a\n    this case has no query"), "{found}");
    assert!(found.ends_with("1 passed, 1 failed\n"), "{found}");
    Ok(())
}

#[tokio::test]
async fn tables_come_from_files_above_and_from_the_case_itself() -> Done {
    let folder = tempfile::tempdir()?;
    fs::create_dir_all(folder.path().join("kql"))?;
    fs::write(
        folder.path().join("mail.ndjson"),
        "{\"Timestamp\":\"2026-01-01T00:00:00Z\",\"Subject\":\"a\"}\n{\"Timestamp\":\"2026-01-01T00:00:00Z\",\"Subject\":\"b\"}\n",
    )?;
    let path = folder.path().join("kql/topic.md");
    let text = "## x\n~~~case\ntables = { EmailEvents = 'mail.ndjson' }\n~~~\n~~~data Seen\nat:datetime,for:timespan,n:int,who:string\n\
                2026-01-02T03:04:05Z,01:00:00,,a\n~~~\n~~~kql\nEmailEvents | project Subject | join kind=inner Seen on $left.Subject == $right.who\n~~~\n\
                | Subject:string | at:datetime | for:timespan | n:int | who:string |\n|---|---|---|---|---|\n\
                | a | 2026-01-02T03:04:05Z | 01:00:00 | null | a |\n";
    fs::write(&path, text.replace("~~~", "```"))?;
    assert_eq!(run(&[path], &Settings::default()).await?.to_string(), "1 passed, 0 failed\n");
    Ok(())
}

#[tokio::test]
async fn data_that_cannot_be_read_is_the_failure_of_its_case() -> Done {
    let found = report("~~~case\ntables = { A = 'no.csv' }\n~~~\n## x\n~~~kql\nprint 1\n~~~\n").await?;
    assert!(found.contains("there is no `no.csv` in the folder of this file or above it"), "{found}");
    let found = report("## x\n~~~data A\nk:long\nx\n~~~\n~~~kql\nA\n~~~\n").await?;
    assert!(found.contains("the data fence at line 3: column `k`: x is no long"), "{found}");
    Ok(())
}

#[tokio::test]
async fn render_and_plan_are_compared() -> Done {
    let case = |fence: &str| {
        format!("## x\n~~~kql\nprint a = 1 | render timechart with (title='T')\n~~~\n| a:long |\n|---|\n| 1 |\n{fence}")
    };
    assert_eq!(
        report(&case("~~~render\ntimechart\ntitle = T\n~~~\n~~~plan\nnot: CrossJoin\n~~~\n")).await?,
        "1 passed, 0 failed\n"
    );
    assert!(report(&case("~~~render\npiechart\n~~~\n")).await?.contains("expected render:"));
    assert!(report(&case("~~~plan\nhas: CrossJoin\n~~~\n")).await?.contains("the plan lacks `CrossJoin`"));
    Ok(())
}

#[tokio::test]
async fn blessing_writes_the_result_and_nothing_else() -> Done {
    let before = "# t\n\n## one\n~~~kql\nprint a = 1, b = ' |'\n~~~\n\nProse.\n\n## two\n~~~kql\nprint b = 2\n~~~\n| a:long |\n|---|\n| 1 |\n\n## three\n\
                  ~~~kql\nprint Sender = 1 | where Sendr == 1\n~~~\n~~~error\nK9999\n~~~\n";
    let after = blessed(before).await?;
    assert!(
        after.contains("~~~\n\n| a:long | b:string |\n| ------ | -------- |\n| 1      | \" \\|\"    |\n\nProse.\n"),
        "{after}"
    );
    assert!(after.contains("print b = 2\n~~~\n| b:long |\n| ------ |\n| 2      |\n\n## three"), "{after}");
    assert!(after.contains("~~~error\nK0102 1:26 "), "{after}");
    assert_eq!(blessed(&after).await?, after, "what was blessed passes");
    Ok(())
}

#[tokio::test]
async fn a_known_failure_is_never_blessed() -> Done {
    let text = "## x\n~~~case\nxfail = 'not yet'\n~~~\n~~~kql\nprint a = 1\n~~~\n| a:long |\n|---|\n| 2 |\n";
    assert_eq!(blessed(text).await?, text);
    Ok(())
}

#[tokio::test]
async fn the_filter_chooses_by_heading() -> Done {
    let (_folder, path) = file("## Alpha\n~~~kql\nprint 1\n~~~\n## Beta\n~~~kql\nprint a = 1\n~~~\n| a:long |\n|---|\n| 1 |\n")?;
    let report = run(&[path], &Settings { bless: false, filter: Some("BET".to_owned()) }).await?;
    assert_eq!((report.passed(), report.failed()), (1, 0));
    Ok(())
}

#[tokio::test]
async fn a_case_that_proves_little_is_found_out() -> Done {
    let (_folder, path) = file("## x\n~~~kql ordered\nprint a = 1\n~~~\n| a:long |\n|---|\n| 1 |\n")?;
    let cases = discover(&[path])?;
    assert_eq!(run_case(&cases[0], Dressing::default()).await, Verdict::Passed);
    let Verdict::Failed { details, .. } = scrutinize(&cases[0]).await else { return Err("it was not found out".into()) };
    assert!(details.contains("the rows in reverse"), "{details}");
    Ok(())
}

#[test]
fn folders_of_others_hold_no_cases() -> Done {
    let folder = tempfile::tempdir()?;
    for place in ["kql", "node_modules/lib", ".hidden"] {
        fs::create_dir_all(folder.path().join(place))?;
        fs::write(folder.path().join(place).join("topic.md"), "## x\n~~~kql\nprint a = 1\n~~~\n| a:long |\n|---|\n| 1 |\n")?;
    }
    assert_eq!(discover(&[folder.path().to_owned()])?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_path_that_names_nothing_says_what_to_name() -> Done {
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("README.md"), "## x\n")?;
    let empty = run(&[folder.path().to_owned()], &Settings::default()).await;
    assert!(matches!(empty, Err(CasesError::NoCases { .. })));
    let missing = run(&[folder.path().join("no.md")], &Settings::default()).await;
    assert!(missing.is_err_and(|error| error.to_string().contains("no such file or directory")));
    Ok(())
}
