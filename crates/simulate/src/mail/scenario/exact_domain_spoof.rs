//! Exact-domain spoofing (MITRE ATT&CK T1672): header and envelope claim our domain, and the signature in our name is made with another key.

use super::prelude::*;

pub(super) static SCENARIO: Scenario = Scenario {
    name: "exact-domain-spoof",
    imitates: "Header and envelope claim our domain, with a signature in our name that another key made.",
    kind: Kind::Attack("T1672"),
    expected: Expected { spf: SpfResult::Fail, dkim: &[DkimResult::Fail], arc: ArcResult::None, dmarc: DmarcResult::Fail },
    write,
};

const TEXT: File =
    File { name: "mail/exact_domain_spoof.toml", text: include_str!("../../../data/mail/exact_domain_spoof.toml") };

fn write(desk: &Desk<'_>, random: &mut Random) -> Result<Vec<Draft>, MailError> {
    let own = desk.house(Role::Own)?;
    let from = Mailbox::new("Payroll", own.at("payroll"));
    let readers = [desk.reader(random)];
    let mut letter = desk.write(TEXT, Form::Alternative, (&from, &readers, ""), random)?;
    let claim = Claim { key: Role::Attacker, domain: &own.domain, selector: &own.selector };
    desk.keys.sign(&mut letter, claim, desk.moment)?;
    Ok(vec![desk.post(letter, desk.attacker(random)?, &from.address, &readers)])
}
