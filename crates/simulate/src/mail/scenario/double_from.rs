//! Two From fields (RFC 5322 section 3.6 allows one; MITRE ATT&CK T1672): a checker that reads the one and a mail program that shows the
//! other disagree about the author.

use super::prelude::*;

pub(super) static SCENARIO: Scenario = Scenario {
    name: "double-from",
    imitates: "Two From fields: the attacker's, which authenticates, and ours, which many mail programs show.",
    kind: Kind::Attack("T1672"),
    expected: Expected { spf: SpfResult::Pass, dkim: &[DkimResult::Pass], arc: ArcResult::None, dmarc: DmarcResult::Fail },
    write,
};

const TEXT: File = File { name: "mail/multi_from.toml", text: include_str!("../../../data/mail/multi_from.toml") };

fn write(desk: &Desk<'_>, random: &mut Random) -> Result<Vec<Draft>, MailError> {
    let executive = desk.executive(random)?;
    let from = Mailbox::new("", desk.house(Role::Attacker)?.at("service"));
    let readers = [desk.reader(random)];
    let letter = desk.write(TEXT, Form::Alternative, (&from, &readers, &executive.name), random)?;
    let mut draft = desk.honest(Role::Attacker, (&from, &readers), letter, random)?;
    // Above the signed one: a signature covers the fields from the bottom (RFC 6376 section 5.4.2).
    draft.letter.stamp("From", &executive.header());
    Ok(vec![draft])
}
