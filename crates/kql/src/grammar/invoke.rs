//! `invoke function(arguments)`.

use super::expr::{call, path_name};
use crate::{
    ast::{Call, operator::OperatorKind},
    parser::Parser,
    token::Kind,
};

pub(super) fn read(p: &mut Parser<'_>) -> OperatorKind {
    let name = path_name(p);
    if p.at(Kind::OpenParen) {
        return OperatorKind::Invoke(call(p, name));
    }
    p.expected("`(` and the arguments of the function");
    OperatorKind::Invoke(Call { name, arguments: Vec::new() })
}
