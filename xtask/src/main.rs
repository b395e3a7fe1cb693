//! House keeping that the shipped program has no part in: `cargo xtask codegen`, `tidy` and `deps`.
//!
//! Must not know any crate of the project: it reads files. Start with [`run`]; one folder is one command.

mod codegen;
mod deps;
mod mode;
mod tidy;
mod toml_text;
mod tree;

use std::{
    io::{self, Write},
    process::ExitCode,
};

use mode::Mode;
use tree::Tree;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  codegen [--check]   write the generated files; with --check only say which are stale
  codegen --lists     the same without the pages that take a build of every crate: after a file was added
  tidy                check the rules of the house
  deps                check licences, and who may use which dependency (reads `cargo metadata`)
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&arguments, &mut io::stdout()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {error:#}");
            ExitCode::from(3)
        }
    }
}

/// Runs one command; false when it found something to complain about.
fn run(arguments: &[&str], out: &mut impl Write) -> anyhow::Result<bool> {
    let complaints = match arguments {
        ["codegen"] => {
            let tree = Tree::of_project()?;
            let complaints = codegen::run(&tree, Mode::Write)?;
            codegen::bless(&tree)?;
            complaints
        }
        ["codegen", "--lists"] => codegen::run(&Tree::of_project()?, Mode::Write)?,
        ["codegen", "--check"] => codegen::run(&Tree::of_project()?, Mode::Check)?,
        ["tidy"] => tidy::check(&Tree::of_project()?),
        ["deps"] => deps::check(&Tree::of_project()?)?,
        _ => vec![USAGE.to_owned()],
    };
    for complaint in &complaints {
        writeln!(out, "{complaint}")?;
    }
    Ok(complaints.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{Mode, Tree, codegen, tidy};

    #[test]
    fn the_tree_keeps_the_rules_of_the_house() -> anyhow::Result<()> {
        assert_eq!(tidy::check(&Tree::of_project()?), Vec::<String>::new());
        Ok(())
    }

    #[test]
    fn generated_files_are_current() -> anyhow::Result<()> {
        assert_eq!(codegen::run(&Tree::of_project()?, Mode::Check)?, Vec::<String>::new());
        Ok(())
    }
}
