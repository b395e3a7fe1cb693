//! Messages that are broken, oversized or made to hurt: each becomes rows, with a note of what was not looked at, and none takes long.

use std::ops::ControlFlow;

use arrow::array::AsArray;
use arrow::datatypes::Int32Type;
use proptest::prelude::*;
use spoofwatch_sources::{Input, Item, Options, Place, ReadSummary, read};

const HEAD: &str = "From: a@example.com\r\nTo: joe@contoso.com\r\nSubject: s\r\nDate: Thu, 19 Nov 2026 10:00:00 +0000\r\n";

/// What a message came to: attachments, URLs, the notes.
fn told(bytes: &[u8]) -> (ReadSummary, Vec<(i32, i32, String)>) {
    let input = Input { name: "message".to_owned(), place: Place::Memory(bytes.into()) };
    let mut events = Vec::new();
    let summary = read(&input, &Options { threads: 1, ..Options::default() }, &mut |item| {
        if let Item::Rows { table, batch } = item
            && table == "EmailEvents"
        {
            let number = |name: &str| {
                batch.column_by_name(name).map(|array| array.as_primitive::<Int32Type>().value(0)).unwrap_or_default()
            };
            let notes = batch.column_by_name("ReadNotes").map(|array| array.as_string::<i32>().value(0).to_owned());
            events.push((number("AttachmentCount"), number("UrlCount"), notes.unwrap_or_default()));
        }
        ControlFlow::Continue(())
    });
    (summary, events)
}

fn one(text: &str) -> (i32, i32, String) {
    let (summary, mut events) = told(text.as_bytes());
    assert!(summary.faults.is_empty() && summary.rejected == 0 && events.len() == 1, "{summary:?}");
    events.remove(0)
}

#[test]
fn a_header_of_megabytes_is_cut() {
    let (_, urls, notes) = one(&format!("{HEAD}X-Long: {}\r\n\r\nhttps://example.com/\r\n", "a".repeat(8 << 20)));
    assert_eq!((urls, notes.as_str()), (1, "[\"header\"]"));
    let (_, urls, notes) =
        one(&format!("{HEAD}{}\r\nhttps://example.com/\r\n", format!("X-Long: {}\r\n", "a".repeat(1 << 10)).repeat(8 << 10)));
    assert_eq!((urls, notes.as_str()), (1, "[\"header\"]"));
}

#[test]
fn ten_thousand_hops_and_a_hundred_thousand_addresses_are_borne() {
    let hop = "Received: from a.example (a.example [192.0.2.1]) by b.example; Thu, 19 Nov 2026 10:00:00 +0000\r\n";
    one(&format!("{}{HEAD}\r\n", hop.repeat(10_000)));
    let (_, _, notes) = one(&format!(
        "From: a@example.com\r\nDate: Thu, 19 Nov 2026 10:00:00 +0000\r\nTo: {}\r\n\r\n",
        "x@contoso.com, ".repeat(100_000)
    ));
    assert_eq!(notes, "");
    let many: String = (0..2_000).map(|number| format!("{number}@contoso.com, ")).collect();
    let (summary, _) =
        told(format!("From: a@example.com\r\nDate: Thu, 19 Nov 2026 10:00:00 +0000\r\nTo: {many}\r\n\r\n").as_bytes());
    assert_eq!(summary.rows, 1_000);
}

#[test]
fn parts_and_their_nesting_have_limits() {
    let (attachments, _, notes) = one(&format!(
        "{HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n{}",
        "--b\r\nContent-Type: image/x\r\n\r\nx\r\n".repeat(10_000)
    ));
    assert_eq!((attachments, notes.as_str()), (2_000, "[\"parts\"]"));
    let nested: String = (0..10_000).map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n")).collect();
    assert_eq!(one(&format!("{HEAD}{nested}")).2, "[\"nested\"]");
    let unopened = "--b\r\nContent-Type: multipart/mixed; boundary=zzz\r\n\r\n".repeat(100_000);
    assert_eq!(one(&format!("{HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n{unopened}")).2, "[\"boundary\",\"parts\"]");
}

