//! A mailing list that leaves the author in From: it tags the subject and adds a footer, which breaks the author's signature, signs itself
//! and seals what it saw (ARC, RFC 8617). The author's domain asks for nothing (`p=none`): lists rewrite From where it asks for more.

use super::prelude::*;

pub(super) static SCENARIO: Scenario = Scenario {
    name: "mailing-list",
    imitates: "A discussion list that keeps the author's From: subject tag and footer break the author's signature, the list seals.",
    kind: Kind::Benign,
    expected: Expected {
        spf: SpfResult::Pass,
        dkim: &[DkimResult::Pass, DkimResult::Fail],
        arc: ArcResult::Pass,
        dmarc: DmarcResult::Fail,
    },
    write,
};

const TEXT: File = File { name: "mail/mailing_list.toml", text: include_str!("../../../data/mail/mailing_list.toml") };

fn write(desk: &Desk<'_>, random: &mut Random) -> Result<Vec<Draft>, MailError> {
    Ok(vec![posted(desk, Role::Easygoing, TEXT, |_, _, _| {}, random)?])
}

/// A letter to the list by somebody at a house, as the list sends it on. `change` is what it does to the header besides, given the
/// author and the list's address.
pub(super) fn posted(
    desk: &Desk<'_>,
    author: Role,
    text: File,
    change: fn(&mut Letter, &Mailbox, &str),
    random: &mut Random,
) -> Result<Draft, MailError> {
    let (house, list) = (desk.house(author)?, desk.house(Role::List)?);
    let from = desk.author(author, random)?;
    let address = list.bounce("controls");
    let members = [Mailbox::new("controls", address.clone())];
    let letter = desk.write(text, Form::Plain, (&from, &members, ""), random)?;
    let mut draft = desk.honest(author, (&from, &members), letter, random)?;
    let (letter, server) = (&mut draft.letter, list.server(random.below(4)));
    desk.relayed(letter, (&draft.client, &server), 10, random);
    letter.set("Subject", &format!("[controls] {}", letter.get("Subject")));
    letter.body.push_str(&format!("-- =20\r\ncontrols mailing list\r\nhttps://{}/options/controls\r\n", list.envelope_domain()));
    letter.add("List-Id", &format!("Control engineering <controls.{}>", list.envelope_domain()));
    letter.add("List-Post", &format!("<mailto:{address}>"));
    letter.add("List-Unsubscribe", &format!("<mailto:{}?subject=unsubscribe>", list.bounce("controls-request")));
    letter.add("Precedence", "list");
    change(letter, &from, &address);
    desk.sign(letter, Role::List)?;
    let domain = &house.domain;
    let results = format!(
        "{};\nspf=pass smtp.mailfrom={domain};\ndkim=pass header.d={domain} header.s={};\ndmarc=pass header.from={domain}",
        list.envelope_domain(),
        house.selector
    );
    let claim = Claim { key: Role::List, domain: &list.domain, selector: &list.selector };
    desk.keys.seal(letter, claim, &results, desk.moment)?;
    let reader = [desk.reader(random)];
    Ok(desk.post(draft.letter, server, &list.bounce("controls-bounces"), &reader))
}
