//! `spoofwatch mail explain`: one message's way and every verdict on it, as a person would want to read it.
//!
//! `sections` says what is told, `fires` asks the rules, `text` and `html` show it; `page` is what they have in common.

mod fires;
mod html;
mod page;
mod sections;
mod text;

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use mailauth::{Message, verify::Verdicts};
use serde_json::json;
use sources::message::{Envelope, Parsed};

use self::{
    fires::Fires,
    page::{Block, Section, Words},
};
use crate::{clock, command::Running, config::Verify, failure::Failure, mail::Looking, output, term::Screen};

/// Arguments of `mail explain`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The message, `-` for standard input.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The address of the client that sent the message. Without, what the header says of it.
    #[arg(long, value_name = "ADDRESS")]
    ip: Option<std::net::IpAddr>,
    /// What the client greeted with.
    #[arg(long, value_name = "NAME")]
    helo: Option<String>,
    /// The envelope sender; empty for a bounce.
    #[arg(long, value_name = "ADDRESS")]
    from: Option<String>,
    /// Whether the message is verified by the program itself.
    #[arg(long, value_name = "WHICH", value_enum, default_value_t = Verify::Always)]
    verify: Verify,
    #[command(flatten)]
    looking: Looking,
    /// Rules that are asked about the message, files and folders; those that come with the program without.
    #[arg(long = "rules", value_name = "PATH")]
    rules: Vec<PathBuf>,
    /// How it is shown.
    #[arg(long, value_enum, default_value_t = Form::Text)]
    format: Form,
    #[command(flatten)]
    running: Running,
}

/// How it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For reading in a terminal.
    Text,
    /// One object with everything that is known.
    Json,
    /// A page that stands alone.
    Html,
}

/// Microseconds after its arrival at which rules are asked about a message.
const AFTER: i64 = 60_000_000;

pub(crate) async fn run(data: &Path, options: Options) -> Result<(), Failure> {
    let config = options.running.config.load(data)?;
    let now = clock::micros(clock::now());
    let name = options.file.display().to_string();
    let bytes = super::verify::read(&options.file)?;
    let (bytes, rebuilt) =
        sources::message::of_file(bytes).map_err(|reason| Failure::input(format!("error: {name}: {reason}")))?;
    let message = Message::new(&bytes);
    let trust = options.looking.trust(&config.mail)?;
    let envelope =
        Envelope { client: options.ip, helo: options.helo.clone(), mail_from: options.from.clone(), ..Envelope::default() };
    let parsed = Parsed::read(&message, envelope, &name, rebuilt, &trust);
    let verdicts = match options.verify {
        Verify::Never => None,
        _ if rebuilt => None,
        Verify::Auto if parsed.evidence.overview.is_some() && !options.looking.dns.is_recorded(&config.mail) => None,
        Verify::Auto | Verify::Always => {
            let verifier = options.looking.verifier(&config.mail).await?;
            Some(verifier.verify(Some(&message), &parsed.arrival(None)).await)
        }
    };
    let rows = sources::message::rows(&parsed, verdicts.as_ref(), None, Some(now));
    let rows = rows.map_err(|reason| Failure::input(format!("error: {name}: {reason}")))?;
    let at = parsed.arrived.unwrap_or(now).saturating_add(AFTER);
    let fires = fires::ask(fires::rules(&options.rules), &rows, at, &options.running, data, &config).await?;
    match options.format {
        Form::Json => {
            let object = json!({ "message": parsed, "verdicts": verdicts, "rules": fires.fired, "rules_failed": fires.failed });
            output::print(&format!("{object}\n"))
        }
        Form::Text => output::print(&text::text(&sections_of(&parsed, verdicts.as_ref(), &fires), Screen::stdout().colour)),
        Form::Html => {
            let title = parsed.evidence.subject.clone().filter(|subject| !subject.is_empty()).unwrap_or(name);
            output::print(&html::html(&title, &sections_of(&parsed, verdicts.as_ref(), &fires)))
        }
    }
}

/// Everything that is told, in its order.
fn sections_of(parsed: &Parsed, verdicts: Option<&Verdicts>, fires: &Fires) -> Vec<Section> {
    let evidence = &parsed.evidence;
    let notes: Vec<String> = parsed.notes.list().iter().map(|note| note.sentence().to_owned()).collect();
    let mut told = vec![
        sections::message(evidence, &envelope(parsed)),
        fires::section(fires),
        sections::findings(&evidence.findings, &notes),
        sections::verdicts(evidence, verdicts),
    ];
    if let Some(verdicts) = verdicts {
        told.push(sections::signatures(verdicts));
        told.extend(verdicts.dmarc.as_ref().map(sections::policy));
    }
    told.push(sections::microsoft(evidence));
    told.push(sections::path(evidence));
    told.push(links(parsed));
    told.push(attachments(parsed));
    told.push(sections::apart(evidence));
    told
}

/// What is known of the message's arrival.
fn envelope(parsed: &Parsed) -> Vec<(&'static str, String)> {
    let client = match (parsed.client(), parsed.helo()) {
        (Some(ip), Some(helo)) => format!("{ip}, which called itself {helo}"),
        (Some(ip), None) => ip.to_string(),
        (None, helo) => helo.unwrap_or_default(),
    };
    let sender = parsed.mail_from().map(|sender| if sender.is_empty() { "<> (a bounce)".to_owned() } else { sender });
    vec![
        ("Envelope sender", sender.unwrap_or_default()),
        ("Sent by", client),
        ("Direction", parsed.direction.as_str().to_owned()),
        ("Size", format!("{} bytes", parsed.size)),
        ("Network message id", parsed.network_message_id()),
    ]
}

fn links(parsed: &Parsed) -> Section {
    let row = |link: &sources::message::Link| {
        vec![
            Words::plain(link.location.as_str()),
            Words::plain(link.domain.clone()),
            Words::plain(link.url.clone()),
            Words::plain(link.words.clone()),
        ]
    };
    let mut section = Section::new("Links");
    section
        .add(Block::Table { columns: vec!["in", "leads to", "URL", "shown as"], rows: parsed.links.iter().map(row).collect() });
    section
}

fn attachments(parsed: &Parsed) -> Section {
    let row = |file: &sources::message::Attachment| {
        vec![
            Words::plain(file.name.clone()),
            Words::plain(if file.kind.is_empty() { "unknown".to_owned() } else { file.kind.clone() }),
            Words::plain(file.size.to_string()),
            Words::plain(file.sha256.clone()),
        ]
    };
    let mut section = Section::new("Attachments");
    let rows = parsed.attachments.iter().map(row).collect();
    section.add(Block::Table { columns: vec!["name", "is", "bytes", "SHA-256"], rows });
    section
}
