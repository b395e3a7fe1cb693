//! `summarize aggregates by keys`; either may be left out.

use super::{named, setting};
use crate::{ast::operator::Summarize, parser::Parser};

pub(super) fn read(p: &mut Parser<'_>) -> Summarize {
    let settings = setting::among(p, &[]);
    let aggregates = named::optional_list(p, &["by"]);
    let by = p.eat_keyword("by").then(|| named::list(p, "by", &[]));
    if aggregates.is_empty() && by.is_none() {
        named::incomplete(p, "summarize", "an aggregate or `by`");
    }
    Summarize { settings, aggregates, by }
}
