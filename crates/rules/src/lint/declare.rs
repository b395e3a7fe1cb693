//! What a lint declares: everything its page, its tests and its findings are made of.

use std::fmt::Write as _;

use serde::Serialize;

use super::{finding::Findings, subject::Subject};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Worth a look.
    Note,
    /// The rule misses something, or finds too much.
    Warning,
    /// The rule, or a branch of it, does not do what it is there for.
    Error,
}

/// How sure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Certainty {
    /// It follows from the text.
    Sure,
    /// It follows from values that are documented.
    Likely,
    /// Right for some queries: somebody has to look.
    Check,
}

/// A lint.
#[derive(Debug)]
pub struct Lint {
    /// Stable name, in kebab-case.
    pub name: &'static str,
    /// What it finds, one sentence.
    pub summary: &'static str,
    /// How bad a finding is.
    pub level: Level,
    /// How sure it is.
    pub certainty: Certainty,
    /// Why that is a fault.
    pub why: &'static str,
    /// What to do about it.
    pub fix: &'static str,
    /// Rules in which it finds something: queries, YAML or TOML. Each is a test.
    pub fires: &'static [&'static str],
    /// Rules that look alike and are right.
    pub silent: &'static [&'static str],
    /// Finds.
    pub(crate) check: fn(&Subject<'_>, &mut Findings),
}

impl Lint {
    /// The page that explains it, Markdown.
    #[must_use]
    pub fn page(&self) -> String {
        let mut page = String::new();
        let (level, certainty) = (self.level.name(), self.certainty.name());
        // Writing to a String cannot fail.
        let _ = write!(page, "## {}\n\n{}. ({level}, {certainty})\n\n{}\n\n{}\n", self.name, self.summary, self.why, self.fix);
        for (head, examples) in [("Finds something in", self.fires), ("Finds nothing in", self.silent)] {
            for example in examples {
                let _ = write!(page, "\n{head}:\n\n```{}\n{}\n```\n", language(example), example.trim());
            }
        }
        page
    }
}

impl Level {
    /// The word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl Certainty {
    /// The word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sure => "sure",
            Self::Likely => "likely",
            Self::Check => "to be checked",
        }
    }
}

/// The extension of the file that an example would be.
pub(super) fn language(example: &str) -> &'static str {
    if example.contains("[rule]") {
        "toml"
    } else if example.trim_start().starts_with("id:") {
        "yaml"
    } else {
        "kql"
    }
}
