//! Every example of every function as tests: `strlen: Takes one text`.
//!
//! An example runs through parser, binder, planner and executor in several dressings that must agree: constants, columns of one
//! row, columns of many rows among which one is null, no rows. What a declaration says of nulls, types and names is tested too.
//! Start with [`trials`]; `example` finds the arguments, `dressing` writes the queries, `answer` runs and compares them.

mod aggregate;
mod answer;
mod dressing;
mod example;
mod nulls;
mod window;

use std::process::ExitCode;

use functions::{Eval, Example, Expectation, Function, Section};
use libtest_mimic::{Arguments, Failed, Trial};

use crate::answer::Runner;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    libtest_mimic::run(&arguments, functions::all().flat_map(trials).collect()).exit_code()
}

fn trials(function: &'static Function) -> Vec<Trial> {
    let mut trials = Vec::new();
    let mut titles: Vec<&str> = Vec::new();
    for example in function.examples {
        // Names of tests are unique.
        let again = titles.iter().filter(|title| **title == example.title).count();
        titles.push(example.title);
        let number = if again == 0 { String::new() } else { format!(" ({})", again + 1) };
        let name = format!("{}: {}{number}", function.name, example.title);
        trials.push(Trial::test(name, move || check(function, example)));
    }
    // What only the planner gives a meaning to is shown by case files.
    if function.section == Section::Internal || (matches!(function.eval, Eval::Binder) && function.examples.is_empty()) {
        return trials;
    }
    trials.push(Trial::test(format!("{}: has an example", function.name), move || {
        if function.examples.is_empty() { Err("a declaration without an example is not tested".into()) } else { Ok(()) }
    }));
    trials.push(Trial::test(format!("{}: an example shows what null does", function.name), move || nulls::shown(function)));
    trials.extend((0..nulls::arguments(function)).map(|position| {
        Trial::test(format!("{}: null as argument {}", function.name, position + 1), move || nulls::check(function, position))
    }));
    trials
}

/// Runs one example in all dressings.
fn check(function: &'static Function, example: &'static Example) -> Result<(), Failed> {
    let runner = Runner::new()?;
    match (example.expect, function.section) {
        (Expectation::Error(code), section) => {
            let whole = matches!(section, Section::Aggregate | Section::Window);
            let query = if whole { example.query.to_owned() } else { format!("print x = {}", example.query) };
            runner.fails(&query, code)
        }
        (Expectation::OfConstants(value), _) => dressing::constants(&runner, function, example.query, value).map(drop),
        (Expectation::Value(value), Section::Aggregate) => aggregate::check(&runner, function, example.query, value),
        (Expectation::Value(value), Section::Window) => window::check(&runner, example.query, value),
        (Expectation::Value(value), _) => dressing::check(&runner, function, example.query, value),
    }
}
