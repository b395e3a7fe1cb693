//! Which table a record belongs to.
//!
//! In this order: the caller's word, the record's own (`category`, `Type`, `$table`), the file's name and directories,
//! the columns. Must not know formats. Start with [`Router::route`].

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::LazyLock;

use schema::Registry;

use crate::field::Field;
use crate::table_rows::TIME_NAMES;

/// How the streaming API marks advanced-hunting tables: `AdvancedHunting-EmailEvents`.
const ADVANCED_HUNTING: &str = "AdvancedHunting-";
/// The containers that diagnostic settings and data export write to: `insights-logs-advancedhunting-emailevents`, `am-emailevents`.
const CONTAINERS: [&str; 2] = ["insights-logs-", "am-"];
/// Columns that nearly every table has; they say nothing about which one it is.
const COMMON: [&str; 5] = ["tenantid", "type", "sourcesystem", "_billedsize", "_isbillable"];
/// Longest name a table may have.
const MAX_NAME: usize = 128;
/// Shapes of records remembered; optional members make many, but not this many.
const MAX_SHAPES: usize = 10_000;

/// Tables by their lower-case names.
static TABLES: LazyLock<HashMap<String, &'static str>> =
    LazyLock::new(|| Registry::builtin().names().map(|name| (name.to_lowercase(), name)).collect());

/// Columns by their lower-case names, to the indices of the tables that have them. Reads every table: only for records that
/// do not say what they are.
static COLUMNS: LazyLock<HashMap<String, Vec<usize>>> = LazyLock::new(|| {
    let mut columns: HashMap<String, Vec<usize>> = HashMap::new();
    for (index, table) in Registry::builtin().tables().iter().enumerate() {
        for column in &table.columns {
            let tables = columns.entry(column.name.to_lowercase()).or_default();
            // Two names of a column may differ in case only; it counts once.
            if tables.last() != Some(&index) {
                tables.push(index);
            }
        }
    }
    columns
});

/// Finds the tables of one input's records.
#[derive(Debug, Clone)]
pub(crate) struct Router {
    fixed: Option<String>,
    from_path: Option<String>,
    /// The table a record named last that is not documented.
    own: String,
    /// What the columns said, by the hash of the columns.
    by_columns: HashMap<u64, Result<String, Vec<String>>>,
}

impl Router {
    pub(crate) fn new(fixed: Option<&str>, path: &str) -> Self {
        Self { fixed: fixed.map(str::to_owned), from_path: table_of_path(path), own: String::new(), by_columns: HashMap::new() }
    }

    /// The table the caller named.
    pub(crate) fn fixed(&self) -> Option<&str> {
        self.fixed.as_deref()
    }

