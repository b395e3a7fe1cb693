//! A subdomain of ours that does not exist (MITRE ATT&CK T1672): no SPF record can say no to it; DMARC's `np` does (RFC 9989 section 4.7).

use super::prelude::*;

pub(super) static SCENARIO: Scenario = Scenario {
    name: "missing-subdomain",
    imitates: "Header and envelope claim a subdomain of ours that does not exist.",
    kind: Kind::Attack("T1672"),
    expected: Expected { spf: SpfResult::None, dkim: &[], arc: ArcResult::None, dmarc: DmarcResult::Fail },
    write,
};

const TEXT: File = File { name: "mail/missing_subdomain.toml", text: include_str!("../../../data/mail/missing_subdomain.toml") };

fn write(desk: &Desk<'_>, random: &mut Random) -> Result<Vec<Draft>, MailError> {
    let own = desk.house(Role::Own)?;
    let from = Mailbox::new("Accounts Payable", format!("payable@invoices-{}.{}", random.between(100, 999), own.domain));
    let readers = [desk.reader(random)];
    let letter = desk.write(TEXT, Form::Alternative, (&from, &readers, ""), random)?;
    Ok(vec![desk.post(letter, desk.attacker(random)?, &from.address, &readers)])
}
