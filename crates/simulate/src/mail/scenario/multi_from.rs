//! Two authors in one From field (RFC 9989 section 11.5; MITRE ATT&CK T1672): ours is shown, the attacker's passes.

use super::prelude::*;

pub(super) static SCENARIO: Scenario = Scenario {
    name: "multi-from",
    imitates: "One From field with two authors: ours, which is shown, and the attacker's, which authenticates.",
    kind: Kind::Attack("T1672"),
    expected: Expected { spf: SpfResult::Pass, dkim: &[DkimResult::Pass], arc: ArcResult::None, dmarc: DmarcResult::Fail },
    write,
};

const TEXT: File = File { name: "mail/multi_from.toml", text: include_str!("../../../data/mail/multi_from.toml") };

fn write(desk: &Desk<'_>, random: &mut Random) -> Result<Vec<Draft>, MailError> {
    let executive = desk.executive(random)?;
    let from = Mailbox::new("", desk.house(Role::Attacker)?.at("service"));
    let readers = [desk.reader(random)];
    let mut letter = desk.write(TEXT, Form::Alternative, (&from, &readers, &executive.name), random)?;
    letter.set("From", &format!("{}, {}", executive.header(), from.header()));
    Ok(vec![desk.honest(Role::Attacker, (&from, &readers), letter, random)?])
}
