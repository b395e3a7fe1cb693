//! A body changed after signing (MITRE ATT&CK T1672): a partner's real invoice with another account, sent on by whoever got hold of it.

use super::prelude::*;

pub(super) static SCENARIO: Scenario = Scenario {
    name: "broken-signature-body",
    imitates: "A partner's signed invoice, its account number changed after signing, sent from elsewhere.",
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
    draft.letter.body = draft.letter.body.replace("ending in 4471", "ending in 9902");
    let server = desk.attacker(random)?;
    Ok(vec![desk.post(draft.letter, server, &from.address, &readers)])
}
