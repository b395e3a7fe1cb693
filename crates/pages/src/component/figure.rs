//! A chart in a page: the drawing, and its numbers as a table for those who read rather than look.

use std::borrow::Cow;

use chart::{Chart, Size, X};
use chrono::DateTime;
use maud::{Markup, PreEscaped, html};

/// The drawing is made for some widths, and the style sheet shows the one that fits: text of a drawing that is scaled much is not readable.
const SIZES: [(&str, Size); 4] = [
    ("narrow", Size { width: 340, height: 270 }),
    ("middle", Size { width: 600, height: 260 }),
    ("broad", Size { width: 940, height: 280 }),
    ("wide", Size { width: 1640, height: 320 }),
];

/// What a severity is drawn in, the gravest first: the light half of its token, `--severity-high` and its like, which the style sheet makes
/// the token itself.
const SEVERITIES: [(&str, &str); 5] =
    [("critical", "#9c0f4b"), ("high", "#b3261e"), ("medium", "#8a5200"), ("low", "#1c5a9e"), ("informational", "#4b5663")];

/// How many rows the table of numbers has; an export of the data has all.
const ROWS: usize = 200;

/// A chart with its title as heading and its numbers below. The heading is not drawn once more.
#[must_use]
pub fn figure(chart: &Chart) -> Markup {
    let chart = &*by_severity(chart);
    html! {
        figure.chart {
            @if !chart.title.is_empty() { figcaption dir="auto" { (chart.title) } }
            @for (class, size) in SIZES {
                // Our own drawing, in which every text is escaped.
                div.picture.(class) { (PreEscaped(chart::svg_untitled(chart, size))) }
            }
            (numbers(chart))
        }
    }
}

/// Where all series are severities they have the colours and the order that severities have everywhere.
fn by_severity(chart: &Chart) -> Cow<'_, Chart> {
    let grade = |name: &str| SEVERITIES.iter().position(|(severity, _)| severity.eq_ignore_ascii_case(name));
    if chart.series.is_empty() || !chart.series.iter().all(|series| grade(&series.name).is_some()) {
        return Cow::Borrowed(chart);
    }
    let mut chart = chart.clone();
    chart.series.sort_by_key(|series| grade(&series.name));
    for series in &mut chart.series {
        series.colour = grade(&series.name).and_then(|grade| SEVERITIES.get(grade)).map(|(_, colour)| *colour);
    }
    Cow::Owned(chart)
}

/// The numbers as a table that can be opened.
fn numbers(chart: &Chart) -> Markup {
    let rows = chart.x.len();
    let name = if chart.x_title.is_empty() { x_name(&chart.x) } else { &chart.x_title };
    html! {
        @if rows > 0 {
            details.numbers {
                summary { "Numbers" }
                div.table-box.scroll role="region" tabindex="0" aria-label={ "Numbers: " (chart.title) } {
                    table {
                        caption.sr-only { (chart.title) }
                        thead { tr {
                            th scope="col" { (name) }
                            @for series in &chart.series { th.number scope="col" dir="auto" { (series.name) } }
                        } }
                        tbody {
                            @for row in 0..rows.min(ROWS) {
                                tr {
                                    th scope="row" dir="auto" { (place(&chart.x, row)) }
                                    @for series in &chart.series { td.number { (value(series.values.get(row).copied().flatten())) } }
                                }
                            }
                        }
                    }
                }
                @if rows > ROWS { p.soft { "The first " (ROWS) " of " (rows) "." } }
            }
        }
    }
}

fn x_name(x: &X) -> &'static str {
    match x {
        X::Time(_) => "Time (UTC)",
        X::Number(_) => "Value",
        X::Category(_) => "Name",
    }
}

fn place(x: &X, row: usize) -> String {
    match x {
        X::Time(times) => {
            let time = times.get(row).and_then(|&at| DateTime::from_timestamp_micros(at));
            time.map(|time| time.format("%Y-%m-%d %H:%M").to_string()).unwrap_or_default()
        }
        X::Number(numbers) => numbers.get(row).map(ToString::to_string).unwrap_or_default(),
        X::Category(names) => names.get(row).cloned().unwrap_or_default(),
    }
}

