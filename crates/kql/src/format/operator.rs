//! The layout of operators: a line each; lists wrapped after the keyword, `by` and `on` on a line of their own when the
//! operator does not fit.

use diag::Span;

use super::plan::{Gap, Group, Plan};
use crate::{
    ast::{
        Expr, ExprKind, Name, Named, Operator,
        operator::{
            Evaluate, Find, Join, MakeSeries, MvExpand, OperatorKind, Parse, ParsePart, Render, ReorderKey, Scan, Search,
            Setting, SortKey, Source, Summarize, TopNested, Union,
        },
    },
    grammar::is_hyphenated_keyword,
    token::Kind,
};

impl Plan<'_> {
    /// Sets the gap before the `|` of each operator.
    pub(super) fn pipes(&mut self, operators: &[Operator], gap: Gap) {
        for operator in operators {
            let start = self.at(operator.span.start);
            if let Some(pipe) = self.word_before(start, "|") {
                self.set(pipe, gap);
            }
        }
    }

    pub(super) fn operator(&mut self, operator: &Operator) {
        let start = self.at(operator.span.start);
        let end = self.last(operator.span.end);
        self.keyword(start);
        match &operator.kind {
            OperatorKind::Where(expr) | OperatorKind::Take(expr) | OperatorKind::Sample(expr) => self.expr(expr),
            OperatorKind::Extend(columns)
            | OperatorKind::Project(columns)
            | OperatorKind::ProjectRename(columns)
            | OperatorKind::Distinct(columns)
            | OperatorKind::Serialize(columns) => self.named_list(columns, end),
            OperatorKind::ProjectAway(columns) | OperatorKind::ProjectByNames(columns) | OperatorKind::ProjectKeep(columns) => {
                self.expr_list(columns, end);
            }
            OperatorKind::ProjectReorder(keys) => self.reorder_keys(keys, end),
            OperatorKind::Summarize(summarize) => self.summarize(summarize, start, end),
            OperatorKind::Count(_) | OperatorKind::GetSchema | OperatorKind::Missing => {}
            OperatorKind::Consume(settings) => self.settings(settings),
            OperatorKind::SampleDistinct { count, of } => self.exprs([count, of]),
            OperatorKind::Top { count, by } => {
                self.expr(count);
                self.sort_keys(by, end);
            }
            OperatorKind::TopNested(levels) => self.top_nested(levels, start, end),
            OperatorKind::TopHitters { count, of, by } => {
                self.exprs([count, of]);
                self.exprs(by.as_slice());
            }
            OperatorKind::Sort(keys) => self.sort_keys(keys, end),
            OperatorKind::Join(join) | OperatorKind::Lookup(join) => self.join(join, end),
            OperatorKind::Union(union) => self.union(union, end),
            OperatorKind::MvExpand(expand) => self.mv_expand(expand),
            OperatorKind::MvApply { expand, operators } => {
                self.mv_expand(expand);
                self.body(operators, end);
            }
            OperatorKind::Parse(parse) => self.parse(parse, start, end),
            OperatorKind::ParseKv { expr, keys, settings } => {
                self.expr(expr);
                self.columns(keys);
                self.settings_in_brackets(settings);
            }
            OperatorKind::MakeSeries(series) => self.make_series(series, start, end),
            OperatorKind::Render(render) => self.render(render),
            OperatorKind::As { settings, name } => {
                self.settings(settings);
                self.name(name);
            }
            OperatorKind::Invoke(call) => {
                self.name(&call.name);
                let open = self.last(call.name.span.end) + 1;
                self.arguments(open, end, &call.arguments);
            }
            OperatorKind::Evaluate(evaluate) => self.evaluate(evaluate),
            OperatorKind::Search(search) => self.search(search),
            OperatorKind::Partition { settings, by, body } => self.partition(settings, by, body),
            OperatorKind::Fork(branches) => self.fork(branches),
            OperatorKind::Facet { by, with } => {
                self.exprs(by);
                self.body(with, end);
            }
            OperatorKind::Reduce { settings, by, with } => {
                self.settings(settings);
                self.expr(by);
                self.settings(with);
            }
            OperatorKind::Scan(scan) => self.scan(scan, end),
            OperatorKind::AssertSchema(_, columns) => self.columns(columns),
            OperatorKind::Unsupported(_) => self.keep(operator.span),
        }
    }

    pub(super) fn source(&mut self, source: &Source, span: Span) {
        let (start, end) = (self.at(span.start), self.last(span.end));
        match source {
            Source::Print(columns) => self.named_list(columns, end),
            Source::Range { name, from, to, step } => {
                self.name(name);
                self.exprs([from, to, step]);
            }
            Source::Datatable { columns, values } => {
                self.columns(columns);
                self.datatable(columns.len(), values, start, end);
            }
            Source::ExternalData { columns, uris, properties } => {
                self.columns(columns);
                let columns_open = start + 1;
                let open = self.matching(columns_open) + 1;
                if self.kind(open) == Kind::OpenBracket {
                    self.list(open, self.matching(open), uris);
                }
                self.settings_in_brackets(properties);
            }
            Source::Union(union) => self.union(union, end),
            Source::Search(search) => self.search(search),
            Source::Find(find) => self.find(find),
            Source::Evaluate(evaluate) => self.evaluate(evaluate),
            Source::Unsupported(_) => {}
        }
    }

    fn reorder_keys(&mut self, keys: &[ReorderKey], end: usize) {
        for key in keys {
            self.expr(&key.pattern);
            if key.order.is_some() {
                self.keyword(self.last(key.pattern.span.end) + 1);
            }
        }
        let starts: Vec<usize> = keys.iter().map(|key| self.at(key.pattern.span.start)).collect();
        self.fill(&starts, end);
    }

    fn fork(&mut self, branches: &[(Option<Name>, Vec<Operator>)]) {
        for (name, operators) in branches {
            if let Some(name) = name {
                self.name(name);
                self.tight_equal(name);
            }
            if let Some(last) = operators.last() {
                self.body(operators, self.last(last.span.end) + 1);
            }
        }
    }

    /// The parts of a hyphenated keyword at token `start` stay joined.
    fn keyword(&mut self, start: usize) {
        let mut last = start;
        while self.kind(last + 1) == Kind::Minus
            && self.kind(last + 2) == Kind::Name
            && self.joined(last + 1)
            && self.joined(last + 2)
        {
            last += 2;
        }
        let span = Span::new(self.tokens[start].span.start, self.tokens[last].span.end);
        if self.text.get(span.start..span.end).is_some_and(is_hyphenated_keyword) {
            self.keep(span);
        }
    }

    fn joined(&self, index: usize) -> bool {
        self.tokens[index - 1].span.end == self.tokens[index].span.start
    }

    fn exprs<'e>(&mut self, exprs: impl IntoIterator<Item = &'e Expr>) {
        for expr in exprs {
            self.expr(expr);
        }
    }

    /// Items that are filled into lines after their keyword.
    fn fill(&mut self, starts: &[usize], end: usize) {
        if let Some(&first) = starts.first() {
            self.keyword_list(first, end, starts, true);
        }
    }

    /// `name=value` after a keyword, without spaces.
    fn settings(&mut self, settings: &[Setting]) {
        for setting in settings {
            self.name(&setting.name);
            self.expr(&setting.value);
            self.keep(setting.value.span);
            self.tight_equal(&setting.name);
        }
    }

    fn settings_in_brackets(&mut self, settings: &[Setting]) {
        self.settings(settings);
        let starts: Vec<usize> = settings.iter().map(|setting| self.at(setting.name.span.start)).collect();
        if let Some(open) = starts.first().and_then(|first| self.word_before(*first, "(")) {
            self.separate(starts, Gap::Fill);
            self.brackets(open, self.matching(open));
        }
    }

    fn sort_keys(&mut self, keys: &[SortKey], end: usize) {
        for key in keys {
            self.expr(&key.expr);
        }
        let starts: Vec<usize> = keys.iter().map(|key| self.at(key.expr.span.start)).collect();
        self.fill(&starts, end);
    }

    /// `( operators )` that ends with token `close`.
    fn body(&mut self, operators: &[Operator], close: usize) {
        let Some(first) = operators.first().map(|first| self.at(first.span.start)) else { return };
        for operator in operators {
            self.operator(operator);
        }
        let pipe = self.word_before(first, "|").unwrap_or(first);
        self.pipes(operators, if operators.len() == 1 { Gap::Line } else { Gap::Hard });
        if let Some(open) = pipe.checked_sub(1).filter(|&open| self.kind(open) == Kind::OpenParen) {
            self.brackets(open, close);
        }
    }

    fn summarize(&mut self, summarize: &Summarize, start: usize, end: usize) {
        self.settings(&summarize.settings);
        let by = summarize.by.as_ref().and_then(|by| by.first()).map(|first| self.named_start(first).saturating_sub(1));
        let aggregates_end = by.map_or(end, |by| by - 1);
        self.named_list(&summarize.aggregates, aggregates_end);
        let Some(by) = by else { return };
        self.keys(summarize.by.as_deref().unwrap_or_default(), end);
        if !summarize.aggregates.is_empty() {
            self.set(by, Gap::Line);
            self.groups.push(Group { start, end, inner: (by, end) });
        }
    }

    /// Keys after `by`, filled into lines.
    fn keys(&mut self, keys: &[Named], end: usize) {
        for key in keys {
            self.named(key);
        }
        let starts: Vec<usize> = keys.iter().map(|key| self.named_start(key)).collect();
        self.fill(&starts, end);
    }

    fn top_nested(&mut self, levels: &[TopNested], start: usize, end: usize) {
        for (index, level) in levels.iter().enumerate() {
            self.exprs(level.count.as_slice());
            self.named(&level.of);
            if let Some(others) = &level.others {
                self.expr(others);
                self.set_at(others.span.start, Gap::None);
                self.set(self.at(others.span.start) - 1, Gap::None);
            }
            self.named(&level.by);
            if index > 0 {
                // The keyword stands before `n of` or `of`.
                let of = self.named_start(&level.of) - 1;
                let after = level.count.as_ref().map_or(of, |count| self.at(count.span.start));
                let keyword = after.saturating_sub(3);
                self.keyword(keyword);
                self.set(keyword, Gap::Line);
            }
        }
        self.group(start, end);
    }

    fn join(&mut self, join: &Join, end: usize) {
        self.settings(&join.settings);
        self.expr(&join.right);
        self.exprs(&join.on);
        let starts: Vec<usize> = join.on.iter().map(|on| self.at(on.span.start)).collect();
        // `on a and b` breaks before `and`.
        let conditions: Vec<usize> = starts.iter().map(|&start| self.word_before(start, "and").unwrap_or(start)).collect();
        self.fill(&conditions, end);
    }

    fn union(&mut self, union: &Union, end: usize) {
        self.settings(&union.settings);
        self.expr_list(&union.tables, end);
        let large = union
            .tables
            .iter()
            .any(|table| matches!(&table.kind, ExprKind::Paren(inner) if matches!(inner.kind, ExprKind::Pipe { .. })));
        if large {
            // Subqueries stay beside the comma that parts them.
            for table in &union.tables {
                self.set_at(table.span.start, Gap::Line);
            }
        }
    }

    fn mv_expand(&mut self, expand: &MvExpand) {
        self.settings(&expand.settings);
        for column in &expand.columns {
            if let Some(name) = &column.name {
                self.name(name);
            }
            self.expr(&column.expr);
            if let Some(to) = &column.to {
                self.set(self.at(to.span.start).saturating_sub(1), Gap::None);
            }
        }
        self.exprs(expand.limit.as_slice());
    }

    fn parse(&mut self, parse: &Parse, start: usize, end: usize) {
        self.settings(&parse.settings);
        self.expr(&parse.expr);
        for part in &parse.pattern {
            let at = match part {
                ParsePart::Star(span) | ParsePart::Text(_, span) => span.start,
                ParsePart::Column { name, .. } => {
                    self.name(name);
                    name.span.start
                }
            };
            if !matches!(part, ParsePart::Column { .. }) {
                self.set_at(at, Gap::Fill);
            }
        }
        self.group(start, end);
    }

    fn make_series(&mut self, series: &MakeSeries, start: usize, end: usize) {
        self.settings(&series.settings);
        let values: Vec<usize> = series.aggregates.iter().map(|aggregate| self.named_start(&aggregate.value)).collect();
        for aggregate in &series.aggregates {
            self.named(&aggregate.value);
            if let Some(default) = &aggregate.default {
                self.expr(default);
                let value = self.at(default.span.start);
                self.set(value, Gap::None);
                self.set(value - 1, Gap::None);
            }
        }
        self.expr(&series.on);
        self.exprs(series.from.as_slice());
        self.exprs(series.to.as_slice());
        self.expr(&series.step);
        let on = self.at(series.on.span.start).saturating_sub(1);
        if let Some(&first) = values.first() {
            self.keyword_list(first, on - 1, &values, false);
        }
        self.set(on, Gap::Line);
        if series.in_range {
            // `range(`
            self.set(self.last(series.on.span.end) + 3, Gap::None);
        }
        if let Some(first) = series.by.first().map(|first| self.named_start(first)) {
            self.keys(&series.by, end);
            self.set(first - 1, Gap::Line);
        }
        self.groups.push(Group { start, end, inner: (on, end) });
    }

    fn render(&mut self, render: &Render) {
        for (name, values) in &render.properties {
            self.exprs(values);
            self.tight_equal(name);
        }
        let starts: Vec<usize> = render.properties.iter().map(|(name, _)| self.at(name.span.start)).collect();
        if let Some(open) = starts.first().and_then(|first| self.word_before(*first, "(")) {
            self.separate(starts, Gap::Fill);
            self.brackets(open, self.matching(open));
        }
    }

    fn evaluate(&mut self, evaluate: &Evaluate) {
        self.settings(&evaluate.settings);
        self.name(&evaluate.call.name);
        let open = self.last(evaluate.call.name.span.end) + 1;
        let close = self.matching(open);
        self.arguments(open, close, &evaluate.call.arguments);
        if let Some((_, columns)) = &evaluate.schema {
            self.set(close + 1, Gap::Space);
            self.set(close + 2, Gap::Space);
            self.columns(columns);
        }
    }

    fn tables(&mut self, tables: &[Expr]) {
        self.exprs(tables);
        let starts: Vec<usize> = tables.iter().map(|table| self.at(table.span.start)).collect();
        if let Some(open) = starts.first().and_then(|first| self.word_before(*first, "(")) {
            self.separate(starts, Gap::Fill);
            self.brackets(open, self.matching(open));
        }
    }

    fn search(&mut self, search: &Search) {
        self.settings(&search.settings);
        self.tables(&search.tables);
        self.expr(&search.predicate);
    }

    fn find(&mut self, find: &Find) {
        self.settings(&find.settings);
        self.tables(&find.tables);
        self.expr(&find.predicate);
        self.keyword(self.last(find.predicate.span.end) + 1);
        for (column, _) in find.project.iter().flatten() {
            self.expr(column);
        }
    }

    fn partition(&mut self, settings: &[Setting], by: &Expr, body: &Expr) {
        self.settings(settings);
        self.expr(by);
        match &body.kind {
            ExprKind::Paren(inner) => {
                if let ExprKind::Pipe { operators, .. } = &inner.kind {
                    self.body(operators, self.last(body.span.end));
                }
            }
            _ => {
                let (open, close) = (self.at(body.span.start).saturating_sub(1), self.last(body.span.end) + 1);
                self.expr(body);
                if let ExprKind::Pipe { operators, .. } = &body.kind {
                    self.pipes(operators, Gap::Line);
                }
                self.brackets(open, close);
                self.set(open + 1, Gap::Line);
                self.set(close, Gap::Line);
            }
        }
    }

    fn scan(&mut self, scan: &Scan, end: usize) {
        self.settings(&scan.settings);
        for key in &scan.order_by {
            self.expr(&key.expr);
        }
        self.exprs(&scan.partition_by);
        if let Some(open) = scan.declare.first().and_then(|first| self.at(first.name.span.start).checked_sub(1)) {
            self.parameters(open, &scan.declare);
            self.set(open, Gap::Space);
        }
        let starts: Vec<usize> = scan.steps.iter().map(|step| self.at(step.name.span.start).saturating_sub(1)).collect();
        for step in &scan.steps {
            self.name(&step.name);
            if let Some(output) = &step.output {
                let value = self.at(output.span.start);
                self.set(value, Gap::None);
                self.set(value - 1, Gap::None);
            }
            self.expr(&step.condition);
            self.set_at(step.condition.span.start, Gap::Space);
            for named in &step.assignments {
                self.named(named);
            }
        }
        let Some(open) = starts.first().map(|first| first.saturating_sub(1)) else { return };
        self.separate(starts, Gap::Hard);
        self.brackets(open, end);
    }

    /// The rows of a `datatable`, a line each.
    fn datatable(&mut self, columns: usize, values: &[Expr], start: usize, end: usize) {
        self.exprs(values);
        let open = self.matching(start + 1) + 1;
        for (index, value) in values.iter().enumerate().skip(1) {
            let gap = if columns > 0 && index % columns == 0 { Gap::Line } else { Gap::Space };
            self.set_at(value.span.start, gap);
        }
        self.set(start + 1, Gap::None);
        self.set(open, Gap::Space);
        self.brackets(open, end);
    }
}
