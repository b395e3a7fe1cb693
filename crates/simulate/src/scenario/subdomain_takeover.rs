//! Mail from a subdomain that the organisation forgot and somebody else took over: everything passes.

use crate::data::File;
use crate::rhythm::{self, Wave};
use crate::sheet::Sheet;
use crate::stream::{Amount, Label, Stream};
use crate::window::Window;

pub(super) static STREAM: Stream = Stream {
    name: "subdomain-takeover",
    label: Label::Attack,
    summary: "A forgotten subdomain sends for whoever took it over, and passes every check.",
    amount: Amount::PerMillion { share: 700, least: 5 },
    sheet: Some(File {
        name: "scenario/subdomain_takeover.toml",
        text: include_str!("../../data/scenario/subdomain_takeover.toml"),
    }),
    rhythm,
    spread: 3600,
    draft: Sheet::draft,
};

fn rhythm(window: &Window) -> Vec<u64> {
    rhythm::waves(window, "subdomain_takeover", &[Wave { at: 660, hours: 8, weight: 2 }, Wave { at: 890, hours: 6, weight: 1 }])
}
