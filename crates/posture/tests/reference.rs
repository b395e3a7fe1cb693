//! `docs/reference/checks.md` is what the checks declare: `cargo xtask codegen` has this test write it.

#![expect(clippy::disallowed_methods, reason = "the page is a file, and BLESS says to write it")]

use std::{collections::BTreeSet, fmt::Write as _, path::Path};

use spoofwatch_posture::{Check, checks::ALL};

const HEAD: &str = "# Checks of domains

Written by `cargo xtask codegen` from what the checks declare; do not edit. `spoofwatch check DOMAIN` runs them.

";

type Outcome = Result<(), Box<dyn std::error::Error>>;

#[test]
fn the_page_of_checks_is_current() -> Outcome {
    let mut page = HEAD.to_owned();
    page.push_str("| check | mostly | finds |\n| --- | --- | --- |\n");
    for check in ALL {
        writeln!(page, "| [{id}](#{id}) | {} | {} |", check.severity, check.title.replace('|', "\\|"), id = check.id)?;
    }
    for check in ALL {
        section(&mut page, check)?;
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/checks.md");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &page)?;
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == page, "docs/reference/checks.md is stale: run `cargo xtask codegen`");
    Ok(())
}

fn section(page: &mut String, check: &Check) -> std::fmt::Result {
    let Check { id, title, meaning, risk, advice, .. } = check;
    writeln!(page, "\n## {id}\n\n**{title}.** {meaning}\n\nWhat can happen: {risk}\n\nWhat to do: {advice}\n")?;
    let references = check.references.iter().map(|reference| format!("[{}]({})", reference.title, reference.url));
    write!(page, "See {}.", references.collect::<Vec<_>>().join(", "))?;
    if !check.baseline.is_empty() {
        write!(page, " CISA's SCuBA baseline: {}.", check.baseline.join(", "))?;
    }
    writeln!(page)
}

#[test]
fn a_check_has_a_name_of_its_own_that_is_its_file_s() {
    let names: BTreeSet<&str> = ALL.iter().map(|check| check.id).collect();
    assert_eq!(names.len(), ALL.len());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/checks");
    for name in names {
        assert!(folder.join(format!("{}.rs", name.replace('-', "_"))).is_file(), "{name} is not declared in a file of its name");
    }
}

#[test]
fn a_check_says_everything_and_where_it_is_written() {
    for Check { id, title, meaning, risk, advice, references, .. } in ALL {
        for words in [title, meaning, risk, advice] {
            assert!(!words.trim().is_empty() && !words.contains("  "), "{id}: `{words}`");
        }
        assert!(!title.ends_with('.') && [meaning, risk, advice].iter().all(|words| words.ends_with('.')), "{id}: full stops");
        assert!(
            !references.is_empty() && references.iter().all(|reference| reference.url.starts_with("https://")),
            "{id}: references"
        );
    }
}
