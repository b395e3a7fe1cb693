//! A file's name and text to the functions it defines.

use std::sync::Arc;

use crate::{SavedFunction, Source, command, parser_file, plain};

/// The extensions of files that hold functions.
pub const EXTENSIONS: [&str; 5] = ["kql", "csl", "kusto", "yaml", "yml"];

/// The function of a file, under every name it has: a published parser may have two. `file` is the file's name, `origin` what
/// messages call it.
///
/// A text that cannot be read is a function too: calling it tells why. YAML that holds no function at all gives none.
#[must_use]
pub fn read(file: &str, origin: &str, text: &str) -> Vec<SavedFunction> {
    let (stem, extension) = file.rsplit_once('.').unwrap_or((file, ""));
    let source = Arc::new(Source { origin: origin.to_owned(), text: text.to_owned() });
    if ["yaml", "yml"].contains(&extension.to_ascii_lowercase().as_str()) {
        // A repository of rules holds other YAML too.
        let parser = ["FunctionQuery", "ParserQuery"].iter().any(|key| text.lines().any(|line| line.starts_with(key)));
        return if parser { parser_file::functions(stem, &source) } else { Vec::new() };
    }
    if let Some((name, summary)) = command::name_and_summary(text) {
        return vec![SavedFunction::unread(name, summary, source, command::definition)];
    }
    let (names, summary) = (std::iter::once(stem.to_owned()).chain(plain::also(text)), plain::summary(text));
    names.map(|name| SavedFunction::unread(name, summary.clone(), Arc::clone(&source), plain::definition)).collect()
}
