//! "Did you mean": keywords near a misspelt one.
//!
//! Must not know which keywords there are. Start with [`nearest`].

/// Up to two of `names` that may have been meant by `wanted`, best first: at most a third of the letters differ.
pub(super) fn nearest<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let wanted = wanted.to_lowercase();
    let limit = (wanted.chars().count() / 3).clamp(1, 3);
    let mut found: Vec<(usize, &str)> =
        names.into_iter().filter_map(|name| Some((distance(&wanted, name, limit)?, name))).collect();
    found.sort_unstable();
    found.dedup();
    found.into_iter().take(2).map(|(_, name)| name).collect()
}

/// How many letters are to be added, removed, replaced or swapped with their neighbour, or `None` beyond `limit`.
fn distance(a: &str, b: &str, limit: usize) -> Option<usize> {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > limit {
        return None;
    }
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let differ = usize::from(a[i - 1] != b[j - 1]);
            let mut best = (rows[i - 1][j - 1] + differ).min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows.last().and_then(|row| row.last()).copied().filter(|&found| found <= limit)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn misspelt_keywords_find_their_neighbours() {
        let words = ["summarize", "sample", "where", "extend", "project", "project-away"];
        assert_eq!(nearest("sumarize", words), ["summarize"]);
        assert_eq!(nearest("Where", words), ["where"]);
        assert_eq!(nearest("porject", words), ["project"]);
        assert!(nearest("zebra", words).is_empty());
    }
}
