//! What is known of runs before they are made is what the runs themselves find.

use std::{fs, sync::Arc};

use detect::{
    replay::{self, Range},
    telemetry::{Ask, Telemetry as _},
};
use serde_json::json;

use crate::{
    clock,
    command::{desk_for_test, ingest},
    watch::Lake,
};

type Checked<T = ()> = Result<T, Box<dyn std::error::Error>>;

const MINUTE: i64 = 60_000_000;
const HOUR: i64 = 60 * MINUTE;

/// Queries of rules, and whether all their runs are known at once.
const QUERIES: [(&str, bool); 14] = [
    ("EmailEvents", true),
    ("EmailEvents | where Subject has 'pay' | project Timestamp, NetworkMessageId, Subject", true),
    ("EmailEvents | where Timestamp > ago(1h) and Subject has 'pay'", true),
    (
        "let L = 90m; EmailEvents | where Timestamp >= ago(L) | extend S = tolower(Subject) | where S == 'lunch' | project-away ReportId",
        true,
    ),
    (
        "EmailEvents | where Timestamp between (ago(30m) .. now()) | sort by NetworkMessageId desc | project NetworkMessageId",
        true,
    ),
    ("EmailEvents | project Timestamp = datetime(2020-01-01), Subject | where Subject startswith 'l'", true),
    ("EmailEvents | where Subject has 'nothing of the kind'", true),
    ("EmailEvents | where Subject has 'pay' | summarize n = count() by SenderFromDomain", false),
    (
        "EmailEvents | where Timestamp > ago(1h) | extend R = toscalar(EmailEvents | count) | where Subject has 'pay' | project R, Subject",
        false,
    ),
    (
        "EmailEvents | project Id = NetworkMessageId, Timestamp = TimeGenerated, Subject | where Subject has 'pay' | distinct Id",
        false,
    ),
    ("EmailEvents | extend A = now() - Timestamp, B = tolower(Subject) | where B has 'pay' | where A < 2h", false),
    (
        "EmailEvents | where Subject has 'pay' | join kind=leftanti (EmailEvents | where Subject has 'lunch') on SenderFromDomain",
        false,
    ),
    ("EmailEvents | where Subject has 'pay' | top 2 by Timestamp desc", false),
    (
        "union (EmailEvents | where Subject has 'pay'), (UrlClickEvents | where Url has 'x') | summarize count() by NetworkMessageId",
        false,
    ),
];

/// Messages at moments that look like chance, the same each time: some of them at the very edges of windows.
fn messages(to: i64) -> String {
    let mut seed = 11_u64;
    let mut next = |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    let mut lines = String::new();
    for number in 0..90 {
        let past = i64::try_from(next(40)).unwrap_or_default() * HOUR / 2;
        let micros = to - past - i64::try_from(next(3)).unwrap_or_default() * (HOUR / 7);
        let mut at = String::new();
        schema::text::datetime::write(schema::text::datetime::from_unix_micros(micros).unwrap_or_default(), &mut at);
        let subject = ["payment due", "lunch", "please pay", "Lunch", "other"][usize::try_from(next(5)).unwrap_or_default()];
        let domain = ["a.example", "b.example", "c.example"][usize::try_from(next(3)).unwrap_or_default()];
        let row = json!({"Timestamp": at, "NetworkMessageId": format!("m{number}"), "SenderFromAddress": format!("x@{domain}"),
            "SenderFromDomain": domain, "RecipientEmailAddress": "ann@contoso.com", "Subject": subject, "EmailDirection": "Inbound"});
        lines.push_str(&format!("{row}\n"));
    }
    lines
}

fn sorted(rows: &[detect::hit::Row]) -> Vec<String> {
    let mut lines: Vec<String> = rows.iter().map(|row| serde_json::Value::Object(row.clone()).to_string()).collect();
    lines.sort();
    lines
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_known_beforehand_is_what_each_run_finds() -> Checked {
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    fs::create_dir_all(data.join("rules"))?;
    fs::write(data.join("rules/a.yaml"), "id: a\nname: A\nquery: EmailEvents\n")?;
    // A whole hour: windows begin and end at the same moments as messages.
    let to = clock::micros(clock::now()).div_euclid(HOUR) * HOUR;
    let path = folder.path().join("mail.ndjson");
    fs::write(&path, messages(to))?;
    let options = sources::Options { table: Some("EmailEvents".to_owned()), ..sources::Options::default() };
    let mut totals = ingest::Totals::default();
    let taken = ingest::ingest(&data, &options, &[sources::Input::file(path)], &mut totals).await;
    taken.map_err(|failure| failure.words())?;
    let (desk, _threads) = desk_for_test(&data, &[]).await.map_err(|failure| failure.words())?;
    let house = &desk.house;
    let environment = house.view().await.map_err(|failure| failure.words())?.environment;
    let lake = Lake::replayed(house.watch.telemetry.engine().clone(), environment);
    let view = lake.view().await?;
    let (mut read_off, mut quiet) = (0, 0);
    for (query, at_once) in QUERIES {
        for schedule in ["queryPeriod: PT2H\n", "queryPeriod: P1D\n", ""] {
            let text = format!("id: a\nname: A\nkind: Scheduled\nqueryFrequency: PT1H\n{schedule}query: |\n  {query}\n");
            let rule = Arc::new(rules::read("a.yaml", text.as_bytes()).rules.pop().ok_or("a rule")?);
            let range = Range { from: to - 8 * HOUR, to: to + 1, closing: false };
            // On the hour, and not where the timetable has it.
            let timetable = detect::schedule::Timetable { phase: 0, ..replay::timetable(&rule) };
            let slots: Vec<_> = replay::slots(&rule, &timetable, range).collect();
            let from = slots.iter().filter_map(|slot| slot.from).min().unwrap_or(0);
            let whole = lake.whole(&rule, &rule.query.text, from, range.to).await;
            assert_eq!(whole.is_some(), at_once, "{query}");
            let moments = lake.moments(&rule, &rule.query.text, from, range.to).await;
            for slot in slots {
                let ask = Ask { rule: &rule, query: &rule.query.text, at: slot.at, from: slot.from, limit: 1000, raised: &[] };
                let found = lake.rows(&view, ask).await?;
                if let Some(whole) = &whole {
                    let known = whole.found(slot, 1000)?;
                    assert_eq!((known.total, &known.grouped_by), (found.total, &found.grouped_by), "{query} {slot:?}");
                    assert_eq!(sorted(&known.rows), sorted(&found.rows), "{query} {slot:?}");
                    if query.contains("sort by") {
                        assert_eq!(known.rows, found.rows, "{query} {slot:?}");
                    }
                    assert_eq!(whole.is_quiet(slot), found.total == 0);
                    let most = whole.found(slot, 2)?;
                    assert_eq!((most.rows.len(), most.total), (found.total.min(2), found.total));
                    read_off += found.total;
                }
                if moments.as_ref().is_some_and(|moments| moments.is_quiet(slot)) {
                    assert_eq!(found.total, 0, "{query} {slot:?}");
                    quiet += 1;
                }
            }
        }
    }
    assert!(read_off > 100 && quiet > 10, "{read_off} rows, {quiet} quiet runs: the test tests something");
    Ok(())
}
