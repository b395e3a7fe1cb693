//! What a parser of YAML says, as a fault of a file.

use crate::Fault;

/// The fault that a text is not what it should be: `what` says what it is not, the parser why.
pub(crate) fn fault(path: &str, error: &serde_saphyr::Error, what: &str) -> Fault {
    let line = error.location().map_or(1, |location| usize::try_from(location.line()).unwrap_or(1));
    Fault::error(path, line, format!("{what}: {}", brief(error)))
}

/// The first line of a parser's message: the rest draws the place, which the fault names anyway.
fn brief(error: &serde_saphyr::Error) -> String {
    let message = error.without_snippet().to_string();
    let first = message.lines().next().unwrap_or_default().trim_start_matches("error: ");
    first.rsplit_once(" at line ").map_or(first, |(words, _)| words).to_owned()
}
