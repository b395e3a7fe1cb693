//! Reads a header. The grammar is that of RFC 8601 section 2.2, with what hosts write beside it: no name at the head, words that stand
//! alone between the parts, a semicolon that is missing, values that had to be quoted, a text wrapped in encoded words.

use std::borrow::Cow;

use super::{AuthenticationResults, Fault, FaultKind, MethodResult, Property};
use crate::{encoded_words, lex, message::unfold, table::Table};

/// The methods that are known.
pub(super) static METHODS: Table = Table::new(include_str!("../../data/authres-methods.tsv"));

/// Each comment or quoted text without an end costs a look at all that follows; after this many no more are looked for.
const MOST_UNCLOSED: usize = 16;

/// What stands before the dot of a property (RFC 8601 section 2.3, and `arc` of RFC 8617).
const PTYPES: [&str; 6] = ["smtp", "header", "body", "policy", "arc", "tls"];

impl AuthenticationResults {
    /// Most bytes of a header that are read.
    pub const MOST_TEXT: usize = 64 << 10;
    /// Most results, and most properties of one, that are read. Real headers have a result for each signature.
    pub const MOST_PARTS: usize = 500;

    /// Reads the value of an Authentication-Results or ARC-Authentication-Results header, folded or not. Never fails.
    #[must_use]
    pub fn parse(value: &str) -> Self {
        let unfolded = unfold(value.as_bytes());
        let mut reader = Reader { text: "", at: 0, found: Self::default(), head: true, unclosed: 0 };
        let mut text = Cow::Borrowed(unfolded.as_str());
        // Only a text that is wrapped as a whole is unwrapped: an encoded word further in is a sender's, who must not write results.
        if unfolded.starts_with("=?") {
            let decoded = encoded_words::decode(&unfolded);
            if decoded.words > 0 {
                reader.fault(FaultKind::EncodedWords, &unfolded);
                if decoded.broken {
                    reader.fault(FaultKind::BrokenWord, &unfolded);
                }
                text = Cow::Owned(unfold(decoded.text.as_bytes()));
            }
        }
        if text.len() > Self::MOST_TEXT {
            let end = (0..=Self::MOST_TEXT).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
            text = Cow::Owned(text.get(..end).unwrap_or_default().to_owned());
            reader.fault(FaultKind::TooMuch, "");
        }
        Reader { text: &text, ..reader }.all()
    }
}

/// A place in the text, and what was found before it.
struct Reader<'a> {
    text: &'a str,
    at: usize,
    found: AuthenticationResults,
    /// Whether this is the first part, where the name stands.
    head: bool,
    /// How many comments and quoted texts were looked at in vain for their end.
    unclosed: usize,
}

/// What a part is made of.
enum Item {
    /// `name=value`, the name with its version if it has one.
    Pair { name: String, version: Option<u32>, value: Value },
    /// A word alone.
    Word(String),
}

/// A value as it was written.
struct Value {
    text: String,
    /// Whether it can stand without quotes, or had them.
    proper: bool,
}

