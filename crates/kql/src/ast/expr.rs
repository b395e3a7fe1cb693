//! Expressions, scalar and tabular: the grammar does not tell them apart, the binder does.

use diag::Span;

use super::{
    Name, TypeName,
    operator::{Operator, Source},
};

/// An expression and its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
}

/// The expressions of the language.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// A constant.
    Literal(Literal),
    /// A column, variable, table or a parameterless function. `$left` and `$right` are names too.
    Name(Name),
    /// A name pattern such as `App*` or `*`.
    Wildcard(Name),
    /// `object.name`, also `object['name']` where the key is a literal text (`quoted` then).
    Member {
        /// What is looked into.
        object: Box<Expr>,
        /// The key.
        name: Name,
        /// Written with brackets.
        quoted: bool,
    },
    /// `object[index]` with any other expression.
    Index {
        /// What is looked into.
        object: Box<Expr>,
        /// Position (negative counts from the end) or key.
        index: Box<Expr>,
    },
    /// `name(arguments)`.
    Call(Call),
    /// `object.name(arguments)`, such as `database("x").Table` with a call, `workspace("w").f()`.
    MethodCall {
        /// Left of the dot.
        object: Box<Expr>,
        /// Right of the dot.
        call: Call,
    },
    /// `-x`, `+x`.
    Unary {
        /// Operator.
        op: UnaryOp,
        /// Operand.
        operand: Box<Expr>,
    },
    /// `left op right`.
    Binary {
        /// Operator.
        op: BinaryOp,
        /// Left operand.
        left: Box<Expr>,
        /// Right operand.
        right: Box<Expr>,
    },
    /// A string operator such as `has`, `!contains`, `=~`, `matches regex`, and `==`-like ones that take text.
    Match {
        /// Operator.
        op: MatchOp,
        /// Where the operator word stands.
        op_span: Span,
        /// Left operand.
        left: Box<Expr>,
        /// Right operand.
        right: Box<Expr>,
    },
    /// `left in (a, b)`, `in~`, `!in`, `!in~`, `has_any`, `has_all`: a list on the right, or one expression (a table, an array).
    In {
        /// Operator.
        op: MatchOp,
        /// Where the operator word stands.
        op_span: Span,
        /// Left operand.
        left: Box<Expr>,
        /// The list, or the one expression.
        list: Vec<Expr>,
    },
    /// `operand between (from .. to)`.
    Between {
        /// `!between`.
        negated: bool,
        /// What is tested.
        operand: Box<Expr>,
        /// Lower bound.
        from: Box<Expr>,
        /// Upper bound.
        to: Box<Expr>,
    },
    /// `typeof(long)`, `typeof(string, long)`.
    TypeOf(Vec<TypeName>),
    /// `(expression)`.
    Paren(Box<Expr>),
    /// `source | operator | operator`.
    Pipe {
        /// What flows in.
        source: Box<Expr>,
        /// At least one.
        operators: Vec<Operator>,
    },
    /// An operator that begins a pipe: `print`, `range`, `datatable`, `union` ...
    Source(Box<Source>),
    /// What could not be parsed; an error tells why.
    Missing,
}

/// `name(arguments)`.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// Function name as written.
    pub name: Name,
    /// In order.
    pub arguments: Vec<Argument>,
}

/// An argument, perhaps named: `f(1, name = 2)`. `*` is a [`ExprKind::Wildcard`].
#[derive(Debug, Clone, PartialEq)]
pub struct Argument {
    /// `name =` before the value.
    pub name: Option<Name>,
    /// The value.
    pub value: Expr,
}

/// `expression`, `name = expression` or `(name, name) = expression` in `extend`, `project`, `summarize` ...
#[derive(Debug, Clone, PartialEq)]
pub struct Named {
    /// Empty when unnamed.
    pub names: Vec<Name>,
    /// The value.
    pub expr: Expr,
}

