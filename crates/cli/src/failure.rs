//! Why a command failed, and the exit status that tells it: 1 the input's fault, 3 nobody's input, 130 interrupted.

use std::{io::ErrorKind, process::ExitCode};

use diag::Diagnostic;
use engine::QueryError;

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
    pub(crate) fn of_query(error: &QueryError, origin: &str, text: &str) -> Self {
        match error {
            QueryError::Query(diagnostics) => Self::Input(drawn(diagnostics, origin, text)),
            QueryError::Internal(message) => Self::Internal(message.clone()),
            limit_or_data => Self::Input(format!("error: {limit_or_data}")),
        }
    }

    /// Tells the user, and gives the exit status.
    #[expect(clippy::print_stderr, reason = "this is where errors reach the user")]
    pub(crate) fn report(&self) -> ExitCode {
        match self {
            Self::Input(message) => {
                eprintln!("{}", message.trim_end());
                ExitCode::from(1)
            }
            Self::Internal(message) => {
                eprintln!("error: {}", message.trim_end());
                ExitCode::from(3)
            }
            Self::OutputClosed => ExitCode::SUCCESS,
            Self::Interrupted => {
                eprintln!("interrupted");
                ExitCode::from(130)
            }
        }
    }
}

/// Findings drawn over the text they are about.
pub(crate) fn drawn(diagnostics: &[Diagnostic], origin: &str, text: &str) -> String {
    diagnostics.iter().map(|diagnostic| diag::render(diagnostic, origin, text)).collect::<Vec<_>>().join("\n")
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        if error.kind() == ErrorKind::BrokenPipe { Self::OutputClosed } else { Self::Internal(error.to_string()) }
    }
}

impl From<lake::LakeError> for Failure {
    fn from(error: lake::LakeError) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<arrow::error::ArrowError> for Failure {
    fn from(error: arrow::error::ArrowError) -> Self {
        Self::Internal(error.to_string())
    }
}
