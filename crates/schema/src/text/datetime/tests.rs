//! Every form of a moment that is read, and the one that is written.

use super::*;

fn text(ticks: i64) -> String {
    let mut out = String::new();
    write(ticks, &mut out);
    out
}

fn at(input: &str) -> i64 {
    parse(input).unwrap_or(-1)
}

#[test]
fn moments_are_written_with_seven_digits_and_z() {
    let table = [
        (0, "0001-01-01T00:00:00.0000000Z"),
        (1, "0001-01-01T00:00:00.0000001Z"),
        (UNIX_EPOCH_TICKS, "1970-01-01T00:00:00.0000000Z"),
        (MAX_TICKS, "9999-12-31T23:59:59.9999999Z"),
        (-1, "0001-01-01T00:00:00.0000000Z"),
        (i64::MAX, "9999-12-31T23:59:59.9999999Z"),
    ];
    for (ticks, expected) in table {
        assert_eq!(text(ticks), expected);
    }
}

#[test]
fn every_documented_and_exported_form_is_read() {
    let table = [
        // ISO 8601.
        ("2014-05-25T08:20:03.123456Z", "2014-05-25T08:20:03.1234560Z"),
        ("2014-05-25T08:20:03.123456", "2014-05-25T08:20:03.1234560Z"),
        ("2014-05-25T08:20", "2014-05-25T08:20:00.0000000Z"),
        ("2014-11-08 15:55:55.123456Z", "2014-11-08T15:55:55.1234560Z"),
        ("2014-11-08 15:55:55", "2014-11-08T15:55:55.0000000Z"),
        ("2014-11-08 15:55", "2014-11-08T15:55:00.0000000Z"),
        ("2014-11-08", "2014-11-08T00:00:00.0000000Z"),
        ("2014-11", "2014-11-01T00:00:00.0000000Z"),
        ("2014, 11, 8", "2014-11-08T00:00:00.0000000Z"),
        ("2014 - 11 - 08 15:55", "2014-11-08T15:55:00.0000000Z"),
        ("2026-11-20T23:00:00.123456789Z", "2026-11-20T23:00:00.1234567Z"),
        ("2026-11-20T23:00:00.5Z", "2026-11-20T23:00:00.5000000Z"),
        ("2026-11-20T23:00:00+02:00", "2026-11-20T21:00:00.0000000Z"),
        ("2026-11-20T23:00:00.5+0200", "2026-11-20T21:00:00.5000000Z"),
        ("2026-11-20 23:00:00 +02:00", "2026-11-20T21:00:00.0000000Z"),
        ("2026-11-20 23:00:00 -05:30", "2026-11-21T04:30:00.0000000Z"),
        ("2026-11-20t23:00:00z", "2026-11-20T23:00:00.0000000Z"),
        (" 2026-11-20 ", "2026-11-20T00:00:00.0000000Z"),
        // RFC 822.
        ("Sat, 8 Nov 14 15:05:02 GMT", "2014-11-08T15:05:02.0000000Z"),
        ("Sat, 8 Nov 14 15:05:02", "2014-11-08T15:05:02.0000000Z"),
        ("Sat, 8 Nov 14 15:05", "2014-11-08T15:05:00.0000000Z"),
        ("Sat, 8 Nov 14 15:05 GMT", "2014-11-08T15:05:00.0000000Z"),
        ("8 Nov 14 15:05:02", "2014-11-08T15:05:02.0000000Z"),
        ("8 Nov 2014 15:05:02 +0100", "2014-11-08T14:05:02.0000000Z"),
        ("8 Nov 2014", "2014-11-08T00:00:00.0000000Z"),
        ("8 November 2014", "2014-11-08T00:00:00.0000000Z"),
        // RFC 850.
        ("Saturday, 08-Nov-14 15:05:02 UTC", "2014-11-08T15:05:02.0000000Z"),
        ("Saturday, 08-Nov-14 15:05:02", "2014-11-08T15:05:02.0000000Z"),
        ("Saturday, 08-Nov-14 15:05 UTC", "2014-11-08T15:05:00.0000000Z"),
        ("Saturday, 08-Nov-94 15:05", "1994-11-08T15:05:00.0000000Z"),
        // Sortable.
        ("2014-11-08 15:05:25 GMT", "2014-11-08T15:05:25.0000000Z"),
        ("2014-11-08T15:05:25 GMT", "2014-11-08T15:05:25.0000000Z"),
        ("2014-11-8 15:05", "2014-11-08T15:05:00.0000000Z"),
        ("2014/11/08 15:05", "2014-11-08T15:05:00.0000000Z"),
        // Exports of the portals, browsers and Kibana.
        ("11/20/2026 3:04:05 PM", "2026-11-20T15:04:05.0000000Z"),
        ("11/20/2026, 12:00:00 AM", "2026-11-20T00:00:00.0000000Z"),
        ("11/20/2026 12:30:00.250 PM", "2026-11-20T12:30:00.2500000Z"),
        ("11/20/2026 3:04:05\u{202f}PM", "2026-11-20T15:04:05.0000000Z"),
        ("11/20/2026", "2026-11-20T00:00:00.0000000Z"),
        ("Nov 20, 2026 11:00:00 PM", "2026-11-20T23:00:00.0000000Z"),
        ("Nov 20, 2026 @ 23:00:00.000", "2026-11-20T23:00:00.0000000Z"),
        // The ends.
        ("0001-01-01", "0001-01-01T00:00:00.0000000Z"),
        ("9999-12-31 23:59:59.9999999", "9999-12-31T23:59:59.9999999Z"),
        ("2024-02-29", "2024-02-29T00:00:00.0000000Z"),
    ];
    for (input, expected) in table {
        assert_eq!(parse(input).map(text).as_deref(), Some(expected), "{input:?}");
    }
}

