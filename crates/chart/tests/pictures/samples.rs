//! Charts of the sizes and shapes that mail telemetry gives, ordinary first, hostile last. Made by arithmetic, so that
//! they are the same every time.

use spoofwatch_chart::{Chart, Kind, Series, Stacking, X};

const DAY: i64 = 86_400_000_000;
/// 2026-10-21T00:00:00Z.
const START: i64 = 1_792_540_800_000_000;

/// A number from 0 to 1 that looks random.
fn noise(seed: usize) -> f64 {
    let mut state = seed as u64 + 0x9e37_79b9_7f4a_7c15;
    state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((state ^ (state >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

fn days(count: i64) -> X {
    X::Time((0..count).map(|day| START + day * DAY).collect())
}

fn names(list: &[&str]) -> X {
    X::Category(list.iter().map(|name| (*name).to_owned()).collect())
}

fn series(name: &str, values: impl IntoIterator<Item = f64>) -> Series {
    Series::new(name, values.into_iter().map(Some).collect())
}

fn chart(kind: Kind, title: &str, x_title: &str, y_title: &str, x: X, series: Vec<Series>) -> Chart {
    let (title, x_title, y_title) = (title.to_owned(), x_title.to_owned(), y_title.to_owned());
    Chart { title, x_title, y_title, series, ..Chart::new(kind, x) }
}

fn failures() -> Vec<f64> {
    (0..30).map(|day| if day == 22 { 38.0 } else { (noise(day) * if day % 7 > 4 { 3.0 } else { 9.0 }).round() }).collect()
}

const DOMAINS: [&str; 7] = [
    "contoso.com",
    "fabrikam.com",
    "mail.adatum.example",
    "news.northwind.example",
    "tailspin.example",
    "wingtip.example",
    "relay.litware.example",
];

fn by_domain(kind: Kind, count: usize) -> Chart {
    let lines = DOMAINS
        .iter()
        .take(count)
        .enumerate()
        .map(|(at, name)| series(name, (0..30).map(move |day| (noise(at * 100 + day) * 40.0 / (at + 1) as f64).round())));
    chart(kind, "DKIM failures by sender domain", "Day", "Messages", days(30), lines.collect())
}

/// Every sample with the name of its picture.
pub(crate) fn all() -> Vec<(&'static str, Chart)> {
    let mut samples = ordinary();
    samples.extend(crowded());
    samples.extend(odd());
    samples
}

fn ordinary() -> Vec<(&'static str, Chart)> {
    let trend = chart(
        Kind::Timechart,
        "DKIM Failure Trend",
        "Timestamp",
        "Messages per day",
        days(30),
        vec![series("count_", failures())],
    );
    let mut anomaly = Chart { kind: Kind::Anomalychart, ..trend.clone() };
    anomaly.series[0].anomalies = vec![22];
    let hours = X::Time((0..24).map(|hour| START + hour * DAY / 24).collect());
    let by_hour =
        (0..24).map(|hour| ((1.0 + (f64::from(hour) - 13.0) / 4.0 * -((f64::from(hour) - 13.0) / 4.0)).exp() * 900.0).round());
    let columns =
        chart(Kind::Columnchart, "Messages received by hour", "Hour", "Messages", hours, vec![series("Messages", by_hour)]);
    let verdicts = names(&[
        "dkim=pass",
        "dkim=fail (body hash did not verify)",
        "dkim=fail (signature did not verify)",
        "dkim=none",
        "dkim=temperror",
        "dkim=permerror",
    ]);
    let bars = chart(
        Kind::Barchart,
        "Messages by DKIM result",
        "Result",
        "Messages",
        verdicts.clone(),
        vec![series("n", [154_234.0, 21_345.0, 9_876.0, 5_432.0, 321.0, 12.0])],
    );
    let pie = Chart { kind: Kind::Piechart, ..bars.clone() };
    let turned = Chart { kind: Kind::Columnchart, ..bars.clone() };
    let weekdays = names(&["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]);
    let actions = ["Delivered", "Junked", "Blocked"]
        .iter()
        .enumerate()
        .map(|(at, name)| series(name, (0..7).map(move |day| (noise(day + 7 * at) * 900.0 / (at + 1) as f64).round())));
    let grouped = chart(Kind::Columnchart, "Delivery by weekday", "", "Messages", weekdays, actions.collect());
    let stacked = Chart { stacking: Stacking::Stacked, ..grouped.clone() };
    let shares = Chart { stacking: Stacking::Stacked100, kind: Kind::Barchart, ..grouped.clone() };
    let bars_grouped = Chart { kind: Kind::Barchart, ..grouped.clone() };
    let scatter = chart(
        Kind::Scatterchart,
        "Size and recipients",
        "Recipients",
        "Size (kB)",
        X::Number((0..300).map(|at| (noise(at) * 50.0).round()).collect()),
        vec![
            series("Inbound", (0..300).map(|at| noise(at + 999) * 800.0)),
            series("Outbound", (0..150).map(|at| noise(at + 5999) * 300.0)),
        ],
    );
    let card = chart(
        Kind::Card,
        "Today",
        "",
        "",
        X::Category(vec![]),
        vec![series("Messages", [1_234_567.0]), series("Failed DKIM", [345.0]), series("Domains", [17.0])],
    );
    vec![
        ("trend", trend.clone()),
        ("anomalies", anomaly),
        ("trend_area", Chart { kind: Kind::Areachart, ..trend }),
        ("lines", by_domain(Kind::Timechart, 4)),
        ("area", by_domain(Kind::Areachart, 3)),
        ("stacked_area", by_domain(Kind::Stackedareachart, 7)),
        ("columns_by_hour", columns),
        ("columns_turned", turned),
        ("columns_grouped", grouped),
        ("columns_stacked", stacked),
        ("bars", bars),
        ("bars_shares", shares),
        ("bars_grouped", bars_grouped),
        ("pie", pie),
        ("scatter", scatter),
        ("card", card),
    ]
}

fn crowded() -> Vec<(&'static str, Chart)> {
    let many = (0..500).map(|at| {
        series(&format!("sender-{at}.example"), (0..60).map(move |day| noise(at * 60 + day) * 5000.0 / (at + 1) as f64))
    });
    let many = chart(Kind::Timechart, "Messages by sender domain", "TimeGenerated", "Messages", days(60), many.collect());
    let million = X::Time((0..1_000_000).map(|at| START + at * 1_000_000).collect());
    let values = (0..1_000_000).map(|at| if at == 700_000 { 5000.0 } else { noise(at) * 1000.0 + at as f64 / 1000.0 });
    let million = chart(Kind::Timechart, "A million seconds", "", "Messages per second", million, vec![series("n", values)]);
    let senders: Vec<String> = (0..80).map(|at| format!("department-{at}.subsidiary.contoso.example")).collect();
    let counts = || vec![series("count_", (0..80).map(|at| (4e6 / f64::from(at + 1)).round()))];
    let bars = chart(Kind::Barchart, "Top sender domains", "Sender domain", "Messages", X::Category(senders.clone()), counts());
    let columns =
        chart(Kind::Columnchart, "Top sender domains", "Sender domain", "Messages", X::Category(senders.clone()), counts());
    let pie = chart(Kind::Piechart, "Top sender domains", "", "", X::Category(senders), counts());
    let minutes = X::Time((0..20_000).map(|at| START + at * 60_000_000).collect());
    let dense = chart(
        Kind::Columnchart,
        "Messages by minute",
        "",
        "Messages",
        minutes,
        vec![series("n", (0..20_000).map(|at| noise(at) * 40.0))],
    );
    let scatter = X::Number((0..200_000).map(|at| noise(at) * 1e6).collect());
    let scatter = chart(
        Kind::Scatterchart,
        "Two hundred thousand points",
        "Bytes",
        "Seconds",
        scatter,
        vec![series("n", (0..200_000).map(|at| noise(at + 1) * noise(at + 7)))],
    );
    let stacked = Chart { kind: Kind::Columnchart, stacking: Stacking::Stacked, ..many.clone() };
    vec![
        ("many_lines", many),
        ("many_stacked", stacked),
        ("million", million),
        ("many_bars", bars),
        ("many_columns", columns),
        ("many_slices", pie),
        ("dense_columns", dense),
        ("many_points", scatter),
    ]
}

fn odd() -> Vec<(&'static str, Chart)> {
    let hostile = [
        "<script>alert(1)</script>",
        "شركة البريد.example",
        "📧 🎉 party.example",
        "電子郵件驗證失敗",
        "a\u{202e}moc.soso\u{0}tnoc\u{1b}[31m",
        "z\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}algo",
        "\"quoted\" & 'so on'",
        "",
    ];
    let mut hostile: Vec<String> = hostile.iter().map(|name| (*name).to_owned()).collect();
    hostile.push("x".repeat(10_000));
    let values = || (1..=9).map(f64::from);
    let of = |kind| {
        chart(
            kind,
            "</text><script>alert(1)</script>",
            "<x>",
            "\u{7}y & z",
            X::Category(hostile.clone()),
            vec![series("<b>", values())],
        )
    };
    let lines: Vec<Series> =
        hostile.iter().enumerate().map(|(at, name)| series(name, (0..12).map(move |x| noise(at * 12 + x)))).collect();
    let lines = chart(Kind::Linechart, &"Long title ".repeat(500), "", "", X::Number((0..12).map(f64::from).collect()), lines);
    let mut gaps = failures().into_iter().map(Some).collect::<Vec<_>>();
    gaps[4..9].fill(None);
    gaps[12] = None;
    gaps[14] = Some(f64::NAN);
    let gaps = chart(Kind::Timechart, "With gaps", "", "Messages", days(30), vec![Series::new("n", gaps)]);
    let below = chart(
        Kind::Columnchart,
        "Change to the week before",
        "",
        "Messages",
        names(&["spf", "dkim", "dmarc", "compauth"]),
        vec![series("n", [120.0, -340.0, 15.0, -80.5])],
    );
    let log = Chart {
        y_log: true,
        ..chart(
            Kind::Timechart,
            "On a logarithmic axis",
            "",
            "Messages",
            days(30),
            vec![series("n", (0..30).map(|day| 1.5_f64.powi(day)))],
        )
    };
    let cut = Chart {
        y_min: Some(2.0),
        y_max: Some(10.0),
        ..chart(Kind::Timechart, "Ends asked for", "", "Messages", days(30), vec![series("n", failures())])
    };
    let one = chart(Kind::Timechart, "One day", "Timestamp", "Messages", days(1), vec![series("count_", [7.0])]);
    let empty = chart(Kind::Timechart, "DKIM Failure Trend", "", "", X::Time(vec![]), vec![]);
    let zero = chart(Kind::Columnchart, "Nothing happened", "", "Messages", days(30), vec![series("n", [0.0; 30])]);
    vec![
        ("hostile_columns", of(Kind::Columnchart)),
        ("hostile_bars", of(Kind::Barchart)),
        ("hostile_pie", of(Kind::Piechart)),
        ("hostile_lines", lines),
        ("gaps", gaps),
        ("below_zero", below),
        ("logarithmic", log),
        ("ends", cut),
        ("one_point", one.clone()),
        ("one_column", Chart { kind: Kind::Columnchart, ..one.clone() }),
        ("one_slice", Chart { kind: Kind::Piechart, ..one }),
        ("empty", empty),
        ("zero", zero),
    ]
}
