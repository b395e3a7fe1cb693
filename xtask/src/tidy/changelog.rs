//! `changelog.d/` holds fragments named `<what>.<kind>.md`, so that a release can put each under its heading.

use crate::tree::Tree;

/// The headings of CHANGELOG.md, as a fragment's name spells them.
const KINDS: [&str; 5] = ["added", "changed", "fixed", "removed", "security"];

pub(super) fn check(tree: &Tree) -> Vec<String> {
    let names = tree.names("changelog.d/").into_iter().filter(|name| *name != "README.md");
    let wrong = names.filter(|name| {
        let parts: Vec<&str> = name.split('.').collect();
        !matches!(parts.as_slice(), [what, kind, "md"] if !what.is_empty() && KINDS.contains(kind))
    });
    wrong.map(|name| format!("changelog.d/{name}: name it <what>.<kind>.md; kinds: {}", KINDS.join(", "))).collect()
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tree::Tree;

    #[test]
    fn a_fragment_has_a_kind() {
        let tree = Tree::of(&[("changelog.d/hunt.added.md", ""), ("changelog.d/README.md", ""), ("changelog.d/note.md", "")]);
        assert_eq!(
            check(&tree),
            ["changelog.d/note.md: name it <what>.<kind>.md; kinds: added, changed, fixed, removed, security"]
        );
    }
}
