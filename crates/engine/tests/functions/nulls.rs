//! What a declaration says of nulls, tested for each argument.

use functions::{Example, Expectation, Function, Nulls, Param, ParamType, Section};
use libtest_mimic::Failed;
use schema::Type;

use crate::{
    answer::Runner,
    dressing::{Columns, allowed, null_of, only},
    example::{Argument, Subject},
};

/// The example with most arguments that can be null, if what null does can be told from the declaration.
fn subject(function: &'static Function) -> Option<Subject> {
    let telling = matches!(function.nulls, Nulls::Propagate | Nulls::FalseOnNull | Nulls::NeverNull);
    if !telling || matches!(function.section, Section::Aggregate | Section::Window) {
        return None;
    }
    let values = function.examples.iter().filter(|example| matches!(example.expect, Expectation::Value(_)));
    let subjects = values.filter_map(|example| Subject::of(function, example.query)).filter(|subject| subject.outermost);
    // The first of those with the most: examples begin with the ordinary one.
    subjects.fold(None, |best: Option<Subject>, next| match best {
        Some(best) if best.args.len() >= next.args.len() => Some(best),
        _ => Some(next),
    })
}

/// How many arguments [`check`] can test.
pub(crate) fn arguments(function: &'static Function) -> usize {
    subject(function).map_or(0, |subject| subject.args.len())
}

/// Null as one argument, the others as in the example; as a constant and as a column.
pub(crate) fn check(function: &'static Function, number: usize) -> Result<(), Failed> {
    let Some(subject) = subject(function) else { return Ok(()) };
    let Some(arg) = subject.args.get(number) else { return Ok(()) };
    let runner = Runner::new()?;
    let columns = Columns::of(&runner, &subject)?;
    // A string is never null.
    let Some(ty) = columns.types.get(number).copied().filter(|ty| *ty != Type::String) else { return Ok(()) };
    let constant = format!("print x = {}", subject.with(&[(arg, null_of(ty))]));
    let column = columns.query_with(&[true], "x = ", |chosen: &Argument| chosen.position == arg.position);
    for query in [constant, column] {
        let answer = only(runner.row(&query)?);
        if !allowed(function.nulls, &answer) {
            return Err(format!("{query}\ngave {answer}; the declaration says {:?}", function.nulls).into());
        }
    }
    Ok(())
}

/// Where the declaration's word on nulls cannot be tested by itself, an example shows it: one that takes a null, or gives one
/// for a value that has no answer. Text has no null, so the empty one stands for it.
pub(crate) fn shown(function: &'static Function) -> Result<(), Failed> {
    let untold = matches!(function.nulls, Nulls::AsEmptyText | Nulls::Ignored | Nulls::Custom(_));
    let text = |param: &Param| param.ty == ParamType::Exact(Type::String);
    let only_text = function.params.iter().all(text);
    let shows = |example: &Example| {
        let gives_null = match example.expect {
            Expectation::Value(value) | Expectation::OfConstants(value) => value.contains("null"),
            Expectation::Error(_) => false,
        };
        example.query.contains("null") || gives_null || (only_text && example.query.contains(r#""""#))
    };
    if !untold || function.params.is_empty() || function.examples.iter().any(shows) {
        return Ok(());
    }
    Err(format!("nulls are {:?}, and no example has one", function.nulls).into())
}
