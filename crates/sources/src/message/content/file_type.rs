//! What a file is, by its bytes: the extension such files have, in lower case, as `EmailAttachmentInfo.FileType` has it. The name of a file
//! is asked only where its bytes are text of no form of their own.
//!
//! Where the crate `infer` does not know a format, or does not look deep enough, `data/file-signatures.tsv` and this file do.

use std::sync::LazyLock;

use memchr::memmem;

use crate::message::sniff;

/// Bytes of a file in which its markup is looked for.
const HEAD: usize = 4 << 10;
/// Bytes of a zip archive in which the names of its first members are looked for.
const ZIP_HEAD: usize = 64 << 10;

/// A format by its bytes.
struct Signature {
    name: &'static str,
    at: usize,
    bytes: Vec<u8>,
}

static SIGNATURES: LazyLock<Vec<Signature>> = LazyLock::new(|| {
    let rows = include_str!("../../../data/file-signatures.tsv").lines().filter(|line| !line.starts_with('#'));
    let signature = |line: &'static str| {
        let mut cells = line.splitn(3, '\t');
        let (name, at, bytes) = (cells.next()?, cells.next()?.parse().ok()?, cells.next()?);
        let bytes = match bytes.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
            Some(text) => text.replace("\\\"", "\"").into_bytes(),
            None => bytes
                .as_bytes()
                .chunks(2)
                .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
                .collect::<Option<_>>()?,
        };
        Some(Signature { name, at, bytes })
    };
    rows.filter_map(signature).collect()
});

static TEXTS: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| include_str!("../../../data/text-extensions.tsv").lines().filter(|line| !line.starts_with('#')).collect());

/// The type of a file; empty if its bytes are of no known form. `name` may be empty.
pub(crate) fn of(bytes: &[u8], name: &str) -> String {
    let known = || {
        SIGNATURES
            .iter()
            .find(|known| bytes.get(known.at..).is_some_and(|at| at.starts_with(&known.bytes)))
            .map(|known| known.name)
    };
    let own = match bytes {
        [b'P', b'K', 3, 4, ..] => zipped(bytes),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => compound(bytes, name),
        [b'M', b'Z', ..] => Some(if is_library(bytes) { "dll" } else { "exe" }),
        _ => known(),
    };
    if let Some(own) = own {
        return own.to_owned();
    }
    // Whatever `infer` takes for text of a form is looked at below, more closely.
    let inferred = infer::get(bytes).filter(|found| found.matcher_type() != infer::MatcherType::Text);
    if let Some(found) = inferred {
        return found.extension().to_owned();
    }
    text(bytes, name).to_owned()
}

/// The extension of a file's name in lower case; empty if there is none.
pub(crate) fn extension(name: &str) -> String {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.trim().to_lowercase());
    extension.filter(|text| !text.is_empty() && text.len() <= 20 && !text.contains([' ', '/', '\\'])).unwrap_or_default()
}

/// What a zip archive is, by the names of its first members.
fn zipped(bytes: &[u8]) -> Option<&'static str> {
    const MEMBERS: [(&str, &str); 14] = [
        ("word/", "docx"),
        ("xl/", "xlsx"),
        ("ppt/", "pptx"),
        ("visio/", "vsdx"),
        ("mimetypeapplication/vnd.oasis.opendocument.text", "odt"),
        ("mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "ods"),
        ("mimetypeapplication/vnd.oasis.opendocument.presentation", "odp"),
        ("mimetypeapplication/epub+zip", "epub"),
        ("AndroidManifest.xml", "apk"),
        ("META-INF/MANIFEST.MF", "jar"),
        ("AppxManifest.xml", "appx"),
        ("extension.vsixmanifest", "vsix"),
        ("Payload/", "ipa"),
        ("doc.kml", "kmz"),
    ];
    let head = bytes.get(..bytes.len().min(ZIP_HEAD)).unwrap_or_default();
    // A member's name follows the 30 bytes of its header (APPNOTE section 4.3.7).
    let names = memmem::find_iter(head, b"PK\x03\x04").filter_map(|at| head.get(at + 30..));
    let mut found =
        names.filter_map(|name| MEMBERS.iter().find(|(member, _)| name.starts_with(member.as_bytes())).map(|(_, kind)| *kind));
    let first = found.next();
    let plain = first.unwrap_or("zip");
    // A document with macros is named after them, as Office does.
    let macros = memmem::find(bytes, b"vbaProject.bin").is_some();
    Some(match (plain, macros) {
        ("docx", true) => "docm",
        ("xlsx", true) => "xlsm",
        ("pptx", true) => "pptm",
        (plain, _) => plain,
    })
}

