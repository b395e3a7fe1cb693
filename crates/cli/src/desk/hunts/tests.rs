//! Hunts of people over a small data directory: rows within limits, faults with places, nothing of the machine's files.

use std::path::Path;

use desk::{Fault, HuntAsk, Hunts as _, SavedHunt, Work, Writing};
use serde_json::json;

use super::Here;
use crate::{command::desk_for_test, desk::Context, watch::Threads};

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// Two messages, one of them with a long subject, as an export has them.
fn mail(folder: &Path) -> std::io::Result<std::path::PathBuf> {
    let row = |id: u32, subject: &str| {
        json!({
            "Timestamp": format!("2026-11-20T0{id}:00:00Z"), "NetworkMessageId": format!("00000000-0000-4000-8000-00000000000{id}"),
            "InternetMessageId": format!("<{id}@example.com>"), "SenderFromAddress": "ann@example.com", "SenderFromDomain": "example.com",
            "RecipientEmailAddress": "bob@contoso.com", "Subject": subject, "EmailDirection": "Inbound", "DeliveryAction": "Delivered",
            "AuthenticationDetails": "{\"SPF\":\"pass\",\"DKIM\":\"fail\",\"DMARC\":\"fail\"}",
        })
        .to_string()
    };
    let path = folder.join("EmailEvents.ndjson");
    std::fs::write(&path, format!("{}\n{}\n", row(1, "<script>alert(1)</script>"), row(2, &"x".repeat(100_000))))?;
    Ok(path)
}

/// A place with those messages.
async fn place() -> Result<(tempfile::TempDir, Context, Threads), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    std::fs::create_dir_all(data.join("rules"))?;
    let file = mail(folder.path())?;
    let input = sources::Input::file(file);
    let options = sources::Options { table: Some("EmailEvents".to_owned()), ..sources::Options::default() };
    let mut totals = crate::command::ingest::Totals::default();
    crate::command::ingest::ingest(&data, &options, &[input], &mut totals).await.map_err(|failure| failure.words())?;
    let (desk, threads) = desk_for_test(&data, &[]).await.map_err(|failure| failure.words())?;
    Ok((folder, desk, threads))
}

