//! `spoofwatch mail verify`: SPF, DKIM, DMARC and ARC of a message, each verdict with its reason.

use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Read},
    net::IpAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::{Args, ValueEnum};
use futures::{StreamExt as _, stream};
use mailauth::{
    Message,
    dmarc::Discovery,
    dns::{Recorder, Resolver},
    evidence::{Evidence, Trust},
    verify::{Arrival, Verdicts, Verifier},
};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::{clock, config::ConfigFile, dns, failure::Failure, mail::Looking, output, term::harmless};

/// Arguments of `mail verify`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The message as it arrived, `-` for standard input. Without, SPF alone is evaluated.
    #[arg(value_name = "FILE", required_unless_present_any = ["ip", "batch"])]
    file: Option<PathBuf>,
    /// The address of the client that sent the message. Without, what the header says of it.
    #[arg(long, value_name = "ADDRESS")]
    ip: Option<IpAddr>,
    /// What the client greeted with.
    #[arg(long, value_name = "NAME")]
    helo: Option<String>,
    /// The envelope sender; empty for a bounce.
    #[arg(long, value_name = "ADDRESS")]
    from: Option<String>,
    /// Answer requests, a JSON object a line: {"id","ip","helo","from","file" or "message","dns" or "zone"}, each of them optional.
    #[arg(long, value_name = "FILE.jsonl", conflicts_with_all = ["file", "ip", "helo", "from"])]
    batch: Option<PathBuf>,
    #[command(flatten)]
    looking: Looking,
    /// Write what the DNS said into this zone file, which --zone then answers from.
    #[arg(long, value_name = "FILE", conflicts_with = "zone")]
    record: Option<PathBuf>,
    /// The moment of the evaluation, by which signatures end; now without.
    #[arg(long, value_name = "TIME")]
    as_of: Option<String>,
    /// How the verdicts are printed.
    #[arg(long, value_enum, default_value_t = Form::Text)]
    format: Form,
    #[command(flatten)]
    config: ConfigFile,
}

/// How verdicts are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For people.
    Text,
    /// One object.
    Json,
}

/// Longest message that is read, in bytes: more than any server takes.
const LONGEST: u64 = 256 << 20;
/// Requests that are worked on side by side: what they wait for is the DNS.
const ABREAST: usize = 32;

pub(crate) async fn run(data: &Path, options: Options) -> Result<(), Failure> {
    let config = options.config.load(data)?.mail;
    let now = clock::micros(clock::as_of(options.as_of.as_deref())?).div_euclid(1_000_000);
    let looking = &options.looking;
    let (trust, discovery) = (looking.trust(&config)?, looking.discovery(&config));
    let resolver = looking.dns.resolver(&config).await?;
    let recorder = options.record.is_some().then(|| Arc::new(Recorder::new(Arc::clone(&resolver))));
    let resolver = recorder.as_ref().map_or(resolver, |recorder| Arc::<Recorder>::clone(recorder) as Arc<dyn Resolver>);
    let verifier = Verifier::new(resolver, discovery);
    if let Some(path) = &options.batch {
        let others = Mutex::new(Others { discovery, zones: HashMap::new(), servers: HashMap::new() });
        batch(path, &Batch { verifier, others, trust, now }).await?;
        return recorded(recorder.as_deref(), options.record.as_deref());
    }
    let bytes = options.file.as_deref().map(read).transpose()?;
    let arrival = Arrival { client: options.ip, helo: options.helo, mail_from: options.from, now };
    let verdicts = verified(bytes.as_deref(), arrival, &verifier, &trust).await;
    recorded(recorder.as_deref(), options.record.as_deref())?;
    match options.format {
        Form::Json => output::print(&format!("{}\n", json!(verdicts))),
        Form::Text => output::print(&text(&verdicts)),
    }
}

