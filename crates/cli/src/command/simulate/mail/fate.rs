//! What became of messages after the server took them: where they were delivered, what the program's own telemetry says of them, which
//! alerts name them.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Read as _,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use engine::{Engine, Environment, Limits};
use mailflow::quarantine::{Id, Store};
use serde_json::Value;
use simulate::mail::LABEL;
use state::{Alert, AlertFilter, State};

use super::play::{Answer, Sent};
use crate::{
    catalog, clock,
    command::Format,
    failure::Failure,
    output,
    term::{self, Progress},
    watch::StateUrl,
};

/// How often is looked.
const EVERY: Duration = Duration::from_millis(250);
/// In which of these looks the tables are asked: a query takes time from what is waited for, so the first is not at once.
const ROWS_EVERY: u128 = 4;
/// How long is looked on when nothing more is expected: a second rule may be a moment slower than the first. In microseconds.
const GRACE: i64 = 1_000_000;
/// How much of a file is read: the label stands on top of the message, below what the servers added.
const MOST_HEADER: u64 = 64 << 10;
/// How deep Maildirs may lie below the folder that was given.
const MOST_DEPTH: usize = 6;
/// The most files that are looked at.
const MOST_FILES: usize = 200_000;
/// How many messages one query asks about.
const ASKED: usize = 500;
/// A file written this long before the first message was sent is another's, in microseconds; file systems round.
const SLACK: i64 = 2_000_000;

/// A message, and all that is known of it.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) sent: Sent,
    /// Where it was delivered.
    pub(super) delivered: Vec<PathBuf>,
    /// What it is called in the program's quarantine.
    pub(super) quarantined: Option<String>,
    /// The program's own row about it.
    pub(super) row: Option<Row>,
    /// The alerts that name it.
    pub(super) alerts: Vec<Raised>,
}

/// What EmailEvents says of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) network_message_id: String,
    pub(super) action: String,
    pub(super) location: String,
    /// AuthenticationDetails.
    pub(super) authentication: String,
}

/// An alert that names a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Raised {
    pub(super) id: String,
    pub(super) rule_key: String,
    pub(super) rule_name: String,
    pub(super) severity: String,
    /// Microseconds after the message was sent.
    pub(super) after: i64,
}

/// Where is looked.
#[derive(Debug)]
pub(super) struct Watch<'a> {
    pub(super) data: &'a Path,
    pub(super) state: &'a StateUrl,
    pub(super) maildir: Option<&'a Path>,
    /// When the first message was sent, in microseconds since 1970.
    pub(super) began: i64,
}

impl Seen {
    /// Whether the server took it.
    pub(super) fn is_accepted(&self) -> bool {
        self.sent.answer.reply().is_some_and(crate::smtp::Reply::is_positive)
    }

    /// Whether it was set apart, by the program or by the server's own words.
    pub(super) fn is_quarantined(&self) -> bool {
        let says = |text: &str| text.to_ascii_lowercase().contains("quarantine");
        let row = self.row.as_ref().is_some_and(|row| says(&row.location) || says(&row.action));
        let reply =
            self.sent.answer.reply().is_some_and(|reply| reply.is_positive() && reply.lines.iter().any(|line| says(line)));
        self.quarantined.is_some() || row || reply
    }

    /// Whether nothing more is to be expected of it.
    fn is_settled(&self, maildir: bool) -> bool {
        if !self.is_accepted() {
            return true;
        }
        let attack = self.sent.message.scenario.kind.is_attack();
        if attack { self.is_quarantined() || !self.alerts.is_empty() } else { !maildir || !self.delivered.is_empty() }
    }
}

