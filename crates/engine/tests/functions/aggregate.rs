//! An aggregate's example as it is, on two partitions, and for a group.

use functions::{Function, ResultName, Returns};
use libtest_mimic::Failed;
use spoofwatch_engine::Limits;

use crate::{
    answer::Runner,
    dressing::{agree, only},
};

pub(crate) fn check(runner: &Runner, function: &'static Function, query: &str, expected: &str) -> Result<(), Failed> {
    let expected = only(runner.row(&format!("print x = {expected}"))?);
    let found = runner.row(query)?;
    agree(query, &only(found), &expected)?;
    let Some((before, summary)) = query.rsplit_once("summarize ") else { return Ok(()) };
    let direct = summary.starts_with(&format!("{}(", function.name)) && !summary.contains('|') && !summary.contains(" by ");
    if !direct {
        return Ok(());
    }
    if let Returns::Fixed(ty) = function.returns
        && ty != expected.ty
        && !summary.contains('[')
    {
        return Err(format!("{query}\nis {}, and the declaration says it returns {ty}", expected.ty).into());
    }
    if let ResultName::Prefixed(prefix) | ResultName::PrefixedTwo(prefix) = function.result_name {
        let name = runner.results(query)?.columns.first().map(|column| column.name.clone()).unwrap_or_default();
        if !name.starts_with(&format!("{prefix}_")) {
            return Err(format!("{query}\nnames its column {name}, and the declaration says {prefix}_...").into());
        }
    }
    let two = Runner::with(Limits { partitions: Some(2), ..Limits::default() })?;
    agree(&format!("{query}\non two partitions"), &only(two.row(query)?), &expected)?;
    // Groups have code of their own. A group without rows does not exist, whatever the example expects of no rows.
    let grouped = format!("{before}summarize {summary} by group_ = 1 | project-away group_");
    match runner.rows(&grouped)?.into_iter().next() {
        Some(row) => agree(&grouped, &only(row), &expected),
        None => Ok(()),
    }
}
