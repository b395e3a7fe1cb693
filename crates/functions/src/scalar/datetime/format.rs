//! The patterns of `format_datetime` and `format_timespan`: runs of a letter, and characters between them.

use std::fmt::Write as _;

/// A piece of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece {
    /// A letter with a meaning, this often.
    Run(char, usize),
    /// Any other character.
    Other(char),
}

/// Splits a pattern; `letters` says how often each letter with a meaning may stand in a row. `None` if it stands more often.
pub(super) fn pieces(pattern: &str, letters: fn(char) -> usize) -> Option<Vec<Piece>> {
    let mut pieces: Vec<Piece> = Vec::new();
    for c in pattern.chars() {
        let most = letters(c);
        match pieces.last_mut() {
            Some(Piece::Run(letter, count)) if *letter == c => {
                *count += 1;
                if *count > most {
                    return None;
                }
            }
            _ if most > 0 => pieces.push(Piece::Run(c, 1)),
            _ => pieces.push(Piece::Other(c)),
        }
    }
    Some(pieces)
}

/// Appends a number with at least `width` digits.
pub(super) fn number(value: i64, width: usize, out: &mut String) {
    // Writing to a String cannot fail.
    let _ = write!(out, "{value:0width$}");
}

/// Appends the first `count` of the seven digits of a second's ticks; `trimmed` leaves trailing zeros out, and with them, if
/// nothing remains, the point before.
pub(super) fn fraction(ticks: i64, count: usize, trimmed: bool, out: &mut String) {
    let digits = format!("{ticks:07}");
    let digits = digits.get(..count).unwrap_or(&digits);
    if !trimmed {
        out.push_str(digits);
        return;
    }
    let rest = digits.trim_end_matches('0');
    if rest.is_empty() && out.ends_with('.') {
        out.pop();
    }
    out.push_str(rest);
}
