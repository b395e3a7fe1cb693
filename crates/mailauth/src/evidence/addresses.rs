//! Address lists (RFC 5322 section 3.4): From, Sender, Reply-To, To, Cc, with groups, encoded words, and several fields of a name.
//!
//! Tolerant of what the world sends: a missing bracket, words after the address, an unquoted comma in a name. Where readers may disagree
//! (`<a@example.com> <b@example.net>`) every address is given, so that none escapes evaluation.

use serde::Serialize;

use crate::{
    Message,
    encoded_words::{self, end_of_word},
    lex,
};

/// The mailboxes of all fields of one name, in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct AddressList {
    /// How many fields of the name there are. RFC 5322 section 3.6 allows one.
    pub fields: usize,
    /// The mailboxes.
    pub mailboxes: Vec<Mailbox>,
    /// Whether there were more than [`AddressList::MOST`].
    pub cut: bool,
}

/// One mailbox.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Mailbox {
    /// The words before the address, decoded (RFC 2047) and without quotes; those in a comment where there are no others.
    pub display_name: Option<String>,
    /// The address as written, without angle brackets, comments and white space; empty where there is none.
    pub address: String,
    /// What follows its last `@`, in lower case and without a dot at the end; empty where there is none.
    pub domain: String,
    /// The group it stands in, as in `friends: a@example.com;`.
    pub group: Option<String>,
}

impl AddressList {
    /// Most mailboxes that are read of one field name: To fields of thousands of recipients are real, more are meant to hurt.
    pub const MOST: usize = 10_000;

    /// The mailboxes of every field of a name.
    #[must_use]
    pub fn of(message: &Message<'_>, name: &str) -> Self {
        let mut list = Self::default();
        for field in message.all(name) {
            list.fields += 1;
            list.read(&field.text());
        }
        list
    }

    /// The mailboxes of one value.
    #[must_use]
    pub fn parse(value: &str) -> Self {
        let mut list = Self { fields: 1, ..Self::default() };
        list.read(value);
        list
    }

    fn read(&mut self, value: &str) {
        let mut builder = Builder { list: self, elements: Vec::new(), group: None, angle: false, address: false };
        let has_end_of_group = value.contains(';');
        let last_bracket = value.rfind('>').unwrap_or_default();
        let mut at = 0;
        while let Some((token, end)) = token(value, at, last_bracket).filter(|_| !builder.list.cut) {
            at = end;
            match token {
                Token::Comma => builder.end_of_item(),
                Token::Semicolon => {
                    builder.finish();
                    builder.group = None;
                }
                Token::Colon if has_end_of_group && !builder.address => builder.begin_group(),
                Token::Colon => builder.push(Element::Word(":".to_owned(), false)),
                Token::Element(element) => builder.push(element),
            }
        }
        builder.finish();
    }

    /// The first mailbox that has an address.
    #[must_use]
    pub fn first(&self) -> Option<&Mailbox> {
        self.mailboxes.iter().find(|mailbox| !mailbox.address.is_empty())
    }
}

enum Token {
    Comma,
    Semicolon,
    Colon,
    Element(Element),
}

/// A piece of a mailbox.
enum Element {
    Space,
    /// Characters up to white space or anything with a meaning, or a whole encoded word, whatever is in it; or, if the second part says so,
    /// a quoted text without its quotes and with its pairs resolved.
    Word(String, bool),
    /// A comma that is taken for part of a name.
    Comma,
    /// Without its outer parentheses.
    Comment(String),
    /// What is between angle brackets.
    Angle(String),
}