/// What a compound file is, by the names of its streams (MS-CFB section 2.6.1: in UTF-16).
fn compound(bytes: &[u8], name: &str) -> Option<&'static str> {
    const STREAMS: [(&str, &str); 7] = [
        ("__properties_version1.0", "msg"),
        ("WordDocument", "doc"),
        ("Workbook", "xls"),
        ("Book", "xls"),
        ("PowerPoint Document", "ppt"),
        ("VisioDocument", "vsd"),
        ("Quill", "pub"),
    ];
    if extension(name) == "msi" {
        return Some("msi");
    }
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).chain([0, 0]).collect::<Vec<u8>>();
    STREAMS.iter().find(|(stream, _)| memmem::find(bytes, &wide(stream)).is_some()).map(|(_, kind)| *kind).or(Some("ole"))
}

/// Whether a program says that it is a library (PE specification, Characteristics: 0x2000).
fn is_library(bytes: &[u8]) -> bool {
    let header =
        bytes.get(60..64).and_then(|at| at.try_into().ok()).map(u32::from_le_bytes).and_then(|at| usize::try_from(at).ok());
    let flags = header.and_then(|at| bytes.get(at.checked_add(22)?..at.checked_add(24)?));
    flags.is_some_and(|flags| flags.get(1).is_some_and(|high| high & 0x20 != 0))
}

/// What text is: by its markup, or by the name of its file.
fn text(bytes: &[u8], name: &str) -> &'static str {
    const MARKS: [(&str, &str); 12] = [
        ("<svg", "svg"),
        ("<!doctype svg", "svg"),
        ("<!doctype html", "html"),
        ("<html", "html"),
        ("<head", "html"),
        ("<body", "html"),
        ("<script", "html"),
        ("<iframe", "html"),
        ("<meta", "html"),
        ("<table", "html"),
        ("<div", "html"),
        ("<a href", "html"),
    ];
    let head = bytes.get(..bytes.len().min(HEAD)).unwrap_or_default();
    if head.is_empty() {
        return "";
    }
    let plain = match head {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => head.iter().copied().filter(|byte| *byte != 0).skip(2).collect(),
        _ => head.to_vec(),
    };
    if plain.iter().any(|byte| *byte == 0 || (*byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b))) {
        return "";
    }
    let text = String::from_utf8_lossy(&plain).trim_start_matches('\u{feff}').trim_start().to_lowercase();
    let named = extension(name);
    if text.starts_with('<') {
        // Pages of programs keep the name that makes them run.
        if named == "hta" || named == "wsf" || named == "sct" {
            return TEXTS.iter().find(|known| **known == named).copied().unwrap_or("html");
        }
        let first = MARKS.iter().filter_map(|(mark, kind)| text.find(mark).map(|at| (at, *kind))).min();
        if let Some((_, kind)) = first {
            return kind;
        }
        if text.starts_with("<?xml") {
            return "xml";
        }
    }
    if text.starts_with("{\\rtf") {
        return "rtf";
    }
    if sniff::is_message(head) {
        return "eml";
    }
    if ["html", "htm", "shtml", "xhtml"].contains(&named.as_str()) {
        return "html";
    }
    TEXTS.iter().find(|known| **known == named).copied().unwrap_or("txt")
}

#[cfg(test)]
mod tests {
    use super::{extension, of};

    #[test]
    fn bytes_say_what_a_file_is_whatever_its_name() {
        for (bytes, name, kind) in [
            (&b"%PDF-1.7\n"[..], "invoice.docx", "pdf"),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "", "png"),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", "x.png", "jpg"),
            (b"PK\x03\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0a.txt", "a.zip", "zip"),
            (b"PK\x03\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0word/document.xml", "a.zip", "docx"),
            (b"PK\x03\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0word/vbaProject.bin", "a.docx", "docm"),
            (b"\x4c\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46", "report.pdf.lnk", "lnk"),
            (b"MZ\x90\0", "photo.jpg", "exe"),
            (b"Rar!\x1a\x07\x01\0", "", "rar"),
            (b"  <!DOCTYPE html>\n<p>", "", "html"),
            (b"\xef\xbb\xbf<script>1</script>", "voice.htm", "html"),
            (b"<?xml version='1.0'?>\n<svg xmlns='x'>", "a.svg", "svg"),
            (b"<?xml version='1.0'?>\n<feedback/>", "a.xml", "xml"),
            (b"\xff\xfe<\0h\0t\0m\0l\0>\0", "a.html", "html"),
            (b"BEGIN:VCALENDAR\r\n", "invite", "ics"),
            (b"{\\rtf1 x}", "a.doc", "rtf"),
            (b"Received: from a by b\r\nFrom: a@example.com\r\nSubject: x\r\n\r\n", "", "eml"),
            (b"var a = 1;", "invoice.js", "js"),
            (b"hello", "", "txt"),
            (b"hello", "a.exe", "txt"),
            (b"\x01\x02\x03", "a.pdf", ""),
            (b"", "a.pdf", ""),
        ] {
            assert_eq!(of(bytes, name), kind, "{name} {bytes:?}");
        }
    }

    #[test]
    fn an_extension_is_what_follows_the_last_dot() {
        for (name, expected) in [("a.PDF", "pdf"), ("a.pdf.exe ", "exe"), ("a", ""), ("a.", ""), ("a. b c", ""), (".", "")] {
            assert_eq!(extension(name), expected, "{name}");
        }
    }
}