#[test]
fn anything_else_is_null() {
    for input in [
        "",
        " ",
        "now",
        "2026",
        "20261120",
        "2026-13-01",
        "2026-02-29",
        "0000-01-01",
        "10000-01-01",
        "2026-11-20T24:00:00Z",
        "2026-11-20T23:60:00Z",
        "2026-11-20T23:00:60Z",
        "2026-11-20T23:00:00.Z",
        "2026-11-20T23:00:00ZZ",
        "2026-11-20T",
        "2026-11-20T23",
        "2026-11-20X23:00",
        "2026-11-2023:00",
        "2026-11-20 23:00 EST",
        "2026-11-20 23:00 +15:00",
        "2026-11-20 13:00 PM",
        "20.11.2026",
        "31/12/2026",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "Sat,",
        "Nov",
        "\u{202f}",
        "2026-11-20 \u{e9}",
        "99999999999999999999-01-01",
    ] {
        assert_eq!(parse(input), None, "{input:?}");
    }
}

#[test]
fn the_calendar_agrees_with_itself_on_every_day() {
    let mut expected = (1, 1, 1);
    for number in 0..=MAX_TICKS / TICKS_PER_DAY {
        let civil = to_civil(number * TICKS_PER_DAY);
        assert_eq!((civil.year, civil.month, civil.day), expected);
        assert_eq!(from_civil(civil.year, civil.month, civil.day, 0, 0, 0, 0), Some(number * TICKS_PER_DAY));
        let (year, month, day) = expected;
        expected = if day < days_in_month(year, month) {
            (year, month, day + 1)
        } else if month < 12 {
            (year, month + 1, 1)
        } else {
            (year + 1, 1, 1)
        };
    }
    assert_eq!(expected, (10_000, 1, 1));
}

#[test]
fn parts_and_beginnings_follow_the_calendar() {
    let moment = at("2026-11-20T23:45:06.7");
    assert_eq!(to_civil(moment), Civil { year: 2026, month: 11, day: 20, hour: 23, minute: 45, second: 6, ticks: 7_000_000 });
    assert_eq!((year(moment), month(moment), day(moment)), (2026, 11, 20));
    assert_eq!(weekday(moment), 5, "2026-11-20 is a Friday");
    assert_eq!(day_of_year(moment), 324);
    assert_eq!(start_of_day(moment), at("2026-11-20"));
    assert_eq!(start_of_week(moment), Some(at("2026-11-15")));
    assert_eq!(start_of_week(0), None);
    assert_eq!(start_of_month(moment), at("2026-11-01"));
    assert_eq!(start_of_year(moment), at("2026-01-01"));
}

#[test]
fn iso_weeks_belong_to_the_year_of_their_thursday() {
    for (day, expected) in [
        ("2026-11-20", (2026, 47)),
        ("2021-01-03", (2020, 53)),
        ("2021-01-04", (2021, 1)),
        ("2018-12-31", (2019, 1)),
        ("2016-01-01", (2015, 53)),
    ] {
        assert_eq!(iso_week(at(day)), expected, "{day}");
    }
}

#[test]
fn adding_months_keeps_the_day_or_takes_the_last() {
    for (from, months, to) in [
        ("2026-01-31 10:00", 1, "2026-02-28 10:00"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2026-11-20", 2, "2027-01-20"),
        ("2026-01-20", -1, "2025-12-20"),
        ("2024-02-29", 12, "2025-02-28"),
    ] {
        assert_eq!(add_months(at(from), months), Some(at(to)), "{from} {months}");
    }
    assert_eq!(add_months(MAX_TICKS, 1), None);
    assert_eq!(add_months(0, -1), None);
    assert_eq!(add_months(0, i64::MAX), None);
}

#[test]
fn unix_microseconds_convert_both_ways() {
    assert_eq!(from_unix_micros(0), Some(UNIX_EPOCH_TICKS));
    assert_eq!(to_unix_micros(UNIX_EPOCH_TICKS + 15), 1);
    assert_eq!(to_unix_micros(UNIX_EPOCH_TICKS - 1), -1);
    assert_eq!(from_unix_micros(i64::MAX), None);
    assert_eq!(from_unix_micros(i64::MIN), None);
}
