//! What every drawing promises, whatever it is given.

use proptest::prelude::*;

use crate::text::cells;
use crate::{Chart, Kind, Series, Size, Stacking, X, png, svg, terminal};

const KINDS: [Kind; 10] = [
    Kind::Timechart,
    Kind::Linechart,
    Kind::Areachart,
    Kind::Stackedareachart,
    Kind::Columnchart,
    Kind::Barchart,
    Kind::Piechart,
    Kind::Scatterchart,
    Kind::Anomalychart,
    Kind::Card,
];

const DAY: i64 = 86_400_000_000;

/// Days from 2026-10-21 on, one for each value.
fn daily(kind: Kind, values: &[f64]) -> Chart {
    let days = (0_i64..).take(values.len()).map(|day| 1_792_540_800_000_000 + day * DAY).collect();
    let series = Series::new("count_", values.iter().copied().map(Some).collect());
    Chart { title: "DKIM Failure Trend".to_owned(), series: vec![series], ..Chart::new(kind, X::Time(days)) }
}

fn named(kind: Kind, parts: &[(&str, f64)]) -> Chart {
    let names = parts.iter().map(|(name, _)| (*name).to_owned()).collect();
    let series = Series::new("n", parts.iter().map(|(_, value)| Some(*value)).collect());
    Chart { series: vec![series], ..Chart::new(kind, X::Category(names)) }
}

/// All texts of a drawing, in order.
fn texts(svg: &str) -> Vec<&str> {
    svg.lines().filter(|line| line.starts_with("<text")).filter_map(|line| line.split(['<', '>']).nth(2)).collect()
}

#[test]
fn a_timechart_says_what_when_and_how_much() {
    let chart =
        Chart { y_title: "Messages".to_owned(), x_title: "Timestamp".to_owned(), ..daily(Kind::Timechart, &[3.0, 40.0, 5.0]) };
    let drawing = svg(&chart, Size { width: 480, height: 300 });
    let expected =
        ["DKIM Failure Trend", "Messages", "Timestamp (UTC)", "0", "20", "40", "21 Oct", "2026", "22 Oct", "23 Oct", "40"];
    assert_eq!(texts(&drawing), expected);
}

#[test]
fn a_series_keeps_a_colour_of_its_own() {
    let mut chart = daily(Kind::Columnchart, &[3.0, 4.0]);
    chart.series.push(Series { colour: Some("#123456"), ..Series::new("high", vec![Some(1.0), Some(2.0)]) });
    let drawing = svg(&chart, Size::default());
    assert!(drawing.contains("#0072b2") && drawing.contains("#123456") && !drawing.contains("#d55e00"), "{drawing}");
}

#[test]
fn a_legend_needs_several_series_and_permission() {
    let mut chart = daily(Kind::Timechart, &[3.0, 4.0]);
    assert!(!texts(&svg(&chart, Size::default())).contains(&"count_"));
    chart.series.push(Series::new("contoso.com", vec![Some(1.0), Some(2.0)]));
    assert!(texts(&svg(&chart, Size::default())).contains(&"count_"));
    chart.legend = false;
    assert!(!texts(&svg(&chart, Size::default())).contains(&"count_"));
}

#[test]
fn a_gap_cuts_the_line() {
    let mut chart = daily(Kind::Timechart, &[1.0, 2.0, 3.0, 4.0, 5.0]);
    chart.series[0].values[2] = None;
    let line = |drawing: &str| drawing.lines().find(|line| line.contains("fill=\"none\"")).map(|line| line.matches('M').count());
    assert_eq!(line(&svg(&chart, Size::default())), Some(2));
    chart.series[0].values[2] = Some(3.0);
    assert_eq!(line(&svg(&chart, Size::default())), Some(1));
}

#[test]
fn bars_carry_names_and_values() {
    let drawing = svg(&named(Kind::Barchart, &[("dkim=pass", 1200.0), ("dkim=fail", 30.0)]), Size::default());
    for text in ["dkim=pass", "dkim=fail", "1,200", "30"] {
        assert!(texts(&drawing).contains(&text), "{text}");
    }
    assert!(drawing.contains("<title>n, dkim=fail: 30</title>"));
}

#[test]
fn a_pie_has_percentages() {
    let drawing = svg(&named(Kind::Piechart, &[("spf", 25.0), ("dkim", 75.0)]), Size::default());
    assert_eq!(texts(&drawing), ["75 %", "25 %", "dkim", "75", "75 %", "spf", "25", "25 %"]);
}

#[test]
fn shares_are_percentages_of_each_column() {
    let mut chart = named(Kind::Columnchart, &[("Mon", 1.0), ("Tue", 9.0)]);
    chart.series.push(Series::new("m", vec![Some(3.0), Some(1.0)]));
    chart.stacking = Stacking::Stacked100;
    let drawing = svg(&chart, Size::default());
    assert!(texts(&drawing).contains(&"100 %"));
}

