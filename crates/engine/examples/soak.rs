//! Spoils queries at random for as long as it is given and looks for what no input may do: a panic, an overflowing stack, a query
//! that takes seconds to plan, a text that formatting changes.
//!
//! `cargo run -p spoofwatch-engine --example soak -- MINUTES [FILE]`, where FILE holds `{"query": ...}` a line, as `hunt --batch`
//! reads it; without one, the queries of the conformance suite are spoiled. What was found is printed with its query. The query
//! being planned is in `soak-last.kql` of the temporary directory, for the case that the process dies of it.
//! `SOAK_SEED=N` repeats a run.
#![expect(clippy::disallowed_methods, reason = "a tool: it reads the clock, the environment and files")]
#![expect(clippy::print_stdout, reason = "a tool that reports what it found")]

use std::{
    error::Error,
    fs,
    path::Path,
    sync::{Arc, mpsc},
    time::{Duration, Instant},
};

use spoofwatch_engine::{Engine, Environment, Limits, MemoryCatalog};

/// A query that takes longer than this to parse and plan is a finding.
const LIMIT: Duration = Duration::from_secs(20);

/// Texts that reach into the grammar and the binder when they stand where they should not.
const PIECES: &[&str] = &[
    "|",
    ";",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ".",
    "..",
    "=",
    "==",
    "!",
    "-",
    "*",
    "'",
    "\"",
    "@'",
    "```",
    "//",
    "\u{200b}",
    "“",
    "0x",
    "1e999",
    "99999999999999999999",
    "1d",
    "9999999999d",
    "datetime(0001-01-01)",
    "dynamic({\"a\":[1,{\"b\":null}]})",
    "null",
    "let x = x; ",
    "let f = (t:(*)) { t }; ",
    "| where ",
    "| extend a = ",
    "| summarize count() by ",
    "| join (T) on ",
    "| union *",
    "| mv-expand ",
    "| make-series count() on a step 1 ",
    "| render timechart",
    "| project-away *",
    "materialize(",
    "toscalar(",
    "in (",
    "between (",
    "has_any (dynamic([]))",
    "iff(true, ",
    "tostring(",
    "bin(",
    "range(",
    "typeof(",
    "datatable(a:long)[1]",
];

/// A generator that gives the same numbers for the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        // Vigna, xorshift64*.
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.roll() >> 16).unwrap_or(0) % limit.max(1)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let minutes: u64 = args.next().ok_or("usage: soak MINUTES [FILE]")?.parse()?;
    let seeds = match args.next() {
        Some(file) => queries(&fs::read_to_string(file)?)?,
        None => cases(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/kql"))?,
    };
    let seed = match std::env::var("SOAK_SEED") {
        Ok(seed) => seed.parse()?,
        Err(_) => std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs(),
    };
    println!("{} queries, seed {seed}, {minutes} minutes", seeds.len());
    let mut dice = Dice(seed | 1);
    let last = std::env::temp_dir().join("soak-last.kql");
    let end = Instant::now() + Duration::from_secs(minutes * 60);
    let (mut tried, mut planned) = (0_u64, 0_u64);
    while Instant::now() < end {
        let text = spoiled(&seeds, &mut dice);
        fs::write(&last, &text)?;
        tried += 1;
        match examined(&text) {
            Ok(runs) => planned += u64::from(runs),
            Err(found) => println!("--- {found}\n{text}\n---"),
        }
    }
    println!("{tried} texts tried, {planned} of them planned");
    Ok(())
}

/// The texts of a file of `{"query": ...}` lines.
fn queries(lines: &str) -> Result<Vec<String>, Box<dyn Error>> {
    let mut found = Vec::new();
    for line in lines.lines().filter(|line| !line.trim().is_empty()) {
        let value: serde_json::Value = serde_json::from_str(line)?;
        found.extend(value.get("query").and_then(serde_json::Value::as_str).map(str::to_owned));
    }
    Ok(found)
}

/// The `kql` blocks of the Markdown files below a directory.
fn cases(directory: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(cases(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            let text = fs::read_to_string(&path)?;
            let blocks = text.split("\n```kql").skip(1).filter_map(|rest| rest.split_once('\n')?.1.split_once("\n```"));
            found.extend(blocks.map(|(block, _)| block.to_owned()));
        }
    }
    Ok(found)
}

