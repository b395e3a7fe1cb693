//! The functions between Base64 and text, arrays of bytes and guids.
//!
//! RFC 4648 with padding. What is no Base64, or no UTF-8 where text is wanted, is null or an empty text.

use arrow::array::ArrayRef;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use schema::{Type, text};

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_text, each_text_or_null, json},
};

/// `base64_encode_tostring(string)`.
pub static ENCODE_TOSTRING: Function = Function {
    name: "base64_encode_tostring",
    aliases: &["base64_encodestring"],
    section: Section::String,
    doc: "base64-encode-tostring-function",
    summary: "The text in Base64.",
    params: &[Param::required("string", ParamType::Exact(Type::String))],
    returns: Returns::Fixed(Type::String),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(encode_tostring),
    examples: &[
        Example::gives("Text", r#"base64_encode_tostring("Kusto")"#, r#""S3VzdG8=""#),
        Example::gives("Empty", r#"base64_encode_tostring("")"#, r#""""#),
        Example::gives("Null", "base64_encode_tostring(dynamic(null))", r#""""#),
    ],
};

/// `base64_decode_tostring(base64_string)`.
pub static DECODE_TOSTRING: Function = Function {
    name: "base64_decode_tostring",
    aliases: &["base64_decodestring"],
    section: Section::String,
    doc: "base64-decode-tostring-function",
    summary: "The text that a text in Base64 stands for.",
    params: &[Param::required("base64_string", ParamType::Exact(Type::String))],
    returns: Returns::Fixed(Type::String),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(decode_tostring),
    examples: &[
        Example::gives("Text", r#"base64_decode_tostring("S3VzdG8=")"#, r#""Kusto""#),
        Example::gives("No UTF-8", r#"base64_decode_tostring("/////w==")"#, r#""""#),
        Example::gives("No Base64", r#"base64_decode_tostring("a b")"#, r#""""#),
        Example::gives("Without padding", r#"base64_decode_tostring("S3VzdG8")"#, r#""""#),
        Example::gives("Zero bytes stay", r#"strlen(base64_decode_tostring("aQBlAHgA"))"#, "6"),
        Example::gives("Null", "base64_decode_tostring(dynamic(null))", r#""""#),
    ],
};

/// `base64_decode_toarray(base64_string)`.
pub static DECODE_TOARRAY: Function = Function {
    name: "base64_decode_toarray",
    aliases: &[],
    section: Section::String,
    doc: "base64-decode-toarray-function",
    summary: "The bytes that a text in Base64 stands for, as an array of numbers.",
    params: &[Param::required("base64_string", ParamType::Exact(Type::String))],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::None,
    nulls: Nulls::Custom("A null text is empty."),
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(decode_toarray),
    examples: &[
        Example::gives("Bytes", r#"base64_decode_toarray("S3VzdG8=")"#, "dynamic([75,117,115,116,111])"),
        Example::gives("No Base64", r#"base64_decode_toarray("?")"#, "dynamic(null)"),
        Example::gives("Null", "base64_decode_toarray(dynamic(null))", "dynamic([])"),
    ],
};

/// `base64_encode_fromarray(base64_string_decoded_as_a_byte_array)`.
pub static ENCODE_FROMARRAY: Function = Function {
    name: "base64_encode_fromarray",
    aliases: &[],
    section: Section::String,
    doc: "base64-encode-fromarray-function",
    summary: "An array of bytes in Base64.",
    params: &[Param::required("base64_string_decoded_as_a_byte_array", ParamType::Exact(Type::Dynamic))],
    returns: Returns::Fixed(Type::String),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(encode_fromarray),
    examples: &[
        Example::gives("Bytes", "base64_encode_fromarray(dynamic([75, 117, 115, 116, 111]))", r#""S3VzdG8=""#),
        Example::gives("No byte", "base64_encode_fromarray(dynamic([256]))", r#""""#),
        Example::gives("Null", "base64_encode_fromarray(dynamic(null))", r#""""#),
    ],
};

/// `base64_decode_toguid(base64_string)`.
pub static DECODE_TOGUID: Function = Function {
    name: "base64_decode_toguid",
    aliases: &[],
    section: Section::String,
    doc: "base64-decode-toguid-function",
    summary: "The guid that a text in Base64 stands for.",
    params: &[Param::required("base64_string", ParamType::Exact(Type::String))],
    returns: Returns::Fixed(Type::Guid),
    result_name: ResultName::None,
    nulls: Nulls::Propagate,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(decode_toguid),
    examples: &[
        Example::gives(
            "A guid",
            r#"base64_decode_toguid("8jMxriJurkmwahbmqbIS6w==")"#,
            "guid(ae3133f2-6e22-49ae-b06a-16e6a9b212eb)",
        ),
        Example::gives("Too short", r#"base64_decode_toguid("abcd1231")"#, "guid(null)"),
        Example::gives("Null", "base64_decode_toguid(dynamic(null))", "guid(null)"),
    ],
};

/// `base64_encode_fromguid(guid)`.
pub static ENCODE_FROMGUID: Function = Function {
    name: "base64_encode_fromguid",
    aliases: &[],
    section: Section::String,
    doc: "base64-encode-fromguid-function",
    summary: "A guid in Base64.",
    params: &[Param::required("guid", ParamType::Exact(Type::Guid))],
    returns: Returns::Fixed(Type::String),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(encode_fromguid),
    examples: &[
        Example::gives(
            "A guid",
            r#"base64_encode_fromguid(toguid("ae3133f2-6e22-49ae-b06a-16e6a9b212eb"))"#,
            r#""8jMxriJurkmwahbmqbIS6w==""#,
        ),
        Example::gives("Null", "base64_encode_fromguid(guid(null))", r#""""#),
    ],
};

fn encode_tostring(args: &Args) -> Result<ArrayRef, KernelError> {
    let texts = args.texts(0)?;
    Ok(each_text(args, |row, out| STANDARD.encode_string(texts.text(row), out)))
}

fn decode_tostring(args: &Args) -> Result<ArrayRef, KernelError> {
    let texts = args.texts(0)?;
    Ok(each_text(args, |row, out| {
        if let Some(text) = STANDARD.decode(texts.text(row)).ok().and_then(|bytes| String::from_utf8(bytes).ok()) {
            out.push_str(&text);
        }
    }))
}

fn decode_toarray(args: &Args) -> Result<ArrayRef, KernelError> {
    let texts = args.texts(0)?;
    Ok(each_text_or_null(args, |row, out| {
        let Ok(bytes) = STANDARD.decode(texts.text(row)) else { return false };
        json::write_array(bytes.iter().map(u8::to_string), out);
        true
    }))
}

fn encode_fromarray(args: &Args) -> Result<ArrayRef, KernelError> {
    let arrays = args.texts(0)?;
    Ok(each_text(args, |row, out| {
        let bytes: Option<Vec<u8>> = json::elements(arrays.text(row)).and_then(|mut elements| {
            let mut bytes = Vec::new();
            elements.try_for_each(|element| {
                bytes.push(element.parse().ok()?);
                Some(())
            })?;
            Some(bytes)
        });
        if let Some(bytes) = bytes {
            STANDARD.encode_string(bytes, out);
        }
    }))
}

/// Where each byte of .NET's binary form stands in the text form: the first three groups are little-endian numbers.
const GUID_ORDER: [usize; 16] = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];

fn decode_toguid(args: &Args) -> Result<ArrayRef, KernelError> {
    let texts = args.texts(0)?;
    Ok(each_text_or_null(args, |row, out| {
        let bytes = texts.get(row).and_then(|text| STANDARD.decode(text).ok()).filter(|bytes| bytes.len() == GUID_ORDER.len());
        let Some(bytes) = bytes else { return false };
        let digits: String = GUID_ORDER.iter().map(|&place| format!("{:02x}", bytes[place])).collect();
        let guid = text::guid::parse(&digits);
        out.push_str(guid.as_deref().unwrap_or_default());
        guid.is_some()
    }))
}

fn encode_fromguid(args: &Args) -> Result<ArrayRef, KernelError> {
    let guids = args.texts(0)?;
    Ok(each_text(args, |row, out| {
        let digits: String = guids.text(row).chars().filter(|c| *c != '-').collect();
        let byte = |place: usize| u8::from_str_radix(digits.get(place * 2..place * 2 + 2)?, 16).ok();
        let bytes: Option<Vec<u8>> = GUID_ORDER.iter().map(|&place| byte(place)).collect();
        if let Some(bytes) = bytes {
            STANDARD.encode_string(bytes, out);
        }
    }))
}
