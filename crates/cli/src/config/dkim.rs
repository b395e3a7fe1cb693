//! The table `dkim` of the configuration file: the keys of one's own mail servers, a table for each domain, and how often they are replaced.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use mailauth::dkim::KeyKind;
use rotation::{OpenDkimConf, OpenDkimTables, OwnTable, RspamdMaps, Selectors, Signing};
use toml::{Spanned, de::DeValue};

use super::{
    Config, Rotate, Set,
    tenant::ROTATE,
    value::{Entry, Problem, Shown},
};

/// What the table says.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Dkim {
    /// The signing table of the program's own milter.
    pub(crate) table: Option<Set<PathBuf>>,
    /// What holds for every domain that does not say otherwise.
    times: Times,
    /// The domains.
    domains: BTreeMap<String, Set<OwnDomain>>,
}

/// Times and choices, of all domains or of one.
#[derive(Debug, Clone, Default, PartialEq)]
struct Times {
    /// Days after which a key is replaced.
    every_days: Option<Set<u32>>,
    /// Days after which it is overdue.
    grace_days: Option<Set<u32>>,
    /// Days that a message may be under way.
    transit_days: Option<Set<u32>>,
    /// Days after which the record of a revoked key is taken away.
    remove_after_days: Option<Set<u32>>,
    /// Seconds that answers may be remembered.
    ttl: Option<Set<u32>>,
    /// Whether `serve` rotates.
    rotate: Option<Set<Rotate>>,
}

/// A domain whose mail own servers sign.
#[derive(Debug, Clone, PartialEq)]
struct OwnDomain {
    /// Who signs; `None` is the program's own milter.
    signing: Option<Signing>,
    /// The file of each key, with `{domain}` and `{selector}`; `None` is in the data directory.
    key_file: Option<String>,
    kinds: Vec<KeyKind>,
    selectors: Selectors,
    owner: Option<String>,
    reload: Vec<String>,
    times: Times,
}

/// A line of keys with all that its rotation needs.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    pub(crate) config: rotation::Config,
    pub(crate) signing: Signing,
    /// The command after which the signer uses its tables as they are, with its arguments; empty where it sees for itself.
    pub(crate) reload: Vec<String>,
    pub(crate) rotate: Rotate,
}

const TIMES: [&str; 6] = ["every-days", "grace-days", "transit-days", "remove-after-days", "ttl", "rotate"];
const DOMAIN: [&str; 20] = [
    "signer",
    "config",
    "key-table",
    "signing-table",
    "patterns",
    "selector-map",
    "path-map",
    "path",
    "key-directory",
    "algorithms",
    "bits",
    "selectors",
    "owner",
    "reload",
    "every-days",
    "grace-days",
    "transit-days",
    "remove-after-days",
    "ttl",
    "rotate",
];
/// What a domain's `signer` may be.
const SIGNERS: [(&str, Signer); 4] =
    [("opendkim", Signer::OpenDkim), ("opendkim-tables", Signer::Tables), ("rspamd", Signer::Rspamd), ("milter", Signer::Milter)];
/// Where rspamd keeps keys unless it is told otherwise.
const RSPAMD_PATH: &str = "/var/lib/rspamd/dkim/$domain.$selector.key";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Signer {
    OpenDkim,
    Tables,
    Rspamd,
    Milter,
}

