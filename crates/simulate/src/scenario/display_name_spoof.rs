//! Business e-mail compromise: only the display name lies, so that nothing fails.

use crate::data::File;
use crate::rhythm::{self, Wave};
use crate::sheet::Sheet;
use crate::stream::{Amount, Label, Stream};
use crate::window::Window;

pub(super) static STREAM: Stream = Stream {
    name: "display-name-spoof",
    label: Label::Attack,
    summary: "Business e-mail compromise: the name of an executive over a private mailbox.",
    amount: Amount::PerMillion { share: 400, least: 4 },
    sheet: Some(File {
        name: "scenario/display_name_spoof.toml",
        text: include_str!("../../data/scenario/display_name_spoof.toml"),
    }),
    rhythm,
    spread: 3600,
    draft: Sheet::draft,
};

fn rhythm(window: &Window) -> Vec<u64> {
    rhythm::waves(
        window,
        "display_name_spoof",
        &[
            Wave { at: 200, hours: 5, weight: 1 },
            Wave { at: 480, hours: 5, weight: 1 },
            Wave { at: 640, hours: 5, weight: 1 },
            Wave { at: 930, hours: 5, weight: 1 },
        ],
    )
}
