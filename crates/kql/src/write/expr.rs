//! Expressions as text. Parentheses that a tree built by hand lacks are added.

use super::Writer;
use crate::{
    ast::{Argument, BinaryOp, Call, Expr, ExprKind, MatchKind, MatchOp, Name, Named, UnaryOp, operator::Source},
    lexer,
    text::{quote_name, quote_string},
};

/// How tight a construct binds: the levels of the grammar, with `or` and `and` below and signs and paths above.
mod level {
    pub(super) const PIPE: u8 = 0;
    pub(super) const OR: u8 = 1;
    pub(super) const AND: u8 = 2;
    pub(super) const COMPARISON: u8 = 3;
    pub(super) const ORDER: u8 = 4;
    pub(super) const SUM: u8 = 5;
    pub(super) const PRODUCT: u8 = 6;
    pub(super) const TEXT: u8 = 7;
    pub(super) const SIGN: u8 = 8;
    pub(super) const PATH: u8 = 9;
}

fn level_of(kind: &ExprKind) -> u8 {
    match kind {
        ExprKind::Source(source) if matches!(**source, Source::Datatable { .. } | Source::ExternalData { .. }) => level::PATH,
        ExprKind::Pipe { .. } | ExprKind::Source(_) => level::PIPE,
        ExprKind::Binary { op, .. } => binary_level(*op),
        ExprKind::In { .. } | ExprKind::Between { .. } => level::COMPARISON,
        ExprKind::Match { .. } => level::TEXT,
        ExprKind::Unary { .. } => level::SIGN,
        _ => level::PATH,
    }
}

const fn binary_level(op: BinaryOp) -> u8 {
    match op {
        BinaryOp::Or => level::OR,
        BinaryOp::And => level::AND,
        BinaryOp::Equal | BinaryOp::NotEqual => level::COMPARISON,
        BinaryOp::Less | BinaryOp::LessOrEqual | BinaryOp::Greater | BinaryOp::GreaterOrEqual => level::ORDER,
        BinaryOp::Add | BinaryOp::Subtract => level::SUM,
        BinaryOp::Multiply | BinaryOp::Divide | BinaryOp::Modulo => level::PRODUCT,
    }
}

const fn binary_word(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Or => "or",
        BinaryOp::And => "and",
        BinaryOp::Equal => "==",
        BinaryOp::NotEqual => "!=",
        BinaryOp::Less => "<",
        BinaryOp::LessOrEqual => "<=",
        BinaryOp::Greater => ">",
        BinaryOp::GreaterOrEqual => ">=",
        BinaryOp::Add => "+",
        BinaryOp::Subtract => "-",
        BinaryOp::Multiply => "*",
        BinaryOp::Divide => "/",
        BinaryOp::Modulo => "%",
    }
}

/// The spelling of a string operator.
fn match_word(op: MatchOp) -> String {
    let cs = if op.case_sensitive { "_cs" } else { "" };
    let bang = if op.negated { "!" } else { "" };
    match op.kind {
        MatchKind::Equals => if op.negated { "!~" } else { "=~" }.to_owned(),
        MatchKind::In => format!("{bang}in{}", if op.case_sensitive { "" } else { "~" }),
        MatchKind::Has => format!("{bang}has{cs}"),
        MatchKind::HasPrefix => format!("{bang}hasprefix{cs}"),
        MatchKind::HasSuffix => format!("{bang}hassuffix{cs}"),
        MatchKind::HasAny => format!("{bang}has_any"),
        MatchKind::HasAll => format!("{bang}has_all"),
        MatchKind::Contains => format!("{bang}contains{cs}"),
        MatchKind::StartsWith => format!("{bang}startswith{cs}"),
        MatchKind::EndsWith => format!("{bang}endswith{cs}"),
        MatchKind::MatchesRegex => format!("{bang}matches regex"),
        MatchKind::Like => format!("{}like{}", if op.negated { "not" } else { "" }, if op.case_sensitive { "cs" } else { "" }),
        MatchKind::Term => ":".to_owned(),
    }
}

