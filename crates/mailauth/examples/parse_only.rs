//! Reads every message of a folder with `mail-parser` and forgets it: the yardstick of an ingest, which does this first and then more.
//!
//! `cargo run --release -p spoofwatch-mailauth --example parse_only -- DIR`
#![expect(clippy::disallowed_methods, reason = "a tool: it reads files")]
#![expect(clippy::print_stdout, reason = "a tool that says what it read")]

use std::{error::Error, fs};

use mail_parser::{MessageParser, MimeHeaders};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("the folder of messages is missing")?;
    let (mut messages, mut parts, mut bytes) = (0, 0, 0);
    for entry in fs::read_dir(folder)? {
        let text = fs::read(entry?.path())?;
        let parser = MessageParser::default();
        let Some(message) = parser.parse(&text) else { continue };
        messages += 1;
        bytes += text.len();
        parts += message.parts.iter().filter(|part| part.content_type().is_some() && !part.contents().is_empty()).count();
    }
    println!("{messages} messages with {parts} parts in {bytes} bytes");
    Ok(())
}
