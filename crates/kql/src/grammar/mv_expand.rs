//! `mv-expand name = array to typeof(type), ... limit n`, also `mvexpand`.

use super::{expr::expr, named, setting};
use crate::{
    ast::{
        TypeName,
        operator::{ExpandColumn, MvExpand},
    },
    parser::Parser,
    token::Kind,
};

pub(super) fn read(p: &mut Parser<'_>) -> MvExpand {
    // `kind=array` is a setting, `name=array` a column.
    let settings = setting::among(p, &["kind", "bagexpansion", "with_itemindex"]);
    let mut columns = Vec::new();
    while !p.at_stop() {
        columns.push(column(p));
        if !p.eat(Kind::Comma) {
            break;
        }
    }
    if columns.is_empty() {
        named::incomplete(p, "mv-expand", "at least one column");
    }
    let limit = p.eat_word("limit").then(|| expr(p));
    MvExpand { settings, columns, limit }
}

fn column(p: &mut Parser<'_>) -> ExpandColumn {
    let mut named = named::named(p);
    let to = p.eat_word("to").then(|| typeof_type(p)).flatten();
    ExpandColumn { name: named.names.pop(), expr: named.expr, to }
}

/// `typeof(type)`.
fn typeof_type(p: &mut Parser<'_>) -> Option<TypeName> {
    p.expect_word("typeof");
    p.bracketed(Kind::OpenParen, super::declaration::type_name)
}
