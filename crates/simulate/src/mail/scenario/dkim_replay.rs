//! DKIM replay (RFC 6376 section 8.6; MITRE ATT&CK T1672): one message with a valid signature, sent again to others from other addresses.

use super::prelude::*;

pub(super) static SCENARIO: Scenario = Scenario {
    name: "dkim-replay",
    imitates: "A message that its author's provider signed once is sent again, unchanged, to people it was never addressed to.",
    kind: Kind::Attack("T1672"),
    expected: Expected { spf: SpfResult::Softfail, dkim: &[DkimResult::Pass], arc: ArcResult::None, dmarc: DmarcResult::Pass },
    write,
};

const TEXT: File = File { name: "mail/dkim_replay.toml", text: include_str!("../../../data/mail/dkim_replay.toml") };

/// How often it is sent.
const COPIES: u32 = 3;

fn write(desk: &Desk<'_>, random: &mut Random) -> Result<Vec<Draft>, MailError> {
    let (provider, attacker) = (desk.house(Role::Provider)?, desk.house(Role::Attacker)?);
    let from = Mailbox::new("Post Service Desk", provider.at(&format!("service.desk{}", random.between(10, 99))));
    // The attacker wrote to a mailbox of their own, to have it signed.
    let own = [Mailbox::new("", provider.at(&format!("collect{}", random.between(10, 99))))];
    let mut letter = desk.write(TEXT, Form::Alternative, (&from, &own, ""), random)?;
    desk.sign(&mut letter, Role::Provider)?;
    desk.submitted(&mut letter, &provider.server(0), 7200, random);
    let readers = desk.readers(COPIES as usize, random);
    let copy = |(number, reader): (u32, &Mailbox)| {
        desk.post(letter.clone(), attacker.server(number), &from.address, std::slice::from_ref(reader))
    };
    Ok((0..COPIES).zip(readers.iter().cycle()).map(copy).collect())
}
