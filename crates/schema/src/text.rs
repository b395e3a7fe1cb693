//! How Kusto writes and reads scalar values as text.
//!
//! One file a type, each with a `write` that appends the text `tostring()` and the results print, and a `parse` that
//! reads what the conversion function (`todatetime()`, `tolong()`, ...) accepts and answers `None` where Kusto gives null.
//! Ticks are 100 ns, counted from 0001-01-01T00:00:00Z for `datetime`. `string` needs no form; `dynamic` is JSON and
//! belongs to whoever holds a JSON parser.

pub mod bool;
pub mod datetime;
pub mod decimal;
pub mod guid;
pub mod int;
pub mod long;
pub mod real;
pub mod timespan;

#[cfg(test)]
mod tests {
    use super::{bool, datetime, decimal, guid, int, long, real, timespan};

    /// Pieces of what the parsers look for, cut wrong, and characters of several bytes.
    const PIECES: [&str; 30] = [
        "",
        " ",
        "-",
        "+",
        ".",
        ":",
        "/",
        ",",
        "T",
        "Z",
        "e",
        "d",
        "0",
        "9",
        "12",
        "2026",
        "2026-11-20",
        "23:59:59",
        "Nov",
        "PM",
        "+02:00",
        "0x",
        "{",
        "}",
        "(0x",
        "99999999999999999999",
        "1e400",
        "ä",
        "\u{202f}",
        "🦀",
    ];

    #[test]
    fn no_text_makes_a_parser_panic() {
        for a in PIECES {
            for b in PIECES {
                for c in PIECES {
                    let text = format!("{a}{b}{c}");
                    let _ = (bool::parse(&text), datetime::parse(&text), decimal::parse(&text), guid::parse(&text));
                    let _ = (int::parse(&text), long::parse(&text), real::parse(&text));
                    let _ = (timespan::parse(&text), timespan::parse_literal(&text));
                }
            }
        }
    }

    #[test]
    fn what_is_written_reads_back() {
        // A stride that hits every hour, minute, second and fraction in turn.
        for ticks in (0..=datetime::MAX_TICKS).step_by(31_415_926_535_897) {
            let mut out = String::new();
            datetime::write(ticks, &mut out);
            assert_eq!(datetime::parse(&out), Some(ticks), "{out}");
            out.clear();
            timespan::write(-ticks, &mut out);
            assert_eq!(timespan::parse(&out), Some(-ticks), "{out}");
            out.clear();
            decimal::write(i128::from(ticks) * 1_000_003, &mut out);
            assert_eq!(decimal::parse(&out), Some(i128::from(ticks) * 1_000_003), "{out}");
        }
    }
}
