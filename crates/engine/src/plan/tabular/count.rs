//! `count`: the number of rows, in a column `Count`.
//!
//! <https://learn.microsoft.com/kusto/query/count-operator>

use datafusion::{functions_aggregate::expr_fn, logical_expr::lit};
use diag::Span;
use functions::Typed;
use kql::ast::Name;
use schema::Type;

use crate::{
    error::Result,
    plan::Planner,
    relation::{Relation, column},
};

impl Planner<'_> {
    pub(crate) fn count(&self, input: &Relation, name: Option<&Name>, span: Span) -> Result<Relation> {
        let name = name.map_or("Count", |name| name.text.as_str());
        let counted = input.aggregate(vec![], vec![expr_fn::count(lit(1_i64)).alias("$count")], span)?;
        counted.reshape(vec![(name.to_owned(), Typed::new(column("$count"), Type::Long))], span)
    }
}
