//! `geo_info_from_ip_address`: where an address is.
//!
//! A function knows no file: the planner puts a look-up in the place of this one where the user has named a file.

use datafusion_common::ScalarValue;
use datafusion_expr::Expr;
use schema::Type;

use crate::{Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status};

/// `geo_info_from_ip_address(ip)`.
pub static FUNCTION: Function = Function {
    name: "geo_info_from_ip_address",
    aliases: &[],
    section: Section::Ip,
    doc: "geo-info-from-ip-address-function",
    summary: "A bag with country, state, city, latitude and longitude of an IP address, from the MaxMind file that the user names; null without one.",
    params: &[Param::required("ip", ParamType::Exact(Type::String))],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::Custom("An address of which nothing is known gives null, and so does every address without a file."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Rewrite(|_| Ok(Expr::Literal(ScalarValue::Utf8View(None), None))),
    examples: &[
        Example::gives("Without a file nothing is known", r#"geo_info_from_ip_address("20.53.203.50")"#, "dynamic(null)"),
        Example::gives("A member of nothing", r#"tostring(geo_info_from_ip_address("20.53.203.50").country)"#, r#""""#),
        Example::gives("No address", r#"geo_info_from_ip_address("")"#, "dynamic(null)"),
        Example::fails("Takes an address", "geo_info_from_ip_address()", "K0203"),
    ],
};
