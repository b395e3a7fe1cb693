//! Newsletters and marketing that people signed up for.

use crate::data::File;
use crate::rhythm;
use crate::sheet::Sheet;
use crate::stream::{Amount, Label, Stream};

pub(super) static STREAM: Stream = Stream {
    name: "newsletter",
    label: Label::Ordinary,
    summary: "Newsletters and marketing that people signed up for.",
    amount: Amount::Rest(140),
    sheet: Some(File { name: "ordinary/newsletters.toml", text: include_str!("../../data/ordinary/newsletters.toml") }),
    rhythm: rhythm::mixed,
    spread: 3600,
    draft: Sheet::draft,
};
