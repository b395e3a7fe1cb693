//! Constants as text.

use super::Writer;
use crate::{
    ast::{Json, Literal},
    lexer,
    text::quote_string,
};

impl Writer {
    pub(super) fn literal(&mut self, literal: &Literal) {
        match literal {
            Literal::Bool(Some(value)) => self.push(if *value { "true" } else { "false" }),
            Literal::Bool(None) => self.push("bool(null)"),
            Literal::Int(value) => self.typed("int", value.map(|value| value.to_string())),
            Literal::Long(Some(value)) if *value >= 0 => self.push(&value.to_string()),
            Literal::Long(value) => self.typed("long", value.map(|value| value.to_string())),
            Literal::Real(Some(value)) if value.is_finite() && value.is_sign_positive() => self.push(&format!("{value:?}")),
            Literal::Real(value) => self.typed("real", value.map(real)),
            Literal::Decimal(value) => self.typed("decimal", value.clone()),
            Literal::String { value, obfuscated } => {
                self.push(if *obfuscated { "h" } else { "" });
                self.push(&quote_string(value));
            }
            Literal::Datetime(value) => self.typed("datetime", value.clone()),
            Literal::Timespan(Some(value)) if lexer::is_timespan(value) => self.push(value),
            Literal::Timespan(value) => self.typed("timespan", value.clone()),
            Literal::Guid(value) => self.typed("guid", value.clone()),
            Literal::Dynamic(json) => {
                self.push("dynamic(");
                self.json(json);
                self.push(")");
            }
        }
    }

    fn typed(&mut self, name: &str, value: Option<String>) {
        self.push(name);
        self.push("(");
        self.push(value.as_deref().unwrap_or("null"));
        self.push(")");
    }

    fn json(&mut self, json: &Json) {
        match json {
            Json::Null => self.push("null"),
            Json::Scalar(literal) => match literal.as_ref() {
                Literal::Long(Some(value)) => self.push(&value.to_string()),
                Literal::Real(Some(value)) if value.is_finite() => self.push(&format!("{value:?}")),
                other => self.literal(other),
            },
            Json::Array(items) => {
                self.push("[");
                self.list(items, Self::json);
                self.push("]");
            }
            Json::Object(members) => {
                self.push("{");
                self.list(members, |out, (key, value)| {
                    out.push(&quote_string(key));
                    out.push(": ");
                    out.json(value);
                });
                self.push("}");
            }
        }
    }
}

fn real(value: f64) -> String {
    if value.is_nan() {
        "nan".to_owned()
    } else if value.is_infinite() {
        if value > 0.0 { "+inf" } else { "-inf" }.to_owned()
    } else {
        format!("{value:?}")
    }
}
