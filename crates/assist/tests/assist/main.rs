//! What is offered at a place of a query: the case files of `cases/`, one heading a case. `cases/README.md` says their form.
#![expect(clippy::disallowed_methods, reason = "the cases are files, and BLESS says to write them")]

use std::{cell::RefCell, env, error::Error, fmt::Write as _, fs, path::Path};

use schema::{Registry, Type};
use spoofwatch_assist::{Candidate, Item, Kibana, Knowledge, complete, complete_kibana};

/// How many candidates a case shows.
const SHOWN: usize = 6;

/// A world of few tables, in which a query yields the columns that its last `project` names, else those of its first table.
#[derive(Default)]
struct World {
    asked: RefCell<Vec<String>>,
}

impl Knowledge for World {
    fn tables(&self) -> Vec<Item> {
        ["EmailEvents", "EmailUrlInfo", "My table"].map(|name| item(name, "a table")).to_vec()
    }

    fn columns(&self, query: &str) -> Vec<(String, Type)> {
        self.asked.borrow_mut().push(query.replace('\n', "⏎"));
        if let Some((_, listed)) = query.rsplit_once("project ") {
            let listed = listed.split(';').next().unwrap_or_default();
            return listed.split(',').map(|name| (name.trim().to_owned(), Type::Long)).collect();
        }
        let table = query.split(['|', ' ', '\n']).find_map(|word| Registry::builtin().table(word));
        table.into_iter().flat_map(|table| &table.columns).map(|column| (column.name.clone(), column.ty)).collect()
    }

    fn saved_functions(&self) -> Vec<Item> {
        vec![item("_Im_Dns", "_Im_Dns()")]
    }

    fn plugins(&self) -> Vec<Item> {
        vec![item("bag_unpack", "bag_unpack(column)"), item("pivot", "pivot(column)")]
    }
}

fn item(name: &str, detail: &str) -> Item {
    Item { name: name.to_owned(), detail: detail.to_owned() }
}

/// The languages of cases, as their blocks begin.
const LANGUAGES: [(&str, Option<Kibana>); 3] =
    [("```kql\n", None), ("```kuery\n", Some(Kibana::Kuery)), ("```lucene\n", Some(Kibana::Lucene))];

/// The fields of documents, where a query is one of Kibana.
fn fields() -> Vec<(String, Type)> {
    let fields = [("event.action", Type::String), ("EmailDirection", Type::String), ("bytes", Type::Long), ("a b", Type::Long)];
    fields.map(|(name, ty)| (name.to_owned(), ty)).to_vec()
}

/// What is offered at `‸`: what was asked about columns, what is replaced, the first candidates.
fn offered(marked: &str, language: Option<Kibana>) -> Result<String, Box<dyn Error>> {
    let cursor = marked.find('‸').ok_or("a query marks the cursor with ‸")?;
    let text = marked.replace('‸', "");
    let world = World::default();
    let completion = match language {
        None => complete(&text, cursor, &world),
        Some(language) => complete_kibana(&text, cursor, language, &fields()),
    };
    let mut out = String::new();
    for asked in world.asked.borrow().iter() {
        writeln!(out, "rows of: {asked}")?;
    }
    let written = &text[completion.replace.start..completion.replace.end];
    if !written.is_empty() {
        writeln!(out, "for: {written}")?;
    }
    for Candidate { text, kind, detail } in completion.candidates.iter().take(SHOWN) {
        let detail: String = detail.chars().take(60).collect();
        writeln!(out, "{}", format!("{text} ({}) {detail}", kind.name()).trim_end())?;
    }
    match completion.candidates.len() {
        0 => out.push_str("nothing\n"),
        all if all > SHOWN => writeln!(out, "and {} more", all - SHOWN)?,
        _ => {}
    }
    Ok(out)
}

#[test]
fn every_case_offers_what_it_says() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/assist/cases");
    let mut failures = Vec::new();
    let mut run = 0;
    for entry in fs::read_dir(&folder)? {
        let path = entry?.path();
        if path.extension().is_none_or(|kind| kind != "md") || path.ends_with("README.md") {
            continue;
        }
        let text = fs::read_to_string(&path)?;
        let mut renewed = String::new();
        let mut left = text.as_str();
        let next =
            |left: &str| LANGUAGES.into_iter().filter_map(|known| Some((left.find(known.0)?, known))).min_by_key(|(at, _)| *at);
        while let Some((at, (fence, language))) = next(left) {
            renewed.push_str(&left[..at]);
            let (query, rest) = left[at + fence.len()..].split_once("\n```\n").ok_or("a query that does not end")?;
            let (expected, rest) = match rest.trim_start_matches('\n').strip_prefix("```offers\n") {
                Some(rest) => rest.split_once("```\n").ok_or("an expectation that does not end")?,
                None => ("", rest),
            };
            let found = offered(query, language)?;
            run += 1;
            if found != expected {
                failures.push(format!("{}:\n{query}\nexpected:\n{expected}found:\n{found}", path.display()));
            }
            write!(renewed, "{fence}{query}\n```\n\n```offers\n{found}```\n")?;
            left = rest;
        }
        renewed.push_str(left);
        if env::var_os("BLESS").is_some() {
            fs::write(&path, renewed)?;
        }
    }
    assert!(failures.is_empty() || env::var_os("BLESS").is_some(), "{}", failures.join("\n"));
    assert!(run > 30, "{run} cases");
    Ok(())
}

#[test]
fn no_cursor_in_any_text_does_harm() {
    let texts = [
        "let f = (a:string) { EmailEvents | where Subject has \"é",
        "T | join kind=inner (U | where x == 'a') on $left.a == $right.",
        "))))]]}}",
        "| | |",
        "union (",
        "let let = let;",
        "T | mv-",
        "-a-b-c",
        "T|fork(where a==1)(project ",
        "\u{feff}T | where ['a b",
        "\\",
        "a\\",
        "\"\\",
        "é:\"ü",
        "a:{b:(",
        ":::",
    ];
    for text in texts {
        for cursor in 0..text.len() + 2 {
            let kibana = [Kibana::Kuery, Kibana::Lucene].map(|language| complete_kibana(text, cursor, language, &fields()));
            for completion in kibana.into_iter().chain([complete(text, cursor, &World::default())]) {
                assert!(text.get(completion.replace.start..completion.replace.end).is_some(), "{text} at {cursor}");
            }
        }
    }
}
