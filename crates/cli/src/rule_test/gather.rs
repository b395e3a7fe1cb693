//! Which cases there are: those in the files beside the rules, each with the rule it is for.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Arc,
};

use rules::{
    Fault, Reading, Rule,
    case::{self, Case, CaseFile},
};

use super::Test;

/// What there is to run.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    /// The cases, by file, in its order.
    pub(crate) tests: Vec<Test>,
    /// Rules that have none.
    pub(crate) without: Vec<Arc<Rule>>,
    /// What is wrong with files of cases.
    pub(crate) faults: Vec<Fault>,
}

/// The paths to read rules from: of a file of cases, the files it may stand beside.
pub(crate) fn rule_paths(paths: &[PathBuf]) -> Vec<PathBuf> {
    let beside = |path: &PathBuf| {
        if case::is_case_file(path) { case::rule_files(path).filter(|path| path.is_file()).collect() } else { vec![path.clone()] }
    };
    let mut found: Vec<PathBuf> = Vec::new();
    for path in paths.iter().flat_map(beside) {
        if !found.contains(&path) {
            found.push(path);
        }
    }
    found
}

/// The cases of the rules that were read from `paths`.
pub(crate) fn gather(reading: &Reading, paths: &[PathBuf]) -> Gathered {
    let rules: Vec<Arc<Rule>> = reading.rules.iter().cloned().map(Arc::new).collect();
    let mut files: BTreeSet<PathBuf> = case::find(paths).into_iter().collect();
    let places: BTreeSet<&str> = rules.iter().map(|rule| rule.origin.source.path.as_str()).collect();
    files.extend(places.iter().flat_map(|place| case::file_beside(Path::new(place))).filter(|path| path.is_file()));
    let mut gathered = Gathered::default();
    for file in files {
        let owners: BTreeSet<PathBuf> = case::rule_files(&file).collect();
        let beside: Vec<&Arc<Rule>> = rules.iter().filter(|rule| owners.contains(Path::new(&rule.origin.source.path))).collect();
        let broken = reading.faults.iter().any(|fault| fault.is_error() && owners.contains(Path::new(&fault.file)));
        gathered.take(&file, &beside, broken);
    }
    let with: BTreeSet<&str> = gathered.tests.iter().map(|test| test.rule.key.as_str()).collect();
    gathered.without = rules.iter().filter(|rule| !with.contains(rule.key.as_str())).map(Arc::clone).collect();
    gathered
}

impl Gathered {
    /// Takes in the cases of a file. `broken` says that a rule of the file beside it could not be read, which has been told.
    fn take(&mut self, file: &Path, beside: &[&Arc<Rule>], broken: bool) {
        let path = file.display().to_string();
        let read = match std::fs::read_to_string(file) {
            Ok(text) => CaseFile::read(&path, &text),
            Err(error) => return self.faults.push(Fault::error(&path, 1, format!("the file cannot be read: {error}"))),
        };
        self.faults.extend(read.faults);
        if beside.is_empty() {
            if !broken {
                let name = file.file_name().unwrap_or_default().to_string_lossy();
                let reason = format!("there is no rule beside `{name}`; the file of the rule has the same name without `.tests`");
                self.faults.push(Fault::error(&path, 1, reason));
            }
            return;
        }
        for case in read.cases {
            match owner(&case, beside) {
                Ok(rule) => self.tests.push(Test { rule: Arc::clone(rule), case: Arc::new(case), file: file.to_owned() }),
                Err(_) if broken => {}
                Err(reason) => self.faults.push(Fault::error(&path, case.line, reason)),
            }
        }
    }
}

/// The rule that a case is for.
fn owner<'a>(case: &Case, beside: &[&'a Arc<Rule>]) -> Result<&'a Arc<Rule>, String> {
    match (&case.rule, beside) {
        (None, [one]) => Ok(one),
        (None, many) => {
            let keys: Vec<&str> = many.iter().map(|rule| rule.key.as_str()).collect();
            Err(format!(
                "several rules stand beside these cases; say which one they are for with `rule:`, one of {}",
                keys.join(", ")
            ))
        }
        (Some(key), many) => many.iter().find(|rule| rule.key == *key).copied().ok_or_else(|| {
            let keys: Vec<&str> = many.iter().map(|rule| rule.key.as_str()).collect();
            format!("no rule `{key}` stands beside these cases; there is {}", keys.join(", "))
        }),
    }
}