impl Watch<'_> {
    /// Looks until nothing more is to be expected of any message, at most so long.
    pub(super) async fn wait(&self, sent: Vec<Sent>, most: Duration) -> Result<Vec<Seen>, Failure> {
        let mut all: Vec<Seen> = sent
            .into_iter()
            .map(|sent| Seen { sent, delivered: Vec::new(), quarantined: None, row: None, alerts: Vec::new() })
            .collect();
        let state = if self.state.exists(self.data) { Some(self.state.open(self.data).await?) } else { None };
        let engine = if self.data.is_dir() { Some(Engine::new(Limits::default()).map_err(Failure::internal)?) } else { None };
        if state.is_none() {
            term::warn(&format!("{} holds no alerts: what no rule can tell, the server has to", self.data.display()));
        }
        let progress = Progress::start("waiting for deliveries and alerts");
        let mut mailbox = Mailbox::default();
        let quarantine = Store::of(self.data);
        let wait = i64::try_from(most.as_micros()).unwrap_or(i64::MAX);
        let mut ends = clock::micros(clock::now()).saturating_add(wait);
        let mut settled = false;
        // So many looks at most: a clock that is set back does not make it wait for ever.
        for look in 1..=(most.as_millis() / EVERY.as_millis()).max(1) {
            if let Some(maildir) = self.maildir {
                mailbox.look(maildir, self.began - SLACK, &mut all);
            }
            mailbox.look_aside(&quarantine, self.began - SLACK, &mut all);
            if look % ROWS_EVERY == 0 {
                self.ask(engine.as_ref(), state.as_ref(), &mut all).await?;
            } else {
                self.ask(None, state.as_ref(), &mut all).await?;
            }
            let now = clock::micros(clock::now());
            if !settled && all.iter().all(|seen| seen.is_settled(self.maildir.is_some())) {
                settled = true;
                ends = ends.min(now + GRACE);
            }
            if now >= ends {
                break;
            }
            tokio::time::sleep(EVERY).await;
        }
        self.ask(engine.as_ref(), state.as_ref(), &mut all).await?;
        progress.finish();
        if let Some(state) = state {
            state.close().await;
        }
        Ok(all)
    }

    /// Asks the tables and the alerts, whichever there are.
    async fn ask(&self, engine: Option<&Engine>, state: Option<&State>, all: &mut [Seen]) -> Result<(), Failure> {
        if let Some(engine) = engine {
            self.rows(engine, all).await?;
        }
        if let Some(state) = state {
            self.alerts(state, all).await?;
        }
        Ok(())
    }

    /// Rows of EmailEvents about messages that have none yet.
    async fn rows(&self, engine: &Engine, all: &mut [Seen]) -> Result<(), Failure> {
        let unknown = |seen: &Seen| seen.is_accepted() && seen.row.as_ref().is_none_or(|row| row.action.is_empty());
        let ids: BTreeSet<String> =
            all.iter().filter(|seen| unknown(seen)).map(|seen| seen.sent.message.message_id.clone()).collect();
        if ids.is_empty() {
            return Ok(());
        }
        let catalog = Arc::new(catalog::stored(self.data).await?);
        let environment = Environment::new(catalog, clock::now());
        let mut found: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for some in ids.into_iter().collect::<Vec<_>>().chunks(ASKED) {
            let list: Vec<String> = some.iter().map(|id| Value::from(id.as_str()).to_string()).collect();
            let query = format!(
                "EmailEvents | where Timestamp > ago(2d) | where InternetMessageId in ({}) | project InternetMessageId, \
                 RecipientEmailAddress, NetworkMessageId, DeliveryAction, DeliveryLocation, AuthenticationDetails",
                list.join(", ")
            );
            let Ok(results) = engine.query(&query, &environment).await else {
                // A data directory without mail, or one that is being written for the first time.
                return Ok(());
            };
            let mut text = Vec::new();
            output::rows(&results, Format::Ndjson, &mut text)?;
            for row in text.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice::<Value>(line).ok()) {
                found.entry(texted(&row, "InternetMessageId")).or_default().push(row);
            }
        }
        for seen in all.iter_mut() {
            let Some(rows) = found.get(&seen.sent.message.message_id) else { continue };
            // Replayed messages share an identifier: the recipient tells their rows apart.
            let own = |row: &&Value| {
                let recipient = texted(row, "RecipientEmailAddress");
                seen.sent.message.recipients.iter().any(|address| address.eq_ignore_ascii_case(&recipient))
            };
            let Some(row) = rows.iter().find(own).or(rows.first()) else { continue };
            seen.row = Some(Row {
                network_message_id: texted(row, "NetworkMessageId"),
                action: texted(row, "DeliveryAction"),
                location: texted(row, "DeliveryLocation"),
                authentication: texted(row, "AuthenticationDetails"),
            });
        }
        Ok(())
    }

    /// Alerts raised since the first message that name one of them.
    async fn alerts(&self, state: &State, all: &mut [Seen]) -> Result<(), Failure> {
        let filter = AlertFilter { since: Some(self.began), ..AlertFilter::default() };
        for alert in state.alerts(&filter).await? {
            let named = names(&alert);
            for seen in all.iter_mut().filter(|seen| seen.alerts.iter().all(|known| known.id != alert.id)) {
                let given = seen.row.as_ref().map_or("", |row| row.network_message_id.as_str());
                if is_named(&named, &seen.sent.message.message_id, given) {
                    seen.alerts.push(Raised {
                        id: alert.id.clone(),
                        rule_key: alert.rule_key.clone(),
                        rule_name: alert.rule_name.clone(),
                        severity: alert.severity.clone(),
                        after: alert.created_at.saturating_sub(seen.sent.at),
                    });
                }
            }
        }
        for seen in all.iter_mut() {
            seen.alerts.sort_by(|one, other| (one.after, &one.rule_name).cmp(&(other.after, &other.rule_name)));
        }
        Ok(())
    }
}

