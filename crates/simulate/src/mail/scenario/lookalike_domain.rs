//! A look-alike domain (MITRE ATT&CK T1583.001, T1566): registered by the attacker and properly authenticated; only the name is wrong.

use super::prelude::*;

pub(super) static SCENARIO: Scenario = Scenario {
    name: "lookalike-domain",
    imitates: "A domain that reads like ours, registered by the attacker, with perfect authentication.",
    kind: Kind::Attack("T1566"),
    expected: Expected { spf: SpfResult::Pass, dkim: &[DkimResult::Pass], arc: ArcResult::None, dmarc: DmarcResult::Pass },
    write,
};

const TEXT: File = File { name: "mail/lookalike_domain.toml", text: include_str!("../../../data/mail/lookalike_domain.toml") };

fn write(desk: &Desk<'_>, random: &mut Random) -> Result<Vec<Draft>, MailError> {
    let house = desk.house(Role::Lookalike)?;
    let from = Mailbox::new(format!("{} Accounts", desk.house(Role::Own)?.name), house.at("accounts"));
    let readers = [desk.reader(random)];
    let letter = desk.write(TEXT, Form::Alternative, (&from, &readers, ""), random)?;
    Ok(vec![desk.honest(Role::Lookalike, (&from, &readers), letter, random)?])
}
