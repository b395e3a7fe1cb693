//! A service that sends for a firm which has not set it up: SPF and DKIM pass for the service, neither is aligned, and the firm's record
//! asks for nothing.

use super::prelude::*;

pub(super) static SCENARIO: Scenario = Scenario {
    name: "unaligned-service",
    imitates: "A recruiting service sends for a firm: envelope and signature are the service's, the author's domain has p=none.",
    kind: Kind::Benign,
    expected: Expected { spf: SpfResult::Pass, dkim: &[DkimResult::Pass], arc: ArcResult::None, dmarc: DmarcResult::Fail },
    write,
};

const TEXT: File = File { name: "mail/unaligned_service.toml", text: include_str!("../../../data/mail/unaligned_service.toml") };

fn write(desk: &Desk<'_>, random: &mut Random) -> Result<Vec<Draft>, MailError> {
    let (firm, mailer) = (desk.house(Role::Easygoing)?, desk.house(Role::Mailer)?);
    let from = Mailbox::new(format!("{} Recruiting", firm.name), firm.at("recruiting"));
    let readers = [desk.reader(random)];
    let mut letter = desk.write(TEXT, Form::Alternative, (&from, &readers, ""), random)?;
    desk.sign(&mut letter, Role::Mailer)?;
    let mail_from = mailer.bounce(&format!("bounce-{:010x}", random.u64() >> 24));
    Ok(vec![desk.post(letter, mailer.server(random.below(4)), &mail_from, &readers)])
}