/// What is proved of a message. What nobody said of its arrival is taken from its header, as far as hosts that are believed wrote it.
async fn verified(bytes: Option<&[u8]>, arrival: Arrival, verifier: &Verifier, trust: &Trust) -> Verdicts {
    let message = bytes.map(Message::new);
    let arrival = match &message {
        Some(message) if arrival.client.is_none() => {
            let evidence = Evidence::read(message, trust);
            Arrival {
                client: evidence.sender_ip().map(|taken| taken.value),
                helo: arrival.helo.or_else(|| evidence.helo().map(|taken| taken.value)),
                mail_from: arrival.mail_from.or_else(|| evidence.mail_from().map(|taken| taken.value)),
                now: arrival.now,
            }
        }
        _ => arrival,
    };
    verifier.verify(message.as_ref(), &arrival).await
}

/// Keeps what the DNS said.
fn recorded(recorder: Option<&Recorder>, path: Option<&Path>) -> Result<(), Failure> {
    match (recorder, path) {
        (Some(recorder), Some(path)) => output::to_file(path, |out| Ok(out.write_all(recorder.zone_text().as_bytes())?)),
        _ => Ok(()),
    }
}

/// A message from a file or standard input.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let name = path.display();
    let wrong = |error: std::io::Error| Failure::input(format!("error: {name}: {error}"));
    let input: Box<dyn Read> =
        if path.as_os_str() == "-" { Box::new(std::io::stdin()) } else { Box::new(std::fs::File::open(path).map_err(wrong)?) };
    let mut bytes = Vec::new();
    input.take(LONGEST + 1).read_to_end(&mut bytes).map_err(wrong)?;
    if bytes.len() as u64 > LONGEST {
        return Err(Failure::input(format!("error: {name}: longer than {} MB, which no message is", LONGEST >> 20)));
    }
    Ok(bytes)
}

/// A line of `--batch`.
#[derive(Debug, Deserialize)]
struct Request {
    #[serde(default)]
    id: Value,
    ip: Option<IpAddr>,
    helo: Option<String>,
    from: Option<String>,
    file: Option<PathBuf>,
    message: Option<String>,
    dns: Option<String>,
    zone: Option<PathBuf>,
}

/// Answers a request a line, in order; one that fails stops none.
async fn batch(path: &Path, batch: &Batch) -> Result<(), Failure> {
    let name = path.display().to_string();
    let wrong = |error: std::io::Error| Failure::input(format!("error: {name}: {error}"));
    let lines: Box<dyn BufRead + Send> = if path.as_os_str() == "-" {
        Box::new(BufReader::new(std::io::stdin()))
    } else {
        Box::new(BufReader::new(std::fs::File::open(path).map_err(wrong)?))
    };
    // Requests are read as answers are printed: a batch of any length takes the memory of a few.
    let answers = lines.lines().enumerate().filter(|(_, line)| !line.as_ref().is_ok_and(|line| line.trim().is_empty()));
    let answers = answers.map(|(number, line)| batch.answer(number + 1, line.map_err(|error| error.to_string())));
    let mut answers = stream::iter(answers).buffered(ABREAST);
    while let Some(answer) = answers.next().await {
        output::print(&format!("{answer}\n"))?;
    }
    Ok(())
}

/// What all requests share.
struct Batch {
    verifier: Verifier,
    others: Mutex<Others>,
    trust: Trust,
    now: i64,
}

impl Batch {
    async fn answer(&self, number: usize, line: Result<String, String>) -> Value {
        let request = line
            .and_then(|line| serde_json::from_str::<Request>(&line).map_err(|error| format!("this is not a request: {error}")));
        let (id, verdicts) = match request {
            Ok(request) => (request.id.clone(), self.verdicts(request).await),
            Err(message) => (Value::Null, Err(message)),
        };
        match verdicts {
            Ok(verdicts) => {
                let mut line = json!({ "id": id, "ok": true });
                if let (Value::Object(line), Value::Object(verdicts)) = (&mut line, json!(verdicts)) {
                    line.extend(verdicts);
                }
                line
            }
            Err(message) => json!({ "id": id, "ok": false, "error": { "message": format!("line {number}: {message}") } }),
        }
    }

