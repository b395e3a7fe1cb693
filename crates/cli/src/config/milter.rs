//! The table `milter` of the configuration file: where mail servers ask about live mail.

use std::time::Duration;

use mailflow::Networks;
use milter::{Address, Fallback, Limits, server::Oversize};
use toml::de::DeValue;

use super::{
    Config, Set,
    value::{Entry, Problem},
};

/// What the table says.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Milter {
    /// Where mail servers connect.
    pub(crate) listen: Option<Set<Address>>,
    /// The name under which verdicts are written into messages (RFC 8601 section 2.5).
    pub(crate) authserv_id: Option<Set<String>>,
    /// Hosts that hand mail on to this one, and whose results are believed as `mail.trusted` and `mail.microsoft` say.
    pub(crate) trusted_clients: Option<Set<(Vec<String>, Networks)>>,
    /// Clients that are ours: what they send is not verified.
    pub(crate) own_clients: Option<Set<(Vec<String>, Networks)>>,
    /// What is answered when a decision fails.
    pub(crate) on_failure: Option<Set<Failing>>,
    /// What becomes of a message that is to be quarantined and cannot be.
    pub(crate) on_full: Option<Set<Full>>,
    /// Seconds that a decision may take.
    pub(crate) decide_seconds: Option<Set<u32>>,
    /// Megabytes of a message that are looked at.
    pub(crate) max_message: Option<Set<u32>>,
    /// Mail servers' connections at a time.
    pub(crate) connections: Option<Set<u32>>,
}

/// What is answered when a decision fails.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Failing {
    /// The message is delivered as it came.
    #[default]
    Accept,
    /// The client tries again later.
    Tempfail,
}

/// What becomes of a message that is to be quarantined and cannot be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Full {
    /// The client tries again later.
    #[default]
    Tempfail,
    /// The mail server holds it in its queue.
    Hold,
    /// It is delivered.
    Accept,
}

const KEYS: [&str; 9] = [
    "listen",
    "authserv-id",
    "trusted-clients",
    "own-clients",
    "on-failure",
    "on-full",
    "decide-seconds",
    "max-message",
    "connections",
];
/// Who is ours unless told otherwise: this machine.
const OWN: [&str; 2] = ["127.0.0.0/8", "::1"];
/// How long a decision may take unless told otherwise: the DNS may take five seconds for each of several questions that wait for each
/// other, and a server is told meanwhile that an answer is on its way.
const DECIDE: Duration = Duration::from_secs(60);

pub(super) fn read(config: &mut Config, entry: &Entry) -> Result<(), Problem> {
    let DeValue::Table(parts) = entry.value.get_ref() else {
        return Err(entry.problem("`milter` is a table: a line `listen = \"inet:127.0.0.1:8891\"`, for one"));
    };
    let milter = &mut config.milter;
    for (key, value) in parts.iter() {
        let entry = entry.of(value);
        match key.get_ref().as_ref() {
            "listen" => {
                let place = entry.text("listen")?.parse::<Address>().map_err(|error| entry.problem(error.to_string()))?;
                milter.listen = Some(entry.set(place));
            }
            "authserv-id" => {
                let id = authserv_id(entry.text("authserv-id")?).map_err(|words| entry.problem(words))?;
                milter.authserv_id = Some(entry.set(id));
            }
            "trusted-clients" => milter.trusted_clients = Some(entry.set(networks(&entry, "trusted-clients")?)),
            "own-clients" => milter.own_clients = Some(entry.set(networks(&entry, "own-clients")?)),
            "on-failure" => {
                let found = match entry.text("on-failure")? {
                    "accept" => Failing::Accept,
                    "tempfail" => Failing::Tempfail,
                    _ => return Err(entry.problem("`on-failure` is \"accept\" or \"tempfail\"")),
                };
                milter.on_failure = Some(entry.set(found));
            }
            "on-full" => {
                let found = match entry.text("on-full")? {
                    "tempfail" => Full::Tempfail,
                    "hold" => Full::Hold,
                    "accept" => Full::Accept,
                    _ => return Err(entry.problem("`on-full` is \"tempfail\", \"hold\" or \"accept\"")),
                };
                milter.on_full = Some(entry.set(found));
            }
            "decide-seconds" => milter.decide_seconds = Some(entry.set(entry.count("decide-seconds")?)),
            "max-message" => milter.max_message = Some(entry.set(entry.count("max-message")?)),
            "connections" => milter.connections = Some(entry.set(entry.count("connections")?)),
            _ => return Err(Problem::unknown_key(key, "key of `milter`", KEYS.into_iter())),
        }
    }
    Ok(())
}

/// A name that can stand at the head of Authentication-Results.
pub(crate) fn authserv_id(text: &str) -> Result<String, String> {
    let fits =
        !text.is_empty() && text.len() <= 255 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte));
    if fits { Ok(text.to_owned()) } else { Err(format!("`{text}` is no name for this host: write one such as mx.example.com")) }
}

