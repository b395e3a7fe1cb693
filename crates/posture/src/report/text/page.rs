//! Lines of words with what they mean, wrapped to a width.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use crate::report::harmless::{harmless, whole};

/// What words mean, for those who show it by colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Nothing more than they say.
    Plain,
    /// The name of what follows.
    Heading,
    /// Said beside.
    Quiet,
    /// As it should be.
    Good,
    /// Could be better.
    Doubtful,
    /// Dangerous.
    Bad,
    /// To be copied as it stands.
    Copy,
}

/// Words and what they mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The words; they can do nothing to a terminal.
    pub text: String,
    /// What they mean.
    pub tone: Tone,
}

/// A line of words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line(Vec<Span>);

/// Lines that are being written.
#[derive(Debug)]
pub(super) struct Page {
    width: usize,
    lines: Vec<Line>,
}

impl Line {
    /// Its words.
    #[must_use]
    pub fn spans(&self) -> &[Span] {
        &self.0
    }

    /// Whether it is there to be copied, and therefore as long as it is.
    #[must_use]
    pub fn is_to_be_copied(&self) -> bool {
        self.0.iter().any(|span| span.tone == Tone::Copy)
    }

    /// The same, with more words; only what words may be written of is.
    pub(super) fn and(mut self, text: &str, tone: Tone) -> Self {
        self.0.push(Span { text: harmless(text), tone });
        self
    }
}

impl Page {
    pub(super) const fn new(width: usize) -> Self {
        Self { width, lines: Vec::new() }
    }

    /// Cells of a line.
    pub(super) const fn width(&self) -> usize {
        self.width
    }

    pub(super) fn lines(self) -> Vec<Line> {
        self.lines
    }

    /// An empty line, where the one before is not empty already.
    pub(super) fn gap(&mut self) {
        if self.lines.last().is_some_and(|line| !line.0.is_empty()) {
            self.lines.push(Line::default());
        }
    }

    /// A line as it is.
    pub(super) fn line(&mut self, line: Line) {
        self.lines.push(line);
    }

    /// A line to be copied.
    pub(super) fn copy(&mut self, indent: usize, text: &str) {
        let mut line = Line::default().and(&" ".repeat(indent), Tone::Plain);
        line.0.push(Span { text: whole(text), tone: Tone::Copy });
        self.line(line);
    }

    /// Words below each other where one line is not enough, all so far from the edge.
    pub(super) fn words(&mut self, indent: usize, text: &str, tone: Tone) {
        self.labelled(indent, "", Tone::Plain, text, tone);
    }

    /// Words after a label; further lines stand below the words.
    pub(super) fn labelled(&mut self, indent: usize, label: &str, label_tone: Tone, text: &str, tone: Tone) {
        let label = harmless(label);
        let start = indent + label.width();
        let mut head = Some(label);
        for row in wrapped(&harmless(text), self.width.saturating_sub(start)) {
            let mut line = Line::default();
            match head.take().filter(|label| !label.is_empty()) {
                Some(label) => line = line.and(&" ".repeat(indent), Tone::Plain).and(&label, label_tone),
                None => line = line.and(&" ".repeat(start), Tone::Plain),
            }
            self.line(line.and(&row, tone));
        }
    }
}

/// A text in lines of at most so many cells; a word that is longer has a line of its own.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        if !line.is_empty() && line.width() + 1 + word.width() > width {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

/// A text in a field of so many cells: cut with an ellipsis where it is longer, filled up with spaces where it is shorter.
pub(super) fn field(text: &str, width: usize) -> String {
    let text = harmless(text);
    if text.width() <= width {
        let gap = width.saturating_sub(text.width());
        return format!("{text}{}", " ".repeat(gap));
    }
    let mut out = String::new();
    let mut cells = 0;
    for letter in text.chars() {
        let wide = letter.width().unwrap_or(0);
        if cells + wide + 1 > width {
            break;
        }
        cells += wide;
        out.push(letter);
    }
    out.push('…');
    out.push_str(&" ".repeat(width.saturating_sub(cells + 1)));
    out
}

#[cfg(test)]
mod tests {
    use super::{field, wrapped};

    #[test]
    fn words_are_wrapped_and_never_cut() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("https://long.example/x y", 5), ["https://long.example/x", "y"]);
        assert_eq!(wrapped("", 5), [""]);
    }

    #[test]
    fn a_field_has_its_width_in_cells() {
        assert_eq!(field("abc", 5), "abc  ");
        assert_eq!(field("abcdef", 4), "abc…");
        assert_eq!(field("日本語", 4), "日… ");
    }
}
