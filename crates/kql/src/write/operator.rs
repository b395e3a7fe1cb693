//! Operators and sources as text.

use super::Writer;
use crate::ast::{
    ColumnDecl, Expr, ExprKind, Name, Named, Operator, TypeName,
    operator::{
        Evaluate, ExpandColumn, Find, Join, MakeSeries, MvExpand, OperatorKind, Parse, ParsePart, Render, ReorderKey,
        ReorderOrder, Scan, ScanStep, Search, Setting, SortKey, Source, Summarize, TopNested, Union,
    },
};

impl Writer {
    pub(super) fn pipe(&mut self, source: &Expr, operators: &[Operator]) {
        // The rows of a `partition` have no text.
        let mut first = source.kind == ExprKind::Missing;
        self.expr(source);
        for operator in operators {
            if !std::mem::take(&mut first) {
                self.push(" | ");
            }
            self.operator(operator);
        }
    }

    fn operators(&mut self, operators: &[Operator]) {
        for (index, operator) in operators.iter().enumerate() {
            if index > 0 {
                self.push(" | ");
            }
            self.operator(operator);
        }
    }

    pub(super) fn operator(&mut self, operator: &Operator) {
        match &operator.kind {
            OperatorKind::Where(predicate) => self.keyword_expr("where ", predicate),
            OperatorKind::Extend(columns) => self.columns("extend ", columns),
            OperatorKind::Project(columns) => self.columns("project ", columns),
            OperatorKind::ProjectAway(columns) => self.exprs("project-away ", columns),
            OperatorKind::ProjectKeep(columns) => self.exprs("project-keep ", columns),
            OperatorKind::ProjectByNames(names) => self.exprs("project-by-names ", names),
            OperatorKind::ProjectRename(columns) => self.columns("project-rename ", columns),
            OperatorKind::ProjectReorder(keys) => self.keyword_list("project-reorder ", keys, Self::reorder_key),
            OperatorKind::Summarize(summarize) => self.summarize(summarize),
            OperatorKind::Distinct(columns) => self.columns("distinct ", columns),
            OperatorKind::Count(name) => {
                self.push("count");
                self.optional_name(" as ", name.as_ref());
            }
            OperatorKind::Take(count) => self.keyword_expr("take ", count),
            OperatorKind::Sample(count) => self.keyword_expr("sample ", count),
            OperatorKind::SampleDistinct { count, of } => {
                self.keyword_expr("sample-distinct ", count);
                self.keyword_expr(" of ", of);
            }
            OperatorKind::Top { count, by } => {
                self.keyword_expr("top ", count);
                self.keyword_list(" by ", by, Self::sort_key);
            }
            OperatorKind::TopNested(levels) => self.list(levels, Self::top_nested),
            OperatorKind::TopHitters { count, of, by } => {
                self.keyword_expr("top-hitters ", count);
                self.keyword_expr(" of ", of);
                self.optional(" by ", by.as_ref());
            }
            OperatorKind::Sort(keys) => self.keyword_list("sort by ", keys, Self::sort_key),
            OperatorKind::Join(join) => self.join("join ", join),
            OperatorKind::Lookup(join) => self.join("lookup ", join),
            OperatorKind::Union(union) => self.union(union),
            OperatorKind::MvExpand(expand) => self.mv_expand("mv-expand ", expand),
            OperatorKind::MvApply { expand, operators } => {
                self.mv_expand("mv-apply ", expand);
                self.body(" on (", operators);
            }
            OperatorKind::Parse(parse) => self.parse(parse),
            OperatorKind::ParseKv { expr, keys, settings } => self.parse_kv(expr, keys, settings),
            OperatorKind::MakeSeries(series) => self.make_series(series),
            OperatorKind::Render(render) => self.render(render),
            OperatorKind::As { settings, name } => {
                self.push("as ");
                self.settings(settings);
                self.name(name);
            }
            OperatorKind::Invoke(call) => {
                self.push("invoke ");
                self.call(call);
            }
            OperatorKind::Evaluate(evaluate) => self.evaluate(evaluate),
            OperatorKind::Serialize(columns) => {
                self.columns(if columns.is_empty() { "serialize" } else { "serialize " }, columns)
            }
            OperatorKind::GetSchema => self.push("getschema"),
            OperatorKind::Consume(settings) => {
                self.push(if settings.is_empty() { "consume" } else { "consume " });
                self.settings(settings);
            }
            OperatorKind::Search(search) => self.search(search),
            OperatorKind::Partition { settings, by, body } => self.partition(settings, by, body),
            OperatorKind::Fork(branches) => self.fork(branches),
            OperatorKind::Facet { by, with } => self.facet(by, with),
            OperatorKind::Reduce { settings, by, with } => self.reduce(settings, by, with),
            OperatorKind::Scan(scan) => self.scan(scan),
            OperatorKind::AssertSchema(star, columns) => {
                self.push("assert-schema ");
                self.schema(*star, columns);
            }
            OperatorKind::Unsupported(name) => self.push(name),
            OperatorKind::Missing => {}
        }
    }

