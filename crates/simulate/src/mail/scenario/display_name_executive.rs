//! Impersonation of an executive (MITRE ATT&CK T1656): the name is right, the address is a private mailbox that authenticates perfectly.

use super::prelude::*;

pub(super) static SCENARIO: Scenario = Scenario {
    name: "display-name-executive",
    imitates: "The name of one of our executives over a private mailbox elsewhere.",
    kind: Kind::Attack("T1656"),
    expected: Expected { spf: SpfResult::Pass, dkim: &[DkimResult::Pass], arc: ArcResult::None, dmarc: DmarcResult::Pass },
    write,
};

const TEXT: File =
    File { name: "mail/display_name_executive.toml", text: include_str!("../../../data/mail/display_name_executive.toml") };

fn write(desk: &Desk<'_>, random: &mut Random) -> Result<Vec<Draft>, MailError> {
    let executive = desk.executive(random)?;
    let local = format!("office.{}", random.between(1000, 9999));
    let from = Mailbox::new(executive.name.clone(), desk.house(Role::Provider)?.at(&local));
    let readers = [desk.reader(random)];
    let letter = desk.write(TEXT, Form::Alternative, (&from, &readers, &executive.name), random)?;
    Ok(vec![desk.honest(Role::Provider, (&from, &readers), letter, random)?])
}
