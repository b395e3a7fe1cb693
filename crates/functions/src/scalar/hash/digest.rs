//! `hash_md5`, `hash_sha1`, `hash_sha256`: cryptographic digests of a value's text.

use std::fmt::Write as _;

use arrow::array::ArrayRef;
use md5::Digest as _;
use schema::Type;

use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status,
    kernel::{Args, KernelError, each_text},
};

const PARAMS: &[Param] = &[Param::required("source", ParamType::Exact(Type::String))];

/// `hash_md5(source)`.
pub static HASH_MD5: Function = Function {
    name: "hash_md5",
    aliases: &[],
    section: Section::Hash,
    doc: "hash-md5-function",
    summary: "The MD5 digest of a value's text, in hexadecimal.",
    params: PARAMS,
    returns: Returns::Fixed(Type::String),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| digest(args, |bytes| md5::Md5::digest(bytes).to_vec())),
    examples: &[
        Example::gives("Text", r#"hash_md5("World")"#, r#""f5a7924e621e84c9280a9a27e1bcb7f6""#),
        Example::gives("Empty", r#"hash_md5("")"#, r#""d41d8cd98f00b204e9800998ecf8427e""#),
        Example::gives(
            "A datetime's text has seven digits",
            r#"hash_md5(datetime(2020-01-01)) == hash_md5("2020-01-01T00:00:00.0000000Z")"#,
            "true",
        ),
        Example::gives("Null", "hash_md5(long(null))", r#""d41d8cd98f00b204e9800998ecf8427e""#),
    ],
};

/// `hash_sha1(source)`.
pub static HASH_SHA1: Function = Function {
    name: "hash_sha1",
    aliases: &[],
    section: Section::Hash,
    doc: "hash-sha1-function",
    summary: "The SHA-1 digest of a value's text, in hexadecimal.",
    params: PARAMS,
    returns: Returns::Fixed(Type::String),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| digest(args, |bytes| sha1::Sha1::digest(bytes).to_vec())),
    examples: &[
        Example::gives("Text", r#"hash_sha1("World")"#, r#""70c07ec18ef89c5309bbb0937f3a6342411e1fdd""#),
        Example::gives("Empty", r#"hash_sha1("")"#, r#""da39a3ee5e6b4b0d3255bfef95601890afd80709""#),
        Example::gives("Null", "hash_sha1(long(null))", r#""da39a3ee5e6b4b0d3255bfef95601890afd80709""#),
    ],
};

/// `hash_sha256(source)`.
pub static HASH_SHA256: Function = Function {
    name: "hash_sha256",
    aliases: &[],
    section: Section::Hash,
    doc: "hash-sha256-function",
    summary: "The SHA-256 digest of a value's text, in hexadecimal.",
    params: PARAMS,
    returns: Returns::Fixed(Type::String),
    result_name: ResultName::None,
    nulls: Nulls::AsEmptyText,
    cost: Cost::PerDistinct,
    status: Status::Full,
    eval: Eval::Kernel(|args| digest(args, |bytes| sha2::Sha256::digest(bytes).to_vec())),
    examples: &[
        Example::gives(
            "Text",
            r#"hash_sha256("World")"#,
            r#""78ae647dc5544d227130a0682a51e30bc7777fbb6d8a8f17007463a3ecd1d524""#,
        ),
        Example::gives("Empty", r#"hash_sha256("")"#, r#""e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855""#),
        Example::gives(
            "Null",
            "hash_sha256(long(null))",
            r#""e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855""#,
        ),
    ],
};

fn digest(args: &Args, digest: fn(&[u8]) -> Vec<u8>) -> Result<ArrayRef, KernelError> {
    let texts = args.texts(0)?;
    Ok(each_text(args, |row, out| {
        for byte in digest(texts.text(row).as_bytes()) {
            // Writing to a String cannot fail.
            let _ = write!(out, "{byte:02x}");
        }
    }))
}
