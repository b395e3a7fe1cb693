//! `bag_pack`: keys and values as a property bag.

use arrow::array::ArrayRef;
use datafusion_expr::Expr;
use schema::Type;

use crate::{
    Call, CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status, Typed,
    apply::kernel_call,
    coerce,
    kernel::{Args, KernelError, Values, each_text_or_null, json},
};

/// `bag_pack(key_value, ...)`.
pub static FUNCTION: Function = Function {
    name: "bag_pack",
    aliases: &["pack", "pack_dictionary"],
    section: Section::Dynamic,
    doc: "pack-function",
    summary: "A property bag of keys and values, given in turn.",
    params: &[Param::repeated("key_value", ParamType::Any, 2, usize::MAX)],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null value is a null member; a null key is an empty text."),
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Rewrite(rewrite),
    examples: &[
        Example::gives(
            "Several types",
            r#"bag_pack("Level", "Information", "ProcessID", 1234, "Data", bag_pack("url", "www.bing.com"))"#,
            r#"dynamic({"Level":"Information","ProcessID":1234,"Data":{"url":"www.bing.com"}})"#,
        ),
        Example::gives("The older names", r#"tostring(pack("a", 1)) == tostring(pack_dictionary("a", 1))"#, "true"),
        Example::gives("The last of two equal keys", r#"bag_pack("a", 1, "b", 2, "a", 3)"#, r#"dynamic({"a":3,"b":2})"#),
        Example::gives("A null value", r#"bag_pack("a", long(null))"#, r#"dynamic({"a":null})"#),
        Example::gives("A null key", "bag_pack(dynamic(null), 1)", r#"dynamic({"":1})"#),
        Example::fails("A key without its value", r#"bag_pack("a", 1, "b")"#, "K0203"),
    ],
};

static KERNEL: Function = Function { name: "bag_packed", section: Section::Internal, eval: Eval::Kernel(bag_pack), ..FUNCTION };

/// What `pack_all(true)` makes of the bag of a row.
pub static WITHOUT_EMPTY: Function = Function {
    name: "bag_without_empty",
    aliases: &[],
    section: Section::Internal,
    doc: "pack-all-function",
    summary: "A property bag without its members that are null or empty texts.",
    params: &[Param::required("bag", ParamType::Exact(Type::Dynamic))],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(without_empty),
    examples: &[
        Example::gives("Null and empty", r#"bag_without_empty(dynamic({"a":1,"b":null,"c":""}))"#, r#"dynamic({"a":1})"#),
        Example::gives("Null", "bag_without_empty(dynamic(null))", "dynamic(null)"),
    ],
};

fn without_empty(args: &Args) -> Result<ArrayRef, KernelError> {
    let bags = args.texts(0)?;
    Ok(each_text_or_null(args, |row, out| {
        let Some(members) = bags.get(row).and_then(json::members) else { return false };
        json::write_bag(members.filter(|(_, value)| !matches!(*value, "null" | "\"\"")), out);
        true
    }))
}

fn rewrite(call: &Call) -> Result<Expr, CallError> {
    if !call.args.len().is_multiple_of(2) {
        let expected = "a value for each key".to_owned();
        return Err(CallError::Arguments { function: FUNCTION.name, expected, found: call.args.len() });
    }
    let convert = |(position, arg): (usize, &Typed)| {
        if position % 2 == 0 { coerce(arg.clone(), Type::String) } else { Ok(arg.clone()) }
    };
    let args = call.args.iter().enumerate().map(convert).collect::<Result<_, _>>()?;
    Ok(kernel_call(&KERNEL, args, Type::Dynamic))
}

fn bag_pack(args: &Args) -> Result<ArrayRef, KernelError> {
    let values = Values::from(args, 0)?;
    Ok(each_text_or_null(args, |row, out| {
        out.push('{');
        for pair in values.chunks(2) {
            if out.len() > 1 {
                out.push(',');
            }
            for (value, end) in pair.iter().zip([":", ""]) {
                value.write_json(row, out);
                out.push_str(end);
            }
        }
        out.push('}');
        let bag = std::mem::take(out);
        json::write_bag(json::distinct_members(&bag).into_iter().flatten(), out);
        true
    }))
}
