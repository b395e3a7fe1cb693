//! `crates/library/src/shipped.rs`: the saved functions that come with the program, compiled in.

use super::Wanted;
use crate::tree::Tree;

/// Where their texts are.
const FOLDER: &str = "content/functions/";

/// The list, sorted by name.
pub(super) fn generate(tree: &Tree) -> Option<Wanted> {
    let mut files: Vec<&str> = tree.names(FOLDER).into_iter().filter(|name| name.ends_with(".kql")).collect();
    if files.is_empty() {
        return None;
    }
    files.sort_unstable();
    let row = |file: &&str| format!("    (\"{file}\", include_str!(\"../../../{FOLDER}{file}\")),\n");
    let rows: String = files.iter().map(row).collect();
    let text = format!(
        "//! The functions that come with the program. Written by `cargo xtask codegen`; do not edit.\n\n\
         /// Name and text of every file under `{FOLDER}`.\n\
         pub(crate) const FILES: &[(&str, &str)] = &[\n{rows}];\n"
    );
    Some(("crates/library/src/shipped.rs".to_owned(), text))
}

#[cfg(test)]
mod tests {
    use super::generate;
    use crate::tree::Tree;

    #[test]
    fn a_function_is_a_row() {
        let tree =
            Tree::of(&[("content/functions/b.kql", ""), ("content/functions/a.kql", ""), ("content/functions/README.md", "")]);
        let text = generate(&tree).map(|(_, text)| text).unwrap_or_default();
        let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("    (")).collect();
        assert_eq!(
            rows,
            [
                r#"    ("a.kql", include_str!("../../../content/functions/a.kql")),"#,
                r#"    ("b.kql", include_str!("../../../content/functions/b.kql")),"#,
            ]
        );
    }
}
