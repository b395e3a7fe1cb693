//! Honest mail that wants its answer elsewhere: a partner's booking service.

use super::conversation;
use crate::data::File;
use crate::draft::Draft;
use crate::random::Random;
use crate::stream::{Amount, Label, Scene, Stream};
use crate::text;
use crate::window::Window;

const NAME: &str = "reply-elsewhere";

pub(super) static STREAM: Stream = Stream {
    name: NAME,
    label: Label::LookAlike,
    summary: "A partner's office writes with a Reply-To at its booking service.",
    amount: Amount::PerMillion { share: 1000, least: 12 },
    sheet: Some(File { name: "scenario/reply_elsewhere.toml", text: include_str!("../../data/scenario/reply_elsewhere.toml") }),
    rhythm,
    spread: 3000,
    draft,
};

fn rhythm(window: &Window) -> Vec<u64> {
    conversation::rhythm(window, NAME)
}

fn draft(scene: &Scene<'_>, random: &mut Random, draft: &mut Draft) {
    conversation::draft((scene, NAME), desk, random, draft);
}

/// The partner's mailbox at the service.
fn desk(shown: &str, _: &mut Random) -> String {
    let company = text::domain(shown).split('.').next().unwrap_or_default();
    format!("{company}@desk.bookingservice.example")
}
