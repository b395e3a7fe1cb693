//! No bytes make the reader panic, and the size of chunks changes nothing.

use std::fs;
use std::ops::ControlFlow;

use proptest::prelude::*;
use spoofwatch_sources::{Input, Item, Options, Place, ReadSummary, read};
use tempfile::TempDir;

const SEEDS: [&str; 6] = [
    "{\"Timestamp\":\"2026-11-20T23:00:00Z\",\"Subject\":\"a\\u00e9\",\"To\":[1,{\"k\":null}]}\n{\"Timestamp\":\"2026-11-20T23:00:01Z\"}\n",
    "{\"records\":[{\"time\":\"2026-11-20T23:00:00Z\",\"category\":\"AdvancedHunting-EmailEvents\",\"properties\":{\"Subject\":\"s\"}},\n{}]}",
    "{\"tables\":[{\"name\":\"EmailEvents\",\"columns\":[{\"name\":\"TimeGenerated\"}],\"rows\":[[\"2026-11-20T23:00:00Z\"],[1,2]]}]}",
    "{\"schema\":[],\"results\":[{\"Timestamp\":\"2026-11-20T23:00:00Z\",\"Subject\":\"s\"}]}",
    "Timestamp,Subject,To\n2026-11-20T23:00:00Z,\"a\nb\",\"[1]\"\n2026-11-20T23:00:01Z,s\n",
    "[{\"@timestamp\":\"2026-11-20T23:00:00Z\",\"event\":{\"action\":\"x\"}}, 5, \"x\", null]",
];

/// The sums, and the rejects in order of their text.
fn outcome(bytes: &[u8], options: &Options) -> std::io::Result<(ReadSummary, Vec<String>)> {
    let folder = TempDir::new()?;
    let path = folder.path().join("bytes");
    fs::write(&path, bytes)?;
    let mut rejects = Vec::new();
    let input = Input { name: "EmailEvents".to_owned(), place: Place::File(path) };
    let summary = read(&input, options, &mut |item| {
        if let Item::Reject(reject) = item {
            rejects.push(format!("{} {}", reject.line, reject.reason));
        }
        ControlFlow::Continue(())
    });
    // What is rejected while cutting goes before what is rejected while parsing the same chunk.
    rejects.sort();
    Ok((summary, rejects))
}

/// A seed with bytes put in, taken out or turned around.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let edit = (any::<prop::sample::Index>(), prop::option::of(prop::sample::select(b"{}[],:\"\\\n\r 0-te\xff\x00".as_slice())));
    (prop::sample::select(SEEDS.as_slice()), prop::collection::vec(edit, 0..6)).prop_map(|(seed, edits)| {
        let mut bytes = seed.as_bytes().to_vec();
        for (at, byte) in edits {
            match byte {
                Some(byte) => bytes.insert(at.index(bytes.len() + 1), byte),
                None if !bytes.is_empty() => bytes.truncate(at.index(bytes.len())),
                None => {}
            }
        }
        bytes
    })
}

fn magic() -> impl Strategy<Value = Vec<u8>> {
    let front = prop::sample::select(vec![
        &b"PAR1"[..],
        b"PK\x03\x04",
        b"\x1f\x8b\x08\x00",
        b"\x28\xb5\x2f\xfd",
        b"\xff\xfe",
        b"\xfe\xff",
        b"{",
        b"[",
        b"",
    ]);
    (front, prop::collection::vec(any::<u8>(), 0..300)).prop_map(|(front, rest)| [front, &rest].concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bytes_of_any_kind_are_read_or_named(bytes in magic()) {
        outcome(&bytes, &Options::default())?;
    }

    #[test]
    fn damaged_exports_are_read_or_named_and_chunks_do_not_show(bytes in damaged()) {
        let (whole, rejects) = outcome(&bytes, &Options { threads: 0, ..Options::default() })?;
        let (pieces, pieces_rejects) = outcome(&bytes, &Options { chunk_bytes: 7, threads: 2, ..Options::default() })?;
        prop_assert_eq!((whole.rows, whole.rejected), (pieces.rows, pieces.rejected));
        prop_assert_eq!(rejects, pieces_rejects);
        prop_assert_eq!(whole.faults.len(), pieces.faults.len());
    }
}
