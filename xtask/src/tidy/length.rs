//! A file has at most 600 lines besides its tests, and a block of tests at most 200: past that it is two files.
//!
//! A list of same-shaped items may be longer if its first line says that it is a list. The length of functions is Clippy's.

use crate::tree::Tree;

const FILE: usize = 600;
const TESTS: usize = 200;

pub(super) fn check(tree: &Tree) -> Vec<String> {
    let mut complaints = Vec::new();
    for (path, text) in tree.rust() {
        let (code, tests) = lines(text);
        if code > FILE && !is_list(text) {
            complaints
                .push(format!("{path}: {code} lines; past {FILE} it is two files, or a list that says so in its first line"));
        }
        if tests > TESTS {
            complaints.push(format!("{path}: a test block of {tests} lines; past {TESTS} it is cases, or a tests.rs"));
        }
    }
    complaints
}

fn is_list(text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default();
    first.contains("a list of") || first.contains("A list of") || first.contains("cargo xtask codegen")
}

/// Lines of code, and of the longest test block at the outermost level.
fn lines(text: &str) -> (usize, usize) {
    let (mut code, mut longest): (usize, usize) = (0, 0);
    let mut block: Option<usize> = None;
    let mut marked = false;
    for line in text.lines() {
        match block {
            Some(length) => {
                block = (line != "}").then_some(length + 1);
                longest = longest.max(length + 1);
            }
            None if marked && line.starts_with("mod ") && line.ends_with('{') => block = Some(1),
            None => code += 1,
        }
        marked = line == "#[cfg(test)]" || (marked && line.starts_with("#["));
    }
    (code, longest)
}

#[cfg(test)]
mod tests {
    use super::{check, lines};
    use crate::tree::Tree;

    #[test]
    fn tests_are_counted_apart() {
        assert_eq!(lines("//! A.\nfn f() {}\n\n#[cfg(test)]\nmod tests {\n    fn g() {}\n}\n"), (4, 3));
        assert_eq!(lines("#[cfg(test)]\nmod tests;\n"), (2, 0));
    }

    #[test]
    fn only_a_list_may_be_long() {
        let long = "fn f() {}\n".repeat(601);
        let tree = Tree::of(&[("a.rs", &format!("//! Items: a list of them.\n{long}")), ("b.rs", &long)]);
        assert_eq!(check(&tree), ["b.rs: 601 lines; past 600 it is two files, or a list that says so in its first line"]);
    }
}
