//! Nothing is left undone or switched off without a word: no `todo`, no ignored test, no lint allowed without its reason.

use crate::tree::Tree;

/// The macro that stands for missing code, cut in two so that this file passes.
const UNDONE: [&str; 2] = [concat!("todo", "!("), concat!("unimplemented", "!(")];

pub(super) fn check(tree: &Tree) -> Vec<String> {
    tree.rust()
        .flat_map(|(path, text)| file(text).into_iter().map(move |(line, what)| format!("{path}:{line}: {what}")))
        .collect()
}

fn file(text: &str) -> Vec<(usize, &'static str)> {
    let lines: Vec<&str> = text.lines().map(str::trim_start).collect();
    let mut complaints = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let complaint = if line.starts_with("//") {
            None
        } else if UNDONE.iter().any(|undone| line.contains(undone)) {
            Some("code is missing here; write it, or return an error that names what is not supported")
        } else if line.starts_with("#[ignore") {
            Some("a test is never ignored; assert what happens today, and say why")
        } else if line.starts_with("#[should_panic") {
            Some("nothing of ours panics; return an error and assert it")
        } else if allows(line) && !reasoned(&lines[at..]) {
            Some("say why: `reason = \"...\"`")
        } else {
            None
        };
        complaints.extend(complaint.map(|complaint| (at + 1, complaint)));
    }
    complaints
}

fn allows(line: &str) -> bool {
    ["#[allow(", "#![allow(", "#[expect(", "#![expect("].iter().any(|start| line.starts_with(start))
}

/// Whether the attribute that begins here gives a reason before it ends.
fn reasoned(lines: &[&str]) -> bool {
    for line in lines {
        if line.contains("reason = \"") {
            return true;
        }
        if line.trim_end().ends_with(")]") {
            return false;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::file;

    #[test]
    fn a_reason_may_stand_on_a_later_line() {
        assert!(file("#[expect(\n    clippy::a,\n    reason = \"b\"\n)]\nfn f() {}\n").is_empty());
    }

    #[test]
    fn what_is_left_undone_or_switched_off_is_named_by_its_line() {
        let text = ["fn f() {", &format!("    {}", super::UNDONE[0]), "}", "#[ignore]", "#[allow(dead_code)]", ""].join("\n");
        assert_eq!(file(&text).iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2, 4, 5]);
    }
}
