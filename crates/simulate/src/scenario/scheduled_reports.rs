//! Scheduled reports of the mail gateway (seed 000): every day at the same minutes, DKIM fails.

use crate::data::File;
use crate::rhythm;
use crate::sheet::Sheet;
use crate::stream::{Amount, Label, Stream};
use crate::window::Window;

pub(super) static STREAM: Stream = Stream {
    name: "scheduled-reports",
    label: Label::LookAlike,
    summary: "The daily report of the mail gateway, whose signature breaks on the way.",
    amount: Amount::PerMillion { share: 1500, least: 4 },
    sheet: Some(File {
        name: "scenario/scheduled_reports.toml",
        text: include_str!("../../data/scenario/scheduled_reports.toml"),
    }),
    rhythm,
    spread: 240,
    draft: Sheet::draft,
};

fn rhythm(window: &Window) -> Vec<u64> {
    rhythm::at_hours(window, &[5, 17], false)
}