/// What begins at a place, and where it ends.
fn token(text: &str, at: usize, last_bracket: usize) -> Option<(Token, usize)> {
    let rest = text.get(at..)?;
    let first = rest.chars().next()?;
    let one = at + first.len_utf8();
    let word = |end: usize| (Element::Word(text[at..end].to_owned(), false), end);
    let (element, end) = match first {
        ',' => return Some((Token::Comma, one)),
        ';' => return Some((Token::Semicolon, one)),
        ':' => return Some((Token::Colon, one)),
        ' ' | '\t' | '\r' | '\n' | '>' => (Element::Space, one),
        '"' => {
            let read = lex::quoted(text, at);
            (Element::Word(read.inner, true), read.end)
        }
        '(' => {
            let read = lex::comment(text, at);
            (Element::Comment(read.inner), read.end)
        }
        '<' => {
            let (inner, end) = angle(text, at, last_bracket);
            (Element::Angle(inner), end)
        }
        '[' => word(rest.find(']').map_or(text.len(), |found| at + found + 1)),
        _ => word(end_of_word(text, at).unwrap_or_else(|| word_end(text, one))),
    };
    Some((Token::Element(element), end))
}

/// Where a word that has begun ends.
fn word_end(text: &str, from: usize) -> usize {
    let stop = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | ':' | '"' | '(' | '<' | '>' | '[');
    text[from..].find(stop).map_or(text.len(), |found| from + found)
}

/// What follows an angle bracket up to its end outside quotes, or up to the next comma or end where it is never closed.
fn angle(text: &str, at: usize, last_bracket: usize) -> (String, usize) {
    let mut inner = String::new();
    let mut place = at + 1;
    while let Some(c) = text.get(place..).and_then(|rest| rest.chars().next()) {
        match c {
            '>' => return (inner, place + 1),
            '"' => {
                let end = lex::quoted(text, place).end;
                inner.push_str(&text[place..end]);
                place = end;
                continue;
            }
            '(' => {
                place = lex::comment(text, place).end;
                continue;
            }
            ',' if !inner.starts_with('@') && place > last_bracket => return (inner, place),
            '<' | '\r' | '\n' | ' ' | '\t' => {}
            other => inner.push(other),
        }
        place += c.len_utf8();
    }
    (inner, text.len())
}

/// The mailbox that is being put together.
struct Builder<'l> {
    list: &'l mut AddressList,
    elements: Vec<Element>,
    group: Option<String>,
    /// Whether one of the elements is an address in brackets.
    angle: bool,
    /// Whether one of them is an address at all.
    address: bool,
}

impl Builder<'_> {
    /// Words that touch are one, as are a quoted local part and its `@example.com`. A second address in brackets begins another mailbox.
    fn push(&mut self, element: Element) {
        self.address |= matches!(&element, Element::Word(text, false) if text.contains('@'));
        match (self.elements.last_mut(), element) {
            (Some(Element::Word(before, false)), Element::Word(text, false)) => before.push_str(&text),
            (Some(last @ Element::Word(_, true)), Element::Word(text, false)) if text.starts_with('@') => {
                if let Element::Word(local, quoted) = last {
                    *local = format!("\"{local}\"{text}");
                    *quoted = false;
                }
            }
            (Some(Element::Space), Element::Space) => {}
            (_, element) => {
                let is_angle = matches!(element, Element::Angle(_));
                if self.angle && is_angle {
                    self.finish();
                }
                self.angle |= is_angle;
                self.address |= is_angle;
                self.elements.push(element);
            }
        }
    }

    fn begin_group(&mut self) {
        let name = phrase(&self.elements);
        self.elements.clear();
        self.group = Some(name).filter(|name| !name.is_empty());
    }

    /// At a comma: a name without an address is taken for the beginning of one with an unquoted comma, as in `Doe, Jane <jane@example.com>`.
    fn end_of_item(&mut self) {
        if self.address {
            self.finish();
        } else if !matches!(self.elements.last(), None | Some(Element::Comma)) {
            self.elements.push(Element::Comma);
        }
    }

    /// At the end of a mailbox. Commas that were waiting for an address in brackets have waited in vain if there is none.
    fn finish(&mut self) {
        let elements = std::mem::take(&mut self.elements);
        self.address = false;
        if std::mem::take(&mut self.angle) {
            return self.item(elements);
        }
        let mut item = Vec::new();
        for element in elements {
            if matches!(element, Element::Comma) {
                self.item(std::mem::take(&mut item));
            } else {
                item.push(element);
            }
        }
        self.item(item);
    }

    /// The elements become a mailbox, or several where more than one of them is an address. Words before an address in brackets are its
    /// name, even if they look like an address.
    fn item(&mut self, elements: Vec<Element>) {
        let angle = elements.iter().position(|element| matches!(element, Element::Angle(_)));
        let before = self.list.mailboxes.len();
        let mut words = Vec::new();
        for (place, element) in elements.into_iter().enumerate() {
            match element {
                Element::Angle(text) => self.emit(&std::mem::take(&mut words), &text),
                Element::Word(text, quoted) if is_address(&text, quoted) && angle.is_none_or(|angle| place > angle) => {
                    self.emit(&std::mem::take(&mut words), &text);
                }
                other => words.push(other),
            }
        }
        let name = name_of(&words);
        match self.list.mailboxes.get_mut(before..).and_then(<[Mailbox]>::last_mut) {
            Some(last) => last.display_name = last.display_name.take().or(name),
            None => match words.iter().filter(|word| !matches!(word, Element::Space)).collect::<Vec<_>>().as_slice() {
                [Element::Word(text, false)] if is_local_name(text) => self.emit(&[], text),
                _ => self.emit(&words, ""),
            },
        }
    }

    fn emit(&mut self, words: &[Element], address: &str) {
        let (display_name, address) = (name_of(words), route_removed(address).to_owned());
        if display_name.is_none() && address.is_empty() {
            return;
        }
        if self.list.mailboxes.len() >= AddressList::MOST {
            self.list.cut = true;
            return;
        }
        let domain = domain(&address);
        self.list.mailboxes.push(Mailbox { display_name, address, domain, group: self.group.clone() });
    }
}

