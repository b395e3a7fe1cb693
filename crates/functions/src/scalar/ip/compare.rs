//! `ipv4_compare`, `ipv4_is_match`, `ipv4_is_in_range`, `ipv4_is_in_any_range` and the same for IPv6.
//!
//! Of the prefixes of both sides and of the argument, the smallest counts (page `ipv4-compare-function`).

use arrow::array::ArrayRef;
use schema::Type;

use super::address::{Family, Network, TextLists};
use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_bool, each_long},
};

const IP1: Param = Param::required("ip1", ParamType::Exact(Type::String));
const IP2: Param = Param::required("ip2", ParamType::Exact(Type::String));
const PREFIX: Param = Param::optional("prefix", ParamType::Exact(Type::Long));
const IP: Param = Param::required("ip", ParamType::Exact(Type::String));
const RANGE: Param = Param::required("range", ParamType::Exact(Type::String));
const RANGES: Param = Param::repeated("range", ParamType::Any, 1, 64);
const NULLS: Nulls = Nulls::Custom("A text that is no address, or a null prefix, gives null.");

/// `ipv4_compare(ip1, ip2 [, prefix])`.
pub static IPV4_COMPARE: Function = Function {
    name: "ipv4_compare",
    aliases: &[],
    section: Section::Ip,
    doc: "ipv4-compare-function",
    summary: "0 if two IPv4 addresses or networks are the same by the bits that count, else -1 or 1 by their order; null for another text.",
    params: &[IP1, IP2, PREFIX],
    returns: Returns::Fixed(Type::Long),
    result_name: ResultName::None,
    nulls: NULLS,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(compare::<u32>),
    examples: &[
        Example::gives("The same", r#"ipv4_compare("192.168.1.1", "192.168.1.1")"#, "0"),
        Example::gives("Less", r#"ipv4_compare("192.168.1.1", "192.168.1.255")"#, "-1"),
        Example::gives("Greater", r#"ipv4_compare("192.168.1.255", "192.168.1.1")"#, "1"),
        Example::gives("The smallest prefix counts", r#"ipv4_compare("192.168.1.1/24", "192.168.1.255")"#, "0"),
        Example::gives("A prefix as argument", r#"ipv4_compare("192.168.1.1", "192.168.1.255", 24)"#, "0"),
        Example::gives("No address", r#"ipv4_compare("192.168.1.1", "192.168.1.256")"#, "long(null)"),
        Example::gives("No prefix", r#"ipv4_compare("192.168.1.1", "192.168.1.1", 33)"#, "long(null)"),
    ],
};

/// `ipv4_is_match(ip1, ip2 [, prefix])`.
pub static IPV4_IS_MATCH: Function = Function {
    name: "ipv4_is_match",
    aliases: &[],
    section: Section::Ip,
    doc: "ipv4-is-match-function",
    summary: "Whether two IPv4 addresses or networks are the same by the bits that count; null for another text.",
    params: &[IP1, IP2, PREFIX],
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: NULLS,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(is_match::<u32>),
    examples: &[
        Example::gives("The same", r#"ipv4_is_match("192.168.1.1", "192.168.1.1")"#, "true"),
        Example::gives("Others", r#"ipv4_is_match("192.168.1.1", "192.168.1.255")"#, "false"),
        Example::gives("The smallest prefix counts", r#"ipv4_is_match("192.168.1.255", "192.168.1.1/24")"#, "true"),
        Example::gives("A prefix as argument", r#"ipv4_is_match("192.168.1.1", "192.168.1.255", 24)"#, "true"),
        Example::gives("No address", r#"ipv4_is_match("", "192.168.1.1")"#, "bool(null)"),
    ],
};

/// `ipv4_is_in_range(ip, range)`.
pub static IPV4_IS_IN_RANGE: Function = Function {
    name: "ipv4_is_in_range",
    aliases: &[],
    section: Section::Ip,
    doc: "ipv4-is-in-range-function",
    summary: "Whether an IPv4 address lies in a network; null for another text.",
    params: &[IP, RANGE],
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A text that is no address gives null."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(is_in_range::<u32>),
    examples: &[
        Example::gives("Inside", r#"ipv4_is_in_range("192.168.1.255", "192.168.1.1/24")"#, "true"),
        Example::gives("Outside", r#"ipv4_is_in_range("192.168.2.1", "192.168.1.1/24")"#, "false"),
        Example::gives("One address", r#"ipv4_is_in_range("192.168.1.1", "192.168.1.1")"#, "true"),
        Example::gives("No address", r#"ipv4_is_in_range("192.168.1.256", "192.168.1.1/24")"#, "bool(null)"),
    ],
};

/// `ipv4_is_in_any_range(ip, range, ...)`.
pub static IPV4_IS_IN_ANY_RANGE: Function = Function {
    name: "ipv4_is_in_any_range",
    aliases: &[],
    section: Section::Ip,
    doc: "ipv4-is-in-any-range-function",
    summary: "Whether an IPv4 address lies in one of several networks, given one by one or in a dynamic array.",
    params: &[IP, RANGES],
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A text that is no address gives null, a range that is none too unless another fits."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(is_in_any_range::<u32>),
    examples: &[
        Example::gives("One of two", r#"ipv4_is_in_any_range("192.168.1.255", "192.168.2.1", "192.168.1.1/24")"#, "true"),
        Example::gives(
            "In an array",
            r#"ipv4_is_in_any_range("192.168.1.255", dynamic(["192.168.2.1", "192.168.1.1/24"]))"#,
            "true",
        ),
        Example::gives("None", r#"ipv4_is_in_any_range("192.168.1.255", "192.168.2.1")"#, "false"),
        Example::gives("No address", r#"ipv4_is_in_any_range("192.168.1.256", "192.168.1.1/24")"#, "bool(null)"),
        Example::gives("No range", r#"ipv4_is_in_any_range("192.168.1.255", "192.168.1.256")"#, "bool(null)"),
    ],
};

/// `ipv6_compare(ip1, ip2 [, prefix])`.
pub static IPV6_COMPARE: Function = Function {
    name: "ipv6_compare",
    aliases: &[],
    section: Section::Ip,
    doc: "ipv6-compare-function",
    summary: "0 if two IPv4 or IPv6 addresses or networks are the same by the bits that count, else -1 or 1 by their order; null for another text.",
    params: &[IP1, IP2, PREFIX],
    returns: Returns::Fixed(Type::Long),
    result_name: ResultName::None,
    nulls: NULLS,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(compare::<u128>),
    examples: &[
        Example::gives("The same", r#"ipv6_compare("fe80::85d:e82c:9446:7994", "fe80::85d:e82c:9446:7994")"#, "0"),
        Example::gives("Less", r#"ipv6_compare("fe80::85d:e82c:9446:7994", "fe80::85d:e82c:9446:7995")"#, "-1"),
        Example::gives("Greater", r#"ipv6_compare("fe80::85d:e82c:9446:7995", "fe80::85d:e82c:9446:7994")"#, "1"),
        Example::gives(
            "The smallest prefix counts",
            r#"ipv6_compare("fe80::85d:e82c:9446:7994/127", "fe80::85d:e82c:9446:7995")"#,
            "0",
        ),
        Example::gives(
            "A prefix as argument",
            r#"ipv6_compare("fe80::85d:e82c:9446:7994", "fe80::85d:e82c:9446:7995", 127)"#,
            "0",
        ),
        Example::gives("IPv4 too", r#"ipv6_compare("192.168.1.1/24", "192.168.1.255")"#, "0"),
        Example::gives("No address", r#"ipv6_compare("fe80::85d:e82c:9446:7994", "fe80::g")"#, "long(null)"),
        Example::gives("No prefix", r#"ipv6_compare("fe80::85d:e82c:9446:7994", "fe80::85d:e82c:9446:7994", 129)"#, "long(null)"),
    ],
};

/// `ipv6_is_match(ip1, ip2 [, prefix])`.
pub static IPV6_IS_MATCH: Function = Function {
    name: "ipv6_is_match",
    aliases: &[],
    section: Section::Ip,
    doc: "ipv6-is-match-function",
    summary: "Whether two IPv4 or IPv6 addresses or networks are the same by the bits that count; null for another text.",
    params: &[IP1, IP2, PREFIX],
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: NULLS,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(is_match::<u128>),
    examples: &[
        Example::gives("The same", r#"ipv6_is_match("fe80::85d:e82c:9446:7994", "fe80::85d:e82c:9446:7994")"#, "true"),
        Example::gives("Others", r#"ipv6_is_match("fe80::85d:e82c:9446:7994", "fe80::85d:e82c:9446:7995")"#, "false"),
        Example::gives(
            "The smallest prefix counts",
            r#"ipv6_is_match("fe80::85d:e82c:9446:7995", "fe80::85d:e82c:9446:7994/127")"#,
            "true",
        ),
        Example::gives(
            "A prefix as argument",
            r#"ipv6_is_match("fe80::85d:e82c:9446:7994", "fe80::85d:e82c:9446:7995", 127)"#,
            "true",
        ),
        Example::gives("No address", r#"ipv6_is_match("", "fe80::85d:e82c:9446:7994")"#, "bool(null)"),
    ],
};

/// `ipv6_is_in_range(ip, range)`.
pub static IPV6_IS_IN_RANGE: Function = Function {
    name: "ipv6_is_in_range",
    aliases: &[],
    section: Section::Ip,
    doc: "ipv6-is-in-range-function",
    summary: "Whether an IPv4 or IPv6 address lies in a network; null for another text.",
    params: &[IP, RANGE],
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A text that is no address gives null."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(is_in_range::<u128>),
    examples: &[
        Example::gives("Inside", r#"ipv6_is_in_range("fe80::85d:e82c:9446:7995", "fe80::85d:e82c:9446:7994/127")"#, "true"),
        Example::gives("Outside", r#"ipv6_is_in_range("fe80::1", "fe80::85d:e82c:9446:7994/127")"#, "false"),
        Example::gives("One address", r#"ipv6_is_in_range("fe80::85d:e82c:9446:7994", "fe80::85d:e82c:9446:7994")"#, "true"),
        Example::gives("No address", r#"ipv6_is_in_range("fe80::g", "fe80::85d:e82c:9446:7994/127")"#, "bool(null)"),
    ],
};

/// `ipv6_is_in_any_range(ip, range, ...)`.
pub static IPV6_IS_IN_ANY_RANGE: Function = Function {
    name: "ipv6_is_in_any_range",
    aliases: &[],
    section: Section::Ip,
    doc: "ipv6-is-in-any-range-function",
    summary: "Whether an IPv4 or IPv6 address lies in one of several networks, given one by one or in a dynamic array.",
    params: &[IP, RANGES],
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A text that is no address gives null, a range that is none too unless another fits."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(is_in_any_range::<u128>),
    examples: &[
        Example::gives(
            "One of two",
            r#"ipv6_is_in_any_range("fe80::85d:e82c:9446:7995", "fe80::1", "fe80::85d:e82c:9446:7994/127")"#,
            "true",
        ),
        Example::gives(
            "In an array",
            r#"ipv6_is_in_any_range("fe80::85d:e82c:9446:7995", dynamic(["fe80::1", "fe80::85d:e82c:9446:7994/127"]))"#,
            "true",
        ),
        Example::gives("None", r#"ipv6_is_in_any_range("fe80::85d:e82c:9446:7995", "fe80::1")"#, "false"),
        Example::gives("No address", r#"ipv6_is_in_any_range("fe80::g", "fe80::85d:e82c:9446:7994/127")"#, "bool(null)"),
        Example::gives("No range", r#"ipv6_is_in_any_range("fe80::85d:e82c:9446:7995", "fe80::g")"#, "bool(null)"),
    ],
};

/// The order of both sides of a row; `None` if one is no address or the prefix none.
fn orders<T: Family>(args: &Args) -> Result<impl Fn(usize) -> Option<std::cmp::Ordering> + use<T>, KernelError> {
    let (first, second) = (args.texts(0)?, args.texts(1)?);
    let prefixes = if args.len() > 2 { Some(args.longs(2)?) } else { None };
    Ok(move |row: usize| {
        let (first, second) = (Network::<T>::parse(first.text(row))?, Network::<T>::parse(second.text(row))?);
        match &prefixes {
            Some(prefixes) => Some(first.at_most(prefixes.get(row)?)?.compare(second)),
            None => Some(first.compare(second)),
        }
    })
}

fn compare<T: Family>(args: &Args) -> Result<ArrayRef, KernelError> {
    let order = orders::<T>(args)?;
    Ok(each_long(args, |row| order(row).map(|order| order as i64)))
}

fn is_match<T: Family>(args: &Args) -> Result<ArrayRef, KernelError> {
    let order = orders::<T>(args)?;
    Ok(each_bool(args, |row| order(row).map(std::cmp::Ordering::is_eq)))
}

fn is_in_range<T: Family>(args: &Args) -> Result<ArrayRef, KernelError> {
    let (ips, ranges) = (args.texts(0)?, args.texts(1)?);
    let constant = args.constant_text(1).map(Network::<T>::parse);
    Ok(each_bool(args, |row| {
        let range = match constant {
            Some(range) => range?,
            None => Network::parse(ranges.text(row))?,
        };
        Some(Network::parse(ips.text(row))?.lies_in(range))
    }))
}

fn is_in_any_range<T: Family>(args: &Args) -> Result<ArrayRef, KernelError> {
    let (ips, ranges) = (args.texts(0)?, TextLists::of(args, 1)?);
    let constant = if ranges.are_constant() { Some(ranges.read(0, Network::<T>::parse)) } else { None };
    let lies_in_any = |ip: Network<T>, ranges: &[Option<Network<T>>]| {
        if ranges.iter().flatten().any(|&range| ip.lies_in(range)) {
            Some(true)
        } else {
            (!ranges.contains(&None)).then_some(false)
        }
    };
    Ok(each_bool(args, |row| {
        let ip = Network::<T>::parse(ips.text(row))?;
        match &constant {
            Some(ranges) => lies_in_any(ip, ranges),
            None => lies_in_any(ip, &ranges.read(row, Network::<T>::parse)),
        }
    }))
}
