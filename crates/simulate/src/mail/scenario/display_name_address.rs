//! An address inside the display name (MITRE ATT&CK T1672): mail programs that show only the name show our executive's address.

use super::prelude::*;

pub(super) static SCENARIO: Scenario = Scenario {
    name: "display-name-address",
    imitates: "The display name holds an executive's address of ours; the real address is a private mailbox elsewhere.",
    kind: Kind::Attack("T1672"),
    expected: Expected { spf: SpfResult::Pass, dkim: &[DkimResult::Pass], arc: ArcResult::None, dmarc: DmarcResult::Pass },
    write,
};

const TEXT: File =
    File { name: "mail/display_name_address.toml", text: include_str!("../../../data/mail/display_name_address.toml") };

fn write(desk: &Desk<'_>, random: &mut Random) -> Result<Vec<Draft>, MailError> {
    let executive = desk.executive(random)?;
    let local = format!("mailbox{}", random.between(1000, 9999));
    let shown = format!("{} <{}>", executive.name, executive.address);
    let from = Mailbox::new(shown, desk.house(Role::Provider)?.at(&local));
    let readers = [desk.reader(random)];
    let letter = desk.write(TEXT, Form::Alternative, (&from, &readers, &executive.name), random)?;
    Ok(vec![desk.honest(Role::Provider, (&from, &readers), letter, random)?])
}
