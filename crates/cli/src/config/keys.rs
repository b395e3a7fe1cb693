//! The keys of the configuration file: a list of same-shaped items, sorted.

use std::path::Path;

use toml::de::DeValue;

use super::{
    Config, Set, Watchlist,
    value::{Entry, Problem},
};

/// A key.
pub(crate) struct Key {
    /// As the file writes it.
    pub(crate) name: &'static str,
    /// What holds without it.
    pub(crate) default: &'static str,
    /// What it says.
    pub(crate) about: &'static str,
    /// Puts the value where it belongs.
    pub(super) read: fn(&mut Config, &Entry) -> Result<(), Problem>,
    /// What the file says, a value a line, with the line.
    pub(crate) shown: fn(&Config) -> Vec<(String, usize)>,
}

/// Every key.
pub(crate) static KEYS: &[Key] = &[
    Key {
        name: "allow-external",
        default: "none: externaldata reads nothing",
        about: "Folders, files and hosts that `externaldata` may read.",
        read: |config, entry| entry.texts("allow-external").map(|texts| config.allow_external = Some(entry.set(texts))),
        shown: |config| {
            config.allow_external.iter().flat_map(|set| set.value.iter().map(|text| (text.clone(), set.line))).collect()
        },
    },
    Key {
        name: "allow-lints",
        default: "none: every finding is told",
        about: "Lints whose findings `rules lint` leaves out, by name: of all rules, or of those with these keys.",
        read: allow_lints,
        shown: |config| {
            let rules = |keys: &[String]| if keys.is_empty() { "every rule".to_owned() } else { keys.join(", ") };
            config.allow_lints.iter().map(|(lint, set)| (format!("{lint} = {}", rules(&set.value)), set.line)).collect()
        },
    },
    Key {
        name: "check",
        default: "the domains of mail.own-domains are looked at once a day",
        about: "Which domains are looked at, what they are for, and how often `serve` does.",
        read: super::check::read,
        shown: |config| config.check.shown(),
    },
    Key {
        name: "console",
        default: "on the address that is listened on, for people who sign in here",
        about: "How the pages and the JSON interface are reached: TLS, proxies, sessions, signing in elsewhere.",
        read: super::console::read,
        shown: |config| config.console.shown(),
    },
    Key {
        name: "dkim",
        default: "no domain's mail is signed by own servers; keys are replaced every 90 days",
        about: "The DKIM keys of own mail servers: who signs for which domain, and how often keys are replaced.",
        read: super::dkim::read,
        shown: |config| config.dkim.shown(),
    },
    Key {
        name: "dns-update",
        default: "none: records are published by hand",
        about: "The name server that takes changes of zones, and the key that signs them.",
        read: super::fixes::read_dns_update,
        shown: |config| config.dns_update.shown(),
    },
    Key {
        name: "fixes",
        default: "whoever can use the data directory may approve fixes",
        about: "Who may approve changes, and how long their proof may take.",
        read: super::fixes::read,
        shown: |config| config.fixes.shown(),
    },
    Key {
        name: "functions",
        default: "the folder functions of the data directory",
        about: "Folders of saved functions, beside that of the data directory.",
        read: |config, entry| entry.paths("functions").map(|paths| config.functions = Some(entry.set(paths))),
        shown: |config| config.functions.iter().flat_map(|set| set.value.iter().map(|path| (name(path), set.line))).collect(),
    },
    Key {
        name: "geoip",
        default: "none: geo_info_from_ip_address() gives null",
        about: "A file of MaxMind's format to look the places of IP addresses up in.",
        read: |config, entry| entry.path("geoip").map(|path| config.geoip = Some(entry.set(path))),
        shown: |config| config.geoip.iter().map(|set| (name(&set.value), set.line)).collect(),
    },
    Key {
        name: "mail",
        default: "no domain is one's own, what Microsoft's own header fields say counts, and the DNS of the system is asked",
        about: "How messages are looked at: own-domains, trusted, microsoft, dns, zone, verify, public-suffix-list.",
        read: super::mail::read,
        shown: |config| config.mail.shown(),
    },
    Key {
        name: "mailflow",
        default: "no rules; what is quarantined is kept for 30 days",
        about: "Mail-flow rules, and the quarantine.",
        read: super::mailflow::read,
        shown: |config| config.mailflow.shown(),
    },
    Key {
        name: "memory-limit",
        default: "4096",
        about: "Megabytes of memory a query may take before it spills to disk.",
        read: |config, entry| entry.count("memory-limit").map(|count| config.memory_limit = Some(entry.set(count))),
        shown: |config| config.memory_limit.iter().map(|set| (set.value.to_string(), set.line)).collect(),
    },
    Key {
        name: "milter",
        default: "none: no mail server is listened for",
        about: "Where mail servers ask about live mail, and what they are answered when something fails.",
        read: super::milter::read,
        shown: |config| config.milter.shown(),
    },
    Key {
        name: "notify",
        default: "nobody is told of alerts, unless --notify says so",
        about: "Who is told of alerts, a table for each by its name: shape, url, from, to, password-file, ca-file, severity, rules.",
        read: super::notify::read,
        shown: super::notify::shown,
    },
    Key {
        name: "parameters",
        default: "none: the queries of rules run with the values they were published with",
        about: "Values for the queries of rules, by key of the rule and name.",
        read: parameters,
        shown: |config| {
            let values =
                config.parameters.iter().flat_map(|(rule, values)| values.iter().map(move |(name, set)| (rule, name, set)));
            values.map(|(rule, name, set)| (format!("{rule}: {name} = {}", set.value), set.line)).collect()
        },
    },
    Key {
        name: "tenant",
        default: "none",
        about: "The Microsoft 365 tenant: the application it is reached by, and the telemetry that is taken from it.",
        read: super::tenant::read,
        shown: |config| config.tenant.shown(),
    },
    Key {
        name: "timeout",
        default: "none",
        about: "Seconds a query may run.",
        read: |config, entry| entry.count("timeout").map(|count| config.timeout = Some(entry.set(count))),
        shown: |config| config.timeout.iter().map(|set| (set.value.to_string(), set.line)).collect(),
    },
    Key {
        name: "watchlists",
        default: "the CSV files of the folder watchlists of the data directory",
        about: "Watchlists by alias, beside those of the data directory.",
        read: watchlists,
        shown: |config| config.watchlists.iter().map(|(alias, set)| (shown(alias, &set.value), set.line)).collect(),
    },
];

