//! The table `tenant` of the configuration file: the Microsoft 365 tenant, and the application by which it is reached.

use std::path::PathBuf;

use ::tenant::Cloud;
use toml::de::DeValue;

use super::{
    Config, Set,
    value::{Entry, Problem, Shown},
};

/// What the table says. Secrets stand in files of their own.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Tenant {
    /// The tenant's id or one of its domains.
    pub(crate) id: Option<Set<String>>,
    /// The application's id.
    pub(crate) client_id: Option<Set<String>>,
    /// A file with the application's secret.
    pub(crate) secret_file: Option<Set<PathBuf>>,
    /// A file with its certificate, PEM.
    pub(crate) certificate_file: Option<Set<PathBuf>>,
    /// A file with the certificate's private key, PEM.
    pub(crate) key_file: Option<Set<PathBuf>>,
    /// Which of Microsoft's clouds.
    pub(crate) cloud: Option<Set<Cloud>>,
    /// One address for all interfaces in place of the cloud's: a proxy, or a server for tests.
    pub(crate) endpoint: Option<Set<String>>,
    /// Content types of the Management Activity API that `serve` takes in.
    pub(crate) feeds: Option<Set<Vec<String>>>,
    /// Tables that `serve` takes in by advanced hunting.
    pub(crate) hunting: Option<Set<Vec<String>>>,
    /// Sealers whose ARC seals are meant to be believed.
    pub(crate) sealers: Option<Set<Vec<String>>>,
    /// Whether `serve` rotates the tenant's DKIM keys: `off`, `dry-run` or `on`.
    pub(crate) rotate_dkim: Option<Set<Rotate>>,
}

/// Whether keys of the tenant are rotated by `serve`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Rotate {
    /// No.
    #[default]
    Off,
    /// It says what it would do.
    DryRun,
    /// Yes.
    On,
}

/// The names of the clouds.
const CLOUDS: [(&str, Cloud); 5] = [
    ("worldwide", Cloud::Worldwide),
    ("gcc", Cloud::Gcc),
    ("gcc-high", Cloud::GccHigh),
    ("dod", Cloud::Dod),
    ("china", Cloud::China),
];
/// The names of the choices about rotation.
pub(super) const ROTATE: [(&str, Rotate); 3] = [("off", Rotate::Off), ("dry-run", Rotate::DryRun), ("on", Rotate::On)];
/// What the Management Activity API has.
const FEEDS: [&str; 5] = ["Audit.AzureActiveDirectory", "Audit.Exchange", "Audit.SharePoint", "Audit.General", "DLP.All"];

const KEYS: [&str; 11] = [
    "id",
    "client-id",
    "secret-file",
    "certificate-file",
    "key-file",
    "cloud",
    "endpoint",
    "feeds",
    "hunting",
    "sealers",
    "rotate-dkim",
];

pub(super) fn read(config: &mut Config, entry: &Entry) -> Result<(), Problem> {
    let DeValue::Table(parts) = entry.value.get_ref() else {
        return Err(entry.problem("`tenant` is a table: a line `id = \"contoso.onmicrosoft.com\"`, for one"));
    };
    let tenant = &mut config.tenant;
    for (key, value) in parts.iter() {
        let entry = entry.of(value);
        match key.get_ref().as_ref() {
            "id" => tenant.id = Some(entry.set(entry.text("id")?.to_owned())),
            "client-id" => tenant.client_id = Some(entry.set(entry.text("client-id")?.to_owned())),
            "secret-file" => tenant.secret_file = Some(entry.set(entry.path("secret-file")?)),
            "certificate-file" => tenant.certificate_file = Some(entry.set(entry.path("certificate-file")?)),
            "key-file" => tenant.key_file = Some(entry.set(entry.path("key-file")?)),
            "cloud" => tenant.cloud = Some(entry.set(entry.one_of("cloud", &CLOUDS)?)),
            "endpoint" => tenant.endpoint = Some(entry.set(entry.text("endpoint")?.trim_end_matches('/').to_owned())),
            "feeds" => tenant.feeds = Some(entry.set(feeds(&entry)?)),
            "hunting" => tenant.hunting = Some(entry.set(entry.texts("hunting")?)),
            "sealers" => tenant.sealers = Some(entry.set(entry.texts("sealers")?)),
            "rotate-dkim" => tenant.rotate_dkim = Some(entry.set(entry.one_of("rotate-dkim", &ROTATE)?)),
            "secret" | "client-secret" => {
                return Err(entry.problem("a secret does not stand in this file: name a file that holds it with `secret-file`"));
            }
            _ => return Err(Problem::unknown_key(key, "key of `tenant`", KEYS.into_iter())),
        }
    }
    if tenant.id.is_none() || tenant.client_id.is_none() {
        return Err(entry.problem("`tenant` needs an `id` and a `client-id`"));
    }
    let certificate = tenant.certificate_file.is_some() || tenant.key_file.is_some();
    if certificate == tenant.secret_file.is_some() || tenant.certificate_file.is_some() != tenant.key_file.is_some() {
        return Err(entry.problem("`tenant` needs either a `secret-file`, or a `certificate-file` and a `key-file`"));
    }
    Ok(())
}

