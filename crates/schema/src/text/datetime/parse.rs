//! Reading `datetime` from the texts people have.
//!
//! [`parse()`] tries the ISO form that telemetry holds first, then reads date, clock and zone one after the other. It knows no
//! other time zones than UTC and offsets: an abbreviation such as EST does not name one moment.

use super::{from_civil, in_range};
use crate::text::timespan::TICKS_PER_MINUTE;

/// Two-digit years up to this one are of the 2000s, as .NET's invariant calendar and RFC 2822 section 4.3 have it.
const LAST_SHORT_YEAR: i64 = 49;

/// What `todatetime(text)` gives, in ticks. `None` stands for null: no date, or one outside the years 1 to 9999.
///
/// Reads the forms of the reference (ISO 8601, RFC 822, RFC 850, sortable) and those of exports: `11/20/2026 3:04:05 PM`,
/// `Nov 20, 2026 11:00:00 PM`, `2014-11-8 15:05`. Fraction digits beyond the seventh are dropped. No zone means UTC.
#[must_use]
pub fn parse(text: &str) -> Option<i64> {
    iso(text.as_bytes()).or_else(|| {
        let mut cursor = Cursor { rest: text.trim().as_bytes() };
        cursor.weekday();
        let date = cursor.date()?;
        cursor.clock_and_zone(date)
    })
}

/// `yyyy-MM-ddThh:mm:ss[.f...][Z]`, with `T` or a space: what telemetry holds, millions of times.
fn iso(text: &[u8]) -> Option<i64> {
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T' | b' ', h1, h2, b':', n1, n2, b':', s1, s2, ref rest @ ..] = text
    else {
        return None;
    };
    let year = pair(y1, y2)? * 100 + pair(y3, y4)?;
    let (month, day) = (pair(m1, m2)?, pair(d1, d2)?);
    let (hour, minute, second) = (pair(h1, h2)?, pair(n1, n2)?, pair(s1, s2)?);
    let rest = rest.strip_suffix(b"Z").unwrap_or(rest);
    let ticks = match rest {
        [] => 0,
        [b'.', digits @ ..] if !digits.is_empty() => fraction(digits)?,
        _ => return None,
    };
    from_civil(year, month, day, hour, minute, second, ticks)
}

fn pair(high: u8, low: u8) -> Option<i64> {
    (high.is_ascii_digit() && low.is_ascii_digit()).then(|| i64::from(high - b'0') * 10 + i64::from(low - b'0'))
}

/// Ticks of the digits after a point; those beyond the seventh are dropped.
fn fraction(digits: &[u8]) -> Option<i64> {
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let kept = digits.iter().map(|digit| i64::from(digit - b'0')).chain(std::iter::repeat(0)).take(7);
    Some(kept.fold(0, |ticks, digit| ticks * 10 + digit))
}