/// A word that can be a local part alone, as `root` in mail of one machine to itself.
fn is_local_name(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'+'))
}

fn is_address(text: &str, quoted: bool) -> bool {
    !quoted
        && !text.starts_with("=?")
        && text.rsplit_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
}

/// The name that words make, or the comments among them if there are no others.
fn name_of(words: &[Element]) -> Option<String> {
    let name = phrase(words);
    let name = if name.is_empty() {
        let comments = words.iter().filter_map(|word| if let Element::Comment(text) = word { Some(text.trim()) } else { None });
        encoded_words::decode(&comments.collect::<Vec<_>>().join(" ")).text.trim().to_owned()
    } else {
        name
    };
    Some(name).filter(|name| !name.is_empty())
}

/// The words of a name, encoded ones decoded.
fn phrase(elements: &[Element]) -> String {
    let mut text = String::new();
    for element in elements {
        match element {
            Element::Word(word, _) => {
                text.push_str(if text.is_empty() { "" } else { " " });
                text.push_str(word);
            }
            Element::Comma if !text.is_empty() => text.push(','),
            _ => {}
        }
    }
    encoded_words::decode(text.trim_end_matches(',')).text.trim().to_owned()
}

/// An address without the route of old (`@a,@b:c@example.com`, RFC 5322 section 4.4).
fn route_removed(text: &str) -> &str {
    let text = text.trim();
    match text.strip_prefix('@').and_then(|rest| rest.split_once(':')) {
        Some((_, address)) => address,
        None => text,
    }
}

