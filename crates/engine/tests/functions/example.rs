//! An example taken apart: where in it the function under test stands, and with which arguments.

use diag::Span;
use functions::{Function, Param, ParamKind, ParamType, Section};
use kql::ast::{Expr, ExprKind, StatementKind, operator::Source};

/// `print x = EXAMPLE`, and the function's arguments in it.
#[derive(Debug)]
pub(crate) struct Subject {
    pub(crate) text: String,
    pub(crate) args: Vec<Argument>,
    /// The function is the whole example.
    pub(crate) outermost: bool,
}

/// An argument of the function under test.
#[derive(Debug, Clone)]
pub(crate) struct Argument {
    pub(crate) span: Span,
    /// Its place among the arguments, from 0.
    pub(crate) position: usize,
    pub(crate) literal: bool,
}

const BEFORE: &str = "print x = ";

impl Subject {
    /// The arguments that need not be constants; `None` when the function is not in the example's text.
    pub(crate) fn of(function: &'static Function, example: &str) -> Option<Self> {
        let text = format!("{BEFORE}{example}");
        let query = kql::parse(&text).query;
        let StatementKind::Query(Expr { kind: ExprKind::Source(source), .. }) = &query.statements.first()?.kind else {
            return None;
        };
        let Source::Print(columns) = source.as_ref() else { return None };
        let whole = &columns.first()?.expr;
        let call = find(whole, function, &text)?;
        let outermost = call.span == whole.span;
        let args = operands(call).into_iter().enumerate().filter(|(position, arg)| may_vary(function, *position, arg));
        let args = args.map(|(position, arg)| {
            let literal = matches!(arg.kind, ExprKind::Literal(_));
            Argument { span: arg.span, position, literal }
        });
        Some(Self { args: args.collect(), text, outermost })
    }

    pub(crate) fn source(&self, arg: &Argument) -> &str {
        &self.text[arg.span.start..arg.span.end]
    }

    /// The example with some of its arguments replaced, without `print x = `.
    pub(crate) fn with(&self, replaced: &[(&Argument, String)]) -> String {
        let mut text = self.text.clone();
        let mut replaced: Vec<_> = replaced.iter().collect();
        replaced.sort_by_key(|(arg, _)| std::cmp::Reverse(arg.span.start));
        for (arg, name) in replaced {
            text.replace_range(arg.span.start..arg.span.end, name);
        }
        text.split_off(BEFORE.len())
    }
}

/// The parameter that takes an argument.
pub(crate) fn parameter(function: &'static Function, position: usize) -> Option<&'static Param> {
    let last = function.params.last().filter(|last| matches!(last.kind, ParamKind::Repeated { .. }));
    function.params.get(position).or(last)
}

fn may_vary(function: &'static Function, position: usize, arg: &Expr) -> bool {
    let constant = parameter(function, position).is_some_and(|param| matches!(param.ty, ParamType::Constant(_)));
    !constant && !matches!(arg.kind, ExprKind::TypeOf(_) | ExprKind::Wildcard(_) | ExprKind::Pipe { .. } | ExprKind::Source(_))
}

/// The outermost place where the function is applied.
fn find<'a>(expr: &'a Expr, function: &'static Function, text: &str) -> Option<&'a Expr> {
    let is_called = |name: &str| function.name == name || function.aliases.contains(&name);
    let applied = match &expr.kind {
        ExprKind::Call(call) => is_called(&call.name.text),
        ExprKind::Binary { left, right, .. } | ExprKind::Match { left, right, .. } => {
            // With `!` in front it is the same operator, negated.
            let word = text.get(left.span.end..right.span.start).unwrap_or_default().trim_matches([' ', '(', ')']);
            function.section == Section::Operator && (is_called(word) || is_called(word.trim_start_matches('!')))
        }
        ExprKind::In { op_span, .. } => {
            let word = text.get(op_span.start..op_span.end).unwrap_or_default();
            function.section == Section::Operator && is_called(word.trim_start_matches('!'))
        }
        ExprKind::Between { .. } => is_called("between"),
        _ => false,
    };
    if applied {
        return Some(expr);
    }
    let inner: Vec<&Expr> = match &expr.kind {
        ExprKind::Paren(inner) => vec![inner],
        ExprKind::Member { object, .. } => vec![object],
        ExprKind::Unary { operand, .. } => vec![operand],
        _ => operands(expr),
    };
    inner.into_iter().find_map(|inner| find(inner, function, text))
}

fn operands(expr: &Expr) -> Vec<&Expr> {
    match &expr.kind {
        ExprKind::Call(call) => call.arguments.iter().map(|argument| &argument.value).collect(),
        ExprKind::Binary { left, right, .. } | ExprKind::Match { left, right, .. } => vec![left, right],
        ExprKind::Index { object, index } => vec![object, index],
        ExprKind::In { left, list, .. } => std::iter::once(left.as_ref()).chain(list).collect(),
        ExprKind::Between { operand, from, to, .. } => vec![operand, from, to],
        _ => Vec::new(),
    }
}
