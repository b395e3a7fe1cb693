//! Direct Send abuse (MITRE ATT&CK T1672): anonymous mail from a person to that person, handed straight to the mail server.

use super::prelude::*;
use crate::text;

pub(super) static SCENARIO: Scenario = Scenario {
    name: "direct-send",
    imitates: "Anonymous mail from an outside address straight to our server, from and to the same person of ours.",
    kind: Kind::Attack("T1672"),
    expected: Expected { spf: SpfResult::Fail, dkim: &[], arc: ArcResult::None, dmarc: DmarcResult::Fail },
    write,
};

const TEXT: File = File { name: "mail/direct_send.toml", text: include_str!("../../../data/mail/direct_send.toml") };

pub(super) fn write(desk: &Desk<'_>, random: &mut Random) -> Result<Vec<Draft>, MailError> {
    let reader = desk.reader(random);
    // A recipient outside our domain has a namesake inside.
    let address = desk.house(Role::Own)?.at(text::local_part(&reader.address));
    let from = Mailbox::new(reader.name.clone(), address);
    let readers = [reader];
    let letter = desk.write(TEXT, Form::Alternative, (&from, &readers, ""), random)?;
    let mut draft = desk.post(letter, desk.attacker(random)?, &from.address, &readers);
    // A rented Windows machine greets with the name it was set up with.
    draft.helo = String::from("WIN-");
    text::push_hex(&mut draft.helo, 11, random);
    Ok(vec![draft])
}
