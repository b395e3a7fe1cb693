//! The expressions that stand directly in an operator.

use kql::ast::{Expr, operator::OperatorKind};

/// All of them, in the order of the text; not the right side of a join nor the tables of a union.
pub(crate) fn expressions(kind: &OperatorKind) -> Vec<&Expr> {
    match kind {
        OperatorKind::Where(expr) | OperatorKind::Take(expr) | OperatorKind::Sample(expr) => vec![expr],
        OperatorKind::Extend(items)
        | OperatorKind::Project(items)
        | OperatorKind::ProjectRename(items)
        | OperatorKind::Distinct(items)
        | OperatorKind::Serialize(items) => items.iter().map(|item| &item.expr).collect(),
        OperatorKind::ProjectAway(patterns) | OperatorKind::ProjectKeep(patterns) | OperatorKind::ProjectByNames(patterns) => {
            patterns.iter().collect()
        }
        OperatorKind::ProjectReorder(keys) => keys.iter().map(|key| &key.pattern).collect(),
        OperatorKind::Summarize(summarize) => {
            summarize.aggregates.iter().chain(summarize.by.iter().flatten()).map(|named| &named.expr).collect()
        }
        OperatorKind::SampleDistinct { count, of } => vec![count, of],
        OperatorKind::Top { count, by } => std::iter::once(count).chain(by.iter().map(|key| &key.expr)).collect(),
        OperatorKind::TopNested(levels) => levels.iter().flat_map(|level| [&level.of.expr, &level.by.expr]).collect(),
        OperatorKind::TopHitters { count, of, by } => [Some(count), Some(of), by.as_ref()].into_iter().flatten().collect(),
        OperatorKind::Sort(keys) => keys.iter().map(|key| &key.expr).collect(),
        OperatorKind::Join(join) | OperatorKind::Lookup(join) => join.on.iter().collect(),
        OperatorKind::MvExpand(expand) => expand.columns.iter().map(|column| &column.expr).collect(),
        OperatorKind::MvApply { expand, operators } => {
            let inner = operators.iter().flat_map(|operator| expressions(&operator.kind));
            expand.columns.iter().map(|column| &column.expr).chain(inner).collect()
        }
        OperatorKind::Parse(parse) => vec![&parse.expr],
        OperatorKind::ParseKv { expr, .. } => vec![expr],
        OperatorKind::MakeSeries(series) => {
            let bounds = [series.from.as_ref(), series.to.as_ref(), Some(&series.step), Some(&series.on)];
            let aggregates = series.aggregates.iter().map(|aggregate| &aggregate.value.expr);
            aggregates.chain(bounds.into_iter().flatten()).chain(series.by.iter().map(|named| &named.expr)).collect()
        }
        OperatorKind::Invoke(call) => call.arguments.iter().map(|argument| &argument.value).collect(),
        OperatorKind::Evaluate(evaluate) => evaluate.call.arguments.iter().map(|argument| &argument.value).collect(),
        OperatorKind::Search(search) => vec![&search.predicate],
        OperatorKind::Partition { by, body, .. } => vec![by, body],
        OperatorKind::Fork(branches) => {
            branches.iter().flat_map(|(_, operators)| operators).flat_map(|operator| expressions(&operator.kind)).collect()
        }
        OperatorKind::Facet { by, with } => {
            by.iter().chain(with.iter().flat_map(|operator| expressions(&operator.kind))).collect()
        }
        OperatorKind::Reduce { by, .. } => vec![by],
        OperatorKind::Scan(scan) => {
            let steps = scan
                .steps
                .iter()
                .flat_map(|step| std::iter::once(&step.condition).chain(step.assignments.iter().map(|named| &named.expr)));
            steps.chain(&scan.partition_by).collect()
        }
        OperatorKind::Union(_)
        | OperatorKind::Count(_)
        | OperatorKind::Render(_)
        | OperatorKind::As { .. }
        | OperatorKind::GetSchema
        | OperatorKind::Consume(_)
        | OperatorKind::AssertSchema(..)
        | OperatorKind::Unsupported(_)
        | OperatorKind::Missing => Vec::new(),
    }
}
