//! `covariance` and its population and `if` forms: how far two values rise and fall together.

use std::sync::Arc;

use datafusion_common::ScalarValue;
use datafusion_expr::{AggregateUDF, Expr};
use datafusion_functions_aggregate::covariance::{covar_pop_udaf, covar_samp_udaf};
use schema::Type;

use crate::{
    Aggregated, Call, CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::native::{aggregate, aggregate_if, argument, cast_to, or_default},
};

/// `covariance(expr1, expr2)`.
pub static COVARIANCE: Function = Function {
    name: "covariance",
    aliases: &[],
    section: Section::Aggregate,
    doc: "covariance-aggregation-function",
    summary: "The covariance of two values of the group's rows, taken as a sample; 0 without rows.",
    params: &[Param::required("expr1", ParamType::Number), Param::required("expr2", ParamType::Number)],
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::PrefixedTwo("covariance"),
    nulls: Nulls::Ignored,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Aggregate(|call| covariance(call, covar_samp_udaf())),
    examples: &[
        Example::gives(
            "Two values",
            "datatable(x: real, y: real)[1.0, 14.0, 2.0, 10.0, 3.0, 17.0, 4.0, 20.0, 5.0, 50.0] | summarize covariance(x, y)",
            "20.5",
        ),
        Example::gives(
            "A row with a null is left out",
            "datatable(x: real, y: real)[1.0, 2.0, real(null), 9.0, 3.0, 4.0] | summarize covariance(x, y)",
            "2.0",
        ),
        Example::gives(
            "No rows",
            "datatable(x: real, y: real)[1.0, 14.0, 2.0, 10.0, 3.0, 17.0, 4.0, 20.0, 5.0, 50.0] | where x > 9 | summarize covariance(x, y)",
            "0.0",
        ),
    ],
};

/// `covarianceif(expr1, expr2, predicate)`.
pub static COVARIANCEIF: Function = Function {
    name: "covarianceif",
    aliases: &[],
    section: Section::Aggregate,
    doc: "covarianceif-aggregation-function",
    summary: "The covariance of two values of the group's rows, taken as a sample, of the rows for which the predicate is true; 0 without rows.",
    params: &[
        Param::required("expr1", ParamType::Number),
        Param::required("expr2", ParamType::Number),
        Param::required("predicate", ParamType::Exact(Type::Bool)),
    ],
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::PrefixedTwo("covarianceif"),
    nulls: Nulls::Ignored,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Aggregate(|call| covariance(call, covar_samp_udaf())),
    examples: &[
        Example::gives(
            "Two values",
            "datatable(x: real, y: real)[1.0, 14.0, 2.0, 10.0, 3.0, 17.0, 4.0, 20.0, 5.0, 50.0] | summarize covarianceif(x, y, x < 9)",
            "20.5",
        ),
        Example::gives(
            "A row with a null is left out",
            "datatable(x: real, y: real)[1.0, 2.0, real(null), 9.0, 3.0, 4.0] | summarize covarianceif(x, y, true)",
            "2.0",
        ),
        Example::gives(
            "No rows",
            "datatable(x: real, y: real)[1.0, 14.0, 2.0, 10.0, 3.0, 17.0, 4.0, 20.0, 5.0, 50.0] | where x > 9 | summarize covarianceif(x, y, true)",
            "0.0",
        ),
    ],
};

/// `covariancep(expr1, expr2)`.
pub static COVARIANCEP: Function = Function {
    name: "covariancep",
    aliases: &[],
    section: Section::Aggregate,
    doc: "covariancep-aggregation-function",
    summary: "The covariance of two values of the group's rows, taken as the whole population; 0 without rows.",
    params: &[Param::required("expr1", ParamType::Number), Param::required("expr2", ParamType::Number)],
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::PrefixedTwo("covariancep"),
    nulls: Nulls::Ignored,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Aggregate(|call| covariance(call, covar_pop_udaf())),
    examples: &[
        Example::gives(
            "Two values",
            "datatable(x: real, y: real)[1.0, 14.0, 2.0, 10.0, 3.0, 17.0, 4.0, 20.0, 5.0, 50.0] | summarize covariancep(x, y)",
            "16.4",
        ),
        Example::gives(
            "A row with a null is left out",
            "datatable(x: real, y: real)[1.0, 2.0, real(null), 9.0, 3.0, 4.0] | summarize covariancep(x, y)",
            "1.0",
        ),
        Example::gives(
            "No rows",
            "datatable(x: real, y: real)[1.0, 14.0, 2.0, 10.0, 3.0, 17.0, 4.0, 20.0, 5.0, 50.0] | where x > 9 | summarize covariancep(x, y)",
            "0.0",
        ),
    ],
};

/// `covariancepif(expr1, expr2, predicate)`.
pub static COVARIANCEPIF: Function = Function {
    name: "covariancepif",
    aliases: &[],
    section: Section::Aggregate,
    doc: "covariancepif-aggregation-function",
    summary: "The covariance of two values of the group's rows, taken as the whole population, of the rows for which the predicate is true; 0 without rows.",
    params: &[
        Param::required("expr1", ParamType::Number),
        Param::required("expr2", ParamType::Number),
        Param::required("predicate", ParamType::Exact(Type::Bool)),
    ],
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::PrefixedTwo("covariancepif"),
    nulls: Nulls::Ignored,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Aggregate(|call| covariance(call, covar_pop_udaf())),
    examples: &[
        Example::gives(
            "Two values",
            "datatable(x: real, y: real)[1.0, 14.0, 2.0, 10.0, 3.0, 17.0, 4.0, 20.0, 5.0, 50.0] | summarize covariancepif(x, y, x < 9)",
            "16.4",
        ),
        Example::gives(
            "A row with a null is left out",
            "datatable(x: real, y: real)[1.0, 2.0, real(null), 9.0, 3.0, 4.0] | summarize covariancepif(x, y, true)",
            "1.0",
        ),
        Example::gives(
            "No rows",
            "datatable(x: real, y: real)[1.0, 14.0, 2.0, 10.0, 3.0, 17.0, 4.0, 20.0, 5.0, 50.0] | where x > 9 | summarize covariancepif(x, y, true)",
            "0.0",
        ),
    ],
};

fn covariance(call: &Call, function: Arc<AggregateUDF>) -> Result<Aggregated, CallError> {
    let values = vec![cast_to(argument(call.args, 0), Type::Real), cast_to(argument(call.args, 1), Type::Real)];
    let covariance = match call.args.get(2) {
        Some(predicate) => aggregate_if(function, values, predicate.expr.clone()),
        None => aggregate(function, values),
    };
    Ok(Aggregated::finished(covariance, or_zero))
}

/// One row alone, or none, does not spread.
fn or_zero(values: Vec<Expr>) -> Expr {
    let value = values.into_iter().next().unwrap_or(Expr::Literal(ScalarValue::Null, None));
    or_default(value, ScalarValue::Float64(Some(0.0)))
}