/// Whether a text of an alert has a message's identifier: its Message-ID, or the one that the telemetry gave it. Neither may be known.
fn is_named(text: &str, message_id: &str, network_message_id: &str) -> bool {
    let ids = [message_id.trim_matches(['<', '>']), network_message_id];
    ids.iter().any(|id| !id.is_empty() && text.contains(id))
}

/// Everything of an alert that can name a message.
fn names(alert: &Alert) -> String {
    let entities = alert.detail.entities.iter().map(|entity| entity.value.clone());
    let rows = alert.detail.evidence.iter().map(|row| Value::Object(row.clone()).to_string());
    entities.chain(rows).collect::<Vec<_>>().join("\n")
}

fn texted(row: &Value, name: &str) -> String {
    match row.get(name) {
        Some(Value::String(text)) => text.clone(),
        None | Some(Value::Null) => String::new(),
        Some(other) => other.to_string(),
    }
}

/// Files that were looked at already.
#[derive(Debug, Default)]
struct Mailbox {
    known: BTreeSet<PathBuf>,
}

impl Mailbox {
    /// Looks at new files of a Maildir, and of those below it.
    fn look(&mut self, folder: &Path, since: i64, all: &mut [Seen]) {
        let mut found: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
        self.walk(folder, since, MOST_DEPTH, &mut found);
        for seen in all {
            if let Some(paths) = found.remove(&seen.sent.message.id) {
                seen.delivered.extend(paths);
            }
        }
    }

    /// Looks at what was put into the quarantine.
    fn look_aside(&mut self, quarantine: &Store, since: i64, all: &mut [Seen]) {
        let Ok(entries) = std::fs::read_dir(quarantine.folder()) else { return };
        for path in entries.flatten().map(|entry| entry.path()) {
            // The message is there before what is known of it: only the two are in the quarantine.
            let name = path.file_stem().and_then(|name| name.to_str()).and_then(|name| name.parse::<Id>().ok());
            let Some(id) = name.filter(|id| id.second() >= since.div_euclid(1_000_000)) else { continue };
            let is_item = path.extension().is_some_and(|kind| kind == "json");
            if !is_item || self.known.len() >= MOST_FILES || !self.known.insert(path.clone()) {
                continue;
            }
            let label = label(&path.with_extension("eml"));
            if let Some(seen) = all.iter_mut().find(|seen| Some(&seen.sent.message.id) == label.as_ref()) {
                seen.quarantined = Some(id.as_str().to_owned());
            }
        }
    }

