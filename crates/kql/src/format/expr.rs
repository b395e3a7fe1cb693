//! The layout of expressions: chains of `and` and `or` broken before the word, argument lists an item a line, lists of short
//! items filled.

use super::plan::{Gap, Group, Plan};
use crate::{
    ast::{Argument, BinaryOp, Call, Expr, ExprKind, Literal, Named},
    token::Kind,
};

impl Plan<'_> {
    pub(super) fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Literal(Literal::Dynamic(_)) => self.dynamic(expr),
            ExprKind::Literal(Literal::String { .. }) => {}
            ExprKind::Literal(_) | ExprKind::TypeOf(_) => self.keep(expr.span),
            ExprKind::Name(name) | ExprKind::Wildcard(name) => self.name(name),
            ExprKind::Member { object, name, .. } => {
                self.expr(object);
                self.name(name);
                self.step(object, expr);
            }
            ExprKind::Index { object, index } => {
                self.expr(object);
                self.expr(index);
                self.step(object, expr);
            }
            ExprKind::Call(call) => self.call(call, expr),
            ExprKind::MethodCall { object, call } => {
                self.expr(object);
                self.call(call, expr);
            }
            ExprKind::Unary { operand, .. } => {
                self.expr(operand);
                self.set_at(operand.span.start, Gap::None);
            }
            ExprKind::Binary { op, .. } => self.chain(expr, *op),
            ExprKind::Match { left, right, op_span, op } => {
                self.expr(left);
                self.expr(right);
                if op.kind == crate::ast::MatchKind::Term {
                    self.set_at(right.span.start, Gap::None);
                } else {
                    self.keep_word(*op_span);
                }
            }
            ExprKind::In { left, list, op_span, .. } => {
                self.expr(left);
                self.keep_word(*op_span);
                let open = self.last(op_span.end) + 1;
                self.set(open, Gap::Space);
                self.list(open, self.last(expr.span.end), list);
            }
            ExprKind::Between { operand, from, to, .. } => {
                self.expr(operand);
                self.expr(from);
                self.expr(to);
            }
            ExprKind::Paren(inner) => self.paren(expr, inner),
            ExprKind::Pipe { source, operators } => {
                self.expr(source);
                for operator in operators {
                    self.operator(operator);
                }
            }
            ExprKind::Source(source) => self.source(source, expr.span),
            ExprKind::Missing => {}
        }
    }

    /// `!in`, `in~`, `matches regex`: the parts stay as they are.
    fn keep_word(&mut self, span: diag::Span) {
        self.keep(span);
    }

    /// Nothing stands between an object and its `.name` or `[index]`.
    fn step(&mut self, object: &Expr, whole: &Expr) {
        let next = self.last(object.span.end) + 1;
        if next <= self.last(whole.span.end) {
            self.set(next, Gap::None);
            if self.kind(next) == Kind::Dot {
                self.set(next + 1, Gap::None);
            }
        }
    }

    pub(super) fn call(&mut self, call: &Call, whole: &Expr) {
        self.name(&call.name);
        let open = self.last(call.name.span.end) + 1;
        self.arguments(open, self.last(whole.span.end), &call.arguments);
    }

    /// `(argument, ...)` between the tokens `open` and `close`.
    pub(super) fn arguments(&mut self, open: usize, close: usize, arguments: &[Argument]) {
        self.set(open, Gap::None);
        for argument in arguments {
            if let Some(name) = &argument.name {
                self.name(name);
            }
            self.item(&argument.value);
        }
        let starts: Vec<usize> = arguments
            .iter()
            .map(|argument| self.at(argument.name.as_ref().map_or(argument.value.span.start, |name| name.span.start)))
            .collect();
        let short = arguments.iter().all(|argument| argument.name.is_none() && is_short(&argument.value));
        let gap = if short && arguments.len() > 3 { Gap::Fill } else { Gap::Line };
        self.separate(starts, gap);
        if let [Argument { name: None, value }] = arguments
            && hugs(value)
        {
            // `tostring(f(...))`: one argument that has brackets of its own needs no line of its own.
            return;
        }
        self.brackets(open, close);
    }

    /// An item of a list; a pipe in it takes its lines.
    fn item(&mut self, item: &Expr) {
        self.expr(item);
        if let ExprKind::Pipe { operators, .. } = &item.kind {
            self.pipes(operators, if operators.len() == 1 { Gap::Line } else { Gap::Hard });
        }
    }

    /// `(a, b, ...)` or `[a, b, ...]` of expressions.
    pub(super) fn list(&mut self, open: usize, close: usize, items: &[Expr]) {
        for item in items {
            self.item(item);
        }
        if self.kind(open).closing().is_none() {
            return;
        }
        let starts: Vec<usize> = items.iter().map(|item| self.at(item.span.start)).collect();
        self.separate(starts, if items.iter().all(is_short) { Gap::Fill } else { Gap::Line });
        if let [only] = items
            && hugs(only)
        {
            return;
        }
        self.brackets(open, close);
    }

    /// `name = expr` items after an operator's keyword, which ends before `first`: filled when they are plain names, otherwise
    /// a line each.
    pub(super) fn named_list(&mut self, items: &[Named], end: usize) {
        let Some(first) = items.first().map(|named| self.named_start(named)) else { return };
        for named in items {
            self.named(named);
        }
        let short = items.iter().all(|named| named.names.is_empty() && is_short(&named.expr));
        let starts: Vec<usize> = items.iter().map(|named| self.named_start(named)).collect();
        self.keyword_list(first, end, &starts, short);
    }

    /// Expressions after an operator's keyword.
    pub(super) fn expr_list(&mut self, items: &[Expr], end: usize) {
        let Some(first) = items.first().map(|item| self.at(item.span.start)) else { return };
        for item in items {
            self.item(item);
        }
        let starts: Vec<usize> = items.iter().map(|item| self.at(item.span.start)).collect();
        self.keyword_list(first, end, &starts, items.iter().all(is_short));
    }

    /// The list of tokens `starts`, from the keyword before `first` to `end`.
    pub(super) fn keyword_list(&mut self, first: usize, end: usize, starts: &[usize], short: bool) {
        self.separate(starts.iter().copied(), if short { Gap::Fill } else { Gap::Line });
        if !short && starts.len() > 1 {
            self.set(first, Gap::Line);
        }
        if starts.len() > 1 {
            self.group(first.saturating_sub(1), end);
        }
    }

    pub(super) fn named_start(&self, named: &Named) -> usize {
        match named.names.as_slice() {
            [] => self.at(named.expr.span.start),
            [first, ..] => {
                let name = self.at(first.span.start);
                // A list of names, or one name in parentheses.
                let equal = named.names.last().map_or(name, |last| self.last(last.span.end) + 1);
                if self.kind(equal) == Kind::Equal { name } else { name.saturating_sub(1) }
            }
        }
    }

    pub(super) fn named(&mut self, named: &Named) {
        for name in &named.names {
            self.name(name);
        }
        self.item(&named.expr);
    }

    /// A chain of one operator: `and` and `or` begin lines when it is broken, other operators as well.
    fn chain(&mut self, expr: &Expr, op: BinaryOp) {
        let mut operands: Vec<&Expr> = Vec::new();
        let mut rest = vec![expr];
        while let Some(part) = rest.pop() {
            match &part.kind {
                ExprKind::Binary { op: inner, left, right } if family(*inner) == family(op) => {
                    rest.extend([right.as_ref(), left.as_ref()])
                }
                _ => operands.push(part),
            }
        }
        for operand in &operands {
            self.expr(operand);
        }
        let breaks = matches!(op, BinaryOp::And | BinaryOp::Or | BinaryOp::Add | BinaryOp::Subtract);
        if !breaks {
            return;
        }
        for operand in operands.iter().skip(1) {
            self.set(self.at(operand.span.start).saturating_sub(1), Gap::Line);
        }
        self.group(self.at(expr.span.start), self.last(expr.span.end));
    }

    /// `(inner)`: a pipe gets lines of its own, anything else stays beside its bracket.
    fn paren(&mut self, expr: &Expr, inner: &Expr) {
        let (open, close) = (self.at(expr.span.start), self.last(expr.span.end));
        self.item(inner);
        match &inner.kind {
            ExprKind::Pipe { .. } | ExprKind::Source(_) => self.brackets(open, close),
            _ => self.groups.push(Group { start: open, end: close, inner: (close, close.saturating_sub(1)) }),
        }
    }

    /// `dynamic(...)`: its value has no spans, so its brackets are laid out by the tokens.
    fn dynamic(&mut self, expr: &Expr) {
        let (start, end) = (self.at(expr.span.start), self.last(expr.span.end));
        self.set(start + 1, Gap::None);
        let mut open: Vec<(usize, bool)> = Vec::new();
        let mut index = start + 2;
        while index < end {
            match self.kind(index) {
                Kind::OpenBracket | Kind::OpenBrace => open.push((index, false)),
                Kind::CloseBracket | Kind::CloseBrace => self.close_json(&mut open, index),
                Kind::Comma => self.set(index + 1, Gap::Fill),
                Kind::Colon => self.set(index + 1, Gap::Space),
                Kind::Minus | Kind::Plus => self.set(index + 1, Gap::None),
                Kind::OpenParen => {
                    // `datetime(...)`: as written.
                    let close = self.matching(index);
                    for inner in index..=close {
                        self.set(inner, Gap::Verbatim);
                    }
                    index = close;
                }
                _ => {}
            }
            index += 1;
        }
    }

    fn close_json(&mut self, open: &mut Vec<(usize, bool)>, close: usize) {
        let Some((start, nested)) = open.pop() else { return };
        if let Some(outer) = open.last_mut() {
            outer.1 = true;
        }
        if nested || self.kind(start) == Kind::OpenBrace {
            // Items that hold brackets, and members, have a line each.
            let mut depth = 0usize;
            for index in start + 1..close {
                let kind = self.kind(index);
                if kind.closing().is_some() {
                    depth += 1;
                } else if kind.closes() {
                    depth = depth.saturating_sub(1);
                } else if kind == Kind::Comma && depth == 0 {
                    self.set(index + 1, Gap::Line);
                }
            }
        }
        self.brackets(start, close);
    }
}

/// Operators that are one chain together, such as `a + b - c`.
const fn family(op: BinaryOp) -> u8 {
    match op {
        BinaryOp::Or => 0,
        BinaryOp::And => 1,
        BinaryOp::Add | BinaryOp::Subtract => 2,
        BinaryOp::Multiply | BinaryOp::Divide | BinaryOp::Modulo => 3,
        _ => 4,
    }
}

/// An item short enough to stand beside others on a line.
fn is_short(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Literal(Literal::Dynamic(_)) => false,
        ExprKind::Literal(_) | ExprKind::Name(_) | ExprKind::Wildcard(_) => true,
        ExprKind::Unary { operand, .. } => is_short(operand),
        ExprKind::Member { object, .. } | ExprKind::Index { object, .. } => is_short(object),
        _ => false,
    }
}

/// An only argument whose own brackets show where it ends.
fn hugs(expr: &Expr) -> bool {
    matches!(&expr.kind, ExprKind::Call(_) | ExprKind::Literal(_) | ExprKind::Name(_))
}
