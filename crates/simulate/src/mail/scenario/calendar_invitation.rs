//! An invitation to a meeting (RFC 6047): text, HTML and iCalendar side by side.

use super::{
    super::{desk::parted, mime},
    prelude::*,
};

pub(super) static SCENARIO: Scenario = Scenario {
    name: "calendar-invitation",
    imitates: "A partner invites somebody of ours to a meeting; signed, with an iCalendar part.",
    kind: Kind::Benign,
    expected: Expected { spf: SpfResult::Pass, dkim: &[DkimResult::Pass], arc: ArcResult::None, dmarc: DmarcResult::Pass },
    write,
};

const TEXT: File =
    File { name: "mail/calendar_invitation.toml", text: include_str!("../../../data/mail/calendar_invitation.toml") };

/// Seconds in a day.
const DAY: i64 = 86_400;

fn write(desk: &Desk<'_>, random: &mut Random) -> Result<Vec<Draft>, MailError> {
    let from = desk.author(Role::Partner, random)?;
    let readers = [desk.reader(random)];
    let mut letter = desk.write(TEXT, Form::Plain, (&from, &readers, ""), random)?;
    let subject = letter.get("Subject");
    // At ten in the morning, three days ahead.
    let begins = (desk.moment.div_euclid(DAY) + 3) * DAY + 10 * 3600;
    let (begin, end) = (mime::calendar_time(begins), mime::calendar_time(begins + 3600));
    let calendar = format!(
        "BEGIN:VCALENDAR\nPRODID:-//Example//Calendar//EN\nVERSION:2.0\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:{:016x}@{}\n\
         DTSTAMP:{}\nDTSTART:{begin}\nDTEND:{end}\nSUMMARY:{}\nORGANIZER:mailto:{}\nATTENDEE;RSVP=TRUE:mailto:{}\n\
         SEQUENCE:0\nSTATUS:CONFIRMED\nEND:VEVENT\nEND:VCALENDAR\n",
        random.u64(),
        desk.house(Role::Partner)?.domain,
        mime::calendar_time(desk.moment),
        subject.replace(',', "\\,"),
        from.address,
        readers.first().map_or("", |reader| reader.address.as_str()),
    );
    let invites = format!("{} invites you: {subject}", from.name);
    let html = format!("<!DOCTYPE html>\n<html><body><p>{}</p></body></html>\n", mime::escaped(&invites));
    let parts = [
        ("text/plain; charset=utf-8", format!("{invites}\n")),
        ("text/html; charset=utf-8", html),
        ("text/calendar; charset=utf-8; method=REQUEST", calendar),
    ];
    letter.set("Content-Transfer-Encoding", "7bit");
    parted(&mut letter, "alternative", &parts, random);
    Ok(vec![desk.honest(Role::Partner, (&from, &readers), letter, random)?])
}
