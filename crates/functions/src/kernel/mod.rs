//! How a function's code meets Arrow: arguments read value by value or as arrays, answers remembered per distinct text.
//!
//! A kernel is `fn(&Args) -> Result<ArrayRef, KernelError>`. It may be called with fewer rows than the batch has: the
//! adapter calls it once for constant arguments and once per distinct text where the declaration says that pays.

mod args;
pub mod cache;
mod compare;
mod convert;
pub mod decimal;
mod each;
pub mod fold;
pub mod group;
pub mod hyperloglog;
pub mod json;
mod lists;
mod memo;
pub mod native;
mod part;
pub mod patterns;
pub mod regex;
pub mod rows;
mod scalar_udf;
pub mod search;
pub mod sphere;
pub mod tdigest;
mod two_longs;
mod values;

pub use args::{Args, Bools, Decimals, Longs, Reals, Texts};
pub use compare::{Comparison, Number, compare_numbers};
pub use convert::{cast_json, convert, json_path};
pub use each::{MAX_TEXT, each_bool, each_decimal, each_int, each_long, each_real, each_text, each_text_or_null, truncate};
pub use lists::Lists;
pub use memo::distinct_views;
pub use part::part;
pub use scalar_udf::ScalarKernel;
pub use two_longs::two_longs;
pub use values::Values;

/// What can go wrong while a kernel runs. Values never do: what a function cannot answer is null.
#[derive(Debug, thiserror::Error)]
pub enum KernelError {
    /// An argument's Arrow type is not the one its Kusto type has; a fault of the planner.
    #[error("argument {position} holds {found}, and not the {expected} it was planned as")]
    Layout {
        /// From 1.
        position: usize,
        /// Arrow type found.
        found: String,
        /// What was wanted.
        expected: &'static str,
    },
    /// A pattern that is not a regular expression.
    #[error("`{pattern}` is not a regular expression: {problem}")]
    Regex {
        /// Pattern.
        pattern: String,
        /// What the parser says.
        problem: String,
    },
    /// A search that would not end.
    #[error("{what}")]
    TooMuch {
        /// What there is too much of, and what to do.
        what: &'static str,
    },
    /// Arrow refused.
    #[error(transparent)]
    Arrow(#[from] arrow::error::ArrowError),
}
