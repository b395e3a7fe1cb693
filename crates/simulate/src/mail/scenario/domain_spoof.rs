//! Domain spoofing (MITRE ATT&CK T1672): the author claims our domain, the envelope is the attacker's own, for which SPF passes.

use super::prelude::*;

pub(super) static SCENARIO: Scenario = Scenario {
    name: "domain-spoof",
    imitates: "The From header claims our domain; the envelope sender is the attacker's own, so that SPF passes for it.",
    kind: Kind::Attack("T1672"),
    expected: Expected { spf: SpfResult::Pass, dkim: &[], arc: ArcResult::None, dmarc: DmarcResult::Fail },
    write,
};

const TEXT: File = File { name: "mail/domain_spoof.toml", text: include_str!("../../../data/mail/domain_spoof.toml") };

fn write(desk: &Desk<'_>, random: &mut Random) -> Result<Vec<Draft>, MailError> {
    let from = Mailbox::new("People Team", desk.house(Role::Own)?.at("people"));
    let readers = [desk.reader(random)];
    let letter = desk.write(TEXT, Form::Alternative, (&from, &readers, ""), random)?;
    let server = desk.attacker(random)?;
    let mail_from = desk.house(Role::Attacker)?.bounce("bounces");
    Ok(vec![desk.post(letter, server, &mail_from, &readers)])
}
