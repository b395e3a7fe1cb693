//! `url_encode`, `url_encode_component` and `url_decode`: percent-encoding.

use arrow::array::ArrayRef;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_text, truncate},
};

/// `url_encode(url)`.
pub static URL_ENCODE: Function = Function {
    name: "url_encode",
    aliases: &[],
    section: Section::String,
    doc: "url-encode-function",
    summary: "The text with all characters encoded that have a meaning in a URL, spaces as `+`.",
    params: &[Param::required("url", ParamType::Exact(Type::String))],
    returns: Returns::Fixed(Type::String),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| encode(args, "+")),
    examples: &[
        Example::gives(
            "A URL",
            "url_encode(@'https://www.bing.com/hello world')",
            r#""https%3a%2f%2fwww.bing.com%2fhello+world""#,
        ),
        Example::gives("Bytes of UTF-8", r#"url_encode("é")"#, r#""%c3%a9""#),
        Example::gives("Kept", r#"url_encode("a-b_c.d!e*f(g)")"#, r#""a-b_c.d!e*f(g)""#),
        Example::gives("Null", "url_encode(dynamic(null))", r#""""#),
    ],
};

/// `url_encode_component(url)`.
pub static URL_ENCODE_COMPONENT: Function = Function {
    name: "url_encode_component",
    aliases: &[],
    section: Section::String,
    doc: "url-encode-component-function",
    summary: "The text with all characters encoded that have a meaning in a URL, spaces as `%20`.",
    params: &[Param::required("url", ParamType::Exact(Type::String))],
    returns: Returns::Fixed(Type::String),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| encode(args, "%20")),
    examples: &[
        Example::gives(
            "A URL",
            "url_encode_component(@'https://www.bing.com/hello world/')",
            r#""https%3a%2f%2fwww.bing.com%2fhello%20world%2f""#,
        ),
        Example::gives("Null", "url_encode_component(dynamic(null))", r#""""#),
    ],
};

/// `url_decode(encoded_url)`.
pub static URL_DECODE: Function = Function {
    name: "url_decode",
    aliases: &[],
    section: Section::String,
    doc: "url-decode-function",
    summary: "The text with percent-encoding undone, `+` as a space.",
    params: &[Param::required("encoded_url", ParamType::Exact(Type::String))],
    returns: Returns::Fixed(Type::String),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(decode),
    examples: &[
        Example::gives("A URL", "url_decode(@'https%3a%2f%2fwww.bing.com%2f')", r#""https://www.bing.com/""#),
        Example::gives("Spaces", r#"url_decode("a+b%20c")"#, r#""a b c""#),
        Example::gives("Bytes of UTF-8", r#"url_decode("%C3%A9")"#, r#""é""#),
        Example::gives("What is no encoding stays", r#"url_decode("100%, %zz %4")"#, r#""100%, %zz %4""#),
        Example::gives("Null", "url_decode(dynamic(null))", r#""""#),
    ],
};

fn encode(args: &Args, space: &str) -> Result<ArrayRef, KernelError> {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let texts = args.texts(0)?;
    Ok(each_text(args, |row, out| {
        for byte in texts.text(row).bytes() {
            match byte {
                b' ' => out.push_str(space),
                b'-' | b'_' | b'.' | b'!' | b'*' | b'(' | b')' => out.push(char::from(byte)),
                _ if byte.is_ascii_alphanumeric() => out.push(char::from(byte)),
                _ => {
                    out.push('%');
                    out.push(char::from(HEX[usize::from(byte >> 4)]));
                    out.push(char::from(HEX[usize::from(byte & 15)]));
                }
            }
        }
        truncate(out);
    }))
}

fn decode(args: &Args) -> Result<ArrayRef, KernelError> {
    let texts = args.texts(0)?;
    let mut bytes: Vec<u8> = Vec::new();
    Ok(each_text(args, |row, out| {
        bytes.clear();
        let mut rest = texts.text(row).as_bytes();
        while let Some((&byte, after)) = rest.split_first() {
            let encoded = after.first_chunk::<2>().filter(|_| byte == b'%').and_then(|digits| {
                let digit = |byte: u8| char::from(byte).to_digit(16);
                u8::try_from(digit(digits[0])? * 16 + digit(digits[1])?).ok()
            });
            bytes.push(encoded.unwrap_or(if byte == b'+' { b' ' } else { byte }));
            rest = if encoded.is_some() { &after[2..] } else { after };
        }
        out.push_str(&String::from_utf8_lossy(&bytes));
    }))
}
