//! What detection rules ask of a search beyond its query: windows, overrides of the time, exceptions, thresholds, new terms.

use std::{error::Error, ops::ControlFlow, sync::Arc};

use arrow::{array::RecordBatch, compute::concat_batches};
use datafusion::datasource::MemTable;
use engine::{
    Engine, Environment, Limits, MemoryCatalog, Planned,
    elastic::{COUNT, Entry, EntryTest, Exception, NEW_TERMS, NewTerms, Search, Threshold, Window, cardinality_name},
};
use schema::text::datetime;
use sources::{Input, Item, Options};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const DOCUMENTS: &str = r#"
{"n":"1","@timestamp":"2026-01-01T01:00:00Z","event":{"ingested":"2026-01-02T10:00:00Z","action":"UserLoggedIn"},"user":{"id":"eve"},"source":{"ip":"192.0.2.1","geo":{"country_name":"Norway"}},"event.category":["web","authentication"]}
{"n":"2","@timestamp":"2026-01-02T09:30:00Z","event":{"ingested":"2026-01-02T10:05:00Z","action":"UserLoggedIn"},"user":{"id":"eve"},"source":{"ip":"192.0.2.1","geo":{"country_name":"Norway"}},"event.category":["web"]}
{"n":"3","@timestamp":"2026-01-02T09:40:00Z","event":{"ingested":"2026-01-02T10:10:00Z","action":"UserLoggedIn"},"user":{"id":"eve"},"source":{"ip":"198.51.100.7","geo":{"country_name":"Chile"}},"event.category":["authentication"]}
{"n":"4","@timestamp":"2026-01-02T09:50:00Z","event":{"action":"UserLoggedIn"},"user":{"id":"kim"},"source":{"ip":"203.0.113.9"},"event.category":["web"]}
{"n":"5","@timestamp":"2026-01-02T09:55:00Z","event":{"ingested":"2026-01-02T10:30:00Z","action":"Other"},"source":{"ip":"203.0.113.9"}}
"#;

/// The documents as the table `o365.audit`.
fn environment() -> Result<Environment> {
    let file = tempfile::Builder::new().suffix(".ndjson").tempfile()?;
    std::fs::write(file.path(), DOCUMENTS)?;
    let mut batches: Vec<RecordBatch> = Vec::new();
    let options = Options { table: Some("o365.audit".to_owned()), threads: 0, ..Options::default() };
    let summary = sources::read(&Input::file(file.path()), &options, &mut |item| {
        if let Item::Rows { batch, .. } = item {
            batches.push(batch);
        }
        ControlFlow::Continue(())
    });
    assert_eq!((summary.rows, summary.rejected), (5, 0));
    let schema = batches[0].schema();
    let table = MemTable::try_new(Arc::clone(&schema), vec![vec![concat_batches(&schema, &batches)?]])?;
    let mut catalog = MemoryCatalog::default();
    catalog.insert("o365.audit", Arc::new(table));
    Ok(Environment::new(Arc::new(catalog), ticks("2026-01-02T11:00:00Z")))
}

fn ticks(text: &str) -> i64 {
    datetime::parse(text).unwrap_or_default()
}

fn search(query: &str) -> Result<Search> {
    let (query, _) = Engine::parse_elastic("kuery".parse()?, query)?;
    Ok(Search::new(vec!["logs-o365*".to_owned()], query))
}

/// The day's window, by arrival.
fn by_arrival() -> Window {
    let (from, to) = (ticks("2026-01-02T10:00:00Z"), ticks("2026-01-02T10:30:00Z"));
    Window { timestamp_override: Some("event.ingested".to_owned()), ..Window::new(from, to) }
}

/// The rows, each the texts of some columns.
fn rows(planned: &Planned, columns: &[&str]) -> Result<Vec<String>> {
    let engine = Engine::new(Limits::default())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    let results = runtime.block_on(engine.run(planned))?;
    let mut rows = Vec::new();
    for batch in &results.batches {
        for row in 0..batch.num_rows() {
            let cells = columns.iter().map(|name| {
                let place = results.columns.iter().position(|column| column.name == *name).ok_or(format!("no column {name}"))?;
                Ok(arrow::util::display::array_value_to_string(batch.column(place), row)?)
            });
            rows.push(cells.collect::<Result<Vec<String>>>()?.join(" "));
        }
    }
    Ok(rows)
}

