//! `clippy.toml` of the crates that may touch files: the workspace's, without the part that forbids it.
//!
//! Clippy reads one `clippy.toml`, that of the package or the next above it, and cannot scope a rule to a path.

use anyhow::Context;

use super::Wanted;
use crate::tree::Tree;

/// The crates that read and write files; every other crate is given its texts by them.
const FILES: [&str; 8] = [
    "crates/cases",
    "crates/cli",
    "crates/lake",
    "crates/mailflow",
    "crates/rotation",
    "crates/rules",
    "crates/sources",
    "xtask",
];
const BEGIN: &str = "# begin: files";
const END: &str = "# end: files";

/// A `clippy.toml` for each of those crates.
pub(super) fn generate(tree: &Tree) -> anyhow::Result<Vec<Wanted>> {
    let Some(text) = tree.text("clippy.toml") else { return Ok(Vec::new()) };
    let text = without_files(text).with_context(|| format!("clippy.toml needs the lines `{BEGIN}` and `{END}`"))?;
    let text =
        format!("# Written by `cargo xtask codegen` from the workspace's clippy.toml: this crate may touch files.\n{text}");
    Ok(FILES.iter().map(|folder| (format!("{folder}/clippy.toml"), text.clone())).collect())
}

fn without_files(text: &str) -> Option<String> {
    let (before, rest) = text.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{}{}", before.trim_end_matches(' '), after.strip_prefix('\n')?))
}

#[cfg(test)]
mod tests {
    use super::without_files;

    #[test]
    fn the_marked_part_is_left_out() {
        let text = "a = [\n    1,\n    # begin: files\n    2,\n    # end: files\n]\n";
        assert_eq!(without_files(text).as_deref(), Some("a = [\n    1,\n]\n"));
    }
}
