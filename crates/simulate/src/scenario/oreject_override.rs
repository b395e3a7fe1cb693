//! DMARC fails against p=reject, Microsoft 365 overrides to `oreject` and delivers (seed 004).

use crate::data::File;
use crate::rhythm::{self, Wave};
use crate::sheet::Sheet;
use crate::stream::{Amount, Label, Stream};
use crate::window::Window;

pub(super) static STREAM: Stream = Stream {
    name: "oreject-override",
    label: Label::Attack,
    summary: "A partner with p=reject is spoofed; the rejection is overridden (oreject) and the message delivered.",
    amount: Amount::PerMillion { share: 1500, least: 6 },
    sheet: Some(File { name: "scenario/oreject_override.toml", text: include_str!("../../data/scenario/oreject_override.toml") }),
    rhythm,
    spread: 3600,
    draft: Sheet::draft,
};

/// Waves over a trickle that never stops.
fn rhythm(window: &Window) -> Vec<u64> {
    let name = "oreject_override";
    let waves = rhythm::waves(window, name, &[Wave { at: 350, hours: 6, weight: 2 }, Wave { at: 680, hours: 6, weight: 1 }]);
    rhythm::mixed(window).iter().zip(waves).map(|(trickle, wave)| trickle * 2 + wave).collect()
}
