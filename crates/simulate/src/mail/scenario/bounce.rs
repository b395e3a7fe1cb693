//! A bounce (RFC 3464): no envelope sender, so that SPF looks at the name the server greets with.

use super::{super::desk::parted, prelude::*};

pub(super) static SCENARIO: Scenario = Scenario {
    name: "bounce",
    imitates: "A partner's server reports that a message of ours could not be delivered; the envelope sender is empty.",
    kind: Kind::Benign,
    expected: Expected { spf: SpfResult::Pass, dkim: &[DkimResult::Pass], arc: ArcResult::None, dmarc: DmarcResult::Pass },
    write,
};

const TEXT: File = File { name: "mail/bounce.toml", text: include_str!("../../../data/mail/bounce.toml") };

fn write(desk: &Desk<'_>, random: &mut Random) -> Result<Vec<Draft>, MailError> {
    let partner = desk.house(Role::Partner)?;
    let server = partner.server(random.below(4));
    let from = Mailbox::new("Mail Delivery System", partner.at("MAILER-DAEMON"));
    let (gone, reader) = (desk.author(Role::Partner, random)?, desk.reader(random));
    let readers = [reader.clone()];
    let mut letter = desk.write(TEXT, Form::Plain, (&from, &readers, ""), random)?;
    letter.add("Auto-Submitted", "auto-replied");
    let told = format!(
        "This is the mail system at host {}.\n\nYour message could not be delivered to one recipient. Its header is attached.\n\n\
         <{}>: unknown user\n",
        server.name, gone.address
    );
    let status = format!(
        "Reporting-MTA: dns; {}\n\nFinal-Recipient: rfc822; {}\nAction: failed\nStatus: 5.1.1\n\
         Diagnostic-Code: x-unix; unknown user\n",
        server.name, gone.address
    );
    let returned = format!(
        "From: {}\nTo: {}\nSubject: Meeting notes\nMessage-ID: <{:08x}@{}>\n",
        reader.header(),
        gone.header(),
        random.u32(),
        desk.house(Role::Own)?.domain
    );
    let parts = [("text/plain; charset=utf-8", told), ("message/delivery-status", status), ("text/rfc822-headers", returned)];
    // The whole is a multipart, which says nothing of an encoding of its own.
    letter.set("Content-Transfer-Encoding", "7bit");
    parted(&mut letter, "report; report-type=delivery-status", &parts, random);
    desk.sign(&mut letter, Role::Partner)?;
    Ok(vec![desk.post(letter, server, "", &readers)])
}
