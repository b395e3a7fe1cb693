//! `summarize`: rows grouped by keys, aggregates over each group.
//!
//! <https://learn.microsoft.com/kusto/query/summarize-operator>

use datafusion::logical_expr::Expr as PlanExpr;
use diag::Span;
use functions::{Eval, Typed};
use kql::ast::{Call, Expr, ExprKind, Named, operator::Summarize};

use super::columns::Planned;
use crate::{
    error::{Result, codes, fault},
    name::implied_name,
    plan::{Names, Planner, aggregate::Aggregates},
    relation::{Column, Relation, column, typed},
    scope::Scope,
};

/// The name a key has inside the aggregate node, clear of every name a query can give.
pub(super) fn key_name(position: usize) -> String {
    format!("$key{position}")
}

impl Planner<'_> {
    pub(super) fn summarize(&self, input: &Relation, summarize: &Summarize, span: Span, scope: &Scope) -> Result<Relation> {
        let by = summarize.by.as_deref().unwrap_or(&[]);
        let (input, place) = &placed(input, span)?;
        let keys = self.columns(by, Names::new(scope, &input.columns), "Column", 1)?;
        super::key::check_all(&keys, by, input, "summarize")?;
        let aggregates = Aggregates::over(&input.columns).in_order(place.clone());
        let key_columns: Vec<Column> = keys.iter().map(|key| Column::new(&key.name, key.value.ty)).collect();

        let mut result: Vec<(String, Typed)> = keys
            .iter()
            .enumerate()
            .map(|(position, key)| (key.name.clone(), Typed::new(column(&key_name(position)), key.value.ty)))
            .collect();
        let mut number = 1;
        for named in &summarize.aggregates {
            result.extend(self.aggregate_columns(named, scope, &key_columns, &aggregates, &mut number)?);
        }
        let result = result.into_iter().map(|(name, value)| (name, keys_inside(value, &key_columns))).collect();

        let groups: Vec<PlanExpr> =
            keys.into_iter().enumerate().map(|(position, key)| key.value.expr.alias(key_name(position))).collect();
        let planned = aggregates.into_planned();
        if groups.is_empty() && planned.is_empty() {
            return fault(codes::AGGREGATE, "`summarize` needs an aggregate or a key", span);
        }
        input.aggregate(groups, planned, span)?.reshape(result, span)
    }

    /// The columns one item of `summarize` gives: one, or several for `arg_max` and its like.
    fn aggregate_columns(
        &self,
        named: &Named,
        scope: &Scope,
        keys: &[Column],
        aggregates: &Aggregates,
        number: &mut usize,
    ) -> Result<Vec<(String, Typed)>> {
        if let ExprKind::Call(call) = &named.expr.kind
            && let Some(function) = functions::find_call(&call.name.text, call.arguments.len())
        {
            match (function.name, function.eval) {
                ("arg_max" | "arg_min", _) => {
                    return self.arg_extreme(function.name == "arg_max", named, call, scope, keys, aggregates);
                }
                ("take_any", _) if call.arguments.len() != 1 || is_star(&call.arguments[0].value) => {
                    return self.any_row(named, call, scope, keys, aggregates);
                }
                (_, Eval::Aggregate(_)) => {
                    let (aggregated, ty, values) = self.aggregate_values(function, call, named.expr.span, scope, aggregates)?;
                    let outputs = aggregated.outputs(values);
                    let implied = implied_name(&named.expr).unwrap_or_else(|| function.name.to_owned());
                    return Ok(outputs
                        .into_iter()
                        .enumerate()
                        .map(|(position, (suffix, value))| {
                            let name =
                                named.names.get(position).map_or_else(|| format!("{implied}{suffix}"), |name| name.text.clone());
                            (name, Typed::new(value, ty))
                        })
                        .collect());
                }
                _ => {}
            }
        }
        let names = Names { aggregates: Some(aggregates), ..Names::new(scope, keys) };
        let planned: Vec<Planned> = self.columns(std::slice::from_ref(named), names, "Column", *number)?;
        *number += 1;
        Ok(planned.into_iter().map(|column| (column.name, column.value)).collect())
    }

    /// `arg_max(value, columns)`: the row with the greatest value; `*` stands for every column that is no key.
    fn arg_extreme(
        &self,
        max: bool,
        named: &Named,
        call: &Call,
        scope: &Scope,
        keys: &[Column],
        aggregates: &Aggregates,
    ) -> Result<Vec<(String, Typed)>> {
        let Some((first, rest)) = call.arguments.split_first() else {
            return fault(codes::ARGUMENT_COUNT, format!("{}() takes a value and columns", call.name.text), named.expr.span);
        };
        let names = Names::new(scope, aggregates.input());
        let value = self.scalar(&first.value, names)?;
        let value_name = implied_name(&first.value).unwrap_or_else(|| if max { "max_" } else { "min_" }.to_owned());
        let exprs: Vec<&Expr> = rest.iter().map(|argument| &argument.value).collect();
        let columns = self.row_columns(&exprs, keys, Some(&value_name), names)?;
        let parts = columns.iter().map(|(_, value)| value.expr.clone()).collect();
        let row = aggregates.add(functions::kernel::group::arg_extreme(max, value.expr, parts));
        let mut result = vec![(value_name, value.ty)];
        result.extend(columns.into_iter().map(|(name, value)| (name, value.ty)));
        Ok(fields(&row, result, named))
    }

    /// `take_any(columns)`: some row of the group.
    fn any_row(
        &self,
        named: &Named,
        call: &Call,
        scope: &Scope,
        keys: &[Column],
        aggregates: &Aggregates,
    ) -> Result<Vec<(String, Typed)>> {
        let names = Names::new(scope, aggregates.input());
        let exprs: Vec<&Expr> = call.arguments.iter().map(|argument| &argument.value).collect();
        let columns = self.row_columns(&exprs, keys, None, names)?;
        let row =
            aggregates.add(functions::kernel::group::any_row(columns.iter().map(|(_, value)| value.expr.clone()).collect()));
        Ok(fields(&row, columns.into_iter().map(|(name, value)| (name, value.ty)).collect(), named))
    }

    fn row_columns(&self, exprs: &[&Expr], keys: &[Column], value: Option<&str>, names: Names) -> Result<Vec<(String, Typed)>> {
        let mut columns = Vec::new();
        for expr in exprs {
            if is_star(expr) {
                let rest = names
                    .row
                    .iter()
                    .filter(|known| !keys.iter().any(|key| key.name == known.name) && Some(known.name.as_str()) != value);
                columns.extend(rest.map(|known| (known.name.clone(), typed(known))));
            } else {
                let name = implied_name(expr).unwrap_or_else(|| format!("Column{}", columns.len() + 1));
                columns.push((name, self.scalar(expr, names)?));
            }
        }
        Ok(columns)
    }
}

