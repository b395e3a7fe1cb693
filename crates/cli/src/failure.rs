//! Why a command failed, and the exit status that tells it: 1 the input's fault, 3 nobody's input, 130 interrupted.
//! Wrong usage, status 2, is clap's to tell.

use std::{io::ErrorKind, process::ExitCode};

use engine::{QueryError, codes};
use lake::LakeError;

use crate::{query::Query, term};

/// Why a command failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The input, the query or the system was at fault.
    Told {
        /// The exit status.
        status: u8,
        /// All that the user is told.
        message: String,
    },
    /// The reader of the output has gone (`| head`): no fault at all.
    OutputClosed,
    /// Ctrl-C.
    Interrupted,
}

/// Status where the input or the query was at fault.
const INPUT: u8 = 1;
/// Status where it was nobody's input.
const SYSTEM: u8 = 3;

impl Failure {
    /// The input was at fault; the message is complete.
    pub(crate) fn input(message: impl Into<String>) -> Self {
        Self::Told { status: INPUT, message: message.into() }
    }

    /// Something failed that was nobody's input.
    pub(crate) fn internal(message: impl std::fmt::Display) -> Self {
        Self::Told { status: SYSTEM, message: format!("error: {message}") }
    }

    /// Several failures as one, its status that of the worst; no failure is success.
    pub(crate) fn all(failures: Vec<Self>) -> Result<(), Self> {
        let (mut worst, mut messages) = (0, Vec::new());
        for failure in failures {
            match failure {
                Self::Told { status, message } => {
                    worst = worst.max(status);
                    messages.push(message);
                }
                other => return Err(other),
            }
        }
        if messages.is_empty() { Ok(()) } else { Err(Self::Told { status: worst, message: messages.join("\n") }) }
    }

    /// A query's error, its findings drawn over the query's text.
    pub(crate) fn of_query(error: &QueryError, query: &Query) -> Self {
        let message = match error {
            QueryError::Query(diagnostics) => query.drawn(diagnostics),
            other => format!("error[{}]: {other}", other.code()),
        };
        let status = match error {
            QueryError::Storage(_) | QueryError::Internal(_) => SYSTEM,
            // The query names a table that is there: what keeps it from being read is not in the query.
            QueryError::Query(diagnostics) if diagnostics.iter().any(|found| found.code == codes::UNREADABLE_TABLE) => SYSTEM,
            _ => INPUT,
        };
        Self::Told { status, message }
    }

    /// Standard output, or a file being written, that does not take more.
    pub(crate) fn of_output(place: &str, error: &std::io::Error) -> Self {
        match error.kind() {
            ErrorKind::BrokenPipe => Self::OutputClosed,
            _ => Self::internal(format_args!("{place}: {error}")),
        }
    }

    /// What the user is told, without the word that says it is an error: for a place where that is known.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Told { message, .. } => message.strip_prefix("error: ").unwrap_or(message).to_owned(),
            Self::OutputClosed => "the output was closed".to_owned(),
            Self::Interrupted => "interrupted".to_owned(),
        }
    }

    /// Tells the user, and gives the exit status.
    pub(crate) fn report(&self) -> ExitCode {
        match self {
            Self::Told { status, message } => {
                term::say(message.trim_end());
                ExitCode::from(*status)
            }
            Self::OutputClosed => ExitCode::SUCCESS,
            Self::Interrupted => {
                term::say("interrupted");
                ExitCode::from(130)
            }
        }
    }
}

impl From<LakeError> for Failure {
    fn from(error: LakeError) -> Self {
        match error {
            // What the rows themselves do not allow.
            LakeError::ColumnType { .. } | LakeError::TooManyColumns { .. } | LakeError::TableName { .. } => {
                Self::input(format!("error: {error}"))
            }
            other => Self::internal(other),
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::of_output("standard output", &error)
    }
}

impl From<arrow::error::ArrowError> for Failure {
    fn from(error: arrow::error::ArrowError) -> Self {
        Self::internal(error)
    }
}
