//! What a rule does with a message that it matches.

use crate::{
    Fault,
    read::{self, Value},
};

/// An action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// `"accept"`: it is delivered, and no later rule is asked.
    Accept,
    /// `{ add-header = { name = "X-Spoofed", value = "dmarc" } }`.
    AddHeader {
        /// The field's name.
        name: String,
        /// Its value.
        value: String,
    },
    /// `{ tag-subject = "[not authenticated] " }`: the subject begins with this.
    TagSubject(String),
    /// `{ redirect = ["abuse@example.com"] }`: others get it, and not those it was for.
    Redirect(Vec<String>),
    /// `{ quarantine = "store" }`: kept until somebody has looked at it.
    Quarantine(Quarantine),
    /// `{ reject = { code = 550, status = "5.7.1", text = "..." } }`, or just the text.
    Reject(Refuse),
}

/// Where a message is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quarantine {
    /// In the queue of the mail server, which holds it: Postfix shows it with `postqueue`, and releases it with `postsuper -H`.
    Hold,
    /// In the quarantine of spoofwatch.
    Store,
}

/// A refusal in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refuse {
    /// The code of the reply: 4xx to be tried again, 5xx for good.
    pub code: u16,
    /// The enhanced status (RFC 3463); the class of its own code and `.7.1` without one.
    pub status: Option<String>,
    /// The words.
    pub text: String,
}

/// The keys of an action.
const KEYS: [&str; 5] = ["add-header", "tag-subject", "redirect", "quarantine", "reject"];
/// The longest text that is put into a message or a reply.
const LONGEST: usize = 400;

impl Action {
    pub(crate) fn read(value: &Value<'_>) -> Result<Self, Fault> {
        if let toml::de::DeValue::String(text) = value.get_ref() {
            let help = "write \"accept\", or { quarantine = \"store\" }, { reject = \"text\" }, { tag-subject = \"text\" }";
            return if text == "accept" {
                Ok(Self::Accept)
            } else {
                Err(Fault::new(value.span(), "this is no action").help(help))
            };
        }
        let table = read::table(value, "an action")?;
        let mut keys = table.iter();
        let (Some((key, value)), None) = (keys.next(), keys.next()) else {
            return Err(Fault::new(value.span(), "an action has one key").help(format!("the keys are {}", KEYS.join(", "))));
        };
        match key.get_ref().as_ref() {
            "add-header" => add_header(value),
            "tag-subject" => line(value, "`tag-subject`").map(Self::TagSubject),
            "redirect" => redirect(value),
            "quarantine" => match read::words(value, "`quarantine`", &["hold", "store"])?.as_slice() {
                [one] if one == "hold" => Ok(Self::Quarantine(Quarantine::Hold)),
                [_] => Ok(Self::Quarantine(Quarantine::Store)),
                _ => Err(Fault::new(value.span(), "`quarantine` is \"hold\" or \"store\"")),
            },
            "reject" => reject(value).map(Self::Reject),
            _ => Err(read::unknown(key, "an action", &KEYS)),
        }
    }

    /// What is done, in words.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Accept => "accept".to_owned(),
            Self::AddHeader { name, value } => format!("add {name}: {value}"),
            Self::TagSubject(tag) => format!("tag the subject {tag}"),
            Self::Redirect(addresses) => format!("redirect to {}", addresses.join(", ")),
            Self::Quarantine(Quarantine::Hold) => "hold in the queue".to_owned(),
            Self::Quarantine(Quarantine::Store) => "quarantine".to_owned(),
            Self::Reject(refuse) => format!("reject with {} {}", refuse.code, refuse.text),
        }
    }
}

/// A text of one line that is not empty.
fn line(value: &Value<'_>, what: &str) -> Result<String, Fault> {
    let text = read::text(value, what)?;
    if text.trim().is_empty() || text.chars().any(char::is_control) || text.len() > LONGEST {
        return Err(Fault::new(value.span(), format!("{what} is a line of at most {LONGEST} bytes")));
    }
    Ok(text.to_owned())
}

fn add_header(value: &Value<'_>) -> Result<Action, Fault> {
    let (mut name, mut text) = (None, None);
    for (key, part) in read::table(value, "`add-header`")?.iter() {
        match key.get_ref().as_ref() {
            "name" => {
                let found = line(part, "`name`")?;
                if !found.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
                    return Err(Fault::new(part.span(), "this is no name of a header field")
                        .help("letters, digits and dashes, such as X-Spoofed"));
                }
                // A rule that writes what is believed elsewhere would be believed there.
                if found.eq_ignore_ascii_case("Authentication-Results") {
                    return Err(Fault::new(part.span(), "Authentication-Results is written by spoofwatch itself")
                        .help("take another name"));
                }
                name = Some(found);
            }
            "value" => text = Some(line(part, "`value`")?),
            _ => return Err(read::unknown(key, "`add-header`", &["name", "value"])),
        }
    }
    match (name, text) {
        (Some(name), Some(value)) => Ok(Action::AddHeader { name, value }),
        _ => Err(Fault::new(value.span(), "`add-header` needs `name` and `value`")),
    }
}

fn redirect(value: &Value<'_>) -> Result<Action, Fault> {
    let addresses = read::texts(value, "`redirect`")?;
    let is_address = |text: &String| {
        text.rsplit_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
            && !text.chars().any(|char| char.is_control() || char.is_whitespace() || matches!(char, '<' | '>'))
    };
    match addresses.iter().find(|text| !is_address(text)) {
        Some(text) => Err(Fault::new(value.span(), format!("`{text}` is no address"))),
        None => Ok(Action::Redirect(addresses)),
    }
}

fn reject(value: &Value<'_>) -> Result<Refuse, Fault> {
    if matches!(value.get_ref(), toml::de::DeValue::String(_)) {
        return Ok(Refuse { code: 550, status: None, text: line(value, "`reject`")? });
    }
    let mut refuse = Refuse { code: 550, status: None, text: String::new() };
    for (key, part) in read::table(value, "`reject`")?.iter() {
        match key.get_ref().as_ref() {
            "code" => {
                let code = read::number(part, "`code`")?;
                let code = u16::try_from(code).ok().filter(|code| (400..600).contains(code));
                refuse.code = code.ok_or_else(|| {
                    Fault::new(part.span(), "`code` is from 400 to 599").help("550 refuses for good, 451 for now")
                })?;
            }
            "status" => refuse.status = Some(line(part, "`status`")?),
            "text" => refuse.text = line(part, "`text`")?,
            _ => return Err(read::unknown(key, "`reject`", &["code", "status", "text"])),
        }
    }
    let class = (refuse.code / 100).to_string();
    let fits = |status: &String| {
        let parts: Vec<&str> = status.split('.').collect();
        parts.len() == 3
            && parts.first() == Some(&class.as_str())
            && parts.iter().all(|part| part.len() <= 3 && part.parse::<u16>().is_ok())
    };
    if refuse.status.as_ref().is_some_and(|status| !fits(status)) {
        return Err(Fault::new(value.span(), format!("`status` is three numbers, the first of them {class}"))
            .help(format!("such as {class}.7.1")));
    }
    if refuse.text.is_empty() {
        return Err(Fault::new(value.span(), "`reject` needs a `text`: whoever sent the message reads it"));
    }
    Ok(refuse)
}
