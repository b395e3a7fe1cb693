//! Spoofing of accepted domains whose SPF record became unreadable: permerror.

use crate::data::File;
use crate::sheet::Sheet;
use crate::stream::{Amount, Label, Stream};
use crate::timeline;
use crate::window::Window;

pub(super) static STREAM: Stream = Stream {
    name: "permerror-spoof",
    label: Label::Attack,
    summary: "Spoofing of accepted domains whose SPF record cannot be evaluated: permerror.",
    amount: Amount::PerMillion { share: 500, least: 5 },
    sheet: Some(File { name: "scenario/permerror_spoof.toml", text: include_str!("../../data/scenario/permerror_spoof.toml") }),
    rhythm,
    spread: 3600,
    draft: Sheet::draft,
};

fn rhythm(window: &Window) -> Vec<u64> {
    timeline::broken_record(window)
}
