//! A mailing list that puts itself in From, because the author's domain asks receivers to reject what it does not vouch for; answers go
//! to the author by Reply-To.

use super::{mailing_list::posted, prelude::*};

pub(super) static SCENARIO: Scenario = Scenario {
    name: "mailing-list-rewritten",
    imitates: "A discussion list that puts its own address in From and the author's in Reply-To, because the author has p=reject.",
    kind: Kind::Benign,
    expected: Expected {
        spf: SpfResult::Pass,
        dkim: &[DkimResult::Pass, DkimResult::Fail],
        arc: ArcResult::Pass,
        dmarc: DmarcResult::Pass,
    },
    write,
};

const TEXT: File = File { name: "mail/mailing_list.toml", text: include_str!("../../../data/mail/mailing_list.toml") };

fn write(desk: &Desk<'_>, random: &mut Random) -> Result<Vec<Draft>, MailError> {
    Ok(vec![posted(desk, Role::Partner, TEXT, rewrite, random)?])
}

fn rewrite(letter: &mut Letter, author: &Mailbox, list: &str) {
    letter.set("From", &Mailbox::new(format!("{} via controls", author.name), list).header());
    letter.add("Reply-To", &author.header());
}
