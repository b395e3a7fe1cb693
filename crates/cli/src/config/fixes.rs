//! The tables `fixes` and `dns-update` of the configuration file: who may approve changes, and which name server takes them.

use std::path::PathBuf;

use toml::de::DeValue;

use super::{
    Config, Set,
    mail::domains,
    value::{Entry, Problem, Shown},
};

/// What the table `fixes` says.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Fixes {
    /// Who may approve; without it, whoever can use the data directory.
    pub(crate) approvers: Option<Set<Vec<String>>>,
    /// Whether whoever offered a fix may approve it.
    pub(crate) own_approval: Option<Set<bool>>,
    /// Hours within which a fix must be seen from outside; then it has failed.
    pub(crate) verify_hours: Option<Set<u32>>,
}

/// What the table `dns-update` says.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct DnsUpdate {
    /// The server that takes changes, as HOST:PORT.
    pub(crate) server: Option<Set<String>>,
    /// A file with the TSIG key, as BIND has it.
    pub(crate) key_file: Option<Set<PathBuf>>,
    /// The zones; without it, they are found by asking.
    pub(crate) zones: Option<Set<Vec<String>>>,
    /// The servers that must answer with a change before it counts as seen, as HOST:PORT; without it, those the zone names.
    pub(crate) servers: Option<Set<Vec<String>>>,
}

const FIXES: [&str; 3] = ["approvers", "own-approval", "verify-hours"];
const DNS_UPDATE: [&str; 4] = ["server", "key-file", "zones", "servers"];
/// Hours within which a fix must be seen from outside, unless told otherwise: longer than most records are remembered.
const VERIFY: u32 = 48;

pub(super) fn read(config: &mut Config, entry: &Entry) -> Result<(), Problem> {
    let DeValue::Table(parts) = entry.value.get_ref() else {
        return Err(entry.problem("`fixes` is a table: a line `approvers = [\"kim\"]`, for one"));
    };
    let fixes = &mut config.fixes;
    for (key, value) in parts.iter() {
        let entry = entry.of(value);
        match key.get_ref().as_ref() {
            "approvers" => fixes.approvers = Some(entry.set(entry.texts("approvers")?)),
            "own-approval" => fixes.own_approval = Some(entry.set(entry.flag("own-approval")?)),
            "verify-hours" => fixes.verify_hours = Some(entry.set(entry.count("verify-hours")?)),
            _ => return Err(Problem::unknown_key(key, "key of `fixes`", FIXES.into_iter())),
        }
    }
    Ok(())
}

pub(super) fn read_dns_update(config: &mut Config, entry: &Entry) -> Result<(), Problem> {
    let DeValue::Table(parts) = entry.value.get_ref() else {
        return Err(
            entry.problem("`dns-update` is a table: the lines `server = \"192.0.2.53:53\"` and `key-file = \"update.key\"`")
        );
    };
    let update = &mut config.dns_update;
    for (key, value) in parts.iter() {
        let entry = entry.of(value);
        match key.get_ref().as_ref() {
            "server" => update.server = Some(entry.set(entry.text("server")?.to_owned())),
            "key-file" => update.key_file = Some(entry.set(entry.path("key-file")?)),
            "zones" => update.zones = Some(entry.set(domains(&entry, "zones")?)),
            "servers" => update.servers = Some(entry.set(entry.texts("servers")?)),
            _ => return Err(Problem::unknown_key(key, "key of `dns-update`", DNS_UPDATE.into_iter())),
        }
    }
    match update.server.is_some() == update.key_file.is_some() {
        true => Ok(()),
        false => Err(entry.problem("`dns-update` needs both a `server` and a `key-file`: changes are signed")),
    }
}

impl Fixes {
    /// Whether somebody may approve what somebody offered; the words say why not.
    pub(crate) fn may_approve(&self, actor: &str, offered_by: &str) -> Result<(), String> {
        if let Some(approvers) = &self.approvers
            && !approvers.value.iter().any(|name| name == actor)
        {
            return Err(format!(
                "{actor} may not approve fixes and change windows: the configuration names {}",
                approvers.value.join(", ")
            ));
        }
        if self.own_approval.as_ref().is_some_and(|set| !set.value) && actor == offered_by {
            return Err(format!("{actor} proposes this, and somebody else has to approve it (fixes.own-approval = false)"));
        }
        Ok(())
    }

    /// Microseconds within which a fix must be seen from outside.
    pub(crate) fn verify_within(&self) -> i64 {
        i64::from(self.verify_hours.as_ref().map_or(VERIFY, |set| set.value)) * 3_600_000_000
    }

    /// A line a key, with the line of the file.
    pub(super) fn shown(&self) -> Vec<(String, usize)> {
        Shown::default()
            .list("approvers", &self.approvers)
            .one("own-approval", &self.own_approval)
            .one("verify-hours", &self.verify_hours)
            .rows
    }
}

impl DnsUpdate {
    /// A line a key, with the line of the file.
    pub(super) fn shown(&self) -> Vec<(String, usize)> {
        Shown::default()
            .one("server", &self.server)
            .path("key-file", &self.key_file)
            .list("zones", &self.zones)
            .list("servers", &self.servers)
            .rows
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::config::Config;

    fn read(text: &str) -> Result<Config, String> {
        Config::read(text, Path::new("/etc")).map_err(|found| format!("{found:?}"))
    }

    #[test]
    fn who_may_approve_is_what_the_file_says() -> Result<(), String> {
        let open = read("")?.fixes;
        assert_eq!(open.may_approve("kim", "kim"), Ok(()));
        let closed = read("[fixes]\napprovers = [\"kim\", \"lee\"]\nown-approval = false\n")?.fixes;
        assert_eq!(closed.may_approve("kim", "spoofwatch"), Ok(()));
        assert!(closed.may_approve("kim", "kim").is_err());
        assert!(closed.may_approve("max", "spoofwatch").is_err());
        assert_eq!(closed.shown().len(), 2);
        Ok(())
    }

    #[test]
    fn changes_of_zones_are_signed() -> Result<(), String> {
        assert!(read("[dns-update]\nserver = \"127.0.0.1:5353\"").is_err());
        let update =
            read("[dns-update]\nserver = \"127.0.0.1:5353\"\nkey-file = \"u.key\"\nzones = [\"Example.test\"]\n")?.dns_update;
        let shown: Vec<String> = update.shown().into_iter().map(|(text, _)| text).collect();
        assert_eq!(shown, ["server = 127.0.0.1:5353", "key-file = /etc/u.key", "zones = example.test"]);
        Ok(())
    }
}
