//! Ordinary signed mail from a partner.

use super::prelude::*;

pub(super) static SCENARIO: Scenario = Scenario {
    name: "plain",
    imitates: "Ordinary signed mail from somebody at a partner.",
    kind: Kind::Benign,
    expected: Expected { spf: SpfResult::Pass, dkim: &[DkimResult::Pass], arc: ArcResult::None, dmarc: DmarcResult::Pass },
    write,
};

const TEXT: File = File { name: "mail/plain.toml", text: include_str!("../../../data/mail/plain.toml") };

fn write(desk: &Desk<'_>, random: &mut Random) -> Result<Vec<Draft>, MailError> {
    let from = desk.author(Role::Partner, random)?;
    let readers = [desk.reader(random)];
    let letter = desk.write(TEXT, Form::Alternative, (&from, &readers, ""), random)?;
    Ok(vec![desk.honest(Role::Partner, (&from, &readers), letter, random)?])
}
