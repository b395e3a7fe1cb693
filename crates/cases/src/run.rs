//! Cases run and judged.

use std::path::PathBuf;

use crate::{
    Case, CasesError, Dressing, Report, bless,
    case::Content,
    check::check,
    discover,
    execute::{Outcome, execute},
    mutate::mutants,
};

/// How a run goes.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Write what failing cases gave into their files.
    pub bless: bool,
    /// Only cases whose heading contains this, in any case.
    pub filter: Option<String>,
}

/// How a case went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// As expected.
    Passed,
    /// It failed, as its `xfail` says.
    KnownFailure,
    /// It failed, and its file now says what it gave.
    Blessed,
    /// It failed.
    Failed {
        /// Line in the file, from 1.
        line: usize,
        /// What was expected and found.
        details: String,
    },
}

/// Runs the cases of files and folders.
///
/// # Errors
/// A path names nothing, or a file cannot be read or, when blessing, written. What is wrong with a case is in the report.
pub async fn run(paths: &[PathBuf], settings: &Settings) -> Result<Report, CasesError> {
    let wanted = settings.filter.as_deref().unwrap_or_default().to_lowercase();
    let mut report = Report::default();
    let mut blessings = Vec::new();
    for case in discover(paths)? {
        if !case.heading.to_lowercase().contains(&wanted) {
            continue;
        }
        let (verdict, outcome) = judged(&case, Dressing::default()).await;
        let (Verdict::Failed { .. }, true, Some(outcome)) = (&verdict, settings.bless, outcome) else {
            report.push(&case, verdict);
            continue;
        };
        match bless::result(&case, &outcome) {
            Some(blessing) => {
                blessings.push(blessing);
                report.push(&case, Verdict::Blessed);
            }
            None => report.push(&case, verdict),
        }
    }
    bless::write(blessings)?;
    Ok(report)
}

/// Runs one case.
pub async fn run_case(case: &Case, dressing: Dressing) -> Verdict {
    judged(case, dressing).await.0
}

/// Runs a case in every dressing, and makes sure that it would notice a wrong answer.
pub async fn scrutinize(case: &Case) -> Verdict {
    let (verdict, outcome) = judged(case, Dressing::default()).await;
    let (Verdict::Passed, Some(outcome), Ok(content)) = (&verdict, outcome, &case.content) else {
        return verdict;
    };
    for (what, mutant) in mutants(&content.expect) {
        if check(&mutant, &outcome).is_empty() {
            return failed(case.line, format!("the case proves little: it also passes with {what}"));
        }
    }
    let dressing = Dressing { partitions: Some(2), batch_rows: Some(1) };
    match run_case(case, dressing).await {
        Verdict::Failed { line, details } => failed(line, format!("with two partitions and batches of one row: {details}")),
        verdict => verdict,
    }
}

async fn judged(case: &Case, dressing: Dressing) -> (Verdict, Option<Outcome>) {
    let content = match &case.content {
        Ok(content) => content,
        Err(fault) => return (failed(fault.line, fault.message.clone()), None),
    };
    match execute(case, content, dressing).await {
        Ok(outcome) => (verdict(case, content, &outcome), Some(outcome)),
        Err(error) => (failed(case.line, error), None),
    }
}

fn verdict(case: &Case, content: &Content, outcome: &Outcome) -> Verdict {
    let differences = check(&content.expect, outcome);
    match (&content.setup.xfail, differences.is_empty()) {
        (None, true) => Verdict::Passed,
        (Some(_), false) => Verdict::KnownFailure,
        (None, false) => failed(content.query_line, differences.join("\n")),
        (Some(reason), true) => failed(case.line, format!("this passes now: remove xfail = \"{reason}\"")),
    }
}

fn failed(line: usize, details: impl Into<String>) -> Verdict {
    Verdict::Failed { line, details: details.into() }
}
