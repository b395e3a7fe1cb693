//! What each operator does to the columns.

use kql::ast::{
    Expr, ExprKind, Named, Operator,
    operator::{Join, MvExpand, OperatorKind, ParsePart, Summarize},
};

use super::{Flow, Scope, scope::Made};

/// Changes `scope` as the operator does.
pub(super) fn apply<'a>(flow: &mut Flow<'a>, scope: &mut Scope<'a>, operator: &'a Operator, depth: usize) {
    match &operator.kind {
        OperatorKind::Extend(items) | OperatorKind::Serialize(items) => extend(scope, items),
        OperatorKind::Project(items) => *scope = only(scope, items),
        OperatorKind::Distinct(items) if items.iter().all(|item| !matches!(item.expr.kind, ExprKind::Wildcard(_))) => {
            *scope = only(scope, items);
        }
        OperatorKind::ProjectAway(patterns) => {
            for pattern in patterns {
                match &pattern.kind {
                    ExprKind::Name(name) => scope.drop(&name.text),
                    _ => scope.open = true,
                }
            }
        }
        OperatorKind::ProjectKeep(patterns) => keep(scope, patterns),
        OperatorKind::ProjectRename(items) => {
            for item in items {
                let made = scope.taken(&item.expr);
                if let (Some(new), ExprKind::Name(old)) = (item.names.first(), &item.expr.kind) {
                    scope.drop(&old.text);
                    scope.made.insert(&new.text, made);
                }
            }
        }
        OperatorKind::Summarize(summarize) => *scope = summarized(scope, summarize),
        OperatorKind::Count(_) => *scope = Scope::named(std::iter::once("Count")),
        OperatorKind::MakeSeries(series) => {
            let mut after = Scope { open: true, ..Scope::default() };
            let values = series.aggregates.iter().map(|aggregate| &aggregate.value).chain(&series.by);
            values.for_each(|value| add(scope, &mut after, value));
            *scope = after;
        }
        OperatorKind::Join(right) | OperatorKind::Lookup(right) => join(flow, scope, right, depth),
        OperatorKind::Union(union) => {
            for table in &union.tables {
                let other = flow.tabular(table, false, depth + 1);
                scope.join(other);
            }
        }
        OperatorKind::MvExpand(expand) => expanded(scope, expand),
        OperatorKind::Parse(parse) => {
            for part in &parse.pattern {
                if let ParsePart::Column { name, .. } = part {
                    scope.made.insert(&name.text, Made::default());
                }
            }
        }
        OperatorKind::ParseKv { keys, .. } => {
            for key in keys {
                scope.made.insert(&key.name.text, Made::default());
            }
        }
        OperatorKind::Evaluate(evaluate) => {
            // Of a table that is not known, a column may have been there before.
            scope.unpacked |= evaluate.call.name.text == "bag_unpack" && evaluate.schema.is_none() && !scope.open;
            scope.open = true;
        }
        OperatorKind::Where(_)
        | OperatorKind::Take(_)
        | OperatorKind::Sample(_)
        | OperatorKind::Top { .. }
        | OperatorKind::Sort(_)
        | OperatorKind::As { .. }
        | OperatorKind::Render(_)
        | OperatorKind::Consume(_)
        | OperatorKind::ProjectReorder(_)
        | OperatorKind::Distinct(_)
        | OperatorKind::AssertSchema(..) => {}
        _ => *scope = Scope::unknown(),
    }
}

fn join<'a>(flow: &mut Flow<'a>, scope: &mut Scope<'a>, join: &'a Join, depth: usize) {
    let right = flow.tabular(&join.right, false, depth + 1);
    let kind = join.settings.iter().find(|setting| setting.name.text == "kind");
    let kind = match kind.map(|setting| &setting.value.kind) {
        Some(ExprKind::Name(name)) => name.text.as_str(),
        _ => "innerunique",
    };
    match kind {
        "leftanti" | "leftsemi" | "anti" | "leftantisemi" => {}
        "rightanti" | "rightsemi" | "rightantisemi" => *scope = right,
        _ => scope.join(right),
    }
}

/// An element of the array, not the array: what is known of the column holds no more.
fn expanded<'a>(scope: &mut Scope<'a>, expand: &'a MvExpand) {
    for column in &expand.columns {
        let own = match &column.expr.kind {
            ExprKind::Name(name) => Some(name),
            _ => None,
        };
        if let Some(name) = column.name.as_ref().or(own) {
            scope.made.insert(&name.text, Made::default());
        }
    }
}

fn extend<'a>(scope: &mut Scope<'a>, items: &'a [Named]) {
    // Every expression sees the columns as they were before.
    let made: Vec<_> = items.iter().flat_map(|item| item.names.iter().map(|name| (name, scope.taken(&item.expr)))).collect();
    for (name, made) in made {
        scope.made.insert(&name.text, made);
    }
}

fn only<'a>(scope: &Scope<'a>, items: &'a [Named]) -> Scope<'a> {
    let mut after = Scope {
        open: scope.open && items.iter().any(|item| matches!(item.expr.kind, ExprKind::Wildcard(_))),
        ..Scope::default()
    };
    items.iter().for_each(|item| add(scope, &mut after, item));
    after
}

/// Adds a column of `before` or one made of it.
fn add<'a>(before: &Scope<'a>, after: &mut Scope<'a>, item: &'a Named) {
    let made = before.taken(&item.expr);
    for name in &item.names {
        after.made.insert(&name.text, made.clone());
    }
    if item.names.is_empty() {
        match last_name(&item.expr) {
            Some(name) => {
                after.made.insert(name, made);
            }
            // Named by the engine: `count_`, `Column1` ...
            None => after.open = true,
        }
    }
}

/// The name an unnamed column takes, where that is plain.
fn last_name(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Name(name) => Some(&name.text),
        ExprKind::Paren(inner) => last_name(inner),
        _ => None,
    }
}

fn keep<'a>(scope: &mut Scope<'a>, patterns: &'a [Expr]) {
    let mut after = Scope { open: scope.open, ..Scope::default() };
    for pattern in patterns {
        match &pattern.kind {
            ExprKind::Name(name) => {
                after.made.insert(&name.text, scope.taken(pattern));
            }
            _ => after.open = true,
        }
    }
    *scope = after;
}

fn summarized<'a>(scope: &Scope<'a>, summarize: &'a Summarize) -> Scope<'a> {
    let whole_rows = |named: &&Named| {
        let call = matches!(&named.expr.kind, ExprKind::Call(call) if call.arguments.iter().any(|argument| matches!(argument.value.kind, ExprKind::Wildcard(_))));
        call && !matches!(&named.expr.kind, ExprKind::Call(call) if call.name.text == "count")
    };
    let mut after = if summarize.aggregates.iter().any(|named| whole_rows(&named)) {
        Scope { open: true, ..scope.clone() }
    } else {
        Scope::default()
    };
    for named in &summarize.aggregates {
        // An aggregate is not the value it aggregates.
        for name in &named.names {
            after.made.insert(&name.text, Made { expr: Some(&named.expr), base: None });
        }
        after.open |=
            named.names.is_empty() || matches!(&named.expr.kind, ExprKind::Call(call) if call.name.text.starts_with("arg_"));
    }
    summarize.by.iter().flatten().for_each(|named| add(scope, &mut after, named));
    after
}
