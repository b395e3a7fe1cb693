//! A report for a terminal: lines of words with what they mean. Whether that is shown by colour is for the terminal to say. Lines that are there
//! to be copied are never wrapped.

mod page;
mod sections;

pub use page::{Line, Span, Tone};

use page::Page;

use super::Report;

/// Narrowest and widest text: narrower is unreadable, wider tires the eye.
const WIDTHS: (usize, usize) = (40, 120);

/// The report, for a terminal so many cells wide.
#[must_use]
pub fn text(report: &Report, width: usize) -> Vec<Line> {
    let mut page = Page::new(width.clamp(WIDTHS.0, WIDTHS.1));
    begin(report, &mut page);
    for domain in &report.domains {
        sections::domain(domain, &mut page);
    }
    if let Some(tenant) = &report.tenant {
        sections::tenant(tenant, &mut page);
    }
    sections::baseline(&report.baseline, &mut page);
    page.lines()
}

/// What is told first: the verdict, the table of domains, what changed. For many domains at once.
#[must_use]
pub fn overview(report: &Report, width: usize) -> Vec<Line> {
    let mut page = Page::new(width.clamp(WIDTHS.0, WIDTHS.1));
    begin(report, &mut page);
    page.lines()
}

fn begin(report: &Report, page: &mut Page) {
    sections::head(report, page);
    sections::summary(report, page);
    if let Some(changes) = &report.changes {
        sections::changes(changes, page);
    }
}

/// Lines as text, each span as `paint` writes it.
pub fn painted(lines: &[Line], paint: impl Fn(Tone, &str) -> String) -> String {
    let mut out = String::new();
    for line in lines {
        for span in line.spans() {
            out.push_str(&paint(span.tone, &span.text));
        }
        out.push('\n');
    }
    out
}

/// Lines as text without colour.
#[must_use]
pub fn plain(lines: &[Line]) -> String {
    painted(lines, |_, text| text.to_owned())
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr as _;

    use super::{overview, plain, text};
    use crate::report::sample;

    #[test]
    fn a_report_of_three_domains_and_their_tenant() {
        insta::assert_snapshot!(plain(&text(&sample::report(), 100)));
    }

    #[test]
    fn an_overview_begins_as_the_report_does() {
        let (short, long) = (overview(&sample::report(), 100), text(&sample::report(), 100));
        assert!(short.len() < 15 && long.starts_with(&short));
    }

    #[test]
    fn a_narrow_terminal() {
        insta::assert_snapshot!(plain(&text(&sample::small(), 48)));
    }

    #[test]
    fn only_lines_to_be_copied_are_longer_than_the_terminal_is_wide() {
        for width in [40, 72, 100, 120] {
            for line in text(&sample::report(), width) {
                let shown = plain(std::slice::from_ref(&line));
                assert!(
                    shown.trim_end().width() <= width || line.is_to_be_copied() || !shown.trim().contains(' '),
                    "{width}: {shown}"
                );
            }
        }
    }

    #[test]
    fn hostile_text_in_every_field_never_steers_the_terminal() {
        let shown = plain(&text(&sample::hostile(), 100));
        assert!(
            !shown.chars().any(|letter| letter != '\n' && (letter.is_control() || letter == '\u{202e}' || letter == '\u{200b}')),
            "{shown}"
        );
    }
}
