//! Reads queries, one a line, with U+001E for the line feeds in them, from standard input and prints those that are none.
//!
//! `cargo run -p spoofwatch-elastic-query --example parse -- kuery < queries.txt`

#![expect(clippy::print_stdout, reason = "a program whose output this is")]

use std::io::BufRead as _;

use spoofwatch_elastic_query::{Language, parse, tree, write};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let language: Language = std::env::args().nth(1).unwrap_or_else(|| Language::Kuery.name().to_owned()).parse()?;
    let (mut good, mut bad) = (0, 0);
    for line in std::io::stdin().lock().lines() {
        let text = line?.replace("\u{1e}", "\n");
        let parsed = parse(language, &text);
        let again = parse(language, &write(&parsed.query));
        if parsed.is_good() && tree(&again.query) == tree(&parsed.query) {
            good += 1;
            continue;
        }
        bad += 1;
        for found in &parsed.diagnostics {
            println!("{}", diag::render(found, "query", &text));
        }
    }
    println!("{good} queries, and {bad} that are none");
    Ok(())
}
