//! What a page of a message shows and where it leads: links with their words, other addresses, text, pictures inside it.
//!
//! Not a browser: tags are read as HTML's tokenizer does (WHATWG, section 13.2.5), and nothing is built from them. Linear in the length
//! of the page. Start with [`read`].

use std::borrow::Cow;

use url::Url;

use super::entities::decode;
use super::target::Target;

/// Addresses of one page that are kept.
const MOST_LINKS: usize = 5_000;
/// Pictures inside a page that are kept.
const MOST_PICTURES: usize = 50;
/// Characters of the words of a link that are kept.
const MOST_WORDS: usize = 200;
/// Attributes of one tag that are looked at.
const MOST_ATTRIBUTES: usize = 100;
/// Pages inside a page (`srcdoc`) that are read.
const MOST_DEEP: usize = 2;

/// Attributes that hold an address.
const ADDRESSES: [&str; 12] =
    ["href", "src", "action", "formaction", "background", "poster", "data", "xlink:href", "ping", "longdesc", "dynsrc", "lowsrc"];

/// Elements that a line ends at.
const BLOCKS: [&str; 16] =
    ["p", "div", "br", "tr", "td", "th", "li", "table", "h1", "h2", "h3", "h4", "hr", "blockquote", "pre", "title"];

/// What a page says.
#[derive(Debug, Default)]
pub(crate) struct Page {
    /// Where it leads, with the words of the link, in order.
    pub(crate) links: Vec<(Target, String)>,
    /// What it shows, a line a block, and after it the text of its scripts.
    pub(crate) text: String,
    /// Pictures written into it (`data:image/png;base64,...`), still encoded.
    pub(crate) pictures: Vec<String>,
    /// True if there were more links than are kept.
    pub(crate) cut: bool,
}

/// Reads a page.
pub(crate) fn read(html: &str) -> Page {
    let mut reader = Reader { page: Page::default(), base: None, open: None, deep: 0, no_end: false };
    reader.read(html);
    reader.page
}

struct Reader {
    page: Page,
    base: Option<Url>,
    /// The links that `<a>` opened last, by their places, and the length of the text then.
    open: Option<(std::ops::Range<usize>, usize)>,
    deep: usize,
    /// No comment ends in the rest of the page.
    no_end: bool,
}

impl Reader {
    fn read(&mut self, html: &str) {
        let mut rest = html;
        while let Some(at) = memchr::memchr(b'<', rest.as_bytes()) {
            let (text, tag) = rest.split_at(at);
            self.shown(text);
            rest = self.tag(tag);
        }
        self.shown(rest);
        self.close_link();
    }

