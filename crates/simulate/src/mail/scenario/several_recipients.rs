//! Ordinary signed mail to several of our people at once.

use super::prelude::*;

pub(super) static SCENARIO: Scenario = Scenario {
    name: "several-recipients",
    imitates: "Ordinary signed mail to several people of ours in one transaction.",
    kind: Kind::Benign,
    expected: Expected { spf: SpfResult::Pass, dkim: &[DkimResult::Pass], arc: ArcResult::None, dmarc: DmarcResult::Pass },
    write,
};

const TEXT: File =
    File { name: "mail/several_recipients.toml", text: include_str!("../../../data/mail/several_recipients.toml") };

/// How many recipients it has, if there are so many.
const RECIPIENTS: usize = 4;

fn write(desk: &Desk<'_>, random: &mut Random) -> Result<Vec<Draft>, MailError> {
    let from = desk.author(Role::Partner, random)?;
    let readers = desk.readers(RECIPIENTS, random);
    let mut letter = desk.write(TEXT, Form::Alternative, (&from, &readers, ""), random)?;
    letter.add("Cc", &desk.author(Role::Partner, random)?.header());
    Ok(vec![desk.honest(Role::Partner, (&from, &readers), letter, random)?])
}
