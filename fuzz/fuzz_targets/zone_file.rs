//! Any text: reading it as a zone file ends, with a zone that answers or with a line that is wrong.
//!
//! `cargo +nightly fuzz run zone_file`

#![no_main]

use libfuzzer_sys::fuzz_target;
use spoofwatch_mailauth::dns::{Kind, Zone};

fuzz_target!(|text: &str| {
    match Zone::parse(text) {
        Ok(zone) => {
            for name in ["", "a", "a.example", "x.a.example"] {
                for kind in Kind::ALL {
                    let _ = zone.answer(name, kind);
                }
            }
        }
        Err(error) => assert!(error.line <= text.lines().count().max(1), "{error}"),
    }
});
