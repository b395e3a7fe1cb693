//! Calls: of a `let` function, of a function that yields rows, of a scalar function.

use diag::{Diagnostic, Span};
use functions::Typed;
use kql::ast::{Call, Expr, ExprKind};

use crate::{
    error::{Result, Stop, codes, fault, unsupported},
    plan::{Names, Planner, Value, statement::type_of},
    scope::Binding,
};

impl Planner<'_> {
    /// The value or table a call yields.
    pub(crate) fn call_value(&self, call: &Call, span: Span, names: Names) -> Result<Value> {
        if let Some(Binding::Function(..)) = names.scope.get(&call.name.text)
            && let Some(value) = self.call_named(call, span, names, None)?
        {
            return Ok(value);
        }
        // `T()` where T is a table bound by `let`.
        if let (Some(Binding::Table(relation)), true) = (names.scope.get(&call.name.text), call.arguments.is_empty()) {
            return Ok(Value::Table(relation.clone()));
        }
        match call.name.text.as_str() {
            "materialize" => self.value(only_argument(call, span)?, names),
            "toscalar" => self.to_scalar(only_argument(call, span)?, span, names).map(Value::Scalar),
            "table" => self.table_call(call, span, names),
            "view_of" | "view" => unsupported(format!("`{}()`", call.name.text), span),
            "geo_info_from_ip_address" => self.geo_info(call, span, names).map(Value::Scalar),
            "column_ifexists" | "columnifexists" => self.column_if_exists(call, span, names).map(Value::Scalar),
            "pack_all" => self.pack_all(call, span, names).map(Value::Scalar),
            "bag_pack_columns" => self.bag_pack_columns(call, span, names).map(Value::Scalar),
            "bin_auto" => self.bin_auto(call, span, names).map(Value::Scalar),
            "column_names_of" => self.column_names_of(call, span, names).map(Value::Scalar),
            "estimate_data_size" => self.estimate_data_size(call, span, names).map(Value::Scalar),
            "ingestion_time" => self.ingestion_time(call, span, names).map(Value::Scalar),
            "iscolumnexists" => self.is_column(call, span, names).map(Value::Scalar),
            name => match if callable(name, call.arguments.len()).is_none() {
                self.call_named(call, span, names, None)?
            } else {
                None
            } {
                Some(value) => Ok(value),
                None => self.scalar_call(call, span, names).map(Value::Scalar),
            },
        }
    }

    fn scalar_call(&self, call: &Call, span: Span, names: Names) -> Result<Typed> {
        let Some(function) = callable(&call.name.text, call.arguments.len()) else {
            return Err(self.unknown_function(&call.name.text, &names.scope.names(), call.name.span));
        };
        if let (functions::Eval::Aggregate(_), Some(aggregates)) = (function.eval, names.aggregates) {
            return self.aggregate(function, call, span, names.scope, aggregates);
        }
        if matches!(function.eval, functions::Eval::Aggregate(_)) {
            let message = format!("{}() is an aggregate: it can stand in `summarize` and `make-series` only", call.name.text);
            return fault(codes::AGGREGATE, message, span);
        }
        let args = call.arguments.iter().map(|argument| self.argument(&argument.value, names)).collect::<Result<Vec<_>>>()?;
        if matches!(function.eval, functions::Eval::Window(_)) {
            return self.window(function, args, span, names);
        }
        self.apply_function(function, args, span)
    }

    /// An argument of a function; `typeof(T)` is passed as the null of `T`, from which the function takes the type.
    fn argument(&self, argument: &Expr, names: Names) -> Result<Typed> {
        match &argument.kind {
            ExprKind::TypeOf(types) => match types.as_slice() {
                [ty] => type_of(ty).map(|ty| Typed::constant(functions::null_of(ty), ty)),
                _ => fault(codes::KIND, "`typeof` of several types is not a value", argument.span),
            },
            _ => self.scalar(argument, names),
        }
    }

    pub(crate) fn unknown_function(&self, name: &str, bound: &[&str], span: Span) -> Stop {
        let mut near = schema::nearest(name, bound.iter().copied());
        near.extend(schema::nearest(name, self.env.library.iter().map(|saved| saved.name.as_str())));
        near.extend(functions::nearest(name));
        near.truncate(3);
        Diagnostic::error(codes::UNKNOWN_FUNCTION, format!("the function `{name}` is not known"), span).did_you_mean(&near).into()
    }

    /// `toscalar(T)`: the first value of the first column; of a value, the value itself.
    fn to_scalar(&self, argument: &Expr, span: Span, names: Names) -> Result<Typed> {
        let relation = match self.value(argument, names)? {
            Value::Scalar(value) => return Ok(value),
            Value::Table(relation) => relation,
        };
        let Some(ty) = relation.columns.first().map(|column| column.ty) else {
            return fault(codes::KIND, "this table has no column", span);
        };
        let computed = self.computed(relation, 1)?;
        Ok(Typed::constant(computed.first().cloned().unwrap_or_else(|| functions::null_of(ty)), ty))
    }

    fn table_call(&self, call: &Call, span: Span, names: Names) -> Result<Value> {
        let Some(first) = call.arguments.first() else {
            return fault(codes::ARGUMENT_COUNT, "table() takes the name of a table", span);
        };
        let name = self.constant(&first.value, names, "the name of a table")?;
        match name.as_text() {
            Some(text) => match names.scope.get(text) {
                Some(Binding::Table(relation)) => Ok(Value::Table(relation.clone())),
                _ => self.known_table(text, first.value.span).map(Value::Table),
            },
            None => fault(codes::ARGUMENT_TYPE, "table() takes the name of a table, a string", first.value.span),
        }
    }
}

/// The function of the language that can be called by this name, with so many arguments.
fn callable(name: &str, arguments: usize) -> Option<&'static functions::Function> {
    functions::find_call(name, arguments).filter(|found| found.section != functions::Section::Operator)
}

pub(super) fn only_argument(call: &Call, span: Span) -> Result<&Expr> {
    match call.arguments.as_slice() {
        // A second argument can only be a hint, which changes no result.
        [first, ..] => Ok(&first.value),
        [] => fault(codes::ARGUMENT_COUNT, format!("{}() takes a table", call.name.text), span),
    }
}
