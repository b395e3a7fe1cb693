//! What changed between two texts, line by line.

use maud::{Markup, html};

/// The longest texts that are compared line by line, in lines of both together; the table that finds what stayed grows with their product.
const LINES: usize = 4000;

/// How many lines that stayed are shown around a change.
const AROUND: usize = 3;

/// What became of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Stayed,
    Went,
    Came,
}

/// Lines that went and came, with what is around them; says so where nothing changed.
#[must_use]
pub fn diff(before: &str, after: &str) -> Markup {
    let lines = compare(before, after);
    if lines.iter().all(|(fate, _)| *fate == Fate::Stayed) {
        return html! { p.soft { "Nothing changed." } };
    }
    let near = |at: usize| {
        let around = lines.get(at.saturating_sub(AROUND)..(at + AROUND + 1).min(lines.len())).unwrap_or_default();
        around.iter().any(|(fate, _)| *fate != Fate::Stayed)
    };
    html! {
        pre.diff tabindex="0" {
            @for (at, (fate, line)) in lines.iter().enumerate() {
                @if near(at) {
                    @match fate {
                        Fate::Stayed => { span.stayed { "  " (line) "\n" } }
                        Fate::Went => { del { "- " (line) "\n" } }
                        Fate::Came => { ins { "+ " (line) "\n" } }
                    }
                } @else if at == 0 || near(at - 1) { span.gap { "⋯\n" } }
            }
        }
    }
}

/// The longest common lines stay (dynamic programming over what is left between the common beginning and end).
fn compare<'a>(before: &'a str, after: &'a str) -> Vec<(Fate, &'a str)> {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let head = old.iter().zip(&new).take_while(|(left, right)| left == right).count();
    let (old, new) = (old.get(head..).unwrap_or_default(), new.get(head..).unwrap_or_default());
    let tail = old.iter().rev().zip(new.iter().rev()).take_while(|(left, right)| left == right).count();
    let kept = after.lines().take(head).map(|line| (Fate::Stayed, line));
    let (old, end) = old.split_at(old.len() - tail);
    let new = new.get(..new.len() - tail).unwrap_or_default();
    kept.chain(middle(old, new)).chain(end.iter().map(|line| (Fate::Stayed, *line))).collect()
}

fn middle<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<(Fate, &'a str)> {
    if old.len() + new.len() > LINES {
        let went = old.iter().map(|line| (Fate::Went, *line));
        return went.chain(new.iter().map(|line| (Fate::Came, *line))).collect();
    }
    // `common[i][j]`: how many lines stay of `old[i..]` and `new[j..]`.
    let width = new.len() + 1;
    let mut common = vec![0_u16; (old.len() + 1) * width];
    let at = |common: &[u16], i: usize, j: usize| common.get(i * width + j).copied().unwrap_or(0);
    for (i, left) in old.iter().enumerate().rev() {
        for (j, right) in new.iter().enumerate().rev() {
            let value =
                if left == right { at(&common, i + 1, j + 1) + 1 } else { at(&common, i + 1, j).max(at(&common, i, j + 1)) };
            if let Some(slot) = common.get_mut(i * width + j) {
                *slot = value;
            }
        }
    }
    let (mut i, mut j, mut lines) = (0, 0, Vec::new());
    loop {
        match (old.get(i), new.get(j)) {
            (Some(left), Some(right)) if left == right => {
                lines.push((Fate::Stayed, *left));
                (i, j) = (i + 1, j + 1);
            }
            (Some(left), other) if other.is_none() || at(&common, i + 1, j) >= at(&common, i, j + 1) => {
                lines.push((Fate::Went, *left));
                i += 1;
            }
            (_, Some(right)) => {
                lines.push((Fate::Came, *right));
                j += 1;
            }
            (_, None) => return lines,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(before: &str, after: &str) -> String {
        let mark = |fate| match fate {
            Fate::Stayed => ' ',
            Fate::Went => '-',
            Fate::Came => '+',
        };
        compare(before, after).into_iter().map(|(fate, line)| format!("{}{line};", mark(fate))).collect()
    }

    #[test]
    fn what_stayed_stays() {
        assert_eq!(plain("a\nb\nc", "a\nx\nc"), " a;-b;+x; c;");
        assert_eq!(plain("a\nb", "a\nb\nc"), " a; b;+c;");
        assert_eq!(plain("b\nc", "a\nb\nc"), "+a; b; c;");
        assert_eq!(plain("a\nb\nc\nd", "b\nd"), "-a; b;-c; d;");
        assert_eq!((plain("", "a"), plain("a", "")), ("+a;".to_owned(), "-a;".to_owned()));
    }

    #[test]
    fn lines_far_from_a_change_are_left_out() {
        let before: String = (0..50).map(|line| format!("{line}\n")).collect();
        let text = diff(&before, &before.replace("25\n", "<b>\n")).into_string();
        assert!(text.contains("<del>- 25\n</del><ins>+ &lt;b&gt;\n</ins>"), "{text}");
        assert!(text.contains("  22\n") && !text.contains("  21\n") && text.matches('⋯').count() == 2, "{text}");
        assert!(diff("a", "a").into_string().contains("Nothing changed."));
    }

    #[test]
    fn very_long_texts_are_compared_without_a_large_table() {
        let many = |word: &str| (0..20_000).map(|at| format!("{word}{at}\n")).collect::<String>();
        assert_eq!(compare(&many("a"), &many("b")).len(), 40_000);
    }
}