    pub(super) fn source(&mut self, source: &Source) {
        match source {
            Source::Print(columns) => self.columns("print ", columns),
            Source::Range { name, from, to, step } => {
                self.push("range ");
                self.name(name);
                self.keyword_expr(" from ", from);
                self.keyword_expr(" to ", to);
                self.keyword_expr(" step ", step);
            }
            Source::Datatable { columns, values } => {
                self.push("datatable");
                self.parenthesised(columns, Self::column);
                self.push("[");
                self.list(values, Self::expr);
                self.push("]");
            }
            Source::ExternalData { columns, uris, properties } => {
                self.push("externaldata");
                self.parenthesised(columns, Self::column);
                self.push("[");
                self.list(uris, Self::expr);
                self.push("]");
                self.with(properties);
            }
            Source::Union(union) => self.union(union),
            Source::Search(search) => self.search(search),
            Source::Find(find) => self.find(find),
            Source::Evaluate(evaluate) => self.evaluate(evaluate),
            Source::Unsupported(name) => {
                self.push(name);
                // The brackets tell it from a column of that name.
                self.push(if *name == "entity_group" { " []" } else { "()" });
            }
        }
    }

    fn keyword_list<T>(&mut self, keyword: &str, items: &[T], item: impl FnMut(&mut Self, &T)) {
        self.push(keyword);
        self.list(items, item);
    }

    /// `( operators )` after `opening`, which ends in the parenthesis.
    fn body(&mut self, opening: &str, operators: &[Operator]) {
        self.push(opening);
        self.operators(operators);
        self.push(")");
    }

    fn facet(&mut self, by: &[Expr], with: &[Operator]) {
        self.exprs("facet by ", by);
        if !with.is_empty() {
            self.body(" with (", with);
        }
    }

    fn parse_kv(&mut self, expr: &Expr, keys: &[ColumnDecl], settings: &[Setting]) {
        self.keyword_expr("parse-kv ", expr);
        self.push(" as ");
        self.parenthesised(keys, Self::column);
        self.with(settings);
    }

    fn reduce(&mut self, settings: &[Setting], by: &Expr, with: &[Setting]) {
        self.push("reduce ");
        self.settings(settings);
        self.keyword_expr("by ", by);
        self.with(with);
    }

    fn keyword_expr(&mut self, keyword: &str, expr: &Expr) {
        self.push(keyword);
        self.expr(expr);
    }

    fn optional(&mut self, keyword: &str, expr: Option<&Expr>) {
        if let Some(expr) = expr {
            self.keyword_expr(keyword, expr);
        }
    }

    fn optional_name(&mut self, keyword: &str, name: Option<&Name>) {
        if let Some(name) = name {
            self.push(keyword);
            self.name(name);
        }
    }

    fn columns(&mut self, keyword: &str, columns: &[Named]) {
        self.push(keyword);
        self.list(columns, Self::named);
    }

    fn exprs(&mut self, keyword: &str, exprs: &[Expr]) {
        self.push(keyword);
        self.list(exprs, Self::expr);
    }

    pub(super) fn column(&mut self, column: &ColumnDecl) {
        self.name(&column.name);
        self.push(":");
        self.push(&column.ty.text);
    }

