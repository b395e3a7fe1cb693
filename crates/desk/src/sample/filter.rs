//! The filter of the sample's queue: as much of Kibana's query language as tests of pages need. The real one is compiled into the
//! database's own language.

use state::Alert;

use crate::{Fault, Problem, QUEUE_FIELDS};

/// How deep brackets may stand in each other.
const DEPTH: usize = 16;

/// A condition on an alert.
#[derive(Debug)]
pub(super) enum Filter {
    All(Vec<Filter>),
    Any(Vec<Filter>),
    Not(Box<Filter>),
    /// A field, and the pattern its value must match.
    Is(String, String),
    /// A field, a comparison and a number.
    Compare(String, &'static str, i64),
    /// Words of the title or the reason.
    Words(String),
}

/// Reads a filter; the empty one is open alerts.
pub(super) fn read(text: &str) -> Result<Filter, Fault> {
    if text.trim().is_empty() {
        return Ok(Filter::Not(Box::new(Filter::Is("status".to_owned(), "closed".to_owned()))));
    }
    let words = words(text)?;
    let mut reader = Reader { words, at: 0, end: text.len() };
    let filter = reader.any(0)?;
    match reader.words.get(reader.at) {
        None => Ok(filter),
        Some(word) => Err(problem(format!("`{}` is not expected here", word.text), word.start, word.start + word.text.len())),
    }
}

#[derive(Debug)]
struct Word {
    text: String,
    quoted: bool,
    start: usize,
}

fn problem(message: String, start: usize, end: usize) -> Fault {
    Fault::Input(Box::new(Problem {
        code: "KQ0001".to_owned(),
        severity: "error".to_owned(),
        message,
        help: "Write a field, a colon and a value, such as severity:high".to_owned(),
        start,
        end,
        line: 1,
        column: u32::try_from(start).unwrap_or(u32::MAX).saturating_add(1),
    }))
}

/// Words, texts in quotes, and the signs `(`, `)`, `:`, `<`, `<=`, `>`, `>=`.
fn words(text: &str) -> Result<Vec<Word>, Fault> {
    let mut found: Vec<Word> = Vec::new();
    let mut letters = text.char_indices().peekable();
    while let Some((start, letter)) = letters.next() {
        match letter {
            ' ' | '\t' | '\n' | '\r' => {}
            '"' => {
                let mut inner = String::new();
                loop {
                    match letters.next() {
                        None => return Err(problem("the quote is not closed".to_owned(), start, text.len())),
                        Some((_, '"')) => break,
                        Some((_, '\\')) => inner.extend(letters.next().map(|(_, letter)| letter)),
                        Some((_, letter)) => inner.push(letter),
                    }
                }
                found.push(Word { text: inner, quoted: true, start });
            }
            '(' | ')' | ':' => found.push(Word { text: letter.to_string(), quoted: false, start }),
            '<' | '>' => {
                let equal = letters.next_if(|(_, next)| *next == '=').is_some();
                found.push(Word { text: format!("{letter}{}", if equal { "=" } else { "" }), quoted: false, start });
            }
            _ => {
                let mut word = letter.to_string();
                while let Some((_, next)) = letters.next_if(|(_, next)| !" \t\r\n():<>\"".contains(*next)) {
                    word.push(next);
                }
                found.push(Word { text: word, quoted: false, start });
            }
        }
    }
    Ok(found)
}

struct Reader {
    words: Vec<Word>,
    at: usize,
    end: usize,
}

impl Reader {
    fn sees(&self, word: &str) -> bool {
        self.words.get(self.at).is_some_and(|next| !next.quoted && next.text.eq_ignore_ascii_case(word))
    }

    fn takes(&mut self, word: &str) -> bool {
        let seen = self.sees(word);
        self.at += usize::from(seen);
        seen
    }

    fn any(&mut self, depth: usize) -> Result<Filter, Fault> {
        let mut found = vec![self.all(depth)?];
        while self.takes("or") {
            found.push(self.all(depth)?);
        }
        Ok(Filter::Any(found))
    }

    fn all(&mut self, depth: usize) -> Result<Filter, Fault> {
        let mut found = vec![self.one(depth)?];
        while self.takes("and") {
            found.push(self.one(depth)?);
        }
        Ok(Filter::All(found))
    }

