//! `union settings tables`, after `|` and at the start of a pipe.

use super::{expr::pattern, named, setting::settings};
use crate::{ast::operator::Union, parser::Parser};

pub(super) fn read(p: &mut Parser<'_>) -> Union {
    let settings = settings(p);
    Union { settings, tables: named::expressions(p, "union", pattern) }
}
