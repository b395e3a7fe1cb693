//! Credential phishing that is delivered and clicked, so that there is something to triage.

use crate::data::File;
use crate::rhythm::{self, Wave};
use crate::sheet::Sheet;
use crate::stream::{Amount, Label, Stream};
use crate::window::Window;

pub(super) static STREAM: Stream = Stream {
    name: "credential-phish-click",
    label: Label::Attack,
    summary: "Credential phishing that reaches inboxes and is clicked.",
    amount: Amount::PerMillion { share: 900, least: 6 },
    sheet: Some(File {
        name: "scenario/credential_phish_click.toml",
        text: include_str!("../../data/scenario/credential_phish_click.toml"),
    }),
    rhythm,
    spread: 3600,
    draft: Sheet::draft,
};

fn rhythm(window: &Window) -> Vec<u64> {
    rhythm::waves(
        window,
        "credential_phish_click",
        &[Wave { at: 490, hours: 6, weight: 2 }, Wave { at: 860, hours: 6, weight: 2 }, Wave { at: 975, hours: 4, weight: 1 }],
    )
}
