//! A new sending service of the organisation's own, from the middle of the period on.

use crate::data::File;
use crate::rhythm;
use crate::sheet::Sheet;
use crate::stream::{Amount, Label, Stream};
use crate::window::Window;

/// When it goes live, in thousandths of the period.
const LIVE_AT: u64 = 570;

pub(super) static STREAM: Stream = Stream {
    name: "new-mail-service",
    label: Label::LookAlike,
    summary: "A service the organisation bought begins to send in its name, properly authenticated.",
    amount: Amount::PerMillion { share: 1200, least: 4 },
    sheet: Some(File { name: "scenario/new_mail_service.toml", text: include_str!("../../data/scenario/new_mail_service.toml") }),
    rhythm,
    spread: 3600,
    draft: Sheet::draft,
};

fn rhythm(window: &Window) -> Vec<u64> {
    let live = rhythm::morning(window, "new mail service", LIVE_AT);
    rhythm::business(window).into_iter().enumerate().map(|(hour, weight)| if hour < live { 0 } else { weight }).collect()
}
