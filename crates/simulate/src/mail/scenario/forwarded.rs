//! Forwarded mail: SPF breaks, because the forwarder is not in the author's record; the signature survives, and the forwarder seals what
//! it saw (ARC, RFC 8617).

use super::prelude::*;
use crate::text;

pub(super) static SCENARIO: Scenario = Scenario {
    name: "forwarded",
    imitates: "Mail to an old address that is forwarded to us: SPF fails, the author's signature holds, the forwarder seals.",
    kind: Kind::Benign,
    expected: Expected { spf: SpfResult::Fail, dkim: &[DkimResult::Pass], arc: ArcResult::Pass, dmarc: DmarcResult::Pass },
    write,
};

const TEXT: File = File { name: "mail/forwarded.toml", text: include_str!("../../../data/mail/forwarded.toml") };

fn write(desk: &Desk<'_>, random: &mut Random) -> Result<Vec<Draft>, MailError> {
    let (partner, forwarder) = (desk.house(Role::Partner)?, desk.house(Role::Forwarder)?);
    let from = desk.author(Role::Partner, random)?;
    let readers = [desk.reader(random)];
    let old = [Mailbox::new(readers[0].name.clone(), forwarder.at(text::local_part(&readers[0].address)))];
    let letter = desk.write(TEXT, Form::Alternative, (&from, &old, ""), random)?;
    let mut draft = desk.honest(Role::Partner, (&from, &old), letter, random)?;
    let server = forwarder.server(random.below(4));
    desk.relayed(&mut draft.letter, (&draft.client, &server), 10, random);
    let domain = &partner.domain;
    let results = format!(
        "{};\nspf=pass smtp.mailfrom={domain};\ndkim=pass header.d={domain} header.s={};\ndmarc=pass header.from={domain}",
        forwarder.domain, partner.selector
    );
    let claim = Claim { key: Role::Forwarder, domain: &forwarder.domain, selector: &forwarder.selector };
    desk.keys.seal(&mut draft.letter, claim, &results, desk.moment)?;
    draft.letter.stamp("Delivered-To", &old[0].address);
    Ok(vec![desk.post(draft.letter, server, &from.address, &readers)])
}
