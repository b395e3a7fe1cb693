//! `spoofwatch explain`: what a lint finds, what a code of an error means.

use clap::Args;

use crate::{failure::Failure, output};

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// A lint, such as unused-flag, or the code of an error, such as K0102.
    #[arg(value_name = "NAME")]
    name: String,
}

pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let name = options.name.trim();
    match page(name) {
        Some(page) => output::print(&page),
        None => {
            let codes = codes().map(|(id, ..)| id);
            let near = schema::nearest(name, rules::lint::ALL.iter().map(|lint| lint.name).chain(codes));
            let help = if near.is_empty() { String::new() } else { format!("; did you mean {}?", near.join(", ")) };
            Err(Failure::input(format!("error: there is no lint and no code `{name}`{help}")))
        }
    }
}

/// The page of a lint or a code.
pub(crate) fn page(name: &str) -> Option<String> {
    if let Some(lint) = rules::lint::lint(name) {
        return Some(lint.page());
    }
    let (id, form, help) = codes().find(|(id, ..)| id.eq_ignore_ascii_case(name))?;
    Some(format!("## {id}\n\n{form}.\n\n{help}\n"))
}

/// Every code: its id, the form of its message, what to do.
fn codes() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    let syntax = kql::codes::ALL.iter().map(|code| (code.id, code.form, code.help));
    syntax.chain(engine::codes::ALL.iter().map(|code| (code.id, code.form, code.help)))
}

#[cfg(test)]
mod tests {
    use super::page;

    #[test]
    fn lints_and_codes_have_a_page() {
        assert!(page("unused-flag").is_some_and(|page| page.starts_with("## unused-flag")));
        assert!(page("k0001").is_some_and(|page| page.starts_with("## K0001")));
        assert_eq!(page("unused-flagg"), None);
    }
}
