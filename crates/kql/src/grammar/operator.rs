//! The operators that follow `|`: which keyword is read by which file.
//!
//! Must not hold any operator's grammar. Start with [`OPERATORS`]: a list, one line an operator.

use super::{
    as_name, count, distinct, evaluate, facet, fork, invoke, join, make_series, mv_apply, mv_expand, near::nearest, parse,
    parse_kv, partition, project, project_reorder, reduce, render, sample_distinct, scan, search, sort, summarize, take, top,
    top_hitters, top_nested, union, unsupported, where_filter,
};
use crate::{
    ast::operator::OperatorKind,
    codes,
    parser::{Parser, shorten},
    token::Kind,
};

type Read = fn(&mut Parser<'_>) -> OperatorKind;

/// Keyword and reader; the reader begins after the keyword.
const OPERATORS: &[(&str, Read)] = &[
    ("as", as_name::read),
    ("assert-schema", |p| {
        let (star, columns) = evaluate::schema(p);
        OperatorKind::AssertSchema(star, columns)
    }),
    ("consume", |p| OperatorKind::Consume(super::setting::settings(p))),
    ("count", count::read),
    ("distinct", distinct::read),
    ("evaluate", |p| OperatorKind::Evaluate(evaluate::read(p))),
    ("extend", project::extend),
    ("facet", facet::read),
    ("filter", where_filter::read),
    ("fork", fork::read),
    ("getschema", |p| {
        super::setting::settings(p);
        OperatorKind::GetSchema
    }),
    ("invoke", invoke::read),
    ("join", |p| OperatorKind::Join(join::read(p, "join"))),
    ("limit", take::take),
    ("lookup", |p| OperatorKind::Lookup(join::read(p, "lookup"))),
    ("make-series", |p| OperatorKind::MakeSeries(make_series::read(p))),
    ("mv-apply", mv_apply::read),
    ("mv-expand", |p| OperatorKind::MvExpand(mv_expand::read(p))),
    ("mvapply", mv_apply::read),
    ("mvexpand", |p| OperatorKind::MvExpand(mv_expand::read(p))),
    ("order", sort::read),
    ("parse", |p| OperatorKind::Parse(parse::read(p, false))),
    ("parse-kv", parse_kv::read),
    ("parse-where", |p| OperatorKind::Parse(parse::read(p, true))),
    ("partition", partition::read),
    ("project", project::project),
    ("project-away", project::away),
    ("project-by-names", project::by_names),
    ("project-keep", project::keep),
    ("project-rename", project::rename),
    ("project-reorder", project_reorder::read),
    ("reduce", reduce::read),
    ("render", |p| OperatorKind::Render(render::read(p))),
    ("sample", take::sample),
    ("sample-distinct", sample_distinct::read),
    ("scan", |p| OperatorKind::Scan(scan::read(p))),
    ("search", |p| OperatorKind::Search(search::read(p))),
    ("serialize", project::serialize),
    ("sort", sort::read),
    ("summarize", |p| OperatorKind::Summarize(summarize::read(p))),
    ("take", take::take),
    ("top", top::read),
    ("top-hitters", top_hitters::read),
    ("top-nested", top_nested::read),
    ("union", |p| OperatorKind::Union(union::read(p))),
    ("where", where_filter::read),
];

/// The reader of the operator `word`.
pub(super) fn find(word: &str) -> Option<Read> {
    OPERATORS.iter().find(|operator| operator.0 == word).map(|operator| operator.1)
}

/// Every keyword.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    OPERATORS.iter().map(|operator| operator.0)
}

/// The operator at the cursor; `Missing` after an error when there is none.
pub(super) fn operator(p: &mut Parser<'_>) -> OperatorKind {
    let (word, length) = p.hyphenated();
    if length == 0 {
        p.expected("an operator");
        return OperatorKind::Missing;
    }
    if let Some(read) = find(word) {
        p.bump_many(length);
        // An operator may hold pipes: it is one level of nesting.
        return p.nested(read).unwrap_or(OperatorKind::Missing);
    }
    if let Some(name) = unsupported::find(word) {
        p.bump_many(length);
        p.synchronise();
        return OperatorKind::Unsupported(name);
    }
    let first = p.word(0);
    if let Some(read) = find(first) {
        // `take-5`: the hyphen is a sign.
        p.bump();
        return p.nested(read).unwrap_or(OperatorKind::Missing);
    }
    unknown(p, word, length)
}

/// Reports a word that is no operator. A near miss is read as the operator it is near to, so that one slip is one error.
fn unknown(p: &mut Parser<'_>, word: &str, length: usize) -> OperatorKind {
    let message = format!("there is no operator `{}`", shorten(word));
    let names = super::operators();
    let near = nearest(word, names);
    let help = match near.as_slice() {
        [] => "operators such as `where`, `extend`, `project`, `summarize`, `join` follow `|`".to_owned(),
        [one] => format!("did you mean `{one}`?"),
        many => format!("did you mean `{}`?", many.join("` or `")),
    };
    p.error(codes::UNKNOWN_OPERATOR, message, p.span(), Some(help));
    p.bump_many(length);
    if let Some(read) = near.first().and_then(|word| find(word)).filter(|_| !p.at(Kind::OpenParen)) {
        return p.nested(read).unwrap_or(OperatorKind::Missing);
    }
    p.synchronise();
    OperatorKind::Missing
}