/// What is left to read.
struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    fn eat(&mut self, byte: u8) -> bool {
        match self.rest.split_first() {
            Some((&first, rest)) if first == byte => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    /// Skips blanks, the narrow no-break space included that browsers put before AM and PM.
    fn blanks(&mut self) -> bool {
        let before = self.rest.len();
        while let Some(rest) =
            [&b" "[..], b"\t", "\u{202f}".as_bytes(), "\u{a0}".as_bytes()].iter().find_map(|blank| self.rest.strip_prefix(*blank))
        {
            self.rest = rest;
        }
        self.rest.len() < before
    }

    fn take_while(&mut self, belongs: impl Fn(&u8) -> bool) -> &'a [u8] {
        let end = self.rest.iter().position(|byte| !belongs(byte)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    /// A number and how many digits it has, at most `most`.
    fn number(&mut self, most: usize) -> Option<(i64, usize)> {
        let digits = self.take_while(u8::is_ascii_digit);
        if digits.is_empty() || digits.len() > most {
            return None;
        }
        Some((digits.iter().fold(0, |value, digit| value * 10 + i64::from(digit - b'0')), digits.len()))
    }

    /// A day or month, an hour or minute: one or two digits.
    fn short(&mut self) -> Option<i64> {
        self.number(2).map(|(value, _)| value)
    }

    fn word(&mut self) -> &'a [u8] {
        self.take_while(u8::is_ascii_alphabetic)
    }

    /// Skips a weekday's name in front. Whether it fits the date is not asked: the date alone tells the moment.
    fn weekday(&mut self) {
        const NAMES: [&str; 7] = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
        let start = self.rest;
        let word = self.word();
        if named(&NAMES, word).is_none() {
            self.rest = start;
            return;
        }
        self.eat(b',');
        self.blanks();
    }

    fn month_name(&mut self) -> Option<i64> {
        const NAMES: [&str; 12] = [
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
        ];
        let word = self.word();
        let month = if word.eq_ignore_ascii_case(b"sept") { Some(8) } else { named(&NAMES, word) }?;
        i64::try_from(month + 1).ok()
    }

    fn year(&mut self) -> Option<i64> {
        match self.number(4)? {
            (year, 4) => Some(year),
            (year, 2) if year <= LAST_SHORT_YEAR => Some(2000 + year),
            (year, 2) => Some(1900 + year),
            _ => None,
        }
    }

    /// Year, month, day.
    fn date(&mut self) -> Option<(i64, i64, i64)> {
        if self.rest.first()?.is_ascii_alphabetic() {
            return self.month_first();
        }
        let (first, digits) = self.number(4)?;
        if digits == 4 { self.year_first(first) } else { self.day_or_month_first(first) }
    }

    /// `Nov 20, 2026`.
    fn month_first(&mut self) -> Option<(i64, i64, i64)> {
        let month = self.month_name()?;
        self.eat(b'.');
        self.blanks();
        let day = self.short()?;
        self.eat(b',');
        self.blanks();
        Some((self.year()?, month, day))
    }

    /// `2014-11-8`, `2014/11/08`, `2014-11`, and as the reference has them `2025, 6, 14` and `2017 - 08 - 01`.
    fn year_first(&mut self, year: i64) -> Option<(i64, i64, i64)> {
        let separator = *[b'-', b'/', b','].iter().find(|&&separator| self.separator(separator))?;
        let month = self.short()?;
        let day = match self.separator(separator) {
            true => self.short()?,
            false if separator == b'-' => 1,
            false => return None,
        };
        Some((year, month, day))
    }

    /// Skips a separator and the blanks around it; nothing if it is another.
    fn separator(&mut self, separator: u8) -> bool {
        let start = self.rest;
        self.blanks();
        if !self.eat(separator) {
            self.rest = start;
            return false;
        }
        self.blanks();
        true
    }

    /// `8 Nov 2014`, `08-Nov-14`, and the month first in numbers: `11/20/2026`, `11-20-2026`.
    fn day_or_month_first(&mut self, first: i64) -> Option<(i64, i64, i64)> {
        if self.eat(b'/') {
            let day = self.short()?;
            return if self.eat(b'/') { Some((self.year()?, first, day)) } else { None };
        }
        if !self.eat(b'-') && !self.blanks() {
            return None;
        }
        if self.rest.first()?.is_ascii_digit() {
            let day = self.short()?;
            return if self.eat(b'-') { Some((self.year()?, first, day)) } else { None };
        }
        let month = self.month_name()?;
        self.eat(b',');
        if !self.eat(b'-') {
            self.blanks();
        }
        Some((self.year()?, month, first))
    }

    /// The rest of the text: nothing, or a clock and perhaps a zone.
    fn clock_and_zone(&mut self, (year, month, day): (i64, i64, i64)) -> Option<i64> {
        if self.rest.is_empty() {
            return from_civil(year, month, day, 0, 0, 0, 0);
        }
        let start = self.rest.len();
        self.eat(b',');
        self.blanks();
        // Kibana writes `Nov 20, 2026 @ 23:00:00.000`.
        if self.eat(b'T') || self.eat(b't') || self.eat(b'@') {
            self.blanks();
        }
        if self.rest.len() == start {
            return None;
        }
        let hour = self.short()?;
        if !self.eat(b':') {
            return None;
        }
        let minute = self.short()?;
        let second = if self.eat(b':') { self.short()? } else { 0 };
        let ticks = if self.eat(b'.') {
            let digits = self.take_while(u8::is_ascii_digit);
            if digits.is_empty() {
                return None;
            }
            fraction(digits)?
        } else {
            0
        };
        self.blanks();
        let hour = self.half_of_day(hour)?;
        self.blanks();
        let offset = self.zone()?;
        if !self.rest.is_empty() {
            return None;
        }
        from_civil(year, month, day, hour, minute, second, ticks)?
            .checked_sub(offset * TICKS_PER_MINUTE)
            .filter(|&ticks| in_range(ticks))
    }

    /// The hour of the day, an AM or PM behind the clock taken in.
    fn half_of_day(&mut self, hour: i64) -> Option<i64> {
        let start = self.rest;
        let word = self.word();
        let noon = if word.eq_ignore_ascii_case(b"am") {
            0
        } else if word.eq_ignore_ascii_case(b"pm") {
            12
        } else {
            self.rest = start;
            return Some(hour);
        };
        (1..=12).contains(&hour).then_some(hour % 12 + noon)
    }

    /// Minutes east of UTC: `Z`, `GMT`, `UTC`, `+02:00`, `+0200`, `+2`, or nothing.
    fn zone(&mut self) -> Option<i64> {
        let word = self.word();
        let known = [&b"z"[..], b"gmt", b"utc", b"ut"].iter().any(|name| word.eq_ignore_ascii_case(name));
        if !word.is_empty() && !known {
            return None;
        }
        let sign = match self.rest.split_first() {
            None => return Some(0),
            Some((b'+', rest)) => {
                self.rest = rest;
                1
            }
            Some((b'-', rest)) => {
                self.rest = rest;
                -1
            }
            Some(_) => return None,
        };
        let (hours, minutes) = match self.number(4)? {
            (value, 4) => (value / 100, value % 100),
            (value, 1 | 2) => (value, if self.eat(b':') { self.short()? } else { 0 }),
            _ => return None,
        };
        // No zone is further from UTC than 14 hours.
        (minutes < 60 && hours * 60 + minutes <= 14 * 60).then_some(sign * (hours * 60 + minutes))
    }
}

/// The index of the name that `word` is, in full or by its first three letters, in any case.
fn named(names: &[&str], word: &[u8]) -> Option<usize> {
    names.iter().position(|name| word.eq_ignore_ascii_case(name.as_bytes()) || word.eq_ignore_ascii_case(&name.as_bytes()[..3]))
}
