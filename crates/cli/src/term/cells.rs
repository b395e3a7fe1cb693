//! The cells of a result as texts for a terminal. Must not know how they are laid out.

use arrow::array::Array as _;
use engine::{Results, value};
use schema::Type;

/// The first `limit` rows; a text longer than `longest` characters is cut.
pub(crate) fn rows(results: &Results, limit: usize, longest: usize) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for batch in &results.batches {
        for row in 0..batch.num_rows().min(limit - rows.len()) {
            let cells = results.columns.iter().zip(batch.columns()).map(|(column, array)| {
                let mut text = String::new();
                if !array.is_null(row) {
                    value::write_text(array, column.ty, row, &mut text);
                }
                match column.ty {
                    Type::Datetime | Type::Timespan => short(&text),
                    _ => harmless(&text, longest),
                }
            });
            rows.push(cells.collect());
        }
    }
    rows
}

/// A time without the zeros that end its fraction, which say nothing to a reader.
fn short(text: &str) -> String {
    let (number, zone) = text.strip_suffix('Z').map_or((text, ""), |number| (number, "Z"));
    match number.rsplit_once('.') {
        Some((whole, fraction)) if whole.contains(':') => {
            let fraction = fraction.trim_end_matches('0');
            if fraction.is_empty() { format!("{whole}{zone}") } else { format!("{whole}.{fraction}{zone}") }
        }
        _ => text.to_owned(),
    }
}

/// A text that can do nothing to a terminal, and hides nothing: what is invisible or turns the direction of writing is drawn.
pub(crate) fn harmless(text: &str, longest: usize) -> String {
    let mut out: String = text
        .chars()
        .take(longest)
        .map(|c| match c {
            '\n' | '\r' | '\t' => ' ',
            c if c.is_control() => '\u{fffd}',
            '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' => {
                '\u{fffd}'
            }
            c => c,
        })
        .collect();
    if text.chars().nth(longest).is_some() {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{harmless, short};

    #[test]
    fn zeros_that_end_a_fraction_are_left_out() {
        assert_eq!(short("2026-11-20T23:00:00.0000000Z"), "2026-11-20T23:00:00Z");
        assert_eq!(short("2026-11-20T23:00:00.1200000Z"), "2026-11-20T23:00:00.12Z");
        assert_eq!(short("1.02:03:04.5000000"), "1.02:03:04.5");
        assert_eq!(short("1.00:00:00"), "1.00:00:00");
    }

    #[test]
    fn nothing_reaches_the_terminal_that_steers_it_or_hides() {
        assert_eq!(harmless("a\u{1b}[2J\nb", 99), "a\u{fffd}[2J b");
        assert_eq!(harmless("pay\u{200b}pal \u{202e}fdp", 99), "pay\u{fffd}pal \u{fffd}fdp");
        assert_eq!(harmless("abcdef", 3), "abc…");
    }
}
