//! Phishing by QR code: the URL stands in a picture, `UrlLocation` is `QRCode`.

use crate::data::File;
use crate::rhythm::{self, Wave};
use crate::sheet::Sheet;
use crate::stream::{Amount, Label, Stream};
use crate::window::Window;

pub(super) static STREAM: Stream = Stream {
    name: "qr-code-phish",
    label: Label::Attack,
    summary: "The link of the phish hides in a picture of a QR code.",
    amount: Amount::PerMillion { share: 700, least: 5 },
    sheet: Some(File { name: "scenario/qr_code_phish.toml", text: include_str!("../../data/scenario/qr_code_phish.toml") }),
    rhythm,
    spread: 3600,
    draft: Sheet::draft,
};

fn rhythm(window: &Window) -> Vec<u64> {
    rhythm::waves(window, "qr_code_phish", &[Wave { at: 270, hours: 8, weight: 2 }, Wave { at: 730, hours: 8, weight: 1 }])
}
