//! What a person sees on the terminal: tables, progress, warnings.

mod progress;
mod table;

use std::io::IsTerminal as _;

pub(crate) use progress::Progress;
pub(crate) use table::table;

/// Width and height of the terminal in cells; 100 by 30 where there is none.
pub(crate) fn size() -> (usize, usize) {
    let terminal = console::Term::stdout();
    match terminal.size_checked() {
        Some((rows, columns)) if std::io::stdout().is_terminal() => (usize::from(columns), usize::from(rows)),
        _ => (100, 30),
    }
}

/// Tells of something that does not stop the command.
#[expect(clippy::print_stderr, reason = "this is where warnings reach the user")]
pub(crate) fn warn(message: &str) {
    eprintln!("warning: {message}");
}

/// Tells how a command goes.
#[expect(clippy::print_stderr, reason = "what is no result goes to standard error")]
pub(crate) fn say(message: &str) {
    eprintln!("{message}");
}