    fn one(&mut self, depth: usize) -> Result<Filter, Fault> {
        if depth > DEPTH {
            return Err(problem(format!("brackets stand more than {DEPTH} deep"), 0, self.end));
        }
        if self.takes("not") {
            return Ok(Filter::Not(Box::new(self.one(depth + 1)?)));
        }
        if self.takes("(") {
            let inner = self.any(depth + 1)?;
            return if self.takes(")") {
                Ok(inner)
            } else {
                Err(problem("a bracket is not closed".to_owned(), self.end, self.end))
            };
        }
        let Some(first) = self.words.get(self.at) else {
            return Err(problem("a condition is expected here".to_owned(), self.end, self.end));
        };
        let (text, start) = (first.text.clone(), first.start);
        self.at += 1;
        let sign = ["<=", ">=", "<", ">", ":"].into_iter().find(|sign| self.takes(sign));
        let Some(sign) = sign else { return Ok(Filter::Words(text)) };
        if !QUEUE_FIELDS.iter().any(|(name, _)| *name == text) {
            return Err(problem(format!("there is no field `{text}`"), start, start + text.len()));
        }
        let Some(value) = self.words.get(self.at) else {
            return Err(problem("a value is expected here".to_owned(), self.end, self.end));
        };
        self.at += 1;
        if sign == ":" {
            return Ok(Filter::Is(text, value.text.clone()));
        }
        let number = value
            .text
            .parse()
            .map_err(|_| problem(format!("`{}` is no number", value.text), value.start, value.start + value.text.len()))?;
        Ok(Filter::Compare(text, sign, number))
    }
}

impl Filter {
    /// Whether it holds for an alert.
    pub(super) fn holds(&self, alert: &Alert) -> bool {
        match self {
            Self::All(all) => all.iter().all(|one| one.holds(alert)),
            Self::Any(any) => any.iter().any(|one| one.holds(alert)),
            Self::Not(one) => !one.holds(alert),
            Self::Words(words) => [&alert.title, &alert.reason].iter().any(|text| matches(&format!("*{words}*"), text)),
            Self::Is(field, pattern) => {
                let wide = matches!(field.as_str(), "title" | "reason");
                let pattern = if wide { format!("*{pattern}*") } else { pattern.clone() };
                values(alert, field).iter().any(|value| !value.is_empty() && matches(&pattern, value))
            }
            Self::Compare(field, sign, number) => {
                let of = match field.as_str() {
                    "risk" => alert.risk_score,
                    "created" => alert.created_at,
                    _ => return false,
                };
                match *sign {
                    "<" => of < *number,
                    "<=" => of <= *number,
                    ">" => of > *number,
                    _ => of >= *number,
                }
            }
        }
    }
}

/// What an alert has in a field of the queue.
pub(super) fn values(alert: &Alert, field: &str) -> Vec<String> {
    let detail = &alert.detail;
    let one = |text: Option<&String>| text.cloned().into_iter().collect();
    match field {
        "status" => vec![alert.status.clone()],
        "severity" => vec![alert.severity.clone()],
        "verdict" => one(alert.verdict.as_ref()),
        "assignee" => one(alert.assignee.as_ref()),
        "rule" => vec![alert.rule_key.clone(), alert.rule_name.clone()],
        "title" => vec![alert.title.clone()],
        "reason" => vec![alert.reason.clone()],
        "entity" => detail.entities.iter().map(|entity| entity.value.clone()).collect(),
        "incident" => one(alert.incident_id.as_ref()),
        "technique" => detail.tactics.iter().chain(&detail.techniques).map(|attack| attack.id.clone()).collect(),
        "tag" => detail.tags.clone(),
        "risk" => vec![alert.risk_score.to_string()],
        _ => Vec::new(),
    }
}

/// Whether a text is of a form with `*`; case does not matter.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.to_lowercase(), text.to_lowercase());
    let pieces: Vec<&str> = pattern.split('*').collect();
    let [first, middle @ .., last] = pieces.as_slice() else { return pattern == text };
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    for piece in middle {
        match rest.find(piece) {
            Some(at) => rest = rest.get(at + piece.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_with_stars_is_matched() {
        for (pattern, text, expected) in [
            ("high", "HIGH", true),
            ("high", "highest", false),
            ("*@contoso.com", "a@contoso.com", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "acb", false),
            ("*", "anything", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_place() {
        for (text, start) in [("severity:\"high", 9), ("nosuch:1", 0), ("severity:high and", 17), ("(status:new", 11), (")", 0)] {
            match read(text) {
                Err(Fault::Input(problem)) if text != ")" => assert_eq!(problem.start, start, "{text}"),
                Err(Fault::Input(_)) | Ok(_) => {}
                other => panic!("{text}: {other:?}"),
            }
        }
        assert!(read(&"(".repeat(100_000)).is_err());
    }
}
