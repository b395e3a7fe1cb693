//! The objects that telemetry comes wrapped in.
//!
//! | wrapper | records in | written by |
//! | --- | --- | --- |
//! | `{"records":[{...}]}` | `records` | streaming API and diagnostic settings, to Event Hubs and storage |
//! | `{"schema":[...],"results":[{...}]}` | `results` | Graph `runHuntingQuery`; `Schema`, `Results` from the older `api/advancedqueries/run` |
//! | `{"tables":[{"name","columns","rows":[[...]]}]}` | `rows` | Log Analytics query API; `Tables`, `Columns`, `Rows` from Kusto's v1 API |
//! | `{"@odata.context":...,"value":[{...}]}` | `value` | Graph and OData lists |

/// What a member of an outermost object holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holds {
    /// An array of records.
    Records,
    /// An array of tables with columns and rows.
    Tables,
    /// Neither.
    Other,
}

/// What the member of that name holds, if it is an array of objects. `odata` is true behind an `@odata` member.
pub(crate) fn holds(key: &str, odata: bool) -> Holds {
    match key {
        "records" | "results" | "Results" => Holds::Records,
        "tables" | "Tables" => Holds::Tables,
        "value" if odata => Holds::Records,
        _ => Holds::Other,
    }
}

/// Members that stand before the records in a wrapper, or are them.
const FIRST: [&str; 8] = ["records", "results", "Results", "tables", "Tables", "schema", "Schema", "Stats"];

/// Whether a line may be a wrapper, by the name of its first member. A record that only looks like one is still read as a record.
pub(crate) fn may_open(line: &str) -> bool {
    let Some(rest) = line.strip_prefix('{') else { return false };
    let Some(rest) = rest.trim_ascii_start().strip_prefix('"') else { return false };
    rest.starts_with("@odata.") || FIRST.iter().any(|first| rest.strip_prefix(first).is_some_and(|rest| rest.starts_with('"')))
}

/// The names under which a reply's table writes its name, columns and rows, and a column its name.
pub(crate) mod table {
    pub(crate) const NAME: [&str; 2] = ["name", "TableName"];
    pub(crate) const COLUMNS: [&str; 2] = ["columns", "Columns"];
    pub(crate) const ROWS: [&str; 2] = ["rows", "Rows"];
    pub(crate) const COLUMN_NAME: [&str; 2] = ["name", "ColumnName"];
}
