//! The declaration of a function: everything the binder, the tests and the reference pages need, in one value.

use arrow::array::ArrayRef;
use datafusion_common::ScalarValue;
use datafusion_expr::Expr;
use schema::Type;

use crate::{
    Call, CallError,
    kernel::{Args, KernelError, part},
};

/// A scalar function, an aggregate or a string operator.
#[derive(Debug)]
pub struct Function {
    /// Name as the reference spells it; for operators the operator (`has`, `!contains_cs` is `contains_cs` negated by the binder).
    pub name: &'static str,
    /// Old or alternative spellings that mean exactly the same.
    pub aliases: &'static [&'static str],
    /// Chapter of the reference.
    pub section: Section,
    /// Page under Microsoft's KQL reference, such as `strcat-delim-function`.
    pub doc: &'static str,
    /// What it returns, one sentence.
    pub summary: &'static str,
    /// Parameters in order.
    pub params: &'static [Param],
    /// Type of the result.
    pub returns: Returns,
    /// How an unnamed column that holds the result is called.
    pub result_name: ResultName,
    /// What a null argument does.
    pub nulls: Nulls,
    /// Whether remembering answers for repeated texts pays.
    pub cost: Cost,
    /// How much of the reference page holds.
    pub status: Status,
    /// The code.
    pub eval: Eval,
    /// Examples: the tests and the reference page.
    pub examples: &'static [Example],
}

impl Function {
    /// The least and the most arguments it takes.
    #[must_use]
    pub fn arity(&self) -> (usize, usize) {
        self.params.iter().fold((0, 0), |(min, max): (usize, usize), param| match param.kind {
            ParamKind::Required => (min + 1, max + 1),
            ParamKind::Optional => (min, max + 1),
            ParamKind::Repeated { min: least, max: most } => (min + least, max.saturating_add(most)),
        })
    }

    /// Whether it takes so many arguments.
    #[must_use]
    pub fn takes(&self, arguments: usize) -> bool {
        let (min, max) = self.arity();
        (min..=max).contains(&arguments)
    }
}

/// Chapters of the reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// `scalar-functions#string-functions`.
    String,
    /// Dates and timespans.
    Datetime,
    /// Arrays and property bags.
    Dynamic,
    /// `iff`, `case`, `coalesce`.
    Conditional,
    /// `tostring`, `tolong`.
    Conversion,
    /// Numbers, rounding.
    Math,
    /// Hashes and encodings.
    Hash,
    /// IP addresses.
    Ip,
    /// Places, lines and polygons on the globe.
    Geo,
    /// Series.
    Series,
    /// Rows before and after.
    Window,
    /// Types and metadata.
    Metadata,
    /// Aggregates.
    Aggregate,
    /// String operators and other infix operators.
    Operator,
    /// No part of the language: what other declarations are rewritten to. Hidden from the reference and from queries.
    Internal,
}

/// A parameter.
#[derive(Debug, Clone, Copy)]
pub struct Param {
    /// Name in the reference.
    pub name: &'static str,
    /// What it takes; arguments are converted to it.
    pub ty: ParamType,
    /// How often it may be given.
    pub kind: ParamKind,
}

impl Param {
    /// A parameter that must be given once.
    #[must_use]
    pub const fn required(name: &'static str, ty: ParamType) -> Self {
        Self { name, ty, kind: ParamKind::Required }
    }

    /// A parameter that may be left out.
    #[must_use]
    pub const fn optional(name: &'static str, ty: ParamType) -> Self {
        Self { name, ty, kind: ParamKind::Optional }
    }

    /// A last parameter that is given `min` to `max` times.
    #[must_use]
    pub const fn repeated(name: &'static str, ty: ParamType, min: usize, max: usize) -> Self {
        Self { name, ty, kind: ParamKind::Repeated { min, max } }
    }
}

/// How often a parameter may be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParamKind {
    /// Once.
    Required,
    /// Once or not at all.
    Optional,
    /// Only as the last one: this often.
    Repeated {
        /// At least.
        min: usize,
        /// At most.
        max: usize,
    },
}

/// What a parameter takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParamType {
    /// Converted to exactly this type, where Kusto converts implicitly (`int` to `long`, `dynamic` to anything, anything to `string`).
    Exact(Type),
    /// A constant of exactly this type, known when the query is bound.
    Constant(Type),
    /// `int`, `long`, `real` or `decimal`, as it is.
    Number,
    /// A number, `datetime` or `timespan`, as it is.
    NumberOrTime,
    /// Any type, as it is.
    Any,
    /// Any; all arguments declared `Common` are converted to their common type.
    Common,
}

/// Type of the result.
#[derive(Debug, Clone, Copy)]
pub enum Returns {
    /// Always this.
    Fixed(Type),
    /// The type of the argument at this position (after conversion).
    SameAs(usize),
    /// The common type of the arguments declared [`ParamType::Common`].
    Common,
    /// Decided from the argument types; an error text refuses them.
    By(fn(&[Type]) -> Result<Type, CallError>),
}

