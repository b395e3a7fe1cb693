//! `ipv4_range_to_cidr_list`: a range of addresses as networks.

use std::{fmt::Write as _, net::Ipv4Addr};

use arrow::array::ArrayRef;
use schema::Type;

use super::address::Network;
use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_text_or_null},
};

/// `ipv4_range_to_cidr_list(start_ip, end_ip)`.
pub static FUNCTION: Function = Function {
    name: "ipv4_range_to_cidr_list",
    aliases: &[],
    section: Section::Ip,
    doc: "ipv4-range-to-cidr-list-function",
    summary: "The fewest networks that hold the addresses from one to another and no others, in a dynamic array.",
    params: &[
        Param::required("start_ip", ParamType::Exact(Type::String)),
        Param::required("end_ip", ParamType::Exact(Type::String)),
    ],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A text that is no address gives null."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(cidr_list),
    examples: &[
        Example::gives(
            "A range",
            r#"ipv4_range_to_cidr_list("1.1.128.0", "1.1.140.255")"#,
            r#"dynamic(["1.1.128.0/21","1.1.136.0/22","1.1.140.0/24"])"#,
        ),
        Example::gives("One address", r#"ipv4_range_to_cidr_list("10.0.0.1", "10.0.0.1")"#, r#"dynamic(["10.0.0.1/32"])"#),
        Example::gives("All of them", r#"ipv4_range_to_cidr_list("0.0.0.0", "255.255.255.255")"#, r#"dynamic(["0.0.0.0/0"])"#),
        Example::gives("Backwards", r#"ipv4_range_to_cidr_list("10.0.0.2", "10.0.0.1")"#, "dynamic([])"),
        Example::gives("No address", r#"ipv4_range_to_cidr_list("10.0.0", "10.0.0.1")"#, "dynamic(null)"),
    ],
};

fn cidr_list(args: &Args) -> Result<ArrayRef, KernelError> {
    let (starts, ends) = (args.texts(0)?, args.texts(1)?);
    Ok(each_text_or_null(args, |row, out| {
        let (Some(start), Some(end)) = (Network::<u32>::parse(starts.text(row)), Network::<u32>::parse(ends.text(row))) else {
            return false;
        };
        let (mut next, end) = (u64::from(start.first()), u64::from(end.first()));
        out.push('[');
        while next <= end {
            // The largest network that begins here and does not pass the end; 0.0.0.0 begins all of them.
            let aligned = if next == 0 { u32::BITS } else { next.trailing_zeros().min(u32::BITS) };
            let bits = aligned.min((end - next + 1).ilog2());
            let separator = if out.len() > 1 { "," } else { "" };
            let address = Ipv4Addr::from_bits(u32::try_from(next).unwrap_or(u32::MAX));
            // Writing to a String cannot fail.
            let _ = write!(out, "{separator}\"{address}/{}\"", u32::BITS - bits);
            next += 1 << bits;
        }
        out.push(']');
        true
    }))
}
