//! `array_sort_asc` and `array_sort_desc`: an array sorted, and others brought into the same order.
//!
//! One array gives the sorted array; several give an array of arrays, which `extend (a, b) = ...` takes apart.

use std::cmp::Ordering;

use arrow::array::ArrayRef;
use datafusion_common::ScalarValue;
use datafusion_expr::Expr;
use schema::Type;

use crate::{
    Call, CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status, Typed,
    apply::kernel_call,
    coerce,
    kernel::{
        Args, KernelError, Number, Texts, each_text_or_null,
        json::{self, Elements, Kind},
    },
};

/// `array_sort_asc(array, ..., [nulls_last])`.
pub static ARRAY_SORT_ASC: Function = Function {
    name: "array_sort_asc",
    aliases: &[],
    section: Section::Dynamic,
    doc: "array-sort-asc-function",
    summary: "The first array in ascending order, and the others in the order that the first was brought into.",
    params: &[Param::repeated("array", ParamType::Any, 1, 64)],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::EachSuffixed("sorted"),
    nulls: Nulls::Custom("A null array gives null."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Rewrite(|call| rewrite(call, &ASC_KERNEL)),
    examples: &[
        Example::gives("Numbers", "array_sort_asc(dynamic([1, 3, 4, 5, 2]))", "dynamic([1,2,3,4,5])"),
        Example::gives(
            "Texts",
            r#"array_sort_asc(dynamic(["John", "Paul", "Jane", "Kao"]))"#,
            r#"dynamic(["Jane","John","Kao","Paul"])"#,
        ),
        Example::gives(
            "Nulls come last",
            r#"array_sort_asc(dynamic([null, "blue", "yellow", null]))"#,
            r#"dynamic(["blue","yellow",null,null])"#,
        ),
        Example::gives(
            "Or first",
            r#"array_sort_asc(dynamic([null, "blue", "yellow", null]), false)"#,
            r#"dynamic([null,null,"blue","yellow"])"#,
        ),
        Example::gives(
            "Another array in the same order",
            r#"array_sort_asc(dynamic([1, 3, 2]), dynamic(["a", "b", "c"]))[1]"#,
            r#"dynamic(["a","c","b"])"#,
        ),
        Example::gives(
            "Another array of another length",
            r#"array_sort_asc(dynamic([2, 1]), dynamic(["a"]))[1]"#,
            "dynamic(null)",
        ),
        Example::gives("Numbers before texts", r#"array_sort_asc(dynamic(["a", 1]))"#, r#"dynamic([1,"a"])"#),
        Example::gives("Null", "array_sort_asc(dynamic(null))", "dynamic(null)"),
    ],
};

/// `array_sort_desc(array, ..., [nulls_last])`.
pub static ARRAY_SORT_DESC: Function = Function {
    name: "array_sort_desc",
    aliases: &[],
    section: Section::Dynamic,
    doc: "array-sort-desc-function",
    summary: "The first array in descending order, and the others in the order that the first was brought into.",
    params: &[Param::repeated("array", ParamType::Any, 1, 64)],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::EachSuffixed("sorted"),
    nulls: Nulls::Custom("A null array gives null."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Rewrite(|call| rewrite(call, &DESC_KERNEL)),
    examples: &[
        Example::gives("Numbers", "array_sort_desc(dynamic([1, 3, 4, 5, 2]))", "dynamic([5,4,3,2,1])"),
        Example::gives(
            "Texts",
            r#"array_sort_desc(dynamic(["John", "Paul", "Jane", "Kao"]))"#,
            r#"dynamic(["Paul","Kao","John","Jane"])"#,
        ),
        Example::gives(
            "Nulls come last",
            r#"array_sort_desc(dynamic([null, "blue", "yellow", null]))"#,
            r#"dynamic(["yellow","blue",null,null])"#,
        ),
        Example::gives(
            "Or first",
            r#"array_sort_desc(dynamic([null, "blue", "yellow", null]), false)"#,
            r#"dynamic([null,null,"yellow","blue"])"#,
        ),
        Example::gives(
            "Another array in the same order",
            r#"array_sort_desc(dynamic([1, 3, 2]), dynamic(["a", "b", "c"]))[1]"#,
            r#"dynamic(["b","c","a"])"#,
        ),
        Example::gives(
            "Another array of another length",
            r#"array_sort_desc(dynamic([2, 1]), dynamic(["a"]))[1]"#,
            "dynamic(null)",
        ),
        Example::gives("Numbers before texts", r#"array_sort_desc(dynamic(["a", 1]))"#, r#"dynamic([1,"a"])"#),
        Example::gives("Null", "array_sort_desc(dynamic(null))", "dynamic(null)"),
    ],
};

static ASC_KERNEL: Function = Function {
    name: "arrays_sorted_asc",
    section: Section::Internal,
    eval: Eval::Kernel(|args| sort(args, false)),
    ..ARRAY_SORT_ASC
};
static DESC_KERNEL: Function = Function {
    name: "arrays_sorted_desc",
    section: Section::Internal,
    eval: Eval::Kernel(|args| sort(args, true)),
    ..ARRAY_SORT_DESC
};

/// Calls the kernel with `nulls_last` first, then the arrays.
fn rewrite(call: &Call, kernel: &'static Function) -> Result<Expr, CallError> {
    let (nulls_last, arrays) = match call.args {
        [arrays @ .., last] if last.ty == Type::Bool && !arrays.is_empty() => (last.clone(), arrays),
        arrays => (Typed::constant(ScalarValue::Boolean(Some(true)), Type::Bool), arrays),
    };
    let mut args = vec![nulls_last];
    for array in arrays {
        args.push(coerce(array.clone(), Type::Dynamic)?);
    }
    Ok(kernel_call(kernel, args, Type::Dynamic))
}

fn sort(args: &Args, descending: bool) -> Result<ArrayRef, KernelError> {
    let nulls_last = args.bools(0)?;
    let arrays = (1..args.len()).map(|position| args.texts(position)).collect::<Result<Vec<_>, _>>()?;
    Ok(each_text_or_null(args, |row, out| {
        let Some(first) = arrays.first().and_then(|array| elements(array, row)) else { return false };
        let keys: Vec<&str> = first.collect();
        let mut order: Vec<usize> = (0..keys.len()).collect();
        let nulls_last = nulls_last.get(row).unwrap_or(true);
        order.sort_by(|&a, &b| compare(keys[a], keys[b], descending, nulls_last));
        if let [_] = arrays.as_slice() {
            json::write_array(order.iter().map(|&place| keys[place]), out);
            return true;
        }
        let sorted = arrays.iter().map(|array| {
            let mut text = String::new();
            match elements(array, row).map(Iterator::collect::<Vec<&str>>).filter(|values| values.len() == order.len()) {
                Some(values) => json::write_array(order.iter().map(|&place| values[place]), &mut text),
                None => text.push_str("null"),
            }
            text
        });
        json::write_array(sorted, out);
        true
    }))
}

fn elements(array: &Texts, row: usize) -> Option<Elements<'_>> {
    array.get(row).and_then(json::elements)
}

fn compare(a: &str, b: &str, descending: bool, nulls_last: bool) -> Ordering {
    let (class_a, class_b) = (class(a, nulls_last), class(b, nulls_last));
    let within = || match (Number::of_json(a), Number::of_json(b)) {
        (Some(a), Some(b)) if class_a == NUMBER => a.order(b).unwrap_or(Ordering::Equal),
        _ => json::text(a).cmp(&json::text(b)),
    };
    class_a.cmp(&class_b).then_with(|| if descending { within().reverse() } else { within() })
}

const NUMBER: u8 = 1;

/// Values of different kinds stand in this order, whichever way the array is sorted.
fn class(value: &str, nulls_last: bool) -> u8 {
    match json::kind(value) {
        Kind::Null if nulls_last => 4,
        Kind::Null => 0,
        Kind::Number => NUMBER,
        Kind::String => 2,
        Kind::Bool | Kind::Array | Kind::Bag => 3,
    }
}
