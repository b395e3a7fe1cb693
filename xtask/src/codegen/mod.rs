//! Files that are written from other files: lists of modules, of tables, and what follows from one source of truth.
//!
//! Must not know how a file is written ([`Mode`]). Start with [`run`]. A generator is pure, one file each: it gives the
//! paths and texts wanted. Pages that need compiled declarations are written by the tests that keep them current
//! ([`bless`]).

mod clippy;
mod library;
mod lists;
mod order;
mod pack;
mod pages;
mod table_list;
mod table_pages;

use std::process::Command;

use anyhow::{Context, bail};

use crate::{mode::Mode, tree::Tree};

/// A file that is wanted: its path and its text.
pub(crate) type Wanted = (String, String);

/// The longest line that rustfmt leaves on one line; `max_width` in rustfmt.toml.
const WIDTH: usize = 130;

/// Tests that write a page from compiled declarations when `BLESS` is set: the package, and which of its tests.
const BLESSED: [(&str, &[&str]); 6] = [
    ("spoofwatch", &["--bin", "spoofwatch", "reference::"]),
    ("spoofwatch-engine", &["--test", "engine", "reference::"]),
    ("spoofwatch-functions", &["--test", "functions", "reference::"]),
    ("spoofwatch-posture", &["--test", "reference"]),
    ("spoofwatch-rules", &["--test", "rules", "lints::"]),
    ("spoofwatch-engine", &["--test", "engine", "names::"]),
];

/// Brings every generated file up to date, or reports the stale ones.
pub(crate) fn run(tree: &Tree, mode: Mode) -> anyhow::Result<Vec<String>> {
    let mut wanted = lists::generate(tree)?;
    wanted.extend(library::generate(tree));
    wanted.extend(pack::generate(tree));
    wanted.extend(pages::generate(tree));
    wanted.extend(table_list::generate(tree));
    wanted.extend(table_pages::generate(tree)?);
    wanted.extend(clippy::generate(tree)?);
    let mut complaints = Vec::new();
    for (path, text) in &wanted {
        complaints.extend(mode.apply(tree, path, text)?);
    }
    Ok(complaints)
}

/// Has the tests write the pages they keep current. With `--check` they are part of `cargo test`, which says the same.
pub(crate) fn bless(tree: &Tree) -> anyhow::Result<()> {
    for (package, test) in BLESSED {
        let mut command = Command::new("cargo");
        command.current_dir(&tree.root).env("BLESS", "1").args(["test", "--quiet", "--package", package]).args(test);
        let status = command.status().context("cannot start cargo")?;
        if !status.success() {
            bail!("the test `{}` of {package} failed, and its page was not written", test.join(" "));
        }
    }
    Ok(())
}
