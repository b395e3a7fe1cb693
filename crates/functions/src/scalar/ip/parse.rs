//! `parse_ipv4`, `parse_ipv6` and their masks, `ipv4_netmask_suffix`: addresses as numbers and in one spelling.

use arrow::array::ArrayRef;
use schema::Type;

use super::address::Network;
use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_long, each_text},
};

const IP: Param = Param::required("ip", ParamType::Exact(Type::String));
const PREFIX: Param = Param::required("prefix", ParamType::Exact(Type::Long));

/// `parse_ipv4(ip)`.
pub static PARSE_IPV4: Function = Function {
    name: "parse_ipv4",
    aliases: &[],
    section: Section::Ip,
    doc: "parse-ipv4-function",
    summary: "An IPv4 address, or the first of a network, as a number; null for another text.",
    params: &[IP],
    returns: Returns::Fixed(Type::Long),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A text that is no address gives null."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(parse_ipv4),
    examples: &[
        Example::gives("Address", r#"parse_ipv4("127.0.0.1")"#, "2130706433"),
        Example::gives("Network", r#"parse_ipv4("192.1.168.1/24")"#, "3221334016"),
        Example::gives("No address", r#"parse_ipv4("127.0.0.256")"#, "long(null)"),
        Example::gives("Empty", r#"parse_ipv4("")"#, "long(null)"),
    ],
};

/// `parse_ipv4_mask(ip, prefix)`.
pub static PARSE_IPV4_MASK: Function = Function {
    name: "parse_ipv4_mask",
    aliases: &[],
    section: Section::Ip,
    doc: "parse-ipv4-mask-function",
    summary: "The first so many bits of an IPv4 address as a number, or fewer if the network has fewer; null for another text.",
    params: &[IP, PREFIX],
    returns: Returns::Fixed(Type::Long),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A text that is no address, or a null prefix, gives null."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(parse_ipv4_mask),
    examples: &[
        Example::gives("Masked", r#"parse_ipv4_mask("127.0.0.1", 24)"#, "2130706432"),
        Example::gives(
            "The smaller prefix counts",
            r#"parse_ipv4_mask("192.1.168.2/24", 31) == parse_ipv4("192.1.168.0")"#,
            "true",
        ),
        Example::gives("No prefix", r#"parse_ipv4_mask("127.0.0.1", 33)"#, "long(null)"),
    ],
};

/// `parse_ipv6(ip)`.
pub static PARSE_IPV6: Function = Function {
    name: "parse_ipv6",
    aliases: &[],
    section: Section::Ip,
    doc: "parse-ipv6-function",
    summary: "An IPv4 or IPv6 address, or the first of a network, in the full IPv6 spelling; an empty text for another text.",
    params: &[IP],
    returns: Returns::Fixed(Type::String),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(parse_ipv6),
    examples: &[
        Example::gives("IPv4", r#"parse_ipv6("127.0.0.1")"#, r#""0000:0000:0000:0000:0000:ffff:7f00:0001""#),
        Example::gives("IPv6", r#"parse_ipv6("fe80::85d:e82c:9446:7994")"#, r#""fe80:0000:0000:0000:085d:e82c:9446:7994""#),
        Example::gives(
            "Network",
            r#"parse_ipv6("fe80::85d:e82c:9446:7994/120")"#,
            r#""fe80:0000:0000:0000:085d:e82c:9446:7900""#,
        ),
        Example::gives("No address", r#"parse_ipv6("fe80::g")"#, r#""""#),
        Example::gives("Empty", r#"parse_ipv6("")"#, r#""""#),
    ],
};

/// `parse_ipv6_mask(ip, prefix)`.
pub static PARSE_IPV6_MASK: Function = Function {
    name: "parse_ipv6_mask",
    aliases: &[],
    section: Section::Ip,
    doc: "parse-ipv6-mask-function",
    summary: "The first so many of 128 bits of an address in the full IPv6 spelling, or fewer if the network has fewer; an empty text for another text.",
    params: &[IP, PREFIX],
    returns: Returns::Fixed(Type::String),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A text that is no address, or a null prefix, gives an empty text."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(parse_ipv6_mask),
    examples: &[
        Example::gives("IPv4", r#"parse_ipv6_mask("192.168.255.255", 120)"#, r#""0000:0000:0000:0000:0000:ffff:c0a8:ff00""#),
        Example::gives(
            "The smaller prefix counts",
            r#"parse_ipv6_mask("192.168.255.255/24", 124)"#,
            r#""0000:0000:0000:0000:0000:ffff:c0a8:ff00""#,
        ),
        Example::gives(
            "IPv6",
            r#"parse_ipv6_mask("fe80::85d:e82c:9446:7994", 120)"#,
            r#""fe80:0000:0000:0000:085d:e82c:9446:7900""#,
        ),
        Example::gives(
            "IPv4 in the notation of IPv6",
            r#"parse_ipv6_mask("::192.168.255.255/24", 128)"#,
            r#""0000:0000:0000:0000:0000:ffff:c0a8:ff00""#,
        ),
        Example::gives("No prefix", r#"parse_ipv6_mask("::1", 129)"#, r#""""#),
        Example::gives("A null prefix", r#"parse_ipv6_mask("::1", long(null))"#, r#""""#),
    ],
};

/// `ipv4_netmask_suffix(ip)`.
pub static IPV4_NETMASK_SUFFIX: Function = Function {
    name: "ipv4_netmask_suffix",
    aliases: &[],
    section: Section::Ip,
    doc: "ipv4-netmask-suffix-function",
    summary: "The number of bits of an IPv4 network, 32 for an address; null for another text.",
    params: &[IP],
    returns: Returns::Fixed(Type::Long),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A text that is no address gives null."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(suffix),
    examples: &[
        Example::gives("Network", r#"ipv4_netmask_suffix("192.168.1.1/24")"#, "24"),
        Example::gives("Address", r#"ipv4_netmask_suffix("192.168.1.1")"#, "32"),
        Example::gives("Neither", r#"ipv4_netmask_suffix("192.168.1.1/33")"#, "long(null)"),
    ],
};

fn parse_ipv4(args: &Args) -> Result<ArrayRef, KernelError> {
    let ips = args.texts(0)?;
    Ok(each_long(args, |row| Network::<u32>::parse(ips.text(row)).map(|network| i64::from(network.first()))))
}

fn parse_ipv4_mask(args: &Args) -> Result<ArrayRef, KernelError> {
    let (ips, prefixes) = (args.texts(0)?, args.longs(1)?);
    Ok(each_long(args, |row| {
        let network = Network::<u32>::parse(ips.text(row))?.at_most(prefixes.get(row)?)?;
        Some(i64::from(network.first()))
    }))
}

fn parse_ipv6(args: &Args) -> Result<ArrayRef, KernelError> {
    let ips = args.texts(0)?;
    Ok(each_text(args, |row, out| {
        if let Some(network) = Network::<u128>::parse(ips.text(row)) {
            write(network.first(), out);
        }
    }))
}

fn parse_ipv6_mask(args: &Args) -> Result<ArrayRef, KernelError> {
    let (ips, prefixes) = (args.texts(0)?, args.longs(1)?);
    Ok(each_text(args, |row, out| {
        let network = Network::<u128>::parse(ips.text(row));
        if let Some(network) = network.and_then(|network| network.at_most(prefixes.get(row)?)) {
            write(network.first(), out);
        }
    }))
}

fn suffix(args: &Args) -> Result<ArrayRef, KernelError> {
    let ips = args.texts(0)?;
    Ok(each_long(args, |row| Network::<u32>::parse(ips.text(row)).map(|network| i64::from(network.prefix))))
}

/// Eight groups of four hexadecimal digits.
fn write(address: u128, out: &mut String) {
    let hex = format!("{address:032x}");
    for (group, digit) in hex.chars().enumerate() {
        if group > 0 && group % 4 == 0 {
            out.push(':');
        }
        out.push(digit);
    }
}
