//! The configuration file: `spoofwatch.toml` in the data directory, or the file of `--config`.
//!
//! A key is a declaration in `keys.rs`: how it is read, what holds without it, what is shown. Command lines come before the
//! file, the file before defaults. Start with [`Config::load`].

mod check;
mod console;
mod dkim;
mod fixes;
mod keys;
mod mail;
mod mailflow;
mod milter;
mod notify;
mod tenant;
mod value;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use clap::Args;
use diag::{Diagnostic, Span};

pub(crate) use check::Check;
pub(crate) use console::{Console, Oidc};
pub(crate) use dkim::{Dkim, Line};
pub(crate) use fixes::{DnsUpdate, Fixes};
pub(crate) use keys::KEYS;
pub(crate) use mail::{Mail, Verify};
pub(crate) use mailflow::MailFlow;
pub(crate) use milter::{Full, Milter, authserv_id};
pub(crate) use notify::Notify;
pub(crate) use tenant::{Rotate, Tenant};
use value::{Entry, Problem};

use crate::failure::Failure;

/// The file's name in the data directory.
const FILE: &str = "spoofwatch.toml";

/// `--config`, the same for every command that heeds the file.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct ConfigFile {
    /// Read this configuration file, and not spoofwatch.toml of the data directory.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl ConfigFile {
    /// What the file says.
    pub(crate) fn load(&self, data: &Path) -> Result<Config, Failure> {
        Config::load(data, self.config.as_deref())
    }
}

/// A value of the file, and the line it stands on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Set<T> {
    pub(crate) value: T,
    pub(crate) line: usize,
}

/// A watchlist: a CSV file, and the column that is its search key; the first one if none is named.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Watchlist {
    pub(crate) file: PathBuf,
    pub(crate) search_key: Option<String>,
}

/// What the configuration file says.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Config {
    /// The file; `None` if there is none.
    pub(crate) path: Option<PathBuf>,
    pub(crate) allow_external: Option<Set<Vec<String>>>,
    /// Lints that are allowed, by name, each with the keys of the rules that it is allowed in; none is every rule.
    pub(crate) allow_lints: BTreeMap<String, Set<Vec<String>>>,
    /// Which domains are looked at.
    pub(crate) check: Check,
    /// How pages are reached.
    pub(crate) console: Console,
    /// Keys of own mail servers.
    pub(crate) dkim: Dkim,
    /// Which name server takes changes.
    pub(crate) dns_update: DnsUpdate,
    /// Who may approve changes.
    pub(crate) fixes: Fixes,
    pub(crate) functions: Option<Set<Vec<PathBuf>>>,
    pub(crate) geoip: Option<Set<PathBuf>>,
    /// How messages are looked at.
    pub(crate) mail: Mail,
    pub(crate) mailflow: MailFlow,
    pub(crate) milter: Milter,
    pub(crate) memory_limit: Option<Set<usize>>,
    /// Who is told of alerts, by name.
    pub(crate) notify: BTreeMap<String, Set<Notify>>,
    /// Values for the queries of rules: by key of the rule, by name.
    pub(crate) parameters: BTreeMap<String, BTreeMap<String, Set<serde_json::Value>>>,
    /// The Microsoft 365 tenant.
    pub(crate) tenant: Tenant,
    pub(crate) timeout: Option<Set<u64>>,
    pub(crate) watchlists: BTreeMap<String, Set<Watchlist>>,
}

impl Config {
    /// Reads `given`, which must exist, or the file of the data directory, which need not.
    pub(crate) fn load(data: &Path, given: Option<&Path>) -> Result<Self, Failure> {
        let own = data.join(FILE);
        let path = match given {
            Some(path) => path,
            None if own.is_file() => &own,
            None => return Ok(Self::default()),
        };
        let origin = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| Failure::input(format!("error: {origin}: {error}")))?;
        let folder = path.parent().unwrap_or_else(|| Path::new("."));
        match Self::read(&text, folder) {
            Ok(config) => Ok(Self { path: Some(path.to_owned()), ..config }),
            Err(findings) => {
                let drawn: Vec<String> = findings.iter().map(|finding| diag::render(finding, &origin, &text)).collect();
                Err(Failure::input(drawn.join("\n")))
            }
        }
    }

    /// The values that replace those of a rule's query.
    pub(crate) fn parameters_of(&self, rule: &str) -> Vec<(String, serde_json::Value)> {
        let values = self.parameters.get(rule).into_iter().flatten();
        values.map(|(name, set)| (name.clone(), set.value.clone())).collect()
    }

    /// What a text says; paths are counted from `folder`. Every fault is reported.
    fn read(text: &str, folder: &Path) -> Result<Self, Vec<Diagnostic>> {
        let table = toml::de::DeTable::parse(text).map_err(|error| {
            let span = error.span().unwrap_or_default();
            vec![Diagnostic::error(FAULT, error.message().to_owned(), Span::new(span.start, span.end))]
        })?;
        let mut config = Self::default();
        let mut findings = Vec::new();
        for (name, value) in table.get_ref().iter() {
            let outcome = match KEYS.iter().find(|key| key.name == name.get_ref().as_ref()) {
                Some(key) => (key.read)(&mut config, &Entry { value, folder, text }),
                None => Err(Problem::unknown_key(name, "key", KEYS.iter().map(|key| key.name))),
            };
            if let Err(problem) = outcome {
                findings.extend(problem.0);
            }
        }
        findings.sort_by_key(|finding| finding.span.start);
        if findings.is_empty() { Ok(config) } else { Err(findings) }
    }
}

