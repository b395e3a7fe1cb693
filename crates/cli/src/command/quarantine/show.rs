//! `spoofwatch quarantine show`: one message, safely.

use clap::Args;
use mailflow::quarantine::{Store, view::View};
use serde_json::json;

use super::failed;
use crate::{command::alerts::moment, failure::Failure, output, term::harmless};

/// Arguments of `quarantine show`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// The message's id, or its beginning.
    id: String,
    /// All that is known, as JSON.
    #[arg(long, conflicts_with = "raw")]
    json: bool,
    /// The message byte for byte as it came: for a file, and not for a terminal.
    #[arg(long)]
    raw: bool,
}

pub(super) fn run(store: &Store, options: &Options) -> Result<(), Failure> {
    let id = store.find(&options.id).map_err(failed)?;
    if options.raw {
        use std::io::{IsTerminal as _, Write as _};
        let mut out = std::io::stdout();
        if out.is_terminal() {
            return Err(Failure::input("error: --raw: a message may hold what a terminal obeys; send it to a file"));
        }
        return Ok(out.write_all(&store.message(&id).map_err(failed)?)?);
    }
    let item = store.item(&id).map_err(failed)?;
    if options.json {
        return output::print(&format!("{}\n", json!(item)));
    }
    let view = View::of(&store.message(&id).map_err(failed)?);
    let about = &item.about;
    let mut text = format!("{id} · {} · came {} · {} bytes\n", item.state.as_str(), moment(item.received), item.size);
    let mut line = |name: &str, value: &str| text.push_str(&format!("{name:<10} {}\n", harmless(value, 2_000)));
    line("client", &format!("{} ({})", about.client.as_deref().unwrap_or("unknown"), about.helo.as_deref().unwrap_or_default()));
    line("envelope", &format!("<{}> for {}", about.mail_from, about.recipients.join(", ")));
    line("rule", &about.rule);
    for because in &about.because {
        line("because", because);
    }
    if let Some(results) = &about.authentication_results {
        line("verdicts", &results.split_whitespace().collect::<Vec<_>>().join(" "));
    }
    text.push('\n');
    for (name, value) in &view.fields {
        text.push_str(&format!("{}: {}\n", harmless(name, 100), harmless(value, 2_000)));
    }
    text.push('\n');
    for line in view.text.lines() {
        text.push_str(&format!("{}\n", harmless(line, 2_000)));
    }
    for attachment in &view.attachments {
        text.push_str(&format!(
            "attachment {} ({}, {} bytes)\n",
            harmless(&attachment.name, 200),
            attachment.kind,
            attachment.size
        ));
    }
    if view.cut {
        text.push_str("\nSome of it is left out; --raw gives all.\n");
    }
    output::print(&text)
}