    /// Reads what begins with `<`; gives back what follows it.
    fn tag<'h>(&mut self, html: &'h str) -> &'h str {
        let after = html.get(1..).unwrap_or_default();
        if let Some(comment) = after.strip_prefix("!--") {
            // What is shown to Outlook alone stands in comments, too: `<!--[if mso]> ... <![endif]-->`.
            if comment.starts_with("[if") {
                return past(comment, ">");
            }
            return self.comment(comment);
        }
        if after.starts_with(['!', '?']) {
            return past(after, ">");
        }
        if let Some(closing) = after.strip_prefix('/') {
            let name = name(closing);
            self.end(&name);
            return past(closing, ">");
        }
        let name = name(after);
        if name.is_empty() {
            self.page.text.push('<');
            return after;
        }
        let mut attributes = Attributes { rest: after.get(name.len()..).unwrap_or_default() };
        let mut found: Vec<(String, Cow<'h, str>)> = Vec::new();
        for attribute in attributes.by_ref() {
            if found.len() < MOST_ATTRIBUTES {
                found.push(attribute);
            }
        }
        let rest = attributes.rest;
        self.start(&name, &found);
        match name.as_str() {
            "script" | "style" | "textarea" | "noscript" | "xmp" => self.raw(&name, rest),
            _ => rest,
        }
    }

    /// What follows a comment. One that never ends is taken for no comment: browsers and the cleaners of web mail disagree on it, and a link
    /// that only some show is one.
    fn comment<'h>(&mut self, comment: &'h str) -> &'h str {
        for empty in [">", "->"] {
            if let Some(rest) = comment.strip_prefix(empty) {
                return rest;
            }
        }
        // Looked for once: the rest of the page is the same for every later one.
        let end = if self.no_end { None } else { comment.find("-->") };
        self.no_end |= end.is_none();
        end.and_then(|at| comment.get(at + 3..)).unwrap_or(comment)
    }

    /// The text of an element in which no tags are read, but for `noscript`, which mail programs show.
    fn raw<'h>(&mut self, name: &str, html: &'h str) -> &'h str {
        if name == "noscript" {
            return html;
        }
        let close = format!("</{name}");
        let end = find_caseless(html, &close).unwrap_or(html.len());
        let (inside, rest) = html.split_at(end);
        match name {
            "style" => self.style(inside),
            _ => {
                self.page.text.push('\n');
                // Scripts write slashes as `\/`.
                self.page.text.push_str(&inside.replace("\\/", "/"));
                self.page.text.push('\n');
            }
        }
        rest
    }

    fn start(&mut self, name: &str, attributes: &[(String, Cow<'_, str>)]) {
        let value = |wanted: &str| attributes.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_ref());
        if BLOCKS.contains(&name) {
            self.page.text.push('\n');
        }
        if name == "base" {
            self.base = self.base.take().or_else(|| value("href").and_then(|href| Url::parse(href.trim()).ok()));
            return;
        }
        let before = self.page.links.len();
        for (attribute, value) in attributes {
            match attribute.as_str() {
                "srcset" => {
                    value.split(',').filter_map(|one| one.split_ascii_whitespace().next()).for_each(|one| self.address(one))
                }
                "style" => self.style(value),
                "srcdoc" if self.deep < MOST_DEEP => {
                    let no_end = std::mem::take(&mut self.no_end);
                    self.deep += 1;
                    self.read(&value.clone());
                    self.deep -= 1;
                    self.no_end = no_end;
                }
                "ping" => value.split_ascii_whitespace().for_each(|one| self.address(one)),
                known if ADDRESSES.contains(&known) => self.address(value),
                _ => {}
            }
        }
        if name == "meta" && value("http-equiv").is_some_and(|kind| kind.trim().eq_ignore_ascii_case("refresh")) {
            let content = value("content").unwrap_or_default();
            let url = find_caseless(content, "url=").and_then(|at| content.get(at + 4..));
            url.into_iter().for_each(|url| self.address(url.trim_matches(['\'', '"', ' '])));
        }
        match name {
            "a" | "area" => {
                self.close_link();
                self.open = Some((before..self.page.links.len(), self.page.text.len()));
            }
            "img" if self.open.is_some() => {
                // A picture in a link: its words are what stands for it.
                if let Some(words) = value("alt").filter(|words| !words.trim().is_empty()) {
                    self.page.text.push(' ');
                    self.page.text.push_str(words.trim());
                    self.page.text.push(' ');
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        if name == "a" {
            self.close_link();
        }
        if BLOCKS.contains(&name) {
            self.page.text.push('\n');
        }
    }

    /// The words since the link was opened are its words.
    fn close_link(&mut self) {
        let Some((links, from)) = self.open.take() else { return };
        let words = self.page.text.get(from..).unwrap_or_default().split_whitespace();
        let mut text = String::new();
        for word in words {
            if text.len() >= MOST_WORDS {
                break;
            }
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(word);
        }
        text.truncate(text.floor_char_boundary(MOST_WORDS));
        for (_, words) in self.page.links.get_mut(links).unwrap_or_default() {
            words.clone_from(&text);
        }
    }

    fn shown(&mut self, text: &str) {
        self.page.text.push_str(&decode(text));
    }

    fn address(&mut self, written: &str) {
        let written = written.trim();
        if written.get(..11).is_some_and(|head| head.eq_ignore_ascii_case("data:image/")) {
            if self.page.pictures.len() < MOST_PICTURES
                && let Some((_, data)) = written.split_once("base64,")
            {
                self.page.pictures.push(data.to_owned());
            }
            return;
        }
        if self.page.links.len() >= MOST_LINKS {
            self.page.cut = true;
        } else if let Some(target) = Target::of_attribute(written, self.base.as_ref()) {
            self.page.links.push((target, String::new()));
        }
    }

    /// `url(...)` and `@import "..."` of a style sheet.
    fn style(&mut self, css: &str) {
        let mut rest = css;
        while let Some(at) = find_caseless(rest, "url(") {
            rest = rest.get(at + 4..).unwrap_or_default();
            let end = rest.find(')').unwrap_or(rest.len());
            let (written, after) = rest.split_at(end);
            self.address(written.trim().trim_matches(['\'', '"']));
            rest = after;
        }
        let mut rest = css;
        while let Some(at) = find_caseless(rest, "@import") {
            rest = rest.get(at + 7..).unwrap_or_default();
            let written = rest.trim_start();
            let quote = written.chars().next().filter(|c| matches!(c, '"' | '\''));
            if let Some(url) = quote.and_then(|quote| written.get(1..)?.split(quote).next()) {
                self.address(url);
            }
        }
    }
}

/// The attributes of a tag, their names in lower case, their values decoded; what follows the tag is left in `rest`.
struct Attributes<'h> {
    rest: &'h str,
}

impl<'h> Iterator for Attributes<'h> {
    type Item = (String, Cow<'h, str>);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if let Some(after) = rest.strip_prefix('>') {
            self.rest = after;
            return None;
        }
        if rest.is_empty() {
            self.rest = rest;
            return None;
        }
        // A name may begin with `=`, oddly.
        let first = rest.chars().next().map_or(0, char::len_utf8);
        let end = rest
            .get(first..)?
            .find(|c: char| c.is_ascii_whitespace() || matches!(c, '=' | '>' | '/'))
            .map_or(rest.len(), |at| at + first);
        let (name, after) = rest.split_at(end);
        let name = name.to_ascii_lowercase();
        let Some(value) = after.trim_start().strip_prefix('=') else {
            self.rest = after;
            return Some((name, Cow::Borrowed("")));
        };
        let value = value.trim_start();
        let (value, after) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let inside = value.get(1..)?;
                inside.split_once(quote).unwrap_or((inside, ""))
            }
            _ => value.split_at(value.find(|c: char| c.is_ascii_whitespace() || c == '>').unwrap_or(value.len())),
        };
        self.rest = after;
        Some((name, decode(value)))
    }
}

