//! `docs/reference/cli.md` is what the arguments are declared as. Only a test: `cargo xtask codegen` has it write the page.

use std::{error::Error, fmt::Write as _, path::Path};

use clap::{Arg, ArgAction, Command, CommandFactory as _};

use super::Arguments;

#[test]
fn the_page_of_the_command_line_is_current() -> Result<(), Box<dyn Error>> {
    let mut page =
        "# The command line\n\nWritten by `cargo xtask codegen` from what the program declares; do not edit.\n".to_owned();
    let mut command = Arguments::command().term_width(100);
    command.build();
    chapter(&mut page, &command, "spoofwatch")?;
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/cli.md");
    #[expect(clippy::disallowed_methods, reason = "BLESS says to write the page")]
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &page)?;
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == page, "docs/reference/cli.md is stale: run `cargo xtask codegen`");
    Ok(())
}

fn chapter(page: &mut String, command: &Command, name: &str) -> Result<(), Box<dyn Error>> {
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    write!(page, "\n## {name}\n\n{about}.\n\n```\n{}\n```\n", usage(command, name))?;
    let shown = |arg: &&Arg| !arg.is_hide_set() && !matches!(arg.get_action(), ArgAction::Help | ArgAction::Version);
    // What every command takes stands once, under the program.
    let own: Vec<&Arg> =
        command.get_arguments().filter(shown).filter(|arg| name == "spoofwatch" || !arg.is_global_set()).collect();
    if !own.is_empty() {
        page.push_str("\n| argument | what it is |\n| --- | --- |\n");
    }
    for arg in own {
        writeln!(page, "| {} | {} |", spelling(arg), meaning(arg))?;
    }
    for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help" && !sub.is_hide_set()) {
        chapter(page, sub, &format!("{name} {}", sub.get_name()))?;
    }
    Ok(())
}

fn usage(command: &Command, name: &str) -> String {
    let usage = command.clone().render_usage().to_string();
    let rest = usage.trim_start_matches("Usage:").trim();
    // Alone, a command calls itself by its last word.
    match rest.strip_prefix(name) {
        Some(_) => rest.to_owned(),
        None => format!("{name}{}", rest.strip_prefix(command.get_name()).unwrap_or(rest)),
    }
}

fn spelling(arg: &Arg) -> String {
    let value = match arg.get_value_names() {
        Some(names) if arg.get_action().takes_values() => {
            names.iter().map(|name| format!("<{name}>")).collect::<Vec<_>>().join(" ")
        }
        _ => String::new(),
    };
    let long = arg.get_long().map(|long| format!("--{long}"));
    let short = arg.get_short().map(|short| format!("-{short}"));
    let names: Vec<String> = short.into_iter().chain(long).collect();
    format!("`{}`", [names.join(", "), value].join(" ").trim())
}

fn meaning(arg: &Arg) -> String {
    let mut text = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let defaults: Vec<String> = arg.get_default_values().iter().map(|value| format!("`{}`", value.to_string_lossy())).collect();
    if arg.get_action().takes_values() {
        let values: Vec<String> = arg
            .get_possible_values()
            .iter()
            .filter(|value| !value.is_hide_set())
            .map(|value| format!("`{}`", value.get_name()))
            .collect();
        if !values.is_empty() {
            text.push_str(&format!(". One of {}", values.join(", ")));
        }
        if !defaults.is_empty() {
            text.push_str(&format!(". Default: {}", defaults.join(" ")));
        }
    }
    text.replace('|', "\\|").replace('<', "&lt;")
}
