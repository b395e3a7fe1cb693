//! The table `mail` of the configuration file: whose mail this is, whom to believe, and who answers for the DNS.

use std::path::PathBuf;

use mailauth::{
    dmarc::Discovery,
    evidence::{MicrosoftTrust, Trust},
};
use toml::de::DeValue;

use super::{
    Config, Set,
    value::{Entry, Problem},
};

/// What the table says.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Mail {
    /// The domains of the organisation; names below them belong to them.
    pub(crate) own_domains: Option<Set<Vec<String>>>,
    /// Whose Authentication-Results count, by authserv-id (RFC 8601 section 2.2).
    pub(crate) trusted: Option<Set<Vec<String>>>,
    /// Whether Microsoft's headers count, which bear no id.
    pub(crate) microsoft: Option<Set<MicrosoftTrust>>,
    /// Hosts of ours whose hops may stand above that of the host whose results count.
    pub(crate) own_hosts: Option<Set<Vec<String>>>,
    /// The name server that is asked, as HOST:PORT.
    pub(crate) dns: Option<Set<String>>,
    /// A recorded zone that answers in place of the DNS.
    pub(crate) zone: Option<Set<PathBuf>>,
    /// Which messages are verified.
    pub(crate) verify: Option<Set<Verify>>,
    /// How organisational domains are found.
    pub(crate) discovery: Option<Set<Discovery>>,
    /// Mail servers of the user's own that test messages may be sent to, by name or address.
    pub(crate) test_hosts: Option<Set<Vec<String>>>,
}

/// Which messages are verified by the program itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Verify {
    /// Those whose receiver wrote no results that count; all of them where a zone file answers, which costs no one anything.
    Auto,
    /// All.
    Always,
    /// None: nothing is asked of the DNS.
    Never,
}

/// The keys of the table.
const KEYS: [&str; 9] =
    ["own-domains", "trusted", "microsoft", "own-hosts", "dns", "zone", "verify", "public-suffix-list", "test-hosts"];

pub(super) fn read(config: &mut Config, entry: &Entry) -> Result<(), Problem> {
    let DeValue::Table(parts) = entry.value.get_ref() else {
        return Err(entry.problem("`mail` is a table: a line `own-domains = [\"example.com\"]`, for one"));
    };
    let mail = &mut config.mail;
    for (key, value) in parts.iter() {
        let entry = entry.of(value);
        match key.get_ref().as_ref() {
            "own-domains" => mail.own_domains = Some(entry.set(domains(&entry, "own-domains")?)),
            "trusted" => mail.trusted = Some(entry.set(entry.texts("trusted")?)),
            "microsoft" => mail.microsoft = Some(entry.set(microsoft(&entry)?)),
            "own-hosts" => mail.own_hosts = Some(entry.set(entry.texts("own-hosts")?)),
            "dns" => mail.dns = Some(entry.set(entry.text("dns")?.to_owned())),
            "zone" => mail.zone = Some(entry.set(entry.path("zone")?)),
            "verify" => mail.verify = Some(entry.set(verify(&entry)?)),
            "public-suffix-list" => {
                let list = entry.flag("public-suffix-list")?;
                mail.discovery = Some(entry.set(if list { Discovery::PublicSuffixList } else { Discovery::TreeWalk }));
            }
            "test-hosts" => mail.test_hosts = Some(entry.set(entry.texts("test-hosts")?)),
            _ => return Err(Problem::unknown_key(key, "key of `mail`", KEYS.into_iter())),
        }
    }
    if mail.dns.is_some() && mail.zone.is_some() {
        return Err(entry.problem("`mail` has both `dns` and `zone`: either a server answers or a file"));
    }
    Ok(())
}

/// Domains in the form in which they are asked for.
pub(super) fn domains(entry: &Entry, key: &str) -> Result<Vec<String>, Problem> {
    let texts = entry.texts(key)?;
    let domain = |text: String| mailauth::dns::name(&text).ok_or_else(|| entry.problem(format!("`{text}` is no domain")));
    texts.into_iter().map(domain).collect()
}

fn microsoft(entry: &Entry) -> Result<MicrosoftTrust, Problem> {
    match entry.text("microsoft")? {
        "marked" => Ok(MicrosoftTrust::Marked),
        "never" => Ok(MicrosoftTrust::Never),
        "always" => Ok(MicrosoftTrust::Always),
        _ => Err(entry.problem("`microsoft` is \"marked\", \"never\" or \"always\"")),
    }
}

