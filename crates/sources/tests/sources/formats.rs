//! Every file under `tests/data` is read and gives what the `.expected` file beside it says.
//!
//! To write the expectation of a new file, run with `BLESS=1` and read what was written.

#![expect(clippy::disallowed_methods, reason = "expectations are files, and BLESS says to write them")]

use std::path::{Path, PathBuf};

use spoofwatch_sources::{Input, Options, Place, expand};

use crate::support;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

#[test]
fn every_file_gives_what_is_written_beside_it() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let (inputs, errors) = expand(&[root.display().to_string()], &|_| false);
    assert!(errors.is_empty(), "{errors:?}");
    let mut failures = Vec::new();
    for mut input in inputs {
        if input.name.ends_with(".expected") {
            continue;
        }
        let expected_file = PathBuf::from(format!("{}.expected", input.name));
        // Named as from the folder, so that no expectation holds a path of a machine and none says a table by accident.
        input.name = Path::new(&input.name).strip_prefix(&root)?.display().to_string();
        let told = support::told(&input, &Options::default())?;
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&expected_file, &told)?;
        }
        let expected = std::fs::read_to_string(&expected_file).unwrap_or_default();
        if told != expected {
            failures.push(format!("{}\n--- expected\n{expected}--- told\n{told}", input.name));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    Ok(())
}

#[test]
fn lines_are_documents_where_that_is_said_and_each_is_rejected_by_itself() -> Result<()> {
    let text = "{\"a\":\n\u{1f}\u{8b}\nFrom x@example.com Fri Nov 20\n{\"records\":[{\"Subject\":\"b\"}]}\n[]\n";
    let told = |options: &Options| {
        let input = Input { name: "POST".to_owned(), place: Place::Memory(text.as_bytes().into()) };
        support::told(&input, options)
    };
    let lines = Options { lines: true, ..Options::default() };
    let rejected = told(&lines)?;
    assert!(rejected.ends_with("0 rows, 5 rejected\n") && !rejected.contains("fault"), "{rejected}");
    let of_table = told(&Options { table: Some("EmailEvents".to_owned()), ..lines })?;
    assert!(of_table.contains("reject POST:4 EmailEvents: the row has no time"), "{of_table}");
    Ok(())
}
