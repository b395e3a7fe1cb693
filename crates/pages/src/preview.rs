//! What an exclusion would have done: alerts a day before and after, those it removes, and what to think of first.

use chart::{Chart, Kind, Series, X};
use desk::{Preview, PreviewAlert};
use maud::{Markup, html};
use state::Moment;

use crate::{
    answer,
    component::{self, Column, Row, Table, Tone},
    evidence::Hit,
};

/// Cells of a row that stand in the list of what is removed.
const CELLS: usize = 5;
/// A day in microseconds.
const DAY: Moment = 86_400_000_000;

/// The preview; `now` is the day on which its counts end.
pub(crate) fn preview(preview: &Preview, now: Moment) -> Markup {
    let removed = preview.before.saturating_sub(preview.after);
    html! {
        section.stack aria-label="Preview" {
            @if preview.true_positives > 0 {
                (component::notice(Tone::Critical, html! {
                    p { strong { "It would have hidden " (preview.true_positives) " true " (if preview.true_positives == 1 { "positive" } else { "positives" }) "." } }
                    p { "Somebody closed them as an attack. Narrow the conditions until none of them is removed." }
                }))
            }
            @for warning in &preview.warnings { (component::notice(Tone::Warn, html! { p dir="auto" { (warning) } })) }
            @if preview.before == 0 {
                (component::notice(Tone::Info, html! { p { "Its rules raised nothing over these " (preview.days) " days: nothing can be said of what it would do." } }))
            } @else if removed == 0 {
                (component::notice(Tone::Info, html! { p { "It would have removed nothing of " (component::number(preview.before)) " alerts over " (preview.days) " days." } }))
            } @else {
                p.why { "Over " (preview.days) " days it would have removed " strong { (component::number(removed)) " of " (component::number(preview.before)) } " alerts." }
            }
            @if preview.before > 0 { (component::card("Alerts a day", component::figure(&chart(preview, now)))) }
            @if !preview.removed.is_empty() { (component::card("What it would have removed", list(&preview.removed))) }
        }
    }
}

fn chart(preview: &Preview, now: Moment) -> Chart {
    let days = preview.before_days.len();
    let today = now.div_euclid(DAY).saturating_mul(DAY);
    let times = (0..days)
        .map(|place| today.saturating_sub(Moment::try_from(days - 1 - place).unwrap_or(Moment::MAX).saturating_mul(DAY)));
    let series = |name: &str, counts: &[u64]| Series::new(name, counts.iter().map(|count| Some(*count as f64)).collect());
    Chart {
        y_title: "alerts".to_owned(),
        series: vec![series("without it", &preview.before_days), series("with it", &preview.after_days)],
        ..Chart::new(Kind::Columnchart, X::Time(times.collect()))
    }
}

fn list(removed: &[PreviewAlert]) -> Markup {
    let row = |alert: &PreviewAlert| {
        Row::new(vec![
            component::moment(alert.at),
            component::severity(&alert.severity),
            html! {
                @if alert.id.is_empty() { (component::cell(&alert.reason)) }
                @else { a.title href={ "/alerts/" (answer::segment(&alert.id)) } dir="auto" { (alert.reason) } }
            },
            cells(&alert.row),
            html! { @if !alert.verdict.is_empty() { (component::verdict(&alert.verdict)) } },
        ])
    };
    let table = Table {
        key: "removed",
        caption: "Alerts it would have removed".to_owned(),
        columns: vec![
            Column::new("at", "When"),
            Column::new("severity", "Severity"),
            Column::new("reason", "Alert").main(),
            Column::new("row", "First row"),
            Column::new("verdict", "Verdict"),
        ],
        rows: removed.iter().map(row).collect(),
        ..Table::default()
    };
    table.render()
}

fn cells(row: &Hit) -> Markup {
    let short = |text: &str| text.len() < 200;
    let told = row
        .iter()
        .filter_map(|(name, value)| value.as_str().filter(|text| !text.is_empty() && short(text)).map(|text| (name, text)));
    html! { ul.plain.small { @for (name, text) in told.take(CELLS) { li { span.soft { (name) ": " } bdi { (text) } } } } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn true_positives_are_the_first_thing_said() {
        let found = Preview {
            days: 30,
            before: 9,
            after: 2,
            before_days: vec![4, 5],
            after_days: vec![1, 1],
            true_positives: 2,
            ..Preview::default()
        };
        let shown = preview(&found, 1_795_176_000_000_000).into_string();
        assert!(shown.contains("hidden 2 true positives") && shown.contains("7 of 9"), "{shown}");
        assert!(shown.contains("2026-11-19") && shown.contains("2026-11-20"), "{shown}");
    }

    #[test]
    fn nothing_removed_is_said_as_such() {
        let none = Preview { days: 30, ..Preview::default() };
        assert!(preview(&none, 0).into_string().contains("raised nothing"));
        let some = Preview { before: 3, after: 3, before_days: vec![3], after_days: vec![3], ..none };
        assert!(preview(&some, 0).into_string().contains("removed nothing of 3"));
    }
}
