//! Real messages to send to a mail server that is tested: attacks and honest mail, signed and sealed as they would be, with the DNS records
//! that make them mean it.
//!
//! Must not know SMTP, files or the clock: it makes bytes, envelopes and records, and the caller sends and writes them. Start with
//! [`messages`]; one file under `scenario/` is one kind of message.

mod desk;
mod error;
mod keys;
mod letter;
mod mime;
mod scenario;
mod stage;
mod zone;

use std::net::IpAddr;

pub use error::MailError;
pub use keys::Keys;
pub use scenario::{Expected, Kind, Scenario, mail_scenario, mail_scenarios};
pub use stage::Role;
pub use zone::Zones;

use crate::{random::Random, text};

/// The header field that says of every message what it is.
pub const LABEL: &str = "X-Spoofwatch-Simulation";

/// Which messages to make.
#[derive(Debug, Clone)]
pub struct MailOptions {
    /// What everything made up grows from: the same seed, moment and keys give the same bytes.
    pub seed: u64,
    /// When they are sent, in seconds since 1970.
    pub moment: i64,
    /// The domain of the organisation whose server is tested.
    pub own: String,
    /// What everybody else's domain ends in.
    pub outside: String,
    /// Who is written to; without any, made-up people of the organisation.
    pub recipients: Vec<String>,
    /// How often each scenario is played.
    pub rounds: u32,
}

/// A message with its envelope.
#[derive(Debug, Clone)]
pub struct Message {
    /// What it plays.
    pub scenario: &'static Scenario,
    /// What its label calls it; no two messages share it.
    pub id: String,
    /// Its Message-ID with angle brackets; replayed messages share it.
    pub message_id: String,
    /// As its header has it.
    pub subject: String,
    /// The address it claims to be sent from.
    pub client: IpAddr,
    /// The name of that address.
    pub client_name: String,
    /// What the client greets with.
    pub helo: String,
    /// The envelope sender; empty for a bounce.
    pub mail_from: String,
    /// The envelope recipients.
    pub recipients: Vec<String>,
    /// Header and body, lines ended by CR LF.
    pub data: Vec<u8>,
}

/// Makes the messages of scenarios, in their order, every round after the other.
///
/// # Errors
///
/// A domain or an address cannot be one, or a house has no key.
pub fn messages(options: &MailOptions, scenarios: &[&'static Scenario], keys: &Keys) -> Result<Vec<Message>, MailError> {
    let stage = stage::Stage::load(&options.own, &options.outside)?;
    let desk = desk::Desk::new(stage, keys, options.seed, options.moment, &options.recipients)?;
    let mut made = Vec::new();
    for round in 0..options.rounds {
        for scenario in scenarios {
            // The moment is part of the stream, so that a later run's messages are others.
            let part = options.moment.unsigned_abs().wrapping_mul(1 << 20).wrapping_add(u64::from(round));
            let mut random = Random::new(options.seed, scenario.name, part);
            for draft in (scenario.write)(&desk, &mut random)? {
                made.push(labelled(scenario, draft, &mut random));
            }
        }
    }
    Ok(made)
}

/// The records that the messages want.
///
/// # Errors
///
/// A domain cannot be one, or a house has no key.
pub fn zones(own: &str, outside: &str, keys: &Keys) -> Result<Zones, MailError> {
    Zones::new(&stage::Stage::load(own, outside)?, keys)
}

/// A draft with its label on top, where no signature covers it.
fn labelled(scenario: &'static Scenario, draft: desk::Draft, random: &mut Random) -> Message {
    let mut id = String::new();
    text::push_hex(&mut id, 16, random);
    let mut letter = draft.letter;
    let (message_id, subject) = (letter.get("Message-ID"), letter.get("Subject"));
    letter.stamp(LABEL, &format!("{}; id={id}", scenario.name));
    Message {
        scenario,
        id,
        message_id,
        subject,
        client: IpAddr::V4(draft.client.address),
        client_name: draft.client.name,
        helo: draft.helo,
        mail_from: draft.mail_from,
        recipients: draft.recipients,
        data: letter.bytes(),
    }
}

#[cfg(test)]
mod tests;
