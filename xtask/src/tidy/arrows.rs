//! Crates use only what ARCHITECTURE.md allows them, and each stands in its table.
//!
//! The table's rows read `` | `crate` | lives there | may use | must not know | ``; in the third cell, names in backticks are
//! crates of ours. The arrows to other people's crates are in deny.toml (`cargo xtask deps`).

use std::collections::{BTreeMap, BTreeSet};

use crate::{toml_text, tree::Tree};

const PAGE: &str = "ARCHITECTURE.md";

pub(super) fn check(tree: &Tree) -> Vec<String> {
    let allowed = table(tree.text(PAGE).unwrap_or_default());
    let crates: BTreeSet<&str> = tree.names("crates/").into_iter().filter(|name| manifest(tree, name).is_some()).collect();
    let mut complaints = Vec::new();
    for name in allowed.keys().filter(|name| !crates.contains(**name) && **name != "xtask") {
        complaints.push(format!("{PAGE}: the table has `{name}`, and there is no crates/{name}"));
    }
    for name in &crates {
        let Some(may_use) = allowed.get(name) else {
            complaints.push(format!("{PAGE}: the table of crates lacks `{name}`"));
            continue;
        };
        for (section, used) in uses(tree, name, &crates) {
            // Tests may see their own crate with features that it is not shipped with.
            if used != *name && !may_use.contains(used.as_str()) {
                let what = format!("`{name}` may not use `{used}` ({section})");
                complaints.push(format!("crates/{name}/Cargo.toml: {what}; the table in {PAGE} says what it may"));
            }
        }
    }
    complaints
}

/// From each crate to the crates it may use.
fn table(page: &str) -> BTreeMap<&str, BTreeSet<&str>> {
    let rows = page.lines().filter_map(|line| {
        let cells: Vec<&str> = line.strip_prefix("| `")?.split(" | ").collect();
        let [name, _, may_use, _] = cells.as_slice() else { return None };
        Some((name.strip_suffix('`')?, may_use.split('`').skip(1).step_by(2).collect()))
    });
    rows.collect()
}

fn manifest<'a>(tree: &'a Tree, name: &str) -> Option<&'a str> {
    tree.text(&format!("crates/{name}/Cargo.toml"))
}

/// The crates of ours that a crate depends on, with the section of the manifest that says so. That a crate's tests use the crate itself, with a
/// feature more, is no arrow.
fn uses(tree: &Tree, name: &str, crates: &BTreeSet<&str>) -> Vec<(&'static str, String)> {
    let Ok(manifest) = toml_text::table(tree, &format!("crates/{name}/Cargo.toml")) else { return Vec::new() };
    let mut uses = Vec::new();
    for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
        let dependencies = manifest.get(section).and_then(toml::Value::as_table).into_iter().flatten();
        let ours = dependencies.map(|(used, _)| used.strip_prefix("spoofwatch-").unwrap_or(used).to_owned());
        uses.extend(ours.filter(|used| used != name && crates.contains(used.as_str())).map(|used| (section, used)));
    }
    uses
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tree::Tree;

    const PAGE: &str = "| crate | lives there | may use | must not know |\n| --- | --- | --- | --- |\n\
                        | `a` | the first | nothing | `b` |\n| `b` | the second | `a` | files |\n";

    fn complaints(page: &str, a: &str, b: &str) -> Vec<String> {
        check(&Tree::of(&[("ARCHITECTURE.md", page), ("crates/a/Cargo.toml", a), ("crates/b/Cargo.toml", b)]))
    }

    #[test]
    fn an_arrow_of_the_table_is_fine() {
        assert!(complaints(PAGE, "", "[dependencies]\na.workspace = true\nserde = '1'\n").is_empty());
    }

    #[test]
    fn a_crate_may_use_itself_in_tests() {
        assert!(complaints(PAGE, "[dev-dependencies]\nspoofwatch-a = { path = '.', features = ['bench'] }\n", "").is_empty());
    }

    #[test]
    fn an_arrow_against_the_table_is_named() {
        let found = complaints(PAGE, "[dev-dependencies]\nspoofwatch-b = { path = '../b' }\n", "");
        assert_eq!(
            found,
            ["crates/a/Cargo.toml: `a` may not use `b` (dev-dependencies); the table in ARCHITECTURE.md says what it may"]
        );
    }

    #[test]
    fn a_crate_may_be_tested_with_a_feature_more() {
        assert!(complaints(PAGE, "[dev-dependencies]\nspoofwatch-a = { path = '.', features = ['bench'] }\n", "").is_empty());
    }

    #[test]
    fn table_and_folder_hold_the_same_crates() {
        let page = PAGE.replace("| `b`", "| `c`");
        assert_eq!(
            complaints(&page, "", ""),
            ["ARCHITECTURE.md: the table has `c`, and there is no crates/c", "ARCHITECTURE.md: the table of crates lacks `b`"]
        );
    }
}
