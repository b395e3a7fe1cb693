//! Makes messages to measure with: signed, forged, forwarded and broken ones of some hundred domains, and the zone file that they are checked
//! against. `bench/mail/run` is who wants them.
//!
//! `cargo run --release -p spoofwatch-mailauth --example mailset -- DIR [--domains N] [--one N] [--mix N] [--ingest N]`
//!
//! writes into DIR: `zone.db`, a master file that holds every record; `keys/`, the keys that signed, made for this and worth nothing; and for
//! each set a folder of messages with a table beside it, which says how each message arrives and what every check should come to:
//! `one`, each with one RSA-2048 signature that verifies; `mix`, what really arrives; `ingest`, the same with attachments.
#![expect(clippy::disallowed_methods, reason = "a tool: it reads the clock and writes files")]
#![expect(clippy::print_stdout, reason = "a tool that says what it made")]

mod letter;
mod post;
mod sign;
mod world;

use std::{
    error::Error,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use post::Kind;
use world::World;

struct Options {
    folder: PathBuf,
    domains: usize,
    one: usize,
    mix: usize,
    ingest: usize,
}

impl Options {
    fn read(mut words: impl Iterator<Item = String>) -> Result<Self, Box<dyn Error>> {
        let folder = words.next().ok_or("the folder to write to is missing")?.into();
        let mut options = Self { folder, domains: 200, one: 4000, mix: 4000, ingest: 0 };
        while let Some(word) = words.next() {
            let number = words.next().ok_or_else(|| format!("{word} wants a number"))?.parse()?;
            match word.as_str() {
                "--domains" => options.domains = number,
                "--one" => options.one = number,
                "--mix" => options.mix = number,
                "--ingest" => options.ingest = number,
                _ => return Err(format!("{word} is no option").into()),
            }
        }
        Ok(options)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::read(std::env::args().skip(1))?;
    let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())?;
    fs::create_dir_all(options.folder.join("keys"))?;
    let world = World::new(options.domains.max(1))?;
    fs::write(options.folder.join("zone.db"), world.zone()?)?;
    for (name, key) in world.keys() {
        fs::write(options.folder.join("keys").join(format!("{name}.der")), key.der()?)?;
    }
    write_set(&options.folder, "one", options.one, now, |number| post::post(&world, Kind::Aligned, number, now, 0))?;
    write_set(&options.folder, "mix", options.mix, now, |number| post::post(&world, Kind::of(number), number, now, 0))?;
    write_set(&options.folder, "ingest", options.ingest, now, |number| {
        // One in five has a file of 20 to 200 KB with it.
        let attached = if number % 5 == 4 { 20_000 + number * 7919 % 180_000 } else { 0 };
        post::post(&world, Kind::of(number), number, now, attached)
    })
}

/// A folder of messages and its table.
fn write_set(
    folder: &Path,
    name: &str,
    count: usize,
    now: i64,
    make: impl Fn(usize) -> Result<post::Post, sign::Refused>,
) -> Result<(), Box<dyn Error>> {
    if count == 0 {
        return Ok(());
    }
    fs::create_dir_all(folder.join(name))?;
    let mut table = "file\tkind\tip\thelo\tmail_from\trcpt_to\tspf\tdkim\tarc\tdmarc\n".to_owned();
    let mut bytes = 0;
    for number in 0..count {
        let post = make(number)?;
        let file = format!("{name}/{number:06}.eml");
        fs::write(folder.join(&file), &post.text)?;
        bytes += post.text.len();
        let post::Post { kind, ip, helo, mail_from, rcpt_to, expected, .. } = &post;
        let post::Expected { spf, dkim, arc, dmarc } = expected;
        writeln!(table, "{file}\t{}\t{ip}\t{helo}\t{mail_from}\t{rcpt_to}\t{spf}\t{dkim}\t{arc}\t{dmarc}", kind.name())?;
    }
    fs::write(folder.join(format!("{name}.tsv")), table)?;
    println!("{name}: {count} messages of {} bytes on average, signed at {now}", bytes / count);
    Ok(())
}
