//! Pipes: a source, then operators parted by `|`. What is left over after an operator is reported here.
//!
//! Start with [`pipe`].

use super::{
    expr::{self, expr},
    near::nearest,
    operator, source,
};
use crate::{
    ast::{Expr, ExprKind, Operator},
    codes,
    parser::{Parser, shorten},
    token::Kind,
};

/// A scalar expression, a table, or a pipe.
pub(crate) fn pipe(p: &mut Parser<'_>) -> Expr {
    let start = p.span().start;
    let source = match source::leading(p) {
        Some(source) => source,
        None if p.at(Kind::Pipe) => {
            let message = codes::LEADING_PIPE.form;
            p.error(codes::LEADING_PIPE, message, p.span(), None);
            expr::missing(p)
        }
        None if leads(p) => {
            let source = Box::new(expr::missing(p));
            let mut operators = vec![one(p)];
            operators.extend(piped(p));
            return expr::new(ExprKind::Pipe { source, operators }, p.span_from(start));
        }
        None => expr(p),
    };
    stray_bracket(p);
    if !p.at(Kind::Pipe) && !operator_follows(p) {
        return source;
    }
    let operators = piped(p);
    expr::new(ExprKind::Pipe { source: Box::new(source), operators }, p.span_from(start))
}

/// Whether an operator stands where a table should: Resource Graph queries begin with `where`, and the rows they mean are
/// implied. The tree has a missing source; what it stands for is the planner's business.
fn leads(p: &Parser<'_>) -> bool {
    let (word, length) = p.hyphenated();
    if super::unsupported::find(word).is_some() {
        return true;
    }
    let Some(next) = p.name_word(length).filter(|next| operator::find(word).is_some() && !expr::is_infix_word(next)) else {
        return false;
    };
    // On the next line, what looks like another statement is one whose `;` was forgotten.
    let statement = matches!(next, "let" | "set" | "declare") || matches!(p.nth(length + 1), Kind::Pipe | Kind::End);
    !(p.begins_line(length) && statement)
}

/// `operator | operator`: the body of `mv-apply`, `fork`, `facet`, `partition`; no `|` before the first, though one is allowed.
pub(super) fn body(p: &mut Parser<'_>) -> Vec<Operator> {
    let mut operators = Vec::new();
    if !p.at(Kind::Pipe) {
        operators.push(one(p));
    }
    operators.extend(piped(p));
    operators
}

/// `( operators )`.
pub(super) fn parenthesised(p: &mut Parser<'_>) -> Vec<Operator> {
    p.bracketed(Kind::OpenParen, body).unwrap_or_default()
}

/// `| operator | operator`.
fn piped(p: &mut Parser<'_>) -> Vec<Operator> {
    let mut operators = Vec::new();
    loop {
        if p.at(Kind::Pipe) {
            p.bump();
        } else if !operator_follows(p) {
            return operators;
        }
        operators.push(one(p));
    }
}

/// An operator keyword where `|` was forgotten: at the start of a line, or after a complete operator.
fn operator_follows(p: &mut Parser<'_>) -> bool {
    let (word, length) = p.hyphenated();
    let begins = length > 0 && operator::find(word).is_some() && matches!(p.nth(length), Kind::Name | Kind::Text | Kind::Integer);
    // After an empty line `union ...` is the next query.
    let follows = begins && p.begins_line(0) && !(source::begins(p) && p.after_empty_line());
    if follows {
        p.error(codes::MISSING_PIPE, format!("`|` is missing before `{word}`"), p.span(), None);
    }
    follows
}

/// One operator, and a report of what does not belong to it.
pub(super) fn one(p: &mut Parser<'_>) -> Operator {
    let start = p.span().start;
    let kind = operator::operator(p);
    let span = p.span_from(start);
    leftover(p);
    Operator { kind, span }
}

/// Words that go on an operator.
const KEYWORDS: [&str; 9] = ["by", "on", "with", "asc", "desc", "nulls", "from", "step", "default"];

/// Reports a closing bracket that closes nothing, and steps over what follows it: the pipe goes on behind.
fn stray_bracket(p: &mut Parser<'_>) {
    while p.brackets == 0 && p.kind().closes() {
        let message = format!("this `{}` closes nothing", p.word(0));
        p.error(codes::STRAY_BRACKET, message, p.span(), None);
        p.bump();
        if !super::statement::begins(p) {
            p.synchronise();
        }
    }
}

/// Reports what stands between an operator's end and the next `|`, and steps over it.
fn leftover(p: &mut Parser<'_>) {
    stray_bracket(p);
    if p.at_stop() || operator_follows(p) || super::statement::begins(p) {
        return;
    }
    if let Some(word) = p.name_word(0)
        && let [best, ..] = nearest(word, KEYWORDS).as_slice()
    {
        let message = format!("expected `|` or the end of the statement, found `{}`", shorten(word));
        p.error(codes::EXPECTED, message, p.span(), Some(format!("did you mean `{best}`?")));
    }
    let near = p.name_word(0).map(|word| nearest(word, expr::words())).unwrap_or_default();
    if let (Some(word), [best, ..]) = (p.name_word(0), near.as_slice()) {
        let message = format!("there is no operator `{}`", shorten(word));
        p.error(codes::UNKNOWN_OPERATOR, message, p.span(), Some(format!("did you mean `{best}`?")));
    } else if p.at(Kind::PipePipe) {
        p.error(codes::C_OPERATOR, "`||` is no operator of KQL", p.span(), Some("write `or`, or one `|`".to_owned()));
    } else {
        p.expected("`|` or the end of the statement");
    }
    p.synchronise();
}