    fn setting(&mut self, setting: &Setting) {
        self.push(&setting.name.text);
        self.push("=");
        self.expr(&setting.value);
    }

    /// Settings, each with a space after it.
    fn settings(&mut self, settings: &[Setting]) {
        for setting in settings {
            self.setting(setting);
            self.push(" ");
        }
    }

    fn with(&mut self, settings: &[Setting]) {
        if !settings.is_empty() {
            self.push(" with ");
            self.parenthesised(settings, Self::setting);
        }
    }

    fn typed_column(&mut self, ty: Option<&TypeName>) {
        if let Some(ty) = ty {
            self.push(":");
            self.push(&ty.text);
        }
    }

    fn reorder_key(&mut self, key: &ReorderKey) {
        self.expr(&key.pattern);
        self.push(match key.order {
            None => "",
            Some(ReorderOrder::Asc) => " asc",
            Some(ReorderOrder::Desc) => " desc",
            Some(ReorderOrder::GrannyAsc) => " granny-asc",
            Some(ReorderOrder::GrannyDesc) => " granny-desc",
        });
    }

    fn direction(&mut self, descending: Option<bool>) {
        match descending {
            Some(true) => self.push(" desc"),
            Some(false) => self.push(" asc"),
            None => {}
        }
    }

    fn sort_key(&mut self, key: &SortKey) {
        self.expr(&key.expr);
        self.direction(key.descending);
        self.nulls(key.nulls_first);
    }

    fn nulls(&mut self, first: Option<bool>) {
        match first {
            Some(true) => self.push(" nulls first"),
            Some(false) => self.push(" nulls last"),
            None => {}
        }
    }

    fn summarize(&mut self, summarize: &Summarize) {
        self.push("summarize ");
        self.settings(&summarize.settings);
        self.list(&summarize.aggregates, Self::named);
        if let Some(by) = &summarize.by {
            self.columns(if summarize.aggregates.is_empty() { "by " } else { " by " }, by);
        }
    }

    fn top_nested(&mut self, level: &TopNested) {
        self.push("top-nested ");
        if let Some(count) = &level.count {
            self.expr(count);
            self.push(" ");
        }
        self.push("of ");
        self.named(&level.of);
        self.optional(" with others=", level.others.as_ref());
        self.push(" by ");
        self.named(&level.by);
        self.direction(level.descending);
        self.nulls(level.nulls_first);
    }

    fn join(&mut self, keyword: &str, join: &Join) {
        self.push(keyword);
        self.settings(&join.settings);
        self.expr(&join.right);
        if !join.on.is_empty() {
            self.exprs(" on ", &join.on);
        }
    }

    fn union(&mut self, union: &Union) {
        self.push("union ");
        self.settings(&union.settings);
        self.list(&union.tables, Self::expr);
    }

    fn mv_expand(&mut self, keyword: &str, expand: &MvExpand) {
        self.push(keyword);
        self.settings(&expand.settings);
        self.list(&expand.columns, |out, ExpandColumn { name, expr, to }| {
            if let Some(name) = name {
                out.name(name);
                out.push(" = ");
            }
            out.expr(expr);
            if let Some(to) = to {
                out.push(" to typeof(");
                out.push(&to.text);
                out.push(")");
            }
        });
        self.optional(" limit ", expand.limit.as_ref());
    }

    fn parse(&mut self, parse: &Parse) {
        self.push(if parse.drop_unmatched { "parse-where " } else { "parse " });
        self.settings(&parse.settings);
        self.expr(&parse.expr);
        self.push(" with");
        for part in &parse.pattern {
            self.push(" ");
            match part {
                ParsePart::Star(_) => self.push("*"),
                ParsePart::Text(literal, _) => self.literal(literal),
                ParsePart::Column { name, ty } => {
                    self.name(name);
                    self.typed_column(ty.as_ref());
                }
            }
        }
    }