/// The code of every fault of the file.
const FAULT: &str = "C0001";

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::{Config, KEYS, Set, Watchlist};

    fn fault(text: &str) -> Option<String> {
        let findings = Config::read(text, Path::new("/etc")).err()?;
        let words = findings.iter().map(|finding| {
            let help = finding.help.as_deref().unwrap_or_default();
            format!("{}: {} {help}", &text[finding.span.start..finding.span.end], finding.message)
        });
        Some(words.collect::<Vec<_>>().join("; "))
    }

    #[test]
    fn an_empty_file_says_nothing() {
        assert_eq!(Config::read("", Path::new("/etc")), Ok(Config::default()));
    }

    #[test]
    fn every_key_is_read_and_paths_are_counted_from_the_file() {
        let text = "memory-limit = 512\ntimeout = 30\ngeoip = \"city.mmdb\"\nfunctions = [\"f\", \"/g\"]\nallow-external = [\"lists\", \"lists.example\"]\n[watchlists]\nVIP = \"vip.csv\"\nHosts = { file = \"/h.csv\", search-key = \"Host\" }\n[parameters.r1]\nDomains = [\"a\"]\nLimit = 5\n[allow-lints]\nunused-let = [\"r1\"]\nunused-flag = true\n";
        let watchlist = |file: &str, key: Option<&str>, line| {
            (Set { value: Watchlist { file: PathBuf::from(file), search_key: key.map(str::to_owned) }, line }).clone()
        };
        let wanted = Config {
            path: None,
            allow_external: Some(Set { value: vec!["lists".to_owned(), "lists.example".to_owned()], line: 5 }),
            allow_lints: [
                ("unused-let".to_owned(), Set { value: vec!["r1".to_owned()], line: 13 }),
                ("unused-flag".to_owned(), Set { value: Vec::new(), line: 14 }),
            ]
            .into(),
            functions: Some(Set { value: vec![PathBuf::from("/etc/f"), PathBuf::from("/g")], line: 4 }),
            geoip: Some(Set { value: PathBuf::from("/etc/city.mmdb"), line: 3 }),
            memory_limit: Some(Set { value: 512, line: 1 }),
            parameters: [(
                "r1".to_owned(),
                [
                    ("Domains".to_owned(), Set { value: serde_json::json!(["a"]), line: 10 }),
                    ("Limit".to_owned(), Set { value: serde_json::json!(5), line: 11 }),
                ]
                .into(),
            )]
            .into(),
            timeout: Some(Set { value: 30, line: 2 }),
            watchlists: [
                ("VIP".to_owned(), watchlist("/etc/vip.csv", None, 7)),
                ("Hosts".to_owned(), watchlist("/h.csv", Some("Host"), 8)),
            ]
            .into(),
            ..Config::default()
        };
        assert_eq!(Config::read(text, Path::new("/etc")), Ok(wanted));
    }

    #[test]
    fn what_cannot_be_used_is_named_with_its_place() {
        for (text, words) in [
            ("geoipp = \"x\"", "geoipp: there is no key `geoipp` did you mean `geoip`?"),
            ("timeout = \"x\"", "\"x\": `timeout` is a whole number above 0"),
            ("timeout = 0", "0: `timeout` is a whole number above 0"),
            ("memory-limit = -1", "-1: `memory-limit` is a whole number above 0"),
            ("functions = \"x\"", "\"x\": `functions` is a list of texts"),
            ("functions = [1]", "1: `functions` is a list of texts"),
            ("allow-external = [1]", "1: `allow-external` is a text"),
            ("allow-external = 1", "1: `allow-external` is a list of texts"),
            ("geoip = \"\"", "\"\": `geoip` is empty"),
            ("[allow-lints]\nunused-lett = true", "unused-lett: there is no lint `unused-lett` did you mean `unused-let`?"),
            ("[watchlists]\na = 1", "1: a watchlist is a file, or a table with `file` and `search-key`"),
            ("[watchlists]\na = { fil = \"x\" }", "fil: there is no key `fil` of a watchlist did you mean `file`?"),
            ("[watchlists]\na = {}", "{}: a watchlist needs a `file`"),
            ("parameters = 1", "1: `parameters` is a table: a table of values for each key of a rule"),
            ("[parameters]\na = 1", "1: the parameters of a rule are a table: a line `Name = value` for each"),
            ("[parameters.a]\nb = 2026-01-01", "2026-01-01: write a moment as a text, such as \"2026-01-31\""),
            ("timeout = ", ""),
        ] {
            let found = fault(text).unwrap_or_default();
            assert!(!found.is_empty() && found.contains(words), "{text}: {found}");
        }
    }

    #[test]
    fn every_fault_is_reported() {
        assert_eq!(fault("a = 1\ntimeout = false").map(|found| found.matches("; ").count()), Some(1));
    }

    #[test]
    fn the_guide_tells_of_every_key() {
        let guide = include_str!("../../../../docs/guide/configuration.md");
        for key in KEYS {
            assert!(guide.contains(&format!("`{}`", key.name)), "docs/guide/configuration.md lacks `{}`", key.name);
        }
    }
}
