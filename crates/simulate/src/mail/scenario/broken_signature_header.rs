//! A header changed after signing (MITRE ATT&CK T1672): a partner's signed message under another subject.

use super::prelude::*;

pub(super) static SCENARIO: Scenario = Scenario {
    name: "broken-signature-header",
    imitates: "A partner's signed message, its subject changed after signing, sent from elsewhere.",
    kind: Kind::Attack("T1672"),
    expected: Expected { spf: SpfResult::Fail, dkim: &[DkimResult::Fail], arc: ArcResult::None, dmarc: DmarcResult::Fail },
    write,
};

const TEXT: File = File { name: "mail/broken_signature.toml", text: include_str!("../../../data/mail/broken_signature.toml") };

fn write(desk: &Desk<'_>, random: &mut Random) -> Result<Vec<Draft>, MailError> {
    let from = desk.author(Role::Partner, random)?;
    let readers = [desk.reader(random)];
    let letter = desk.write(TEXT, Form::Alternative, (&from, &readers, ""), random)?;
    let mut draft = desk.honest(Role::Partner, (&from, &readers), letter, random)?;
    let subject = format!("URGENT, pay today: {}", draft.letter.get("Subject"));
    draft.letter.set("Subject", &subject);
    let server = desk.attacker(random)?;
    Ok(vec![desk.post(draft.letter, server, &from.address, &readers)])
}