fn verify(entry: &Entry) -> Result<Verify, Problem> {
    <Verify as clap::ValueEnum>::from_str(entry.text("verify")?, false)
        .map_err(|_| entry.problem("`verify` is \"auto\", \"always\" or \"never\""))
}

impl Mail {
    /// Whom the file says to believe.
    pub(crate) fn trust(&self) -> Trust {
        let list = |set: &Option<Set<Vec<String>>>| set.as_ref().map(|set| set.value.clone()).unwrap_or_default();
        Trust {
            authserv_ids: list(&self.trusted),
            microsoft: self.microsoft.as_ref().map(|set| set.value).unwrap_or_default(),
            own_hosts: list(&self.own_hosts),
            own_domains: list(&self.own_domains),
        }
    }

    /// A line a key, with the line of the file.
    pub(super) fn shown(&self) -> Vec<(String, usize)> {
        let list = |name: &str, set: &Option<Set<Vec<String>>>| {
            set.as_ref().map(|set| (format!("{name} = {}", set.value.join(", ")), set.line))
        };
        let one = |name: &str, shown: Option<(String, usize)>| shown.map(|(value, line)| (format!("{name} = {value}"), line));
        let rows = [
            list("own-domains", &self.own_domains),
            list("trusted", &self.trusted),
            one("microsoft", self.microsoft.as_ref().map(|set| (format!("{:?}", set.value).to_lowercase(), set.line))),
            list("own-hosts", &self.own_hosts),
            one("dns", self.dns.as_ref().map(|set| (set.value.clone(), set.line))),
            one("zone", self.zone.as_ref().map(|set| (set.value.display().to_string(), set.line))),
            one("verify", self.verify.as_ref().map(|set| (format!("{:?}", set.value).to_lowercase(), set.line))),
            one(
                "public-suffix-list",
                self.discovery.as_ref().map(|set| ((set.value == Discovery::PublicSuffixList).to_string(), set.line)),
            ),
            list("test-hosts", &self.test_hosts),
        ];
        rows.into_iter().flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Discovery, Verify};
    use crate::config::Config;

    fn read(text: &str) -> Result<Config, String> {
        let told =
            |findings: Vec<diag::Diagnostic>| findings.into_iter().map(|found| found.message).collect::<Vec<_>>().join("; ");
        Config::read(text, Path::new("/etc")).map_err(told)
    }

    #[test]
    fn every_key_is_read_and_shown() -> Result<(), String> {
        let text = "[mail]\nown-domains = [\"Contoso.example\", \"b\u{fc}cher.example\"]\ntrusted = [\"mx.contoso.example\"]\nmicrosoft = \"never\"\nown-hosts = [\"contoso.example\"]\nzone = \"dns.zone\"\nverify = \"never\"\npublic-suffix-list = true\ntest-hosts = [\"mx.contoso.example\"]\n";
        let mail = read(text)?.mail;
        assert_eq!(
            mail.own_domains.as_ref().map(|set| set.value.join(" ")).as_deref(),
            Some("contoso.example xn--bcher-kva.example")
        );
        assert_eq!(mail.verify.as_ref().map(|set| set.value), Some(Verify::Never));
        assert_eq!(mail.discovery.as_ref().map(|set| set.value), Some(Discovery::PublicSuffixList));
        let shown: Vec<String> = mail.shown().into_iter().map(|(line, at)| format!("{at}: {line}")).collect();
        assert_eq!(
            shown,
            [
                "2: own-domains = contoso.example, xn--bcher-kva.example",
                "3: trusted = mx.contoso.example",
                "4: microsoft = never",
                "5: own-hosts = contoso.example",
                "6: zone = /etc/dns.zone",
                "7: verify = never",
                "8: public-suffix-list = true",
                "9: test-hosts = mx.contoso.example",
            ]
        );
        Ok(())
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        for (text, words) in [
            ("mail = 1", "`mail` is a table"),
            ("[mail]\nown-domain = []", "there is no key `own-domain` of `mail`"),
            ("[mail]\nown-domains = [\"a..b\"]", "`a..b` is no domain"),
            ("[mail]\nverify = \"yes\"", "`verify` is \"auto\", \"always\" or \"never\""),
            ("[mail]\nmicrosoft = \"yes\"", "`microsoft` is \"marked\", \"never\" or \"always\""),
            ("[mail]\npublic-suffix-list = 1", "`public-suffix-list` is true or false"),
            ("[mail]\ndns = \"127.0.0.1:53\"\nzone = \"x\"", "either a server answers or a file"),
        ] {
            let told = read(text).err().unwrap_or_default();
            assert!(told.contains(words), "{text}: {told}");
        }
    }
}
