//! `docs/kql-coverage.md`: every name of Microsoft's reference, and whether the program has it. Names and pages are facts kept
//! in `data/kusto-names.tsv`; whether a name runs is what the planner and the declarations say.
#![expect(clippy::disallowed_methods, reason = "the page is a file, and BLESS says to write it")]

use std::{env, error::Error, fmt::Write, fs, path::Path, sync::Arc};

use functions::Status;
use spoofwatch_engine::{Engine, Environment, Limits, MemoryCatalog, codes, plugin};

const NAMES: &str = include_str!("data/kusto-names.tsv");

/// What stands above the names of each kind, in the order of the page.
const CHAPTERS: &[(&str, &str)] = &[
    ("statement", "Statements"),
    ("operator", "Tabular operators"),
    ("value operator", "Operators over texts and lists"),
    ("plugin", "Plugins of `evaluate`"),
    ("aggregate", "Aggregates"),
    ("function", "Functions"),
];

/// Why names are not there, by their page or by words of it (`*` for the rest): the first that fits.
const REASONS: &[(&[&str], &str)] = &[
    (&["*graph*", "node-*", "inner-nodes*", "labels-*", "all-*", "any-*", "map-*"], "graphs are not built"),
    (&["geo-*"], "cells of the globe (S2, H3, geohash) are not built"),
    (&["diffpatterns-text-*"], "finds patterns by methods of its own that the reference does not give"),
    (&["python-plugin", "r-plugin"], "runs code of another language"),
    (&["*-request-*", "cosmosdb-*", "ai-*"], "calls a service over the network"),
    (&["*external-table*", "infer-storage-*", "stored-query-*", "materialized-view-*"], "names what only a cluster keeps"),
    (
        &["pattern-statement", "restrict-statement", "alias-statement", "macro-expand-*"],
        "speaks of other databases and their permissions",
    ),
];

struct Entry<'a> {
    kind: &'a str,
    name: &'a str,
    page: &'a str,
}

/// Whether a name is there.
enum Has {
    Yes,
    Partly(&'static str),
    No,
}

fn entries() -> Result<Vec<Entry<'static>>, Box<dyn Error>> {
    let mut entries = Vec::new();
    for line in NAMES.lines() {
        let [kind, name, page] = line.split('\t').collect::<Vec<_>>()[..] else { return Err(format!("odd line: {line}").into()) };
        entries.push(Entry { kind, name, page });
    }
    Ok(entries)
}

#[tokio::test]
async fn the_page_of_the_reference_name_by_name_is_current() -> Result<(), Box<dyn Error>> {
    let entries = entries()?;
    let operators = super::reference::examples().await?;
    let mut chapters = String::new();
    let mut counts = String::from("| | all | whole | partly | not |\n| --- | --- | --- | --- | --- |\n");
    for (kind, title) in CHAPTERS {
        write!(chapters, "\n## {title}\n\n| name | supported | |\n| --- | --- | --- |\n")?;
        let mut found = [0_usize; 3];
        for entry in entries.iter().filter(|entry| entry.kind == *kind) {
            let (place, word, why) = match has(entry, &operators).await? {
                Has::Yes => (0, "yes", ""),
                Has::Partly(missing) => (1, "partly", missing),
                Has::No => (2, "no", reason(entry.page)),
            };
            found[place] += 1;
            let name = entry.name.replace('|', "\\|");
            writeln!(
                chapters,
                "| [`{name}`](https://learn.microsoft.com/kusto/query/{}) | {word} | {} |",
                entry.page,
                cell(why)
            )?;
        }
        let [whole, partly, not] = found;
        writeln!(counts, "| {title} | {} | {whole} | {partly} | {not} |", whole + partly + not)?;
    }
    let page = format!(
        "\
# The reference, name by name

Written by `cargo xtask codegen`, which asks the planner and the declarations of functions; do not edit. The names are those of Microsoft's
reference, each with its page. What is not supported is refused when a query is planned, by name and place.
Functions have [their examples](kql-reference.md) on a page of their own; those of operators and statements are below.

{counts}{chapters}{operators}"
    );
    current(&page)
}

