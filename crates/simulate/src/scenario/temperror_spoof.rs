//! Spoofing of accepted domains in an outage of their name servers, and again in the last day (seed 002).

use crate::data::File;
use crate::rhythm::{self, Wave};
use crate::sheet::Sheet;
use crate::stream::{Amount, Label, Stream};
use crate::timeline;
use crate::window::Window;

pub(super) static STREAM: Stream = Stream {
    name: "temperror-spoof",
    label: Label::Attack,
    summary: "Spoofing of accepted domains while their name servers cannot be reached: DMARC temperror.",
    amount: Amount::PerMillion { share: 500, least: 6 },
    sheet: Some(File { name: "scenario/temperror_spoof.toml", text: include_str!("../../data/scenario/temperror_spoof.toml") }),
    rhythm,
    spread: 3600,
    draft: Sheet::draft,
};

/// Mostly during the outage; once more while nobody is looking.
fn rhythm(window: &Window) -> Vec<u64> {
    let later = rhythm::waves(window, "temperror_spoof", &[Wave { at: 910, hours: 3, weight: 1 }]);
    timeline::outage(window).iter().zip(later).map(|(outage, later)| outage * 600 + later).collect()
}