fn ask(query: &str) -> HuntAsk {
    HuntAsk { query: query.to_owned(), as_of: "2026-11-21T00:00:00Z".to_owned(), ..HuntAsk::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_come_within_limits_and_are_remembered() -> Outcome {
    let (_folder, desk, _threads) = place().await?;
    let hunts = Here::new(desk);
    let answer = hunts
        .run(
            &ask("EmailEvents | sort by Timestamp asc | project Subject, D = parse_json(AuthenticationDetails)"),
            "ann",
            &Work::default(),
        )
        .await?;
    assert_eq!(
        answer.sheet.rows[0],
        [json!("<script>alert(1)</script>"), json!({"SPF": "pass", "DKIM": "fail", "DMARC": "fail"})]
    );
    // What is long is cut, and says so.
    assert!(answer.sheet.cut && answer.sheet.rows[1][0].as_str().is_some_and(|text| text.len() < 70_000 && text.ends_with('…')));
    let few = HuntAsk { limit: 3, ..ask("range x from 1 to 1000 step 1") };
    let answer = hunts.run(&few, "ann", &Work::default()).await?;
    assert_eq!((answer.sheet.rows.len(), answer.sheet.total, answer.sheet.cut), (3, 1000, true));
    let drawn = hunts
        .run(&ask("EmailEvents | summarize count() by bin(Timestamp, 1h) | render timechart"), "ann", &Work::default())
        .await?;
    assert!(drawn.sheet.chart.is_some() && drawn.sheet.chart_fault.is_none() && drawn.scanned.is_some_and(|(rows, _)| rows == 2));
    let history = hunts.history("ann").await?;
    assert_eq!(history.iter().skip(1).map(|past| past.rows).collect::<Vec<_>>(), [Some(1000), Some(2)]);
    assert!(hunts.history("bob").await?.is_empty());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn languages_of_kibana_are_asked_too() -> Outcome {
    let (_folder, desk, _threads) = place().await?;
    let hunts = Here::new(desk);
    let kuery = |query: &str| HuntAsk { language: "kuery".to_owned(), indices: vec!["EmailEvents".to_owned()], ..ask(query) };
    let answer = hunts.run(&kuery("SenderFromDomain: example.com"), "ann", &Work::default()).await?;
    assert_eq!(answer.sheet.rows.len(), 2);
    assert!(matches!(hunts.run(&kuery("a: ("), "ann", &Work::default()).await, Err(Fault::Input(_))));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_have_places_and_limits_have_names() -> Outcome {
    let (_folder, desk, _threads) = place().await?;
    let hunts = Here::new(desk);
    let fault = hunts.run(&ask("EmailEvents\n| where Nothing == 1"), "ann", &Work::default()).await;
    let Err(Fault::Input(problem)) = fault else { panic!("{fault:?}") };
    assert_eq!((problem.line, problem.column, problem.severity.as_str()), (2, 9, "error"));
    assert!(!problem.code.is_empty() && problem.end > problem.start);
    let long = hunts.run(&ask(&"x".repeat(300 << 10)), "ann", &Work::default()).await;
    assert!(matches!(long, Err(Fault::Limit { .. })), "{long:?}");
    for wrong in [HuntAsk { language: "sql".to_owned(), ..ask("T") }, HuntAsk { as_of: "soon".to_owned(), ..ask("T") }, ask("  ")]
    {
        assert!(matches!(hunts.run(&wrong, "ann", &Work::default()).await, Err(Fault::Input(_))), "{wrong:?}");
    }
    // What failed is remembered with its reason.
    assert!(hunts.history("ann").await?.iter().all(|past| past.rows.is_none() && !past.fault.is_empty()));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_waits_for_what_is_cancelled() -> Outcome {
    let (_folder, desk, _threads) = place().await?;
    let hunts = Here::new(desk);
    let work = Work::default();
    let endless = ask(
        "range a from 1 to 100000 step 1 | extend k = 1 | join kind=inner (range b from 1 to 100000 step 1 | extend k = 1) on k | summarize sum(a * b)",
    );
    let run = hunts.run(&endless, "ann", &work);
    let cancel = async {
        while work.progress().words.is_empty() {
            tokio::task::yield_now().await;
        }
        work.cancel();
    };
    let (outcome, ()) = tokio::join!(run, cancel);
    assert_eq!(outcome, Err(Fault::Cancelled));
    // Others go on.
    assert_eq!(hunts.run(&ask("print 1"), "ann", &Work::default()).await?.sheet.rows, [[json!(1)]]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_reads_no_files_of_the_machine() -> Outcome {
    let (folder, desk, _threads) = place().await?;
    let hunts = Here::new(desk);
    let secret = folder.path().join("secret.txt");
    std::fs::write(&secret, "hush")?;
    let own = folder.path().join("data/token");
    std::fs::write(&own, "hush")?;
    for path in [
        secret.display().to_string(),
        own.display().to_string(),
        "/etc/passwd".to_owned(),
        "../secret.txt".to_owned(),
        "file:///etc/passwd".to_owned(),
        "http://127.0.0.1:1/x".to_owned(),
    ] {
        let query = ask(&format!("externaldata(line: string) [@'{path}'] with (format='txt')"));
        let outcome = hunts.run(&query, "ann", &Work::default()).await;
        assert!(matches!(&outcome, Err(Fault::Input(_))), "{path}: {outcome:?}");
        let export = hunts.export(&query, "csv", "ann", &Work::default()).await;
        assert!(export.is_err(), "{path}");
        assert!(hunts.explain(&query).await.map_or(true, |page| !page.contains("hush")), "{path}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_files_in_every_form() -> Outcome {
    let (_folder, desk, _threads) = place().await?;
    let hunts = Here::new(desk);
    let query = ask("EmailEvents | sort by Timestamp asc | take 1 | project SenderFromAddress, Timestamp");
    for (form, begin) in [
        ("csv", "SenderFromAddress,Timestamp\nann@example.com,2026-11-20T01:00:00.0000000Z\n"),
        ("ndjson", "{\"SenderFromAddress\":\"ann@example.com\",\"Timestamp\":\"2026-11-20T01:00:00.0000000Z\"}\n"),
        ("json", "{\"columns\":["),
        ("parquet", "PAR1"),
    ] {
        let file = hunts.export(&query, form, "ann", &Work::default()).await?;
        assert!(file.bytes.starts_with(begin.as_bytes()), "{form}: {}", String::from_utf8_lossy(&file.bytes));
        assert!(file.name.ends_with(&format!(".{form}")) && !file.name.contains(['/', ':']), "{}", file.name);
    }
    assert!(hunts.export(&query, "exe", "ann", &Work::default()).await.is_err());
    Ok(())
}

fn kusto(text: &str) -> Writing<'_> {
    Writing { text, ..Writing::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn help_is_given_in_languages_of_kibana() -> Outcome {
    let (_folder, desk, _threads) = place().await?;
    let hunts = Here::new(desk);
    let indices = ["EmailEvents".to_owned()];
    fn kuery<'a>(text: &'a str, indices: &'a [String]) -> Writing<'a> {
        Writing { text, language: "kuery", indices }
    }
    let looked = hunts.look(kuery("SenderFromDomain : \"é\" and not EmailDirection : Inbound", &indices)).await?;
    let classes: Vec<&str> = looked.colours.iter().map(|colour| colour.class.as_str()).collect();
    assert_eq!(classes, ["field", "operator", "text", "keyword", "keyword", "field", "operator"]);
    assert_eq!(hunts.look(kuery("a : (", &indices)).await?.problems.len(), 1);
    let offered = async |text: &str| -> Result<Vec<String>, Fault> {
        let found = hunts.complete(kuery(text, &indices), text.len()).await?;
        Ok(found.candidates.into_iter().map(|candidate| candidate.insert).collect())
    };
    assert_eq!(offered("SenderFromDom").await?, ["SenderFromDomain"]);
    assert_eq!(offered("EmailDirection : In").await?, ["Inbound"]);
    assert_eq!(offered("Subject : x ").await?, ["and", "or"]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn help_is_given_while_a_query_is_written() -> Outcome {
    let (_folder, desk, _threads) = place().await?;
    let hunts = Here::new(desk);
    let looked = hunts.look(kusto("EmailEvents | where Subjec == 'é'")).await?;
    assert!(looked.colours.iter().any(|colour| colour.class == "operator"));
    assert_eq!(looked.problems.first().map(|problem| (problem.start, problem.end)), Some((20, 26)));
    let well = hunts.look(kusto("EmailEvents | project Subject")).await?;
    assert_eq!((well.problems.len(), well.columns.len()), (0, 1));
    let text = "EmailEvents | where Subj";
    let completions = hunts.complete(kusto(text), text.len()).await?;
    let subject = completions.candidates.iter().find(|candidate| candidate.insert == "Subject");
    assert!(subject.is_some_and(|subject| subject.kind == "column" && !subject.documentation.is_empty()));
    assert_eq!((completions.start, completions.end), (20, 24));
    assert!(hunts.complete(kusto("é"), 1).await.is_err() && hunts.complete(kusto(""), 9).await.is_err());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_be_asked_is_told() -> Outcome {
    let (_folder, desk, _threads) = place().await?;
    let hunts = Here::new(desk);
    let tables = hunts.tables().await?;
    let first = tables.first().ok_or("there are tables")?;
    assert_eq!((first.name.as_str(), first.rows, first.group.as_str()), ("EmailEvents", 2, "mail"));
    assert!(first.latest.is_some() && first.columns.iter().any(|column| column.name == "Subject" && column.ty == "string"));
    let functions = hunts.functions().await?;
    assert!(functions.iter().any(|function| function.name == "strlen" && function.kind == "scalar"));
    assert!(functions.iter().any(|function| function.name == "DmarcDomains" && function.kind == "saved"));
    assert!(hunts.function("strlen").await?.starts_with("# strlen\n"));
    assert!(matches!(hunts.function("<script>").await, Err(Fault::Unknown { .. })));
    assert!(hunts.explain(&ask("EmailEvents | take 1")).await?.starts_with("```text\n"));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn queries_are_kept_by_people_and_shipped_with_the_program() -> Outcome {
    let (_folder, desk, _threads) = place().await?;
    let hunts = Here::new(desk);
    let hunt =
        |name: &str| SavedHunt { name: name.to_owned(), kind: "hunt".to_owned(), query: "T".to_owned(), ..SavedHunt::default() };
    let kept = hunts.save(hunt("Mine"), "ann").await?;
    assert!(!kept.id.is_empty() && kept.owner == "ann" && kept.language == "kusto");
    let seen = hunts.saved("hunt", "bob").await?;
    assert!(seen.iter().all(|known| known.owner.is_empty()) && seen.iter().any(|known| known.id == "shipped:dkim-failure-trend"));
    let changed = hunts.save(SavedHunt { shared: true, ..kept.clone() }, "ann").await?;
    assert_eq!(changed.id, kept.id);
    assert!(hunts.saved("hunt", "bob").await?.iter().any(|known| known.id == kept.id));
    // Others neither change nor forget it.
    assert!(matches!(hunts.save(kept.clone(), "bob").await, Err(Fault::Unknown { .. })));
    assert!(matches!(hunts.forget(&kept.id, "bob").await, Err(Fault::Unknown { .. })));
    hunts.forget(&kept.id, "ann").await?;
    for wrong in
        [hunt(" "), SavedHunt { kind: "x".to_owned(), ..hunt("n") }, SavedHunt { id: "shipped:x".to_owned(), ..hunt("n") }]
    {
        assert!(hunts.save(wrong, "ann").await.is_err());
    }
    Ok(())
}
