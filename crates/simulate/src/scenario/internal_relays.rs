//! Mail of applications through internal SMTP relays (seed 000).

use crate::data::File;
use crate::rhythm;
use crate::sheet::Sheet;
use crate::stream::{Amount, Label, Stream};

pub(super) static STREAM: Stream = Stream {
    name: "internal-relays",
    label: Label::LookAlike,
    summary: "Relays on the premises pass on what applications send, changing it after signing or never signing.",
    amount: Amount::PerMillion { share: 8000, least: 8 },
    sheet: Some(File { name: "scenario/internal_relays.toml", text: include_str!("../../data/scenario/internal_relays.toml") }),
    rhythm: rhythm::business,
    spread: 3600,
    draft: Sheet::draft,
};
