//! Honest mail as accepted domains while their SPF record is broken: the same verdict as the attack beside it.

use crate::data::File;
use crate::sheet::Sheet;
use crate::stream::{Amount, Label, Stream};
use crate::timeline;
use crate::window::Window;

pub(super) static STREAM: Stream = Stream {
    name: "broken-spf-record",
    label: Label::LookAlike,
    summary: "Services that may send as accepted domains meet an SPF record with too many look-ups: permerror.",
    amount: Amount::PerMillion { share: 700, least: 5 },
    sheet: Some(File {
        name: "scenario/broken_spf_record.toml",
        text: include_str!("../../data/scenario/broken_spf_record.toml"),
    }),
    rhythm,
    spread: 3600,
    draft: Sheet::draft,
};

fn rhythm(window: &Window) -> Vec<u64> {
    timeline::broken_record(window)
}
