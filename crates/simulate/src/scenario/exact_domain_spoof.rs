//! Exact-domain spoofing (MITRE ATT&CK T1672): the visible sender is an accepted domain, the signature is invented.
//!
//! The first wave is the spike in the DKIM failure trend.

use crate::data::File;
use crate::rhythm::{self, Wave};
use crate::sheet::Sheet;
use crate::stream::{Amount, Label, Stream};
use crate::window::Window;

pub(super) static STREAM: Stream = Stream {
    name: "exact-domain-spoof",
    label: Label::Attack,
    summary: "The From header claims an accepted domain; a made-up signature fails DKIM and DMARC.",
    amount: Amount::PerMillion { share: 5500, least: 12 },
    sheet: Some(File {
        name: "scenario/exact_domain_spoof.toml",
        text: include_str!("../../data/scenario/exact_domain_spoof.toml"),
    }),
    rhythm,
    spread: 3600,
    draft: Sheet::draft,
};

fn rhythm(window: &Window) -> Vec<u64> {
    rhythm::waves(window, "exact_domain_spoof", &[Wave { at: 430, hours: 9, weight: 8 }, Wave { at: 830, hours: 6, weight: 2 }])
}