    /// The table of a record without a streaming `category`, or the tables that fit equally well.
    pub(crate) fn route(&mut self, fields: &[Field<'_>]) -> Result<&str, &[String]> {
        let own = own_table(fields);
        if let Some(known) = own.and_then(known_table) {
            return Ok(known);
        }
        // Log Analytics writes the table into `Type`; in Defender's IdentityInfo `Type` is a column like others, beside `Timestamp`.
        if let Some(own) = own.filter(|own| is_table_name(own) && has_column(fields, TIME_NAMES[1])) {
            self.own = own.to_owned();
            return Ok(&self.own);
        }
        if let Some(table) = &self.from_path {
            return Ok(table);
        }
        let mut hasher = DefaultHasher::new();
        for field in fields {
            field.key.hash(&mut hasher);
        }
        if self.by_columns.len() >= MAX_SHAPES {
            self.by_columns.clear();
        }
        let by_columns = self.by_columns.entry(hasher.finish()).or_insert_with(|| table_of_columns(fields));
        by_columns.as_deref().map_err(Vec::as_slice)
    }
}

/// What a record says of itself in `$table`, `Type` or, where it is of Elastic's schema, `event.dataset`.
pub(crate) fn own_table<'f>(fields: &'f [Field<'_>]) -> Option<&'f str> {
    let named = |name: &str| fields.iter().find(|field| field.key == name).and_then(|field| field.value.plain_text());
    named("$table").or_else(|| named("Type")).or_else(|| named("event.dataset")).filter(|text| !text.is_empty())
}

/// The table a streaming category names: `AdvancedHunting-EmailEvents`, `SignInLogs`. `None` if it cannot be a table's name.
pub(crate) fn table_of_category(category: &str) -> Option<&str> {
    let name = strip_prefix(category, ADVANCED_HUNTING).unwrap_or(category);
    known_table(name).or_else(|| is_table_name(name).then_some(name))
}

/// Whether a category is one of Defender's, whose records hold nothing but the envelope beside `properties`.
pub(crate) fn is_advanced_hunting(category: &str) -> bool {
    strip_prefix(category, ADVANCED_HUNTING).is_some()
}

/// The documented table of that name in any case.
pub(crate) fn known_table(name: &str) -> Option<&'static str> {
    if let Some(table) = Registry::builtin().table(name) {
        return Some(&table.name);
    }
    if name.len() > MAX_NAME {
        return None;
    }
    TABLES.get(&name.to_lowercase()).copied()
}

/// Whether any documented table has a column of that name.
pub(crate) fn is_known_column(name: &str) -> bool {
    COLUMNS.contains_key(&name.to_lowercase()) || TIME_NAMES.iter().any(|time| time.eq_ignore_ascii_case(name))
}

/// A name that may become a table's: it will also name a directory.
pub(crate) fn is_table_name(name: &str) -> bool {
    name.len() <= MAX_NAME
        && name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.chars().all(|other| other.is_ascii_alphanumeric() || other == '_')
}

fn has_column(fields: &[Field<'_>], name: &str) -> bool {
    fields.iter().any(|field| field.key == name)
}

/// `EmailEvents.csv`, `AdvancedHunting-EmailEvents/2026/11/20.json`, `export_EmailEvents_2026-11-20.json.gz`: the last part that names a table.
fn table_of_path(path: &str) -> Option<String> {
    path.rsplit(['/', '\\', '!']).find_map(table_of_part)
}

fn table_of_part(part: &str) -> Option<String> {
    let part = CONTAINERS.iter().find_map(|container| strip_prefix(part, container)).unwrap_or(part);
    if let Some(rest) = strip_prefix(part, ADVANCED_HUNTING) {
        let name = rest.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).next().unwrap_or_default();
        return table_of_category(name).map(str::to_owned);
    }
    // Longest first, so that a name with a dot or underscore in it (`o365.audit`) wins over a part of it.
    let mut ends: Vec<usize> = part.match_indices(['.', '_', '-', ' ', '(']).map(|(at, _)| at).collect();
    ends.push(part.len());
    let whole = ends.iter().rev().find_map(|&end| known_table(part.get(..end)?));
    let word = || {
        let mut words = part.split(|c: char| !c.is_ascii_alphanumeric()).filter_map(known_table);
        let first = words.next()?;
        words.all(|other| other == first).then_some(first)
    };
    whole.or_else(word).map(str::to_owned)
}

fn strip_prefix<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let head = text.get(..prefix.len())?;
    if head.eq_ignore_ascii_case(prefix) { text.get(prefix.len()..) } else { None }
}

/// The one table that knows most of a record's columns, and more of them than any other; else those that know equally many.
fn table_of_columns(fields: &[Field<'_>]) -> Result<String, Vec<String>> {
    let mut telling = 0_usize;
    let mut hits: HashMap<usize, usize> = HashMap::new();
    for field in fields {
        let name = field.key.to_lowercase();
        if COMMON.contains(&name.as_str()) || TIME_NAMES.iter().any(|time| time.eq_ignore_ascii_case(&name)) {
            continue;
        }
        telling += 1;
        for &table in COLUMNS.get(&name).map(Vec::as_slice).unwrap_or_default() {
            *hits.entry(table).or_default() += 1;
        }
    }
    let most = hits.values().copied().max().unwrap_or_default();
    if most * 2 <= telling {
        return Err(Vec::new());
    }
    let tables = Registry::builtin().tables();
    let mut best: Vec<String> = tables
        .iter()
        .enumerate()
        .filter(|(index, _)| hits.get(index) == Some(&most))
        .map(|(_, table)| table.name.clone())
        .collect();
    match best.len() {
        1 => Ok(best.remove(0)),
        _ => Err(best),
    }
}
