//! Markdown of rules and guides, which others wrote: raw HTML is shown as text, pictures as their words, links lead only to the web and to
//! mailboxes.

use maud::{Markup, PreEscaped, html};
use pulldown_cmark::{CodeBlockKind, CowStr, Event, Options, Parser, Tag, TagEnd};

/// The longest text that is rendered; what is beyond is left out.
const LONGEST: usize = 256 << 10;

/// The level at which headings of the text begin, below those of the card it stands in.
const FIRST: usize = 3;

/// A text. Each fenced block of code is given by `block` from its language and text: [`plain`], or one with a way to run it. Its highest
/// headings, whatever their level, become those of the third, below that of the card it stands in.
#[must_use]
pub fn markdown(text: &str, block: impl Fn(&str, &str) -> Markup) -> Markup {
    let text = text.get(..floor(text, LONGEST)).unwrap_or(text);
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let highest = Parser::new_ext(text, options)
        .filter_map(|event| match event {
            Event::Start(Tag::Heading { level, .. }) => Some(level as usize),
            _ => None,
        })
        .min()
        .unwrap_or(1);
    let mut events = Vec::new();
    let mut open: Option<(String, String)> = None;
    for event in Parser::new_ext(text, options) {
        match (event, &mut open) {
            (Event::Start(Tag::CodeBlock(kind)), _) => open = Some((language(&kind), String::new())),
            (Event::End(TagEnd::CodeBlock), Some((language, text))) => {
                events.push(Event::Html(block(language, text.trim_end_matches('\n')).into_string().into()));
                open = None;
            }
            (Event::Text(part), Some((_, text))) => text.push_str(&part),
            (event, _) => events.extend(tame(event, highest)),
        }
    }
    let mut out = String::new();
    pulldown_cmark::html::push_html(&mut out, events.into_iter());
    html! { div.markdown { (PreEscaped(out)) } }
}

/// A block of code that is only shown.
#[must_use]
pub fn plain(_language: &str, text: &str) -> Markup {
    super::code(text, &[])
}

fn language(kind: &CodeBlockKind<'_>) -> String {
    match kind {
        CodeBlockKind::Fenced(words) => words.split([' ', ',', '{']).next().unwrap_or_default().to_ascii_lowercase(),
        CodeBlockKind::Indented => String::new(),
    }
}

/// An event without what a stranger's text may not do.
fn tame(event: Event<'_>, highest: usize) -> Option<Event<'_>> {
    Some(match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        Event::Start(Tag::HtmlBlock) => Event::Start(Tag::Paragraph),
        Event::End(TagEnd::HtmlBlock) => Event::End(TagEnd::Paragraph),
        Event::Start(Tag::Image { .. }) => Event::Start(Tag::Emphasis),
        Event::End(TagEnd::Image) => Event::End(TagEnd::Emphasis),
        Event::Start(Tag::Heading { level, .. }) => opened(shown(level as usize, highest)),
        Event::End(TagEnd::Heading(level)) => Event::Html(format!("</h{}>\n", shown(level as usize, highest)).into()),
        Event::Start(Tag::Link { dest_url, .. }) => link(&dest_url),
        Event::End(TagEnd::Link) => Event::InlineHtml(CowStr::Borrowed("</a>")),
        Event::TaskListMarker(done) => Event::Text(CowStr::Borrowed(if done { "☑ " } else { "☐ " })),
        Event::FootnoteReference(_) | Event::InlineMath(_) | Event::DisplayMath(_) => return None,
        other => other,
    })
}

/// The level of a heading as it is shown.
fn shown(level: usize, highest: usize) -> usize {
    (level.saturating_sub(highest) + FIRST).min(6)
}

fn opened(level: usize) -> Event<'static> {
    Event::Html(format!("<h{level}>").into())
}

/// The beginning of a link; one that leads elsewhere than to the web or a mailbox leads nowhere.
fn link(address: &str) -> Event<'static> {
    let known = url::Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https" | "mailto"));
    let Some(url) = known else { return Event::InlineHtml(CowStr::Borrowed("<a>")) };
    let tag = html! { a href=(url.as_str()) rel="noopener noreferrer" {} }.into_string();
    Event::InlineHtml(tag.strip_suffix("</a>").unwrap_or(&tag).to_owned().into())
}

/// The last beginning of a character up to `at`.
fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(markdown_text: &str) -> String {
        markdown(markdown_text, plain).into_string()
    }

    #[test]
    fn headings_lie_below_those_of_the_page() {
        assert!(text("# Triage\n\n- look *here*").contains("<h3>Triage</h3>\n<ul>\n<li>look <em>here</em></li>"));
    }

    #[test]
    fn html_is_shown_and_never_run() {
        let shown = text("a <b onclick=x>b</b>\n\n<script>alert(1)</script>\n\n![x](https://example.com/p.png)");
        assert!(!shown.contains("<script") && !shown.contains("<b ") && !shown.contains("<img"), "{shown}");
        assert!(shown.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{shown}");
    }

    #[test]
    fn links_lead_to_the_web_and_to_mailboxes() {
        let good = text("[a](https://learn.microsoft.com/kusto) <mailto:soc@example.com>");
        assert!(good.contains("href=\"https://learn.microsoft.com/kusto\" rel=\"noopener noreferrer\""), "{good}");
        assert!(good.contains("href=\"mailto:soc@example.com\""), "{good}");
        for bad in ["javascript:alert(1)", "JaVaScRiPt:x", "data:text/html,x", "//evil.test", "/sign-out", "\u{1}javascript:x"] {
            assert!(!text(&format!("[a](<{bad}>)")).contains("href"), "{bad}");
        }
    }

    #[test]
    fn a_block_of_code_is_given_by_the_caller() {
        let block = |language: &str, text: &str| html! { (language) ":" (text) };
        let shown = markdown("```KQL title\nT | where A < 1\n```", block).into_string();
        assert!(shown.contains("kql:T | where A &lt; 1"), "{shown}");
    }
}
