//! Case files as people write them, and as they get them wrong.

use std::path::Path;

use super::file;
use crate::case::{Case, Source};

const FENCE: &str = "```";

/// Text with `~~~` for the backticks of fences.
fn read(text: &str) -> Vec<Case> {
    file(Path::new("topic.md"), &text.replace("~~~", FENCE))
}

/// The only case's fault, as line and message.
fn fault(text: &str) -> String {
    match read(text).as_slice() {
        [Case { content: Err(fault), .. }] => format!("{}: {}", fault.line, fault.message),
        other => format!("no fault in {other:?}"),
    }
}

#[test]
fn a_file_is_a_head_and_cases() -> Result<(), String> {
    let cases = read(
        "# join\n~~~case\nas_of = 2026-02-03T00:00:00Z\ntables = { EmailEvents = \"data/mail.ndjson\" }\n~~~\n\n## One\nWhy it is so.\n\
         ~~~kql ordered\nprint\n  1\n~~~\n| a:long |\n| --- |\n| 1 |\n\n## Two\n~~~kql\nprnt 1\n~~~\n~~~error\nK0007 1:1 no … `prnt`\n~~~\n",
    );
    let [one, two] = cases.as_slice() else { return Err(format!("{cases:?}")) };
    assert_eq!(one.name(), "topic.md:7 One");
    let first = one.content.as_ref().map_err(|fault| fault.message.clone())?;
    assert_eq!((first.query.as_str(), first.query_line, first.expect.ordered), ("print\n  1", 10, true));
    assert!(matches!(&first.setup.tables["EmailEvents"], Source::File(path) if path == "data/mail.ndjson"));
    assert_eq!(first.expect.rows.as_ref().map(|rows| rows.rows.len()), Some(1));
    assert_eq!(two.codes().collect::<Vec<_>>(), ["K0007"]);
    let second = two.content.as_ref().map_err(|fault| fault.message.clone())?;
    let finding = second.expect.errors.iter().flatten().next().ok_or("no finding")?;
    assert_eq!((finding.position, finding.words.join("/")), (Some((1, 1)), "no/`prnt`".to_owned()));
    Ok(())
}

#[test]
fn the_options_of_a_case_add_to_those_of_the_file() -> Result<(), String> {
    let cases = read(
        "~~~case\ntables = { A = \"a.csv\" }\n~~~\n## x\n~~~case\nxfail = \"not yet\"\n~~~\n~~~data B\nk:long\n1\n~~~\n~~~kql\nB\n~~~\n",
    );
    let content = cases[0].content.as_ref().map_err(|fault| fault.message.clone())?;
    assert_eq!(content.setup.tables.keys().collect::<Vec<_>>(), ["A", "B"]);
    assert_eq!(content.setup.xfail.as_deref(), Some("not yet"));
    Ok(())
}

#[test]
fn a_longer_fence_may_hold_a_shorter_one() -> Result<(), String> {
    let cases = read("## x\n~~~`kql\nprint ~~~a\nb~~~\n~~~\n~~~`\n");
    let content = cases[0].content.as_ref().map_err(|fault| fault.message.clone())?;
    assert_eq!(content.query, "print ```a\nb```\n```");
    Ok(())
}

#[test]
fn a_fault_names_its_line_and_what_to_write() {
    for (text, expected) in [
        ("# topic\nwords\n", "1: this file holds no case: write `## ` and what the case shows, a ```kql fence, then a table"),
        ("~~~kql\nT\n~~~\n", "1: a query needs a heading above it: write `## ` and what the case shows"),
        ("## x\nwords\n", "1: this case has no query: write it in a ```kql fence"),
        ("## x\n~~~kql\nT\n", "2: this fence is never closed: add a line of ```"),
        ("## x\n~~~kql\nT\n~~~\n~~~kql\nT\n~~~\n", "5: a case has one query: give this one a heading of its own"),
        ("## x\n~~~kql sorted\nT\n~~~\n", "2: after ```kql only `ordered` may stand"),
        (
            "## x\n~~~case\nxfial = 1\n~~~\n",
            "3: there is no option `xfial`; there are `as_of` (a time), `tables` ({ Name = \"data/file.ndjson\" }), `parameters` ({ name = \"value\" }), `xfail` (why the case is known to fail)",
        ),
        ("## x\n~~~case\n\nas_of = 3\n~~~\n", "4: `as_of`: write a time such as 2026-01-01T00:00:00Z"),
        (
            "## x\n~~~rows\n~~~\n",
            "2: there is no fence `rows`; there are `case`, `data`, `documents`, `error`, `kql`, `kuery`, `lucene`, `plan`, `render`, `warn`",
        ),
        ("## x\n~~~kql\nT\n~~~\n| a |\n|---|\n", "5: `a`: a header cell is `name:type`, such as `Sender:string`"),
        (
            "## x\n~~~kql\nT\n~~~\n| a:text |\n|---|\n",
            "5: `a:text`: there is no type `text`; there are bool, datetime, decimal, dynamic, guid, int, long, real, string, timespan",
        ),
        ("## x\n~~~kql\nT\n~~~\n| a:long |\n| 1 |\n", "6: below the header stands a line of dashes: | --- | --- |"),
        (
            "## x\n~~~kql\nT\n~~~\n| a:long |\n|---|\n| 1 | 2 |\n",
            "7: this row has 2 cells, the header 1; a pipe inside a cell is written \\|",
        ),
        ("## x\n~~~kql\nT\n~~~\n| a:long |\n|---|\n| x |\n", "7: column `a`: x is no long"),
        (
            "## x\n~~~kql\nT\n~~~\n| a:long |\n|---|\n\n| a:long |\n|---|\n",
            "8: a case has one result, a table or an ```error fence: give this one a heading of its own",
        ),
        ("## x\n~~~kql\nT\n~~~\n~~~plan\nTopK\n~~~\n", "6: write `has: words of the plan` or `not: words`"),
    ] {
        assert_eq!(fault(text), expected);
    }
    assert!(
        fault("## x\n~~~kql\nT\n~~~\n~~~error\nunknown column\n~~~\n")
            .starts_with("6: `unknown column`: write the code, line:column")
    );
    assert!(fault("~~~case\na = \n~~~\n").starts_with("2: not TOML: "));
}