impl Times {
    /// Takes a key of these; false if it is none.
    fn read(&mut self, key: &str, entry: &Entry) -> Result<bool, Problem> {
        match key {
            "every-days" => self.every_days = Some(entry.set(entry.count(key)?)),
            "grace-days" => self.grace_days = Some(entry.set(entry.count(key)?)),
            "transit-days" => self.transit_days = Some(entry.set(entry.count(key)?)),
            "remove-after-days" => self.remove_after_days = Some(entry.set(entry.count(key)?)),
            "ttl" => self.ttl = Some(entry.set(entry.count(key)?)),
            "rotate" => self.rotate = Some(entry.set(entry.one_of(key, &ROTATE)?)),
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn shown(&self, shown: Shown) -> Shown {
        shown
            .one("every-days", &self.every_days)
            .one("grace-days", &self.grace_days)
            .one("transit-days", &self.transit_days)
            .one("remove-after-days", &self.remove_after_days)
            .one("ttl", &self.ttl)
            .named("rotate", &self.rotate, &ROTATE)
    }
}

pub(super) fn read(config: &mut Config, entry: &Entry) -> Result<(), Problem> {
    let DeValue::Table(parts) = entry.value.get_ref() else {
        return Err(entry.problem("`dkim` is a table: a line `every-days = 90`, or a table `[dkim.\"example.com\"]`, for one"));
    };
    let mut dkim = Dkim::default();
    let mut places: Vec<(String, &Spanned<DeValue>)> = Vec::new();
    for (key, value) in parts.iter() {
        let (name, entry) = (key.get_ref().as_ref(), entry.of(value));
        if dkim.times.read(name, &entry)? {
            continue;
        }
        match (name, value.get_ref()) {
            ("table", _) => dkim.table = Some(entry.set(entry.path("table")?)),
            (_, DeValue::Table(_)) => {
                let domain = mailauth::dns::name(name).filter(|name| name.contains('.'));
                let domain = domain.ok_or_else(|| Problem::new(format!("`{name}` is no domain"), key.span()))?;
                dkim.domains.insert(domain.clone(), entry.set(domain_of(&entry)?));
                places.push((domain, value));
            }
            _ => return Err(Problem::unknown_key(key, "key of `dkim`", TIMES.into_iter().chain(["table"]))),
        }
    }
    // What is wrong with a line of keys shows only when all of the table is known.
    for line in dkim.lines(Path::new("data")) {
        if let Err(error) = line.config.check() {
            let place = places.iter().find(|(domain, _)| *domain == line.config.domain);
            return Err(
                place.map_or_else(|| entry.problem(error.to_string()), |(_, value)| entry.of(value).problem(error.to_string()))
            );
        }
    }
    config.dkim = dkim;
    Ok(())
}

/// The parts of a domain's table.
struct Parts<'a> {
    entry: &'a Entry<'a>,
    table: &'a toml::de::DeTable<'a>,
}

impl<'a> Parts<'a> {
    fn get(&self, key: &str) -> Option<Entry<'a>> {
        self.table.iter().find(|(name, _)| name.get_ref().as_ref() == key).map(|(_, value)| self.entry.of(value))
    }

    fn path(&self, key: &str) -> Result<Option<PathBuf>, Problem> {
        self.get(key).map(|entry| entry.path(key).map(|path| absolute(&path))).transpose()
    }

    fn needed(&self, key: &str, signer: &str) -> Result<PathBuf, Problem> {
        self.path(key)?.ok_or_else(|| self.entry.problem(format!("with the signer \"{signer}\" a domain needs `{key}`")))
    }

    /// Keys that say nothing with this signer.
    fn without(&self, keys: &[&str], signer: &str) -> Result<(), Problem> {
        match keys.iter().find_map(|key| self.get(key).map(|entry| (key, entry))) {
            Some((key, entry)) => Err(entry.problem(format!("`{key}` means nothing with the signer \"{signer}\""))),
            None => Ok(()),
        }
    }
}

fn domain_of(entry: &Entry) -> Result<OwnDomain, Problem> {
    let DeValue::Table(table) = entry.value.get_ref() else {
        return Err(entry.problem("a domain of `dkim` is a table: a line `signer = \"milter\"`, for one"));
    };
    let mut times = Times::default();
    for (key, value) in table.iter() {
        let name = key.get_ref().as_ref();
        if !times.read(name, &entry.of(value))? && !DOMAIN.contains(&name) {
            return Err(Problem::unknown_key(key, "key of a domain of `dkim`", DOMAIN.into_iter()));
        }
    }
    let parts = Parts { entry, table };
    let Some(named) = parts.get("signer") else {
        return Err(
            entry.problem("a domain of `dkim` needs a `signer`: \"opendkim\", \"opendkim-tables\", \"rspamd\" or \"milter\"")
        );
    };
    let signer = named.one_of("signer", &SIGNERS)?;
    let kinds = kinds(&parts)?;
    let signing = signing(&parts, signer)?;
    if matches!(signing, Some(Signing::Rspamd(_))) && kinds.len() > 1 {
        return Err(named.problem(
            "maps of rspamd hold one selector of a domain: for two algorithms give it a key_table and a signing_table, and say `signer = \"opendkim-tables\"`",
        ));
    }
    let reload = parts.get("reload").map(|entry| entry.texts("reload")).transpose()?;
    if reload.is_none() && signer == Signer::OpenDkim {
        return Err(named.problem(
            "OpenDKIM reads its tables when it is told to: name the command, `reload = [\"systemctl\", \"reload\", \"opendkim\"]`, or `reload = []` for none",
        ));
    }
    Ok(OwnDomain {
        key_file: key_file(&parts, signing.as_ref())?,
        signing,
        kinds,
        selectors: selectors(&parts)?,
        owner: parts.get("owner").map(|entry| entry.text("owner").map(str::to_owned)).transpose()?,
        reload: reload.unwrap_or_default(),
        times,
    })
}

