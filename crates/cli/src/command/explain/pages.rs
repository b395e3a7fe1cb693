//! What a single word names that has a page of its own. Another kind of thing with pages is one more line in [`KINDS`].

use serde_json::{Value, json};

use crate::failure::Failure;

/// A page: what it is about, and what is to be said, a paragraph an entry.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Page {
    /// The code or name.
    name: String,
    /// One line.
    title: String,
    paragraphs: Vec<String>,
}

impl Page {
    /// For reading.
    pub(super) fn text(&self) -> String {
        let mut text = format!("{}: {}\n", self.name, self.title);
        for paragraph in &self.paragraphs {
            text.push_str(&format!("\n{paragraph}\n"));
        }
        text
    }

    /// As one object.
    pub(super) fn json(&self) -> Value {
        json!({ "name": self.name, "title": self.title, "text": self.paragraphs.join("\n\n") })
    }
}

/// Gives the page of a word; `None` if it is no such thing, an error if it has the form of one and is none.
type Kind = fn(&str) -> Option<Result<Page, Failure>>;

/// Everything that has pages.
const KINDS: &[Kind] = &[error, lint];

/// The page that a subject names; `None` where it is a query.
pub(super) fn page(subject: &str) -> Option<Result<Page, Failure>> {
    let word = subject.trim();
    if word.contains(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_') {
        return None;
    }
    KINDS.iter().find_map(|kind| kind(word))
}

/// The page of an error's code.
fn error(word: &str) -> Option<Result<Page, Failure>> {
    let code = word.to_ascii_uppercase();
    let numbered = code.strip_prefix(['K', 'E']).is_some_and(|rest| rest.len() == 4 && rest.bytes().all(|b| b.is_ascii_digit()));
    if !numbered {
        return None;
    }
    let syntax = kql::codes::ALL.iter().map(|code| (code.id, code.form, code.help));
    let bound = engine::codes::ALL.iter().map(|code| (code.id, code.form, code.help));
    let found = syntax.chain(bound).find(|(id, ..)| *id == code);
    Some(match found {
        Some((_, form, help)) => {
            let mut paragraphs = vec![without_links(help)];
            if form.contains('<') {
                paragraphs.push("Words in <> are filled in where the message is given.".to_owned());
            }
            Ok(Page { name: code, title: form.to_owned(), paragraphs })
        }
        None => Err(Failure::input(format!("error: there is no error code {code}; docs/reference/errors.md lists all"))),
    })
}

/// The page of a lint. Names of lints have dashes, which no name of a query has.
fn lint(word: &str) -> Option<Result<Page, Failure>> {
    let name = word.to_ascii_lowercase();
    if let Some(lint) = rules::lint::lint(&name) {
        let page = lint.page();
        let mut paragraphs = page.split("\n\n").skip(1).map(|paragraph| paragraph.trim().to_owned());
        let title = paragraphs.next().unwrap_or_default();
        return Some(Ok(Page { name, title, paragraphs: paragraphs.collect() }));
    }
    if !name.contains('-') {
        return None;
    }
    let near = schema::nearest(&name, rules::lint::ALL.iter().map(|lint| lint.name));
    let help = if near.is_empty() { String::new() } else { format!("; did you mean {}?", near.join(", ")) };
    Some(Err(Failure::input(format!("error: there is no lint `{word}`{help}"))))
}

/// The text of a page without the targets of its links: `[text](page)` is `text`.
fn without_links(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, link)) = rest.split_once('[')
        && let Some((name, after)) = link.split_once("](")
        && let Some((_, after)) = after.split_once(')')
    {
        out.push_str(before);
        out.push_str(name);
        rest = after;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::page;
    use crate::failure::Failure;

    #[test]
    fn a_code_has_its_page_in_any_case() -> Result<(), Failure> {
        let page = page("k0103").ok_or_else(|| Failure::internal("no page"))??;
        assert!(page.text().starts_with("K0103: the function `<name>` is not known\n\nThe message names the nearest;"));
        Ok(())
    }

    #[test]
    fn a_lint_has_its_page() -> Result<(), Failure> {
        let found = page("unused-flag").ok_or_else(|| Failure::internal("no page"))??;
        assert!(found.text().starts_with("unused-flag: "), "{}", found.text());
        assert!(page("unused-flagg").is_some_and(|page| page.is_err()));
        Ok(())
    }

    #[test]
    fn links_are_their_texts() {
        assert_eq!(super::without_links("[What runs](a.md) and [b"), "What runs and [b");
    }

    #[test]
    fn a_code_that_is_none_is_no_query() {
        assert!(page("K9999").is_some_and(|page| page.is_err()));
    }

    #[test]
    fn a_table_and_a_query_have_no_page() {
        assert!(page("EmailEvents").is_none() && page("K0103 | count").is_none() && page("").is_none());
    }
}
