//! Lines of text with colours, written with or without them.

use anstyle::{Ansi256Color, AnsiColor, Style};
use unicode_width::UnicodeWidthChar as _;

use crate::data::{Line, Tone};
use crate::palette;
use crate::text::cells;

/// How a piece of text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ink {
    /// As the terminal writes.
    Plain,
    /// Titles and large values.
    Bold,
    /// Axes, titles of axes, notes.
    Dim,
    /// The n-th series.
    Series(usize),
    /// What is summed up, or has no colour of its own.
    Grey,
    /// Anomalies.
    Alert,
}

impl Ink {
    /// The ink of a series.
    pub(crate) fn of(line: &Line) -> Self {
        match line.tone {
            Tone::Named(index) => Self::Series(index),
            Tone::Other | Tone::Muted => Self::Grey,
        }
    }

    fn style(self) -> Style {
        match self {
            Self::Plain => Style::new(),
            Self::Bold => Style::new().bold(),
            Self::Dim => Style::new().dimmed(),
            Self::Series(index) => Ansi256Color(palette::TERMINAL[index % palette::TERMINAL.len()]).on_default(),
            Self::Grey => AnsiColor::BrightBlack.on_default(),
            Self::Alert => AnsiColor::BrightRed.on_default().bold(),
        }
    }
}

/// One line.
#[derive(Debug, Clone, Default)]
pub(crate) struct Row(Vec<(String, Ink)>);

impl Row {
    /// A line of one piece.
    pub(crate) fn of(text: impl Into<String>, ink: Ink) -> Self {
        Self(vec![(text.into(), ink)])
    }

    /// Adds a piece; pieces of one ink become one.
    pub(crate) fn push(&mut self, text: &str, ink: Ink) {
        match self.0.last_mut() {
            Some((last, same)) if *same == ink => last.push_str(text),
            _ => self.0.push((text.to_owned(), ink)),
        }
    }

    /// Adds the pieces of another line.
    pub(crate) fn extend(&mut self, other: Self) {
        for (text, ink) in other.0 {
            self.push(&text, ink);
        }
    }

    /// Terminal cells so far.
    pub(crate) fn width(&self) -> usize {
        self.0.iter().map(|(text, _)| cells(text)).sum()
    }

    /// Adds spaces up to `width` cells.
    pub(crate) fn pad(&mut self, width: usize) {
        let missing = width.saturating_sub(self.width());
        self.push(&" ".repeat(missing), Ink::Plain);
    }

    /// The line without what is beyond `width` cells.
    pub(crate) fn cut(self, width: usize) -> Self {
        if self.width() <= width {
            return self;
        }
        let mut short = Self::default();
        for (text, ink) in self.0 {
            let mut room = width.saturating_sub(short.width());
            let fits = |c: &char| {
                let cells = c.width().unwrap_or(0);
                let fits = cells <= room;
                room = room.saturating_sub(cells);
                fits
            };
            let kept: String = text.chars().take_while(fits).collect();
            let all = kept.len() == text.len();
            short.push(&kept, ink);
            if !all {
                break;
            }
        }
        short
    }

    /// The line as text, without spaces at its end.
    pub(crate) fn written(&self, colour: bool) -> String {
        let last = self.0.iter().rposition(|(text, _)| !text.trim_end_matches(' ').is_empty());
        let mut out = String::new();
        for (at, (text, ink)) in self.0.iter().enumerate().take(last.map_or(0, |last| last + 1)) {
            let text = if Some(at) == last { text.trim_end_matches(' ') } else { text };
            let style = ink.style();
            if colour && style != Style::new() && !text.trim().is_empty() {
                out.push_str(&format!("{style}{text}{style:#}"));
            } else {
                out.push_str(text);
            }
        }
        out
    }
}
