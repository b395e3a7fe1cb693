//! A row of small columns: how a number went, without axes.

use std::fmt::Write as _;

use maud::{Markup, html};

/// Height of the picture in its own unit.
const HEIGHT: u64 = 24;

/// Width of a column in the same unit, and of a column with the gap behind it.
const COLUMN: (u64, u64) = (3, 4);

/// How many values are drawn; of more, the last.
const DRAWN: usize = 120;

/// Values over time, the last at the right. `label` says in words what is seen, such as `12 alerts in 30 days`.
///
/// All columns but the last are one path, and days without anything one line below them: a list of rules has hundreds of these.
#[must_use]
pub fn sparkline(values: &[u64], label: &str) -> Markup {
    let drawn = values.get(values.len().saturating_sub(DRAWN)..).unwrap_or_default();
    let most = drawn.iter().copied().max().unwrap_or(0).max(1);
    let width = drawn.len().max(1) as u64 * COLUMN.1;
    let (last, before) = drawn.split_last().map_or((None, drawn), |(last, before)| (Some(last), before));
    html! {
        svg.spark role="img" aria-label=(label) viewBox={ "0 0 " (width) " " (HEIGHT) } preserveAspectRatio="none" {
            @if !before.is_empty() { path d=(columns(before, 0, most)) {} }
            @if let Some(last) = last { path.now d=(columns(&[*last], before.len(), most)) {} }
        }
    }
}

/// The path of columns of which the first stands at `first`.
fn columns(values: &[u64], first: usize, most: u64) -> String {
    let mut path = String::new();
    let mut at = first as u64 * COLUMN.1;
    for group in values.chunk_by(|one, next| *one == 0 && *next == 0) {
        let many = group.len() as u64;
        let wide = many * COLUMN.1 - (COLUMN.1 - COLUMN.0);
        // Something is never drawn as nothing.
        let height = group.first().map_or(1, |&value| if value == 0 { 1 } else { scaled(value, most).max(3) });
        // Writing into a string does not fail.
        let _ = write!(path, "M{at} {HEIGHT}v-{height}h{wide}v{height}z");
        at += many * COLUMN.1;
    }
    path
}

fn scaled(value: u64, most: u64) -> u64 {
    u64::try_from(u128::from(value) * u128::from(HEIGHT) / u128::from(most)).unwrap_or(HEIGHT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn something_is_never_drawn_as_nothing() {
        let text = sparkline(&[0, 1, u64::MAX], "three days").into_string();
        assert!(
            text.contains("d=\"M0 24v-1h3v1zM4 24v-3h3v3z\"") && text.contains("class=\"now\" d=\"M8 24v-24h3v24z\""),
            "{text}"
        );
        assert!(text.contains("aria-label=\"three days\""));
        assert_eq!(sparkline(&vec![1; 500], "").into_string().matches('M').count(), DRAWN);
        assert!(sparkline(&[], "none").into_string().contains("0 0 4 24"));
    }

    #[test]
    fn days_without_anything_are_one_line() {
        let text = sparkline(&[0, 0, 0, 7, 0, 0], "").into_string();
        assert!(
            text.contains("d=\"M0 24v-1h11v1zM12 24v-24h3v24zM16 24v-1h3v1z\"") && text.contains("d=\"M20 24v-1h3v1z\""),
            "{text}"
        );
    }
}
