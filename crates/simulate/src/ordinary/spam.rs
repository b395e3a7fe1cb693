//! Commodity spam, filtered as everywhere.

use crate::data::File;
use crate::rhythm;
use crate::sheet::Sheet;
use crate::stream::{Amount, Label, Stream};

pub(super) static STREAM: Stream = Stream {
    name: "spam",
    label: Label::Ordinary,
    summary: "Commodity spam, filtered as everywhere.",
    amount: Amount::Rest(42),
    sheet: Some(File { name: "ordinary/spam.toml", text: include_str!("../../data/ordinary/spam.toml") }),
    rhythm: rhythm::steady,
    spread: 3600,
    draft: Sheet::draft,
};