    async fn verdicts(&self, request: Request) -> Result<Verdicts, String> {
        let other = match (&request.zone, &request.dns) {
            (None, None) => None,
            (Some(zone), None) => Some(self.others.lock().await.zone(zone)?),
            (None, Some(server)) => Some(self.others.lock().await.server(server).await?),
            (Some(_), Some(_)) => return Err("the request has both `zone` and `dns`".to_owned()),
        };
        let bytes = match (&request.file, request.message) {
            (Some(path), None) => Some(read(path).map_err(|failure| failure.words())?),
            (None, message) => message.map(String::into_bytes),
            (Some(_), Some(_)) => return Err("the request has both `file` and `message`".to_owned()),
        };
        if bytes.is_none() && request.ip.is_none() {
            return Err("the request has no `ip` and no message: there is nothing to verify".to_owned());
        }
        let arrival = Arrival { client: request.ip, helo: request.helo, mail_from: request.from, now: self.now };
        Ok(verified(bytes.as_deref(), arrival, other.as_deref().unwrap_or(&self.verifier), &self.trust).await)
    }
}

/// Zones and servers that single requests name, each read once.
struct Others {
    discovery: Discovery,
    zones: HashMap<PathBuf, Arc<Verifier>>,
    servers: HashMap<String, Arc<Verifier>>,
}

impl Others {
    fn zone(&mut self, path: &Path) -> Result<Arc<Verifier>, String> {
        if let Some(known) = self.zones.get(path) {
            return Ok(Arc::clone(known));
        }
        let zone = dns::zone(path).map_err(|failure| failure.words())?;
        let verifier = Arc::new(Verifier::new(Arc::new(zone), self.discovery));
        self.zones.insert(path.to_owned(), Arc::clone(&verifier));
        Ok(verifier)
    }

    async fn server(&mut self, server: &str) -> Result<Arc<Verifier>, String> {
        if let Some(known) = self.servers.get(server) {
            return Ok(Arc::clone(known));
        }
        let resolver = dns::network(Some(server)).await.map_err(|failure| failure.words())?;
        let verifier = Arc::new(Verifier::new(resolver, self.discovery));
        self.servers.insert(server.to_owned(), Arc::clone(&verifier));
        Ok(verifier)
    }
}

/// The verdicts for people: a line a verdict, and the reason below it.
fn text(verdicts: &Verdicts) -> String {
    let mut text = String::new();
    let mut verdict = |method: &str, result: &str, of: &str, reason: &str| {
        let of = harmless(of, 200);
        text.push_str(&format!("{method:<6} {result:<10} {of}\n       {}\n", harmless(reason, 2_000)));
    };
    let spf = &verdicts.spf;
    verdict("SPF", spf.result.as_str(), &spf.domain, &spf.reason);
    for signature in &verdicts.dkim {
        let of = match (&signature.domain, &signature.selector) {
            (Some(domain), Some(selector)) => format!("{domain} ({selector})"),
            (domain, _) => domain.clone().unwrap_or_default(),
        };
        verdict("DKIM", signature.result.as_str(), &of, &signature.reason);
    }
    if let Some(dmarc) = &verdicts.dmarc {
        if verdicts.dkim.is_empty() {
            verdict("DKIM", "none", "", "the message is not signed");
        }
        verdict("DMARC", dmarc.result.as_str(), dmarc.domain.as_deref().unwrap_or_default(), &dmarc.reason);
    }
    if let Some(arc) = &verdicts.arc {
        let sealers: Vec<&str> = arc.sets.iter().filter_map(|set| set.domain.as_deref()).collect();
        verdict("ARC", arc.result.as_str(), &sealers.join(", "), &arc.reason);
    }
    text
}
