//! `serve` as a process: what comes in, what it raises, and what it does when it is killed, locked out, out of room, or beside rules and
//! receivers that fail.
//!
//! Here is the scene: a running `serve`, somebody who talks to it over HTTP, mail of this minute.

mod api_schema;
mod console;
mod elastic;
mod elastic_clients;
mod exclusions;
mod folder;
mod full;
mod killed;
mod late;
mod locked;
mod neighbours;
mod notifier;
mod post;
mod rsyslog;
mod signed_in;
mod tenant;
mod told;
mod told_tls;

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use serde_json::Value;

use crate::common::{Outcome, Place};

/// A rule that runs whenever rows come.
const CONTINUOUS: &str = "id: pay\nname: Payment\nkind: NRT\nseverity: Medium\neventGroupingSettings:\n  aggregationKind: AlertPerResult\nquery: |\n  EmailEvents\n  | where Subject startswith 'payment'\n";

/// A place with that rule in its folder.
fn watched() -> Outcome<Place> {
    let place = Place::new()?;
    place.file("spoofwatch-data/rules/pay.yaml", CONTINUOUS)?;
    Ok(place)
}

/// A running `serve`; killed when it is dropped.
pub(crate) struct Serve {
    child: Child,
    address: String,
    said: Arc<Mutex<String>>,
}

impl Drop for Serve {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Serve {
    pub(crate) fn start(place: &Place, more: &[&str]) -> Outcome<Self> {
        Self::run(place.command(&[&["serve", "--listen", "127.0.0.1:0"], more].concat()))
    }

    /// Starts it where another was that has ended.
    fn again(place: &Place, address: &str) -> Outcome<Self> {
        Self::run(place.command(&["serve", "--listen", address]))
    }

    /// Starts the command and waits until it listens.
    pub(crate) fn run(mut command: Command) -> Outcome<Self> {
        // `USER` is who acts where nobody is named.
        let mut child = command.env("USER", "kim").stdout(Stdio::null()).spawn()?;
        let err = BufReader::new(child.stderr.take().ok_or("no standard error")?);
        let (said, address) = (Arc::<Mutex<String>>::default(), Arc::<Mutex<String>>::default());
        let (told, found) = (Arc::clone(&said), Arc::clone(&address));
        std::thread::spawn(move || {
            for line in err.lines().map_while(Result::ok) {
                if let Some((_, address)) = line.split_once("listening on http://") {
                    address.clone_into(&mut held(&found));
                }
                held(&told).push_str(&(line + "\n"));
            }
        });
        let mut serve = Self { child, address: String::new(), said };
        until("it listens", || {
            if let Some(status) = serve.child.try_wait()? {
                return Err(format!("{status}: {}", serve.said()).into());
            }
            Ok(!held(&address).is_empty())
        })?;
        held(&address).clone_into(&mut serve.address);
        Ok(serve)
    }

    /// What it has said on standard error.
    pub(crate) fn said(&self) -> String {
        held(&self.said).clone()
    }

    /// Ends it without a chance to put anything in order.
    pub(crate) fn kill(mut self) -> Outcome {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    pub(crate) fn get(&self, path: &str) -> Outcome<Answer> {
        request(&self.address, &format!("GET {path} HTTP/1.1\r\nHost: spoofwatch\r\nConnection: close\r\n\r\n"), b"")
    }

    /// Sends rows with the token of the data directory.
    fn post(&self, place: &Place, table: &str, rows: &[u8]) -> Outcome<Answer> {
        self.post_as(place, table, "", rows)
    }

    /// The same with more headers, each with its line's end.
    fn post_as(&self, place: &Place, table: &str, headers: &str, rows: &[u8]) -> Outcome<Answer> {
        let token = std::fs::read_to_string(place.path("spoofwatch-data/token"))?;
        let head = format!(
            "POST /api/ingest/{table} HTTP/1.1\r\nHost: spoofwatch\r\nConnection: close\r\nAuthorization: Bearer {}\r\n{headers}Content-Length: {}\r\n\r\n",
            token.trim(),
            rows.len()
        );
        request(&self.address, &head, rows)
    }
}

/// An answer over HTTP.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
}

impl Answer {
    fn json(&self) -> Outcome<Value> {
        Ok(serde_json::from_str(&self.body)?)
    }
}

fn request(address: &str, head: &str, body: &[u8]) -> Outcome<Answer> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(120)))?;
    // A server that refuses what it has only heard the head of does not read on.
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
    let mut answer = String::new();
    let read = stream.read_to_string(&mut answer);
    if answer.is_empty() {
        return Err(format!("no answer: {read:?}").into());
    }
    let (head, body) = answer.split_once("\r\n\r\n").ok_or("an answer without a head")?;
    let status = head.split(' ').nth(1).ok_or("an answer without a status")?.parse()?;
    Ok(Answer { status, head: head.to_owned(), body: body.to_owned() })
}

