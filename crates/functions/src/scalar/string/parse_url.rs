//! `parse_url` and `parse_urlquery`: the parts of a URL.
//!
//! Nothing is decoded or normalised: telemetry is to be seen as it came.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_text_or_null, json},
};

/// `parse_url(url)`.
pub static PARSE_URL: Function = Function {
    name: "parse_url",
    aliases: &["parseurl"],
    section: Section::String,
    doc: "parse-url-function",
    summary: "The parts of an absolute URL as a property bag: scheme, host, port, path, user, password, query parameters and fragment.",
    params: &[Param::required("url", ParamType::Exact(Type::String))],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null text is empty."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(parse_url),
    examples: &[
        Example::gives(
            "All parts",
            r#"parse_url("scheme://username:password@host:1234/this/is/a/path?k1=v1&k2=v2#fragment")"#,
            r#"dynamic({"Scheme":"scheme","Host":"host","Port":"1234","Path":"this/is/a/path","Username":"username","Password":"password","Query Parameters":{"k1":"v1","k2":"v2"},"Fragment":"fragment"})"#,
        ),
        Example::gives("The host", r#"tostring(parse_url("https://login.contoso.com/a?b=c").Host)"#, r#""login.contoso.com""#),
        Example::gives(
            "A query parameter stays encoded",
            r#"tostring(parse_url("https://x.protection.outlook.com/?url=https%3A%2F%2Fa.b&data=1")["Query Parameters"]["url"])"#,
            r#""https%3A%2F%2Fa.b""#,
        ),
        Example::gives("A host in brackets", r#"tostring(parse_url("http://[::1]:8080/").Host)"#, r#""[::1]""#),
        Example::gives("Without a scheme", r#"tostring(parse_url("contoso.com/a").Host)"#, r#""""#),
        Example::gives("A colon is no scheme", r#"tostring(parse_url("contoso.com:80/a").Scheme)"#, r#""""#),
        Example::gives("Null", "tostring(parse_url(dynamic(null)).Host)", r#""""#),
    ],
};

/// `parse_urlquery(query)`.
pub static PARSE_URLQUERY: Function = Function {
    name: "parse_urlquery",
    aliases: &["parseurlquery"],
    section: Section::String,
    doc: "parse-url-query-function",
    summary: "The parameters of a URL's query as a property bag.",
    params: &[Param::required("query", ParamType::Exact(Type::String))],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null text is empty."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(parse_urlquery),
    examples: &[
        Example::gives(
            "Parameters",
            r#"parse_urlquery("k1=v1&k2=v2&k3=v3")"#,
            r#"dynamic({"Query Parameters":{"k1":"v1","k2":"v2","k3":"v3"}})"#,
        ),
        Example::gives("Without a value", r#"parse_urlquery("?a&b=")"#, r#"dynamic({"Query Parameters":{"a":"","b":""}})"#),
        Example::gives("Given twice", r#"parse_urlquery("a=1&a=2")"#, r#"dynamic({"Query Parameters":{"a":"2"}})"#),
        Example::gives("Null", "parse_urlquery(dynamic(null))", r#"dynamic({"Query Parameters":{}})"#),
    ],
};

fn parse_url(args: &Args) -> Result<ArrayRef, KernelError> {
    let urls = args.texts(0)?;
    Ok(each_text_or_null(args, |row, out| {
        let url = Url::parse(urls.text(row));
        out.push('{');
        let parts = [
            ("Scheme", url.scheme),
            ("Host", url.host),
            ("Port", url.port),
            ("Path", url.path),
            ("Username", url.username),
            ("Password", url.password),
        ];
        for (name, part) in parts {
            json::quote(name, out);
            out.push(':');
            json::quote(part, out);
            out.push(',');
        }
        write_parameters(url.query, out);
        out.push_str(",\"Fragment\":");
        json::quote(url.fragment, out);
        out.push('}');
        true
    }))
}

fn parse_urlquery(args: &Args) -> Result<ArrayRef, KernelError> {
    let queries = args.texts(0)?;
    Ok(each_text_or_null(args, |row, out| {
        let query = queries.text(row);
        out.push('{');
        write_parameters(query.strip_prefix('?').unwrap_or(query), out);
        out.push('}');
        true
    }))
}

/// Appends the parameters of a query; of one that is given twice the last.
fn write_parameters(query: &str, out: &mut String) {
    out.push_str("\"Query Parameters\":");
    let mut bag = String::from("{");
    for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        if bag.len() > 1 {
            bag.push(',');
        }
        json::quote(name, &mut bag);
        bag.push(':');
        json::quote(value, &mut bag);
    }
    bag.push('}');
    json::write_bag(json::distinct_members(&bag).into_iter().flatten(), out);
}

#[derive(Default)]
struct Url<'a> {
    scheme: &'a str,
    username: &'a str,
    password: &'a str,
    host: &'a str,
    port: &'a str,
    path: &'a str,
    query: &'a str,
    fragment: &'a str,
}

impl<'a> Url<'a> {
    /// RFC 3986, appendix B; text without a scheme has no parts.
    fn parse(text: &'a str) -> Self {
        let Some((scheme, rest)) = text.trim().split_once("://") else { return Self::default() };
        let scheme_holds = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
        if !scheme_holds {
            return Self::default();
        }
        let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (user, host_port) = authority.rsplit_once('@').unwrap_or(("", authority));
        let (username, password) = user.split_once(':').unwrap_or((user, ""));
        let after_bracket = host_port.rfind(']').map_or(0, |at| at + 1);
        let (host, port) = match host_port[after_bracket..].rfind(':') {
            Some(at) => (&host_port[..after_bracket + at], &host_port[after_bracket + at + 1..]),
            None => (host_port, ""),
        };
        Self { scheme, username, password, host, port, path, query, fragment }
    }
}