fn engine() -> Result<Engine> {
    Ok(Engine::new(Limits::default())?)
}

#[test]
fn a_window_is_of_the_time_of_the_event_and_both_ends_are_in_it() -> Result<()> {
    let (from, to) = (ticks("2026-01-02T09:30:00Z"), ticks("2026-01-02T09:50:00Z"));
    let search = Search { window: Some(Window::new(from, to)), ..search("event.action:UserLoggedIn")? };
    assert_eq!(rows(&engine()?.prepare_search(&search, &environment()?)?, &["n"])?, ["2", "3", "4"]);
    Ok(())
}

#[test]
fn an_override_counts_and_what_lacks_it_falls_back_to_its_own_time() -> Result<()> {
    let search = Search { window: Some(by_arrival()), ..search("*")? };
    assert_eq!(rows(&engine()?.prepare_search(&search, &environment()?)?, &["n"])?, ["1", "2", "3", "5"]);
    let (from, to) = (ticks("2026-01-02T09:45:00Z"), ticks("2026-01-02T10:01:00Z"));
    let wide = Window { timestamp_override: Some("event.ingested".to_owned()), ..Window::new(from, to) };
    let found = |window: Window| -> Result<Vec<String>> {
        let search = Search { window: Some(window), ..self::search("*")? };
        rows(&engine()?.prepare_search(&search, &environment()?)?, &["n"])
    };
    assert_eq!(found(wide.clone())?, ["4", "1"]);
    assert_eq!(found(Window { fallback: false, ..wide })?, ["1"]);
    Ok(())
}

#[test]
fn the_earliest_rows_are_kept_within_a_limit() -> Result<()> {
    let search = Search { limit: Some(2), ..search("*")? };
    assert_eq!(rows(&engine()?.prepare_search(&search, &environment()?)?, &["n"])?, ["1", "2"]);
    Ok(())
}

#[test]
fn exceptions_take_away_what_all_of_their_entries_hold_for() -> Result<()> {
    let entry = |field: &str, included, test| Entry { field: field.to_owned(), included, test };
    let left = |entries: Vec<Entry>| -> Result<Vec<String>> {
        let search = Search { exceptions: vec![Exception { entries }], ..search("*")? };
        rows(&engine()?.prepare_search(&search, &environment()?)?, &["n"])
    };
    assert_eq!(left(vec![entry("user.id", true, EntryTest::Match("eve".to_owned()))])?, ["4", "5"]);
    assert_eq!(left(vec![entry("user.id", false, EntryTest::Match("eve".to_owned()))])?, ["1", "2", "3"]);
    assert_eq!(left(vec![entry("user.id", true, EntryTest::Exists)])?, ["5"]);
    assert_eq!(left(vec![entry("user.id", true, EntryTest::Wildcard("?v*".to_owned()))])?, ["4", "5"]);
    assert_eq!(left(vec![entry("user.id", true, EntryTest::MatchAny(vec!["kim".to_owned(), "eve".to_owned()]))])?, ["5"]);
    let networks = EntryTest::List(vec!["192.0.2.0/24".to_owned(), "203.0.113.1-203.0.113.20".to_owned()]);
    assert_eq!(left(vec![entry("source.ip", true, networks.clone())])?, ["3"]);
    let both = vec![entry("source.ip", true, networks), entry("user.id", true, EntryTest::Match("kim".to_owned()))];
    assert_eq!(left(both)?, ["1", "2", "3", "5"]);
    assert_eq!(left(vec![])?, ["1", "2", "3", "4", "5"]);
    Ok(())
}

