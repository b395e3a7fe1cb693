//! Whole numbers and times computed from two of them: without branches while every result fits, row by row otherwise.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, Int64Array},
    buffer::NullBuffer,
};

use super::{Args, Longs, each_long};

/// A `long`, `datetime` or `timespan` for each row. `value` gives the result and whether it does **not** fit its type; null
/// then, as where an operand is null.
pub fn two_longs(args: &Args, left: &Longs, right: &Longs, value: impl Fn(i64, i64) -> (i64, bool)) -> ArrayRef {
    let fitting = match (left.column(), right.column()) {
        (Some(left), Some(right)) => {
            let nulls = NullBuffer::union(left.nulls(), right.nulls());
            all(left.values().iter().zip(right.values().iter()).map(|(&left, &right)| value(left, right)), nulls)
        }
        (Some(left), None) => {
            right.get(0).and_then(|right| all(left.values().iter().map(|&left| value(left, right)), left.nulls().cloned()))
        }
        (None, Some(right)) => {
            left.get(0).and_then(|left| all(right.values().iter().map(|&right| value(left, right)), right.nulls().cloned()))
        }
        (None, None) => None,
    };
    fitting.unwrap_or_else(|| {
        each_long(args, |row| {
            let (value, unfit) = value(left.get(row)?, right.get(row)?);
            (!unfit).then_some(value)
        })
    })
}

/// The values, if all of them fit; what lies under a null may keep them from it, which costs time and nothing else.
fn all(values: impl ExactSizeIterator<Item = (i64, bool)>, nulls: Option<NullBuffer>) -> Option<ArrayRef> {
    let mut misfit = false;
    let values: Vec<i64> = values
        .map(|(value, unfit)| {
            misfit |= unfit;
            value
        })
        .collect();
    (!misfit).then(|| Arc::new(Int64Array::new(values.into(), nulls)) as ArrayRef)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, AsArray, Int64Array};
    use datafusion_common::ScalarValue;
    use datafusion_expr::ColumnarValue;
    use schema::Type;

    use super::two_longs;
    use crate::kernel::{Args, KernelError};

    fn column(values: Vec<Option<i64>>) -> ColumnarValue {
        ColumnarValue::Array(Arc::new(Int64Array::from(values)))
    }

    fn sums(left: ColumnarValue, right: ColumnarValue, rows: usize) -> Result<Vec<Option<i64>>, KernelError> {
        let values = [left, right];
        let args = Args::new(&values, &[Type::Long, Type::Long], Type::Long, rows);
        let sums: ArrayRef = two_longs(&args, &args.longs(0)?, &args.longs(1)?, i64::overflowing_add);
        Ok(sums.as_primitive::<arrow::datatypes::Int64Type>().iter().collect())
    }

    #[test]
    fn columns_and_constants_in_every_place() -> Result<(), KernelError> {
        let one = || ColumnarValue::Scalar(ScalarValue::Int64(Some(1)));
        assert_eq!(sums(column(vec![Some(1), None]), column(vec![Some(2), Some(3)]), 2)?, [Some(3), None]);
        assert_eq!(sums(column(vec![Some(1), None]), one(), 2)?, [Some(2), None]);
        assert_eq!(sums(one(), column(vec![None, Some(5)]), 2)?, [None, Some(6)]);
        assert_eq!(sums(one(), one(), 2)?, [Some(2), Some(2)]);
        assert_eq!(sums(column(vec![Some(1)]), ColumnarValue::Scalar(ScalarValue::Int64(None)), 1)?, [None]);
        Ok(())
    }

    #[test]
    fn what_does_not_fit_is_null_and_the_rest_stays() -> Result<(), KernelError> {
        let one = ColumnarValue::Scalar(ScalarValue::Int64(Some(1)));
        assert_eq!(sums(column(vec![Some(i64::MAX), Some(1), None]), one, 3)?, [None, Some(2), None]);
        Ok(())
    }
}
