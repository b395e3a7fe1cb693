//! Writes a header as RFC 8601 section 2.2 has it: quoted where it must be, folded before 78 characters. What was read is written so
//! that it is read as the same.

use std::fmt::Write as _;

use super::{AuthenticationResults, MethodResult, read::is_proper};

/// RFC 5322 section 2.1.1: a line should have no more characters.
const WIDTH: usize = 78;

impl AuthenticationResults {
    /// The whole field, folded, with CR LF at its end. Without an `authserv_id` it is Microsoft's form, not the standard's. Control characters
    /// become question marks: nothing that was read from a message can end a line.
    #[must_use]
    pub fn field(&self, name: &str) -> String {
        let mut out = Folded { text: format!("{name}:"), column: name.len() + 1 };
        for piece in self.pieces() {
            out.push(&piece);
        }
        out.text.push_str("\r\n");
        out.text
    }

    /// The value in one line.
    #[must_use]
    pub fn value(&self) -> String {
        self.pieces().concat().trim_start().to_owned()
    }

    /// The value in pieces; a line may be broken before each, where each begins with white space.
    fn pieces(&self) -> Vec<String> {
        let mut out = Vec::new();
        if let Some(instance) = self.instance {
            out.push(format!(" i={instance};"));
        }
        if let Some(id) = &self.authserv_id {
            out.push(format!(" {}", name_of_host(id)));
            out.extend(self.version.map(|version| format!(" {version}")));
            out.extend(self.comments.iter().flat_map(|text| comment(text)));
            for property in &self.properties {
                pair(&mut out, &property.ptype, &property.name, &property.value);
            }
            end_part(&mut out);
        }
        for result in self.results.iter().filter(|result| !keyword(&result.method).is_empty()) {
            part(&mut out, result);
            end_part(&mut out);
            if let Some(receiver) = &result.receiver {
                out.push(format!(" {}", word(receiver)));
                end_part(&mut out);
            }
        }
        if self.results.is_empty() && self.authserv_id.is_some() {
            out.push(" none".to_owned());
        } else if let Some(last) = out.last_mut() {
            last.pop();
        }
        out
    }
}

fn part(out: &mut Vec<String>, result: &MethodResult) {
    let mut first = format!(" {}", keyword(&result.method));
    if let Some(version) = result.version {
        let _ = write!(first, "/{version}");
    }
    // A result that is missing has no form of its own; an empty text cannot be taken for the next word.
    let found = Some(keyword(&result.result)).filter(|found| !found.is_empty());
    out.push(format!("{first}={}", found.as_deref().unwrap_or("\"\"")));
    if let Some(reason) = &result.reason {
        pair(out, "", "reason", reason);
    }
    out.extend(result.comments.iter().flat_map(|text| comment(text)));
    for property in &result.properties {
        pair(out, &property.ptype, &property.name, &property.value);
    }
}

fn end_part(out: &mut [String]) {
    if let Some(last) = out.last_mut() {
        last.push(';');
    }
}

fn pair(out: &mut Vec<String>, ptype: &str, name: &str, value: &str) {
    let name: Vec<_> = name.split('.').map(keyword).filter(|part| !part.is_empty()).collect();
    let (ptype, name) = (keyword(ptype), name.join("."));
    let dot = if ptype.is_empty() { "" } else { "." };
    if !name.is_empty() {
        out.extend(pieces(&format!(" {ptype}{dot}{name}={}", word(value))));
    }
}

/// A comment in pieces. Parentheses that do not match are escaped.
fn comment(text: &str) -> Vec<String> {
    let mut depth = 0_i32;
    let matched = text.chars().all(|c| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        depth >= 0
    }) && depth == 0;
    let mut out = String::from(" (");
    for c in text.chars() {
        if c == '\\' || (!matched && matches!(c, '(' | ')')) {
            out.push('\\');
        }
        out.push(printable(c));
    }
    out.push(')');
    pieces(&out)
}

/// A value, in quotes where it needs them.
fn word(value: &str) -> String {
    let quoted_local = value.starts_with('"')
        && value.rsplit_once('@').is_some_and(|(local, domain)| {
            let inner = local.strip_prefix('"').and_then(|local| local.strip_suffix('"'));
            let proper = |inner: &str| inner.chars().all(|c| !c.is_control() && !matches!(c, '"' | '\\'));
            inner.is_some_and(proper) && is_proper(&format!("@{domain}"))
        });
    if !value.is_empty() && (is_proper(value) || quoted_local) {
        return value.to_owned();
    }
    quoted(value)
}

/// The name at the head: the standard has a value there, and readers look for letters of a host's name.
fn name_of_host(id: &str) -> String {
    let is_plain = id.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'));
    if is_plain && !id.is_empty() { word(id) } else { quoted(id) }
}

fn quoted(value: &str) -> String {
    let mut out = String::from("\"");
    for c in value.chars() {
        if matches!(c, '"' | '\\') {
            out.push('\\');
        }
        out.push(printable(c));
    }
    out.push('"');
    out
}

/// A name: what cannot stand in one is left out; without anything left, so is what it names.
fn keyword(name: &str) -> String {
    name.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect()
}

fn printable(c: char) -> char {
    if c.is_control() && c != '\t' { '?' } else { c }
}

/// Cuts a text before white space that is followed by something else: there a line may be broken without a change of meaning.
fn pieces(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let (mut piece, mut blank) = (String::new(), true);
    for c in text.chars() {
        let space = matches!(c, ' ' | '\t');
        if space && !blank {
            out.push(std::mem::take(&mut piece));
            blank = true;
        }
        blank &= space;
        piece.push(c);
    }
    match out.last_mut() {
        // White space at the end must not become a line of its own.
        Some(last) if blank => last.push_str(&piece),
        _ => out.push(piece),
    }
    out
}

/// Lines that have been written.
struct Folded {
    text: String,
    column: usize,
}

impl Folded {
    fn push(&mut self, piece: &str) {
        let length = piece.chars().count();
        if self.column + length > WIDTH && piece.starts_with([' ', '\t']) {
            self.text.push_str("\r\n");
            self.column = 0;
        }
        self.text.push_str(piece);
        self.column += length;
    }
}
