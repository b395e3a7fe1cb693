//! Any bytes as a report (DMARC's XML, TLS's JSON) and as a message that carries one: reading ends, without a panic, in rows,
//! rejects and named faults, and rows have the tables of reports.
//!
//! `cargo +nightly fuzz run reports crates/sources/tests/reports`, from the root of the checkout

#![no_main]

use std::ops::ControlFlow;

use libfuzzer_sys::fuzz_target;
use spoofwatch_sources::{Input, Item, Options, Place, read};

const TABLES: [&str; 3] = ["DmarcAggregate", "DmarcForensic", "TlsReports"];

fuzz_target!(|bytes: &[u8]| {
    let input = Input { name: "report".to_owned(), place: Place::Memory(bytes.into()) };
    for reports_only in [false, true] {
        let options = Options { reports_only, threads: 0, max_uncompressed_bytes: 16 << 20, ..Options::default() };
        let mut rows = 0;
        let summary = read(&input, &options, &mut |item| {
            if let Item::Rows { table, batch } = item {
                assert!(!reports_only || TABLES.contains(&table.as_str()), "{table}");
                rows += batch.num_rows() as u64;
            }
            ControlFlow::Continue(())
        });
        assert_eq!(summary.rows, rows);
    }
});