#[test]
fn messages_inside_messages_are_opened_a_few_times() {
    let inner = "Content-Type: message/rfc822\r\n\r\n".repeat(100_000);
    let (attachments, _, notes) = one(&format!("{HEAD}{inner}"));
    assert_eq!((attachments, notes.as_str()), (1, "[\"archive-depth\"]"));
}

#[test]
fn urls_are_counted_up_to_a_limit() {
    let many: String = (0..10_000).map(|n| format!("https://{n}.example.com/\r\n")).collect();
    assert_eq!(one(&format!("{HEAD}\r\n{many}")).1, 2_000);
    let page: String = (0..100_000).map(|n| format!("<a href=https://{n}.example.com/>{n}</a>")).collect();
    assert_eq!(one(&format!("{HEAD}Content-Type: text/html\r\n\r\n{page}")).1, 2_000);
}

#[test]
fn pages_made_to_be_slow_are_read() {
    for piece in [
        "<",
        "<p",
        "<!--",
        "<![",
        "<a ",
        "<a href=",
        "<a href='",
        "</",
        "&",
        "&#",
        "<style>",
        "<script>",
        "url(",
        "[.]",
        "://",
        "www.",
        "((((",
        "http://a.b/))))",
    ] {
        one(&format!("{HEAD}Content-Type: text/html\r\n\r\n{}", piece.repeat((256 << 10) / piece.len())));
        one(&format!("{HEAD}\r\n{}", piece.repeat((256 << 10) / piece.len())));
    }
}

#[test]
fn broken_encodings_are_read_as_far_as_they_go() {
    for (encoding, body) in [
        ("base64", "aHR0cHM6Ly9leGFtcGxlLmNvbS8*\r\n=====aHR0"),
        ("quoted-printable", "https://example.com/=\r\n=zz\r\n"),
        ("x-unknown", "https://example.com/"),
    ] {
        assert_eq!(one(&format!("{HEAD}Content-Transfer-Encoding: {encoding}\r\n\r\n{body}")).1, 1, "{encoding}");
    }
    let (summary, events) = told(
        &[HEAD.as_bytes(), b"Content-Type: text/plain; charset=utf-16\r\n\r\n\xff\xfeh\0t\0t\0p\0:\0/\0/\0a\0.\0b\0/\0\xff\0\0"]
            .concat(),
    );
    assert!(summary.faults.is_empty() && events.len() == 1);
    assert_eq!(one(&format!("{HEAD}\r\n\0\0https://example.com/\0\0")).1, 1);
}

/// A message with bytes put in, taken out or turned around.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let seeds = [
        include_bytes!("../messages/files.eml").as_slice(),
        include_bytes!("../messages/urls.eml"),
        include_bytes!("../messages/overridden.eml"),
        include_bytes!("../messages/two.mbox"),
        include_bytes!("../messages/broken.eml"),
    ];
    let edit = (any::<prop::sample::Index>(), prop::option::of(any::<u8>()), 0..40_usize);
    (prop::sample::select(seeds.to_vec()), prop::collection::vec(edit, 0..12)).prop_map(|(seed, edits)| {
        let mut bytes = seed.to_vec();
        for (at, byte, length) in edits {
            match byte {
                Some(byte) => bytes.insert(at.index(bytes.len() + 1), byte),
                None if !bytes.is_empty() => {
                    let start = at.index(bytes.len());
                    bytes.drain(start..(start + length).min(bytes.len()));
                }
                None => {}
            }
        }
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn damaged_messages_are_read_or_named(bytes in damaged()) {
        let (summary, events) = told(&bytes);
        let unreadable = events.iter().any(|(_, _, notes)| notes.contains("unreadable"));
        prop_assert!(!unreadable && !summary.stopped);
    }

    #[test]
    fn bytes_behind_a_header_are_read(rest in prop::collection::vec(any::<u8>(), 0..400), kind in "(text/html|image/png|application/zip|multipart/mixed; boundary=b|message/rfc822)") {
        let bytes = [format!("{HEAD}Content-Type: {kind}\r\n\r\n").as_bytes(), &rest].concat();
        prop_assert_eq!(told(&bytes).1.len(), 1);
    }
}