fn allow_lints(config: &mut Config, entry: &Entry) -> Result<(), Problem> {
    const WANTED: &str = "`allow-lints` is a table: a line `lint-name = true`, or `lint-name = [\"key of a rule\"]`, for each";
    let DeValue::Table(lints) = entry.value.get_ref() else { return Err(entry.problem(WANTED)) };
    for (lint, value) in lints.iter() {
        if rules::lint::lint(lint.get_ref()).is_none() {
            return Err(Problem::unknown_key(lint, "lint", rules::lint::ALL.iter().map(|lint| lint.name)));
        }
        let entry = entry.of(value);
        let rules = match value.get_ref() {
            DeValue::Boolean(true) => Vec::new(),
            DeValue::Array(_) => entry.texts("allow-lints")?,
            _ => return Err(entry.problem(WANTED)),
        };
        config.allow_lints.insert(lint.get_ref().to_string(), entry.set(rules));
    }
    Ok(())
}

fn parameters(config: &mut Config, entry: &Entry) -> Result<(), Problem> {
    let DeValue::Table(rules) = entry.value.get_ref() else {
        return Err(entry.problem("`parameters` is a table: a table of values for each key of a rule"));
    };
    for (rule, values) in rules.iter() {
        let entry = entry.of(values);
        let DeValue::Table(values) = values.get_ref() else {
            return Err(entry.problem("the parameters of a rule are a table: a line `Name = value` for each"));
        };
        let mut read = std::collections::BTreeMap::new();
        for (name, value) in values.iter() {
            let entry = entry.of(value);
            read.insert(name.get_ref().to_string(), entry.set(entry.json()?));
        }
        config.parameters.insert(rule.get_ref().to_string(), read);
    }
    Ok(())
}

fn watchlists(config: &mut Config, entry: &Entry) -> Result<(), Problem> {
    let DeValue::Table(lists) = entry.value.get_ref() else {
        return Err(entry.problem("`watchlists` is a table: a line `Alias = \"file.csv\"` for each"));
    };
    for (alias, value) in lists.iter() {
        let entry = entry.of(value);
        config.watchlists.insert(alias.get_ref().to_string(), watchlist(&entry)?);
    }
    Ok(())
}

fn watchlist(entry: &Entry) -> Result<Set<Watchlist>, Problem> {
    const PARTS: [&str; 2] = ["file", "search-key"];
    let mut list = Watchlist { file: std::path::PathBuf::new(), search_key: None };
    match entry.value.get_ref() {
        DeValue::String(_) => list.file = entry.path("file")?,
        DeValue::Table(parts) => {
            for (part, value) in parts.iter() {
                match part.get_ref().as_ref() {
                    "file" => list.file = entry.of(value).path("file")?,
                    "search-key" => list.search_key = Some(entry.of(value).text("search-key")?.to_owned()),
                    _ => return Err(Problem::unknown_key(part, "key of a watchlist", PARTS.into_iter())),
                }
            }
            if list.file.as_os_str().is_empty() {
                return Err(entry.problem("a watchlist needs a `file`"));
            }
        }
        _ => return Err(entry.problem("a watchlist is a file, or a table with `file` and `search-key`")),
    }
    Ok(entry.set(list))
}

fn name(path: &Path) -> String {
    path.display().to_string()
}

fn shown(alias: &str, list: &Watchlist) -> String {
    let key = list.search_key.as_ref().map(|key| format!(" (search key {key})")).unwrap_or_default();
    format!("{alias} = {}{key}", list.file.display())
}
