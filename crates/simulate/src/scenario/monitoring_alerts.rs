//! Monitoring alerts (seed 000): machines that never sleep and were never given a DKIM key.

use crate::data::File;
use crate::rhythm;
use crate::sheet::Sheet;
use crate::stream::{Amount, Label, Stream};

pub(super) static STREAM: Stream = Stream {
    name: "monitoring-alerts",
    label: Label::LookAlike,
    summary: "Monitoring mails its alerts unsigned or with a key nobody published.",
    amount: Amount::PerMillion { share: 6000, least: 6 },
    sheet: Some(File {
        name: "scenario/monitoring_alerts.toml",
        text: include_str!("../../data/scenario/monitoring_alerts.toml"),
    }),
    rhythm: rhythm::steady,
    spread: 3600,
    draft: Sheet::draft,
};
