//! The outcome of a run, for a person.

use std::{fmt, path::PathBuf};

use crate::{Case, Verdict};

/// How the cases went, in the order they ran.
#[derive(Debug, Default)]
pub struct Report {
    lines: Vec<Line>,
}

#[derive(Debug)]
struct Line {
    file: PathBuf,
    heading: String,
    case_line: usize,
    verdict: Verdict,
}

impl Report {
    pub(crate) fn push(&mut self, case: &Case, verdict: Verdict) {
        let (file, heading) = (case.file.clone(), case.heading.clone());
        self.lines.push(Line { file, heading, case_line: case.line, verdict });
    }

    /// Whether no case was run.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// How many cases failed and are not known to.
    #[must_use]
    pub fn failed(&self) -> usize {
        self.count(|verdict| matches!(verdict, Verdict::Failed { .. }))
    }

    /// How many cases gave what they should.
    #[must_use]
    pub fn passed(&self) -> usize {
        self.count(|verdict| *verdict == Verdict::Passed)
    }

    fn count(&self, wanted: impl Fn(&Verdict) -> bool) -> usize {
        self.lines.iter().filter(|line| wanted(&line.verdict)).count()
    }
}

impl fmt::Display for Report {
    /// A paragraph a failure, a line a blessed case, then the sums.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.lines {
            match &line.verdict {
                Verdict::Failed { line: at, details } => {
                    writeln!(f, "{}:{at}: {}", line.file.display(), line.heading)?;
                    for detail in details.lines() {
                        writeln!(f, "    {detail}")?;
                    }
                    writeln!(f)?;
                }
                Verdict::Blessed => writeln!(f, "{}:{}: {}: blessed", line.file.display(), line.case_line, line.heading)?,
                Verdict::Passed | Verdict::KnownFailure => {}
            }
        }
        write!(f, "{} passed", self.passed())?;
        for (count, what) in [
            (self.count(|verdict| *verdict == Verdict::KnownFailure), "known to fail"),
            (self.count(|verdict| *verdict == Verdict::Blessed), "blessed"),
        ] {
            if count > 0 {
                write!(f, ", {count} {what}")?;
            }
        }
        writeln!(f, ", {} failed", self.failed())
    }
}
