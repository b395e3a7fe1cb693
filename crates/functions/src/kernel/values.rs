//! An argument of any type, read as whatever the function needs: the explicit conversions of the language.

use schema::{Type, text};

use super::{
    Args, Bools, Decimals, KernelError, Longs, Reals, Texts, decimal,
    json::{self, typed},
};

/// The values of an argument, one a row.
#[derive(Debug)]
pub struct Values {
    ty: Type,
    column: Column,
}

#[derive(Debug)]
enum Column {
    Bools(Bools),
    Longs(Longs),
    Reals(Reals),
    Decimals(Decimals),
    Texts(Texts),
}

impl Values {
    /// Argument `position`, whatever its type.
    ///
    /// # Errors
    /// The argument does not hold what its type says.
    pub fn of(args: &Args, position: usize) -> Result<Self, KernelError> {
        let ty = args.ty(position);
        let column = match ty {
            Type::Bool => Column::Bools(args.bools(position)?),
            Type::Int | Type::Long | Type::Datetime | Type::Timespan => Column::Longs(args.longs(position)?),
            Type::Real => Column::Reals(args.reals(position)?),
            Type::Decimal => Column::Decimals(args.decimal_values(position)?),
            Type::String | Type::Guid | Type::Dynamic => Column::Texts(args.texts(position)?),
        };
        Ok(Self { ty, column })
    }

    /// All arguments from `position` on.
    ///
    /// # Errors
    /// An argument does not hold what its type says.
    pub fn from(args: &Args, position: usize) -> Result<Vec<Self>, KernelError> {
        (position..args.len()).map(|position| Self::of(args, position)).collect()
    }

    /// The Kusto type of the values.
    #[must_use]
    pub const fn ty(&self) -> Type {
        self.ty
    }

    /// Whether the value of a row is null; a text never is.
    #[must_use]
    pub fn is_null(&self, row: usize) -> bool {
        match &self.column {
            Column::Bools(values) => values.get(row).is_none(),
            Column::Longs(values) => values.get(row).is_none(),
            Column::Reals(values) => values.get(row).is_none(),
            Column::Decimals(values) => values.get(row).is_none(),
            Column::Texts(values) => self.ty != Type::String && values.get(row).is_none(),
        }
    }

    /// The JSON text of a dynamic argument's row; `None` for null or an argument of another type.
    #[must_use]
    pub fn json(&self, row: usize) -> Option<&str> {
        match &self.column {
            Column::Texts(values) if self.ty == Type::Dynamic => values.get(row),
            _ => None,
        }
    }

    /// As `long`.
    #[must_use]
    pub fn long(&self, row: usize) -> Option<i64> {
        match &self.column {
            Column::Bools(values) => values.get(row).map(i64::from),
            Column::Longs(values) => values.get(row),
            Column::Reals(values) => typed::whole(values.get(row)?),
            Column::Decimals(values) => i64::try_from(values.get(row)? / decimal::ONE).ok(),
            Column::Texts(values) => self.parsed(values.get(row)?, text::long::parse, typed::long),
        }
    }

    /// As `real`.
    #[must_use]
    pub fn real(&self, row: usize) -> Option<f64> {
        match &self.column {
            Column::Bools(values) => values.get(row).map(|value| f64::from(u8::from(value))),
            Column::Longs(values) => values.get(row).map(|value| value as f64),
            Column::Reals(values) => values.get(row),
            Column::Decimals(values) => {
                let mut digits = String::new();
                text::decimal::write(values.get(row)?, &mut digits);
                digits.parse().ok()
            }
            Column::Texts(values) => self.parsed(values.get(row)?, text::real::parse, typed::real),
        }
    }

    /// As `decimal`, in units of the scale.
    #[must_use]
    pub fn decimal(&self, row: usize) -> Option<i128> {
        match &self.column {
            Column::Bools(values) => values.get(row).map(|value| i128::from(value) * decimal::ONE),
            Column::Longs(values) => values.get(row).map(|value| i128::from(value) * decimal::ONE),
            Column::Reals(values) => decimal::from_real(values.get(row)?),
            Column::Decimals(values) => values.get(row),
            Column::Texts(values) => self.parsed(values.get(row)?, text::decimal::parse, typed::decimal),
        }
    }