/// The rows with their number in a column of its own, if they are sorted. Nothing asks for the number but lists, and what
/// nothing asks for is not computed.
fn placed(input: &Relation, span: Span) -> Result<(Relation, Option<PlanExpr>)> {
    if input.order.is_empty() {
        return Ok((input.clone(), None));
    }
    let numbered = input.numbered(span)?;
    let place = numbered.order.first().map(|key| key.expr.clone());
    let place = place.map(|place| datafusion::logical_expr::cast(place, datafusion::arrow::datatypes::DataType::Int64));
    Ok((numbered, place))
}

fn is_star(expr: &Expr) -> bool {
    matches!(&expr.kind, ExprKind::Wildcard(name) if name.text == "*")
}

/// The fields of a row aggregate as columns; names given in the query come first.
fn fields(row: &PlanExpr, columns: Vec<(String, schema::Type)>, named: &Named) -> Vec<(String, Typed)> {
    columns
        .into_iter()
        .enumerate()
        .map(|(position, (name, ty))| {
            let field = datafusion::functions::core::expr_fn::get_field(row.clone(), format!("c{position}"));
            let name = named.names.get(position).map_or(name, |given| given.text.clone());
            (name, Typed::new(field, ty))
        })
        .collect()
}

/// Keys that an aggregate expression names, by the names they have inside the aggregate node.
fn keys_inside(value: Typed, keys: &[Column]) -> Typed {
    use datafusion::common::tree_node::{Transformed, TreeNode};
    let original = value.expr.clone();
    let renamed = value.expr.transform_up(|node| {
        if let PlanExpr::Column(found) = &node
            && let Some(position) = keys.iter().position(|key| key.name == found.name)
        {
            return Ok(Transformed::yes(column(&key_name(position))));
        }
        Ok(Transformed::no(node))
    });
    Typed::new(renamed.map_or(original, |done| done.data), value.ty)
}
