//! Private people and one-person businesses write in, often for the first time.

use super::person;
use crate::draft::{Draft, To};
use crate::random::Random;
use crate::rhythm;
use crate::stream::{Amount, Label, Scene, Stream};

pub(super) static STREAM: Stream = Stream {
    name: "stranger",
    label: Label::Ordinary,
    summary: "Private people and small businesses write in, often for the first time.",
    amount: Amount::Rest(70),
    sheet: None,
    rhythm: rhythm::mixed,
    spread: 3600,
    draft,
};

fn draft(scene: &Scene<'_>, random: &mut Random, draft: &mut Draft) {
    let world = scene.world;
    let Some(writer) = world.cast.stranger(random) else { return };
    person::from_outside(scene, writer, random, draft);
    draft.to.push(To::User(scene.person(random)));
    person::write(scene, &writer.0.language, random, draft);
    draft.outcome = if random.per_mille(45) { world.person_mail.junk_spam } else { world.person_mail.inbox };
    draft.first_contact = random.per_mille(420);
}
