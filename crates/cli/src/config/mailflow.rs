//! The table `mailflow` of the configuration file: mail-flow rules, and the quarantine.

use std::sync::Arc;

use mailflow::{Mode, Rule};
use toml::de::DeValue;

use super::{
    Config, Set,
    value::{Entry, Problem},
};

/// What the table says.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct MailFlow {
    /// The rules, in their order.
    pub(crate) rules: Rules,
    /// For how many days messages stay in the quarantine.
    pub(crate) keep_days: Option<Set<u32>>,
    /// The mail server that released messages and reports are handed to, as HOST:PORT.
    pub(crate) smtp: Option<Set<String>>,
    /// Who gets reports of messages that were wrongly kept or let through.
    pub(crate) report_to: Option<Set<String>>,
    /// Who sends them.
    pub(crate) report_from: Option<Set<String>>,
}

/// Rules, and the line of each.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rules {
    pub(crate) rules: Arc<Vec<Rule>>,
    lines: Vec<usize>,
}

impl PartialEq for Rules {
    fn eq(&self, other: &Self) -> bool {
        let names = |rules: &Self| rules.rules.iter().map(|rule| rule.name.clone()).collect::<Vec<_>>();
        self.lines == other.lines && names(self) == names(other)
    }
}

const KEYS: [&str; 5] = ["rule", "keep-days", "smtp", "report-to", "report-from"];
/// For how many days messages stay in the quarantine unless told otherwise: as long as in that of Microsoft 365.
const KEEP_DAYS: u32 = 30;

pub(super) fn read(config: &mut Config, entry: &Entry) -> Result<(), Problem> {
    let DeValue::Table(parts) = entry.value.get_ref() else {
        return Err(entry.problem("`mailflow` is a table: begin each rule with a line [[mailflow.rule]]"));
    };
    let flow = &mut config.mailflow;
    for (key, value) in parts.iter() {
        let entry = entry.of(value);
        match key.get_ref().as_ref() {
            "rule" => {
                let rules = Rule::read_all(value).map_err(Problem::of_rules)?;
                let lines = match value.get_ref() {
                    DeValue::Array(values) => values.iter().map(|value| entry.of(value).set(()).line).collect(),
                    _ => Vec::new(),
                };
                flow.rules = Rules { rules: Arc::new(rules), lines };
            }
            "keep-days" => flow.keep_days = Some(entry.set(entry.count("keep-days")?)),
            "smtp" => flow.smtp = Some(entry.set(place(&entry)?)),
            "report-to" => flow.report_to = Some(entry.set(address(&entry, "report-to")?)),
            "report-from" => flow.report_from = Some(entry.set(address(&entry, "report-from")?)),
            _ => return Err(Problem::unknown_key(key, "key of `mailflow`", KEYS.into_iter())),
        }
    }
    Ok(())
}

fn place(entry: &Entry) -> Result<String, Problem> {
    let text = entry.text("smtp")?;
    let is_place = text.rsplit_once(':').is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok());
    if is_place { Ok(text.to_owned()) } else { Err(entry.problem("`smtp` is HOST:PORT, such as \"127.0.0.1:25\"")) }
}

fn address(entry: &Entry, key: &str) -> Result<String, Problem> {
    let text = entry.text(key)?;
    let is_address = text.rsplit_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty());
    if is_address {
        Ok(text.to_owned())
    } else {
        Err(entry.problem(format!("`{key}` is an address, such as \"soc@example.com\"")))
    }
}

impl MailFlow {
    /// For how long messages stay in the quarantine, in microseconds.
    pub(crate) fn keep(&self) -> i64 {
        i64::from(self.keep_days.as_ref().map_or(KEEP_DAYS, |set| set.value)) * 24 * 3_600_000_000
    }

    /// The mail server that takes released messages.
    pub(crate) fn smtp(&self) -> &str {
        self.smtp.as_ref().map_or("127.0.0.1:25", |set| set.value.as_str())
    }

    /// A line a key and rule, with the line of the file.
    pub(super) fn shown(&self) -> Vec<(String, usize)> {
        let rules = self.rules.rules.iter().zip(&self.rules.lines).map(|(rule, line)| {
            let state = match (rule.enabled, rule.mode) {
                (false, _) => "off",
                (true, Mode::Report) => "counts",
                (true, Mode::Enforce) => "acts",
            };
            let actions: Vec<String> = rule.actions.iter().map(mailflow::Action::words).collect();
            (format!("rule {} ({state}): {}", rule.name, actions.join(", ")), *line)
        });
        let text = |name: &str, set: &Option<Set<String>>| set.as_ref().map(|set| (format!("{name} = {}", set.value), set.line));
        let days = self.keep_days.as_ref().map(|set| (format!("keep-days = {}", set.value), set.line));
        let texts = [text("smtp", &self.smtp), text("report-to", &self.report_to), text("report-from", &self.report_from)];
        rules.chain(days).chain(texts.into_iter().flatten()).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::config::Config;

    const RULES: &str = "[mailflow]\nkeep-days = 7\nsmtp = \"127.0.0.1:10026\"\nreport-to = \"abuse@example.com\"\n[[mailflow.rule]]\nname = \"one\"\nenabled = false\nwhen = { verdict = { dmarc = \"fail\" } }\nactions = [{ quarantine = \"store\" }]\n";

    #[test]
    fn rules_are_read_and_shown_with_their_lines() -> Result<(), String> {
        let config = Config::read(RULES, Path::new("/etc")).map_err(|found| format!("{found:?}"))?;
        let shown: Vec<String> = config.mailflow.shown().into_iter().map(|(text, line)| format!("{line}: {text}")).collect();
        assert_eq!(
            shown,
            [
                "5: rule one (off): quarantine",
                "2: keep-days = 7",
                "3: smtp = 127.0.0.1:10026",
                "4: report-to = abuse@example.com"
            ]
        );
        assert_eq!(config.mailflow.keep(), 7 * 86_400_000_000);
        Ok(())
    }

    #[test]
    fn every_fault_of_the_rules_is_told() {
        let text = "[mailflow]\n[[mailflow.rule]]\nname = \"a\"\n[[mailflow.rule]]\nwhen = { up = 1 }\n";
        let found = Config::read(text, Path::new("/etc")).err().unwrap_or_default();
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].message.contains("a rule needs `when`") && found[1].message.contains("no key `up`"), "{found:?}");
        for (text, words) in [
            ("mailflow = 1", "[[mailflow.rule]]"),
            ("[mailflow]\nsmtp = \"mail\"", "HOST:PORT"),
            ("[mailflow]\nreport-to = \"abuse\"", "is an address"),
            ("[mailflow]\nrules = []", "no key `rules` of `mailflow`"),
        ] {
            let found = Config::read(text, Path::new("/etc")).err().unwrap_or_default();
            assert!(found.iter().any(|found| found.message.contains(words)), "{text}: {found:?}");
        }
    }
}
