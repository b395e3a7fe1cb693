//! The array of a `make-series`: values at their places on the axis, gaps filled.

use arrow::array::ArrayRef;
use datafusion_expr::Expr;

use crate::{
    CallError, Typed,
    kernel::group::{
        self,
        collect::{Collect, Gather},
        element,
    },
};

/// An aggregate that writes one dynamic array of `length` elements a group: `value` at element `index` (from 0), and
/// `default`, a constant of any type, where no row gives one.
///
/// # Errors
/// The default is not constant.
pub fn series_pack(index: Expr, value: Typed, length: usize, default: &Typed) -> Result<Expr, CallError> {
    let refused = |problem: &str| CallError::ArgumentValue {
        function: "make-series",
        position: 1,
        parameter: "default",
        problem: problem.to_owned(),
    };
    let array: ArrayRef = default
        .as_constant()
        .ok_or_else(|| refused("must be a constant"))?
        .to_array()
        .map_err(|error| refused(&error.to_string()))?;
    let mut filler = "null".to_owned();
    element::elements(&array, |_, bytes| {
        if let Some(bytes) = bytes {
            filler.clear();
            element::write(default.ty, bytes, &mut filler);
        }
        Ok(())
    })
    .map_err(|error| refused(&error.to_string()))?;
    let collect = Collect { gather: Gather::Series(filler), ty: value.ty, limit: length, ordered: true };
    Ok(group::aggregate(collect, vec![value.expr, index], None))
}
