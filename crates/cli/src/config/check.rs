//! The table `check` of the configuration file: which domains are looked at, and what they are for.

use toml::de::DeValue;

use super::{
    Config, Set,
    mail::domains,
    value::{Entry, Problem, Shown},
};
use crate::failure::Failure;

/// What the table says.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Check {
    /// Domains to look at, beside those of `mail.own-domains`.
    pub(crate) domains: Option<Set<Vec<String>>>,
    /// Domains of ours that send no mail and should be locked down.
    pub(crate) non_sending: Option<Set<Vec<String>>>,
    /// Selectors of DKIM keys that are asked for, beside the usual ones.
    pub(crate) selectors: Option<Set<Vec<String>>>,
    /// Names like ours that others may have registered.
    pub(crate) lookalikes: Option<Set<Vec<String>>>,
    /// Where records to publish ask for reports.
    pub(crate) report_address: Option<Set<String>>,
    /// Hours between two looks of `serve`.
    pub(crate) every_hours: Option<Set<u32>>,
    /// Whether policies are got over HTTPS.
    pub(crate) fetch: Option<Set<bool>>,
}

const KEYS: [&str; 7] = ["domains", "non-sending", "selectors", "lookalikes", "report-address", "every-hours", "fetch"];

/// Hours between two looks, unless told otherwise.
const EVERY: u32 = 24;

pub(super) fn read(config: &mut Config, entry: &Entry) -> Result<(), Problem> {
    let DeValue::Table(parts) = entry.value.get_ref() else {
        return Err(entry.problem("`check` is a table: a line `domains = [\"example.com\"]`, for one"));
    };
    let check = &mut config.check;
    for (key, value) in parts.iter() {
        let entry = entry.of(value);
        match key.get_ref().as_ref() {
            "domains" => check.domains = Some(entry.set(domains(&entry, "domains")?)),
            "non-sending" => check.non_sending = Some(entry.set(domains(&entry, "non-sending")?)),
            "selectors" => check.selectors = Some(entry.set(domains(&entry, "selectors")?)),
            "lookalikes" => check.lookalikes = Some(entry.set(domains(&entry, "lookalikes")?)),
            "report-address" => check.report_address = Some(entry.set(report_address(&entry)?)),
            "every-hours" => check.every_hours = Some(entry.set(entry.count("every-hours")?)),
            "fetch" => check.fetch = Some(entry.set(entry.flag("fetch")?)),
            _ => return Err(Problem::unknown_key(key, "key of `check`", KEYS.into_iter())),
        }
    }
    Ok(())
}

fn report_address(entry: &Entry) -> Result<String, Problem> {
    address(entry.text("report-address")?).map_err(|words| entry.problem(words))
}

/// An address with or without the scheme.
fn address(text: &str) -> Result<String, String> {
    let whole = if text.contains(':') { text.to_owned() } else { format!("mailto:{text}") };
    let fits = whole.split_once(':').is_some_and(|(scheme, rest)| match scheme {
        "mailto" => rest.split_once('@').is_some_and(|(who, place)| !who.is_empty() && place.contains('.')),
        _ => scheme == "https" && !rest.is_empty(),
    });
    match fits && !whole.contains([';', ',', ' ', '!']) {
        true => Ok(whole),
        false => Err(format!("`{text}` is no address for reports: write dmarc@example.com")),
    }
}

impl Check {
    /// The domains to look at, and whether each is known to send nothing.
    pub(crate) fn all(&self, own: &[String]) -> Vec<(String, bool)> {
        let list = |set: &Option<Set<Vec<String>>>| set.as_ref().map(|set| set.value.clone()).unwrap_or_default();
        let silent = list(&self.non_sending);
        let mut all: Vec<(String, bool)> = Vec::new();
        for domain in own.iter().chain(&list(&self.domains)).chain(&silent) {
            if !all.iter().any(|(known, _)| known == domain) {
                all.push((domain.clone(), silent.contains(domain)));
            }
        }
        all
    }

    /// The same, with what the command line adds.
    pub(crate) fn also(
        &mut self,
        selectors: &[String],
        lookalikes: &[String],
        report_address: Option<&str>,
        no_fetch: bool,
    ) -> Result<(), Failure> {
        for (set, option, more) in [(&mut self.selectors, "selector", selectors), (&mut self.lookalikes, "lookalike", lookalikes)]
        {
            let mut names = set.take().map(|set| set.value).unwrap_or_default();
            for text in more {
                let name = mailauth::dns::name(text);
                names.push(name.ok_or_else(|| Failure::input(format!("error: --{option} {text}: that is no name")))?);
            }
            *set = Some(Set { value: names, line: 0 }).filter(|set| !set.value.is_empty());
        }
        if let Some(text) = report_address {
            let value = address(text).map_err(|words| Failure::input(format!("error: --report-address: {words}")))?;
            self.report_address = Some(Set { value, line: 0 });
        }
        if no_fetch {
            self.fetch = Some(Set { value: false, line: 0 });
        }
        Ok(())
    }

    /// Microseconds between two looks.
    pub(crate) fn every(&self) -> i64 {
        i64::from(self.every_hours.as_ref().map_or(EVERY, |set| set.value)) * 3_600_000_000
    }

    /// A line a key, with the line of the file.
    pub(super) fn shown(&self) -> Vec<(String, usize)> {
        Shown::default()
            .list("domains", &self.domains)
            .list("non-sending", &self.non_sending)
            .list("selectors", &self.selectors)
            .list("lookalikes", &self.lookalikes)
            .one("report-address", &self.report_address)
            .one("every-hours", &self.every_hours)
            .one("fetch", &self.fetch)
            .rows
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::config::Config;

    #[test]
    fn every_key_is_read_and_shown() -> Result<(), String> {
        let text = "[check]\ndomains = [\"Contoso.com\"]\nnon-sending = [\"fabrikam.com\"]\nselectors = [\"s1\"]\nlookalikes = [\"c0ntoso.com\"]\nreport-address = \"dmarc@contoso.com\"\nevery-hours = 6\nfetch = false\n";
        let check = Config::read(text, Path::new("/etc")).map_err(|found| format!("{found:?}"))?.check;
        let shown: Vec<String> = check.shown().into_iter().map(|(text, line)| format!("{line}: {text}")).collect();
        assert_eq!(
            shown,
            [
                "2: domains = contoso.com",
                "3: non-sending = fabrikam.com",
                "4: selectors = s1",
                "5: lookalikes = c0ntoso.com",
                "6: report-address = mailto:dmarc@contoso.com",
                "7: every-hours = 6",
                "8: fetch = false"
            ]
        );
        let all = check.all(&["contoso.com".to_owned(), "litware.example".to_owned()]);
        let all: Vec<(&str, bool)> = all.iter().map(|(domain, silent)| (domain.as_str(), *silent)).collect();
        assert_eq!(all, [("contoso.com", false), ("litware.example", false), ("fabrikam.com", true)]);
        Ok(())
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        for (text, words) in [
            ("check = 1", "`check` is a table"),
            ("[check]\ndomains = [\"a..b\"]", "`a..b` is no domain"),
            ("[check]\nreport-address = \"nobody\"", "`nobody` is no address for reports"),
            ("[check]\nreport-address = \"a@b.example; p=none\"", "no address for reports"),
            ("[check]\nevery = 1", "no key `every` of `check`"),
        ] {
            let found = Config::read(text, Path::new("/etc")).err().unwrap_or_default();
            assert!(found.iter().any(|found| found.message.contains(words)), "{text}: {found:?}");
        }
    }
}