impl Reader<'_> {
    fn all(mut self) -> AuthenticationResults {
        while self.at < self.text.len() {
            self.part();
            if self.is_full() {
                self.fault(FaultKind::TooMuch, "");
                break;
            }
        }
        self.contradictions();
        if self.found.authserv_id.is_none() {
            self.fault(FaultKind::NoAuthservId, "");
        }
        self.found
    }

    /// Methods that have one result and are here with several. SPF may have another for the greeting.
    fn contradictions(&mut self) {
        let results = &self.found.results;
        let single =
            |result: &&MethodResult| METHODS.get(&result.method) == Some("one") && result.property("smtp", "helo").is_none();
        let mut seen: Vec<&MethodResult> = Vec::new();
        let mut against = Vec::new();
        for result in results.iter().filter(single) {
            match seen.iter().find(|before| before.method == result.method) {
                Some(before) if before.result != result.result => against.push(result.method.clone()),
                Some(_) => {}
                None => seen.push(result),
            }
        }
        against.dedup();
        for method in against {
            self.fault(FaultKind::Contradiction, &method);
        }
    }

    fn is_full(&self) -> bool {
        self.found.results.len().max(self.found.faults.len()) >= AuthenticationResults::MOST_PARTS
    }

    /// Reads up to the next semicolon, and past it.
    fn part(&mut self) {
        let mut comments = Vec::new();
        // The result that this part is about.
        let mut current = None;
        loop {
            self.space(&mut comments);
            match self.peek() {
                None | Some(';') => break,
                Some(_) if self.is_full() => break,
                Some(_) => {}
            }
            match self.item(&mut comments) {
                Item::Pair { name, version, value } => self.pair(&mut current, name, version, value),
                Item::Word(word) => self.word(current, &word),
            }
            if let Some(result) = current.and_then(|place: usize| self.found.results.get_mut(place)) {
                result.comments.append(&mut comments);
            }
        }
        self.at += 1;
        let instance_only = self.found.authserv_id.is_none() && self.found.results.is_empty() && self.found.instance.is_some();
        self.head &= instance_only;
        match current.and_then(|place| self.found.results.get_mut(place)) {
            Some(result) => result.comments.append(&mut comments),
            None => match self.found.results.last_mut() {
                Some(last) => last.comments.append(&mut comments),
                None => self.found.comments.append(&mut comments),
            },
        }
    }

    fn pair(&mut self, current: &mut Option<usize>, name: String, version: Option<u32>, value: Value) {
        let first = self.head && self.found.authserv_id.is_none() && self.found.results.is_empty();
        if first
            && name == "i"
            && let Ok(instance) = value.text.parse()
        {
            self.found.instance = Some(instance);
            return;
        }
        if !value.proper {
            self.fault(FaultKind::BareValue, &value.text);
        }
        if let Some((ptype, property)) = name.split_once('.') {
            let property = Property { ptype: ptype.to_owned(), name: property.to_owned(), value: value.text };
            return self.property(*current, property);
        }
        match *current {
            Some(place) if name == "reason" => {
                if let Some(result) = self.found.results.get_mut(place) {
                    result.reason.get_or_insert(value.text);
                }
            }
            Some(_) if METHODS.row(&name).is_none() => {
                self.property(*current, Property { ptype: String::new(), name, value: value.text });
            }
            before => {
                if before.is_some() || (self.head && self.found.authserv_id.is_some()) {
                    self.fault(FaultKind::NoSemicolon, &name);
                }
                if value.text.is_empty() {
                    self.fault(FaultKind::NoResult, &name);
                }
                *current = Some(self.found.results.len());
                let result = value.text.to_ascii_lowercase();
                self.found.results.push(MethodResult { method: name, version, result, ..MethodResult::default() });
            }
        }
    }

    fn property(&mut self, current: Option<usize>, property: Property) {
        if current.is_none() && !self.found.results.is_empty() {
            self.fault(FaultKind::StrayWord, &property.name);
        }
        let place = current.or_else(|| self.found.results.len().checked_sub(1));
        let properties = match place.and_then(|place| self.found.results.get_mut(place)) {
            Some(result) => &mut result.properties,
            None => &mut self.found.properties,
        };
        if properties.len() < AuthenticationResults::MOST_PARTS {
            properties.push(property);
        } else {
            self.fault(FaultKind::TooMuch, "");
        }
    }

    /// A word that stands alone: the name, its version, `none`, or the receiver's domain of Microsoft's older form.
    fn word(&mut self, current: Option<usize>, word: &str) {
        let is_domain = word.contains('.') && !word.contains(['@', '<', '"']);
        if self.head && self.found.authserv_id.is_none() && self.found.results.is_empty() {
            self.found.authserv_id = Some(word.to_owned());
        } else if self.head && self.found.version.is_none() && word.parse::<u32>().is_ok() {
            self.found.version = word.parse().ok();
        } else if current.is_none() && word.eq_ignore_ascii_case("none") {
            // RFC 8601 section 2.2: no result.
        } else if current.is_none() && is_domain && self.found.results.last().is_some_and(|last| last.receiver.is_none()) {
            if let Some(last) = self.found.results.last_mut() {
                last.receiver = Some(word.to_owned());
            }
        } else {
            self.fault(FaultKind::StrayWord, word);
        }
    }

    fn item(&mut self, comments: &mut Vec<String>) -> Item {
        let mut name = self.name();
        let after = self.at;
        let before = comments.len();
        // White space and comments may stand around the slash, the dot and the equals sign.
        loop {
            self.space(comments);
            match self.peek() {
                Some(sign @ ('/' | '.')) => {
                    name.push(sign);
                    self.at += 1;
                    self.space(comments);
                    name.push_str(&self.name());
                }
                Some('=') if !name.is_empty() => {
                    self.at += 1;
                    let value = self.value(comments);
                    let name = name.to_ascii_lowercase();
                    return match name.split_once('/').map(|(method, version)| (method.to_owned(), version.parse())) {
                        Some((method, Ok(version))) => Item::Pair { name: method, version: Some(version), value },
                        _ => Item::Pair { name, version: None, value },
                    };
                }
                _ => break,
            }
        }
        comments.truncate(before);
        if self.at == after && name.is_empty() {
            // A sign that begins nothing, such as an equals sign: passed over, so that there is an end.
            let sign = self.peek().unwrap_or_default();
            self.at += sign.len_utf8();
            return Item::Word(sign.to_string());
        }
        self.at = after;
        Item::Word(name)
    }

    /// A word up to white space or a sign with a meaning; a quoted one without its quotes.
    fn name(&mut self) -> String {
        if self.peek() == Some('"') {
            let read = self.enclosed(self.at, lex::quoted);
            if let Some(read) = read {
                self.at = read.end;
                return read.inner;
            }
        }
        self.run(|c| c == '=')
    }

    /// Characters up to white space, a semicolon, a comment, or what else ends them. Parentheses and quotes that are never closed, and a quote
    /// in the middle, are ordinary.
    fn run(&mut self, ends: impl Fn(char) -> bool) -> String {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let end = rest.find(|c: char| c.is_whitespace() || c == ';' || ends(c)).unwrap_or(rest.len());
        let comment = rest[..end].find('(').filter(|offset| self.enclosed(self.at + offset, lex::comment).is_some());
        let word = &rest[..comment.unwrap_or(end)];
        self.at += word.len();
        word.to_owned()
    }

    /// A comment or a quoted text, if it is closed.
    fn enclosed(&mut self, at: usize, read: fn(&str, usize) -> lex::Enclosed) -> Option<lex::Enclosed> {
        if self.unclosed >= MOST_UNCLOSED {
            return None;
        }
        let found = read(self.text, at);
        self.unclosed += usize::from(!found.closed);
        found.closed.then_some(found)
    }

    fn value(&mut self, comments: &mut Vec<String>) -> Value {
        let apart = self.space(comments);
        let rest = self.text.get(self.at..).unwrap_or_default();
        if apart && begins_pair(rest) {
            return Value { text: String::new(), proper: false };
        }
        match self.peek() {
            Some('"') => {
                if let Some(read) = self.enclosed(self.at, lex::quoted) {
                    let raw = &self.text[self.at..read.end];
                    self.at = read.end;
                    if self.peek() == Some('@') {
                        // A quoted local part (RFC 8601 section 2.2: `pvalue`).
                        return Value { text: format!("{raw}{}", self.run(|_| false)), proper: true };
                    }
                    return Value { text: read.inner, proper: true };
                }
                self.fault(FaultKind::NoEnd, rest);
            }
            Some('<') => {
                let end = rest.find(|c: char| c == '>' || c.is_whitespace() || c == ';');
                if let Some(end) = end.filter(|end| rest[*end..].starts_with('>')) {
                    self.at += end + 1;
                    return Value { text: rest[1..end].to_owned(), proper: false };
                }
            }
            _ => {}
        }
        let text = self.run(|_| false);
        let proper = is_proper(&text);
        Value { text, proper }
    }

    /// Passes over white space and comments, which are kept; whether there were any.
    fn space(&mut self, comments: &mut Vec<String>) -> bool {
        let from = self.at;
        while let Some(c) = self.peek() {
            if c.is_whitespace() {
                self.at += c.len_utf8();
            } else if c == '(' {
                let Some(read) = self.enclosed(self.at, lex::comment) else {
                    self.fault(FaultKind::NoEnd, self.text.get(self.at..).unwrap_or_default());
                    // Ordinary then: the results after it are not lost.
                    self.at += 1;
                    continue;
                };
                self.at = read.end;
                if comments.len() < AuthenticationResults::MOST_PARTS {
                    comments.push(read.inner);
                }
            } else {
                break;
            }
        }
        self.at > from
    }

    fn peek(&self) -> Option<char> {
        self.text.get(self.at..)?.chars().next()
    }

    fn fault(&mut self, kind: FaultKind, text: &str) {
        if self.found.faults.len() <= AuthenticationResults::MOST_PARTS {
            self.found.faults.push(Fault::new(kind, text));
        }
    }
}

