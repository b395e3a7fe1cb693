//! Headers of mailing lists (RFC 2919, 2369, 8058) and of programs that send by themselves (RFC 3834).

use serde::Serialize;

use crate::{Message, lex};

/// What they say. What was not there is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Lists {
    /// List-Id: what stands in the angle brackets, or all of it.
    pub list_id: Option<String>,
    /// List-Unsubscribe: the addresses in its angle brackets; at most [`Lists::MOST`].
    pub unsubscribe: Vec<String>,
    /// Whether one click is enough (List-Unsubscribe-Post).
    pub one_click: bool,
    /// Whether List-Post, List-Help, List-Owner, List-Subscribe or List-Archive is there.
    pub other_list_headers: bool,
    /// Precedence, in lower case, such as `bulk` or `list`.
    pub precedence: Option<String>,
    /// Auto-Submitted: its first word, in lower case; `no` is a person's.
    pub auto_submitted: Option<String>,
}

impl Lists {
    /// Most addresses that are kept.
    pub const MOST: usize = 20;

    /// Reads the headers of a message.
    #[must_use]
    pub fn of(message: &Message<'_>) -> Self {
        let text = |name: &str| message.first(name).map(|field| field.text()).filter(|text| !text.is_empty());
        let word = |text: String| {
            let text = text.split([';', '(', ' ', '\t']).next().unwrap_or_default().to_ascii_lowercase();
            Some(text).filter(|text| !text.is_empty())
        };
        let others = ["List-Post", "List-Help", "List-Owner", "List-Subscribe", "List-Archive"];
        Self {
            list_id: text("List-Id").map(|text| bracketed(&text).into_iter().last().unwrap_or(text)),
            unsubscribe: text("List-Unsubscribe").map(|text| bracketed(&text)).unwrap_or_default(),
            one_click: text("List-Unsubscribe-Post").is_some_and(|text| text.eq_ignore_ascii_case("List-Unsubscribe=One-Click")),
            other_list_headers: others.iter().any(|name| message.first(name).is_some()),
            precedence: text("Precedence").and_then(word),
            auto_submitted: text("Auto-Submitted").and_then(word),
        }
    }

    /// Whether it came over a list, or is meant for many.
    #[must_use]
    pub fn is_list(&self) -> bool {
        self.list_id.is_some() || self.other_list_headers || matches!(self.precedence.as_deref(), Some("list" | "bulk"))
    }
}

/// What stands in angle brackets outside quotes, without white space.
fn bracketed(text: &str) -> Vec<String> {
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()).filter(|_| found.len() < Lists::MOST) {
        at = match c {
            '"' => lex::quoted(text, at).end,
            '<' => {
                let Some(length) = text[at..].find('>') else { break };
                found.push(text[at + 1..at + length].chars().filter(|c| !c.is_whitespace()).collect());
                at + length + 1
            }
            other => at + other.len_utf8(),
        };
    }
    found
}

#[cfg(test)]
mod tests {
    use super::Lists;
    use crate::Message;

    #[test]
    fn a_list_says_so() {
        let found = Lists::of(&Message::new(
            b"List-Id: \"News <of> today\" <news.example.com>\r\nList-Unsubscribe: <mailto:a@example.com>,\r\n <https://example.com/\r\n u>\r\n\
              List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nPrecedence: Bulk\r\nAuto-Submitted: auto-replied; by=x\r\n\r\n",
        ));
        assert_eq!(found.list_id.as_deref(), Some("news.example.com"));
        assert_eq!(found.unsubscribe, ["mailto:a@example.com", "https://example.com/u"]);
        assert!(found.one_click && found.is_list());
        assert_eq!((found.precedence.as_deref(), found.auto_submitted.as_deref()), (Some("bulk"), Some("auto-replied")));
    }

    #[test]
    fn a_letter_is_none() {
        assert!(!Lists::of(&Message::new(b"Auto-Submitted: no\r\nList-Unsubscribe: nothing\r\n\r\n")).is_list());
    }
}
