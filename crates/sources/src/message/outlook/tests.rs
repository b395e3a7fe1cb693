//! Outlook files made here, and what comes of them.

use std::io::{Cursor, Write};

use cfb::CompoundFile;

use super::{NoMessage, rebuild};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;
type File = CompoundFile<Cursor<Vec<u8>>>;

const LIMIT: usize = 1 << 20;

fn file() -> Result<File> {
    Ok(CompoundFile::create(Cursor::new(Vec::new()))?)
}

fn text(file: &mut File, storage: &str, tag: &str, value: &str) -> Result<()> {
    let bytes: Vec<u8> = value.encode_utf16().flat_map(u16::to_le_bytes).collect();
    stream(file, &format!("{storage}/__substg1.0_{tag}001F"), &bytes)
}

fn stream(file: &mut File, path: &str, bytes: &[u8]) -> Result<()> {
    Ok(file.create_stream(path)?.write_all(bytes)?)
}

/// The shared stream of a storage: numbers and times.
fn fixed(file: &mut File, storage: &str, header: usize, values: &[(u16, u16, u64)]) -> Result<()> {
    let mut bytes = vec![0; header];
    for (kind, tag, value) in values {
        bytes.extend_from_slice(&kind.to_le_bytes());
        bytes.extend_from_slice(&tag.to_le_bytes());
        bytes.extend_from_slice(&6_u32.to_le_bytes());
        bytes.extend_from_slice(&value.to_le_bytes());
    }
    stream(file, &format!("{storage}/__properties_version1.0"), &bytes)
}

fn told(file: File) -> Result<String> {
    Ok(String::from_utf8(rebuild(&file.into_inner().into_inner(), LIMIT)?)?)
}

#[test]
fn the_header_that_came_is_kept_but_for_what_it_says_of_the_body() -> Result<()> {
    let mut file = file()?;
    fixed(&mut file, "", 32, &[])?;
    text(
        &mut file,
        "",
        "007D",
        "Received: from a by b\r\nContent-Type: multipart/alternative;\r\n boundary=x\r\nMIME-Version: 1.0\r\nFrom: a@example.com\r\nSubject: s\r\n\r\n",
    )?;
    text(&mut file, "", "1000", "hello")?;
    let message = told(file)?;
    assert!(
        message.starts_with("Received: from a by b\r\nFrom: a@example.com\r\nSubject: s\r\nMIME-Version: 1.0\r\n"),
        "{message}"
    );
    assert!(message.contains("text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\naGVsbG8=\r\n"), "{message}");
    Ok(())
}

#[test]
fn without_one_it_is_made_from_properties() -> Result<()> {
    let mut file = file()?;
    // 2026-11-19 10:00:00 in tenths of microseconds since 1601.
    fixed(&mut file, "", 32, &[(0x40, 0x0e06, (1_795_082_400 + 11_644_473_600) * 10_000_000)])?;
    text(&mut file, "", "0037", "The subject")?;
    text(&mut file, "", "0C1A", "Jane Doe")?;
    text(&mut file, "", "0C1F", "/O=EXAMPLE/CN=JANE")?;
    text(&mut file, "", "5D01", "jane@example.com")?;
    file.create_storage("/__recip_version1.0_#00000000")?;
    fixed(&mut file, "/__recip_version1.0_#00000000", 8, &[(3, 0x0c15, 1)])?;
    text(&mut file, "/__recip_version1.0_#00000000", "39FE", "joe@contoso.com")?;
    file.create_storage("/__attach_version1.0_#00000000")?;
    fixed(&mut file, "/__attach_version1.0_#00000000", 8, &[])?;
    text(&mut file, "/__attach_version1.0_#00000000", "3707", "a b\u{e9}.txt")?;
    stream(&mut file, "/__attach_version1.0_#00000000/__substg1.0_37010102", b"content")?;
    let message = told(file)?;
    let header = "From: \"Jane Doe\" <jane@example.com>\r\nTo: <joe@contoso.com>\r\nSubject: The subject\r\nDate: Thu, 19 Nov 2026 10:00:00 ";
    assert!(message.starts_with(header), "{message}");
    assert!(message.contains("attachment; filename*=utf-8''a%20b%C3%A9.txt\r\n\r\nY29udGVudA==\r\n"), "{message}");
    Ok(())
}

#[test]
fn a_message_inside_is_a_message_inside() -> Result<()> {
    let mut file = file()?;
    fixed(&mut file, "", 32, &[])?;
    file.create_storage("/__attach_version1.0_#00000000")?;
    fixed(&mut file, "/__attach_version1.0_#00000000", 8, &[])?;
    let inner = "/__attach_version1.0_#00000000/__substg1.0_3701000D";
    file.create_storage(inner)?;
    fixed(&mut file, inner, 24, &[])?;
    text(&mut file, inner, "0037", "inner")?;
    assert!(told(file)?.contains("Content-Type: message/rfc822\r\n"));
    Ok(())
}

#[test]
fn other_files_are_refused_and_broken_ones_named() -> Result<()> {
    assert_eq!(rebuild(&file()?.into_inner().into_inner(), LIMIT), Err(NoMessage::Other));
    let mut whole = file()?;
    fixed(&mut whole, "", 32, &[])?;
    text(&mut whole, "", "1000", &"hello ".repeat(2_000))?;
    let whole = whole.into_inner().into_inner();
    assert!(matches!(rebuild(&whole[..100], LIMIT), Err(NoMessage::Broken(_))));
    for length in (512..whole.len()).step_by(512) {
        let _ = rebuild(&whole[..length], LIMIT);
    }
    Ok(())
}