    /// As `bool`: every number but 0 is true.
    #[must_use]
    pub fn bool(&self, row: usize) -> Option<bool> {
        match &self.column {
            Column::Bools(values) => values.get(row),
            Column::Longs(values) => values.get(row).map(|value| value != 0),
            Column::Reals(values) => values.get(row).map(|value| value != 0.0),
            Column::Decimals(values) => values.get(row).map(|value| value != 0),
            Column::Texts(values) => self.parsed(values.get(row)?, text::bool::parse, typed::bool),
        }
    }

    /// As `datetime`, in ticks; a number counts as ticks.
    #[must_use]
    pub fn datetime(&self, row: usize) -> Option<i64> {
        match &self.column {
            Column::Longs(values) => values.get(row).filter(|&ticks| text::datetime::in_range(ticks)),
            Column::Texts(values) => self.parsed(values.get(row)?, text::datetime::parse, typed::datetime),
            Column::Bools(_) | Column::Reals(_) | Column::Decimals(_) => {
                self.long(row).filter(|&ticks| text::datetime::in_range(ticks))
            }
        }
    }

    /// As `timespan`, in ticks; a number counts as ticks.
    #[must_use]
    pub fn timespan(&self, row: usize) -> Option<i64> {
        match &self.column {
            Column::Texts(values) => self.parsed(values.get(row)?, text::timespan::parse, typed::timespan),
            Column::Bools(_) | Column::Longs(_) | Column::Reals(_) | Column::Decimals(_) => self.long(row),
        }
    }

    /// As `guid`.
    #[must_use]
    pub fn guid(&self, row: usize) -> Option<String> {
        match &self.column {
            Column::Texts(values) => self.parsed(values.get(row)?, text::guid::parse, typed::guid),
            Column::Bools(_) | Column::Longs(_) | Column::Reals(_) | Column::Decimals(_) => None,
        }
    }

    fn parsed<T>(&self, value: &str, text: fn(&str) -> Option<T>, json: fn(&str) -> Option<T>) -> Option<T> {
        if self.ty == Type::Dynamic { json(value) } else { text(value) }
    }

    /// Appends what `tostring` gives; nothing for null.
    pub fn write_text(&self, row: usize, out: &mut String) {
        match &self.column {
            Column::Bools(values) => written(values.get(row), out, text::bool::write),
            Column::Longs(values) => written(values.get(row), out, self.long_writer()),
            Column::Reals(values) => written(values.get(row), out, text::real::write),
            Column::Decimals(values) => written(values.get(row), out, text::decimal::write),
            Column::Texts(values) if self.ty == Type::Dynamic => out.push_str(&json::text(values.text(row))),
            Column::Texts(values) => out.push_str(values.text(row)),
        }
    }

    /// Appends the value as JSON, `null` for null. Times, guids and decimals are written as JSON strings.
    pub fn write_json(&self, row: usize, out: &mut String) {
        if self.is_null(row) {
            out.push_str("null");
            return;
        }
        match &self.column {
            Column::Reals(values) => json::write_real(values.get(row).unwrap_or_default(), out),
            Column::Texts(values) if self.ty == Type::Dynamic => out.push_str(values.text(row)),
            Column::Texts(values) => json::quote(values.text(row), out),
            Column::Bools(_) | Column::Longs(_) | Column::Decimals(_) => {
                let quoted = matches!(self.ty, Type::Datetime | Type::Timespan | Type::Decimal);
                let quote = if quoted { "\"" } else { "" };
                out.push_str(quote);
                self.write_text(row, out);
                out.push_str(quote);
            }
        }
    }

    const fn long_writer(&self) -> fn(i64, &mut String) {
        match self.ty {
            Type::Datetime => text::datetime::write,
            Type::Timespan => text::timespan::write,
            _ => text::long::write,
        }
    }
}

fn written<T>(value: Option<T>, out: &mut String, write: fn(T, &mut String)) {
    if let Some(value) = value {
        write(value, out);
    }
}
