//! A row of small columns: how a number went, without axes.

use maud::{Markup, html};

/// Height of the picture in its own unit.
const HEIGHT: u64 = 24;

/// How many values are drawn; of more, the last.
const DRAWN: usize = 120;

/// Values over time, the last at the right. `label` says in words what is seen, such as `12 alerts in 30 days`.
#[must_use]
pub fn sparkline(values: &[u64], label: &str) -> Markup {
    let drawn = values.get(values.len().saturating_sub(DRAWN)..).unwrap_or_default();
    let most = drawn.iter().copied().max().unwrap_or(0).max(1);
    html! {
        svg.spark role="img" aria-label=(label) viewBox={ "0 0 " (drawn.len().max(1) * 4) " " (HEIGHT) } preserveAspectRatio="none" {
            @for (at, &value) in drawn.iter().enumerate() {
                // Something is never drawn as nothing.
                @let height = if value == 0 { 1 } else { scaled(value, most).max(3) };
                rect x=(at * 4) y=(HEIGHT - height) width="3" height=(height) {}
            }
        }
    }
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
        assert!(text.contains("height=\"1\"") && text.contains("height=\"3\"") && text.contains("height=\"24\""), "{text}");
        assert!(text.contains("aria-label=\"three days\""));
        assert_eq!(sparkline(&vec![1; 500], "").into_string().matches("<rect").count(), DRAWN);
        assert!(sparkline(&[], "none").into_string().contains("0 0 4 24"));
    }
}