/// How Kusto names a column that is not named in the query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResultName {
    /// `Column1` and so on.
    None,
    /// As the first argument, if that is a column (`bin(Timestamp, 1d)` is `Timestamp`).
    FirstArgument,
    /// `prefix_` and the first argument's name (`count_`, `dcount_X`, `max_X`).
    Prefixed(&'static str),
    /// The same with the names of the first two arguments (`covariance_x_y`).
    PrefixedTwo(&'static str),
    /// Several arrays give several results, each called as its array and `_suffix` (`a_sorted`, `b_sorted`); one has no name.
    EachSuffixed(&'static str),
}

/// What a null argument does. The sentence printed in the reference and the generated tests come from this value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nulls {
    /// Any null argument gives null (an empty text where the result is text).
    Propagate,
    /// A null argument counts as an empty text.
    AsEmptyText,
    /// The result is never null.
    NeverNull,
    /// A null argument gives false.
    FalseOnNull,
    /// Nulls are left out of the aggregate.
    Ignored,
    /// As this sentence says.
    Custom(&'static str),
}

/// Whether remembering answers pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cost {
    /// A few instructions a value.
    Cheap,
    /// Worth remembering: evaluated once per distinct text of a batch (decision 6).
    PerDistinct,
    /// A new answer at each call (`rand`): never remembered, never folded.
    Volatile,
}

/// How much of the reference page holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// All of it.
    Full,
    /// All but what this sentence names.
    Partial(&'static str),
}

/// A column of a function that returns several (`series_decompose_anomalies`).
#[derive(Debug, Clone, Copy)]
pub struct TupleField {
    /// Suffix of the automatic column name.
    pub name: &'static str,
    /// Its type.
    pub ty: Type,
}

/// The code, cheapest kind first.
#[derive(Debug, Clone, Copy)]
pub enum Eval {
    /// Becomes an expression of native operators and other functions.
    Rewrite(fn(&Call) -> Result<Expr, CallError>),
    /// Computes an Arrow array from the arguments. The result's Arrow type is the `engine_type` of the declared result.
    Kernel(fn(&Args) -> Result<ArrayRef, KernelError>),
    /// As `Kernel`; the result is a dynamic array with one element for each of these columns.
    Tuple(&'static [TupleField], fn(&Args) -> Result<ArrayRef, KernelError>),
    /// Becomes one or several DataFusion aggregates and an expression over them.
    Aggregate(fn(&Call) -> Result<Aggregated, CallError>),
    /// Becomes a DataFusion window function over the rows in their order, which the planner sets.
    Window(fn(&Call) -> Result<Expr, CallError>),
    /// Means something only to a tabular operator (`arg_max`, `materialize`, `toscalar`): the binder plans it by name.
    Binder,
}

/// A Kusto aggregate in DataFusion's terms.
#[derive(Debug)]
pub struct Aggregated {
    /// DataFusion aggregate expressions.
    pub aggregates: Vec<Expr>,
    /// From the columns that hold the aggregates' values to the result.
    pub finish: fn(Vec<Expr>) -> Expr,
    /// Empty for an aggregate of one column. Otherwise the end of each column's automatic name (`_5` and `_99_9` of
    /// `percentiles`): the result is then a list with one element for each of them, which [`Aggregated::outputs`] takes apart.
    pub suffixes: Vec<String>,
}

impl Aggregated {
    /// A DataFusion aggregate as it is.
    #[must_use]
    pub fn plain(aggregate: Expr) -> Self {
        Self::finished(aggregate, only)
    }

    /// A DataFusion aggregate and what is made of its value.
    #[must_use]
    pub fn finished(aggregate: Expr, finish: fn(Vec<Expr>) -> Expr) -> Self {
        Self { aggregates: vec![aggregate], finish, suffixes: Vec::new() }
    }

    /// From the columns that hold the aggregates' values to the result's columns: the end of the automatic name (empty for
    /// most aggregates) and the value of each.
    #[must_use]
    pub fn outputs(&self, values: Vec<Expr>) -> Vec<(String, Expr)> {
        let result = (self.finish)(values);
        if self.suffixes.is_empty() {
            return vec![(String::new(), result)];
        }
        self.suffixes.iter().enumerate().map(|(position, suffix)| (suffix.clone(), part(result.clone(), position))).collect()
    }
}

/// The first of the values.
fn only(values: Vec<Expr>) -> Expr {
    values.into_iter().next().unwrap_or(Expr::Literal(ScalarValue::Null, None))
}

/// One worked example: a test, and a line of the reference.
#[derive(Debug, Clone, Copy)]
pub struct Example {
    /// What it shows, a short phrase.
    pub title: &'static str,
    /// For scalar functions and operators an expression (`strlen("abc")`); for aggregates and functions of neighbouring rows a
    /// query that gives one value.
    pub query: &'static str,
    /// What comes out.
    pub expect: Expectation,
}

/// What an example gives.
#[derive(Debug, Clone, Copy)]
pub enum Expectation {
    /// The value as a KQL expression of literals: `3`, `"abc"`, `datetime(2026-01-01)`, `dynamic([1,2])`, `int(null)`.
    Value(&'static str),
    /// The same, where the arguments are constants only: a constant text is taken as what it is compared with, a column is not.
    OfConstants(&'static str),
    /// The code of the error.
    Error(&'static str),
}

impl Example {
    /// An example that gives a value.
    #[must_use]
    pub const fn gives(title: &'static str, query: &'static str, value: &'static str) -> Self {
        Self { title, query, expect: Expectation::Value(value) }
    }

    /// An example that gives a value, and is refused when the arguments are columns.
    #[must_use]
    pub const fn of_constants(title: &'static str, query: &'static str, value: &'static str) -> Self {
        Self { title, query, expect: Expectation::OfConstants(value) }
    }

    /// An example that is refused.
    #[must_use]
    pub const fn fails(title: &'static str, query: &'static str, code: &'static str) -> Self {
        Self { title, query, expect: Expectation::Error(code) }
    }
}
