//! `mv-apply`: a sub-query over the elements of each row's arrays.
//!
//! Every row is numbered, its elements become rows that carry the number and the row's other columns, and the sub-query runs on
//! rows of one number as one table. A row without elements has no table, and gives nothing.
//! <https://learn.microsoft.com/kusto/query/mv-apply-operator>

use diag::Span;
use functions::Typed;
use kql::ast::{
    ExprKind, Operator,
    operator::{ExpandColumn, MvExpand},
};

use super::{setting, within};
use crate::{
    error::{Result, unsupported},
    plan::{Planner, window},
    relation::{Column, Relation, Within, column, typed},
    scope::Scope,
};

/// The columns that hold what comes out beside the sub-query's.
const SOURCE: &str = "$source";

impl Planner<'_> {
    pub(super) fn mv_apply(
        &self,
        input: &Relation,
        expand: &MvExpand,
        operators: &[Operator],
        span: Span,
        scope: &Scope,
    ) -> Result<Relation> {
        let needs = match within::needs(operators) {
            Ok(needs) => needs,
            Err(operator) => {
                let what = format!("{} inside `mv-apply`", super::quoted(&operator.kind));
                return unsupported(what, operator.span);
            }
        };
        // The columns that are not replaced come out beside what the sub-query gives.
        let kept: Vec<&Column> =
            input.columns.iter().filter(|found| !expand.columns.iter().any(|item| replaces(item, found))).collect();
        let ordered = !input.order.is_empty();
        let outer = input.within.clone();
        let mut rows = input.clone();
        let mut keys: Vec<String> = outer.iter().flat_map(|outer| outer.keys.iter().chain(&outer.live)).cloned().collect();
        if ordered {
            rows = rows.numbered(span)?;
            keys.extend(rows.order.iter().flat_map(|key| key.expr.column_refs()).map(|place| place.name.clone()));
        } else if needs.keys {
            let row = rows.free_name("$row");
            rows = rows.with_windows(vec![(row.clone(), window::row_number())], span)?;
            keys.push(row);
        }
        let order = rows.order.clone();
        let mut carried: Vec<String> =
            outer.iter().flat_map(Within::names).filter(|name| !keys.contains(name)).cloned().collect();
        // Those of an `mv-apply` around this one are there already.
        let outside = rows.hidden.iter().filter(|name| name.starts_with(SOURCE)).count();
        let copies: Vec<String> = (0..kept.len()).map(|position| format!("{SOURCE}{}", outside + position)).collect();
        let hidden = copies.iter().zip(&kept).map(|(copy, found)| (copy.clone(), column(&found.name))).collect();
        rows = rows.hide_all(hidden, span)?;
        carried.extend(copies.iter().cloned());

        let expanded = self.expand_rows(&rows, expand, "mv-apply", span, scope)?;
        let index = expanded.rows.free_name("$index");
        let mut rows = expanded.rows.hide(&index, expanded.index.expr.clone(), span)?;
        let live = if needs.live {
            let (marked, live) = rows.hide_live(span)?;
            rows = marked;
            Some(live)
        } else {
            None
        };
        let mut columns = input.all();
        for (name, value) in expanded.columns {
            match columns.iter_mut().find(|(known, _)| *known == name) {
                Some((_, old)) => *old = value,
                None => columns.push((name, value)),
            }
        }
        if let Some(index) = setting::word(&expand.settings, "with_itemindex") {
            columns.push((index.to_owned(), expanded.index));
        }
        // Inside, elements come in the order of the array.
        let inside = Within { keys, live, carried };
        let rows = Relation { within: Some(inside.clone()), order: vec![column(&index).sort(true, true)], ..rows };
        let rows = rows.reshape(columns, span)?;
        let applied = self.run_within(rows, inside, operators, span, scope)?;

        let mut result: Vec<(String, Typed)> = Vec::with_capacity(kept.len() + applied.columns.len());
        for (found, copy) in kept.iter().zip(&copies) {
            let own = applied.find(&found.name).map_or_else(|| Typed::new(column(copy), found.ty), typed);
            result.push((found.name.clone(), own));
        }
        let rest = applied.columns.iter().filter(|found| !kept.iter().any(|kept| kept.name == found.name));
        result.extend(rest.map(|found| (found.name.clone(), typed(found))));
        // Outside, tables follow one another where their rows do.
        let order = if ordered { [order, applied.order.clone()].concat() } else { vec![] };
        Relation { within: outer, order, ..applied }.reshape(result, span)
    }
}

/// True if the item's elements take the place of the column: it expands it under no other name.
fn replaces(item: &ExpandColumn, found: &Column) -> bool {
    let same = |name: &kql::ast::Name| name.text == found.name;
    matches!(&item.expr.kind, ExprKind::Name(name) if same(name)) && item.name.as_ref().is_none_or(same)
}
