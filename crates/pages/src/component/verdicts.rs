//! Verdicts on a message, ours beside others'.

use desk::VerdictLine;
use maud::{Markup, html};

use super::{Column, Row, Table, Tone, badge, cell, empty, told, verdict};

/// What each method asks, for those who do not know it.
fn asks(method: &str) -> &'static str {
    match method {
        "SPF" => "May this server send for the domain of the envelope?",
        "DKIM" => "Was the message signed by the domain, and is it as it was signed?",
        "DMARC" => "Does one of them speak for the domain that people see as the sender?",
        "ARC" => "What did those who passed it on find, before they changed it?",
        "compauth" => "What Microsoft concludes from all of it",
        _ => "",
    }
}

/// Verdicts as a table; where they differ, it is said.
#[must_use]
pub fn verdicts(lines: &[VerdictLine]) -> Markup {
    if lines.is_empty() {
        return empty(
            "No verdict is known",
            html! { "Neither the telemetry nor the message itself says how it was authenticated." },
        );
    }
    let side = |result: &str, reason: &str, none: &str| {
        html! {
            @if result.is_empty() { span.soft { (none) } } @else { (verdict(result)) }
            @if !reason.is_empty() { div.small.soft { (told(reason)) } }
        }
    };
    let row = |line: &VerdictLine| {
        Row::new(vec![
            html! { strong { (line.method) } div.small.soft { (asks(&line.method)) } },
            cell(&line.domain),
            side(&line.ours, &line.our_reason, "not looked at here"),
            side(&line.theirs, &line.their_reason, "not known"),
            match line.agreement.as_str() {
                "agree" => badge(Tone::Quiet, "agree"),
                "differ" => badge(Tone::Warn, "differ"),
                _ => html! {},
            },
        ])
    };
    Table {
        key: "verdicts",
        caption: "Verdicts".to_owned(),
        columns: vec![
            Column::new("method", "Method"),
            Column::new("domain", "Domain"),
            Column::new("ours", "Found here"),
            Column::new("theirs", "Found by Microsoft or the receiver"),
            Column::new("agreement", "Compared"),
        ],
        rows: lines.iter().map(row).collect(),
        ..Table::default()
    }
    .render()
}
