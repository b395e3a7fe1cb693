//! People here write to partners and strangers; a few mailboxes forward what they get.
//!
//! While signing is off (see `timeline`), what leaves has DKIM none.

use super::person;
use crate::draft::{Direction, Draft, To};
use crate::random::Random;
use crate::rhythm;
use crate::stream::{Amount, Label, Scene, Stream};
use crate::text;

pub(super) static STREAM: Stream = Stream {
    name: "outbound",
    label: Label::Ordinary,
    summary: "People here write to partners and strangers.",
    amount: Amount::Rest(108),
    sheet: None,
    rhythm: rhythm::business,
    spread: 3600,
    draft,
};

fn draft(scene: &Scene<'_>, random: &mut Random, draft: &mut Draft) {
    let world = scene.world;
    draft.direction = Direction::Outbound;
    let sender = scene.person(random);
    person::from_user(scene, sender, draft);
    let outside = if random.per_mille(820) { world.cast.partner(random) } else { world.cast.stranger(random) };
    let Some((house, reader)) = outside else { return };
    draft.outside.push_str(&reader.address);
    draft.to.push(To::Outside);
    if random.per_mille(60) {
        person::copy_colleagues(scene, 1, random, draft);
    }
    person::write(scene, &house.language, random, draft);
    if random.per_mille(8) {
        draft.forwarding.push_str("{\"ForwardingType\":\"Inbox rule\",\"ForwardingUser\":\"");
        draft.forwarding.push_str(&draft.from);
        draft.forwarding.push_str("\"}");
    }
    let mail = &world.person_mail;
    let unsigned = world.timeline.is_unsigned(text::domain(&draft.from), draft.moment);
    draft.verdict = if unsigned { mail.outbound_unsigned.pick(random) } else { mail.outbound.pick(random) };
    draft.outcome = if random.per_mille(9) { mail.external_failed } else { mail.external };
    draft.click_per_mille = 0;
}
