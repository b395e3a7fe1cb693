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
    verify::{Arrival, Verdicts, Verifier},
};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::{
    clock,
    config::ConfigFile,
    dns::{self, Dns},
    failure::Failure,
    output,
    term::harmless,
};

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
    dns: Dns,
    /// Find organisational domains in the list of public suffixes, as RFC 7489 did, and not by what domains publish.
    #[arg(long)]
    public_suffix_list: bool,
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
    let discovery = match (options.public_suffix_list, &config.discovery) {
        (true, _) => Discovery::PublicSuffixList,
        (false, configured) => configured.as_ref().map(|set| set.value).unwrap_or_default(),
    };
    let resolver = options.dns.resolver(&config).await?;
    if let Some(path) = &options.batch {
        return batch(path, Verifier::new(resolver, discovery), Others::new(discovery), now).await;
    }
    let bytes = options.file.as_deref().map(read).transpose()?;
    let arrival = Arrival { client: options.ip, helo: options.helo, mail_from: options.from, now };
    let verdicts = verified(bytes.as_deref(), arrival, &Verifier::new(resolver, discovery)).await;
    match options.format {
        Form::Json => output::print(&format!("{}\n", json!(verdicts))),
        Form::Text => output::print(&text(&verdicts)),
    }
}

/// What is proved of a message; what is not known of its arrival is taken from its header.
async fn verified(bytes: Option<&[u8]>, arrival: Arrival, verifier: &Verifier) -> Verdicts {
    let message = bytes.map(Message::new);
    verifier.verify(message.as_ref(), &arrival).await
}

/// A message from a file or standard input.
fn read(path: &Path) -> Result<Vec<u8>, Failure> {
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
async fn batch(path: &Path, verifier: Verifier, others: Others, now: i64) -> Result<(), Failure> {
    let name = path.display().to_string();
    let wrong = |error: std::io::Error| Failure::input(format!("error: {name}: {error}"));
    let lines: Box<dyn BufRead + Send> = if path.as_os_str() == "-" {
        Box::new(BufReader::new(std::io::stdin()))
    } else {
        Box::new(BufReader::new(std::fs::File::open(path).map_err(wrong)?))
    };
    let others = Mutex::new(others);
    // Requests are read as answers are printed: a batch of any length takes the memory of a few.
    let answers = lines.lines().enumerate().filter(|(_, line)| !line.as_ref().is_ok_and(|line| line.trim().is_empty()));
    let answers =
        answers.map(|(number, line)| answer(&verifier, &others, now, number + 1, line.map_err(|error| error.to_string())));
    let mut answers = stream::iter(answers).buffered(ABREAST);
    while let Some(answer) = answers.next().await {
        output::print(&format!("{answer}\n"))?;
    }
    Ok(())
}

async fn answer(verifier: &Verifier, others: &Mutex<Others>, now: i64, number: usize, line: Result<String, String>) -> Value {
    let request = line.and_then(|line| serde_json::from_str(&line).map_err(|error| format!("this is not a request: {error}")));
    let (id, verdicts) = match request {
        Ok(request) => {
            let request: Request = request;
            (request.id.clone(), answered(verifier, others, now, request).await)
        }
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

async fn answered(verifier: &Verifier, others: &Mutex<Others>, now: i64, request: Request) -> Result<Verdicts, String> {
    let other = match (&request.zone, &request.dns) {
        (None, None) => None,
        (Some(zone), None) => Some(others.lock().await.zone(zone)?),
        (None, Some(server)) => Some(others.lock().await.server(server).await?),
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
    let arrival = Arrival { client: request.ip, helo: request.helo, mail_from: request.from, now };
    Ok(verified(bytes.as_deref(), arrival, other.as_deref().unwrap_or(verifier)).await)
}

/// Zones and servers that single requests name, each read once.
struct Others {
    discovery: Discovery,
    zones: HashMap<PathBuf, Arc<Verifier>>,
    servers: HashMap<String, Arc<Verifier>>,
}

impl Others {
    fn new(discovery: Discovery) -> Self {
        Self { discovery, zones: HashMap::new(), servers: HashMap::new() }
    }

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
