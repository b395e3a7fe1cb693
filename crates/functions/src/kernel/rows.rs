//! Window functions of our own: a state that sees the rows of a table one after another and answers each.
//!
//! Such a function is causal, so that DataFusion keeps no more rows than a batch. Start with [`running`].

use std::{
    fmt::Debug,
    hash::{Hash, Hasher},
    ops::Range,
    sync::Arc,
};

use arrow::{
    array::{Array, ArrayRef, AsArray},
    datatypes::{DataType, Field, FieldRef, Int64Type},
};
use datafusion_common::{Result, ScalarValue};
use datafusion_expr::{Expr, PartitionEvaluator, Signature, Volatility, WindowUDF, WindowUDFImpl};
use datafusion_functions_window_common::{field::WindowUDFFieldArgs, partition::PartitionEvaluatorArgs};
use schema::Type;

/// What a window function remembers of the rows before.
pub trait RowState: Debug + Send {
    /// The answer for row `row` of the arguments, which come one after another.
    ///
    /// # Errors
    /// The value cannot be read.
    fn next(&mut self, args: &[ArrayRef], row: usize) -> Result<ScalarValue>;
}

/// A call of a window function; `start` makes the state before the first row. The order of rows is the caller's to set.
#[must_use]
pub fn running(name: &'static str, returns: Type, start: fn() -> Box<dyn RowState>, args: Vec<Expr>) -> Expr {
    let signature = Signature::variadic_any(Volatility::Immutable);
    let signature = if args.is_empty() { Signature::nullary(Volatility::Immutable) } else { signature };
    let function = Running { name, returns: returns.engine_type(), start, signature };
    Arc::new(WindowUDF::new_from_impl(function)).call(args)
}

/// Whether the argument at `position` is given and true in this row: a `restart` condition.
#[must_use]
pub fn restarts(args: &[ArrayRef], position: usize, row: usize) -> bool {
    args.get(position).is_some_and(|flags| {
        let flags = flags.as_boolean();
        flags.is_valid(row) && flags.value(row)
    })
}

/// The whole number at `position` in this row; `None` for null.
#[must_use]
pub fn long(args: &[ArrayRef], position: usize, row: usize) -> Option<i64> {
    let longs = args.get(position)?.as_primitive::<Int64Type>();
    longs.is_valid(row).then(|| longs.value(row))
}

struct Running {
    name: &'static str,
    returns: DataType,
    start: fn() -> Box<dyn RowState>,
    signature: Signature,
}

impl Debug for Running {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// Two calls are the same function if they have its name and result; the state's maker follows from those.
impl PartialEq for Running {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.returns == other.returns
    }
}

impl Eq for Running {}

impl Hash for Running {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.name, &self.returns).hash(state);
    }
}

impl WindowUDFImpl for Running {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn partition_evaluator(&self, _args: PartitionEvaluatorArgs) -> Result<Box<dyn PartitionEvaluator>> {
        Ok(Box::new(Evaluator { state: (self.start)() }))
    }

    fn field(&self, args: WindowUDFFieldArgs) -> Result<FieldRef> {
        Ok(Arc::new(Field::new(args.name(), self.returns.clone(), true)))
    }
}

#[derive(Debug)]
struct Evaluator {
    state: Box<dyn RowState>,
}

impl PartitionEvaluator for Evaluator {
    fn is_causal(&self) -> bool {
        true
    }

    fn supports_bounded_execution(&self) -> bool {
        true
    }

    fn evaluate(&mut self, values: &[ArrayRef], range: &Range<usize>) -> Result<ScalarValue> {
        self.state.next(values, range.start)
    }
}
