//! `new_guid`: a random identifier.

use std::hash::{BuildHasher as _, RandomState};

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_text_or_null},
};

/// `new_guid()`.
pub static FUNCTION: Function = Function {
    name: "new_guid",
    aliases: &[],
    section: Section::Hash,
    doc: "new-guid-function",
    summary: "A random guid (version 4) a row.",
    params: &[],
    returns: Returns::Fixed(Type::Guid),
    result_name: ResultName::None,
    nulls: Nulls::NeverNull,
    cost: Cost::Volatile,
    status: Status::Full,
    eval: Eval::Kernel(new_guid),
    examples: &[
        Example::gives("Has the form of a guid", "strlen(tostring(new_guid()))", "36"),
        Example::gives("A new one each time", "new_guid() == new_guid()", "false"),
    ],
};

fn new_guid(args: &Args) -> Result<ArrayRef, KernelError> {
    // Keyed at random by the standard library, and so different for every batch.
    let (high, low) = (RandomState::new(), RandomState::new());
    Ok(each_text_or_null(args, |row, out| {
        let bits = (u128::from(high.hash_one(row)) << 64) | u128::from(low.hash_one(row));
        // Version 4, variant 1 (RFC 9562, section 5.4).
        let bits = (bits & !(0xF000 << 64) & !(0xC000 << 48)) | (0x4000 << 64) | (0x8000 << 48);
        let hex = format!("{bits:032x}");
        for (part, range) in [(0, 0..8), (1, 8..12), (2, 12..16), (3, 16..20), (4, 20..32)] {
            if part > 0 {
                out.push('-');
            }
            out.push_str(hex.get(range).unwrap_or_default());
        }
        true
    }))
}