/// A constant as written.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// `true`, `bool(false)`, `bool(null)`.
    Bool(Option<bool>),
    /// `int(5)`, `int(null)`.
    Int(Option<i32>),
    /// `5`, `0x1F`, `long(null)`.
    Long(Option<i64>),
    /// `1.5`, `1e3`, `real(nan)`, `real(null)`.
    Real(Option<f64>),
    /// `decimal(1.5)`: the digits as written.
    Decimal(Option<String>),
    /// `"text"`, with every escape resolved.
    String {
        /// The text meant.
        value: String,
        /// `h"..."`: must not appear in logs.
        obfuscated: bool,
    },
    /// `datetime(2026-11-21)`: the text between the parentheses, or `None` for null. The binder reads it.
    Datetime(Option<String>),
    /// `1d`, `timespan(1.02:03:04)`: the text as written, or `None` for null. The binder reads it.
    Timespan(Option<String>),
    /// `guid(74be27de-1e4e-49d9-b579-fe0b331d3642)`: the text, or `None` for null.
    Guid(Option<String>),
    /// `dynamic({...})`.
    Dynamic(Json),
}

/// A value inside `dynamic(...)`: JSON, and Kusto's typed literals.
#[derive(Debug, Clone, PartialEq)]
pub enum Json {
    /// `null`.
    Null,
    /// Any scalar literal, also `datetime(...)` or a number too large for `long` (kept as real).
    Scalar(Box<Literal>),
    /// `[...]`.
    Array(Vec<Json>),
    /// `{"key": value}` in the order written.
    Object(Vec<(String, Json)>),
}

/// Prefix operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnaryOp {
    /// `-`.
    Minus,
    /// `+`.
    Plus,
}

/// Infix operators over values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BinaryOp {
    /// `or`.
    Or,
    /// `and`.
    And,
    /// `==`.
    Equal,
    /// `!=`, `<>`.
    NotEqual,
    /// `<`.
    Less,
    /// `<=`.
    LessOrEqual,
    /// `>`.
    Greater,
    /// `>=`.
    GreaterOrEqual,
    /// `+`.
    Add,
    /// `-`.
    Subtract,
    /// `*`.
    Multiply,
    /// `/`.
    Divide,
    /// `%`.
    Modulo,
}

/// What a string operator compares, before negation and case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MatchKind {
    /// `=~`, `!~`.
    Equals,
    /// `in`, `in~`.
    In,
    /// `has`.
    Has,
    /// `hasprefix`.
    HasPrefix,
    /// `hassuffix`.
    HasSuffix,
    /// `has_any`.
    HasAny,
    /// `has_all`.
    HasAll,
    /// `contains`.
    Contains,
    /// `startswith`.
    StartsWith,
    /// `endswith`.
    EndsWith,
    /// `matches regex`.
    MatchesRegex,
    /// `like`, an old spelling with `*` and `?`.
    Like,
    /// `column:term` in `search` and `find`: as `has`, but a `*` in the term stands for anything.
    Term,
}

/// A string operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MatchOp {
    /// What it compares.
    pub kind: MatchKind,
    /// Written with `!` (`!has`, `!~`, `notcontains`).
    pub negated: bool,
    /// `_cs` forms, `in`, `matches regex`: upper and lower case differ.
    pub case_sensitive: bool,
}

impl Expr {
    /// The scalar expressions directly inside this one; nothing of a pipe or a source.
    #[must_use]
    pub fn operands(&self) -> Vec<&Self> {
        match &self.kind {
            ExprKind::Literal(_)
            | ExprKind::Name(_)
            | ExprKind::Wildcard(_)
            | ExprKind::TypeOf(_)
            | ExprKind::Pipe { .. }
            | ExprKind::Source(_)
            | ExprKind::Missing => Vec::new(),
            ExprKind::Member { object, .. } => vec![object],
            ExprKind::Index { object, index } => vec![object, index],
            ExprKind::Call(call) => call.arguments.iter().map(|argument| &argument.value).collect(),
            ExprKind::MethodCall { object, call } => {
                std::iter::once(object.as_ref()).chain(call.arguments.iter().map(|argument| &argument.value)).collect()
            }
            ExprKind::Unary { operand, .. } => vec![operand],
            ExprKind::Binary { left, right, .. } | ExprKind::Match { left, right, .. } => vec![left, right],
            ExprKind::In { left, list, .. } => std::iter::once(left.as_ref()).chain(list).collect(),
            ExprKind::Between { operand, from, to, .. } => vec![operand, from, to],
            ExprKind::Paren(inner) => vec![inner],
        }
    }

    /// This expression and every scalar one inside it, outer ones first. However deep they lie, the stack stays flat.
    pub fn walk(&self) -> impl Iterator<Item = &Self> {
        let mut pending = vec![self];
        std::iter::from_fn(move || {
            let next = pending.pop()?;
            pending.extend(next.operands().into_iter().rev());
            Some(next)
        })
    }
}
