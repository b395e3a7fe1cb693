//! Functions that planning needs and the language does not name: storage to Kusto's values, rows out of JSON, patterns.

mod apart;
mod expand;
mod geography;
mod nested;
mod networks;
mod pairs;
mod pattern;
mod scan;
mod slots;
mod text;
mod ticks;
mod words;

pub(crate) use apart::unnest;
pub(crate) use expand::expand;
pub(crate) use geography::geography;
pub(crate) use nested::nested;
pub(crate) use networks::{Networks, networks_of};
pub(crate) use pairs::{Form, Pairs, pairs};
pub(crate) use pattern::{Capture, Pattern, parse};
pub(crate) use scan::{Output, Program, Remembered, Source, Step, scan};
pub(crate) use slots::{MAX_SLOTS, SlotKinds, slots};
pub(crate) use text::{Text, text};
pub(crate) use ticks::{Ticks, duration_ticks, ticks};
pub(crate) use words::{Separators, word_pattern, words};

use std::sync::Arc;

use datafusion::logical_expr::{Expr, ScalarUDF, ScalarUDFImpl, expr::ScalarFunction};

/// A call of one of these functions.
pub(crate) fn call(function: impl ScalarUDFImpl + 'static, args: Vec<Expr>) -> Expr {
    Expr::ScalarFunction(ScalarFunction::new_udf(Arc::new(ScalarUDF::new_from_impl(function)), args))
}
