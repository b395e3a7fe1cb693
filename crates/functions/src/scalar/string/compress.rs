//! Text compressed with gzip or zlib and written in Base64, and back.
//!
//! What does not shrink is stored as it is, as Kusto's own compression does. A text that unpacks to more than a value may
//! hold is cut off there, so that a small one cannot fill the memory.

use std::io::Read;

use arrow::array::ArrayRef;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use flate2::{
    Compression,
    read::{GzDecoder, GzEncoder, ZlibDecoder, ZlibEncoder},
};
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, MAX_TEXT, each_text, truncate},
};

const PARAMS: &[Param] = &[Param::required("string", ParamType::Exact(Type::String))];

/// `gzip_compress_to_base64_string(string)`.
pub static GZIP_COMPRESS: Function = Function {
    name: "gzip_compress_to_base64_string",
    aliases: &[],
    section: Section::String,
    doc: "gzip-base64-compress",
    summary: "The text compressed with gzip, in Base64.",
    params: PARAMS,
    returns: Returns::Fixed(Type::String),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| compress(args, gzip)),
    examples: &[
        Example::gives(
            "A short text",
            r#"gzip_compress_to_base64_string("1234567890qwertyuiop")"#,
            r#""H4sIAAAAAAAA/wEUAOv/MTIzNDU2Nzg5MHF3ZXJ0eXVpb3A6m7f2FAAAAA==""#,
        ),
        Example::gives(
            "There and back",
            r#"gzip_decompress_from_base64_string(gzip_compress_to_base64_string("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"))"#,
            r#""aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa""#,
        ),
        Example::gives("What repeats shrinks", r#"strlen(gzip_compress_to_base64_string(strrep("abc", 1000))) < 100"#, "true"),
        Example::gives("Null", "gzip_decompress_from_base64_string(gzip_compress_to_base64_string(dynamic(null)))", r#""""#),
    ],
};

/// `gzip_decompress_from_base64_string(string)`.
pub static GZIP_DECOMPRESS: Function = Function {
    name: "gzip_decompress_from_base64_string",
    aliases: &[],
    section: Section::String,
    doc: "gzip-base64-decompress",
    summary: "The text that was compressed with gzip and written in Base64; an empty text for anything else.",
    params: PARAMS,
    returns: Returns::Fixed(Type::String),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| decompress(args, |bytes, out| GzDecoder::new(bytes).take(LIMIT).read_to_end(out))),
    examples: &[
        Example::gives(
            "A text",
            r#"gzip_decompress_from_base64_string("H4sIAAAAAAAA/wEUAOv/MTIzNDU2Nzg5MHF3ZXJ0eXVpb3A6m7f2FAAAAA==")"#,
            r#""1234567890qwertyuiop""#,
        ),
        Example::gives("Nothing compressed", r#"gzip_decompress_from_base64_string("x0x0x0")"#, r#""""#),
        Example::gives("Null", "gzip_decompress_from_base64_string(dynamic(null))", r#""""#),
    ],
};

/// `zlib_compress_to_base64_string(string)`.
pub static ZLIB_COMPRESS: Function = Function {
    name: "zlib_compress_to_base64_string",
    aliases: &[],
    section: Section::String,
    doc: "zlib-base64-compress",
    summary: "The text compressed with zlib, in Base64.",
    params: PARAMS,
    returns: Returns::Fixed(Type::String),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| compress(args, zlib)),
    examples: &[
        Example::gives(
            "A short text",
            r#"zlib_compress_to_base64_string("1234567890qwertyuiop")"#,
            r#""eAEBFADr/zEyMzQ1Njc4OTBxd2VydHl1aW9wOAkGdw==""#,
        ),
        Example::gives(
            "There and back",
            r#"zlib_decompress_from_base64_string(zlib_compress_to_base64_string("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"))"#,
            r#""aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa""#,
        ),
        Example::gives("Null", "zlib_decompress_from_base64_string(zlib_compress_to_base64_string(dynamic(null)))", r#""""#),
    ],
};

/// `zlib_decompress_from_base64_string(string)`.
pub static ZLIB_DECOMPRESS: Function = Function {
    name: "zlib_decompress_from_base64_string",
    aliases: &[],
    section: Section::String,
    doc: "zlib-base64-decompress",
    summary: "The text that was compressed with zlib and written in Base64; an empty text for anything else.",
    params: PARAMS,
    returns: Returns::Fixed(Type::String),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| decompress(args, |bytes, out| ZlibDecoder::new(bytes).take(LIMIT).read_to_end(out))),
    examples: &[
        Example::gives(
            "A text",
            r#"zlib_decompress_from_base64_string("eJwLSS0uUSguKcrMS1cwNDIGACxqBQ4=")"#,
            r#""Test string 123""#,
        ),
        Example::gives("Nothing compressed", r#"zlib_decompress_from_base64_string("x0x0x0")"#, r#""""#),
        Example::gives("Null", "zlib_decompress_from_base64_string(dynamic(null))", r#""""#),
    ],
};

/// Bytes that are unpacked at most.
const LIMIT: u64 = MAX_TEXT as u64 + 4;

fn gzip(text: &[u8], level: Compression) -> std::io::Result<Vec<u8>> {
    let mut packed = Vec::new();
    GzEncoder::new(text, level).read_to_end(&mut packed)?;
    // Kusto does not tell how hard it tried (RFC 1952, section 2.3: XFL).
    if let Some(effort) = packed.get_mut(8) {
        *effort = 0;
    }
    Ok(packed)
}

fn zlib(text: &[u8], level: Compression) -> std::io::Result<Vec<u8>> {
    let mut packed = Vec::new();
    ZlibEncoder::new(text, level).read_to_end(&mut packed)?;
    Ok(packed)
}

fn compress(args: &Args, pack: fn(&[u8], Compression) -> std::io::Result<Vec<u8>>) -> Result<ArrayRef, KernelError> {
    let texts = args.texts(0)?;
    Ok(each_text(args, |row, out| {
        let text = texts.text(row).as_bytes();
        // Packing from memory to memory does not fail.
        let (Ok(small), Ok(stored)) = (pack(text, Compression::fast()), pack(text, Compression::none())) else { return };
        // Both have the same frame; the one that stores adds five bytes to the text.
        let shrinks = small.len() + 5 < stored.len();
        STANDARD.encode_string(if shrinks { small } else { stored }, out);
    }))
}

fn decompress(args: &Args, unpack: fn(&[u8], &mut Vec<u8>) -> std::io::Result<usize>) -> Result<ArrayRef, KernelError> {
    let texts = args.texts(0)?;
    Ok(each_text(args, |row, out| {
        let Ok(packed) = STANDARD.decode(texts.text(row)) else { return };
        let mut bytes = Vec::new();
        if unpack(&packed, &mut bytes).is_err() {
            return;
        }
        if bytes.len() > MAX_TEXT {
            // Where it was cut need not be between two characters.
            out.push_str(&String::from_utf8_lossy(&bytes));
            truncate(out);
        } else if let Ok(text) = String::from_utf8(bytes) {
            out.push_str(&text);
        }
    }))
}
