//! `crates/rules/src/shipped.rs`: the rules that come with the program, with their guides, cases and exclusions, compiled in.

use super::{WIDTH, Wanted};
use crate::tree::Tree;

/// Where they are.
const FOLDER: &str = "content/rules/";

/// The list, sorted by path.
pub(super) fn generate(tree: &Tree) -> Option<Wanted> {
    let mut files: Vec<&str> = tree.under(FOLDER).map(|(path, _)| &path[FOLDER.len()..]).collect();
    if files.is_empty() {
        return None;
    }
    files.sort_unstable();
    let row = |file: &&str| {
        let (name, text) = (format!("\"{file}\""), format!("include_str!(\"../../../{FOLDER}{file}\")"));
        let line = format!("    ({name}, {text}),");
        if line.len() <= WIDTH { format!("{line}\n") } else { format!("    (\n        {name},\n        {text},\n    ),\n") }
    };
    let rows: String = files.iter().map(row).collect();
    let text = format!(
        "//! The rules that come with the program. Written by `cargo xtask codegen`; do not edit.\n\n\
         /// Path and text of every file under `{FOLDER}`.\n\
         pub(crate) const FILES: &[(&str, &str)] = &[\n{rows}];\n"
    );
    Some(("crates/rules/src/shipped.rs".to_owned(), text))
}

#[cfg(test)]
mod tests {
    use super::generate;
    use crate::tree::Tree;

    #[test]
    fn a_file_is_a_row_whatever_folder_it_is_in() {
        let tree = Tree::of(&[("content/rules/b/c.yaml", ""), ("content/rules/README.md", ""), ("content/hunts/x.kql", "")]);
        let text = generate(&tree).map(|(_, text)| text).unwrap_or_default();
        let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("    (")).collect();
        assert_eq!(
            rows,
            [
                r#"    ("README.md", include_str!("../../../content/rules/README.md")),"#,
                r#"    ("b/c.yaml", include_str!("../../../content/rules/b/c.yaml")),"#,
            ]
        );
    }
}
