//! The table `console` of the configuration file: how the pages and the JSON interface are reached, and who signs in elsewhere.

use std::path::PathBuf;

use access::Network;
use toml::de::DeValue;
use url::Url;

use super::{
    Config, Set,
    value::{Entry, Problem, Shown},
};

/// What the table says. Secrets stand in files of their own.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Console {
    /// The server's certificate and those up to a known authority, PEM.
    pub(crate) tls_certificate: Option<Set<PathBuf>>,
    /// Its private key, PEM.
    pub(crate) tls_key: Option<Set<PathBuf>>,
    /// Where people reach it, where that is not the address that is listened on.
    pub(crate) public_url: Option<Set<String>>,
    /// Proxies whose word is taken for who asks and how.
    pub(crate) trusted_proxies: Option<Set<(Vec<String>, Vec<Network>)>>,
    /// Minutes after which a session ends that nobody uses.
    pub(crate) idle_minutes: Option<Set<u32>>,
    /// Hours after which every session ends.
    pub(crate) session_hours: Option<Set<u32>>,
    /// Where people sign in who do not sign in here.
    pub(crate) oidc: Option<Oidc>,
}

/// An issuer of OpenID Connect.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Oidc {
    /// The issuer's address.
    pub(crate) issuer: Set<String>,
    /// What it knows this program by.
    pub(crate) client_id: Set<String>,
    /// A file with the secret it gave this program.
    pub(crate) secret_file: Set<PathBuf>,
    /// What the sign-in page calls it.
    pub(crate) label: Option<Set<String>>,
    /// The claim that says which groups or roles somebody has.
    pub(crate) roles_claim: Option<Set<String>>,
    /// Values of that claim and the role each gives, in the order of the file.
    pub(crate) roles: Vec<(String, Set<access::Role>)>,
}

const KEYS: [&str; 7] = ["tls-certificate", "tls-key", "public-url", "trusted-proxies", "idle-minutes", "session-hours", "oidc"];
const OIDC_KEYS: [&str; 6] = ["issuer", "client-id", "secret-file", "label", "roles-claim", "roles"];
/// The names of the roles.
const ROLES: [(&str, access::Role); 3] =
    [("viewer", access::Role::Viewer), ("analyst", access::Role::Analyst), ("admin", access::Role::Admin)];

pub(super) fn read(config: &mut Config, entry: &Entry) -> Result<(), Problem> {
    let DeValue::Table(parts) = entry.value.get_ref() else {
        return Err(entry.problem("`console` is a table: a line `tls-certificate = \"console.pem\"`, for one"));
    };
    let console = &mut config.console;
    for (key, value) in parts.iter() {
        let entry = entry.of(value);
        match key.get_ref().as_ref() {
            "tls-certificate" => console.tls_certificate = Some(entry.set(entry.path("tls-certificate")?)),
            "tls-key" => console.tls_key = Some(entry.set(entry.path("tls-key")?)),
            "public-url" => console.public_url = Some(entry.set(public_url(&entry)?)),
            "trusted-proxies" => {
                let texts = entry.texts("trusted-proxies")?;
                let network = |text: &String| text.parse::<Network>().map_err(|error| entry.problem(error.to_string()));
                let networks = texts.iter().map(network).collect::<Result<_, _>>()?;
                console.trusted_proxies = Some(entry.set((texts, networks)));
            }
            "idle-minutes" => console.idle_minutes = Some(entry.set(entry.count("idle-minutes")?)),
            "session-hours" => console.session_hours = Some(entry.set(entry.count("session-hours")?)),
            "oidc" => console.oidc = Some(oidc(&entry)?),
            _ => return Err(Problem::unknown_key(key, "key of `console`", KEYS.into_iter())),
        }
    }
    if console.tls_certificate.is_some() != console.tls_key.is_some() {
        return Err(entry.problem("`tls-certificate` and `tls-key` stand together"));
    }
    Ok(())
}

/// An address without a path, a question or a password.
fn public_url(entry: &Entry) -> Result<String, Problem> {
    let wrong = || entry.problem("`public-url` is an address such as \"https://spoofwatch.example.com\", without a path");
    let url = Url::parse(entry.text("public-url")?).map_err(|_| wrong())?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    let bare = bare && url.password().is_none() && url.host_str().is_some();
    if bare && ["http", "https"].contains(&url.scheme()) { Ok(url.origin().ascii_serialization()) } else { Err(wrong()) }
}

