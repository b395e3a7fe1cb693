//! No file names a place on the machine it was written on.

use crate::tree::Tree;

/// First parts of such paths; the slashes are added here so that this file passes.
const PLACES: [&str; 4] = ["work", "root", "home", "farm"];

pub(super) fn check(tree: &Tree) -> Vec<String> {
    let mut complaints = Vec::new();
    for (path, text) in tree.files() {
        for (number, line) in text.lines().enumerate() {
            if let Some(place) = PLACES.iter().find(|place| names(line, place)) {
                complaints.push(format!("{path}:{}: a path under `{place}` of one machine", number + 1));
            }
        }
    }
    complaints
}

/// Whether the line holds the absolute path `/place/…`; in a URL or a relative path something stands before the slash.
fn names(line: &str, place: &str) -> bool {
    let start = format!("/{place}/");
    line.match_indices(&start).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        before.is_none_or(|before| !before.is_alphanumeric() && !matches!(before, '.' | '_' | '-' | '}' | '/' | '*' | '>' | '~'))
    })
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn a_path_of_the_machine_is_told_from_a_url() {
        assert!(names(&format!("let file = \"/{}/a\";", "home"), "home"));
        assert!(!names("https://example.com/home/index.html", "home"));
        assert!(!names("./home/a", "home"));
        assert!(!names("the /homes/ of many", "home"));
    }
}
