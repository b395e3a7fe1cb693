//! Colleagues write to each other, sometimes to a whole department.
//!
//! Mail that never leaves the tenant is hardly checked: keys of `AuthenticationDetails` are absent.

use super::person;
use crate::draft::{Direction, Draft, To};
use crate::random::Random;
use crate::rhythm;
use crate::stream::{Amount, Label, Scene, Stream};
use crate::text;

pub(super) static STREAM: Stream = Stream {
    name: "internal",
    label: Label::Ordinary,
    summary: "Colleagues write to each other.",
    amount: Amount::Rest(205),
    sheet: None,
    rhythm: rhythm::business,
    spread: 3600,
    draft,
};

fn draft(scene: &Scene<'_>, random: &mut Random, draft: &mut Draft) {
    let world = scene.world;
    draft.direction = Direction::IntraOrg;
    let sender = scene.person(random);
    person::from_user(scene, sender, draft);
    draft.to.push(To::User(scene.person(random)));
    let copies = match random.below(100) {
        0..74 => 0,
        74..90 => random.between(1, 3),
        90..97 => random.between(3, 6),
        _ => {
            if let Some(user) = world.cast.user(sender) {
                draft.distribution_list.push_str("all-");
                text::push_folded(&mut draft.distribution_list, &user.department);
                draft.distribution_list.push('@');
                draft.distribution_list.push_str(text::domain(&user.address));
            }
            random.between(6, 14)
        }
    };
    person::copy_colleagues(scene, copies, random, draft);
    person::write(scene, person::language_of(scene, sender), random, draft);
    if random.per_mille(500) {
        draft.ipv6.push_str("2001:db8:10::");
        text::push_hex(&mut draft.ipv6, 2, random);
    }
    draft.verdict = world.person_mail.internal.pick(random);
    draft.outcome = world.person_mail.inbox;
}
