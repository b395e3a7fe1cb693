//! The syntax tree: what was written, with its place in the text, and nothing about what it means.
//!
//! Start with [`Query`]; expressions are in [`expr`], tabular operators in [`operator`].

pub mod expr;
pub mod operator;

use diag::Span;

pub use expr::{Argument, BinaryOp, Call, Expr, ExprKind, Json, Literal, MatchKind, MatchOp, Named, UnaryOp};
pub use operator::Operator;

/// A whole query text: statements separated by `;`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Query {
    /// In order of the text.
    pub statements: Vec<Statement>,
}

/// A name as it was written and what it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The name without quoting: `['my col']` is `my col`.
    pub text: String,
    /// Where it stands, quoting included.
    pub span: Span,
}

/// One statement.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// What it is.
    pub kind: StatementKind,
    /// From its first to its last character, without `;`.
    pub span: Span,
}

/// The statements of the language.
#[derive(Debug, Clone, PartialEq)]
pub enum StatementKind {
    /// `let name = value`.
    Let {
        /// The name bound.
        name: Name,
        /// What it stands for.
        value: LetValue,
    },
    /// `set name` or `set name = value`.
    Set {
        /// Option name.
        name: Name,
        /// Its value; `None` sets a flag.
        value: Option<Expr>,
    },
    /// `declare query_parameters(name:type = default, ...)`.
    DeclareParameters(Vec<Parameter>),
    /// `alias database name = expression`.
    Alias {
        /// The alias.
        name: Name,
        /// `cluster(..).database(..)`.
        value: Expr,
    },
    /// `declare pattern ...` and `restrict access to (...)`: kept as text, refused when planned.
    Other {
        /// The words that tell which statement it is, such as `declare pattern`.
        keyword: &'static str,
    },
    /// The query itself: a tabular or scalar expression.
    Query(Expr),
}

/// The right side of `let`.
#[derive(Debug, Clone, PartialEq)]
pub enum LetValue {
    /// A scalar or tabular expression; which of both only the binder can tell.
    Expr(Expr),
    /// `(parameters) { body }`, perhaps with `view` before it.
    Function(Function),
}

/// A user-defined function.
#[derive(Debug, Clone, PartialEq)]
pub struct Function {
    /// `view () { ... }`: takes part in `union *`.
    pub view: bool,
    /// Parameters in order.
    pub parameters: Vec<Parameter>,
    /// Statements; the last is the value.
    pub body: Vec<Statement>,
    /// From `(` or `view` to `}`.
    pub span: Span,
}

/// A declared parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Its name.
    pub name: Name,
    /// What it takes.
    pub ty: ParameterType,
    /// `= literal`.
    pub default: Option<Expr>,
}

/// What a declared parameter takes.
#[derive(Debug, Clone, PartialEq)]
pub enum ParameterType {
    /// `name:type`.
    Scalar(TypeName),
    /// `name:(column:type, ...)`; `None` for `(*)`.
    Table(Option<Vec<ColumnDecl>>),
}

/// A type as written, such as `string`; whether it exists is the binder's business.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeName {
    /// The word.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// `name:type` in `datatable`, `externaldata` and tabular parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct ColumnDecl {
    /// Column name.
    pub name: Name,
    /// Column type.
    pub ty: TypeName,
}
