//! Index patterns as tables: what a rule calls `logs-o365.audit-*` is the table `o365.audit`.
//!
//! A table of events (one with `@timestamp`) is called by its own name, by the data stream it would be, `logs-<table>-default`,
//! and by the index that Filebeat would write, as Elastic's integrations once did: rules name both. Other tables are found by their own name
//! alone, without wildcards.

use elastic_query::ast::{Pattern, Piece};
use schema::Registry;

use super::{field::TIME, glob::Glob};
use crate::Environment;

/// What an index of Filebeat is called: any version will do.
const FILEBEAT: &str = "filebeat-9.0.0";

/// The tables that index patterns stand for, sorted; a pattern that begins with `-` takes tables away. And the patterns that
/// stand for none.
pub(super) fn tables(patterns: &[String], env: &Environment) -> (Vec<String>, Vec<String>) {
    let mut names = env.catalog.names();
    names.extend(Registry::builtin().names().map(str::to_owned));
    names.sort();
    names.dedup();
    let mut found: Vec<String> = Vec::new();
    let mut unknown = Vec::new();
    for given in patterns.iter().flat_map(|pattern| pattern.split(',')).map(str::trim).filter(|pattern| !pattern.is_empty()) {
        // A cluster before `:` is where the index is, and everything is here.
        let pattern = given.split_once(':').map_or(given, |(_, index)| index);
        if let Some(excluded) = pattern.strip_prefix('-') {
            found.retain(|name| !is_called(name, excluded, env));
            continue;
        }
        let before = found.len();
        let more: Vec<&String> = names.iter().filter(|name| !found.contains(name) && is_called(name, pattern, env)).collect();
        found.extend(more.into_iter().cloned());
        if found.len() == before && !found.iter().any(|name| is_called(name, pattern, env)) {
            unknown.push(given.to_owned());
        }
    }
    found.sort();
    (found, unknown)
}

fn is_called(name: &str, pattern: &str, env: &Environment) -> bool {
    if name == pattern {
        return true;
    }
    // Wildcards find indices whose names begin with a dot only where they begin with one themselves: Elasticsearch's hidden indices.
    let hidden = name.starts_with('.');
    if !has_events(name, env) || (hidden && !pattern.starts_with('.')) {
        return false;
    }
    let glob = glob(pattern);
    if hidden {
        return glob.matches(name);
    }
    glob.matches(name) || glob.matches(&format!("logs-{name}-default")) || glob.matches(FILEBEAT)
}

/// Whether a table holds documents of ECS: it has their time.
fn has_events(name: &str, env: &Environment) -> bool {
    match Registry::builtin().table(name) {
        Some(table) => table.time_column == TIME,
        None => env.catalog.table(name).is_some_and(|stored| stored.provider.schema().column_with_name(TIME).is_some()),
    }
}

fn glob(pattern: &str) -> Glob {
    let mut pieces: Vec<Piece> = Vec::new();
    for (position, part) in pattern.split('*').enumerate() {
        if position > 0 {
            pieces.push(Piece::Any);
        }
        if !part.is_empty() {
            pieces.push(Piece::Text(part.to_owned()));
        }
    }
    Glob::new(&Pattern { pieces })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use datafusion::{
        arrow::datatypes::{DataType, Field, Schema},
        datasource::MemTable,
    };

    use super::tables;
    use crate::{Environment, MemoryCatalog};

    #[test]
    fn hidden_tables_are_found_by_patterns_that_begin_with_a_dot() -> Result<(), Box<dyn std::error::Error>> {
        let schema = Arc::new(Schema::new(vec![Field::new("@timestamp", DataType::Int64, true)]));
        let mut catalog = MemoryCatalog::default();
        let name = ".alerts-security.alerts-default";
        catalog.insert(name, Arc::new(MemTable::try_new(schema, vec![vec![]])?));
        let env = Environment::new(Arc::new(catalog), 0);
        let finds = |pattern: &str| tables(&[pattern.to_owned()], &env).0.contains(&name.to_owned());
        assert!(finds(".alerts-security.*") && finds(name) && finds(".*"));
        assert!(!finds("*") && !finds("*alerts*") && !finds("logs-*") && !finds("filebeat-*"));
        Ok(())
    }

    #[test]
    fn patterns_stand_for_tables_of_events() {
        let env = Environment::new(Arc::new(MemoryCatalog::default()), 0);
        let found = |patterns: &[&str]| {
            let patterns: Vec<String> = patterns.iter().map(|&pattern| pattern.to_owned()).collect();
            let (tables, unknown) = tables(&patterns, &env);
            (tables.join(" "), unknown.join(" "))
        };
        let audit = ("o365.audit".to_owned(), String::new());
        for patterns in [
            &["o365.audit"][..],
            &["logs-o365*"],
            &["filebeat-*", "logs-o365.audit-*"],
            &["logs-o365.audit-default"],
            &["*:logs-o365*"],
            &["logs-*,filebeat-*"],
        ] {
            let (names, unknown) = found(patterns);
            assert!(names.contains("o365.audit"), "{patterns:?}: {names}");
            assert_eq!(unknown, "", "{patterns:?}");
        }
        assert_eq!(found(&["logs-o365*"]), audit);
        assert_eq!(found(&["logs-o365*", "-o365.audit"]), (String::new(), String::new()));
        assert_eq!(found(&["OfficeActivity"]), ("OfficeActivity".to_owned(), String::new()));
        assert_eq!(found(&["Office*", "winlogbeat-*"]), (String::new(), "Office* winlogbeat-*".to_owned()));
    }
}