    fn make_series(&mut self, series: &MakeSeries) {
        self.push("make-series ");
        self.settings(&series.settings);
        self.list(&series.aggregates, |out, aggregate| {
            out.named(&aggregate.value);
            out.optional(" default=", aggregate.default.as_ref());
        });
        self.keyword_expr(" on ", &series.on);
        if series.in_range {
            self.optional(" in range(", series.from.as_ref());
            self.optional(", ", series.to.as_ref());
            self.keyword_expr(", ", &series.step);
            self.push(")");
        } else {
            self.optional(" from ", series.from.as_ref());
            self.optional(" to ", series.to.as_ref());
            self.keyword_expr(" step ", &series.step);
        }
        if !series.by.is_empty() {
            self.columns(" by ", &series.by);
        }
    }

    fn render(&mut self, render: &Render) {
        self.push("render ");
        self.name(&render.kind);
        if !render.properties.is_empty() {
            self.push(" with ");
            self.parenthesised(&render.properties, |out, (name, values)| {
                out.push(&name.text);
                out.push("=");
                out.list(values, Self::expr);
            });
        }
    }

    fn evaluate(&mut self, evaluate: &Evaluate) {
        self.push("evaluate ");
        self.settings(&evaluate.settings);
        self.call(&evaluate.call);
        if let Some((star, columns)) = &evaluate.schema {
            self.push(" : ");
            self.schema(*star, columns);
        }
    }

    /// `(*, name:type, ...)`.
    fn schema(&mut self, star: bool, columns: &[ColumnDecl]) {
        self.push(match (star, columns.is_empty()) {
            (true, true) => "(*",
            (true, false) => "(*, ",
            (false, _) => "(",
        });
        self.list(columns, Self::column);
        self.push(")");
    }

    fn tables(&mut self, tables: &[Expr]) {
        if !tables.is_empty() {
            self.push("in ");
            self.parenthesised(tables, Self::expr);
            self.push(" ");
        }
    }

    fn search(&mut self, search: &Search) {
        self.push("search ");
        self.settings(&search.settings);
        self.tables(&search.tables);
        self.expr(&search.predicate);
    }

    fn find(&mut self, find: &Find) {
        self.push("find ");
        self.settings(&find.settings);
        self.tables(&find.tables);
        self.keyword_expr("where ", &find.predicate);
        if let Some(project) = &find.project {
            self.push(" project ");
            self.list(project, |out, (column, ty)| {
                out.expr(column);
                out.typed_column(ty.as_ref());
            });
        }
    }

    fn partition(&mut self, settings: &[Setting], by: &Expr, body: &Expr) {
        self.push("partition ");
        self.settings(settings);
        self.keyword_expr("by ", by);
        self.push(" ");
        if matches!(body.kind, ExprKind::Paren(_)) {
            return self.expr(body);
        }
        self.push("{ ");
        self.expr(body);
        self.push(" }");
    }

    fn fork(&mut self, branches: &[(Option<Name>, Vec<Operator>)]) {
        self.push("fork");
        for (name, operators) in branches {
            self.push(" ");
            if let Some(name) = name {
                self.name(name);
                self.push("=");
            }
            self.push("(");
            self.operators(operators);
            self.push(")");
        }
    }

    fn scan(&mut self, scan: &Scan) {
        self.push("scan ");
        self.settings(&scan.settings);
        if !scan.order_by.is_empty() {
            self.push("order by ");
            self.list(&scan.order_by, Self::sort_key);
            self.push(" ");
        }
        if !scan.partition_by.is_empty() {
            self.exprs("partition by ", &scan.partition_by);
            self.push(" ");
        }
        if !scan.declare.is_empty() {
            self.push("declare ");
            self.parenthesised(&scan.declare, Self::parameter);
            self.push(" ");
        }
        self.push("with (");
        for step in &scan.steps {
            self.scan_step(step);
        }
        self.push(")");
    }

    fn scan_step(&mut self, step: &ScanStep) {
        self.push("step ");
        self.name(&step.name);
        self.push(if step.optional { " optional" } else { "" });
        self.optional_name(" output=", step.output.as_ref());
        self.keyword_expr(": ", &step.condition);
        if !step.assignments.is_empty() {
            self.columns(" => ", &step.assignments);
        }
        self.push("; ");
    }
}
