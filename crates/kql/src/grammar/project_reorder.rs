//! `project-reorder pattern asc, ...`.

use super::{expr::pattern, named};
use crate::{
    ast::operator::{OperatorKind, ReorderKey, ReorderOrder},
    parser::Parser,
    token::Kind,
};

const ORDERS: [(&str, ReorderOrder); 4] = [
    ("asc", ReorderOrder::Asc),
    ("desc", ReorderOrder::Desc),
    ("granny-asc", ReorderOrder::GrannyAsc),
    ("granny-desc", ReorderOrder::GrannyDesc),
];

pub(super) fn read(p: &mut Parser<'_>) -> OperatorKind {
    let mut keys = Vec::new();
    while !p.at_stop() {
        let pattern = pattern(p);
        let (word, length) = p.hyphenated();
        let order = ORDERS.iter().find(|order| order.0 == word).map(|order| order.1);
        if order.is_some() {
            p.bump_many(length);
        }
        keys.push(ReorderKey { pattern, order });
        if !p.eat(Kind::Comma) {
            break;
        }
    }
    if keys.is_empty() {
        named::incomplete(p, "project-reorder", "at least one column");
    }
    OperatorKind::ProjectReorder(keys)
}
