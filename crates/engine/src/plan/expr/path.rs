//! Looking into a dynamic value: `object.name`, `object["name"]`, `object[0]`, `object[-1]`.

use diag::{Diagnostic, Span};
use functions::Typed;
use kql::ast::{Expr, ExprKind, Name};
use schema::Type;

use crate::{
    error::{Result, codes, fault},
    plan::{Names, Planner, Value},
    relation::typed,
};

/// What the names of the state of `scan` begin with.
pub(crate) const STATE: &str = "$state.";

/// The name of a column as a step of `scan` remembers it.
pub(crate) fn state_name(step: &str, column: &str) -> String {
    format!("{STATE}{step}.{column}")
}

impl Planner<'_> {
    /// `object.name`: null when the object has no such member or is no object.
    pub(crate) fn member(&self, object: &Expr, name: &Name, span: Span, names: Names) -> Result<Typed> {
        // `$left.Column` and `$right.Column` name a side of a join.
        if let ExprKind::Name(side) = &object.kind
            && matches!(side.text.as_str(), "$left" | "$right")
        {
            return match names.row.iter().find(|column| column.name == name.text) {
                Some(column) => Ok(typed(column)),
                None => match self.name_value(name, names)? {
                    Value::Scalar(value) => Ok(value),
                    Value::Table(_) => fault(codes::KIND, "a value is wanted here, and this is a table", span),
                },
            };
        }
        // `step.Column` inside `scan` is the state of a step.
        if let ExprKind::Name(step) = &object.kind
            && names.row.last().is_some_and(|last| last.name.starts_with(STATE))
        {
            let wanted = state_name(&step.text, &name.text);
            if let Some(found) = names.row.iter().find(|column| column.name == wanted) {
                return Ok(typed(found));
            }
            let prefix = state_name(&step.text, "");
            let known: Vec<&str> = names.row.iter().filter_map(|column| column.name.strip_prefix(&prefix)).collect();
            if !known.is_empty() {
                let near = schema::nearest(&name.text, known);
                let message = format!("the step `{}` has no column `{}`", step.text, name.text);
                return Err(Diagnostic::error(codes::UNKNOWN_NAME, message, name.span).did_you_mean(&near).into());
            }
        }
        let object = self.dynamic(object, span, names)?;
        self.apply("member", vec![object, Typed::text(&name.text)], span)
    }

    /// `object[index]`: a position (negative ones count from the end) or a key.
    pub(crate) fn index(&self, object: &Expr, index: &Expr, span: Span, names: Names) -> Result<Typed> {
        let object = self.dynamic(object, span, names)?;
        let index = self.scalar(index, names)?;
        if index.ty == Type::String {
            self.apply("member", vec![object, index], span)
        } else {
            self.apply("element", vec![object, index], span)
        }
    }

    fn dynamic(&self, object: &Expr, span: Span, names: Names) -> Result<Typed> {
        let value = self.scalar(object, names)?;
        match value.ty {
            Type::Dynamic => Ok(value),
            // Exports of advanced hunting type some JSON columns as text; published queries look into both.
            Type::String => self.apply("parse_json", vec![value], span),
            other => {
                fault(codes::OPERANDS, format!("a {other} has no members: only dynamic values can be looked into"), object.span)
            }
        }
    }
}
