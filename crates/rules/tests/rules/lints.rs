//! `docs/reference/lints.md` is what the lints declare: `cargo xtask codegen` has this test write it.

use std::{fmt::Write as _, path::Path};

use spoofwatch_rules::lint::ALL;

use super::Outcome;

const HEAD: &str = "# Lints

Written by `cargo xtask codegen` from what the lints declare; do not edit. `spoofwatch rules lint` runs them, `spoofwatch explain LINT`
prints one of these pages. How rules allow a finding stands in the [guide](../guide/rules.md#lints).

";

#[test]
fn the_page_of_lints_is_current() -> Outcome {
    let mut page = HEAD.to_owned();
    page.push_str("| lint | level | certainty | finds |\n| --- | --- | --- | --- |\n");
    for lint in ALL {
        let (name, level, certainty) = (lint.name, lint.level.name(), lint.certainty.name());
        writeln!(page, "| [{name}](#{name}) | {level} | {certainty} | {} |", lint.summary.replace('|', "\\|"))?;
    }
    for lint in ALL {
        write!(page, "\n{}", lint.page())?;
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/lints.md");
    #[expect(clippy::disallowed_methods, reason = "BLESS says to write the page")]
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &page)?;
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == page, "docs/reference/lints.md is stale: run `cargo xtask codegen`");
    Ok(())
}
