//! `hash`, `hash_xxhash64`, `hash_many`, `hash_combine`: 64-bit hashes.
//!
//! Of a text its UTF-8 bytes are hashed, of a number or time its bytes, least first (for a datetime .NET's ticks).

use arrow::array::ArrayRef;
use schema::Type;
use xxhash_rust::xxh64::xxh64;

use crate::{
    CallError, Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, Values, each_long},
};

const PARAMS: &[Param] = &[Param::required("source", ParamType::Any), Param::optional("mod", ParamType::Exact(Type::Long))];

/// `hash(source [, mod])`.
pub static HASH: Function = Function {
    name: "hash",
    aliases: &["hash_xxhash64"],
    section: Section::Hash,
    doc: "hash-function",
    summary: "The 64-bit xxHash of a value, or its remainder by a positive modulus.",
    params: PARAMS,
    returns: Returns::By(hashable),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(hash),
    examples: &[
        Example::gives("Text", r#"hash("World")"#, "1846988464401551951"),
        Example::gives("With a modulus", r#"hash("World", 100)"#, "51"),
        Example::gives("Datetime", r#"hash(datetime("2015-01-01"))"#, "1380966698541616202"),
        Example::gives("Null", "hash(long(null))", "long(null)"),
        Example::gives("A modulus of 0", r#"hash("World", 0)"#, "long(null)"),
        Example::fails("Dynamic values are not hashed", "hash(dynamic([1]))", "K0202"),
    ],
};

/// `hash_many(source, ...)`.
pub static HASH_MANY: Function = Function {
    name: "hash_many",
    aliases: &[],
    section: Section::Hash,
    doc: "hash-many-function",
    summary: "One hash of several values: their hashes combined.",
    params: &[Param::repeated("source", ParamType::Any, 1, 64)],
    returns: Returns::By(hashable),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: COMBINED,
    eval: Eval::Kernel(hash_many),
    examples: &[
        Example::gives(
            "Equal values, equal hashes",
            r#"hash_many("Hello", "World") == hash_combine(hash("Hello"), hash("World"))"#,
            "true",
        ),
        Example::gives("Order counts", r#"hash_many("a", "b") == hash_many("b", "a")"#, "false"),
        Example::gives("Null", r#"hash_many("a", long(null))"#, "long(null)"),
    ],
};

/// `hash_combine(hash, ...)`.
pub static HASH_COMBINE: Function = Function {
    name: "hash_combine",
    aliases: &[],
    section: Section::Hash,
    doc: "hash-combine-function",
    summary: "Several hashes combined into one.",
    params: &[Param::repeated("hash", ParamType::Exact(Type::Long), 2, 64)],
    returns: Returns::Fixed(Type::Long),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::Cheap,
    status: COMBINED,
    eval: Eval::Kernel(hash_combine),
    examples: &[
        Example::gives("Order counts", "hash_combine(1, 2) == hash_combine(2, 1)", "false"),
        Example::gives("Null", "hash_combine(1, long(null))", "long(null)"),
    ],
};

const COMBINED: Status = Status::Partial(
    "The reference does not say how hashes are combined, and advises against keeping the result: it differs from Kusto's.",
);

fn hashable(types: &[Type]) -> Result<Type, CallError> {
    match types.iter().position(|&ty| ty == Type::Dynamic) {
        Some(position) => Err(CallError::ArgumentType {
            function: HASH.name,
            position: position + 1,
            parameter: "source",
            expected: "a value that is not dynamic (convert it first, such as with tostring())".to_owned(),
            found: Type::Dynamic,
        }),
        None => Ok(Type::Long),
    }
}

/// The hash of a row's value; `buffer` is reused.
fn hash_of(values: &Values, row: usize, buffer: &mut String) -> Option<u64> {
    if values.is_null(row) {
        return None;
    }
    buffer.clear();
    let bytes = |bytes: &[u8]| Some(xxh64(bytes, 0));
    match values.ty() {
        Type::Bool => bytes(&[u8::from(values.bool(row)?)]),
        Type::Int => bytes(&i32::try_from(values.long(row)?).ok()?.to_le_bytes()),
        Type::Long => bytes(&values.long(row)?.to_le_bytes()),
        Type::Datetime => bytes(&values.datetime(row)?.to_le_bytes()),
        Type::Timespan => bytes(&values.timespan(row)?.to_le_bytes()),
        Type::Real => bytes(&values.real(row)?.to_le_bytes()),
        Type::Decimal | Type::String | Type::Guid | Type::Dynamic => {
            values.write_text(row, buffer);
            bytes(buffer.as_bytes())
        }
    }
}

fn hash(args: &Args) -> Result<ArrayRef, KernelError> {
    let values = Values::of(args, 0)?;
    let mut buffer = String::new();
    if args.len() < 2 {
        return Ok(each_long(args, |row| hash_of(&values, row, &mut buffer).map(u64::cast_signed)));
    }
    let moduli = args.longs(1)?;
    Ok(each_long(args, |row| {
        let modulus = moduli.get(row).and_then(|modulus| u64::try_from(modulus).ok()).filter(|&modulus| modulus > 0)?;
        hash_of(&values, row, &mut buffer).and_then(|hash| i64::try_from(hash % modulus).ok())
    }))
}

fn hash_many(args: &Args) -> Result<ArrayRef, KernelError> {
    let values = Values::from(args, 0)?;
    let mut buffer = String::new();
    Ok(each_long(args, |row| {
        let hashes = values.iter().map(|values| hash_of(values, row, &mut buffer));
        hashes.reduce(|before, hash| Some(combine(before?, hash?)))?.map(u64::cast_signed)
    }))
}

fn hash_combine(args: &Args) -> Result<ArrayRef, KernelError> {
    let hashes = Values::from(args, 0)?;
    Ok(each_long(args, |row| {
        let hashes = hashes.iter().map(|hashes| hashes.long(row).map(i64::cast_unsigned));
        hashes.reduce(|before, hash| Some(combine(before?, hash?)))?.map(u64::cast_signed)
    }))
}

/// Mixes a hash into those before; order counts.
const fn combine(before: u64, hash: u64) -> u64 {
    before ^ hash.wrapping_add(0x9E37_79B9_7F4A_7C15).wrapping_add(before << 6).wrapping_add(before >> 2)
}
