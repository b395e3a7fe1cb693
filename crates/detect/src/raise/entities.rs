//! What an alert is about: by the rule's own mappings, else by what columns usually hold.

use std::sync::LazyLock;

use rules::Rule;
use serde::Deserialize;
use state::Entity;

use crate::hit::{Row, text_at};

/// Entities of one alert; a mass mailing would have thousands.
const MOST: usize = 50;

/// A line of `data/entities.toml`.
#[derive(Debug, Deserialize)]
struct Known {
    kind: String,
    identifier: String,
    columns: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct File {
    column: Vec<Known>,
}

static KNOWN: LazyLock<Vec<Known>> = LazyLock::new(|| {
    toml::from_str::<File>(include_str!("../../data/entities.toml")).map(|file| file.column).unwrap_or_default()
});

/// The entities of these rows, each once, in the order of the mappings.
pub(super) fn of(rule: &Rule, rows: &[Row]) -> Vec<Entity> {
    let mut found: Vec<Entity> = Vec::new();
    for row in rows {
        for mapping in &rule.entity_mappings {
            for field in &mapping.fields {
                add(&mut found, row, &mapping.kind, &field.identifier, &field.column);
            }
        }
        for asset in &rule.impacted_assets {
            let kind = match asset.kind.to_lowercase().as_str() {
                "mailbox" => "Mailbox",
                "user" => "Account",
                "device" => "Host",
                _ => continue,
            };
            add(&mut found, row, kind, "Name", &asset.identifier);
        }
    }
    if !found.is_empty() {
        return found;
    }
    for row in rows {
        for known in KNOWN.iter() {
            for column in &known.columns {
                add(&mut found, row, &known.kind, &known.identifier, column);
            }
        }
    }
    found
}

fn add(found: &mut Vec<Entity>, row: &Row, kind: &str, identifier: &str, column: &str) {
    let Some(value) = text_at(row, column).filter(|value| !value.trim().is_empty()) else { return };
    let entity = Entity { kind: kind.to_owned(), value, identifier: identifier.to_owned() };
    if found.len() < MOST
        && !found.iter().any(|known| known.kind == entity.kind && known.value.eq_ignore_ascii_case(&entity.value))
    {
        found.push(entity);
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_file_of_columns_is_read() {
        assert!(super::KNOWN.len() > 5);
    }
}
