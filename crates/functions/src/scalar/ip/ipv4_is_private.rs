//! `ipv4_is_private`: whether an address is of a private network.

use arrow::array::ArrayRef;
use schema::Type;

use super::address::Network;
use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_bool},
};

/// 10.0.0.0/8, 172.16.0.0/12 and 192.168.0.0/16 (RFC 1918, section 3).
const PRIVATE: [Network<u32>; 3] = [
    Network { address: 0x0A00_0000, prefix: 8 },
    Network { address: 0xAC10_0000, prefix: 12 },
    Network { address: 0xC0A8_0000, prefix: 16 },
];

/// `ipv4_is_private(ip)`.
pub static FUNCTION: Function = Function {
    name: "ipv4_is_private",
    aliases: &[],
    section: Section::Ip,
    doc: "ipv4-is-private-function",
    summary: "Whether an IPv4 address or network lies in one of the private networks of RFC 1918; null for another text.",
    params: &[Param::required("ip", ParamType::Exact(Type::String))],
    returns: Returns::Fixed(Type::Bool),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A text that is no address gives null."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(is_private),
    examples: &[
        Example::gives("Private", r#"ipv4_is_private("192.168.1.1/24")"#, "true"),
        Example::gives("The class in between", r#"ipv4_is_private("172.31.255.255")"#, "true"),
        Example::gives("Just beyond", r#"ipv4_is_private("172.32.0.0")"#, "false"),
        Example::gives("Public", r#"ipv4_is_private("202.1.2.3")"#, "false"),
        Example::gives("The loopback address is not", r#"ipv4_is_private("127.0.0.1")"#, "false"),
        Example::gives("A network that is larger", r#"ipv4_is_private("10.0.0.0/7")"#, "false"),
        Example::gives("No address", r#"ipv4_is_private("fe80::1")"#, "bool(null)"),
        Example::gives("Empty", r#"ipv4_is_private("")"#, "bool(null)"),
    ],
};

fn is_private(args: &Args) -> Result<ArrayRef, KernelError> {
    let ips = args.texts(0)?;
    Ok(each_bool(args, |row| {
        let network = Network::parse(ips.text(row))?;
        Some(PRIVATE.iter().any(|&private| network.lies_in(private)))
    }))
}