#[test]
fn anomalies_are_marked() {
    let mut chart = daily(Kind::Anomalychart, &[1.0, 9.0, 1.0]);
    chart.series[0].anomalies = vec![1, 77];
    assert_eq!(svg(&chart, Size::default()).matches("<title>Anomaly: count_, 22 Oct 2026 UTC: 9</title>").count(), 1);
}

#[test]
fn nothing_to_draw_is_said() {
    for kind in KINDS {
        for x in [X::Time(vec![]), X::Number(vec![f64::NAN]), X::Category(vec!["a".to_owned()])] {
            let chart = Chart { title: "Trend".to_owned(), ..Chart::new(kind, x) };
            assert_eq!(texts(&svg(&chart, Size::default())).get(..2), Some(["Trend", "No data"].as_slice()), "{kind:?}");
            assert_eq!(terminal(&chart, 40, 10, false), "Trend\nNo data");
        }
    }
}

#[test]
fn markup_in_names_stays_text() {
    let hostile = "</text><script>alert(1)</script>\u{1b}[2J\"'&";
    for kind in KINDS {
        let mut chart = named(kind, &[(hostile, 1.0), (hostile, 2.0)]);
        chart.series.push(Series::new(hostile, vec![Some(1.0), Some(2.0)]));
        (chart.title, chart.x_title, chart.y_title) = (hostile.to_owned(), hostile.to_owned(), hostile.to_owned());
        let drawing = svg(&chart, Size::default());
        assert!(!drawing.contains("<script") && !drawing.contains('\u{1b}'), "{kind:?}");
        assert!(!terminal(&chart, 80, 20, false).contains('\u{1b}'), "{kind:?}");
    }
}

#[test]
fn a_million_points_make_a_small_drawing() {
    let values: Vec<f64> = (0..1_000_000).map(|at| f64::from(at % 997 * 7919 % 1000)).collect();
    for kind in [Kind::Timechart, Kind::Stackedareachart, Kind::Columnchart, Kind::Scatterchart] {
        let drawing = svg(&daily(kind, &values), Size::default());
        assert!(drawing.len() < 5_000_000, "{kind:?}: {} bytes", drawing.len());
    }
}

#[test]
fn a_png_is_twice_the_size() -> Result<(), crate::ChartError> {
    let picture = png(&daily(Kind::Timechart, &[1.0, 2.0]), Size { width: 300, height: 200 })?;
    assert_eq!(picture.get(..8), Some(b"\x89PNG\r\n\x1a\n".as_slice()));
    assert_eq!(picture.get(16..24), Some([0, 0, 2, 88, 0, 0, 1, 144].as_slice()));
    Ok(())
}

#[test]
fn a_line_in_the_terminal() {
    let chart = Chart { y_title: "Messages".to_owned(), ..daily(Kind::Timechart, &[0.0, 2.0, 8.0, 2.0, 0.0, 4.0]) };
    let expected = "\
DKIM Failure Trend
Messages
10 ┤
   │            ⢀⠔⢄
   │           ⡠⠊ ⠈⠢⡀
 5 ┤         ⢀⠎     ⠑⢄
   │       ⢀⠔⠁       ⠈⠢⡀           ⢀⡠⠊
   │     ⣀⠤⠊           ⠑⠤⣀⡀      ⢀⠔⠁
 0 ┤⣀⠤⠒⠊⠉                 ⠈⠑⠒⠤⢄⡠⠊⠁
   └───────┬────────────┬────────────┬
        22 Oct       24 Oct     26 Oct
         2026
    UTC";
    assert_eq!(terminal(&chart, 38, 13, false), expected);
}

#[test]
fn columns_in_the_terminal() {
    let chart = named(Kind::Columnchart, &[("Mon", 8.0), ("Tue", 3.0), ("Wed", 0.0), ("Thu", 0.2)]);
    let expected = "\
10 ┤
   │ ▆▆▆▆
   │ ████
 5 ┤ ████
   │ ████  ▆▆▆▆
 0 ┤ ████  ████        ▁▁▁▁
   └───┬─────┬────┬─────┬───
      Mon   Tue  Wed   Thu";
    assert_eq!(terminal(&chart, 30, 8, false), expected);
}

#[test]
fn bars_in_the_terminal() {
    let chart = named(Kind::Barchart, &[("pass", 1200.0), ("fail", 300.0), ("none", 1.0)]);
    let expected = "\
pass ███████████████████ 1,200
fail ████▊ 300
none ▏ 1";
    assert_eq!(terminal(&chart, 30, 8, false), expected);
}

