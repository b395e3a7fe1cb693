//! Bulk mail through a sending service (seed 003): envelope and From differ, DMARC often fails.

use crate::data::File;
use crate::rhythm;
use crate::sheet::Sheet;
use crate::stream::{Amount, Label, Stream};

pub(super) static STREAM: Stream = Stream {
    name: "bulk-senders",
    label: Label::LookAlike,
    summary: "A sending service mails for customers under its own envelope, often without an aligned signature.",
    amount: Amount::PerMillion { share: 9000, least: 8 },
    sheet: Some(File { name: "scenario/bulk_senders.toml", text: include_str!("../../data/scenario/bulk_senders.toml") }),
    rhythm: rhythm::mixed,
    spread: 3600,
    draft: Sheet::draft,
};
