//! `spoofwatch reports fetch`: the reports in a mailbox that came since the last time.
//!
//! Messages are read in small heaps. What a heap holds is stored first, then its messages are marked or moved, then it is kept how far
//! reading came: whatever breaks off in between is read again, and gives no row twice.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use sources::{Input, Place};

use crate::{
    clock,
    command::ingest::{self, Totals},
    config::ConfigFile,
    failure::Failure,
    imap::{Address, After, Progress, Secret, Session, State, Trust},
    term,
};

/// Messages that are read before what they hold is stored.
const HEAP_MESSAGES: usize = 100;
/// Bytes of messages that are held at a time, one message more at most.
const HEAP_BYTES: usize = 64 << 20;

/// Arguments of `reports fetch`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// The mailbox: imaps://USER@HOST/FOLDER; imap:// for this machine alone.
    #[arg(value_name = "MAILBOX")]
    mailbox: String,
    /// The file that holds the password, and nothing else.
    #[arg(long, value_name = "FILE", required_unless_present = "password_env", conflicts_with = "password_env")]
    password_file: Option<PathBuf>,
    /// The environment variable that holds the password.
    #[arg(long, value_name = "NAME")]
    password_env: Option<String>,
    /// The password is an access token of OAuth 2, as Microsoft 365 and Google want one.
    #[arg(long)]
    oauth2: bool,
    /// Trust servers whose certificates these authorities made, and no others; PEM.
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// Mark messages as seen when they are read; nothing is changed without.
    #[arg(long, conflicts_with = "move_to")]
    mark_seen: bool,
    /// Move messages to this folder when they are read.
    #[arg(long, value_name = "FOLDER")]
    move_to: Option<String>,
    /// Take in the messages themselves too, as mail that was received; only the reports they carry without.
    #[arg(long)]
    messages: bool,
    /// Read the folder from its first message on; no row is added twice.
    #[arg(long)]
    again: bool,
    /// Pass over messages that are longer, in megabytes.
    #[arg(long, value_name = "MB", default_value_t = 50)]
    max_message: u32,
    #[command(flatten)]
    config: ConfigFile,
}

pub(super) async fn run(data: &Path, options: Options) -> Result<(), Failure> {
    options.config.load(data)?;
    let address = Address::parse(&options.mailbox)?;
    let secret = secret(&options)?;
    let trust = options.ca_file.clone().map_or(Trust::Public, Trust::File);
    let after = match &options.move_to {
        Some(folder) => After::Move(folder.clone()),
        None if options.mark_seen => After::Seen,
        None => After::Nothing,
    };
    std::fs::create_dir_all(data).map_err(|error| Failure::input(format!("error: {}: {error}", data.display())))?;
    let progress = term::Progress::start("connecting");
    let session = Session::open(&address, &secret, &trust, &after).await?;
    let mailbox = address.name();
    let mut fetching = Fetching {
        data,
        mailbox: &mailbox,
        max_bytes: usize::try_from(options.max_message).unwrap_or(usize::MAX).saturating_mul(1 << 20),
        read: sources::Options {
            reports_only: !options.messages,
            arrived: Some(clock::micros(clock::now())),
            ..sources::Options::default()
        },
        after,
        session,
        totals: Totals::default(),
        messages: 0,
    };
    let read = fetching.all(options.again, &progress).await;
    progress.finish();
    let Fetching { session, totals, messages, .. } = fetching;
    session.close().await;
    term::say(&format!("{mailbox}: {} read", term::count(messages, "new message")));
    // What was stored before a fault is told too.
    let told = if messages > 0 { ingest::report(totals) } else { Ok(()) };
    Failure::all([read, told].into_iter().filter_map(Result::err).collect())
}

/// A mailbox being read.
struct Fetching<'a> {
    data: &'a Path,
    mailbox: &'a str,
    max_bytes: usize,
    read: sources::Options,
    after: After,
    session: Session,
    totals: Totals,
    messages: u64,
}

impl Fetching<'_> {
    async fn all(&mut self, again: bool, progress: &term::Progress) -> Result<(), Failure> {
        let mut state = State::load(self.data)?;
        let validity = self.session.validity;
        let last = if again { 0 } else { state.last(self.mailbox, validity) };
        let numbers = self.session.after(last).await?;
        let count = numbers.len();
        for heap in numbers.chunks(HEAP_MESSAGES) {
            progress.at(format!("{}: {} of {count} messages", self.mailbox, self.messages));
            let sizes = self.session.sizes(heap).await?;
            let mut rest = heap;
            while let Some(read) = self.heap(rest, &sizes).await? {
                // Never back: what is read again does not make the next run read it once more.
                let last = read.max(state.last(self.mailbox, validity));
                state.keep(self.mailbox, Progress { validity, last })?;
                rest = rest.get(rest.partition_point(|number| *number <= read)..).unwrap_or_default();
            }
        }
        Ok(())
    }

    /// Reads as many of the messages as are held at a time, and gives the last of them; `None` if there are none.
    async fn heap(&mut self, numbers: &[u32], sizes: &std::collections::BTreeMap<u32, usize>) -> Result<Option<u32>, Failure> {
        let (mut inputs, mut taken, mut bytes, mut last) = (Vec::new(), Vec::new(), 0_usize, None);
        for &number in numbers {
            if bytes >= HEAP_BYTES {
                break;
            }
            last = Some(number);
            let name = format!("{};UID={number}", self.mailbox);
            match sizes.get(&number) {
                // Gone in between.
                None => {}
                Some(&size) if size > self.max_bytes => {
                    term::warn(&format!(
                        "{name}: passed over, as it is {size} bytes long; --max-message allows {}",
                        self.max_bytes
                    ));
                }
                Some(&size) => {
                    if let Some(message) = self.session.message(number, size).await? {
                        bytes = bytes.saturating_add(message.len());
                        taken.push(number);
                        inputs.push(Input { name, place: Place::Memory(Arc::from(message)) });
                    }
                }
            }
        }
        if !inputs.is_empty() && !ingest::ingest(self.data, &self.read, &inputs, &mut self.totals).await? {
            return Err(Failure::internal("not all that was read could be stored; it will be read again"));
        }
        self.messages = self.messages.saturating_add(taken.len() as u64);
        self.session.done(&taken, &self.after).await?;
        Ok(last)
    }
}

/// The password or token, from where the user says it is.
fn secret(options: &Options) -> Result<Secret, Failure> {
    let text = match (&options.password_file, &options.password_env) {
        (Some(path), _) => {
            let named = |reason: &dyn std::fmt::Display| Failure::input(format!("error: {}: {reason}", path.display()));
            if is_open_to_others(path) {
                term::warn(&format!(
                    "{}: others on this machine can read the password; chmod 600 keeps it yours",
                    path.display()
                ));
            }
            std::fs::read_to_string(path).map_err(|error| named(&error))?
        }
        (None, Some(name)) => {
            #[expect(clippy::disallowed_methods, reason = "the user names the variable on the command line")]
            let value = std::env::var(name);
            value.map_err(|_| Failure::input(format!("error: --password-env {name}: there is no such variable")))?
        }
        (None, None) => return Err(Failure::input("error: no password was given")),
    };
    // Editors end a file with a line feed.
    let text = text.trim_end_matches(['\r', '\n']).to_owned();
    if text.is_empty() {
        return Err(Failure::input("error: the password is empty"));
    }
    Ok(if options.oauth2 { Secret::Token(text) } else { Secret::Password(text) })
}

#[cfg(unix)]
fn is_open_to_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_open_to_others(_: &Path) -> bool {
    false
}