fn signing(parts: &Parts, signer: Signer) -> Result<Option<Signing>, Problem> {
    let (conf, tables, maps) = (["config"], ["key-table", "signing-table", "patterns"], ["selector-map", "path-map", "path"]);
    Ok(match signer {
        Signer::OpenDkim => {
            parts.without(&[&tables[..], &maps[..]].concat(), "opendkim")?;
            Some(Signing::OpenDkim(OpenDkimConf { config: parts.needed("config", "opendkim")? }))
        }
        Signer::Tables => {
            parts.without(&[&conf[..], &maps[..]].concat(), "opendkim-tables")?;
            Some(Signing::OpenDkimTables(OpenDkimTables {
                key_table: parts.needed("key-table", "opendkim-tables")?,
                signing_table: parts.needed("signing-table", "opendkim-tables")?,
                patterns: parts.get("patterns").map(|entry| entry.flag("patterns")).transpose()?.unwrap_or(true),
            }))
        }
        Signer::Rspamd => {
            parts.without(&[&conf[..], &tables[..]].concat(), "rspamd")?;
            Some(Signing::Rspamd(RspamdMaps {
                selector_map: parts.needed("selector-map", "rspamd")?,
                path_map: parts.path("path-map")?,
                path: parts.get("path").map_or(Ok(RSPAMD_PATH), |entry| entry.text("path"))?.to_owned(),
            }))
        }
        Signer::Milter => {
            parts.without(&[&conf[..], &tables[..], &maps[..]].concat(), "milter")?;
            None
        }
    })
}

/// Where keys are kept, in a form that the signer finds.
fn key_file(parts: &Parts, signing: Option<&Signing>) -> Result<Option<String>, Problem> {
    let folder = parts.path("key-directory")?;
    match (signing, folder) {
        (Some(Signing::Rspamd(maps)), folder) if maps.path_map.is_none() => match folder {
            // Without a map of paths rspamd itself says where a key is.
            None => Ok(Some(maps.path.replace("$domain", "{domain}").replace("$selector", "{selector}"))),
            Some(_) => parts.without(&["key-directory"], "rspamd").map(|()| None),
        },
        (_, Some(folder)) => Ok(Some(folder.join(NAME).display().to_string())),
        (None, None) => Ok(None),
        (Some(_), None) => {
            Err(parts.entry.problem("this signer needs a `key-directory`: a folder for private keys that it may read"))
        }
    }
}

/// A key's file in its folder.
const NAME: &str = "{domain}.{selector}.pem";

