//! `error` and `warn` fences: a line a finding, its code, its place in the query, words of it.

use super::fences::Fence;
use crate::case::{BadCase, Finding};

const FORM: &str = "write the code, line:column in the query, and words of the message with … for what lies between: \
                    `K0102 1:21 column `Sendr` … `Sender``";

pub(super) fn read(fence: &Fence) -> Result<Vec<Finding>, BadCase> {
    fence
        .numbered()
        .map(|(number, line)| finding(line).ok_or_else(|| BadCase::new(number, format!("`{line}`: {FORM}"))))
        .collect()
}

fn finding(line: &str) -> Option<Finding> {
    let (code, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let word = ["execution", "memory", "timeout"].contains(&code);
    let numbered = code.starts_with(char::is_uppercase) && code.ends_with(|c: char| c.is_ascii_digit());
    if !word && !numbered {
        return None;
    }
    let rest = rest.trim();
    let (first, after) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let place = first.split_once(':').and_then(|(line, column)| Some((line.parse().ok()?, column.parse().ok()?)));
    let words = if place.is_some() { after } else { rest };
    let words = words.split('…').map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect();
    Some(Finding { code: code.to_owned(), position: place, words, written: line.to_owned() })
}