#[tokio::test]
async fn every_reason_is_one_for_a_name_that_is_missing() -> Result<(), Box<dyn Error>> {
    let operators = super::reference::examples().await?;
    let mut given = Vec::new();
    for entry in entries()? {
        if matches!(has(&entry, &operators).await?, Has::No) {
            given.push(reason(entry.page));
        }
    }
    let idle: Vec<&str> = REASONS.iter().map(|(_, why)| *why).filter(|why| !given.contains(why)).collect();
    assert!(idle.is_empty(), "every name of these is there now; remove the reasons: {idle:?}");
    Ok(())
}

/// Whether the planner takes the name where it stands in a query.
async fn has(entry: &Entry<'_>, operators: &str) -> Result<Has, Box<dyn Error>> {
    let name = entry.name;
    let query = match entry.kind {
        // An example of each was planned for the chapters at the end of the page.
        "operator" | "statement" => return Ok(if on_page(operators, name) { Has::Yes } else { Has::No }),
        "plugin" => format!("print a = 1 | evaluate {name}()"),
        "aggregate" => format!("print a = 1 | summarize {name}()"),
        "value operator" => match name.trim_start_matches('!') {
            "between" => format!("print 1 {name} (1 .. 2)"),
            "in" | "in~" | "has_any" | "has_all" => format!(r#"print "a" {name} ("b")"#),
            _ => format!(r#"print "a" {name} "b""#),
        },
        // The beginning of a table's name.
        _ if name == "cluster" => "cluster('c').database('d').EmailEvents".to_owned(),
        _ if name == "database" => "database('d').EmailEvents".to_owned(),
        // Rows in an order, for functions of the rows around.
        _ => format!("print a = 1 | serialize b = {name}()"),
    };
    let clock = schema::text::datetime::parse("2026-01-01T00:00:00Z").ok_or("no time")?;
    let env = Environment::new(Arc::new(MemoryCatalog::default()), clock);
    let absent = match Engine::new(Limits::default())?.check(&query, &env).await {
        Ok(_) => false,
        // Any other error speaks of the arguments, which this query has none of.
        Err(error) => [codes::UNSUPPORTED, codes::UNKNOWN_FUNCTION].contains(&error.code()),
    };
    let partly = || plugin::PARTLY.iter().find(|(known, _)| entry.kind == "plugin" && *known == name);
    Ok(match functions::find(name).map(|function| &function.status) {
        _ if absent => Has::No,
        _ if let Some((_, missing)) = partly() => Has::Partly(missing),
        Some(Status::Partial(missing)) if entry.kind != "plugin" => Has::Partly(missing),
        _ => Has::Yes,
    })
}

/// Whether the page of examples has a line of the name that says `yes`; a line may go on after it (`let, a value`).
fn on_page(page: &str, name: &str) -> bool {
    page.lines().any(|line| {
        let mut cells = line.split(" | ").map(|cell| cell.trim_matches(['|', ' ', '`']));
        let (first, second) = (cells.next().unwrap_or(""), cells.next().unwrap_or(""));
        let named = first == name || first.split(',').next() == Some(name);
        named && second == "yes"
    })
}

fn reason(page: &str) -> &'static str {
    let fits = |word: &&str| {
        let (start, end) = (word.starts_with('*'), word.ends_with('*'));
        let part = word.trim_matches('*');
        match (start, end) {
            (true, true) => page.contains(part),
            (true, false) => page.ends_with(part),
            (false, true) => page.starts_with(part),
            (false, false) => page == part,
        }
    };
    REASONS.iter().find(|(words, _)| words.iter().any(fits)).map_or("not built yet", |(_, why)| why)
}

fn docs(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name)
}

/// Compares the page with its file; with BLESS set, writes the file.
fn current(page: &str) -> Result<(), Box<dyn Error>> {
    let path = docs("kql-coverage.md");
    if env::var_os("BLESS").is_some() {
        fs::write(&path, page)?;
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(written == page, "docs/kql-coverage.md is stale: run `cargo xtask codegen`");
    Ok(())
}

/// Text of a table's cell; `<what>` would be taken for HTML.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;")
}
