//! `rand`: random numbers.

use std::{
    hash::{BuildHasher as _, RandomState},
    sync::atomic::{AtomicU64, Ordering},
};

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_real},
};

/// `rand([number])`.
pub static FUNCTION: Function = Function {
    name: "rand",
    aliases: &[],
    section: Section::Math,
    doc: "rand-function",
    summary: "A random number from 0 up to but not including 1, or with an argument a whole number from 0 up to but not including it.",
    params: &[Param::optional("number", ParamType::Number)],
    returns: Returns::Fixed(Type::Real),
    result_name: ResultName::FirstArgument,
    nulls: Nulls::Propagate,
    cost: Cost::Volatile,
    status: Status::Full,
    eval: Eval::Kernel(rand),
    examples: &[
        Example::gives("Below one", "rand() < 1.0", "true"),
        Example::gives("Whole numbers", "rand(1)", "0.0"),
        Example::gives("Null", "rand(long(null))", "real(null)"),
    ],
};

fn rand(args: &Args) -> Result<ArrayRef, KernelError> {
    let mut random = Random::new();
    if args.is_empty() {
        return Ok(each_real(args, |_| Some(random.next())));
    }
    let numbers = args.reals(0)?;
    Ok(each_real(args, |row| {
        let number = numbers.get(row)?;
        Some(if number > 1.0 {
            (random.next() * number).floor()
        } else if number == 1.0 {
            0.0
        } else {
            random.next()
        })
    }))
}

/// A sequence of its own for every batch: SplitMix64 (Steele, Lea and Flood, 2014), begun where the standard library's
/// randomly keyed hasher says.
struct Random(u64);

impl Random {
    fn new() -> Self {
        static BATCHES: AtomicU64 = AtomicU64::new(0);
        Self(RandomState::new().hash_one(BATCHES.fetch_add(1, Ordering::Relaxed)))
    }

    /// From 0 up to but not including 1, in steps of 2^-53.
    fn next(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    const fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}
