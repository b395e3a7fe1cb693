//! The expressions of `scan` cut in two: what looks at the row alone becomes an argument of the function that goes through the rows,
//! the rest reads those arguments and the state of the steps.

use std::{collections::BTreeMap, sync::Arc};

use datafusion::{
    arrow::datatypes::{Field, Schema},
    common::{
        DFSchema,
        tree_node::{Transformed, TreeNode, TreeNodeRecursion},
    },
    error::Result,
    logical_expr::{
        Expr, ExprSchemable,
        execution_props::ExecutionProps,
        lit,
        physical_planning_context::PhysicalPlanningContext,
        utils::{conjunction, split_conjunction_owned},
    },
    optimizer::analyzer::type_coercion::TypeCoercionRewriter,
    physical_expr::{PhysicalExpr, create_physical_expr},
};
use functions::{Typed, null_of};

use super::{
    scan::{Declared, Planned},
    where_::as_filter,
};
use crate::{
    kernel::{Program, Remembered, Source, Step},
    plan::expr::{STATE, state_name},
    relation::{Relation, column},
};

/// The name of an argument in the expressions that are left.
const ARGUMENT: &str = "$argument";

/// What a name of the state stands for.
struct Place {
    step: usize,
    what: What,
    /// The value before any match.
    before: Typed,
}

enum What {
    /// A column of the input, by name.
    Column(String),
    /// A declared column, by number.
    Declared(usize),
}

/// Collects arguments and names of the state as expressions are cut.
pub(super) struct Compiler<'a> {
    input: &'a Relation,
    state: BTreeMap<String, Place>,
    defaults: Vec<Typed>,
    arguments: Vec<Expr>,
    used: Vec<String>,
}

/// A step whose expressions are cut.
struct Cut {
    flags: Vec<usize>,
    rest: Option<Expr>,
    assignments: Vec<(usize, Expr)>,
}

impl<'a> Compiler<'a> {
    pub(super) fn new(input: &'a Relation, steps: &[&str], declared: &[Declared]) -> Self {
        let mut state = BTreeMap::new();
        for (step, name) in steps.iter().enumerate() {
            for found in &input.columns {
                let before = Typed::constant(null_of(found.ty), found.ty);
                let place = Place { step, what: What::Column(found.name.clone()), before };
                state.insert(state_name(name, &found.name), place);
            }
            for (position, known) in declared.iter().enumerate() {
                let place = Place { step, what: What::Declared(position), before: known.default.clone() };
                state.insert(state_name(name, &known.column.name), place);
            }
        }
        let defaults = declared.iter().map(|declared| declared.default.clone()).collect();
        Self { input, state, defaults, arguments: Vec::new(), used: Vec::new() }
    }

    /// The program and the arguments it is called with.
    pub(super) fn program(mut self, planned: Vec<Planned>) -> Result<(Program, Vec<Expr>)> {
        let mut cuts = Vec::with_capacity(planned.len());
        for step in planned {
            cuts.push((self.cut_step(step.condition, step.assignments)?, step.output));
        }
        let mut remembered = Vec::with_capacity(self.used.len());
        for name in self.used.clone() {
            let Some(Place { step, what, .. }) = self.state.get(&name) else { continue };
            let (step, declared) = match what {
                What::Column(found) => (*step, Err(column(found))),
                What::Declared(position) => (*step, Ok(*position)),
            };
            let what = match declared {
                Ok(position) => Source::Declared(position),
                Err(found) => Source::Argument(self.argument(found)),
            };
            remembered.push(Remembered { step, what });
        }
        let schema = self.schema()?;
        let mut identity = self.arguments.clone();
        identity.extend(self.defaults.iter().map(|default| default.expr.clone()));
        let mut steps = Vec::with_capacity(cuts.len());
        for (cut, output) in cuts {
            identity.extend(cut.flags.iter().map(|flag| column(&format!("{ARGUMENT}{flag}"))));
            identity.extend(cut.rest.clone());
            identity.extend(cut.assignments.iter().map(|(at, value)| value.clone().alias(at.to_string())));
            let condition = cut.rest.map(|rest| physical(rest, &schema)).transpose()?;
            let assignments = cut.assignments.into_iter().map(|(at, value)| Ok((at, physical(value, &schema)?)));
            steps.push(Step { flags: cut.flags, condition, assignments: assignments.collect::<Result<_>>()?, output });
        }
        let array = |value: &Typed| value.as_constant().unwrap_or(&datafusion::common::ScalarValue::Null).to_array();
        let forgotten = self.used.iter().filter_map(|name| self.state.get(name)).map(|place| array(&place.before));
        let program = Program {
            steps,
            schema: Arc::clone(schema.inner()),
            forgotten: forgotten.collect::<Result<_>>()?,
            declared: self.defaults.iter().map(array).collect::<Result<_>>()?,
            remembered,
            identity,
        };
        Ok((program, self.arguments))
    }

