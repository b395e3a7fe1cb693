//! Phishing whose envelope passes SPF for the attacker while the From header names somebody else (seed 003).
//!
//! The last wave reaches the end, because the published detection looks back one hour.

use crate::data::File;
use crate::rhythm::{self, Wave};
use crate::sheet::Sheet;
use crate::stream::{Amount, Label, Stream};
use crate::window::Window;

pub(super) static STREAM: Stream = Stream {
    name: "envelope-mismatch-phish",
    label: Label::Attack,
    summary: "The envelope is the domain of the attacker, the visible From somebody else, with a link.",
    amount: Amount::PerMillion { share: 2200, least: 8 },
    sheet: Some(File {
        name: "scenario/envelope_mismatch_phish.toml",
        text: include_str!("../../data/scenario/envelope_mismatch_phish.toml"),
    }),
    rhythm,
    spread: 3600,
    draft: Sheet::draft,
};

fn rhythm(window: &Window) -> Vec<u64> {
    rhythm::waves(
        window,
        "envelope_mismatch_phish",
        &[Wave { at: 310, hours: 8, weight: 4 }, Wave { at: 760, hours: 6, weight: 3 }, Wave { at: 1000, hours: 2, weight: 2 }],
    )
}
