//! Honest mail with a misconfigured signature: the key it names was never published, and SPF has to carry DMARC alone.

use super::prelude::*;

pub(super) static SCENARIO: Scenario = Scenario {
    name: "broken-selector",
    imitates: "Honest mail of a partner that signs with a key it forgot to publish; SPF is aligned.",
    kind: Kind::Benign,
    expected: Expected { spf: SpfResult::Pass, dkim: &[DkimResult::Permerror], arc: ArcResult::None, dmarc: DmarcResult::Pass },
    write,
};

const TEXT: File = File { name: "mail/broken_selector.toml", text: include_str!("../../../data/mail/broken_selector.toml") };

fn write(desk: &Desk<'_>, random: &mut Random) -> Result<Vec<Draft>, MailError> {
    let partner = desk.house(Role::Partner)?;
    let from = desk.author(Role::Partner, random)?;
    let readers = [desk.reader(random)];
    let mut letter = desk.write(TEXT, Form::Alternative, (&from, &readers, ""), random)?;
    desk.keys.sign(&mut letter, Claim { key: Role::Partner, domain: &partner.domain, selector: "forgotten" }, desk.moment)?;
    let server = partner.server(random.below(4));
    desk.submitted(&mut letter, &server, 15, random);
    Ok(vec![desk.post(letter, server, &from.address, &readers)])
}
