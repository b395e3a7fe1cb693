//! How many messages a second one core verifies, and how many RSA signatures it could verify if it did nothing else. Takes what `mailset` made.
//!
//! `cargo run --release -p spoofwatch-mailauth --example throughput -- DIR [--rounds N] [--seconds S] [--only NAME] [--verdicts FILE]`
//!
//! One thread, the DNS a zone behind a memory of answers, everything asked once before. A round does each measurement in turn, each for some
//! seconds; a figure is messages by time of the processor, so that others on the machine do not count, and the rounds stand side by side,
//! so that their spread can be seen. Prints JSON. Verdicts that are not what `mailset` expects are counted, and written to FILE with all others.
#![expect(clippy::disallowed_methods, reason = "a tool: it reads the clock and files")]
#![expect(clippy::print_stdout, reason = "a tool whose output this is")]

mod bare;
mod post;

use std::{
    error::Error,
    fmt::Write as _,
    fs,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use spoofwatch_mailauth::{
    Message, dkim,
    dmarc::Discovery,
    dns::{Cache, CacheOptions, Resolver, Zone},
    spf,
    verify::Verifier,
};

use bare::Bare;
use post::{METHODS, Post};

struct Options {
    folder: PathBuf,
    rounds: usize,
    seconds: f64,
    only: Option<String>,
    verdicts: Option<PathBuf>,
}

impl Options {
    fn read(mut words: impl Iterator<Item = String>) -> Result<Self, Box<dyn Error>> {
        let folder = words.next().ok_or("the folder that mailset wrote is missing")?.into();
        let mut options = Self { folder, rounds: 5, seconds: 1.0, only: None, verdicts: None };
        while let Some(word) = words.next() {
            let value = words.next().ok_or_else(|| format!("{word} wants a value"))?;
            match word.as_str() {
                "--rounds" => options.rounds = value.parse()?,
                "--seconds" => options.seconds = value.parse()?,
                "--only" => options.only = Some(value),
                "--verdicts" => options.verdicts = Some(value.into()),
                _ => return Err(format!("{word} is no option").into()),
            }
        }
        Ok(options)
    }
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Work {
    /// RSA-2048 verifications of a hash, with the same keys.
    Bare,
    /// SPF alone.
    Spf,
    /// DKIM alone, on messages with one signature.
    Dkim,
    /// Everything, on messages with one signature.
    FullOne,
    /// Everything, on the mixture.
    FullMix,
}

impl Work {
    const ALL: [Self; 5] = [Self::Bare, Self::Spf, Self::Dkim, Self::FullOne, Self::FullMix];

    fn name(self) -> &'static str {
        match self {
            Self::Bare => "rsa",
            Self::Spf => "spf-one",
            Self::Dkim => "dkim-one",
            Self::FullOne => "full-one",
            Self::FullMix => "full-mix",
        }
    }
}

struct Bench {
    one: Vec<Post>,
    mix: Vec<Post>,
    bare: Bare,
    cache: Arc<Cache>,
    verifier: Verifier,
    keys: dkim::Keys,
}

impl Bench {
    fn load(options: &Options) -> Result<Self, Box<dyn Error>> {
        let zone = Zone::parse(&fs::read_to_string(options.folder.join("zone.db"))?)?;
        let start = Instant::now();
        let cache = Arc::new(Cache::new(Arc::new(zone), Arc::new(move || start.elapsed()), CacheOptions::default()));
        let resolver: Arc<dyn Resolver> = Arc::<Cache>::clone(&cache);
        Ok(Self {
            one: Post::load(&options.folder, "one")?,
            mix: Post::load(&options.folder, "mix")?,
            bare: Bare::load(&options.folder.join("keys"))?,
            cache,
            verifier: Verifier::new(resolver, Discovery::default()),
            keys: dkim::Keys::new(4096),
        })
    }

    /// Does all of a set once; says how many messages, or signatures, that were.
    async fn pass(&self, work: Work) -> usize {
        match work {
            Work::Bare => self.bare.verify(),
            Work::Spf => {
                let options = spf::Options::default();
                for post in &self.one {
                    let (client, helo) = (post.client, post.arrival.helo.as_deref());
                    let spf = spf::check(self.cache.as_ref(), client, helo, post.arrival.mail_from.as_deref(), &options).await;
                    std::hint::black_box(spf);
                }
                self.one.len()
            }
            Work::Dkim => {
                for post in &self.one {
                    let message = Message::new(&post.text);
                    let dkim = dkim::verify_with(&message, self.cache.as_ref(), post.arrival.now, Some(&self.keys)).await;
                    std::hint::black_box(dkim);
                }
                self.one.len()
            }
            Work::FullOne => self.full(&self.one).await,
            Work::FullMix => self.full(&self.mix).await,
        }
    }

    async fn full(&self, posts: &[Post]) -> usize {
        for post in posts {
            let verdicts = self.verifier.verify(Some(&Message::new(&post.text)), &post.arrival).await;
            std::hint::black_box(verdicts);
        }
        posts.len()
    }

    /// How often each method came to something else than was expected, and all of what it came to, as a table.
    async fn verdicts(&self) -> Result<(Value, String), Box<dyn Error>> {
        let mut table = format!("file\t{}\n", METHODS.join("\t"));
        let mut wrong = [0; METHODS.len()];
        for post in self.one.iter().chain(&self.mix) {
            let found = post.found(&self.verifier.verify(Some(&Message::new(&post.text)), &post.arrival).await);
            for (wrong, (found, expected)) in wrong.iter_mut().zip(found.iter().zip(&post.expected)) {
                *wrong += usize::from(found != expected);
            }
            writeln!(table, "{}\t{}", post.file, found.join("\t"))?;
        }
        let wrong = METHODS.iter().zip(wrong).map(|(method, wrong)| ((*method).to_owned(), json!(wrong))).collect();
        Ok((Value::Object(wrong), table))
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::read(std::env::args().skip(1))?;
    let bench = Bench::load(&options)?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let (wrong, table) = runtime.block_on(bench.verdicts())?;
    if let Some(file) = &options.verdicts {
        fs::write(file, table)?;
    }
    let works: Vec<_> =
        Work::ALL.into_iter().filter(|work| options.only.as_deref().is_none_or(|only| only == work.name())).collect();
    let mut rounds: Vec<Vec<Value>> = vec![Vec::new(); works.len()];
    for _ in 0..options.rounds {
        for (work, rounds) in works.iter().zip(&mut rounds) {
            rounds.push(runtime.block_on(round(&bench, *work, options.seconds))?);
        }
    }
    let sizes = |posts: &[Post]| posts.iter().map(|post| post.text.len()).sum::<usize>() / posts.len().max(1);
    let output = json!({
        "messages": { "one": bench.one.len(), "mix": bench.mix.len() },
        "bytes": { "one": sizes(&bench.one), "mix": sizes(&bench.mix) },
        "keys": bench.bare.len(),
        "answers": bench.cache.len(),
        "wrong": wrong,
        "rounds": works.iter().zip(rounds).map(|(work, rounds)| (work.name().to_owned(), Value::from(rounds))).collect::<serde_json::Map<_, _>>(),
    });
    println!("{output:#}");
    Ok(())
}

/// One measurement of one kind.
async fn round(bench: &Bench, work: Work, seconds: f64) -> Result<Value, Box<dyn Error>> {
    bench.pass(work).await;
    let (start, processor) = (Instant::now(), processor()?);
    let mut count = 0;
    while start.elapsed().as_secs_f64() < seconds {
        count += bench.pass(work).await;
    }
    let (wall, processor) = (start.elapsed(), self::processor()?.saturating_sub(processor));
    Ok(json!({ "count": count, "seconds": wall.as_secs_f64(), "processor": processor.as_secs_f64() }))
}

/// Time of the processor that this thread, the only one, has had.
fn processor() -> Result<Duration, Box<dyn Error>> {
    let text = fs::read_to_string("/proc/self/schedstat")?;
    Ok(Duration::from_nanos(text.split(' ').next().ok_or("/proc/self/schedstat is empty")?.parse()?))
}
