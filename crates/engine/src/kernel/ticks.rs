//! Stored timestamps as ticks, in a way that lets storage skip files and pages by a comparison with ticks.

use std::sync::Arc;

use datafusion::{
    arrow::{
        array::{ArrayRef, AsArray, Int64Array},
        compute::cast,
        datatypes::{DataType, Int64Type, TimeUnit},
    },
    common::{Result, ScalarValue},
    logical_expr::{ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility},
};
use functions::Typed;
use schema::{Type, text::datetime};

/// A stored timestamp or date as a `datetime`.
pub(crate) fn ticks(expr: Expr, stored: &DataType) -> Typed {
    Typed::new(super::call(Ticks::new(stored), vec![expr]), Type::Datetime)
}

/// A stored duration as a `timespan`.
pub(crate) fn duration_ticks(expr: Expr, stored: &DataType) -> Typed {
    let DataType::Duration(unit) = stored else { return Typed::new(expr, Type::Timespan) };
    let expr = datafusion::logical_expr::cast(expr, DataType::Int64);
    let scaled = match unit {
        TimeUnit::Second => expr * datafusion::logical_expr::lit(10_000_000_i64),
        TimeUnit::Millisecond => expr * datafusion::logical_expr::lit(10_000_i64),
        TimeUnit::Microsecond => expr * datafusion::logical_expr::lit(10_i64),
        TimeUnit::Nanosecond => expr / datafusion::logical_expr::lit(100_i64),
    };
    Typed::new(scaled, Type::Timespan)
}

/// Reads a stored timestamp as ticks.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct Ticks {
    stored: DataType,
    signature: Signature,
}

impl Ticks {
    fn new(stored: &DataType) -> Self {
        Self { stored: stored.clone(), signature: Signature::exact(vec![stored.clone()], Volatility::Immutable) }
    }

    /// The last stored value that is not after a moment, and the first that is not before it: the same if the moment can be
    /// stored. `None` for stored forms other than microseconds, and for moments out of range.
    pub(crate) fn neighbours(&self, ticks: i64) -> Option<(ScalarValue, ScalarValue)> {
        let DataType::Timestamp(TimeUnit::Microsecond, zone) = &self.stored else { return None };
        if !(0..=datetime::MAX_TICKS).contains(&ticks) {
            return None;
        }
        let whole = ticks - ticks.rem_euclid(datetime::TICKS_PER_MICROSECOND);
        let stored = |ticks| ScalarValue::TimestampMicrosecond(Some(datetime::to_unix_micros(ticks)), zone.clone());
        let next = if whole == ticks { whole } else { whole + datetime::TICKS_PER_MICROSECOND };
        Some((stored(whole), stored(next)))
    }

    /// Microseconds of every stored form; nanoseconds are cut to ticks, dates begin at midnight.
    fn convert(&self, array: &ArrayRef) -> Result<Int64Array> {
        if let DataType::Timestamp(TimeUnit::Nanosecond, _) = self.stored {
            let nanos = cast(array, &DataType::Int64)?;
            return Ok(nanos.as_primitive::<Int64Type>().unary(|nanos| nanos.div_euclid(100) + datetime::UNIX_EPOCH_TICKS));
        }
        let micros = match &self.stored {
            DataType::Timestamp(TimeUnit::Microsecond, _) => Arc::clone(array),
            _ => cast(array, &DataType::Timestamp(TimeUnit::Microsecond, None))?,
        };
        let micros = cast(&micros, &DataType::Int64)?;
        let micros = micros.as_primitive::<Int64Type>();
        let (low, high) = (datetime::to_unix_micros(0), datetime::to_unix_micros(datetime::MAX_TICKS));
        if micros.values().iter().all(|micros| (low..=high).contains(micros)) {
            return Ok(micros.unary(|micros| micros * datetime::TICKS_PER_MICROSECOND + datetime::UNIX_EPOCH_TICKS));
        }
        // Outside the years 1 to 9999 there is no datetime.
        Ok(micros.iter().map(|micros| micros.and_then(datetime::from_unix_micros)).collect())
    }
}

impl ScalarUDFImpl for Ticks {
    fn name(&self) -> &'static str {
        "ticks"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arguments: &[DataType]) -> Result<DataType> {
        Ok(DataType::Int64)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        match args.args.into_iter().next() {
            Some(ColumnarValue::Array(array)) => Ok(ColumnarValue::Array(Arc::new(self.convert(&array)?))),
            Some(ColumnarValue::Scalar(value)) => {
                let array: ArrayRef = Arc::new(self.convert(&value.to_array()?)?);
                Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&array, 0)?))
            }
            None => Ok(ColumnarValue::Scalar(ScalarValue::Int64(None))),
        }
    }
}
