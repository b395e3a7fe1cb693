//! Direct Send abuse (MITRE ATT&CK T1672): mail from a person to that person, handed to the tenant without a login.

use crate::data::File;
use crate::draft::{Direction, Draft};
use crate::random::Random;
use crate::rhythm::{self, Wave};
use crate::sheet::Sheet;
use crate::stream::{Amount, Label, Scene, Stream};
use crate::window::Window;

pub(super) static STREAM: Stream = Stream {
    name: "direct-send-abuse",
    label: Label::Attack,
    summary: "Anonymous mail handed straight to the tenant: people get mail that claims to be from themselves.",
    amount: Amount::PerMillion { share: 900, least: 6 },
    sheet: Some(File {
        name: "scenario/direct_send_abuse.toml",
        text: include_str!("../../data/scenario/direct_send_abuse.toml"),
    }),
    rhythm,
    spread: 3600,
    draft,
};

fn rhythm(window: &Window) -> Vec<u64> {
    rhythm::waves(window, "direct_send_abuse", &[Wave { at: 380, hours: 5, weight: 2 }, Wave { at: 720, hours: 4, weight: 1 }])
}

/// Some of it is taken for mail inside the organisation, as the copiers' is.
fn draft(scene: &Scene<'_>, random: &mut Random, draft: &mut Draft) {
    Sheet::draft(scene, random, draft);
    if random.per_mille(250) {
        draft.direction = Direction::IntraOrg;
    }
}
