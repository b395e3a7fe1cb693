//! Answers go elsewhere (MITRE ATT&CK T1672): a partner's mailbox was taken over, so that everything authenticates; Reply-To names an
//! address at a provider that the attacker reads.

use super::prelude::*;

pub(super) static SCENARIO: Scenario = Scenario {
    name: "reply-to-divergence",
    imitates: "A partner's own, authenticated mail, whose Reply-To sends the answer to a mailbox elsewhere.",
    kind: Kind::Attack("T1672"),
    expected: Expected { spf: SpfResult::Pass, dkim: &[DkimResult::Pass], arc: ArcResult::None, dmarc: DmarcResult::Pass },
    write,
};

const TEXT: File =
    File { name: "mail/reply_to_divergence.toml", text: include_str!("../../../data/mail/reply_to_divergence.toml") };

fn write(desk: &Desk<'_>, random: &mut Random) -> Result<Vec<Draft>, MailError> {
    let from = desk.author(Role::Partner, random)?;
    let local = format!("{}.accounts", crate::text::local_part(&from.address));
    let answers = Mailbox::new(from.name.clone(), desk.house(Role::Provider)?.at(&local));
    let readers = [desk.reader(random)];
    let mut letter = desk.write(TEXT, Form::Alternative, (&from, &readers, ""), random)?;
    letter.add("Reply-To", &answers.header());
    Ok(vec![desk.honest(Role::Partner, (&from, &readers), letter, random)?])
}
