//! A user with a misconfigured selector (seed 000): the chief and a mailing tool that nobody told the administrators about.

use crate::data::File;
use crate::draft::Draft;
use crate::random::Random;
use crate::rhythm;
use crate::sheet::{Persona, Sheet};
use crate::stream::{Amount, Label, Scene, Stream};
use crate::window::Window;

pub(super) static STREAM: Stream = Stream {
    name: "broken-selector",
    label: Label::LookAlike,
    summary: "The mailing tool of an executive signs with a selector that is not in the DNS.",
    amount: Amount::PerMillion { share: 1500, least: 4 },
    sheet: Some(File { name: "scenario/broken_selector.toml", text: include_str!("../../data/scenario/broken_selector.toml") }),
    rhythm,
    spread: 1800,
    draft,
};

fn rhythm(window: &Window) -> Vec<u64> {
    rhythm::at_hours(window, &[8, 9, 15], true)
}

fn draft(scene: &Scene<'_>, random: &mut Random, draft: &mut Draft) {
    let cast = &scene.world.cast;
    let executive = cast.executives.first().and_then(|chief| cast.user(*chief));
    Sheet::draft_as(scene, Persona { executive, stranger: None }, random, draft);
}
