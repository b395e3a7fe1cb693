//! Any text: parsing ends with a tree and diagnostics inside the text; a text without errors is formatted to one that is
//! formatted already, and its tree is written to a text that parses.
//!
//! `cargo +nightly fuzz run kql_parse`

#![no_main]

use libfuzzer_sys::fuzz_target;
use spoofwatch_kql::{format, parse, write_query};

fuzz_target!(|text: &str| {
    let parsed = parse(text);
    for found in &parsed.diagnostics {
        assert!(text.get(found.span.start..found.span.end).is_some(), "{found:?} is not in the text");
    }
    let written = write_query(&parsed.query);
    if !parsed.diagnostics.is_empty() {
        return;
    }
    assert!(parse(&written).diagnostics.is_empty(), "{written}");
    if let Ok(once) = format(text) {
        assert_eq!(format(&once).as_ref(), Ok(&once));
    }
});
