//! A share as a bar, for a number that stands beside it.

use maud::{Markup, html};

/// The bar of one count beside that of `most`; `class` gives its colour. It says nothing to those who do not see it: the number beside it does.
#[must_use]
pub fn bar(count: u64, most: u64, class: &str) -> Markup {
    let share = u128::from(count.min(most)) * 1000 / u128::from(most.max(1));
    // Something is never drawn as nothing.
    let share = if count > 0 { share.max(15) } else { 0 };
    html! {
        svg.share.(class) viewBox="0 0 1000 8" preserveAspectRatio="none" aria-hidden="true" {
            rect.share-ground width="1000" height="8" {}
            @if share > 0 { rect.share-part width=(share) height="8" {} }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_long_as_its_share() {
        for (count, most, width) in [(1, 2, "500"), (7, 5, "1000"), (1, u64::MAX, "15"), (u64::MAX, u64::MAX, "1000")] {
            let shown = bar(count, most, "is-high").into_string();
            assert!(shown.contains(&format!("class=\"share-part\" width=\"{width}\"")), "{shown}");
        }
        assert!(!bar(0, 0, "").into_string().contains("share-part"));
    }
}
