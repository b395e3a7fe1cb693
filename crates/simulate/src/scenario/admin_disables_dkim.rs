//! A taken-over administrator disables DKIM signing (seed 001, ATT&CK T1556); payment fraud leaves from a real mailbox.
//!
//! The change itself is written by `audit`, from the same timeline.

use crate::data::File;
use crate::draft::Draft;
use crate::random::Random;
use crate::sheet::Sheet;
use crate::stream::{Amount, Label, Scene, Stream};
use crate::timeline::Timeline;
use crate::window::Window;

pub(super) static STREAM: Stream = Stream {
    name: "admin-disables-dkim",
    label: Label::Attack,
    summary: "An intruder with administrator rights switches DKIM signing off; fraud then leaves unsigned.",
    amount: Amount::PerMillion { share: 400, least: 4 },
    sheet: Some(File {
        name: "scenario/admin_disables_dkim.toml",
        text: include_str!("../../data/scenario/admin_disables_dkim.toml"),
    }),
    rhythm,
    spread: 3600,
    draft,
};

/// Only while the domain is unsigned because of the intruder.
fn rhythm(window: &Window) -> Vec<u64> {
    let timeline = Timeline::new(window);
    let intruded = |moment: i64| {
        let mut stretches = timeline.unsigned.iter().filter(|stretch| stretch.is_attack && stretch.domain == "contoso.com");
        stretches.any(|stretch| (stretch.from..stretch.until).contains(&moment))
    };
    window.slots.iter().map(|slot| if intruded(slot.start) && intruded(slot.end) { slot.seconds() } else { 0 }).collect()
}

fn draft(scene: &Scene<'_>, random: &mut Random, draft: &mut Draft) {
    Sheet::draft(scene, random, draft);
    if let Some(user) = scene.world.cast.users.iter().find(|user| user.address == draft.from) {
        draft.from_object_id.push_str(&user.object_id);
    }
}