    fn walk(&mut self, folder: &Path, since: i64, depth: usize, found: &mut BTreeMap<String, Vec<PathBuf>>) {
        let Ok(entries) = std::fs::read_dir(folder) else { return };
        let mailbox = folder.file_name().is_some_and(|name| name == "new" || name == "cur");
        for entry in entries.flatten() {
            let (path, Ok(about)) = (entry.path(), entry.metadata()) else { continue };
            if about.is_dir() {
                // What is in tmp is being written (the delivery of Maildir ends with a rename into new).
                if depth > 0 && entry.file_name() != "tmp" {
                    self.walk(&path, since, depth - 1, found);
                }
                continue;
            }
            let recent = about.modified().is_ok_and(|moment| clock::micros_of(moment) >= since);
            let is_new = mailbox && recent && self.known.len() < MOST_FILES && self.known.insert(path.clone());
            if is_new && let Some(id) = label(&path) {
                found.entry(id).or_default().push(path);
            }
        }
    }
}

/// The id in the label of a file's message.
fn label(path: &Path) -> Option<String> {
    let mut header = Vec::new();
    std::fs::File::open(path).ok()?.take(MOST_HEADER).read_to_end(&mut header).ok()?;
    let text = String::from_utf8_lossy(&header);
    let line = text.lines().take_while(|line| !line.is_empty()).find_map(|line| line.strip_prefix(LABEL)?.strip_prefix(':'))?;
    line.split_once("id=").map(|(_, id)| id.trim().to_owned())
}

/// Whether a message was put among the junk, by the folder it lies in.
pub(super) fn is_junk(path: &Path) -> bool {
    path.components().any(|part| {
        let name = part.as_os_str().to_string_lossy().trim_start_matches('.').to_ascii_lowercase();
        matches!(name.rsplit(['.', '/']).next(), Some("junk" | "spam" | "junk e-mail" | "junk email"))
    })
}

/// Whether the conversation ended early.
pub(super) fn failure(answer: &Answer) -> Option<&str> {
    match answer {
        Answer::Failed(reason) => Some(reason),
        Answer::Decided(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{is_junk, is_named, label};

    #[test]
    fn a_label_is_read_from_the_header_alone() {
        let folder = tempfile::tempdir().unwrap();
        let write = |text: &str| {
            let path = folder.path().join("message");
            std::fs::write(&path, text).unwrap();
            label(&path)
        };
        let labelled = "Return-Path: <>\r\nX-Spoofwatch-Simulation: plain; id=0123abcd\r\nFrom: a\r\n\r\nbody\r\n";
        assert_eq!(write(labelled).as_deref(), Some("0123abcd"));
        assert_eq!(write("From: a\r\n\r\nX-Spoofwatch-Simulation: plain; id=1\r\n"), None);
        assert_eq!(write(""), None);
    }

    #[test]
    fn alerts_name_messages_by_either_identifier() {
        let text = r#"{"NetworkMessageId":"1d0f4def-2fba-8b69-8f8a-9c4bb3157976","Id":"<a1b2@example.com>"}"#;
        assert!(is_named(text, "<a1b2@example.com>", ""));
        assert!(is_named(text, "<other@example.com>", "1d0f4def-2fba-8b69-8f8a-9c4bb3157976"));
        assert!(!is_named(text, "<other@example.com>", ""));
        assert!(!is_named(text, "", ""), "what has no identifier is named by nothing");
    }

    #[test]
    fn junk_is_a_folder() {
        assert!(is_junk(Path::new("/srv/ana/Maildir/.Junk/new/1")));
        assert!(is_junk(Path::new("/srv/ana/Maildir/.INBOX.Spam/cur/1")));
        assert!(!is_junk(Path::new("/srv/ana/Maildir/new/1.junk.example")));
    }
}
