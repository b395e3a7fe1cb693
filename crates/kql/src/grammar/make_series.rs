//! `make-series aggregates on axis from .. to .. step .. by keys`, and the older `in range(from, to, step)`.

use super::{
    expr::{self, binary, expr, level},
    named, setting,
};
use crate::{
    ast::{
        Expr,
        operator::{MakeSeries, SeriesAggregate},
    },
    parser::Parser,
    token::Kind,
};

pub(super) fn read(p: &mut Parser<'_>) -> MakeSeries {
    let settings = setting::among(p, &["kind"]);
    let aggregates = aggregates(p);
    if !p.expect_word("on") {
        let (on, step) = (expr::missing(p), expr::missing(p));
        p.synchronise();
        return MakeSeries { settings, aggregates, on, from: None, to: None, step, in_range: false, by: Vec::new() };
    }
    // `in range(...)` after the axis is no list.
    let on = binary(p, level::SUM);
    let (from, to, step, in_range) = if p.at_word("in") && p.name_word(1) == Some("range") {
        let (from, to, step) = range(p);
        (Some(from), Some(to), step, true)
    } else {
        let from = p.eat_word("from").then(|| expr(p));
        let to = p.eat_word("to").then(|| expr(p));
        let step = if p.expect_word("step") { expr(p) } else { expr::missing(p) };
        (from, to, step, false)
    };
    let by = if p.eat_word("by") { named::list(p, "by", &[]) } else { Vec::new() };
    MakeSeries { settings, aggregates, on, from, to, step, in_range, by }
}

fn aggregates(p: &mut Parser<'_>) -> Vec<SeriesAggregate> {
    let mut aggregates = Vec::new();
    while !p.at_stop() && !p.at_keyword("on") {
        let value = named::named(p);
        let default = (p.at_word("default") && p.nth(1) == Kind::Equal).then(|| {
            p.bump_many(2);
            expr(p)
        });
        aggregates.push(SeriesAggregate { value, default });
        if !p.eat(Kind::Comma) {
            break;
        }
    }
    if aggregates.is_empty() {
        named::incomplete(p, "make-series", "at least one aggregate");
    }
    aggregates
}

/// `in range(start, stop, step)`.
fn range(p: &mut Parser<'_>) -> (Expr, Expr, Expr) {
    p.bump_many(2);
    let bounds = p.bracketed(Kind::OpenParen, |p| {
        let start = expr(p);
        p.expect(Kind::Comma);
        let stop = expr(p);
        p.expect(Kind::Comma);
        (start, stop, expr(p))
    });
    bounds.unwrap_or_else(|| (expr::missing(p), expr::missing(p), expr::missing(p)))
}
