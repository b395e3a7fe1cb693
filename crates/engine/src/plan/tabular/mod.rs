//! Tabular operators: one file each. `operator` continues a pipe, `source` begins one.

mod as_name;
mod assert_schema;
mod columns;
mod consume;
mod count;
mod datatable;
mod distinct;
mod evaluate;
mod extend;
mod externaldata;
mod facet;
mod find;
mod fork;
mod getschema;
mod invoke;
mod join;
mod key;
mod lookup;
mod make_series;
mod mv_apply;
mod mv_expand;
mod parse;
mod parse_kv;
mod partition;
mod predicate;
mod print;
mod project;
mod project_by_names;
mod range;
mod reduce;
mod render;
mod sample;
mod scan;
mod scan_program;
mod search;
mod serialize;
mod setting;
mod sort;
mod summarize;
mod take;
mod top;
mod top_hitters;
mod top_nested;
mod union;
mod where_;
mod within;

pub(crate) use join::{Condition, side_by_side, side_by_side_where};
pub(crate) use search::nothing;
pub(crate) use union::stack;

use diag::Span;
use kql::ast::{
    Operator,
    operator::{OperatorKind, Source},
};

use super::Planner;
use crate::{
    error::{Result, fault, unsupported},
    relation::Relation,
    scope::Scope,
};

impl Planner<'_> {
    /// Plans the operator that follows a `|`.
    pub(crate) fn operator(&self, input: Relation, operator: &Operator, scope: &mut Scope) -> Result<Relation> {
        let span = operator.span;
        if input.within.is_some() && within::needs(std::slice::from_ref(operator)).is_err() {
            return unsupported(format!("{} inside `partition` or `mv-apply`", quoted(&operator.kind)), span);
        }
        match &operator.kind {
            OperatorKind::Where(predicate) => self.where_(&input, predicate, scope),
            OperatorKind::Extend(columns) => self.extend(&input, columns, span, scope),
            OperatorKind::Project(columns) => self.project(&input, columns, span, scope),
            OperatorKind::ProjectAway(patterns) => self.project_away(&input, patterns, span),
            OperatorKind::ProjectKeep(patterns) => self.project_keep(&input, patterns, span),
            OperatorKind::ProjectByNames(names) => self.project_by_names(&input, names, span, scope),
            OperatorKind::ProjectRename(columns) => self.project_rename(&input, columns, span),
            OperatorKind::ProjectReorder(keys) => self.project_reorder(&input, keys, span),
            OperatorKind::Summarize(summarize) => self.summarize(&input, summarize, span, scope),
            OperatorKind::Distinct(columns) => self.distinct(&input, columns, span, scope),
            OperatorKind::Count(name) => self.count(&input, name.as_ref(), span),
            OperatorKind::Take(count) => self.take(&input, count, span, scope),
            OperatorKind::Sample(count) => self.sample(&input, count, span, scope),
            OperatorKind::SampleDistinct { count, of } => self.sample_distinct(&input, count, of, span, scope),
            OperatorKind::Top { count, by } => self.top(&input, count, by, span, scope),
            OperatorKind::TopHitters { count, of, by } => self.top_hitters(&input, count, [Some(of), by.as_ref()], span, scope),
            OperatorKind::Sort(keys) => self.sort(&input, keys, scope),
            OperatorKind::Join(join) => self.join(&input, join, span, scope),
            OperatorKind::Lookup(join) => self.lookup(&input, join, span, scope),
            OperatorKind::Union(union) => self.union(Some(input), union, span, scope),
            OperatorKind::MvExpand(expand) => self.mv_expand(&input, expand, span, scope),
            OperatorKind::MvApply { expand, operators } => self.mv_apply(&input, expand, operators, span, scope),
            OperatorKind::Partition { settings, by, body } => self.partition(&input, settings, by, body, span, scope),
            OperatorKind::Parse(parse) => self.parse(&input, parse, span, scope),
            OperatorKind::ParseKv { expr, keys, settings } => self.parse_kv(&input, expr, keys, settings, span, scope),
            OperatorKind::TopNested(levels) => self.top_nested(&input, levels, span, scope),
            OperatorKind::Scan(scan) => self.scan(&input, scan, span, scope),
            OperatorKind::MakeSeries(series) => self.make_series(&input, series, span, scope),
            OperatorKind::Render(render) => self.render(input, render),
            OperatorKind::As { settings, name } => self.as_name(input, settings, name, scope),
            OperatorKind::AssertSchema(star, columns) => self.assert_schema(input, *star, columns, span),
            OperatorKind::Consume(settings) => self.consume(&input, settings, span),
            OperatorKind::Evaluate(evaluate) => self.evaluate(Some(input), evaluate, span, scope),
            OperatorKind::Facet { by, with } => self.facet(&input, by, with, span, scope),
            OperatorKind::Fork(branches) => self.fork(&input, branches, span, scope),
            OperatorKind::GetSchema => self.getschema(&input, span),
            OperatorKind::Invoke(call) => self.invoke(input, call, span, scope),
            OperatorKind::Reduce { settings, by, with } => self.reduce(&input, (settings, with), by, span, scope),
            OperatorKind::Search(search) => self.search(Some(input), search, span, scope),
            OperatorKind::Serialize(columns) => self.serialize(&input, columns, span, scope),
            OperatorKind::Missing => fault(crate::error::codes::KIND, "an operator is missing here", span),
            other => unsupported(format!("the operator `{}`", keyword(other)), span),
        }
    }

    /// Plans what begins a pipe.
    pub(crate) fn source(&self, source: &Source, span: Span, scope: &Scope) -> Result<Relation> {
        match source {
            Source::Print(columns) => self.print(columns, span, scope),
            Source::Range { name, from, to, step } => self.range(name, [from, to, step], span, scope),
            Source::Datatable { columns, values } => self.datatable(columns, values, span, scope),
            Source::Union(union) => self.union(None, union, span, scope),
            Source::ExternalData { columns, uris, properties } => self.externaldata(columns, uris, properties, span, scope),
            Source::Search(search) => self.search(None, search, span, scope),
            Source::Find(find) => self.find(find, span, scope),
            Source::Evaluate(evaluate) => self.evaluate(None, evaluate, span, scope),
            Source::Unsupported(name) => unsupported(format!("`{name}`"), span),
        }
    }
}

/// An operator's keyword as a message has it.
fn quoted(kind: &OperatorKind) -> String {
    format!("`{}`", keyword(kind))
}

/// The word a person wrote for an operator that is parsed and not planned.
fn keyword(kind: &OperatorKind) -> String {
    let word = match kind {
        OperatorKind::As { .. } => "as",
        OperatorKind::AssertSchema(..) => "assert-schema",
        OperatorKind::Consume(_) => "consume",
        OperatorKind::Evaluate(_) => "evaluate",
        OperatorKind::Facet { .. } => "facet",
        OperatorKind::Fork(_) => "fork",
        OperatorKind::GetSchema => "getschema",
        OperatorKind::Invoke(_) => "invoke",
        OperatorKind::Join(_) => "join",
        OperatorKind::Lookup(_) => "lookup",
        OperatorKind::Reduce { .. } => "reduce",
        OperatorKind::Render(_) => "render",
        OperatorKind::Search(_) => "search",
        OperatorKind::Union(_) => "union",
        OperatorKind::Unsupported(word) => word,
        _ => "this operator",
    };
    word.to_owned()
}