#[test]
fn slices_in_the_terminal() {
    let chart = named(Kind::Piechart, &[("pass", 75.0), ("fail", 25.0)]);
    let expected = "\
pass ████████████████████████ 75   75 %
fail ████████                 25   25 %";
    assert_eq!(terminal(&chart, 40, 8, false), expected);
}

#[test]
fn series_in_the_terminal_are_told_apart_by_marks_or_colours() {
    let mut chart = daily(Kind::Timechart, &[0.0, 8.0]);
    chart.series.push(Series::new("fabrikam.com", vec![Some(8.0), Some(0.0)]));
    let plain = terminal(&chart, 24, 11, false);
    let expected = "\
DKIM Failure Trend
* count_  + fabrikam.com
10 ┤
   │++++            ****
 5 ┤    ++++++******
   │    ******++++++
 0 ┤****            ++++
   └┬──────────────────┬
    21 Oct        22 Oct
    2026
    UTC";
    assert_eq!(plain, expected);
    let coloured = terminal(&chart, 24, 11, true);
    assert!(coloured.contains("\u{1b}[38;5;32m━\u{1b}[0m count_  \u{1b}[38;5;166m━\u{1b}[0m fabrikam"), "{coloured}");
}

#[test]
fn cards_in_the_terminal() {
    let chart = Chart { series: vec![Series::new("Messages", vec![Some(1234.0)])], ..Chart::new(Kind::Card, X::Number(vec![])) };
    assert_eq!(terminal(&chart, 30, 8, false), "1,234  Messages");
}

#[test]
fn a_small_terminal_gets_a_sparkline() {
    assert_eq!(terminal(&daily(Kind::Timechart, &[0.0, 1.0, 2.0, 8.0]), 20, 2, false), "DKIM Failure Trend\n▁▂▃█");
}

fn any_number() -> impl Strategy<Value = f64> {
    let odd = [0.0, -0.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN, f64::MIN_POSITIVE, 5e-324, 1e17];
    prop_oneof![-1000.0..1000.0_f64, any::<f64>(), proptest::sample::select(odd.to_vec())]
}

fn any_x() -> impl Strategy<Value = X> {
    prop_oneof![
        proptest::collection::vec(any::<i64>(), 0..40).prop_map(X::Time),
        proptest::collection::vec(0..10_000_000_000_000_i64, 0..40).prop_map(X::Time),
        proptest::collection::vec(any_number(), 0..40).prop_map(X::Number),
        proptest::collection::vec("\\PC{0,20}|[\\x00-\\x7f]{0,5}", 0..40).prop_map(X::Category),
    ]
}

fn any_series() -> impl Strategy<Value = Series> {
    let values = proptest::collection::vec(proptest::option::weighted(0.9, any_number()), 0..50);
    (".{0,30}", values, proptest::collection::vec(0..60_usize, 0..4))
        .prop_map(|(name, values, anomalies)| Series { anomalies, ..Series::new(name, values) })
}

prop_compose! {
    fn any_chart()(
        kind in proptest::sample::select(KINDS.to_vec()),
        stacking in proptest::sample::select(vec![Stacking::Default, Stacking::Unstacked, Stacking::Stacked, Stacking::Stacked100]),
        (title, x_title, y_title) in (".{0,60}", ".{0,10}", ".{0,10}"),
        x in any_x(),
        series in proptest::collection::vec(any_series(), 0..30),
        (legend, y_log) in any::<(bool, bool)>(),
        y_min in proptest::option::weighted(0.2, any_number()),
        y_max in proptest::option::weighted(0.2, any_number()),
    ) -> Chart {
        Chart { kind, stacking, title, x_title, y_title, x, series, legend, y_log, y_min, y_max }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_chart_is_a_well_formed_svg(chart in any_chart(), width in 0..2000_u32, height in 0..1200_u32) {
        let drawing = svg(&chart, Size { width, height });
        prop_assert!(!drawing.contains("NaN") || format!("{chart:?}").contains("NaN"), "{drawing}");
        let parsed = resvg::usvg::roxmltree::Document::parse(&drawing);
        prop_assert!(parsed.is_ok(), "{parsed:?}: {drawing}");
    }

    #[test]
    fn any_chart_fits_the_terminal(chart in any_chart(), width in 0..120_usize, height in 0..40_usize, colour: bool) {
        let drawing = terminal(&chart, width, height, colour);
        let plain = drawing.split('\u{1b}').enumerate().map(|(at, part)| match part.split_once('m') {
            Some((_, text)) if at > 0 => text,
            _ => part,
        });
        let plain: String = plain.collect();
        prop_assert!(plain.lines().count() <= height.max(1), "{plain}");
        for line in plain.lines() {
            prop_assert!(cells(line) <= width, "{} cells: {line}", cells(line));
        }
    }
}
