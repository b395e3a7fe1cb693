//! Times: in UTC to the second, and how long ago by script.

use chrono::{DateTime, SecondsFormat};
use maud::{Markup, html};
use state::Moment;

/// A time (microseconds since 1970) as `2026-11-21 12:00:00`, which is UTC everywhere in the console. `moment.js` puts how long ago it was
/// behind it.
#[must_use]
pub fn moment(at: Moment) -> Markup {
    let Some(time) = DateTime::from_timestamp_micros(at) else {
        return html! { span.null { "–" } };
    };
    let exact = time.to_rfc3339_opts(SecondsFormat::Secs, true);
    html! { time.moment datetime=(exact) title={ (exact) } { (time.format("%Y-%m-%d %H:%M:%S").to_string()) } }
}

/// A length of time (microseconds) in its largest two units: `2 d 3 h`, `1.4 s`, `12 ms`.
#[must_use]
pub fn duration(microseconds: i64) -> String {
    const UNITS: [(&str, u64); 4] = [("d", 86_400_000_000), ("h", 3_600_000_000), ("min", 60_000_000), ("s", 1_000_000)];
    let (sign, length) = (if microseconds < 0 { "-" } else { "" }, microseconds.unsigned_abs());
    let Some(at) = UNITS.iter().position(|(_, unit)| length >= *unit) else {
        return format!("{sign}{} ms", length / 1000);
    };
    let Some(&(name, unit)) = UNITS.get(at) else { return String::new() };
    match UNITS.get(at + 1) {
        Some(&(next, smaller)) if length % unit >= smaller => {
            format!("{sign}{} {name} {} {next}", length / unit, length % unit / smaller)
        }
        Some(_) => format!("{sign}{} {name}", length / unit),
        None => format!("{sign}{}.{} s", length / unit, length % unit / 100_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_utc_to_the_second() {
        let text = moment(1_795_262_400_123_456).into_string();
        assert!(text.contains("datetime=\"2026-11-21T12:00:00Z\"") && text.contains(">2026-11-21 12:00:00<"), "{text}");
        assert!(moment(i64::MAX).into_string().contains('–'));
    }

    #[test]
    fn a_length_has_its_largest_two_units() {
        let cases = [
            (12_000, "12 ms"),
            (1_400_000, "1.4 s"),
            (60_000_000, "1 min"),
            (3_725_000_000, "1 h 2 min"),
            (183_600_000_000, "2 d 3 h"),
            (-61_000_000, "-1 min 1 s"),
            (0, "0 ms"),
        ];
        for (length, words) in cases {
            assert_eq!(duration(length), words);
        }
    }
}
