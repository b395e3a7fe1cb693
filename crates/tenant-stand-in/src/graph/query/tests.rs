//! Queries over five rows.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use super::{Table, run};
use crate::tenant::object;

/// Five rows, an hour apart, the last now.
fn table(name: &str) -> Option<Table> {
    let columns = [("Timestamp", "DateTime"), ("Id", "String"), ("Size", "Int64")];
    let rows = (0..5).map(|number| {
        let moment = now() - TimeDelta::hours(4 - number);
        object(json!({ "Timestamp": moment.to_rfc3339(), "Id": format!("Row{number}"), "Size": number % 2 }))
    });
    (name == "Events")
        .then(|| Table { columns: columns.map(|(name, kind)| (name.to_owned(), kind.to_owned())).to_vec(), rows: rows.collect() })
}

fn now() -> DateTime<Utc> {
    DateTime::<Utc>::UNIX_EPOCH + TimeDelta::days(1)
}

/// The numbers of the rows that a query gives.
fn ids(query: &str) -> Result<String, String> {
    let found = run(query, now(), table)?;
    Ok(found.rows.iter().filter_map(|row| row["Id"].as_str()).map(|id| id.trim_start_matches("Row")).collect())
}

#[test]
fn queries_give_what_they_ask_for() {
    let cases = [
        ("Events", "01234"),
        ("Events | where Timestamp >= datetime(1970-01-01T21:00:00Z) and Timestamp < datetime(\"1970-01-02\")", "123"),
        ("Events | where Timestamp between (datetime(1970-01-01T21:00:00Z) .. datetime(1970-01-01T22:30:00Z))", "12"),
        ("Events | where Timestamp > ago(2h)", "34"),
        ("Events\n| where Timestamp <= now() // all\n| take 2", "01"),
        ("Events | where Id == 'Row1' or (Id == \"Row3\" and Size == 1)", "13"),
        ("Events | where Id > 'Row2' | sort by Timestamp desc", "43"),
        ("Events | order by Size asc, Timestamp asc nulls first | limit 3", "024"),
        ("Events | top 2 by Timestamp", "43"),
        ("Events | where Id in ('Row0', 'Row4') | project Id", "04"),
        ("Events | where Id !in ('Row0', 'Row4')", "123"),
        ("Events | where Id =~ 'ROW2';", "2"),
        ("Events | where Size != -1 | where Id has 'row1'", "1"),
        ("Events | distinct Id, Size", "01234"),
    ];
    for (query, expected) in cases {
        assert_eq!(ids(query).as_deref(), Ok(expected), "{query}");
    }
    let found = run("Events | count", now(), table).unwrap();
    assert_eq!(found.rows, [object(json!({ "Count": 5 }))]);
    let found = run("Events | project Size, Id", now(), table).unwrap();
    assert_eq!(found.columns, [("Size".to_owned(), "Int64".to_owned()), ("Id".to_owned(), "String".to_owned())]);
}

#[test]
fn what_is_no_query_is_refused() {
    let cases = [
        ("Mail", "Failed to resolve table"),
        ("", "must begin"),
        ("Events | where Sender == 'a'", "'where' operator: Failed to resolve scalar expression named 'Sender'"),
        ("Events | where Id ==", "a value was expected"),
        ("Events | where Id == 'a", "not closed"),
        ("Events | take many", "a number"),
        ("Events | summarize count()", "does not know"),
        ("Events | where Id == 'a' Id", "Syntax error"),
        ("Events | ?", "not expected"),
        ("Events | where Timestamp > datetime(yesterday)", "no datetime"),
    ];
    for (query, expected) in cases {
        let error = ids(query).unwrap_err();
        assert!(error.contains(expected), "{query}: {error}");
    }
}