/// What follows the last `@` of an address.
pub(crate) fn domain(address: &str) -> String {
    let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
    // A comma for a dot, as spam has it: receivers take what stands before it.
    let domain = domain.split(',').next().unwrap_or_default();
    domain.trim_matches(|c: char| c.is_whitespace() || c == '>').trim_end_matches('.').to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::AddressList;

    /// Name and address of each mailbox.
    fn read(value: &str) -> Vec<(String, String)> {
        let found = AddressList::parse(value).mailboxes;
        found.into_iter().map(|mailbox| (mailbox.display_name.unwrap_or_default(), mailbox.address)).collect()
    }

    fn check(cases: &[(&str, &[(&str, &str)])]) {
        for (value, expected) in cases {
            let expected: Vec<_> = expected.iter().map(|(name, address)| ((*name).to_owned(), (*address).to_owned())).collect();
            assert_eq!(read(value), expected, "{value}");
        }
    }

    #[test]
    fn names_and_addresses_are_told_apart() {
        check(&[
            ("jane@example.com", &[("", "jane@example.com")]),
            ("<jane@example.com>", &[("", "jane@example.com")]),
            ("Jane Doe <jane@example.com>", &[("Jane Doe", "jane@example.com")]),
            ("\"Doe, Jane\" <jane@example.com>", &[("Doe, Jane", "jane@example.com")]),
            ("jane@example.com (Jane Doe)", &[("Jane Doe", "jane@example.com")]),
            ("a@example.com, B <b@example.net>", &[("", "a@example.com"), ("B", "b@example.net")]),
            ("\"jane doe\"@example.com", &[("", "\"jane doe\"@example.com")]),
            ("Jane <\"jane>doe\"@example.com>", &[("Jane", "\"jane>doe\"@example.com")]),
            ("=?utf-8?Q?B=C3=BCcher=2C_a?= <b@example.com>", &[("Bücher, a", "b@example.com")]),
            ("jane@[192.0.2.1]", &[("", "jane@[192.0.2.1]")]),
        ]);
    }

    #[test]
    fn groups_name_their_members() {
        let list = AddressList::parse("Friends: a@example.com, B <b@example.com>; c@example.com, Nobody:;");
        let groups: Vec<_> = list.mailboxes.iter().map(|mailbox| mailbox.group.as_deref()).collect();
        assert_eq!(groups, [Some("Friends"), Some("Friends"), None]);
    }

    #[test]
    fn every_address_is_given_where_readers_may_disagree() {
        check(&[
            ("<a@example.com> <b@example.net>", &[("", "a@example.com"), ("", "b@example.net")]),
            ("\"x\" <a@example.com> b@example.net", &[("x", "a@example.com"), ("", "b@example.net")]),
            ("a@example.com b@example.net", &[("", "a@example.com"), ("", "b@example.net")]),
            ("a@example.com <b@example.net>", &[("a@example.com", "b@example.net")]),
        ]);
    }

    #[test]
    fn what_is_not_as_it_should_be_is_read_as_far_as_it_goes() {
        check(&[
            ("", &[]),
            (" , ;", &[]),
            ("Doe, Jane <jane@example.com>", &[("Doe, Jane", "jane@example.com")]),
            ("Jane Doe jane@example.com", &[("Jane Doe", "jane@example.com")]),
            ("Jane <jane@example.com", &[("Jane", "jane@example.com")]),
            ("<<jane@example.com>>", &[("", "jane@example.com")]),
            ("RE: bill <jane@example.com>", &[("RE: bill", "jane@example.com")]),
            ("<@a.example,@b.example:jane@example.com>", &[("", "jane@example.com")]),
            ("root", &[("", "root")]),
            ("Nobody at all", &[("Nobody at all", "")]),
            ("<>", &[]),
            ("\"never closed <jane@example.com>", &[("never closed <jane@example.com>", "")]),
            ("(never closed", &[("never closed", "")]),
            ("=?utf-8?Q?Jane_<jane=40example.com>?=", &[("Jane <jane@example.com>", "")]),
        ]);
    }

    #[test]
    fn the_domain_is_what_follows_the_last_at_sign() {
        let domains: Vec<_> = AddressList::parse("a@Example.COM., \"a@b\"@example.net, root, a@b@c.example").mailboxes;
        let domains: Vec<_> = domains.iter().map(|mailbox| mailbox.domain.as_str()).collect();
        assert_eq!(domains, ["example.com", "example.net", "", "c.example"]);
        assert_eq!(AddressList::parse("<a@example,com>").mailboxes[0].domain, "example");
    }

    #[test]
    fn there_is_an_end_to_it() {
        let list = AddressList::parse(&"a@example.com,".repeat(AddressList::MOST + 10));
        assert_eq!((list.mailboxes.len(), list.cut), (AddressList::MOST, true));
    }
}