/// Whether a text begins with a known method or property and an equals sign: then what is before it has no value.
fn begins_pair(text: &str) -> bool {
    let word = text.split(|c: char| c.is_whitespace() || matches!(c, ';' | '(' | '"')).next().unwrap_or_default();
    let Some((name, _)) = word.split_once('=') else { return false };
    let name = name.to_ascii_lowercase();
    match name.split_once('.') {
        Some((ptype, _)) => PTYPES.contains(&ptype),
        None => METHODS.row(&name).is_some() || matches!(name.as_str(), "action" | "reason"),
    }
}

/// Whether a value may stand without quotes: a token (RFC 2045 section 5.1), or an address or domain with an `@`.
pub(super) fn is_proper(value: &str) -> bool {
    match value.rsplit_once('@') {
        Some((local, domain)) => {
            let atom = |c: char| is_token(c) || matches!(c, '/' | '=' | '?');
            let local = local.is_empty() || local.split('.').all(|word| !word.is_empty() && word.chars().all(atom));
            local && !domain.is_empty() && domain.chars().all(is_token)
        }
        None => value.chars().all(is_token),
    }
}

/// The characters of a token, and those beyond ASCII that RFC 6532 adds.
pub(super) fn is_token(c: char) -> bool {
    !c.is_ascii() && !c.is_whitespace() && !c.is_control() || c.is_ascii_graphic() && !"()<>@,;:\\\"/[]?=".contains(c)
}
