//! `format_ipv4`, `format_ipv4_mask`: an address cut to a prefix, without and with it.

use std::{fmt::Write as _, net::Ipv4Addr};

use arrow::array::ArrayRef;
use schema::Type;

use super::address::Network;
use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, Values, each_text},
};

const PARAMS: &[Param] = &[Param::required("ip", ParamType::Any), Param::optional("prefix", ParamType::Exact(Type::Long))];
const NULLS: Nulls = Nulls::Custom("What is no address, or a null prefix, gives an empty text.");

/// `format_ipv4(ip [, prefix])`.
pub static FORMAT_IPV4: Function = Function {
    name: "format_ipv4",
    aliases: &[],
    section: Section::Ip,
    doc: "format-ipv4-function",
    summary: "The IPv4 address of a text or number, cut to a prefix; an empty text for another value.",
    params: PARAMS,
    returns: Returns::Fixed(Type::String),
    result_name: ResultName::None,
    nulls: NULLS,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| format(args, false)),
    examples: &[
        Example::gives("Cut", r#"format_ipv4("192.168.1.255", 24)"#, r#""192.168.1.0""#),
        Example::gives("A number", "format_ipv4(3232236031, 24)", r#""192.168.1.0""#),
        Example::gives("A network", r#"format_ipv4("192.168.1.255/24")"#, r#""192.168.1.0""#),
        Example::gives("No prefix", r#"format_ipv4("192.168.1.255")"#, r#""192.168.1.255""#),
        Example::gives("No address", r#"format_ipv4("192.168.1")"#, r#""""#),
        Example::gives("No number of bits", r#"format_ipv4("192.168.1.1", 33)"#, r#""""#),
        Example::gives("Null", "format_ipv4(long(null), 24)", r#""""#),
    ],
};

/// `format_ipv4_mask(ip [, prefix])`.
pub static FORMAT_IPV4_MASK: Function = Function {
    name: "format_ipv4_mask",
    aliases: &[],
    section: Section::Ip,
    doc: "format-ipv4-mask-function",
    summary: "The IPv4 network of a text or number and a prefix, such as 192.168.1.0/24; an empty text for another value.",
    params: PARAMS,
    returns: Returns::Fixed(Type::String),
    result_name: ResultName::None,
    nulls: NULLS,
    cost: Cost::Cheap,
    status: Status::Full,
    eval: Eval::Kernel(|args| format(args, true)),
    examples: &[
        Example::gives("Cut", r#"format_ipv4_mask("192.168.1.255", 24)"#, r#""192.168.1.0/24""#),
        Example::gives("A number", "format_ipv4_mask(3232236031, 24)", r#""192.168.1.0/24""#),
        Example::gives("The smaller prefix counts", r#"format_ipv4_mask("192.168.1.255/24", 32)"#, r#""192.168.1.0/24""#),
        Example::gives("No address", r#"format_ipv4_mask("", 24)"#, r#""""#),
        Example::gives("Null", r#"format_ipv4_mask("192.168.1.255", long(null))"#, r#""""#),
    ],
};

fn format(args: &Args, with_suffix: bool) -> Result<ArrayRef, KernelError> {
    let values = Values::of(args, 0)?;
    let texts = if args.ty(0) == Type::String { Some(args.texts(0)?) } else { None };
    let prefixes = if args.len() > 1 { Some(args.longs(1)?) } else { None };
    let network = |row: usize| {
        let network = match &texts {
            Some(texts) => Network::<u32>::parse(texts.text(row))?,
            None => Network { address: u32::try_from(values.long(row)?).ok()?, prefix: 32 },
        };
        match &prefixes {
            Some(prefixes) => network.at_most(prefixes.get(row)?),
            None => Some(network),
        }
    };
    Ok(each_text(args, |row, out| {
        let Some(network) = network(row) else { return };
        // Writing to a String cannot fail.
        let _ = write!(out, "{}", Ipv4Addr::from_bits(network.first()));
        if with_suffix {
            let _ = write!(out, "/{}", network.prefix);
        }
    }))
}
