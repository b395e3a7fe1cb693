//! A rule's own cases: rows that are there, and the alerts that must come of them. They stand in `NAME.tests.yaml` beside the rule's file.
//!
//! Model and reader; must not know how a rule is run. Start with [`CaseFile::read`]; [`file_beside`] says where a rule's cases are.

mod names;
mod read;

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::{Fault, model::Severity};

/// What the name of a file of cases ends with, after that of the rule's file without its own ending.
pub const ENDINGS: [&str; 2] = [".tests.yaml", ".tests.yml"];

/// The cases of a file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CaseFile {
    /// Its path as messages name it.
    pub path: String,
    /// The cases, in the order of the file.
    pub cases: Vec<Case>,
    /// What is wrong with it. A case with an error is not among the cases.
    pub faults: Vec<Fault>,
}

/// Rows that are there, and what a run over them must give.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// What it shows, in a sentence.
    pub name: String,
    /// Where it begins, from 1.
    pub line: usize,
    /// The key of the rule it is for; `None` where the file beside it holds one rule.
    pub rule: Option<String>,
    /// The moment the run stands for, in microseconds since 1970.
    pub at: i64,
    /// Values in place of those the rule was published with.
    pub parameters: Vec<(String, Value)>,
    /// The tables that are not empty.
    pub tables: Vec<CaseTable>,
    /// What must come of it.
    pub expect: Expect,
}

/// A table of a case.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseTable {
    /// Its name.
    pub name: String,
    /// The line that names it, from 1.
    pub line: usize,
    /// Its rows.
    pub rows: CaseRows,
}

/// Where the rows of a table are.
#[derive(Debug, Clone, PartialEq)]
pub enum CaseRows {
    /// In the case.
    Here(Vec<CaseRow>),
    /// In a file, relative to that of the case.
    File(PathBuf),
}

/// A row of a case: the columns it names; the others are null.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseRow {
    /// Where it begins, from 1.
    pub line: usize,
    /// Its columns.
    pub columns: Map<String, Value>,
}

/// What must come of a case; what is `None` or empty is not looked at.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Expect {
    /// Where it stands, from 1.
    pub line: usize,
    /// How many alerts are raised.
    pub alerts: Option<u64>,
    /// The rows that raise them: each row that fires has the columns of one of these, and each of these is found once.
    pub rows: Option<Vec<CaseRow>>,
    /// Texts that stand in the reason of every alert.
    pub reason_has: Vec<String>,
    /// The severity of every alert.
    pub severity: Option<Severity>,
}

impl CaseFile {
    /// Reads the text of a file; `path` is what messages call it.
    #[must_use]
    pub fn read(path: &str, text: &str) -> Self {
        read::file(path, text)
    }
}

/// Whether a path is that of a file of cases.
#[must_use]
pub fn is_case_file(path: &Path) -> bool {
    stem(path).is_some()
}

/// Where the cases of the rules in a file may stand.
pub fn file_beside(rule_file: &Path) -> impl Iterator<Item = PathBuf> {
    let name = rule_file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem).to_owned();
    let rule_file = rule_file.to_owned();
    ENDINGS.iter().map(move |ending| rule_file.with_file_name(format!("{stem}{ending}")))
}

/// The files of rules that a file of cases may stand beside.
pub fn rule_files(case_file: &Path) -> impl Iterator<Item = PathBuf> {
    let stem = stem(case_file);
    let case_file = case_file.to_owned();
    stem.into_iter().flat_map(move |stem| {
        let case_file = case_file.clone();
        crate::EXTENSIONS.iter().map(move |extension| case_file.with_file_name(format!("{stem}.{extension}")))
    })
}

/// The files of cases among files and below folders, in order.
#[must_use]
pub fn find(paths: &[PathBuf]) -> Vec<PathBuf> {
    // What cannot be read is told by whoever reads the rules there.
    let files = paths.iter().flat_map(|path| crate::load::files_below(path));
    let mut found: Vec<PathBuf> = files.filter(|path| is_case_file(path)).collect();
    found.dedup();
    found
}

fn stem(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_str()?;
    ENDINGS.iter().find_map(|ending| name.strip_suffix(ending)).filter(|stem| !stem.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{file_beside, is_case_file, rule_files};

    #[test]
    fn cases_stand_beside_their_rule() {
        let beside: Vec<_> = file_beside(Path::new("content/rules/own.domain.toml")).collect();
        assert_eq!(beside[0], Path::new("content/rules/own.domain.tests.yaml"));
        assert!(is_case_file(&beside[0]) && is_case_file(&beside[1]));
        assert!(rule_files(&beside[0]).any(|path| path == Path::new("content/rules/own.domain.toml")));
        assert!(!is_case_file(Path::new("rules/tests.yaml")) && !is_case_file(Path::new("rules/.tests.yaml")));
    }
}