impl Writer {
    pub(super) fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Literal(literal) => self.literal(literal),
            ExprKind::Name(name) => self.name(name),
            ExprKind::Wildcard(name) => self.push(&name.text),
            ExprKind::Member { object, name, quoted } => self.member(object, name, *quoted),
            ExprKind::Index { object, index } => {
                self.at_least(object, level::PATH);
                self.push("[");
                self.expr(index);
                self.push("]");
            }
            ExprKind::Call(call) => self.call(call),
            ExprKind::MethodCall { object, call } => {
                self.at_least(object, level::PATH);
                self.push(".");
                self.step(&call.name.text);
                self.parenthesised(&call.arguments, Self::argument);
            }
            ExprKind::Unary { op, operand } => {
                self.push(if *op == UnaryOp::Minus { "-" } else { "+" });
                self.at_least(operand, level::SIGN);
            }
            ExprKind::Binary { op, left, right } => self.binary(*op, left, right),
            ExprKind::Match { op, left, right, .. } => {
                self.at_least(left, level::TEXT);
                if op.kind == MatchKind::Term {
                    self.push(":");
                } else {
                    self.word(&match_word(*op));
                }
                self.at_least(right, level::SIGN);
            }
            ExprKind::In { op, left, list, .. } => {
                self.at_least(left, level::COMPARISON);
                self.word(&match_word(*op));
                self.parenthesised(list, Self::expr);
            }
            ExprKind::Between { negated, operand, from, to } => {
                self.at_least(operand, level::COMPARISON);
                self.word(if *negated { "!between" } else { "between" });
                self.push("(");
                self.expr(from);
                self.word("..");
                self.expr(to);
                self.push(")");
            }
            ExprKind::TypeOf(types) => {
                self.push("typeof");
                self.parenthesised(types, |out, ty| out.push(&ty.text));
            }
            ExprKind::Paren(inner) => {
                self.push("(");
                self.expr(inner);
                self.push(")");
            }
            ExprKind::Pipe { source, operators } => self.pipe(source, operators),
            ExprKind::Source(source) => self.source(source),
            ExprKind::Missing => {}
        }
    }

    /// The expression, in parentheses if it binds less tight than `least`.
    fn at_least(&mut self, expr: &Expr, least: u8) {
        if level_of(&expr.kind) >= least {
            return self.expr(expr);
        }
        self.push("(");
        self.expr(expr);
        self.push(")");
    }

    fn binary(&mut self, op: BinaryOp, left: &Expr, right: &Expr) {
        let level = binary_level(op);
        self.at_least(left, level);
        self.word(binary_word(op));
        // Long chains of `and` and `or` are balanced trees that were written flat.
        let flat = matches!(op, BinaryOp::And | BinaryOp::Or);
        self.at_least(right, if flat { level } else { level + 1 });
    }

    fn member(&mut self, object: &Expr, name: &Name, quoted: bool) {
        self.at_least(object, level::PATH);
        if quoted {
            self.push("[");
            self.push(&quote_string(&name.text));
            self.push("]");
        } else {
            self.push(".");
            self.step(&name.text);
        }
    }

    /// A name after a dot: any word is a name there.
    fn step(&mut self, name: &str) {
        let plain = !name.is_empty() && name.chars().all(|c| lexer::continues_name(c) || matches!(c, '*' | '$'));
        if plain { self.push(name) } else { self.push(&quote_name(name)) }
    }

    pub(super) fn name(&mut self, name: &Name) {
        self.push(&quote_name(&name.text));
    }

    pub(super) fn call(&mut self, call: &Call) {
        // In brackets a name that begins with a digit would be no function where only a function can stand.
        match call.name.text.starts_with(|first: char| first.is_ascii_digit()) && lexer::is_name(&call.name.text) {
            true => self.push(&call.name.text),
            false => self.name(&call.name),
        }
        self.parenthesised(&call.arguments, Self::argument);
    }

    fn argument(&mut self, argument: &Argument) {
        if let Some(name) = &argument.name {
            self.name(name);
            self.push(" = ");
        }
        self.expr(&argument.value);
    }

    pub(super) fn named(&mut self, named: &Named) {
        match named.names.as_slice() {
            [] => {}
            [name] => {
                self.name(name);
                self.push(" = ");
            }
            names => {
                self.parenthesised(names, Self::name);
                self.push(" = ");
            }
        }
        self.expr(&named.expr);
    }
}
