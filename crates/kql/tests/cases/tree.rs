//! Trees as s-expressions, so that a case shows which operator binds which operands.

use spoofwatch_kql::{
    ast::{Expr, ExprKind, Literal, Query, StatementKind, operator::Source},
    quote_string, write_expr,
};

/// The expressions of the query statements, those of `print` a line each; everything but operators between operands in canonical text.
pub(crate) fn tree(query: &Query) -> String {
    let expressions = query.statements.iter().filter_map(|statement| match &statement.kind {
        StatementKind::Query(Expr { kind: ExprKind::Source(source), .. }) => match source.as_ref() {
            Source::Print(columns) => Some(columns.iter().map(|column| expression(&column.expr)).collect::<Vec<_>>().join("\n")),
            _ => None,
        },
        StatementKind::Query(expr) => Some(expression(expr)),
        _ => None,
    });
    expressions.collect::<Vec<_>>().join("\n")
}

fn expression(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Binary { op, left, right } => format!("({op:?} {} {})", expression(left), expression(right)),
        ExprKind::Match { op, left, right, .. } => {
            let not = if op.negated { "Not" } else { "" };
            let cs = if op.case_sensitive { "Cs" } else { "" };
            format!("({not}{:?}{cs} {} {})", op.kind, expression(left), expression(right))
        }
        ExprKind::In { op, left, list, .. } => {
            let not = if op.negated { "Not" } else { "" };
            let cs = if op.case_sensitive { "Cs" } else { "" };
            format!("({not}{:?}{cs} {} [{}])", op.kind, expression(left), all(list))
        }
        ExprKind::Between { negated, operand, from, to } => {
            let not = if *negated { "Not" } else { "" };
            format!("({not}Between {} {} {})", expression(operand), expression(from), expression(to))
        }
        ExprKind::Unary { op, operand } => format!("({op:?} {})", expression(operand)),
        ExprKind::Member { object, name, .. } => format!("(Member {} {})", expression(object), name.text),
        ExprKind::Index { object, index } => format!("(Index {} {})", expression(object), expression(index)),
        ExprKind::Paren(inner) => format!("(Paren {})", expression(inner)),
        ExprKind::Call(call) => {
            let arguments: Vec<String> = call.arguments.iter().map(|argument| expression(&argument.value)).collect();
            format!("(Call {} [{}])", call.name.text, arguments.join(" "))
        }
        ExprKind::MethodCall { object, call } => {
            let arguments: Vec<String> = call.arguments.iter().map(|argument| expression(&argument.value)).collect();
            format!("(Method {} {} [{}])", expression(object), call.name.text, arguments.join(" "))
        }
        ExprKind::Literal(Literal::String { value, .. }) => quote_string(value),
        ExprKind::Pipe { source, operators } => format!("(Pipe {} {})", expression(source), operators.len()),
        _ => write_expr(expr),
    }
}

fn all(list: &[Expr]) -> String {
    list.iter().map(expression).collect::<Vec<_>>().join(" ")
}
