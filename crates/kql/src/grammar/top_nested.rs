//! `top-nested n of column with others=text by aggregate, top-nested ...`.

use super::{
    expr::{expr, unary},
    named::named,
    sort::{direction, nulls},
};
use crate::{
    ast::operator::{OperatorKind, TopNested},
    parser::Parser,
    token::Kind,
};

pub(super) fn read(p: &mut Parser<'_>) -> OperatorKind {
    let mut levels = vec![level(p)];
    while p.eat(Kind::Comma) {
        let (word, length) = p.hyphenated();
        if word == "top-nested" {
            p.bump_many(length);
        } else {
            p.expected("`top-nested`");
        }
        levels.push(level(p));
    }
    OperatorKind::TopNested(levels)
}

fn level(p: &mut Parser<'_>) -> TopNested {
    let count = (!p.at_keyword("of")).then(|| expr(p));
    p.expect_word("of");
    let of = named(p);
    let others = p.eat_word("with").then(|| {
        p.expect_word("others");
        p.expect(Kind::Equal);
        unary(p)
    });
    p.expect_word("by");
    let by = named(p);
    let descending = direction(p);
    TopNested { count, of, others, by, descending, nulls_first: nulls(p) }
}
