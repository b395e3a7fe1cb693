//! Honest mail as accepted domains while their DNS is slow (seed 002): the same verdict as the attack beside it.

use crate::data::File;
use crate::rhythm;
use crate::sheet::Sheet;
use crate::stream::{Amount, Label, Stream};
use crate::timeline;
use crate::window::Window;

pub(super) static STREAM: Stream = Stream {
    name: "dns-outage",
    label: Label::LookAlike,
    summary: "Services that may send as accepted domains meet name servers that do not answer: temperror.",
    amount: Amount::PerMillion { share: 700, least: 6 },
    sheet: Some(File { name: "scenario/dns_outage.toml", text: include_str!("../../data/scenario/dns_outage.toml") }),
    rhythm,
    spread: 3600,
    draft: Sheet::draft,
};

/// Mostly in the outage, now and then at other times.
fn rhythm(window: &Window) -> Vec<u64> {
    let outage = timeline::outage(window);
    rhythm::mixed(window).iter().zip(outage).map(|(trickle, outage)| trickle + outage * 100).collect()
}
