//! Any text: reading it as an SPF record ends, with every term and every fault inside the text, and the terms that were understood are a
//! record by themselves.
//!
//! `cargo +nightly fuzz run spf_record`

#![no_main]

use libfuzzer_sys::fuzz_target;
use spoofwatch_mailauth::spf::record::Record;

fuzz_target!(|text: &str| {
    let parsed = Record::parse(text);
    for fault in &parsed.faults {
        assert!(text.get(fault.span.clone()).is_some(), "{fault:?} is not in the text");
    }
    let mut again = String::from("v=spf1");
    for term in &parsed.record.terms {
        assert!(text.get(term.span.clone()).is_some(), "{term:?} is not in the text");
        again.push(' ');
        again.push_str(parsed.record.slice(&term.span));
    }
    assert!(Record::parse(&again).faults.is_empty(), "{again}");
});
