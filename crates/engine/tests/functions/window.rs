//! The example of a function of neighbouring rows as it is, and on several partitions.

use libtest_mimic::Failed;
use spoofwatch_engine::Limits;

use crate::{
    answer::Runner,
    dressing::{agree, only},
};

pub(crate) fn check(runner: &Runner, query: &str, expected: &str) -> Result<(), Failed> {
    let expected = only(runner.row(&format!("print x = {expected}"))?);
    agree(query, &only(runner.row(query)?), &expected)?;
    let several = Runner::with(Limits { partitions: Some(4), ..Limits::default() })?;
    agree(&format!("{query}\non four partitions"), &only(several.row(query)?), &expected)
}
