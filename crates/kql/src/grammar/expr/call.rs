//! Calls: `name(arguments)`. An argument may be named, `*`, or a whole pipe.
//!
//! Must not know any function. Start with [`call`].

use super::comma_list;
use crate::{
    ast::{Argument, Call, Name},
    grammar::pipe,
    parser::Parser,
    token::Kind,
};

/// The arguments of `name`, whose `(` stands at the cursor.
pub(crate) fn call(p: &mut Parser<'_>, name: Name) -> Call {
    Call { name, arguments: argument_list(p) }
}

/// `(argument, ...)`.
fn argument_list(p: &mut Parser<'_>) -> Vec<Argument> {
    p.bracketed(Kind::OpenParen, |p| comma_list(p, Kind::CloseParen, argument)).unwrap_or_default()
}

fn argument(p: &mut Parser<'_>) -> Argument {
    let length = p.name_length(0);
    let name = (length > 0 && p.nth(length) == Kind::Equal).then(|| {
        let name = p.name("a name");
        p.bump();
        name
    });
    Argument { name, value: pipe::pipe(p) }
}
