//! Every function and operator over values of the query language: one file each, declared once.
//!
//! Must not know parsers, tables, files or the `datafusion` umbrella crate. Start with [`Function`], then read one file of
//! [`scalar`]; [`apply`] is what the binder calls.

mod apply;
mod convert;
mod declare;
pub mod kernel;
mod registry;
mod rewrite;
mod typed;

pub mod aggregate;
pub mod operator;
pub mod reference;
pub mod scalar;

pub use aggregate::{make_list::in_order, series_pack::series_pack};
pub use apply::{apply, apply_aggregate, apply_window};
pub use convert::{coerce, common_type, null_of};
pub use declare::{
    Aggregated, Cost, Eval, Example, Expectation, Function, Nulls, Param, ParamKind, ParamType, ResultName, Returns, Section,
    Status, TupleField,
};
pub use kernel::{
    group::{any_row, arg_extreme},
    part,
};
pub use registry::{all, find, find_call, nearest};
pub use typed::{Call, CallError, Typed};