fn oidc(entry: &Entry) -> Result<Oidc, Problem> {
    let DeValue::Table(parts) = entry.value.get_ref() else {
        return Err(entry.problem("`oidc` is a table with `issuer`, `client-id` and `secret-file`"));
    };
    let (mut issuer, mut client_id, mut secret_file, mut label, mut roles_claim) = (None, None, None, None, None);
    let mut roles = Vec::new();
    for (key, value) in parts.iter() {
        let entry = entry.of(value);
        match key.get_ref().as_ref() {
            "issuer" => issuer = Some(entry.set(entry.text("issuer")?.to_owned())),
            "client-id" => client_id = Some(entry.set(entry.text("client-id")?.to_owned())),
            "secret-file" => secret_file = Some(entry.set(entry.path("secret-file")?)),
            "label" => label = Some(entry.set(entry.text("label")?.to_owned())),
            "roles-claim" => roles_claim = Some(entry.set(entry.text("roles-claim")?.to_owned())),
            "roles" => {
                let DeValue::Table(given) = entry.value.get_ref() else {
                    return Err(entry.problem("`roles` is a table: a line `\"mail team\" = \"analyst\"`, for one"));
                };
                for (name, value) in given.iter() {
                    let entry = entry.of(value);
                    roles.push((name.get_ref().to_string(), entry.set(entry.one_of("roles", &ROLES)?)));
                }
            }
            "secret" | "client-secret" => {
                return Err(entry.problem("a secret does not stand in this file: name a file that holds it with `secret-file`"));
            }
            _ => return Err(Problem::unknown_key(key, "key of `console.oidc`", OIDC_KEYS.into_iter())),
        }
    }
    let (Some(issuer), Some(client_id), Some(secret_file)) = (issuer, client_id, secret_file) else {
        return Err(entry.problem("`oidc` needs an `issuer`, a `client-id` and a `secret-file`"));
    };
    if roles.is_empty() {
        return Err(entry.problem("`oidc` needs `roles`: without, nobody who signs in there may see anything"));
    }
    Ok(Oidc { issuer, client_id, secret_file, label, roles_claim, roles })
}

impl Console {
    /// A line a key, with the line of the file.
    pub(super) fn shown(&self) -> Vec<(String, usize)> {
        let proxies = self.trusted_proxies.as_ref().map(|set| Set { value: set.value.0.clone(), line: set.line });
        let mut rows = Shown::default()
            .path("tls-certificate", &self.tls_certificate)
            .path("tls-key", &self.tls_key)
            .one("public-url", &self.public_url)
            .list("trusted-proxies", &proxies)
            .one("idle-minutes", &self.idle_minutes)
            .one("session-hours", &self.session_hours)
            .rows;
        if let Some(oidc) = &self.oidc {
            rows.extend(
                Shown::default()
                    .one("oidc.issuer", &Some(oidc.issuer.clone()))
                    .one("oidc.client-id", &Some(oidc.client_id.clone()))
                    .path("oidc.secret-file", &Some(oidc.secret_file.clone()))
                    .one("oidc.label", &oidc.label)
                    .one("oidc.roles-claim", &oidc.roles_claim)
                    .rows,
            );
            for (name, role) in &oidc.roles {
                rows.extend(Shown::default().named(&format!("oidc.roles.{name}"), &Some(role.clone()), &ROLES).rows);
            }
        }
        rows
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::config::Config;

    #[test]
    fn every_key_is_read_and_shown() -> Result<(), String> {
        let text = "[console]\ntls-certificate = \"c.pem\"\ntls-key = \"/k.pem\"\npublic-url = \"https://console.example.com/\"\ntrusted-proxies = [\"192.0.2.0/24\"]\nidle-minutes = 15\nsession-hours = 8\n[console.oidc]\nissuer = \"https://id.example.com\"\nclient-id = \"app\"\nsecret-file = \"s\"\nlabel = \"Example\"\nroles-claim = \"groups\"\n[console.oidc.roles]\nmail = \"analyst\"\n";
        let console = Config::read(text, Path::new("/etc")).map_err(|found| format!("{found:?}"))?.console;
        let shown: Vec<String> = console.shown().into_iter().map(|(text, line)| format!("{line}: {text}")).collect();
        assert_eq!(
            shown,
            [
                "2: tls-certificate = /etc/c.pem",
                "3: tls-key = /k.pem",
                "4: public-url = https://console.example.com",
                "5: trusted-proxies = 192.0.2.0/24",
                "6: idle-minutes = 15",
                "7: session-hours = 8",
                "9: oidc.issuer = https://id.example.com",
                "10: oidc.client-id = app",
                "11: oidc.secret-file = /etc/s",
                "12: oidc.label = Example",
                "13: oidc.roles-claim = groups",
                "15: oidc.roles.mail = analyst"
            ]
        );
        Ok(())
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        let oidc = "[console.oidc]\nissuer = \"https://id.example.com\"\nclient-id = \"app\"\n";
        for (text, words) in [
            ("console = 1".to_owned(), "`console` is a table"),
            ("[console]\ntls-key = \"k\"".to_owned(), "stand together"),
            ("[console]\npublic-url = \"https://a.example/b\"".to_owned(), "without a path"),
            ("[console]\npublic-url = \"ftp://a.example\"".to_owned(), "without a path"),
            ("[console]\ntrusted-proxies = [\"here\"]".to_owned(), "`here` is no address"),
            (oidc.to_owned(), "needs an `issuer`, a `client-id` and a `secret-file`"),
            (format!("{oidc}secret-file = \"s\""), "`oidc` needs `roles`"),
            (format!("{oidc}secret = \"s\""), "a secret does not stand in this file"),
            (format!("{oidc}secret-file = \"s\"\nroles = {{ a = \"root\" }}"), "`roles` is \"viewer\", \"analyst\" or \"admin\""),
        ] {
            let found = Config::read(&text, Path::new("/etc")).err().unwrap_or_default();
            assert!(found.iter().any(|found| found.message.contains(words)), "{text}: {found:?}");
        }
    }
}