fn networks(entry: &Entry, key: &str) -> Result<(Vec<String>, Networks), Problem> {
    let texts = entry.texts(key)?;
    let networks = Networks::of(&texts)
        .map_err(|text| entry.problem(format!("`{text}` is no network: write 192.0.2.1, 192.0.2.0/24 or 2001:db8::/32")))?;
    Ok((texts, networks))
}

impl Milter {
    /// Clients that are ours.
    pub(crate) fn own(&self) -> Networks {
        let own = self.own_clients.as_ref().map(|set| set.value.1.clone());
        own.unwrap_or_else(|| Networks::of(&OWN).unwrap_or_default())
    }

    /// What is answered when a decision fails.
    pub(crate) fn fallback(&self) -> Fallback {
        match self.on_failure.as_ref().map(|set| set.value).unwrap_or_default() {
            Failing::Accept => Fallback::Accept,
            Failing::Tempfail => Fallback::Tempfail,
        }
    }

    /// What becomes of a message that is to be quarantined and cannot be.
    pub(crate) fn full(&self) -> Full {
        self.on_full.as_ref().map(|set| set.value).unwrap_or_default()
    }

    /// The limits of connections.
    pub(crate) fn limits(&self) -> Limits {
        let limits = Limits::default();
        let size = |set: &Option<Set<u32>>| set.as_ref().and_then(|set| usize::try_from(set.value).ok());
        Limits {
            connections: size(&self.connections).unwrap_or(limits.connections),
            message: size(&self.max_message).map_or(limits.message, |megabytes| megabytes.saturating_mul(1 << 20)),
            decide: self.decide_seconds.as_ref().map_or(DECIDE, |set| Duration::from_secs(set.value.into())),
            oversize: Oversize::Unseen,
            ..limits
        }
    }

    /// A line a key, with the line of the file.
    pub(super) fn shown(&self) -> Vec<(String, usize)> {
        let shown = |name: &str, value: Option<(String, usize)>| value.map(|(text, line)| (format!("{name} = {text}"), line));
        let count = |set: &Option<Set<u32>>| set.as_ref().map(|set| (set.value.to_string(), set.line));
        let list = |set: &Option<Set<(Vec<String>, Networks)>>| set.as_ref().map(|set| (set.value.0.join(", "), set.line));
        let rows = [
            shown("listen", self.listen.as_ref().map(|set| (set.value.to_string(), set.line))),
            shown("authserv-id", self.authserv_id.as_ref().map(|set| (set.value.clone(), set.line))),
            shown("trusted-clients", list(&self.trusted_clients)),
            shown("own-clients", list(&self.own_clients)),
            shown("on-failure", self.on_failure.as_ref().map(|set| (format!("{:?}", set.value).to_lowercase(), set.line))),
            shown("on-full", self.on_full.as_ref().map(|set| (format!("{:?}", set.value).to_lowercase(), set.line))),
            shown("decide-seconds", count(&self.decide_seconds)),
            shown("max-message", count(&self.max_message)),
            shown("connections", count(&self.connections)),
        ];
        rows.into_iter().flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::config::Config;

    #[test]
    fn every_key_is_read_and_shown() -> Result<(), String> {
        let text = "[milter]\nlisten = \"inet:8891@127.0.0.1\"\nauthserv-id = \"mx.example.com\"\ntrusted-clients = [\"203.0.113.0/24\"]\non-failure = \"tempfail\"\non-full = \"hold\"\nmax-message = 10\n";
        let milter = Config::read(text, Path::new("/etc")).map_err(|found| format!("{found:?}"))?.milter;
        let shown: Vec<String> = milter.shown().into_iter().map(|(text, line)| format!("{line}: {text}")).collect();
        assert_eq!(
            shown,
            [
                "2: listen = inet:127.0.0.1:8891",
                "3: authserv-id = mx.example.com",
                "4: trusted-clients = 203.0.113.0/24",
                "5: on-failure = tempfail",
                "6: on-full = hold",
                "7: max-message = 10"
            ]
        );
        assert_eq!(milter.limits().message, 10 << 20);
        assert!(milter.own().has([127, 0, 0, 1].into()));
        Ok(())
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        for (text, words) in [
            ("milter = true", "`milter` is a table"),
            ("[milter]\nlisten = \"8891\"", "inet:HOST:PORT"),
            ("[milter]\nauthserv-id = \"a b\"", "no name for this host"),
            ("[milter]\ntrusted-clients = [\"x\"]", "`x` is no network"),
            ("[milter]\non-failure = \"reject\"", "\"accept\" or \"tempfail\""),
            ("[milter]\nlisten-on = \"x\"", "no key `listen-on` of `milter`"),
        ] {
            let found = Config::read(text, Path::new("/etc")).err().unwrap_or_default();
            assert!(found.iter().any(|found| found.message.contains(words)), "{text}: {found:?}");
        }
    }
}
