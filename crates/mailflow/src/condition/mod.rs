//! Conditions: what must hold of a message for a rule to match. A file each; here they are read, put together, and asked.
//!
//! A table of conditions holds if all of them do. `any`, `all` and `not` put tables together.

mod address;
mod authentication;
mod client;
mod header;
mod size;
mod verdict;
mod words;

pub use client::Networks;

use toml::de::DeTable;

use crate::{
    Facts, Fault,
    read::{self, Value},
};

/// How deep conditions nest at most; nobody reads a deeper one.
const DEEPEST: usize = 8;

/// The keys of a table of conditions.
const KEYS: [&str; 15] = [
    "header",
    "authentication",
    "verdict",
    "sender",
    "author",
    "recipient",
    "client",
    "size",
    "direction",
    "signed-in",
    "finding",
    "detection",
    "any",
    "all",
    "not",
];

/// A condition.
#[derive(Debug, Clone)]
pub enum Condition {
    /// All of these hold.
    All(Vec<Condition>),
    /// One of these holds.
    Any(Vec<Condition>),
    /// This does not hold.
    Not(Box<Condition>),
    /// A header field, by name.
    Header(header::Header),
    /// What a trusted host found, as its Authentication-Results say.
    Authentication(authentication::Authentication),
    /// What we found.
    Verdict(verdict::Verdict),
    /// The envelope's sender.
    Sender(address::Patterns),
    /// An author: an address of From.
    Author(address::Patterns),
    /// One of the recipients.
    Recipient(address::Patterns),
    /// Where it came from.
    Client(client::Networks),
    /// How large it is.
    Size(size::Size),
    /// A word that is known of it.
    Words(words::Words),
}

/// Why a condition holds: each part that had to, in words.
pub(crate) type Because = Vec<String>;

impl Condition {
    /// Reads a table of conditions.
    pub(crate) fn read(value: &Value<'_>) -> Result<Self, Fault> {
        Self::nested(value, DEEPEST)
    }

    fn nested(value: &Value<'_>, room: usize) -> Result<Self, Fault> {
        let Some(room) = room.checked_sub(1) else {
            return Err(Fault::new(value.span(), format!("conditions nest more than {DEEPEST} deep")));
        };
        let table: &DeTable<'_> = read::table(value, "a condition")?;
        if table.is_empty() {
            let fault = Fault::new(value.span(), "no condition is here, which would match every message");
            return Err(fault.help("to match every message, write size = { over = 0 }"));
        }
        let mut all = Vec::with_capacity(table.len());
        for (key, value) in table.iter() {
            let parts = || read::list(value).into_iter().map(|part| Self::nested(part, room)).collect::<Result<Vec<_>, _>>();
            all.push(match key.get_ref().as_ref() {
                "any" => Self::Any(parts()?),
                "all" => Self::All(parts()?),
                "not" => Self::Not(Box::new(Self::nested(value, room)?)),
                "header" => {
                    let each = read::list(value).into_iter().map(|part| header::Header::read(part).map(Self::Header));
                    Self::All(each.collect::<Result<_, _>>()?)
                }
                "authentication" => Self::Authentication(authentication::Authentication::read(value)?),
                "verdict" => Self::Verdict(verdict::Verdict::read(value)?),
                "sender" => Self::Sender(address::Patterns::read(value, "`sender`")?),
                "author" => Self::Author(address::Patterns::read(value, "`author`")?),
                "recipient" => Self::Recipient(address::Patterns::read(value, "`recipient`")?),
                "client" => Self::Client(client::Networks::read(value)?),
                "size" => Self::Size(size::Size::read(value)?),
                "direction" | "signed-in" | "finding" | "detection" => Self::Words(words::Words::read(key.get_ref(), value)?),
                _ => return Err(read::unknown(key, "a condition", &KEYS)),
            });
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Self::All(all) })
    }

    /// Why it holds of a message; `None` if it does not.
    #[must_use]
    pub fn holds(&self, facts: &Facts<'_>) -> Option<Because> {
        let one = |why: Option<String>| why.map(|why| vec![why]);
        match self {
            Self::All(parts) => {
                let mut all = Vec::new();
                for part in parts {
                    all.extend(part.holds(facts)?);
                }
                Some(all)
            }
            Self::Any(parts) => parts.iter().find_map(|part| part.holds(facts)),
            Self::Not(part) => match part.holds(facts) {
                Some(_) => None,
                None => Some(vec![format!("not: {}", part.words())]),
            },
            Self::Header(header) => one(header.holds(facts)),
            Self::Authentication(authentication) => one(authentication.holds(facts)),
            Self::Verdict(verdict) => verdict.holds(facts),
            Self::Sender(patterns) => one(patterns.one_of("the sender", [facts.mail_from])),
            Self::Author(patterns) => {
                let authors = facts.evidence.from.mailboxes.iter().map(|mailbox| mailbox.address.as_str());
                one(patterns.one_of("an author", authors))
            }
            Self::Recipient(patterns) => one(patterns.one_of("a recipient", facts.recipients.iter().map(String::as_str))),
            Self::Client(networks) => one(networks.holds(facts.client)),
            Self::Size(size) => one(size.holds(facts.size)),
            Self::Words(words) => one(words.holds(facts)),
        }
    }

    /// The condition in words.
    fn words(&self) -> String {
        let joined = |parts: &[Self], by: &str| parts.iter().map(Self::words).collect::<Vec<_>>().join(by);
        match self {
            Self::All(parts) => joined(parts, " and "),
            Self::Any(parts) => joined(parts, " or "),
            Self::Not(part) => format!("not {}", part.words()),
            Self::Header(header) => header.words(),
            Self::Authentication(authentication) => authentication.words(),
            Self::Verdict(verdict) => verdict.words(),
            Self::Sender(patterns) => format!("sender {}", patterns.words()),
            Self::Author(patterns) => format!("author {}", patterns.words()),
            Self::Recipient(patterns) => format!("recipient {}", patterns.words()),
            Self::Client(networks) => networks.words(),
            Self::Size(size) => size.words(),
            Self::Words(words) => words.words(),
        }
    }

    /// Whether an answer needs to know which detection rules match: that takes a query a rule.
    #[must_use]
    pub fn asks_detections(&self) -> bool {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().any(Self::asks_detections),
            Self::Not(part) => part.asks_detections(),
            Self::Words(words) => words.asks_detections(),
            _ => false,
        }
    }
}

/// At most so much of a message is repeated in the words about it.
const MOST_SHOWN: usize = 120;

/// Words of a message that can stand in a line: without control characters, and not for ever.
fn shown(text: &str) -> String {
    let mut short: String = text.chars().take(MOST_SHOWN).map(|char| if char.is_control() { '\u{fffd}' } else { char }).collect();
    if text.chars().nth(MOST_SHOWN).is_some() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests;
