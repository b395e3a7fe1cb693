//! People at partner organisations write to people here.

use super::person;
use crate::draft::{Draft, To};
use crate::random::Random;
use crate::rhythm;
use crate::stream::{Amount, Label, Scene, Stream};

pub(super) static STREAM: Stream = Stream {
    name: "partner",
    label: Label::Ordinary,
    summary: "People at partner organisations write to people here.",
    amount: Amount::Rest(260),
    sheet: None,
    rhythm: rhythm::business,
    spread: 3600,
    draft,
};

fn draft(scene: &Scene<'_>, random: &mut Random, draft: &mut Draft) {
    let world = scene.world;
    let Some(writer) = world.cast.partner(random) else { return };
    person::from_outside(scene, writer, random, draft);
    draft.to.push(To::User(scene.person(random)));
    if random.per_mille(90) {
        let more = random.between(1, 3);
        person::copy_colleagues(scene, more, random, draft);
    }
    person::write(scene, &writer.0.language, random, draft);
    draft.outcome = if random.per_mille(6) { world.person_mail.junk_spam } else { world.person_mail.inbox };
    draft.first_contact = random.per_mille(25);
}
