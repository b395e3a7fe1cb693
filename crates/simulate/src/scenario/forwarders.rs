//! Forwarders (seed 003): the last server is not in the SPF record of the sender (RFC 7208 appendix D.1).

use crate::data::File;
use crate::rhythm;
use crate::sheet::Sheet;
use crate::stream::{Amount, Label, Stream};

pub(super) static STREAM: Stream = Stream {
    name: "forwarders",
    label: Label::LookAlike,
    summary: "Forwarded mail: SPF fails at the forwarder, DKIM survives, ARC sometimes rescues DMARC.",
    amount: Amount::PerMillion { share: 3500, least: 5 },
    sheet: Some(File { name: "scenario/forwarders.toml", text: include_str!("../../data/scenario/forwarders.toml") }),
    rhythm: rhythm::mixed,
    spread: 3600,
    draft: Sheet::draft,
};