    fn cut_step(&mut self, condition: Expr, assignments: Vec<(usize, Expr)>) -> Result<Cut> {
        let (mut flags, mut rest) = (Vec::new(), Vec::new());
        for part in split_conjunction_owned(as_filter(condition)) {
            let part = self.cut(part)?;
            match argument_number(&part) {
                Some(number) => flags.push(number),
                None if part == lit(true) => {}
                None => rest.push(part),
            }
        }
        let assignments = assignments.into_iter().map(|(at, value)| Ok((at, self.cut(value)?))).collect::<Result<_>>()?;
        Ok(Cut { flags, rest: conjunction(rest), assignments })
    }

    /// The expression with its largest parts that look at the row alone as arguments.
    fn cut(&mut self, expr: Expr) -> Result<Expr> {
        let cut = expr.transform_down(|part| {
            if let Expr::Column(name) = &part
                && name.name.starts_with(STATE)
            {
                if !self.used.contains(&name.name) {
                    self.used.push(name.name.clone());
                }
                return Ok(Transformed::no(part));
            }
            let columns = part.column_refs();
            if columns.is_empty() || columns.iter().any(|name| name.name.starts_with(STATE)) {
                return Ok(Transformed::no(part));
            }
            let number = self.argument(part);
            Ok(Transformed::new(column(&format!("{ARGUMENT}{number}")), true, TreeNodeRecursion::Jump))
        })?;
        Ok(cut.data)
    }

    fn argument(&mut self, expr: Expr) -> usize {
        self.arguments.iter().position(|known| *known == expr).unwrap_or_else(|| {
            self.arguments.push(expr);
            self.arguments.len() - 1
        })
    }

    /// The columns that the expressions which are left can read.
    fn schema(&self) -> Result<DFSchema> {
        let input = self.input.plan.schema();
        let mut fields = Vec::with_capacity(self.arguments.len() + self.used.len());
        for (number, argument) in self.arguments.iter().enumerate() {
            fields.push(Field::new(format!("{ARGUMENT}{number}"), argument.get_type(input)?, true));
        }
        for name in &self.used {
            if let Some(place) = self.state.get(name) {
                fields.push(Field::new(name, place.before.ty.engine_type(), true));
            }
        }
        DFSchema::try_from(Schema::new(fields))
    }
}

fn argument_number(expr: &Expr) -> Option<usize> {
    match expr {
        Expr::Column(name) => name.name.strip_prefix(ARGUMENT)?.parse().ok(),
        _ => None,
    }
}

fn physical(expr: Expr, schema: &DFSchema) -> Result<Arc<dyn PhysicalExpr>> {
    let coerced = expr.rewrite(&mut TypeCoercionRewriter::new(schema))?.data;
    create_physical_expr(&coerced, schema, &ExecutionProps::new(), &PhysicalPlanningContext::default())
}
