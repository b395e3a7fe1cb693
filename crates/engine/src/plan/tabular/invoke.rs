//! `invoke`: the table so far given to a function that takes one.

use diag::Span;
use kql::ast::Call;

use crate::{
    error::{Result, codes, fault},
    plan::{Names, Planner, Value},
    relation::Relation,
    scope::Scope,
};

impl Planner<'_> {
    /// The arguments see the columns of the table: advanced hunting's `invoke FileProfile(SHA1)` names one.
    pub(super) fn invoke(&self, input: Relation, call: &Call, span: Span, scope: &Scope) -> Result<Relation> {
        let row = input.columns.clone();
        match self.call_named(call, span, Names::new(scope, &row), Some(input))? {
            Some(Value::Table(relation)) => Ok(relation),
            Some(Value::Scalar(_)) => {
                let message = format!("`invoke` needs a function that gives a table, and {}() does not", call.name.text);
                fault(codes::KIND, message, span)
            }
            None => Err(self.unknown_function(&call.name.text, &scope.names(), call.name.span)),
        }
    }
}