#[test]
fn a_threshold_counts_events_in_groups_and_different_values_in_each() -> Result<()> {
    let threshold = Threshold {
        fields: vec!["user.id".to_owned()],
        value: 1,
        cardinality: vec![("source.geo.country_name".to_owned(), 2)],
        raised: Vec::new(),
    };
    let search = search("event.action:UserLoggedIn")?;
    let columns = ["user.id", COUNT, &cardinality_name("source.geo.country_name")];
    assert_eq!(rows(&engine()?.prepare_threshold(&search, &threshold, &environment()?)?, &columns)?, ["eve 3 2"]);
    // What was counted when the group was raised is not counted again.
    let raised =
        Threshold { cardinality: Vec::new(), raised: vec![(vec!["eve".to_owned()], ticks("2026-01-02T09:30:00Z"))], ..threshold };
    assert_eq!(rows(&engine()?.prepare_threshold(&search, &raised, &environment()?)?, &columns[..2])?, ["eve 1", "kim 1"]);
    Ok(())
}

#[test]
fn each_value_of_a_list_is_a_group_and_without_fields_all_events_are_one() -> Result<()> {
    let grouped = |fields: &[&str], value: u64, columns: &[&str]| -> Result<Vec<String>> {
        let fields = fields.iter().map(|&field| field.to_owned()).collect();
        let threshold = Threshold { fields, value, ..Threshold::default() };
        rows(&engine()?.prepare_threshold(&search("*")?, &threshold, &environment()?)?, columns)
    };
    assert_eq!(grouped(&["event.category"], 1, &["event.category", COUNT])?, ["web 3", "authentication 2"]);
    assert_eq!(grouped(&["event.category"], 3, &["event.category", COUNT])?, ["web 3"]);
    assert_eq!(grouped(&[], 5, &[COUNT])?, ["5"]);
    assert_eq!(grouped(&[], 6, &[COUNT])?, [""; 0]);
    let counted = Threshold { value: 1, cardinality: vec![("event.category".to_owned(), 2)], ..Threshold::default() };
    let planned = engine()?.prepare_threshold(&search("*")?, &counted, &environment()?)?;
    assert_eq!(rows(&planned, &[COUNT, &cardinality_name("event.category")])?, ["5 2"]);
    Ok(())
}

#[test]
fn new_terms_are_those_first_seen_in_the_window() -> Result<()> {
    let new = |fields: &[&str], columns: &[&str]| -> Result<Vec<String>> {
        let window = Window::new(ticks("2026-01-02T09:00:00Z"), ticks("2026-01-02T10:00:00Z"));
        let search = Search { window: Some(window), ..search("*")? };
        let fields = fields.iter().map(|&field| field.to_owned()).collect();
        let new_terms = NewTerms { fields, history_from: ticks("2025-12-20T00:00:00Z") };
        rows(&engine()?.prepare_new_terms(&search, &new_terms, &environment()?)?, columns)
    };
    assert_eq!(new(&["user.id"], &["n", NEW_TERMS])?, [r#"4 ["kim"]"#]);
    assert_eq!(new(&["user.id", "source.ip"], &["n", NEW_TERMS])?, [r#"3 ["eve","198.51.100.7"]"#, r#"4 ["kim","203.0.113.9"]"#]);
    // The earliest event of the two that have the address.
    assert_eq!(new(&["source.ip"], &["n", NEW_TERMS])?, [r#"3 ["198.51.100.7"]"#, r#"4 ["203.0.113.9"]"#]);
    // Both values of a list were seen the day before.
    assert_eq!(new(&["event.category"], &["n"])?, [""; 0]);
    Ok(())
}

#[test]
fn a_history_must_begin_before_the_window() -> Result<()> {
    let window = Window::new(ticks("2026-01-02T09:00:00Z"), ticks("2026-01-02T10:00:00Z"));
    let search = Search { window: Some(window.clone()), ..search("*")? };
    let new_terms = NewTerms { fields: vec!["user.id".to_owned()], history_from: window.from };
    let refused = engine()?.prepare_new_terms(&search, &new_terms, &environment()?).map_err(|error| error.code());
    assert_eq!(refused.err(), Some("K0204"));
    Ok(())
}
