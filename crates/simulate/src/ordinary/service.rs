//! Machines write to people: tickets, calendars, parcels, code review.

use crate::data::File;
use crate::rhythm;
use crate::sheet::Sheet;
use crate::stream::{Amount, Label, Stream};

pub(super) static STREAM: Stream = Stream {
    name: "service",
    label: Label::Ordinary,
    summary: "Machines write to people: tickets, calendars, parcels, code review.",
    amount: Amount::Rest(150),
    sheet: Some(File { name: "ordinary/services.toml", text: include_str!("../../data/ordinary/services.toml") }),
    rhythm: rhythm::mixed,
    spread: 3600,
    draft: Sheet::draft,
};
