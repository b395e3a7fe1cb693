//! `evaluate`: a plugin, whose columns may depend on data.
//!
//! <https://learn.microsoft.com/kusto/query/evaluate-operator>. The plugins are declared in `plan/plugin`, one file each. Hints on how to
//! distribute the work change no result.

use diag::{Diagnostic, Span};
use kql::ast::operator::Evaluate;

use super::{datatable::declared_columns, setting};
use crate::{
    error::{Result, codes, unsupported},
    plan::{
        Planner,
        plugin::{self, Invocation},
    },
    relation::Relation,
    scope::Scope,
};

impl Planner<'_> {
    pub(super) fn evaluate(&self, input: Option<Relation>, evaluate: &Evaluate, span: Span, scope: &Scope) -> Result<Relation> {
        setting::check(&evaluate.settings, "evaluate", &[])?;
        let name = &evaluate.call.name;
        let Some(plugin) = plugin::find(&name.text) else {
            if plugin::NOT_BUILT.contains(&name.text.as_str()) {
                return unsupported(format!("the plugin `{}`", name.text), name.span);
            }
            let near = schema::nearest(&name.text, plugin::all().iter().map(|plugin| plugin.name));
            let message = format!("there is no plugin `{}`", name.text);
            return Err(Diagnostic::error(codes::UNKNOWN_FUNCTION, message, name.span).did_you_mean(&near).into());
        };
        let schema = match &evaluate.schema {
            Some((star, columns)) => Some((*star, declared_columns(columns)?)),
            None => None,
        };
        let invocation = Invocation::new(plugin, input, &evaluate.call, schema, span, scope)?;
        (plugin.plan)(self, &invocation)
    }
}
