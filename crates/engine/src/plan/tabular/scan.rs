//! `scan`: rows in their order matched against a sequence of steps.
//!
//! What a step's expressions say of the row alone is computed for all rows at once and handed to the function that goes through the
//! rows (`kernel::scan`); only what they say of earlier matches (`step.Column`) is computed row by row.
//! <https://learn.microsoft.com/kusto/query/scan-operator>

use datafusion::{
    common::UnnestOptions,
    logical_expr::{Expr as PlanExpr, LogicalPlanBuilder},
};
use diag::{Diagnostic, Span};
use functions::{Typed, null_of};
use kql::ast::{
    ParameterType,
    operator::{Scan, ScanStep},
};

use super::{scan_program::Compiler, setting};
use crate::{
    error::{At, Result, codes, fault, unsupported},
    kernel::{self, Output},
    plan::{Names, Planner, expr::state_name, statement::type_of},
    relation::{Column, Relation, column},
    scope::{Binding, Scope},
};

/// A column that `declare` adds.
pub(super) struct Declared {
    pub(super) column: Column,
    pub(super) default: Typed,
}

/// A step with its expressions planned.
pub(super) struct Planned {
    pub(super) condition: PlanExpr,
    pub(super) assignments: Vec<(usize, PlanExpr)>,
    pub(super) output: Output,
}

impl Planner<'_> {
    pub(super) fn scan(&self, input: &Relation, scan: &Scan, span: Span, scope: &Scope) -> Result<Relation> {
        setting::check(&scan.settings, "scan", &["with_match_id"])?;
        let input = match scan.order_by.as_slice() {
            [] => input.clone(),
            keys => input.clone().ordered(self.sort_keys(input, keys, scope, Some("scan"))?),
        };
        if input.order.is_empty() {
            return Err(Diagnostic::error(codes::SERIALIZED, "`scan` needs rows in an order", span)
                .with_help("put `sort by ...` before it, or `serialize` to take the rows as they come")
                .into());
        }
        let names = Names::new(scope, &input.columns);
        let groups = scan.partition_by.iter().map(|key| Ok(self.scalar(key, names)?.expr)).collect::<Result<Vec<_>>>()?;
        let declared = self.scan_columns(&input, scan, scope)?;
        let steps = self.scan_steps(&input, scan, &declared, scope)?;
        let known: Vec<&str> = scan.steps.iter().map(|step| step.name.text.as_str()).collect();
        let (program, arguments) = Compiler::new(&input, &known, &declared).program(steps).at(span)?;

        let rows = input.numbered(span)?;
        let name = rows.free_name("$scan");
        let call = vec![(name.clone(), kernel::scan(program, arguments))];
        let rows = rows.with_windows_by(call, rows.order.clone(), groups, span)?;
        let plan = kernel::unnest(rows.builder(), &name, UnnestOptions::new()).and_then(LogicalPlanBuilder::build).at(span)?;
        // Rows that nothing comes out of stay in unnesting, with a null.
        let rows = rows.with_plan(plan).keep(column(&name).is_not_null(), span)?;
        let field =
            |part: &str| datafusion::functions::core::get_field().call(vec![column(&name), datafusion::logical_expr::lit(part)]);
        let sequence = rows.free_name("$sequence");
        let rows = rows.hide(&sequence, field("seq"), span)?;
        let order = rows.order.iter().cloned().chain([column(&sequence).sort(true, true)]).collect();
        let mut result = input.all();
        result.extend(declared.iter().enumerate().map(|(position, declared)| {
            (declared.column.name.clone(), Typed::new(field(&format!("c{position}")), declared.column.ty))
        }));
        if let Some(id) = setting::word(&scan.settings, "with_match_id") {
            result.push((id.to_owned(), Typed::new(field("id"), schema::Type::Long)));
        }
        rows.ordered(order).reshape(result, span)
    }

    fn scan_columns(&self, input: &Relation, scan: &Scan, scope: &Scope) -> Result<Vec<Declared>> {
        let mut declared: Vec<Declared> = Vec::with_capacity(scan.declare.len());
        for parameter in &scan.declare {
            let name = &parameter.name;
            let ParameterType::Scalar(ty) = &parameter.ty else {
                return fault(codes::KIND, "a column of `scan` must be a value", name.span);
            };
            if input.find(&name.text).is_some() || declared.iter().any(|known| known.column.name == name.text) {
                return fault(codes::KIND, format!("there is a column `{}` already", name.text), name.span);
            }
            let ty = type_of(ty)?;
            let default = match &parameter.default {
                Some(default) => {
                    let value = self.constant(default, Names::new(scope, &[]), "the default of a column")?;
                    self.converted(value, ty, default.span)?
                }
                None => Typed::constant(null_of(ty), ty),
            };
            declared.push(Declared { column: Column::new(&name.text, ty), default });
        }
        Ok(declared)
    }

    /// The steps' expressions over the row, the declared columns and the state.
    fn scan_steps(&self, input: &Relation, scan: &Scan, declared: &[Declared], scope: &Scope) -> Result<Vec<Planned>> {
        // A declared column by itself is what it is before any step assigns it.
        let scope = declared
            .iter()
            .fold(scope.clone(), |scope, declared| scope.with(&declared.column.name, Binding::Scalar(declared.default.clone())));
        let mut row = input.columns.clone();
        for (position, step) in scan.steps.iter().enumerate() {
            if scan.steps[..position].iter().any(|known| known.name.text == step.name.text) {
                return fault(codes::KIND, format!("there is a step `{}` already", step.name.text), step.name.span);
            }
            let columns = input.columns.iter().chain(declared.iter().map(|declared| &declared.column));
            row.extend(columns.map(|found| Column::new(state_name(&step.name.text, &found.name), found.ty)));
        }
        let names = Names::new(&scope, &row);
        scan.steps.iter().map(|step| self.scan_step(step, declared, names)).collect()
    }

    fn scan_step(&self, step: &ScanStep, declared: &[Declared], names: Names) -> Result<Planned> {
        if step.optional {
            return unsupported("an `optional` step", step.name.span);
        }
        let output = match step.output.as_ref().map(|output| (output.text.as_str(), output.span)) {
            None | Some(("all", _)) => Output::All,
            Some(("last", _)) => Output::Last,
            Some(("none", _)) => Output::None,
            Some((other, span)) => {
                let error = Diagnostic::error(codes::SETTING, format!("there is no output `{other}`"), span);
                return Err(error.with_help("known are all, last, none").into());
            }
        };
        let condition = self.truth(&step.condition, names)?.expr;
        let mut assignments = Vec::with_capacity(step.assignments.len());
        for assignment in &step.assignments {
            let [name] = assignment.names.as_slice() else {
                return fault(codes::KIND, "a step assigns `Column = value`", assignment.expr.span);
            };
            let Some(at) = declared.iter().position(|known| known.column.name == name.text) else {
                let near = schema::nearest(&name.text, declared.iter().map(|known| known.column.name.as_str()));
                let message = format!("`{}` is not declared by this `scan`", name.text);
                return Err(Diagnostic::error(codes::UNKNOWN_NAME, message, name.span).did_you_mean(&near).into());
            };
            let value = self.scalar(&assignment.expr, names)?;
            assignments.push((at, self.converted(value, declared[at].column.ty, assignment.expr.span)?.expr));
        }
        Ok(Planned { condition, assignments, output })
    }
}