/// Says why a test looks at nothing.
fn left_out(why: &str) {
    let _ = writeln!(std::io::stderr(), "left out: {why}");
}

/// A Python that has a module, if there is one: the one that whoever runs the tests names, or the machine's own.
#[expect(clippy::disallowed_methods, reason = "whoever runs the tests says which Python has the clients")]
fn python_with(module: &str) -> Option<PathBuf> {
    let python = std::env::var_os("SPOOFWATCH_PYTHON").map_or_else(|| PathBuf::from("python3"), PathBuf::from);
    let tried = Command::new(&python).args(["-c", &format!("import {module}")]).stderr(Stdio::null()).status();
    if tried.is_ok_and(|status| status.success()) {
        return Some(python);
    }
    left_out(&format!("no Python here has {module}; SPOOFWATCH_PYTHON names one"));
    None
}

/// What a lock holds, whoever panicked while holding it.
fn held<T>(lock: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Waits until something is so; two minutes are for a machine that does much else.
pub(crate) fn until(what: &str, mut holds: impl FnMut() -> Outcome<bool>) -> Outcome {
    for _ in 0..1200 {
        if holds()? {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    Err(format!("waited two minutes until {what}").into())
}

/// The moment, as tables write it: rules that look back an hour see what is sent now.
fn now() -> Outcome<String> {
    #[expect(clippy::disallowed_methods, reason = "the process that is tested looks at the same clock")]
    let seconds = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs();
    let (days, second) = (i64::try_from(seconds / 86_400)?, seconds % 86_400);
    // Days to a date: the calendar's own sum, from 1 March of the year 0 (Fliegel and Van Flandern 1968, in its form for shifted years).
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let (day, month) = (day_of_year - (153 * shifted_month + 2) / 5 + 1, (shifted_month + 2) % 12 + 1);
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    Ok(format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", second / 3600, second / 60 % 60, second % 60))
}

/// Messages of this moment that the rule finds, as NDJSON.
fn payments<T: std::fmt::Display>(ids: impl IntoIterator<Item = T>) -> Outcome<String> {
    let now = now()?;
    let line = |id: T| {
        format!(
            "{{\"Timestamp\":\"{now}\",\"NetworkMessageId\":\"{id}\",\"RecipientEmailAddress\":\"ana@contoso.example\",\"Subject\":\"payment {id}\"}}\n"
        )
    };
    Ok(ids.into_iter().map(line).collect())
}

/// How many alerts there are of each message.
fn alerts(place: &Place) -> Outcome<BTreeMap<String, usize>> {
    let out = place.run(&["alerts", "list", "--all", "--limit", "1000000", "--format", "json"])?.good()?;
    let mut counts = BTreeMap::new();
    for line in out.lines().filter(|line| line.starts_with('{')) {
        let alert: Value = serde_json::from_str(line)?;
        for row in alert["detail"]["evidence"].as_array().into_iter().flatten() {
            *counts.entry(row["NetworkMessageId"].as_str().unwrap_or_default().to_owned()).or_default() += 1;
        }
    }
    Ok(counts)
}

/// Waits until there are so many alerts, and makes sure that each is of a message of its own.
fn until_alerts(place: &Place, wanted: usize) -> Outcome {
    let mut last = BTreeMap::new();
    let waited = until("the alerts are there", || {
        last = alerts(place)?;
        Ok(last.len() >= wanted)
    });
    if waited.is_err() || last.len() != wanted || last.values().any(|count| *count != 1) {
        return Err(format!("{wanted} alerts were expected, of one message each: {last:?}").into());
    }
    Ok(())
}
