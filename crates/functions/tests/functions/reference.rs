//! `docs/kql-reference.md` is what the declarations say, and every declaration says enough for it.
#![expect(clippy::disallowed_methods, reason = "the page is a file, and BLESS says to write it")]

use std::{env, error::Error, fs, path::Path};

use spoofwatch_functions::{Eval, Section, all, reference};

#[test]
fn the_page_is_current() -> Result<(), Box<dyn Error>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/kql-reference.md");
    let page = reference::page();
    if env::var_os("BLESS").is_some() {
        fs::write(&path, &page)?;
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(written == page, "docs/kql-reference.md is stale: run `cargo xtask codegen`");
    Ok(())
}

#[test]
fn every_function_has_a_summary_a_page_and_an_example() {
    let shown = all().filter(|function| function.section != Section::Internal);
    let bare = shown.filter(|function| {
        let sentence = function.summary.ends_with('.');
        let page = !function.doc.is_empty() && function.doc.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        // What only a tabular operator gives a meaning to is shown by the cases of that operator.
        let example = !function.examples.is_empty() || matches!(function.eval, Eval::Binder);
        !(sentence && page && example)
    });
    assert_eq!(bare.map(|function| function.name).collect::<Vec<_>>(), Vec::<&str>::new());
}

#[test]
fn a_name_and_a_number_of_arguments_stand_for_one_function() {
    let mut names: Vec<(&str, (usize, usize))> = all()
        .flat_map(|function| {
            std::iter::once(function.name).chain(function.aliases.iter().copied()).map(|name| (name, function.arity()))
        })
        .collect();
    names.sort_unstable();
    let both = |pair: &&[(&str, (usize, usize))]| pair[0].0 == pair[1].0 && pair[0].1.1 >= pair[1].1.0;
    let twice: Vec<&[(&str, (usize, usize))]> = names.windows(2).filter(both).collect();
    assert!(twice.is_empty(), "{twice:?}");
}
