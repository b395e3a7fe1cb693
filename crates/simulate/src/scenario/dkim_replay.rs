//! DKIM replay (RFC 6376 section 8.6): one message with a valid signature, sent again from elsewhere.

use crate::data::File;
use crate::draft::Draft;
use crate::random::Random;
use crate::rhythm::{self, Wave};
use crate::sheet::Sheet;
use crate::stream::{Amount, Label, Scene, Stream};
use crate::window::Window;

pub(super) static STREAM: Stream = Stream {
    name: "dkim-replay",
    label: Label::Attack,
    summary: "One signed message sent again from many servers: DKIM and DMARC pass, SPF does not.",
    amount: Amount::PerMillion { share: 1800, least: 6 },
    sheet: Some(File { name: "scenario/dkim_replay.toml", text: include_str!("../../data/scenario/dkim_replay.toml") }),
    rhythm,
    spread: 3600,
    draft,
};

fn rhythm(window: &Window) -> Vec<u64> {
    rhythm::waves(window, "dkim_replay", &[Wave { at: 590, hours: 14, weight: 1 }])
}

fn draft(scene: &Scene<'_>, random: &mut Random, draft: &mut Draft) {
    Sheet::draft(scene, random, draft);
    // The Message-ID is signed, so every copy has it.
    draft.message_id.push_str("<7f31c9e2.4402@post.example.net>");
}
