//! What a check finds.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::CommandLine;

/// How much a finding matters, from least to most. The words are those of alerts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Good to know; nothing is open.
    Informational,
    /// Could be better.
    Low,
    /// Helps an attacker, with something else.
    Medium,
    /// Mail in the domain's name, or mail that should arrive, is at risk.
    High,
    /// Anybody can send in the domain's name today, and it will be believed.
    Critical,
}

impl Severity {
    /// All of them, from least to most.
    pub const ALL: [Self; 5] = [Self::Informational, Self::Low, Self::Medium, Self::High, Self::Critical];
}

/// Where something is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Reference {
    /// Such as `RFC 9989 section 4.7`.
    pub title: &'static str,
    /// The page.
    pub url: &'static str,
}

/// Something a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The check's id.
    pub check: &'static str,
    /// The domain, or the object of the tenant.
    pub subject: String,
    /// How much it matters.
    pub severity: Severity,
    /// What is wrong, in a few words.
    pub title: String,
    /// What that means.
    pub meaning: String,
    /// What an attacker could do.
    pub risk: String,
    /// What to do.
    pub advice: String,
    /// What was seen.
    pub facts: Vec<Fact>,
    /// The exact records to publish, where records are the answer.
    pub publish: Vec<Publish>,
    /// The exact changes to the tenant, in order, where its configuration is the answer; each with what takes it back.
    pub commands: Vec<CommandLine>,
    /// Where it is written.
    pub references: Vec<Reference>,
    /// Identifiers of CISA's SCuBA baseline.
    pub baseline: Vec<&'static str>,
}

/// Something seen that a finding rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// What it is: a name and a type, such as `_dmarc.example.com TXT`.
    pub what: String,
    /// What was seen there.
    pub seen: String,
}

/// A record to publish; or a page, of which the name is its address, the type [`Publish::FILE`] and the value its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Publish {
    /// The whole name, without the dot at the end.
    pub name: String,
    /// The mnemonic of its type.
    pub kind: &'static str,
    /// Its value, as a zone file has it, a text without quotation marks.
    pub value: String,
    /// What stands there now and goes.
    pub instead_of: Vec<String>,
}

impl Publish {
    /// What stands for a type where it is no record: a page that a web server has to give, such as a policy of MTA-STS.
    pub const FILE: &str = "FILE";
}

impl Finding {
    /// The same, with something that was seen.
    #[must_use]
    pub fn seen(mut self, what: impl Into<String>, seen: impl Into<String>) -> Self {
        match self.facts.len() {
            ..MOST_FACTS => self.facts.push(Fact { what: shown(&what.into()), seen: shown(&seen.into()) }),
            MOST_FACTS => {
                self.facts.push(Fact { what: "more".to_owned(), seen: "there is more of this than is shown".to_owned() })
            }
            _ => {}
        }
        self
    }

    /// The same, with a record to publish.
    #[must_use]
    pub fn publish(
        mut self,
        name: impl Into<String>,
        kind: &'static str,
        value: impl Into<String>,
        instead_of: &[String],
    ) -> Self {
        self.publish.push(Publish { name: name.into(), kind, value: value.into(), instead_of: instead_of.to_vec() });
        self
    }

    /// The same, with a change to the tenant.
    #[must_use]
    pub fn command(mut self, command: CommandLine) -> Self {
        self.commands.push(command);
        self
    }

    /// The same, of another severity than the check's findings mostly are.
    #[must_use]
    pub fn matters(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }
}

/// Facts of a finding. A name may have hundreds of records, and the first ones say what is wrong with them.
const MOST_FACTS: usize = 50;

/// The most that is shown of what was seen, in characters: a TXT record may have 64 KB.
const MOST_SHOWN: usize = 2000;

/// Others' text as it can be shown anywhere: what would move a terminal's cursor, or hide what follows it, is written out.
fn shown(text: &str) -> String {
    let hidden = |letter: &char| {
        letter.is_control() || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let mut shown = String::with_capacity(text.len().min(MOST_SHOWN));
    for letter in text.chars().take(MOST_SHOWN) {
        if hidden(&letter) { shown.extend(letter.escape_unicode()) } else { shown.push(letter) }
    }
    if text.chars().nth(MOST_SHOWN).is_some() {
        shown.push_str(" ... and more");
    }
    shown
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Informational => "informational",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST_FACTS, MOST_SHOWN, shown};
    use crate::checks::dmarc_missing::CHECK;

    #[test]
    fn a_finding_of_very_many_facts_shows_the_first() {
        let finding = (0..500).fold(CHECK.found("example.com"), |finding, number| finding.seen(number.to_string(), "a record"));
        assert_eq!(finding.facts.len(), MOST_FACTS + 1);
        assert_eq!(finding.facts.last().map(|fact| fact.what.as_str()), Some("more"));
    }

    #[test]
    fn what_others_publish_is_shown_as_text() {
        assert_eq!(shown("v=DMARC1; p=none"), "v=DMARC1; p=none");
        assert_eq!(shown("a\u{1b}[2Jb\u{202e}c\n"), "a\\u{1b}[2Jb\\u{202e}c\\u{a}");
        assert_eq!(shown(&"x".repeat(65_000)).len(), MOST_SHOWN + " ... and more".len());
    }
}
