//! Why a command failed, and the exit status that tells it: 1 the input's fault, 3 nobody's input, 130 interrupted.
//! Wrong usage, status 2, is clap's to tell.

use std::{io::ErrorKind, process::ExitCode};

use engine::QueryError;
use lake::LakeError;

use crate::{query::Query, term};

/// Why a command failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The input or the query was at fault; the message is complete.
    Input(String),
    /// Something failed that was nobody's input.
    Internal(String),
    /// The reader of the output has gone (`| head`): no fault at all.
    OutputClosed,
    /// Ctrl-C.
    Interrupted,
}

impl Failure {
    pub(crate) fn input(message: impl Into<String>) -> Self {
        Self::Input(message.into())
    }

    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self::Internal(message.into())
    }

    /// A query's error, its findings drawn over the query's text.
    pub(crate) fn of_query(error: &QueryError, query: &Query) -> Self {
        match error {
            QueryError::Query(diagnostics) => Self::Input(query.drawn(diagnostics)),
            QueryError::Internal(message) => Self::Internal(message.clone()),
            limit_or_data => Self::Input(format!("error: {limit_or_data}")),
        }
    }

    /// Standard output, or a file being written, that does not take more.
    pub(crate) fn of_output(place: &str, error: &std::io::Error) -> Self {
        match error.kind() {
            ErrorKind::BrokenPipe => Self::OutputClosed,
            _ => Self::Internal(format!("{place}: {error}")),
        }
    }

    /// Tells the user, and gives the exit status.
    pub(crate) fn report(&self) -> ExitCode {
        match self {
            Self::Input(message) => {
                term::say(message.trim_end());
                ExitCode::from(1)
            }
            Self::Internal(message) => {
                term::say(&format!("error: {}", message.trim_end()));
                ExitCode::from(3)
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
                Self::Input(format!("error: {error}"))
            }
            other => Self::Internal(other.to_string()),
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
        Self::Internal(error.to_string())
    }
}
