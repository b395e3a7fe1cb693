//! Texts of others, made so that they can do nothing to a terminal or a reader's eye.

/// Longest text that is shown; a record of many kilobytes is no reading.
pub(super) const LONGEST: usize = 4_000;

/// A text without anything that steers a terminal, is invisible, or turns the direction of writing: each is drawn as a replacement character.
#[must_use]
pub fn harmless(text: &str) -> String {
    let mut out: String = text.chars().take(LONGEST).map(drawn).collect();
    if text.chars().nth(LONGEST).is_some() {
        out.push('…');
    }
    out
}

/// The same without an end: for lines that are there to be copied, which the DNS bounds.
#[must_use]
pub(super) fn whole(text: &str) -> String {
    text.chars().map(drawn).collect()
}

fn drawn(letter: char) -> char {
    match letter {
        '\n' | '\r' | '\t' => ' ',
        letter if letter.is_control() => '\u{fffd}',
        '\u{ad}'
        | '\u{61c}'
        | '\u{115f}'..='\u{1160}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{3164}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}' => '\u{fffd}',
        letter => letter,
    }
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, harmless};

    #[test]
    fn what_steers_a_terminal_or_hides_is_drawn() {
        assert_eq!(harmless("a\u{1b}[2J\u{9b}1m\nb"), "a\u{fffd}[2J\u{fffd}1m b");
        assert_eq!(harmless("moc\u{202e}.x \u{200b}y\u{e0041}"), "moc\u{fffd}.x \u{fffd}y\u{fffd}");
        assert_eq!(harmless("v=DMARC1; p=reject"), "v=DMARC1; p=reject");
        assert_eq!(harmless("Zürich 日本"), "Zürich 日本");
    }

    #[test]
    fn a_text_of_megabytes_is_cut() {
        assert_eq!(harmless(&"x".repeat(LONGEST * 2)).chars().count(), LONGEST + 1);
    }
}