fn kinds(parts: &Parts) -> Result<Vec<KeyKind>, Problem> {
    let rsa = match parts.get("bits") {
        None => KeyKind::Rsa2048,
        Some(entry) => match entry.count::<u32>("bits")? {
            2048 => KeyKind::Rsa2048,
            3072 => KeyKind::Rsa3072,
            4096 => KeyKind::Rsa4096,
            _ => return Err(entry.problem("`bits` of an RSA key are 2048, 3072 or 4096")),
        },
    };
    let Some(entry) = parts.get("algorithms") else { return Ok(vec![rsa]) };
    let mut kinds = Vec::new();
    for name in entry.texts("algorithms")? {
        let kind = match name.as_str() {
            "rsa" => rsa,
            "ed25519" => KeyKind::Ed25519,
            _ => return Err(entry.problem("`algorithms` are \"rsa\" and \"ed25519\"")),
        };
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    if kinds.is_empty() { Err(entry.problem("`algorithms` is empty")) } else { Ok(kinds) }
}

fn selectors(parts: &Parts) -> Result<Selectors, Problem> {
    let Some(entry) = parts.get("selectors") else { return Ok(Selectors::default()) };
    match entry.value.get_ref() {
        DeValue::String(_) => Ok(Selectors::Template(entry.text("selectors")?.to_owned())),
        DeValue::Array(_) => Ok(Selectors::InTurn(entry.texts("selectors")?)),
        _ => Err(entry.problem("`selectors` is a template such as \"sw{yyyy}{mm}{letter}\", or a list of names used in turn")),
    }
}

/// Signers run in other folders than this program.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

impl Dkim {
    /// The signing table of the program's own milter.
    pub(crate) fn table(&self, data: &Path) -> PathBuf {
        self.table.as_ref().map_or_else(|| absolute(&data.join("dkim").join("signing.toml")), |set| absolute(&set.value))
    }

    /// Every line of keys, in the order of the domains.
    pub(crate) fn lines(&self, data: &Path) -> Vec<Line> {
        let lines =
            self.domains.iter().flat_map(|(domain, set)| set.value.kinds.iter().map(move |kind| (domain, &set.value, *kind)));
        lines.map(|(domain, own, kind)| self.line(data, domain, own, kind)).collect()
    }

    fn line(&self, data: &Path, domain: &str, own: &OwnDomain, kind: KeyKind) -> Line {
        let usual = || absolute(&data.join("dkim").join("keys")).join(NAME).display().to_string();
        let key_file = own.key_file.clone().unwrap_or_else(usual);
        let base = rotation::Config::new(domain, &key_file);
        let one = |of: fn(&Times) -> Option<u32>| of(&own.times).or_else(|| of(&self.times));
        let rotate = own.times.rotate.as_ref().or(self.times.rotate.as_ref());
        Line {
            config: rotation::Config {
                key: kind,
                selectors: own.selectors.clone(),
                owner: own.owner.clone(),
                every_days: one(|times| times.every_days.as_ref().map(|set| set.value)).unwrap_or(base.every_days),
                grace_days: one(|times| times.grace_days.as_ref().map(|set| set.value)).unwrap_or(base.grace_days),
                transit_days: one(|times| times.transit_days.as_ref().map(|set| set.value)).unwrap_or(base.transit_days),
                remove_after_days: one(|times| times.remove_after_days.as_ref().map(|set| set.value)),
                ttl: one(|times| times.ttl.as_ref().map(|set| set.value)).unwrap_or(base.ttl),
                ..base
            },
            signing: own.signing.clone().unwrap_or_else(|| Signing::Spoofwatch(OwnTable { table: self.table(data) })),
            reload: own.reload.clone(),
            rotate: rotate.map_or(Rotate::DryRun, |set| set.value),
        }
    }

    /// Days after which a key of the tenant is replaced, as one's own are.
    pub(crate) fn every_days(&self) -> Option<u32> {
        self.times.every_days.as_ref().map(|set| set.value)
    }

    /// Days after which it is overdue.
    pub(crate) fn grace_days(&self) -> u32 {
        self.times.grace_days.as_ref().map_or(7, |set| set.value)
    }

    /// A line a key, with the line of the file.
    pub(super) fn shown(&self) -> Vec<(String, usize)> {
        let mut rows = self.times.shown(Shown::default().path("table", &self.table)).rows;
        for (domain, set) in &self.domains {
            let signer = match &set.value.signing {
                Some(Signing::OpenDkim(_)) => "opendkim",
                Some(Signing::OpenDkimTables(_)) => "opendkim-tables",
                Some(Signing::Rspamd(_)) => "rspamd",
                Some(Signing::Spoofwatch(_)) | None => "milter",
            };
            let kinds: Vec<&str> = set.value.kinds.iter().map(|kind| kind.algorithm().as_str()).collect();
            rows.push((format!("{domain}: signer = {signer}, {}", kinds.join(" and ")), set.line));
            let times = set.value.times.shown(Shown::default()).rows.into_iter();
            rows.extend(times.map(|(text, line)| (format!("{domain}: {text}"), line)));
        }
        rows
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use mailauth::dkim::KeyKind;
    use rotation::{OpenDkimConf, Signing};

    use crate::config::{Config, Rotate};

    fn config(text: &str) -> Result<Config, String> {
        Config::read(text, Path::new("/etc")).map_err(|faults| {
            let fault = |fault: &diag::Diagnostic| format!("{}: {}", &text[fault.span.start..fault.span.end], fault.message);
            faults.iter().map(fault).collect::<Vec<_>>().join("; ")
        })
    }

    #[test]
    fn a_domain_needs_little_and_takes_its_times_from_the_table() {
        let text = "[dkim]\nevery-days = 60\nrotate = \"on\"\n[dkim.\"Example.com\"]\nsigner = \"milter\"\nalgorithms = [\"rsa\", \"ed25519\"]\n\
                    [dkim.\"example.org\"]\nsigner = \"opendkim\"\nconfig = \"opendkim.conf\"\nkey-directory = \"keys\"\nreload = [\"true\"]\n\
                    every-days = 30\nbits = 3072\nrotate = \"off\"\n";
        let dkim = config(text).unwrap().dkim;
        let lines = dkim.lines(Path::new("/data"));
        let told: Vec<_> = lines
            .iter()
            .map(|line| {
                (line.config.domain.as_str(), line.config.key, line.config.every_days, line.config.key_file.as_str(), line.rotate)
            })
            .collect();
        let own = "/data/dkim/keys/{domain}.{selector}.pem";
        assert_eq!(
            told,
            [
                ("example.com", KeyKind::Rsa2048, 60, own, Rotate::On),
                ("example.com", KeyKind::Ed25519, 60, own, Rotate::On),
                ("example.org", KeyKind::Rsa3072, 30, "/etc/keys/{domain}.{selector}.pem", Rotate::Off),
            ]
        );
        assert_eq!(lines[2].signing, Signing::OpenDkim(OpenDkimConf { config: "/etc/opendkim.conf".into() }));
        assert_eq!(lines[2].reload, ["true"]);
        assert_eq!(dkim.table(Path::new("/data")), Path::new("/data/dkim/signing.toml"));
    }

    #[test]
    fn the_page_of_the_guide_shows_what_is_read() {
        let guide = include_str!("../../../../docs/guide/dkim-rotation.md");
        let blocks = guide.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next());
        let read: Vec<_> = blocks.filter(|block| !block.contains("[[sign]]")).map(|block| config(block).unwrap()).collect();
        assert_eq!(read[0].dkim.lines(Path::new("/data")).len(), 3);
        assert_eq!(read[1].tenant.rotate(), Rotate::On);
    }

    #[test]
    fn rspamd_says_where_its_keys_are() {
        let dkim = config("[dkim.\"example.com\"]\nsigner = \"rspamd\"\nselector-map = \"/m\"\n").unwrap().dkim;
        let lines = dkim.lines(Path::new("/data"));
        assert_eq!(lines[0].config.key_file, "/var/lib/rspamd/dkim/{domain}.{selector}.key");
    }

    #[test]
    fn what_cannot_be_used_is_named_with_its_place() {
        let domain = |lines: &str| format!("dkim.\"example.com\" = {{ {lines} }}");
        for (text, words) in [
            ("dkim = 1".to_owned(), "1: `dkim` is a table"),
            ("dkim.every-dais = 1".to_owned(), "every-dais: there is no key `every-dais` of `dkim`"),
            ("dkim.transit-days = 0".to_owned(), "0: `transit-days` is a whole number above 0"),
            ("dkim.nodot = { signer = \"milter\" }".to_owned(), "nodot: `nodot` is no domain"),
            (domain(""), "{  }: a domain of `dkim` needs a `signer`"),
            (domain("signer = \"exim\""), "\"exim\": `signer` is"),
            (domain("signer = \"milter\", slector = 1"), "slector: there is no key `slector` of a domain of `dkim`"),
            (domain("signer = \"milter\", path = \"x\""), "\"x\": `path` means nothing with the signer \"milter\""),
            (
                domain("signer = \"opendkim\", config = \"c\", key-directory = \"k\""),
                "\"opendkim\": OpenDKIM reads its tables when",
            ),
            (domain("signer = \"opendkim\", reload = []"), "a domain needs `config`"),
            (domain("signer = \"milter\", bits = 1024"), "1024: `bits` of an RSA key"),
            (domain("signer = \"milter\", algorithms = [\"dsa\"]"), "`algorithms` are"),
            (domain("signer = \"milter\", selectors = \"s\""), "gives the same name each time"),
            (
                domain("signer = \"rspamd\", selector-map = \"m\", algorithms = [\"rsa\", \"ed25519\"]"),
                "one selector of a domain",
            ),
            (domain("signer = \"rspamd\", selector-map = \"m\", key-directory = \"k\""), "\"k\": `key-directory` means nothing"),
            (domain("signer = \"opendkim-tables\", key-table = \"k\", signing-table = \"s\""), "needs a `key-directory`"),
        ] {
            let found = config(&text).err().unwrap_or_default();
            assert!(found.contains(words), "{text}: {found}");
        }
    }
}
