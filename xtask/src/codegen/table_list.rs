//! `crates/schema/src/tables.rs`: the data files of the tables, compiled in.

use super::Wanted;
use crate::tree::Tree;

/// Where the data files of the tables are.
pub(super) const FOLDER: &str = "crates/schema/tables/";

/// The list, sorted by name as the registry's search needs it.
pub(super) fn generate(tree: &Tree) -> Option<Wanted> {
    let mut names: Vec<&str> = tree.names(FOLDER).into_iter().filter_map(|name| name.strip_suffix(".toml")).collect();
    if names.is_empty() {
        return None;
    }
    names.sort_unstable();
    let rows: String = names.iter().map(|name| format!("    (\"{name}\", include_str!(\"../tables/{name}.toml\")),\n")).collect();
    let text = format!(
        "//! The data files of the tables, sorted by name. Written by `cargo xtask codegen`; do not edit.\n\n\
         /// Name and text of every file under `tables/`.\n\
         pub(crate) const TABLES: &[(&str, &str)] = &[\n{rows}];\n"
    );
    Some(("crates/schema/src/tables.rs".to_owned(), text))
}

#[cfg(test)]
mod tests {
    use super::generate;
    use crate::tree::Tree;

    #[test]
    fn a_data_file_is_a_row() {
        let tree = Tree::of(&[("crates/schema/tables/o365.audit.toml", ""), ("crates/schema/tables/A.toml", "")]);
        let text = generate(&tree).map(|(_, text)| text).unwrap_or_default();
        let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("    (")).collect();
        assert_eq!(
            rows,
            [
                r#"    ("A", include_str!("../tables/A.toml")),"#,
                r#"    ("o365.audit", include_str!("../tables/o365.audit.toml")),"#,
            ]
        );
    }
}