fn value(value: Option<f64>) -> String {
    match value.filter(|value| value.is_finite()) {
        None => "–".to_owned(),
        Some(value) if value.fract() == 0.0 => format!("{value:.0}"),
        Some(value) => format!("{value:.3}"),
    }
}

#[cfg(test)]
mod tests {
    use chart::{Kind, Series};

    use super::*;

    #[test]
    fn a_chart_is_drawn_and_told() {
        let chart = Chart {
            title: "<b>failures</b>".to_owned(),
            series: vec![Series::new("count_", vec![Some(3.0), None])],
            ..Chart::new(Kind::Columnchart, X::Time(vec![1_795_176_000_000_000, 1_795_179_600_000_000]))
        };
        let text = figure(&chart).into_string();
        assert!(text.contains("<figcaption dir=\"auto\">&lt;b&gt;failures&lt;/b&gt;</figcaption>"), "{text}");
        assert_eq!((text.matches("<svg xmlns").count(), text.matches("<b>").count()), (SIZES.len(), 0));
        assert!(text.contains("2026-11-20 12:00</th><td class=\"number\">3</td>") && text.contains(">–</td>"), "{text}");
    }

    #[test]
    fn severities_are_drawn_in_their_own_colours_the_gravest_first() {
        let of = |names: &[&str]| Chart {
            series: names.iter().map(|name| Series::new(*name, vec![Some(1.0)])).collect(),
            ..Chart::new(Kind::Columnchart, X::Time(vec![1_795_176_000_000_000]))
        };
        let text = figure(&of(&["Low", "Critical"])).into_string();
        assert!(text.contains("#9c0f4b") && text.contains("#1c5a9e") && !text.contains("#0072b2"), "{text}");
        assert!(text.find(">Critical</th>") < text.find(">Low</th>"), "{text}");
        let text = figure(&of(&["low", "pass"])).into_string();
        assert!(!text.contains("#1c5a9e") && text.contains("#0072b2"), "one name alone says nothing of severities: {text}");
    }

    #[test]
    fn what_a_severity_is_drawn_in_is_its_token() {
        let (tokens, style) = (include_str!("../../assets/css/00-tokens.css"), include_str!("../../assets/css/60-chart.css"));
        for (severity, colour) in SEVERITIES {
            assert!(tokens.contains(&format!("--severity-{severity}: light-dark({colour},")), "{severity}");
            for what in ["fill", "stroke"] {
                assert!(
                    style.contains(&format!("[{what}=\"{colour}\"] {{ {what}: var(--severity-{severity}); }}")),
                    "{what}: {severity}"
                );
            }
        }
    }

    #[test]
    fn the_style_sheet_knows_every_colour_of_a_drawing() {
        let style = include_str!("../../assets/css/60-chart.css");
        let series = (0..30)
            .map(|at| Series { anomalies: vec![0], ..Series::new(format!("s{at}"), vec![Some(f64::from(at)), Some(1.0)]) });
        let series: Vec<Series> = series.collect();
        for kind in [
            Kind::Timechart,
            Kind::Columnchart,
            Kind::Piechart,
            Kind::Anomalychart,
            Kind::Scatterchart,
            Kind::Barchart,
            Kind::Card,
        ] {
            let chart = Chart { series: series.clone(), ..Chart::new(kind, X::Category(vec!["a".to_owned(), "b".to_owned()])) };
            let drawn = chart::svg_untitled(&chart, Size::default());
            assert!(
                !drawn.contains(" style=") && !drawn.contains("<style"),
                "the policy of pages refuses styles inside of a drawing"
            );
            for colour in drawn.split('"').filter(|part| part.starts_with('#')) {
                assert!(style.contains(&format!("\"{colour}\"")), "{kind:?}: {colour} has no rule in 60-chart.css");
            }
        }
    }
}
