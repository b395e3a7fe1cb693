//! "Did you mean": which known names a misspelt one is near to.

/// Up to three of `names` that a person may have meant by `wanted`, best first.
///
/// A name in another case comes first, then small edit distances (at most a third of the length).
#[must_use]
pub fn nearest<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let lower = wanted.to_lowercase();
    let limit = (wanted.chars().count() / 3).clamp(1, 4);
    let mut found: Vec<(usize, &str)> = names
        .into_iter()
        .filter_map(|name| {
            let distance = if name.to_lowercase() == lower { 0 } else { distance(&lower, &name.to_lowercase(), limit)? };
            Some((distance, name))
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found.truncate(3);
    found.into_iter().map(|(_, name)| name).collect()
}

/// Optimal string alignment distance (insert, delete, replace, swap of neighbours), or `None` when it exceeds `limit`.
fn distance(a: &str, b: &str, limit: usize) -> Option<usize> {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > limit {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let same = usize::from(a[i - 1] != b[j - 1]);
            row[j] = (last[j - 1] + same).min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().filter(|&found| found <= limit)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_misspelt_name_finds_its_neighbours_best_first() {
        let names = ["SenderFromAddress", "SenderMailFromAddress", "RecipientEmailAddress", "Subject"];
        assert_eq!(nearest("SenderFromAdress", names), ["SenderFromAddress"]);
        assert_eq!(nearest("subject", names), ["Subject"]);
        assert_eq!(nearest("Sbuject", names), ["Subject"]);
        assert!(nearest("Zebra", names).is_empty());
    }
}
