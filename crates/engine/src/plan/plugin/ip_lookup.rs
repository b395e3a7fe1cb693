//! `ipv4_lookup` and `ipv6_lookup`: rows joined to the networks that their address lies in.
//!
//! The networks are read while the query is planned, as the values of `in (T)` are. A row then finds the networks of its address in
//! memory, and the rest is a join on the network's text.

use datafusion::{
    common::{JoinType, UnnestOptions},
    logical_expr::LogicalPlanBuilder,
};
use diag::{Diagnostic, Span};
use functions::{Typed, scalar::ip::address::Family};
use kql::ast::{Expr, ExprKind, Literal};
use schema::Type;

use super::{Invocation, Plugin, PluginParam};
use crate::{
    error::{At, Result, codes, fault},
    kernel::{self, Networks},
    plan::{
        Planner,
        tabular::{Condition, side_by_side},
    },
    relation::{Column, Relation, column, typed},
};

pub(super) static IPV4_LOOKUP: Plugin = Plugin {
    name: "ipv4_lookup",
    doc: "ipv4-lookup-plugin",
    summary: "Joins rows to those of a lookup table whose IPv4 network their address lies in.",
    params: &[
        PluginParam::required("LookupTable"),
        PluginParam::required("SourceIPv4Key"),
        PluginParam::required("IPv4LookupKey"),
        PluginParam::any("ExtraKey"),
        PluginParam::optional("return_unmatched"),
    ],
    plan: |planner, call| plan::<u32>(planner, call, First::Source),
};

pub(super) static IPV6_LOOKUP: Plugin = Plugin {
    name: "ipv6_lookup",
    doc: "ipv6-lookup-plugin",
    summary: "Joins rows to those of a lookup table whose IPv6 or IPv4 network their address lies in.",
    params: &[
        PluginParam::required("LookupTable"),
        PluginParam::required("SourceIPv6Key"),
        PluginParam::required("IPv6LookupKey"),
        PluginParam::any("ExtraKey"),
        PluginParam::optional("return_unmatched"),
    ],
    // The page's text is that of ipv4_lookup; what it prints has the lookup table first.
    plan: |planner, call| plan::<u128>(planner, call, First::Lookup),
};

/// Whose columns stand first in the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum First {
    Source,
    Lookup,
}

/// A lookup table may have this many networks.
const MAX_NETWORKS: usize = 1_000_000;
/// The columns inside the plan that hold a row's networks, and a network's key.
const NETWORKS: &str = "$networks";
const KEY: &str = "$network";

fn plan<T: Family + std::fmt::Debug + std::hash::Hash + Send + Sync + 'static>(
    planner: &Planner<'_>,
    call: &Invocation<'_>,
    first: First,
) -> Result<Relation> {
    let (input, span) = (call.input()?, call.span);
    let lookup = planner.table(call.required(0)?, call.scope)?;
    let source_key = typed(call.column(call.required(1)?)?);
    let network = typed(call.column_of(&lookup, call.required(2)?)?);
    let (extras, unmatched) = options(planner, call)?;

    let mut source = vec![text(planner, source_key, span)?];
    let mut key = vec![text(planner, network, span)?];
    let mut extra_names = Vec::with_capacity(extras.len());
    for extra in extras {
        let (left, right) = (call.column(extra)?, call.column_of(&lookup, extra)?);
        source.push(text(planner, typed(left), span)?);
        key.push(text(planner, typed(right), span)?);
        extra_names.push(left.name.clone());
    }
    let key = planner.apply("tostring", vec![planner.apply("pack_array", key, span)?], span)?;
    let networks: Networks<T> = networks(planner, &lookup, &key, span)?;

    // Each row once for each network of its address; with `return_unmatched` also where there is none.
    let found = kernel::networks_of(networks, source, unmatched);
    let mut columns: Vec<_> = input.columns.iter().map(|found| column(&found.name)).collect();
    columns.push(found.alias(NETWORKS));
    let options = UnnestOptions::new().with_preserve_nulls(false);
    let plan = input
        .builder()
        .project(columns)
        .and_then(|rows| kernel::unnest(rows, NETWORKS, options))
        .and_then(LogicalPlanBuilder::build)
        .at(span)?;
    let mut left_columns = input.columns.clone();
    left_columns.push(Column::new(NETWORKS, Type::String));
    let left = Relation { open: input.open, ..Relation::new(plan, left_columns) };

    let width = left.columns.len();
    let condition = Condition { left: Typed::new(column(NETWORKS), Type::String), right: key };
    let kind = if unmatched { JoinType::Left } else { JoinType::Inner };
    let joined = side_by_side(&left, &lookup, vec![condition], kind, span)?;
    let kept = joined.columns.iter().enumerate().filter(|(position, found)| match position.checked_sub(width) {
        None => found.name != NETWORKS,
        Some(at) => lookup.columns.get(at).is_none_or(|found| !extra_names.contains(&found.name)),
    });
    let mut kept: Vec<_> = kept.collect();
    if first == First::Lookup {
        kept.sort_by_key(|(position, _)| *position < width);
    }
    joined.project(kept.into_iter().map(|(_, found)| (found.name.clone(), typed(found))).collect(), span)
}

/// The extra keys, and whether rows without a network are kept: `return_unmatched`, by its name or as a last boolean.
fn options<'a>(planner: &Planner<'_>, call: &Invocation<'a>) -> Result<(Vec<&'a Expr>, bool)> {
    let mut extras: Vec<&Expr> = call.rest(3).to_vec();
    let mut unmatched = false;
    if let Some(named) = call.named("return_unmatched") {
        unmatched = flag(planner, call, named)?;
    } else if let Some(last) = extras.last().copied().filter(|last| !names_a_column(call, last)) {
        unmatched = flag(planner, call, last)?;
        extras.pop();
    }
    Ok((extras, unmatched))
}

fn names_a_column(call: &Invocation<'_>, expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Literal(Literal::Bool(_)) => false,
        ExprKind::Name(name) => call.scope.get(&name.text).is_none() || call.column(expr).is_ok(),
        _ => false,
    }
}

fn flag(planner: &Planner<'_>, call: &Invocation<'_>, expr: &Expr) -> Result<bool> {
    let value = planner.constant(expr, crate::plan::Names::new(call.scope, &[]), "`return_unmatched`")?;
    match value.as_constant() {
        Some(datafusion::common::ScalarValue::Boolean(Some(flag))) => Ok(*flag),
        _ => fault(codes::ARGUMENT_TYPE, "`return_unmatched` is true or false", expr.span),
    }
}

fn text(planner: &Planner<'_>, value: Typed, span: Span) -> Result<Typed> {
    if value.ty == Type::String { Ok(value) } else { planner.apply("tostring", vec![value], span) }
}

/// The networks of the lookup table; none where the query is only checked.
fn networks<T: Family>(planner: &Planner<'_>, lookup: &Relation, key: &Typed, span: Span) -> Result<Networks<T>> {
    let keys = lookup.project(vec![(KEY.to_owned(), key.clone())], span)?;
    let plan = keys.builder().distinct().and_then(LogicalPlanBuilder::build).at(span)?;
    let found = planner.computed(keys.with_plan(plan), MAX_NETWORKS + 1)?;
    if found.len() > MAX_NETWORKS {
        let message = format!("the lookup table has more than {MAX_NETWORKS} networks");
        return Err(Diagnostic::error(codes::TOO_LARGE, message, span).with_help("filter the lookup table first").into());
    }
    Ok(Networks::new(found.iter().filter_map(|value| value.try_as_str().flatten())))
}
