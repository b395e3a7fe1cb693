//! An expression whose Kusto type is known, and a call of a function on such expressions.

use datafusion_common::ScalarValue;
use datafusion_expr::Expr;
use schema::Type;

/// A DataFusion expression and the Kusto type of its values; several Kusto types share one Arrow type.
#[derive(Debug, Clone, PartialEq)]
pub struct Typed {
    /// Yields values of `ty.engine_type()`.
    pub expr: Expr,
    /// Kusto type.
    pub ty: Type,
}

impl Typed {
    /// An expression of a type.
    #[must_use]
    pub const fn new(expr: Expr, ty: Type) -> Self {
        Self { expr, ty }
    }

    /// A constant; the value's Arrow type must be `ty.engine_type()`.
    #[must_use]
    pub const fn constant(value: ScalarValue, ty: Type) -> Self {
        Self { expr: Expr::Literal(value, None), ty }
    }

    /// A text constant.
    #[must_use]
    pub fn text(value: impl Into<String>) -> Self {
        Self::constant(ScalarValue::Utf8View(Some(value.into())), Type::String)
    }

    /// The value, if the expression is a constant.
    #[must_use]
    pub const fn as_constant(&self) -> Option<&ScalarValue> {
        match &self.expr {
            Expr::Literal(value, _) => Some(value),
            _ => None,
        }
    }

    /// The text, if the expression is a text (or dynamic, guid) constant that is not null.
    #[must_use]
    pub const fn as_text(&self) -> Option<&str> {
        match self.as_constant() {
            Some(ScalarValue::Utf8View(Some(text))) => Some(text.as_str()),
            _ => None,
        }
    }

    /// The number, if the expression is an integer, datetime or timespan constant that is not null.
    #[must_use]
    pub const fn as_long(&self) -> Option<i64> {
        match self.as_constant() {
            Some(ScalarValue::Int64(Some(value))) => Some(*value),
            Some(ScalarValue::Int32(Some(value))) => Some(*value as i64),
            _ => None,
        }
    }
}

/// A call being bound: arguments already converted to the types the declaration asks for.
#[derive(Debug)]
pub struct Call<'a> {
    /// Arguments in order; optional ones that were not given are absent at the end.
    pub args: &'a [Typed],
    /// The moment the run stands for, in ticks.
    pub clock: i64,
}

/// Why a call cannot be bound; becomes a diagnostic at the call's place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// Too few or too many arguments.
    #[error("{function}() takes {expected}, and got {found}")]
    Arguments {
        /// Function.
        function: &'static str,
        /// Such as `2 arguments`, `2 to 4 arguments`, `at least 1 argument`.
        expected: String,
        /// Number given.
        found: usize,
    },
    /// An argument of a type the function does not take.
    #[error("{function}() takes {expected} as argument {position} ({parameter}), and got {found}")]
    ArgumentType {
        /// Function.
        function: &'static str,
        /// From 1.
        position: usize,
        /// Parameter name.
        parameter: &'static str,
        /// What it takes.
        expected: String,
        /// Type given.
        found: Type,
    },
    /// An argument that must be constant is not, or its value is out of range.
    #[error("{function}(): argument {position} ({parameter}) {problem}")]
    ArgumentValue {
        /// Function.
        function: &'static str,
        /// From 1.
        position: usize,
        /// Parameter name.
        parameter: &'static str,
        /// Such as `must be a constant`.
        problem: String,
    },
    /// An operator on types it is not defined for.
    #[error("operator `{operator}` cannot be used on {left} and {right}")]
    Operands {
        /// Operator.
        operator: &'static str,
        /// Left type.
        left: Type,
        /// Right type.
        right: Type,
    },
    /// No conversion between two types.
    #[error("a {from} cannot be used as {to}")]
    Conversion {
        /// Type given.
        from: Type,
        /// Type wanted.
        to: Type,
    },
    /// A part of the function that is not built.
    #[error("{function}(): {what} is not supported")]
    Unsupported {
        /// Function.
        function: &'static str,
        /// Which part.
        what: String,
    },
}
