//! Every Rust file begins with `//!`: what it is for.

use crate::tree::Tree;

pub(super) fn check(tree: &Tree) -> Vec<String> {
    let bare = tree.rust().filter(|(_, text)| !text.starts_with("//! "));
    bare.map(|(path, _)| format!("{path}: begin with `//!`: its purpose in a sentence, what it must not know, where to start"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tree::Tree;

    #[test]
    fn a_file_without_a_purpose_is_named() {
        let complaints = check(&Tree::of(&[("a.rs", "//! A.\n"), ("b.rs", "fn f() {}\n"), ("c.toml", "")]));
        assert_eq!(complaints.len(), 1);
        assert!(complaints[0].starts_with("b.rs: "));
    }
}
