//! Looking into a dynamic value: `object.name`, `object["name"]`, `object[0]`, `object[-1]`.

use diag::Span;
use functions::Typed;
use kql::ast::{Expr, ExprKind, Name};
use schema::Type;

use crate::{
    error::{Result, codes, fault},
    plan::{Names, Planner, Value},
    relation::typed,
};

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
