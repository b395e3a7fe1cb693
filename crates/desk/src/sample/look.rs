//! Colours and faults of a text, by a lexer that knows enough for a sample: the real one is the query language's.

use crate::{Colour, Problem};

/// Words that are operators behind a pipe.
const OPERATORS: [&str; 13] = [
    "where",
    "extend",
    "project",
    "project-away",
    "summarize",
    "sort",
    "top",
    "take",
    "render",
    "join",
    "mv-expand",
    "make-series",
    "union",
];

/// Words of the language.
const KEYWORDS: [&str; 11] = ["let", "by", "on", "in", "and", "or", "not", "has", "contains", "from", "to"];

/// Words that are faults in this sample, and what is said of them.
const FAULTS: [(&str, &str, &str, &str, &str); 4] = [
    ("whre", "KQL0102", "error", "`whre` is not an operator", "did you mean `where`?"),
    (
        "SenderFromAdress",
        "KQL0301",
        "error",
        "`SenderFromAdress` is not a column of EmailEvents",
        "did you mean `SenderFromAddress`?",
    ),
    ("NoSuchTable", "KQL0300", "error", "there is no table `NoSuchTable`", "`spoofwatch tables` lists those there are"),
    (
        "contains",
        "KQL0501",
        "warning",
        "`contains` looks inside words and reads every row",
        "`has` finds whole words, and faster",
    ),
];

/// The stretches of a text that have a colour, in order.
pub(super) fn colours(text: &str) -> Vec<Colour> {
    let mut colours = Vec::new();
    let mut after_pipe = true;
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let length = length(rest);
        let word = rest.get(..length).unwrap_or(rest);
        let called = rest.get(length..).is_some_and(|next| next.starts_with('('));
        let class = match word.chars().next() {
            Some('/') if word.starts_with("//") => Some("comment"),
            Some('"') if word.len() > 1 && word.ends_with('"') => Some("text"),
            Some('"') => Some("open-text"),
            Some('|') => Some("pipe"),
            Some(first) if first.is_ascii_digit() => Some("number"),
            Some(_) if after_pipe && OPERATORS.contains(&word) => Some("operator"),
            Some(_) if KEYWORDS.contains(&word) => Some("keyword"),
            Some(first) if called && (first.is_alphabetic() || first == '_') => Some("function"),
            _ => None,
        };
        if !word.trim().is_empty() && class != Some("comment") {
            after_pipe = class == Some("pipe");
        }
        if let Some(class) = class {
            colours.push(Colour { start: at, end: at + length, class: class.to_owned() });
        }
        at += length;
    }
    colours
}

/// How many bytes the word has that a text begins with.
fn length(rest: &str) -> usize {
    let until = |stop: &dyn Fn(char) -> bool| rest.find(stop).unwrap_or(rest.len());
    match rest.chars().next() {
        Some('/') if rest.starts_with("//") => until(&|c| c == '\n'),
        Some('"') => {
            let end = rest.char_indices().skip(1).find(|(_, c)| *c == '"' || *c == '\n');
            end.map_or(rest.len(), |(at, c)| if c == '"' { at + 1 } else { at })
        }
        Some(first) if first.is_alphanumeric() || first == '_' => {
            until(&|c| !(c.is_alphanumeric() || c == '_' || c == '-')).max(first.len_utf8())
        }
        Some(first) => first.len_utf8(),
        None => 0,
    }
}

/// What is wrong with a text, with places.
pub(super) fn problems(text: &str) -> Vec<Problem> {
    let mut problems: Vec<Problem> = FAULTS
        .iter()
        .flat_map(|(word, code, severity, message, help)| {
            text.match_indices(word).map(move |(start, _)| {
                let before = text.get(..start).unwrap_or_default();
                let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
                let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
                Problem {
                    code: (*code).to_owned(),
                    severity: (*severity).to_owned(),
                    message: (*message).to_owned(),
                    help: (*help).to_owned(),
                    start,
                    end: start + word.len(),
                    line: u32::try_from(line).unwrap_or(u32::MAX),
                    column: u32::try_from(column).unwrap_or(u32::MAX),
                }
            })
        })
        .collect();
    problems.sort_by_key(|problem| problem.start);
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_their_colours_and_places_in_bytes() {
        let text = "EmailEvents // Prüfung\n| where Subject has \"é\"";
        let colours = colours(text);
        let seen: Vec<(&str, &str)> =
            colours.iter().map(|colour| (colour.class.as_str(), &text[colour.start..colour.end])).collect();
        let expected = [("comment", "// Prüfung"), ("pipe", "|"), ("operator", "where"), ("keyword", "has"), ("text", "\"é\"")];
        assert_eq!(seen, expected);
    }

    #[test]
    fn a_fault_has_a_line_and_a_column() {
        let problems = problems("é\né whre");
        assert_eq!((problems[0].line, problems[0].column, problems[0].start), (2, 3, 6));
    }
}
