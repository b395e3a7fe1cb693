//! A printer of ours that sends what it scans straight to the mail server: no signature, no login, but from an address that our SPF record
//! names.

use super::prelude::*;

pub(super) static SCENARIO: Scenario = Scenario {
    name: "office-printer",
    imitates: "A printer of ours sends a scan to our own server, unsigned, from an address that our SPF record names.",
    kind: Kind::Benign,
    expected: Expected { spf: SpfResult::Pass, dkim: &[], arc: ArcResult::None, dmarc: DmarcResult::Pass },
    write,
};

const TEXT: File = File { name: "mail/office_printer.toml", text: include_str!("../../../data/mail/office_printer.toml") };

fn write(desk: &Desk<'_>, random: &mut Random) -> Result<Vec<Draft>, MailError> {
    let own = desk.house(Role::Own)?;
    let from = Mailbox::new("Scanner", own.at("scanner"));
    let readers = [desk.reader(random)];
    let letter = desk.write(TEXT, Form::Plain, (&from, &readers, ""), random)?;
    Ok(vec![desk.post(letter, own.server(random.below(6)), &from.address, &readers)])
}