fn feeds(entry: &Entry) -> Result<Vec<String>, Problem> {
    let feeds = entry.texts("feeds")?;
    match feeds.iter().find(|feed| !FEEDS.contains(&feed.as_str())) {
        Some(unknown) => Err(entry.problem(format!("there is no content type `{unknown}`; there are {}", FEEDS.join(", ")))),
        None => Ok(feeds),
    }
}

impl Tenant {
    /// Whether there is one.
    pub(crate) const fn is_set(&self) -> bool {
        self.id.is_some()
    }

    /// Whether keys of the tenant are rotated by `serve`.
    pub(crate) fn rotate(&self) -> Rotate {
        self.rotate_dkim.as_ref().map(|set| set.value).unwrap_or_default()
    }

    /// A line a key, with the line of the file.
    pub(super) fn shown(&self) -> Vec<(String, usize)> {
        Shown::default()
            .one("id", &self.id)
            .one("client-id", &self.client_id)
            .path("secret-file", &self.secret_file)
            .path("certificate-file", &self.certificate_file)
            .path("key-file", &self.key_file)
            .named("cloud", &self.cloud, &CLOUDS)
            .one("endpoint", &self.endpoint)
            .list("feeds", &self.feeds)
            .list("hunting", &self.hunting)
            .list("sealers", &self.sealers)
            .named("rotate-dkim", &self.rotate_dkim, &ROTATE)
            .rows
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::config::Config;

    #[test]
    fn every_key_is_read_and_shown() -> Result<(), String> {
        let text = "[tenant]\nid = \"contoso.onmicrosoft.com\"\nclient-id = \"app\"\nsecret-file = \"app.secret\"\ncloud = \"gcc-high\"\nfeeds = [\"Audit.Exchange\"]\nhunting = [\"EmailEvents\"]\nsealers = [\"list.example\"]\nrotate-dkim = \"dry-run\"\n";
        let tenant = Config::read(text, Path::new("/etc")).map_err(|found| format!("{found:?}"))?.tenant;
        let shown: Vec<String> = tenant.shown().into_iter().map(|(text, line)| format!("{line}: {text}")).collect();
        assert_eq!(
            shown,
            [
                "2: id = contoso.onmicrosoft.com",
                "3: client-id = app",
                "4: secret-file = /etc/app.secret",
                "5: cloud = gcc-high",
                "6: feeds = Audit.Exchange",
                "7: hunting = EmailEvents",
                "8: sealers = list.example",
                "9: rotate-dkim = dry-run"
            ]
        );
        Ok(())
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        let head = "[tenant]\nid = \"a\"\nclient-id = \"b\"\n";
        for (text, words) in [
            ("tenant = 1".to_owned(), "`tenant` is a table"),
            ("[tenant]\nid = \"a\"\nsecret-file = \"x\"".to_owned(), "needs an `id` and a `client-id`"),
            (head.to_owned(), "either a `secret-file`, or"),
            (format!("{head}key-file = \"x\""), "either a `secret-file`, or"),
            (format!("{head}secret-file = \"x\"\nkey-file = \"x\"\ncertificate-file = \"x\""), "either a `secret-file`, or"),
            (format!("{head}secret = \"x\""), "a secret does not stand in this file"),
            (format!("{head}secret-file = \"x\"\nfeeds = [\"Audit\"]"), "no content type `Audit`"),
            (
                format!("{head}secret-file = \"x\"\ncloud = \"moon\""),
                "`cloud` is \"worldwide\", \"gcc\", \"gcc-high\", \"dod\" or \"china\"",
            ),
        ] {
            let found = Config::read(&text, Path::new("/etc")).err().unwrap_or_default();
            assert!(found.iter().any(|found| found.message.contains(words)), "{text}: {found:?}");
        }
    }
}
