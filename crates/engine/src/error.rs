//! Why a query did not give rows.

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
    /// The program itself is at fault.
    #[error("internal error: {0}")]
    Internal(String),
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

/// Codes of the errors a query can meet after it was parsed.
pub mod codes {
    /// A table that does not exist.
    pub const UNKNOWN_TABLE: &str = "K0101";
    /// A column or variable that does not exist.
    pub const UNKNOWN_NAME: &str = "K0102";
    /// A function that does not exist.
    pub const UNKNOWN_FUNCTION: &str = "K0103";
    /// A name that stands for the other kind of thing: a table where a value is wanted, or the reverse.
    pub const KIND: &str = "K0104";
    /// A type that does not exist.
    pub const UNKNOWN_TYPE: &str = "K0105";
    /// Operands an operator is not defined for.
    pub const OPERANDS: &str = "K0201";
    /// An argument of the wrong type.
    pub const ARGUMENT_TYPE: &str = "K0202";
    /// Too few or too many arguments.
    pub const ARGUMENT_COUNT: &str = "K0203";
    /// An argument with a value that cannot be used.
    pub const ARGUMENT_VALUE: &str = "K0204";
    /// A value that does not convert.
    pub const CONVERSION: &str = "K0205";
    /// A literal that cannot be read.
    pub const LITERAL: &str = "K0206";
    /// An aggregate where none may stand, or none where one must.
    pub const AGGREGATE: &str = "K0207";
    /// A setting or word an operator does not know.
    pub const SETTING: &str = "K0208";
    /// Something the language has and the engine does not.
    pub const UNSUPPORTED: &str = "K0301";
    /// A query that grows past what may be planned.
    pub const TOO_LARGE: &str = "K0302";
    /// DataFusion refused the plan.
    pub const PLANNING: &str = "K0901";
}
