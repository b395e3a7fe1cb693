//! What is to be published, exactly, with buttons that copy it; and exact changes as lines that go and lines that come.

use maud::{Markup, html};

use super::code;

/// The most lines of a change that are shown.
const MOST_LINES: usize = 400;

/// What stands for a type where it is no record but a page that a web server gives.
const FILE: &str = "FILE";

/// A record to publish: name, type and value, each as it is typed into the form of a DNS provider.
#[must_use]
pub fn record((name, kind, value): (&str, &str, &str)) -> Markup {
    let (place, what) = if kind == FILE { ("Address", "Content, as text/plain") } else { ("Name", "Value") };
    html! {
        div.record {
            div.record-part { span.label { (place) } (code(name, &[])) }
            @if kind != FILE { div.record-part { span.label { "Type" } (code(kind, &[])) } }
            div.record-part.grow { span.label { (what) } (code(value, &[])) }
        }
    }
}

/// An exact change: lines that begin with `-` go, those that begin with `+` come, others are run as they stand.
#[must_use]
pub fn change(text: &str) -> Markup {
    let lines = text.lines().count();
    html! {
        pre.diff tabindex="0" {
            @for line in text.lines().take(MOST_LINES) {
                @if let Some(gone) = line.strip_prefix("- ") {
                    del { span.sr-only { "Goes: " } "- " (gone) "\n" }
                } @else if let Some(new) = line.strip_prefix("+ ") {
                    ins { span.sr-only { "Comes: " } "+ " (new) "\n" }
                } @else {
                    span { (line) "\n" }
                }
            }
            @if lines > MOST_LINES { span.soft { "and " (lines - MOST_LINES) " lines more" } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_of_a_record_can_be_copied() {
        let text = record(("_dmarc.example.com", "TXT", "v=DMARC1; p=<none>")).into_string();
        assert!(text.contains("data-copy=\"_dmarc.example.com\""), "{text}");
        assert!(text.contains("data-copy=\"v=DMARC1; p=&lt;none&gt;\""), "{text}");
        assert!(!record(("https://mta-sts.example.com/", FILE, "x")).into_string().contains("Type"));
    }

    #[test]
    fn a_change_says_what_goes_and_what_comes() {
        let text = change("- a 300 TXT \"x\"\n+ a 300 TXT \"<script>\"\nSet-X -Y 1\n").into_string();
        assert!(text.contains("<del>") && text.contains("<ins>") && text.contains("Set-X -Y 1"), "{text}");
        assert!(!text.contains("<script>"));
        assert!(change(&"+ x\n".repeat(500)).into_string().contains("and 100 lines more"));
    }
}