/// One of the texts, with up to six changes.
fn spoiled(seeds: &[String], dice: &mut Dice) -> String {
    let empty = String::new();
    let mut text = seeds.get(dice.below(seeds.len())).unwrap_or(&empty).clone();
    for _ in 0..=dice.below(6) {
        let (start, end) = (place(&text, dice), place(&text, dice));
        let (start, end) = (start.min(end), start.max(end).min(start.min(end) + 200));
        let end = (end..=text.len()).find(|&at| text.is_char_boundary(at)).unwrap_or(text.len());
        match dice.below(6) {
            0 => text.replace_range(start..end, ""),
            1 => {
                let part = text.get(start..end).unwrap_or("").to_owned();
                let at = place(&text, dice);
                text.insert_str(at, &part);
            }
            2 => {
                let other = seeds.get(dice.below(seeds.len())).unwrap_or(&empty);
                let (from, to) = (place(other, dice), place(other, dice));
                let part = other.get(from.min(to)..from.max(to)).unwrap_or("").to_owned();
                text.insert_str(start, &part);
            }
            3 => text.truncate(start),
            4 => {
                let piece = PIECES.get(dice.below(PIECES.len())).copied().unwrap_or(" ");
                text.insert_str(start, &piece.repeat(1 + dice.below(3)));
            }
            // Depth and length.
            _ => {
                let piece = ["(", "[", "not(", "-", "a.", "| extend a = iff(a, strcat(a, a), a) ", "1 + "][dice.below(7)];
                text.insert_str(start, &piece.repeat(1 + dice.below(400)));
            }
        }
        let most = (0..=text.len().min(20_000)).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
        text.truncate(most);
    }
    text
}

/// A place between two characters, at a word's beginning as often as not.
fn place(text: &str, dice: &mut Dice) -> usize {
    let at = dice.below(text.len() + 1);
    let words = dice.below(2) == 0;
    let fits = |at: &usize| {
        text.is_char_boundary(*at) && (!words || text.get(..*at).is_none_or(|before| !before.ends_with(char::is_alphanumeric)))
    };
    (0..=at).rev().find(fits).unwrap_or(0)
}

/// Parses, formats and plans a text within the limit; whether it is a query that runs.
fn examined(text: &str) -> Result<bool, String> {
    let (sender, receiver) = mpsc::channel();
    let own = text.to_owned();
    // A text that takes for ever keeps its thread; there is no way to end it.
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(move || {
        let _unheard = sender.send(looked_at(&own));
    });
    let thread = thread.map_err(|error| error.to_string())?;
    match receiver.recv_timeout(LIMIT) {
        Ok(found) => found,
        Err(mpsc::RecvTimeoutError::Timeout) => Err(format!("takes longer than {} s", LIMIT.as_secs())),
        Err(mpsc::RecvTimeoutError::Disconnected) => match thread.join() {
            Ok(()) => Err("no answer".to_owned()),
            Err(_) => Err("a panic".to_owned()),
        },
    }
}

fn looked_at(text: &str) -> Result<bool, String> {
    let parsed = kql::parse(text);
    if let Some(outside) = parsed.diagnostics.iter().find(|found| text.get(found.span.start..found.span.end).is_none()) {
        return Err(format!("{outside:?} is not in the text"));
    }
    if !parsed.diagnostics.is_empty() {
        return Ok(false);
    }
    let once = kql::format(text).map_err(|_| "formatting refuses what the parser reads")?;
    let written = kql::write_query(&parsed.query);
    if kql::write_query(&kql::parse(&once).query) != written {
        return Err("formatting changes the tree".to_owned());
    }
    if kql::format(&once).as_ref() != Ok(&once) {
        return Err("formatting twice differs".to_owned());
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().map_err(|error| error.to_string())?;
    runtime.block_on(async {
        let engine = Engine::new(Limits::default()).map_err(|error| error.to_string())?;
        let env = Environment::new(Arc::new(MemoryCatalog::default()), 639_000_000_000_000_000);
        let Ok(planned) = engine.check(text, &env).await else { return Ok(false) };
        match engine.explain_plan(&planned).await {
            Err(error) if error.to_string().contains("nternal error") => Err(error.to_string()),
            _ => Ok(true),
        }
    })
}
