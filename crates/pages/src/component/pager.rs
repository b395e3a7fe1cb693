//! Pages of a list.

use maud::{Markup, html};

use crate::layout::icon;

/// Where in a list of pages one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pager {
    /// Which page this is, from 1.
    pub page: u32,
    /// How many on a page.
    pub size: u32,
    /// How many in all.
    pub total: u64,
}

impl Pager {
    /// The words and the links; `address` makes the address of a page. One page alone has no links.
    #[must_use]
    pub fn render(self, address: impl Fn(u32) -> String) -> Markup {
        let (page, size) = (u64::from(self.page.max(1)), u64::from(self.size.max(1)));
        let last = self.total.div_ceil(size).max(1);
        let beyond = page > last;
        let (from, to) = (((page - 1) * size + 1).min(self.total), (page * size).min(self.total));
        let other = |page: u64| address(u32::try_from(page).unwrap_or(u32::MAX));
        html! {
            nav.pager aria-label="Pages" {
                span.soft { (number(from)) "–" (number(to)) " of " (number(self.total)) }
                @if last > 1 || beyond {
                    span.pager-links {
                        @if page > 1 { a.button.quiet rel="prev" href=(other((page - 1).min(last))) { (icon("left")) "Previous" } }
                        @if page < last { a.button.quiet rel="next" href=(other(page + 1)) { "Next" (icon("right")) } }
                    }
                }
            }
        }
    }
}

/// A count with commas: `9,000,000`.
#[must_use]
pub fn number(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(page: u32, total: u64) -> String {
        Pager { page, size: 50, total }.render(|page| format!("?page={page}")).into_string()
    }

    #[test]
    fn the_middle_has_both_links_and_the_ends_have_one() {
        assert!(words(2, 1234).contains("51–100 of 1,234"));
        assert!(words(2, 1234).contains("?page=1") && words(2, 1234).contains("?page=3"));
        assert!(!words(1, 1234).contains("rel=\"prev\"") && !words(25, 1234).contains("rel=\"next\""));
        assert!(words(1, 0).contains("0–0 of 0") && !words(1, 50).contains("href"));
        assert!(words(u32::MAX, 10).contains("?page=1\""), "beyond the last page the link leads back to it");
    }

    #[test]
    fn counts_have_commas() {
        assert_eq!([0, 999, 1000, 9_000_000].map(number), ["0", "999", "1,000", "9,000,000"]);
    }
}
