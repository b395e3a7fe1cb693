//! A look-alike domain of the attacker: authentication passes, only the name is wrong.

use crate::data::File;
use crate::rhythm::{self, Wave};
use crate::sheet::Sheet;
use crate::stream::{Amount, Label, Stream};
use crate::window::Window;

pub(super) static STREAM: Stream = Stream {
    name: "lookalike-domain",
    label: Label::Attack,
    summary: "A registered domain that reads like a partner or like us, with perfect authentication.",
    amount: Amount::PerMillion { share: 500, least: 4 },
    sheet: Some(File { name: "scenario/lookalike_domain.toml", text: include_str!("../../data/scenario/lookalike_domain.toml") }),
    rhythm,
    spread: 3600,
    draft: Sheet::draft,
};

fn rhythm(window: &Window) -> Vec<u64> {
    rhythm::waves(
        window,
        "lookalike_domain",
        &[Wave { at: 150, hours: 7, weight: 1 }, Wave { at: 520, hours: 7, weight: 1 }, Wave { at: 880, hours: 7, weight: 1 }],
    )
}
