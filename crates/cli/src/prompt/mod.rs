//! The prompt of `hunt` without a query: lines are edited, queries run one after the other until the user leaves.
//!
//! Must not know how a query is completed or coloured (`assist`). Start with [`run`]; what begins with a dot is read in
//! [`command`].

mod command;
mod editor;
mod knowledge;
mod session;

use std::{path::Path, sync::Arc};

use reedline::Signal;

use crate::{command::Hunting, failure::Failure, term};
use command::Command;
pub(crate) use knowledge::Known;
use session::Session;

/// Reads and answers until the user leaves.
pub(crate) async fn run(data: &Path, hunting: Hunting) -> Result<(), Failure> {
    let mut session = Session::open(data, hunting).await?;
    let known = session.knowledge();
    let marks = editor::Marks(Arc::clone(&known));
    let mut editor = editor::editor(data, known);
    term::say(
        "Write a query; it runs at `;` or at an empty line, one of Kibana at the end of its line. Tab completes, .help tells the rest, Ctrl-D leaves.",
    );
    loop {
        // Reading waits for the keyboard, and completion for the engine: neither may hold up the runtime.
        let read = tokio::task::block_in_place(|| editor.read_line(&marks));
        let text = match read {
            Ok(Signal::Success(text)) => text,
            Ok(Signal::CtrlD) => return Ok(()),
            Ok(_) => continue,
            Err(error) => return Err(Failure::internal(format_args!("the terminal cannot be read: {error}"))),
        };
        let done = match Command::parse(&text) {
            None if text.trim().is_empty() => continue,
            None => session.query(&text).await,
            Some(Ok(Command::Quit)) => return Ok(()),
            Some(Ok(command)) => session.command(command).await,
            Some(Err(message)) => Err(Failure::input(message)),
        };
        match done {
            // Who reads the output of a terminal has gone: so has the user.
            Err(Failure::OutputClosed) => return Ok(()),
            Err(failure) => drop(failure.report()),
            Ok(()) => {}
        }
    }
}
