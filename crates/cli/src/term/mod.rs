//! What a person sees on the terminal: tables, progress, warnings.

mod cells;
mod grid;
mod layout;
mod progress;
mod records;
mod table;

use std::io::{IsTerminal as _, Write as _};

pub(crate) use cells::harmless;
pub(crate) use grid::{Column, grid};
pub(crate) use progress::Progress;
pub(crate) use table::table;

/// Where results are shown.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Screen {
    /// Cells in a line of the terminal; `None` where the output is a pipe or a file, which has no width of its own.
    pub(crate) width: Option<usize>,
    /// Whether colours are wanted: on a terminal, and not where `NO_COLOR` says no.
    pub(crate) colour: bool,
}

impl Screen {
    /// A file or a pipe: the same text everywhere.
    pub(crate) const FILE: Self = Self { width: None, colour: false };

    /// Standard output.
    pub(crate) fn stdout() -> Self {
        if !std::io::stdout().is_terminal() {
            return Self::FILE;
        }
        let size = console::Term::stdout().size_checked();
        Self { width: size.map(|(_, columns)| usize::from(columns)), colour: console::colors_enabled() }
    }

    /// The width of a chart.
    pub(crate) fn chart_width(self) -> usize {
        self.width.unwrap_or(100).min(160)
    }
}

/// A count of things, in words: `1 row`, `20 rows`.
pub(crate) fn count(number: impl Into<u64>, thing: &str) -> String {
    match number.into() {
        1 => format!("1 {thing}"),
        other => format!("{other} {thing}s"),
    }
}

/// Tells of something that does not stop the command.
pub(crate) fn warn(message: &str) {
    say(&format!("warning: {message}"));
}

/// Tells how a command goes. Where nobody listens (a closed standard error), nothing is lost.
pub(crate) fn say(message: &str) {
    // Messages quote names and values of the input.
    let lines: Vec<String> = message.split('\n').map(|line| cells::harmless(line, usize::MAX)).collect();
    let _ = writeln!(std::io::stderr().lock(), "{}", lines.join("\n"));
}
