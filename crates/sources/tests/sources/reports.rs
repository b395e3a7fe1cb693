//! Every report under `tests/reports` gives what the `.expected` file beside it says; those that are messages are read as such.
//!
//! To write the expectation of a new file, run with `BLESS=1` and read what was written.

#![expect(clippy::disallowed_methods, reason = "expectations are files, and BLESS says to write them")]

use std::fs;
use std::io::Write;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use flate2::{Compression, write::GzEncoder};
use proptest::prelude::*;
use spoofwatch_sources::{Input, Options, Place, expand, read};

use crate::support;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reports")
}

/// What a report gives: a message as one, anything else as a file of that name.
fn told(name: &str, bytes: &[u8]) -> Result<String> {
    let options = Options { reports_only: name.ends_with(".eml"), ..Options::default() };
    support::told(&Input { name: name.to_owned(), place: Place::Memory(bytes.into()) }, &options)
}

/// What a file of the folder gives.
fn told_of(name: &str) -> Result<String> {
    told(name, &fs::read(folder().join(name))?)
}

#[test]
fn every_report_gives_what_is_written_beside_it() -> Result<()> {
    let (inputs, errors) = expand(&[folder().display().to_string()], &|_| false);
    assert!(errors.is_empty(), "{errors:?}");
    let mut failures = Vec::new();
    for input in inputs {
        let name = Path::new(&input.name).strip_prefix(folder())?.display().to_string();
        if name.ends_with(".expected") {
            continue;
        }
        let told = told_of(&name)?;
        let expected_file = folder().join(format!("{name}.expected"));
        if std::env::var_os("BLESS").is_some() {
            fs::write(&expected_file, &told)?;
        }
        let expected = fs::read_to_string(&expected_file).unwrap_or_default();
        if told != expected {
            failures.push(format!("{name}\n--- expected\n{expected}--- told\n{told}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    Ok(())
}

#[test]
fn a_report_has_the_same_rows_however_it_comes() -> Result<()> {
    let xml = told_of("rfc7489.xml")?;
    for other in [
        "receiver.example!contoso.com!1763596800!1763683199.xml.gz",
        "receiver.example!contoso.com!1763596800!1763683199.zip",
        "message-is-zip.eml",
        "message-with-gzip.eml",
        "message-with-gzip-crlf.eml",
        "message-with-odd-type.eml",
        "message-with-xml.eml",
        "message-forwarded.eml",
    ] {
        assert_eq!(told_of(other)?, xml, "{other}");
    }
    let json = told_of("tls.json")?;
    assert_eq!(told_of("message-with-tls.eml")?, json);
    assert_eq!(told_of("message-with-tls-json.eml")?, json);
    assert_eq!(told_of("failure-base64.eml")?, told_of("failure.eml")?);
    Ok(())
}

#[test]
fn a_report_of_any_length_is_read_as_a_stream() -> Result<()> {
    const RECORDS: usize = 9_000;
    let text = fs::read_to_string(folder().join("equal-records.xml"))?;
    let (head, rest) = text.split_once("  <record>").ok_or("a record")?;
    let record = format!("  <record>{}", rest.split_once("  <record>").ok_or("two records")?.0);
    let long = format!("{head}{}</feedback>", record.repeat(RECORDS));
    let input = Input { name: "long.xml".to_owned(), place: Place::Memory(long.into_bytes().into()) };
    let (mut batches, mut most) = (0, 0);
    let summary = read(&input, &Options::default(), &mut |item| {
        if let spoofwatch_sources::Item::Rows { batch, .. } = item {
            batches += 1;
            most = most.max(batch.num_rows());
        }
        ControlFlow::Continue(())
    });
    assert_eq!((summary.rows, summary.rejected, summary.faults.len()), (RECORDS as u64, 0, 0));
    assert!(batches > 1 && most < RECORDS, "{batches} batches of at most {most} rows");
    Ok(())
}

#[test]
fn a_report_that_expands_without_end_is_stopped() -> Result<()> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(b"<feedback>")?;
    // Each small enough to be read, and together more than any report.
    let comment = format!("<!--{}-->", "x".repeat(1 << 19));
    for _ in 0..20 {
        gzip.write_all(comment.as_bytes())?;
    }
    let input = Input { name: "bomb.xml.gz".to_owned(), place: Place::Memory(gzip.finish()?.into()) };
    let told = support::told(&input, &Options { max_uncompressed_bytes: 4 << 20, ..Options::default() })?;
    assert!(told.contains("bomb.xml.gz: expands to more than 4194304 bytes"), "{told}");
    Ok(())
}

#[test]
fn messages_inside_messages_without_end_do_not_end_the_program() -> Result<()> {
    const HEADER: &str = "Content-Type: message/rfc822\r\n";
    let deep = format!("{HEADER}\r\n").repeat(20_000);
    let plain = format!("Subject: Report Domain: contoso.com\r\n{deep}Subject: x\r\n\r\nhello\r\n");
    let encoded: String = deep.bytes().map(|byte| format!("={byte:02X}")).collect();
    let hidden = format!("Subject: x\r\n{HEADER}Content-Transfer-Encoding: quoted-printable\r\n\r\n{encoded}");
    let parts: String = (0..10_000).map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n")).collect();
    for message in [plain, hidden, parts] {
        assert_eq!(told("deep.eml", message.as_bytes())?, "notice deep.eml: holds no rows\n0 rows, 0 rejected\n");
    }
    Ok(())
}

#[test]
fn an_element_without_end_is_a_fault_that_says_so() -> Result<()> {
    let told = told("endless.xml", format!("<feedback><record>{}", "x".repeat(3 << 20)).as_bytes())?;
    assert_eq!(
        told,
        "fault endless.xml: an element is longer than 1048576 bytes; the records before were read\n0 rows, 0 rejected\n"
    );
    Ok(())
}

/// A report of the folder with bytes put in, taken out or cut off.
fn damaged() -> impl Strategy<Value = (&'static str, Vec<u8>)> {
    const NAMES: [&str; 6] =
        ["rfc9990.xml", "tls.json", "failure.eml", "failure-exim.eml", "message-with-gzip.eml", "message-with-xml.eml"];
    let edit = (any::<prop::sample::Index>(), prop::option::of(prop::sample::select(b"<>&;!-[]{}\",:/\n \xff\x00=".as_slice())));
    (prop::sample::select(NAMES.as_slice()), prop::collection::vec(edit, 0..8)).prop_map(|(name, edits)| {
        let mut bytes = fs::read(folder().join(name)).unwrap_or_default();
        for (at, byte) in edits {
            match byte {
                Some(byte) => bytes.insert(at.index(bytes.len() + 1), byte),
                None if !bytes.is_empty() => drop(bytes.remove(at.index(bytes.len()))),
                None => {}
            }
        }
        (name, bytes)
    })
}

/// Text as XML holds it.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_reports_are_read_or_named((name, bytes) in damaged(), cut in any::<prop::sample::Index>()) {
        for bytes in [bytes.as_slice(), bytes.get(..cut.index(bytes.len() + 1)).unwrap_or_default()] {
            let told = told(name, bytes).map_err(|error| TestCaseError::fail(error.to_string()))?;
            prop_assert!(told.ends_with(" rejected\n"), "{}", told);
        }
    }

    #[test]
    fn whatever_text_a_report_holds_is_what_the_row_says(
        organization in "[ -~\u{a1}-\u{2fff}]{1,40}",
        counts in prop::collection::vec(0_u32..1_000_000, 1..20),
    ) {
        let records: String = counts.iter().map(|count| format!("<record><row><count>{count}</count></row></record>")).collect();
        let metadata = format!(
            "<report_metadata><org_name>{}</org_name><date_range><begin>1763596800</begin></date_range></report_metadata>",
            escaped(&organization)
        );
        let report = format!("<feedback>{metadata}<policy_published/>{records}</feedback>");
        let told = told("report.xml", report.as_bytes()).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let lines: Vec<&str> = told.lines().collect();
        prop_assert_eq!(lines.len(), counts.len() + 1);
        for (line, count) in lines.iter().zip(&counts) {
            prop_assert!(line.contains(&format!(" | MessageCount={count} ")), "{}", line);
            let organization = organization.trim();
            let expected = format!(" | Organization={} ", organization.escape_debug());
            prop_assert!(organization.is_empty() || line.contains(&expected), "{} {}", line, expected);
        }
    }
}
