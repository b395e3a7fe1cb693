//! Why a query did not give rows.

pub mod codes;

use diag::{Diagnostic, Span};
use functions::CallError;

use crate::plan::Need;

/// Why a query failed.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The text of the query is at fault: every finding, at least one of them an error.
    #[error("{}", first_message(.0))]
    Query(Vec<Diagnostic>),
    /// A row or the data it came from could not be processed.
    #[error("{0}")]
    Execution(String),
    /// The query needed more memory than it was allowed, even with spilling to disk.
    #[error(
        "the query needs more than the {limit_mb} MB of memory it was allowed: narrow the time range, or raise --memory-limit"
    )]
    Memory {
        /// The limit.
        limit_mb: usize,
    },
    /// The query ran out of time.
    #[error("the query ran longer than {seconds} s: narrow the time range, or raise --timeout")]
    Timeout {
        /// The limit.
        seconds: u64,
    },
    /// Stored data, or the disk that holds it, could not be read.
    #[error("the data cannot be read: {0}")]
    Storage(String),
    /// The program itself is at fault.
    #[error("internal error: {0}")]
    Internal(String),
}

impl QueryError {
    /// The stable code: that of the first finding where the text is at fault.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Query(diagnostics) => diagnostics.first().map_or(codes::INTERNAL, |first| first.code),
            Self::Execution(_) => codes::EXECUTION,
            Self::Memory { .. } => codes::MEMORY,
            Self::Timeout { .. } => codes::TIMEOUT,
            Self::Storage(_) => codes::STORAGE,
            Self::Internal(_) => codes::INTERNAL,
        }
    }
}

fn first_message(diagnostics: &[Diagnostic]) -> String {
    diagnostics.first().map_or_else(|| "the query is at fault".to_owned(), |first| first.message.clone())
}

/// Why planning stopped.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The query is at fault.
    Fault(Box<Diagnostic>),
    /// A value must be computed before planning can go on (`toscalar`, `in (table)`).
    Need(Box<Need>),
}

/// The result of a planning step.
pub(crate) type Result<T> = std::result::Result<T, Stop>;

impl From<Diagnostic> for Stop {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::Fault(Box::new(diagnostic))
    }
}

/// An error at a place of the query.
pub(crate) fn fault<T>(code: &'static str, message: impl Into<String>, span: Span) -> Result<T> {
    Err(Diagnostic::error(code, message, span).into())
}

/// The column that a fault says is not there.
pub(crate) fn missing_column(fault: &Diagnostic) -> Option<&str> {
    let (_, rest) = fault.message.split_once("no column `").filter(|_| fault.code == codes::UNKNOWN_NAME)?;
    rest.split_once('`').map(|(name, _)| name)
}

/// A part of the language that is not built, named at its place.
pub(crate) fn unsupported<T>(what: impl std::fmt::Display, span: Span) -> Result<T> {
    fault(codes::UNSUPPORTED, format!("{what} is not supported"), span)
}

/// Gives errors of other layers a place in the query.
pub(crate) trait At<T> {
    /// The value, or the error as a diagnostic at `span`.
    fn at(self, span: Span) -> Result<T>;
}

impl<T> At<T> for std::result::Result<T, CallError> {
    fn at(self, span: Span) -> Result<T> {
        self.map_err(|error| Diagnostic::error(code_of(&error), error.to_string(), span).into())
    }
}

impl<T> At<T> for std::result::Result<T, datafusion::error::DataFusionError> {
    fn at(self, span: Span) -> Result<T> {
        self.map_err(|error| {
            let message = format!("this could not be planned: {}", error.strip_backtrace());
            Diagnostic::error(codes::PLANNING, message, span).into()
        })
    }
}

const fn code_of(error: &CallError) -> &'static str {
    match error {
        CallError::Operands { .. } => codes::OPERANDS,
        CallError::ArgumentType { .. } => codes::ARGUMENT_TYPE,
        CallError::Arguments { .. } => codes::ARGUMENT_COUNT,
        CallError::ArgumentValue { .. } => codes::ARGUMENT_VALUE,
        CallError::Conversion { .. } => codes::CONVERSION,
        CallError::Unsupported { .. } => codes::UNSUPPORTED,
    }
}
