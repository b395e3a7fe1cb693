//! Readers: a file for each syntax (`*_file.rs`), which tells documents apart, and a file for each publisher's fields.
//!
//! A reader is given the text of a file and adds to a [`Reading`]. It never fails as a whole: what is wrong with one rule is a fault.

mod arm;
mod defender;
mod elastic;
mod exceptions;
mod json_file;
mod kql_file;
mod sentinel;
mod toml_file;
mod yaml_file;

use std::sync::Arc;

use crate::{
    Fault,
    exclusion::Exclusion,
    fields::Document,
    model::{Place, Rule, Source},
};

pub use exceptions::ExceptionList;
pub use kql_file::title;

/// What files of rules hold.
#[derive(Debug, Default)]
pub struct Reading {
    /// The rules, in the order of the files.
    pub rules: Vec<Rule>,
    /// Elastic's exceptions as exclusions.
    pub exclusions: Vec<Exclusion>,
    /// The lists they belong to.
    pub lists: Vec<ExceptionList>,
    /// What is wrong, in the order of the files.
    pub faults: Vec<Fault>,
}

/// Endings of files that may hold rules.
pub const EXTENSIONS: [&str; 9] = ["csl", "json", "jsonl", "kql", "kusto", "ndjson", "toml", "yaml", "yml"];

/// Reads a file, whatever its form: the ending of `path` says which syntax it is. A file that holds no rule gives an empty reading.
///
/// ```
/// let reading = spoofwatch_rules::read("a.kql", b"// name: Failed DKIM\nEmailEvents | take 5");
/// assert_eq!(reading.rules[0].name, "Failed DKIM");
/// ```
#[must_use]
pub fn read(path: &str, bytes: &[u8]) -> Reading {
    read_below(path, path, bytes)
}

/// The same for a file below a folder: `name` is its path from there, which names a bare query that has no id.
#[must_use]
pub fn read_below(path: &str, name: &str, bytes: &[u8]) -> Reading {
    let mut reading = Reading::default();
    let extension = path.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).unwrap_or_default();
    if !EXTENSIONS.contains(&extension.as_str()) {
        return reading;
    }
    let text = match decoded(bytes) {
        Ok(text) => text,
        // Other people's files may be in any encoding: only one that looks like a rule is told of.
        Err(_) if !looks_like_a_rule(&extension, bytes) => return reading,
        Err(end) => {
            let line = bytes[..end].iter().filter(|byte| **byte == b'\n').count() + 1;
            reading.faults.push(Fault::error(path, line, "the file is not UTF-8 text"));
            return reading;
        }
    };
    let source = Arc::new(Source { path: path.to_owned(), name: name.to_owned(), text });
    match extension.as_str() {
        "yaml" | "yml" => yaml_file::read(&source, &mut reading),
        "toml" => toml_file::read(&source, &mut reading),
        "json" | "ndjson" | "jsonl" => json_file::read(&source, &mut reading),
        _ => kql_file::read(&source, &mut reading),
    }
    reading
}

/// The text of a file: UTF-8, or UTF-16 with its mark, as editors on Windows write it. Else how many bytes are text.
fn decoded(bytes: &[u8]) -> Result<String, usize> {
    let wide = |rest: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = rest.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        String::from_utf16(&units).map_err(|_| 0)
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        _ => {
            let text = std::str::from_utf8(bytes).map_err(|error| error.valid_up_to())?;
            Ok(text.strip_prefix('\u{feff}').unwrap_or(text).to_owned())
        }
    }
}

fn looks_like_a_rule(extension: &str, bytes: &[u8]) -> bool {
    let has = |word: &[u8]| bytes.windows(word.len()).any(|part| part == word);
    match extension {
        "csl" | "kql" | "kusto" => true,
        "yaml" | "yml" => has(b"query:") || has(b"queryCondition"),
        "toml" => has(b"[rule]"),
        _ => has(b"\"rule_id\"") || has(b"\"queryCondition\""),
    }
}

impl Reading {
    /// Adds a rule with its faults, unless one of them is an error.
    fn add(&mut self, document: Document, mut rule: Rule) {
        if !document.failed() {
            if rule.query.place.is_none() {
                rule.query.place = Place::find_in(&rule.query.text, &document.source.text, document.part.clone());
            }
            self.rules.push(rule);
        }
        self.faults.extend(document.into_faults());
    }

    fn add_exclusion(&mut self, document: Document, exclusion: Exclusion) {
        if !document.failed() {
            self.exclusions.push(exclusion);
        }
        self.faults.extend(document.into_faults());
    }

    fn add_list(&mut self, document: Document, list: ExceptionList) {
        if !document.failed() {
            self.lists.push(list);
        }
        self.faults.extend(document.into_faults());
    }

    /// Adds what another file holds.
    pub fn extend(&mut self, other: Self) {
        self.rules.extend(other.rules);
        self.exclusions.extend(other.exclusions);
        self.lists.extend(other.lists);
        self.faults.extend(other.faults);
    }
}
