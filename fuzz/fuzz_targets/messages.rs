//! Any bytes as a message, a mailbox, an Outlook file or an archive of them: reading ends, without a panic, in rows, rejects and named
//! faults, and the same bytes make the same rows.
//!
//! `cargo +nightly fuzz run messages crates/sources/tests/messages`, from the root of the checkout

#![no_main]

use std::ops::ControlFlow;

use libfuzzer_sys::fuzz_target;
use spoofwatch_sources::{Input, Item, Options, Place, read};

fuzz_target!(|bytes: &[u8]| {
    let input = Input { name: "message".to_owned(), place: Place::Memory(bytes.into()) };
    let options = Options { threads: 0, max_uncompressed_bytes: 16 << 20, ..Options::default() };
    let told = || {
        let mut batches = Vec::new();
        let summary = read(&input, &options, &mut |item| {
            if let Item::Rows { table, batch } = item {
                batches.push((table, batch));
            }
            ControlFlow::Continue(())
        });
        let rows: u64 = batches.iter().map(|(_, batch)| batch.num_rows() as u64).sum();
        assert_eq!(summary.rows, rows);
        batches
    };
    assert_eq!(told(), told());
});
