//! Archive and journal jobs (seed 000): at night, with broken signatures or no verdicts.

use crate::data::File;
use crate::rhythm;
use crate::sheet::Sheet;
use crate::stream::{Amount, Label, Stream};
use crate::window::Window;

pub(super) static STREAM: Stream = Stream {
    name: "archive-jobs",
    label: Label::LookAlike,
    summary: "The archive sends wrapped messages at night, with broken signatures or no verdict at all.",
    amount: Amount::PerMillion { share: 4000, least: 5 },
    sheet: Some(File { name: "scenario/archive_jobs.toml", text: include_str!("../../data/scenario/archive_jobs.toml") }),
    rhythm,
    spread: 2400,
    draft: Sheet::draft,
};

fn rhythm(window: &Window) -> Vec<u64> {
    rhythm::at_hours(window, &[0, 1, 2, 3], false)
}
