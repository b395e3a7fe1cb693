//! Mailing lists that change messages (RFC 6377 section 4): DKIM fails, the envelope is the list.

use crate::data::File;
use crate::rhythm;
use crate::sheet::Sheet;
use crate::stream::{Amount, Label, Stream};

pub(super) static STREAM: Stream = Stream {
    name: "mailing-lists",
    label: Label::LookAlike,
    summary: "Discussion lists add a footer, which breaks the signature of the author.",
    amount: Amount::PerMillion { share: 3500, least: 5 },
    sheet: Some(File { name: "scenario/mailing_lists.toml", text: include_str!("../../data/scenario/mailing_lists.toml") }),
    rhythm: rhythm::mixed,
    spread: 3600,
    draft: Sheet::draft,
};
