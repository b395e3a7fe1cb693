//! A newsletter that a mailing service sends for a shop: the envelope is the service's, the signature of the shop is aligned.

use super::prelude::*;
use crate::text;

pub(super) static SCENARIO: Scenario = Scenario {
    name: "newsletter",
    imitates: "A newsletter sent by a mailing service, with its envelope, signed by the shop and by the service.",
    kind: Kind::Benign,
    expected: Expected {
        spf: SpfResult::Pass,
        dkim: &[DkimResult::Pass, DkimResult::Pass],
        arc: ArcResult::None,
        dmarc: DmarcResult::Pass,
    },
    write,
};

const TEXT: File = File { name: "mail/newsletter.toml", text: include_str!("../../../data/mail/newsletter.toml") };

fn write(desk: &Desk<'_>, random: &mut Random) -> Result<Vec<Draft>, MailError> {
    let (shop, mailer) = (desk.house(Role::Shop)?, desk.house(Role::Mailer)?);
    let from = Mailbox::new(shop.name.clone(), shop.at("news"));
    let readers = [desk.reader(random)];
    let mut letter = desk.write(TEXT, Form::Alternative, (&from, &readers, ""), random)?;
    let mut id = String::new();
    text::push_hex(&mut id, 20, random);
    letter.add("List-Id", &format!("{} news <news.{}>", shop.name, shop.domain));
    letter.add("List-Unsubscribe", &format!("<https://unsubscribe.{}/{id}>", mailer.domain));
    letter.add("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
    letter.add("Precedence", "bulk");
    desk.sign(&mut letter, Role::Shop)?;
    desk.sign(&mut letter, Role::Mailer)?;
    let mail_from = mailer.bounce(&format!("bounce-{id}"));
    Ok(vec![desk.post(letter, mailer.server(random.below(4)), &mail_from, &readers)])
}