/// The name of a tag, in lower case.
fn name(text: &str) -> String {
    // First of all, so that no long text is searched for the end of a name that it is not.
    if !text.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return String::new();
    }
    let end = text.find(|c: char| c.is_ascii_whitespace() || matches!(c, '>' | '/')).unwrap_or(text.len());
    text.get(..end).unwrap_or_default().to_ascii_lowercase()
}

/// What follows the first `end`.
fn past<'h>(html: &'h str, end: &str) -> &'h str {
    html.find(end).and_then(|at| html.get(at + end.len()..)).unwrap_or_default()
}

/// Where a word of ASCII letters in lower case stands, in whatever case.
fn find_caseless(text: &str, word: &str) -> Option<usize> {
    let (bytes, word) = (text.as_bytes(), word.as_bytes());
    let first = *word.first()?;
    memchr::memchr2_iter(first, first.to_ascii_uppercase(), bytes)
        .find(|&at| bytes.get(at..at + word.len()).is_some_and(|found| found.eq_ignore_ascii_case(word)))
}

#[cfg(test)]
mod tests {
    use super::{MOST_LINKS, read};

    fn links(html: &str) -> Vec<String> {
        read(html).links.into_iter().map(|(target, words)| format!("{} [{words}]", target.url)).collect()
    }

    #[test]
    fn a_link_has_its_words() {
        assert_eq!(
            links(
                "<p>See <A HREF='https://a.example/x?a=1&amp;b=2'>our <b>offer</b></a> or <a href=https://b.example>https://c.example</a>"
            ),
            ["https://a.example/x?a=1&b=2 [our offer]", "https://b.example [https://c.example]"]
        );
        assert_eq!(
            links("<a href='https://a.example/'><img src='https://b.example/i.png' alt='Pay now'></a>")[0],
            "https://a.example/ [Pay now]"
        );
    }

    #[test]
    fn addresses_stand_in_many_places() {
        for html in [
            "<img src=https://a.example/>",
            "<img srcset='https://a.example/ 2x'>",
            "<form action=\"https://a.example/\">",
            "<button formaction=\"https://a.example/\">",
            "<td background=https://a.example/>",
            "<meta http-equiv=refresh content='0; URL=https://a.example/'>",
            "<div style=\"background: url('https://a.example/')\">",
            "<style>@import 'https://a.example/';</style>",
            "<base href=https://a.example/dir/x><a href=/>",
            "<iframe srcdoc=\"&lt;a href='https://a.example/'&gt;\">",
            "<!--[if mso]><v:roundrect href='https://a.example/'/><![endif]-->",
            "<!--[if !mso]><!--><a href=https://a.example/><!--<![endif]-->",
            "<!-- never ends <a href=https://a.example/>",
            "<!----><a href=https://a.example/><!-- -->",
            "<a\nhref\n=\n'https://a.example/'>",
            "<a href=&#104;&#116;&#116;&#112;&#115;://a.example/>",
            "<svg><a xlink:href='https://a.example/'>",
        ] {
            assert_eq!(
                links(html).first().map(|link| link.split(' ').next().unwrap_or_default()),
                Some("https://a.example/"),
                "{html}"
            );
        }
    }

    #[test]
    fn text_is_what_is_shown_and_what_scripts_say() {
        let page = read(
            "<title>T</title><p>one<br>two &lt;3<!-- <a href='https://no.example'> --><script>go('https:\\/\\/s.example\\/')</script>",
        );
        assert_eq!(page.text.split_whitespace().collect::<Vec<_>>(), ["T", "one", "two", "<3", "go('https://s.example/')"]);
        assert!(page.links.is_empty());
    }

    #[test]
    fn pictures_inside_are_kept_apart() {
        let page = read("<img src='data:image/png;base64,AAAA'>");
        assert_eq!((page.pictures, page.links.len()), (vec!["AAAA".to_owned()], 0));
    }

    #[test]
    fn what_is_broken_or_endless_ends() {
        for html in
            ["<", "<a", "<a href", "<a href=", "<a href='", "<!--", "</", "<a =x>", "< a>", "<script>", "<a/////>", "é<é é=é>"]
        {
            read(html);
        }
        let page = read(&"<a href=https://a.example/>".repeat(MOST_LINKS + 1));
        assert!(page.links.len() == MOST_LINKS && page.cut);
    }
}
