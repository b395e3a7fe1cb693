//! The conversions between types as kernels: of scalar values, and of what a path finds inside JSON.

use std::borrow::Cow;

use arrow::array::ArrayRef;
use schema::{Type, text};

use super::{
    Args, KernelError, Longs, Texts, Values, each_bool, each_decimal, each_int, each_long, each_real, each_text,
    each_text_or_null,
    json::{self, typed},
};

/// The only argument as the result's type.
///
/// # Errors
/// The argument does not hold what its type says.
pub fn convert(args: &Args) -> Result<ArrayRef, KernelError> {
    let values = Values::of(args, 0)?;
    Ok(match args.returns() {
        Type::Bool => each_bool(args, |row| values.bool(row)),
        Type::Int => each_int(args, |row| i32::try_from(values.long(row)?).ok()),
        Type::Long => each_long(args, |row| values.long(row)),
        Type::Real => each_real(args, |row| values.real(row)),
        Type::Decimal => each_decimal(args, |row| values.decimal(row))?,
        Type::Datetime => each_long(args, |row| values.datetime(row)),
        Type::Timespan => each_long(args, |row| values.timespan(row)),
        Type::String => each_text(args, |row, out| values.write_text(row, out)),
        Type::Guid => each_text_or_null(args, |row, out| push(values.guid(row), out)),
        Type::Dynamic => each_text_or_null(args, |row, out| {
            let null = values.is_null(row);
            if !null {
                values.write_json(row, out);
            }
            !null
        }),
    })
}

/// What the path in the second and further arguments finds in the first, as the result's type.
///
/// A first argument of type `string` is text to be parsed; text that is not JSON counts as a JSON string. A step is a key or
/// an index; where it leads nowhere the result is null.
///
/// # Errors
/// An argument does not hold what its type says.
pub fn json_path(args: &Args) -> Result<ArrayRef, KernelError> {
    let path = Path::of(args)?;
    Ok(match args.returns() {
        Type::Bool => each_bool(args, |row| typed::bool(&path.find(row)?)),
        Type::Int => each_int(args, |row| i32::try_from(typed::long(&path.find(row)?)?).ok()),
        Type::Long => each_long(args, |row| typed::long(&path.find(row)?)),
        Type::Real => each_real(args, |row| typed::real(&path.find(row)?)),
        Type::Decimal => each_decimal(args, |row| typed::decimal(&path.find(row)?))?,
        Type::Datetime => each_long(args, |row| typed::datetime(&path.find(row)?)),
        Type::Timespan => each_long(args, |row| typed::timespan(&path.find(row)?)),
        Type::Guid => each_text_or_null(args, |row, out| push(path.find(row).and_then(|value| typed::guid(&value)), out)),
        Type::String => each_text(args, |row, out| {
            if let Some(value) = path.find(row) {
                out.push_str(&json::text(&value));
            }
        }),
        Type::Dynamic => each_text_or_null(args, |row, out| push(path.find(row), out)),
    })
}

/// As [`json_path`] without parsing of text: what is not already of the result's type is null, as `to typeof()` has it.
///
/// # Errors
/// The argument is not dynamic.
pub fn cast_json(args: &Args) -> Result<ArrayRef, KernelError> {
    let values = args.texts(0)?;
    let of_kind = |row: usize, kind: json::Kind| values.get(row).filter(|value| json::kind(value) == kind);
    Ok(match args.returns() {
        Type::Bool => each_bool(args, |row| typed::bool(of_kind(row, json::Kind::Bool)?)),
        Type::Int => each_int(args, |row| of_kind(row, json::Kind::Number)?.parse().ok()),
        Type::Long => each_long(args, |row| of_kind(row, json::Kind::Number)?.parse().ok()),
        Type::Real => each_real(args, |row| typed::real(of_kind(row, json::Kind::Number)?)),
        Type::Decimal => each_decimal(args, |row| typed::decimal(values.get(row)?))?,
        // JSON has no form of its own for these: their text is what they are.
        Type::Datetime => each_long(args, |row| typed::datetime(of_kind(row, json::Kind::String)?)),
        Type::Timespan => each_long(args, |row| typed::timespan(of_kind(row, json::Kind::String)?)),
        Type::Guid => each_text_or_null(args, |row, out| push(values.get(row).and_then(typed::guid), out)),
        Type::String => each_text(args, |row, out| out.push_str(&json::text(values.text(row)))),
        Type::Dynamic => each_text_or_null(args, |row, out| push(values.get(row), out)),
    })
}

fn push(value: Option<impl AsRef<str>>, out: &mut String) -> bool {
    match value {
        Some(value) => {
            out.push_str(value.as_ref());
            true
        }
        None => false,
    }
}

/// Where a value lies in a JSON text.
struct Path {
    base: Texts,
    parse: bool,
    steps: Vec<Step>,
}

enum Step {
    Key(Texts),
    Index(Longs),
    /// A key or an index, as each row's dynamic value has it.
    Either(Texts),
}

impl Path {
    fn of(args: &Args) -> Result<Self, KernelError> {
        let steps = (1..args.len()).map(|position| {
            Ok(match args.ty(position) {
                Type::String | Type::Guid => Step::Key(args.texts(position)?),
                Type::Dynamic => Step::Either(args.texts(position)?),
                _ => Step::Index(args.longs(position)?),
            })
        });
        Ok(Self { base: args.texts(0)?, parse: args.ty(0) == Type::String, steps: steps.collect::<Result<_, KernelError>>()? })
    }

    /// The value in a row; `None` for null.
    fn find(&self, row: usize) -> Option<Cow<'_, str>> {
        let base = self.base.get(row)?;
        if !self.parse {
            return self.walk(row, base).map(Cow::Borrowed);
        }
        if base.is_empty() {
            return None;
        }
        let parsed = json::compacted(base).unwrap_or_else(|| {
            let mut quoted = String::with_capacity(base.len() + 2);
            json::quote(base, &mut quoted);
            Cow::Owned(quoted)
        });
        match parsed {
            Cow::Borrowed(parsed) => self.walk(row, parsed).map(Cow::Borrowed),
            Cow::Owned(parsed) => self.walk(row, &parsed).map(|value| Cow::Owned(value.to_owned())),
        }
    }

    fn walk<'v>(&self, row: usize, base: &'v str) -> Option<&'v str> {
        let mut value = base;
        for step in &self.steps {
            value = match step {
                Step::Key(keys) => json::member(value, keys.get(row)?)?,
                Step::Index(indexes) => json::element(value, indexes.get(row)?)?,
                Step::Either(steps) => {
                    let step = steps.get(row)?;
                    match json::string(step) {
                        Some(key) => json::member(value, &key)?,
                        None => json::element(value, text::long::parse(step)?)?,
                    }
                }
            };
        }
        json::not_null(value)
    }
}
