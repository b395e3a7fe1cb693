//! A partner with weak DMARC (seeds 002 and 003): p=none, DKIM fails behind a disclaimer appliance.

use crate::data::File;
use crate::rhythm;
use crate::sheet::Sheet;
use crate::stream::{Amount, Label, Stream};

pub(super) static STREAM: Stream = Stream {
    name: "weak-dmarc-partner",
    label: Label::LookAlike,
    summary: "A partner with p=none and an appliance that breaks its signatures.",
    amount: Amount::PerMillion { share: 2500, least: 4 },
    sheet: Some(File {
        name: "scenario/weak_dmarc_partner.toml",
        text: include_str!("../../data/scenario/weak_dmarc_partner.toml"),
    }),
    rhythm: rhythm::business,
    spread: 3600,
    draft: Sheet::draft,
};
