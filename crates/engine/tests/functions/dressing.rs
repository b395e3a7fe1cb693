//! A scalar example as constants, as columns of one row and of many, and over no rows.

use functions::{Cost, Function, Nulls, ResultName, Returns};
use libtest_mimic::Failed;
use schema::Type;

use crate::{
    answer::{Answer, Runner},
    example::{Argument, Subject},
};

/// Rows of the large dressing: enough for every answer to be remembered.
const ROWS: usize = 40;
/// Which of them is null.
const NULL_ROW: usize = 1;

/// The example as it stands; its value.
pub(crate) fn constants(runner: &Runner, function: &Function, example: &str, expected: &str) -> Result<Answer, Failed> {
    let expected = only(runner.row(&format!("print x = {expected}"))?);
    let query = format!("print x = {example}");
    agree(&query, &only(runner.row(&query)?), &expected)?;
    if function.cost != Cost::Volatile {
        agree(&format!("{query}\na second time"), &only(runner.row(&query)?), &expected)?;
    }
    Ok(expected)
}

pub(crate) fn check(runner: &Runner, function: &'static Function, example: &str, expected: &str) -> Result<(), Failed> {
    let query = format!("print x = {example}");
    let expected = constants(runner, function, example, expected)?;
    let Some(subject) = Subject::of(function, example) else { return Ok(()) };
    if let (Returns::Fixed(ty), true) = (function.returns, subject.outermost)
        && ty != expected.ty
    {
        return Err(format!("{query}\nis {}, and the declaration says it returns {ty}", expected.ty).into());
    }
    if subject.args.is_empty() {
        return Ok(());
    }
    let columns = Columns::of(runner, &subject)?;
    let one = columns.query(&[false], "x = ");
    agree(&one, &only(runner.row(&one)?), &expected)?;
    if subject.outermost {
        named(runner, function, &subject, &columns)?;
    }
    many(runner, function, &columns, &expected)?;
    let none = columns.query(&[], "x = ");
    let results = runner.results(&none)?;
    let found = results.columns.first().map(|column| column.ty);
    if results.rows() > 0 || found != Some(expected.ty) {
        return Err(format!("{none}\ngave {} rows of {found:?} instead of none of {}", results.rows(), expected.ty).into());
    }
    Ok(())
}

/// An unnamed column is called as the declaration says.
fn named(runner: &Runner, function: &Function, subject: &Subject, columns: &Columns) -> Result<(), Failed> {
    let first = subject.args.first().filter(|arg| arg.position == 0).map(|_| "c0");
    let expected = match (function.result_name, first) {
        (ResultName::None | ResultName::EachSuffixed(_), _) => "Column1".to_owned(),
        (ResultName::FirstArgument, Some(first)) => first.to_owned(),
        (ResultName::Prefixed(prefix), first) => format!("{prefix}_{}", first.unwrap_or_default()),
        (ResultName::FirstArgument, None) | (ResultName::PrefixedTwo(_), _) => return Ok(()),
    };
    let query = columns.query(&[false], "");
    let results = runner.results(&query)?;
    match results.columns.first() {
        Some(column) if column.name == expected => Ok(()),
        found => {
            Err(format!("{query}\nnames its column {:?}, and the declaration says {expected}", found.map(|c| &c.name)).into())
        }
    }
}

/// Equal rows around one of nulls: each answer is the one row's, and a remembered answer is never another row's.
fn many(runner: &Runner, function: &Function, columns: &Columns, expected: &Answer) -> Result<(), Failed> {
    let rows: Vec<bool> = (0..ROWS).map(|row| row == NULL_ROW).collect();
    let query = columns.query(&rows, "x = ");
    let answers = runner.rows(&query)?;
    if answers.len() != ROWS {
        return Err(format!("{query}\ngave {} rows instead of {ROWS}", answers.len()).into());
    }
    for (row, answer) in answers.into_iter().map(only).enumerate() {
        if row != NULL_ROW {
            agree(&format!("{query}\nin row {row}"), &answer, expected)?;
        } else if columns.subject.outermost
            && columns.types.iter().any(|ty| *ty != Type::String)
            && !allowed(function.nulls, &answer)
        {
            return Err(format!("{query}\ngave {answer} where all is null; the declaration says {:?}", function.nulls).into());
        }
    }
    Ok(())
}

/// Whether a null may be answered like this.
pub(crate) fn allowed(nulls: Nulls, answer: &Answer) -> bool {
    match nulls {
        Nulls::Propagate => answer.is_missing(),
        Nulls::FalseOnNull => answer.json == false,
        Nulls::NeverNull => !answer.is_null(),
        Nulls::AsEmptyText | Nulls::Ignored | Nulls::Custom(_) => true,
    }
}

/// The arguments of an example as columns `c0`, `c1`, ...
pub(crate) struct Columns<'a> {
    subject: &'a Subject,
    pub(crate) types: Vec<Type>,
}

impl<'a> Columns<'a> {
    /// Asks the engine for the types of the arguments.
    pub(crate) fn of(runner: &Runner, subject: &'a Subject) -> Result<Self, Failed> {
        let args: Vec<&str> = subject.args.iter().map(|arg| subject.source(arg)).collect();
        let results =
            runner.results(&format!("print {}", args.iter().map(|arg| format!("({arg})")).collect::<Vec<_>>().join(", ")))?;
        Ok(Self { subject, types: results.columns.iter().map(|column| column.ty).collect() })
    }

    /// The example over a row for each of `nulls`, of nulls where it is true. Literals stand in the table; what must be
    /// computed is put into a column that is no constant to the planner.
    pub(crate) fn query(&self, nulls: &[bool], name: &str) -> String {
        self.query_with(nulls, name, |_| true)
    }

    /// The same with only the chosen arguments as columns.
    pub(crate) fn query_with(&self, nulls: &[bool], name: &str, chosen: impl Fn(&Argument) -> bool) -> String {
        let args = || self.subject.args.iter().zip(&self.types).enumerate().filter(|(_, (arg, _))| chosen(arg));
        let (mut declared, mut extended) = ("isnull_: bool".to_owned(), String::new());
        for (number, (arg, ty)) in args() {
            if arg.literal {
                declared.push_str(&format!(", c{number}: {ty}"));
            } else {
                let value = self.subject.source(arg);
                extended.push_str(&format!(" | extend c{number} = iff(isnull_, {}, {value})", null_of(*ty)));
            }
        }
        let mut values = Vec::new();
        for null in nulls {
            values.push(null.to_string());
            for (_, (arg, ty)) in args().filter(|(_, (arg, _))| arg.literal) {
                values.push(if *null { null_of(*ty) } else { self.subject.source(arg).to_owned() });
            }
        }
        let replaced: Vec<_> = args().map(|(number, (arg, _))| (arg, format!("c{number}"))).collect();
        format!("datatable({declared})[{}]{extended} | project {name}{}", values.join(", "), self.subject.with(&replaced))
    }
}

/// A null of the type; the empty text for a string.
pub(crate) fn null_of(ty: Type) -> String {
    if ty == Type::String { "\"\"".to_owned() } else { format!("{ty}(null)") }
}

pub(crate) fn only(row: Vec<Answer>) -> Answer {
    row.into_iter().next().unwrap_or(Answer { ty: Type::Dynamic, json: serde_json::Value::Null })
}

pub(crate) fn agree(query: &str, found: &Answer, expected: &Answer) -> Result<(), Failed> {
    if found.agrees(expected) { Ok(()) } else { Err(format!("{query}\ngave {found} instead of {expected}").into()) }
}
