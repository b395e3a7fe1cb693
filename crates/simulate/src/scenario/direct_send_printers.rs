//! Printers that use Direct Send (seed 003): anonymous, self to self, seen as inbound or as internal mail.

use crate::data::File;
use crate::draft::{Direction, Draft};
use crate::random::Random;
use crate::rhythm;
use crate::sheet::Sheet;
use crate::stream::{Amount, Label, Scene, Stream};

pub(super) static STREAM: Stream = Stream {
    name: "direct-send-printers",
    label: Label::LookAlike,
    summary: "Copiers use Direct Send: from and to the same mailbox, nothing authenticated.",
    amount: Amount::PerMillion { share: 2500, least: 4 },
    sheet: Some(File {
        name: "scenario/direct_send_printers.toml",
        text: include_str!("../../data/scenario/direct_send_printers.toml"),
    }),
    rhythm: rhythm::business,
    spread: 3600,
    draft,
};

fn draft(scene: &Scene<'_>, random: &mut Random, draft: &mut Draft) {
    Sheet::draft(scene, random, draft);
    if random.per_mille(400) {
        draft.direction = Direction::IntraOrg;
    }
}
