//! Runs the case files beside this file: `parse/*.md`, one test a heading.
//!
//! A case is a `kuery` or `lucene` block and what must come of it: `tree` (the tree on one line), `canonical` (the tree
//! written back) or `error` (the findings). A case without an expectation is filled in when `SPOOFWATCH_BLESS` is set; so is
//! one that fails. See `parse/README.md`.

#![expect(clippy::disallowed_methods, reason = "the runner reads the case files, and writes them when it blesses")]

use std::{
    fs,
    path::{Path, PathBuf},
};

use diag::{Position, Severity};
use libtest_mimic::{Arguments, Failed, Trial};
use spoofwatch_elastic_query::{Language, codes, parse, tree, write};

type Error = Box<dyn std::error::Error>;

fn main() -> Result<(), Error> {
    let arguments = Arguments::from_args();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parse");
    let mut files: Vec<PathBuf> =
        fs::read_dir(&folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    files.retain(|path| path.extension().is_some_and(|kind| kind == "md") && !path.ends_with("README.md"));
    files.sort();
    let bless = std::env::var_os("SPOOFWATCH_BLESS").is_some();
    let mut trials = Vec::new();
    let mut all = fs::read_to_string(folder.with_file_name("properties.rs"))?;
    for path in files {
        let text = fs::read_to_string(&path)?;
        all.push_str(&text);
        if bless {
            fs::write(&path, blessed(&text))?;
            continue;
        }
        let file = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        for case in cases(&text) {
            let name = format!("{file}.md:{} {}", case.line, case.name);
            trials.push(Trial::test(name, move || case.check()));
        }
    }
    trials.push(Trial::test("every code has a case", move || {
        let missing: Vec<&str> = codes::ALL.iter().map(|code| code.id).filter(|id| !all.contains(id)).collect();
        if missing.is_empty() { Ok(()) } else { Err(format!("no case has {}", missing.join(", ")).into()) }
    }));
    libtest_mimic::run(&arguments, trials).exit();
}

/// One heading of a case file.
struct Case {
    name: String,
    line: usize,
    query: Option<(Language, String)>,
    /// Kind of fence and its text.
    expected: Vec<(String, String)>,
}

impl Case {
    fn check(&self) -> Result<(), Failed> {
        let Some((language, query)) = &self.query else { return Err("the case has no query".into()) };
        if self.expected.is_empty() {
            return Err("the case has no expectation".into());
        }
        for (kind, expected) in &self.expected {
            let actual = actual(kind, *language, query);
            if actual.trim_end() != expected.trim_end() {
                return Err(format!("expected {kind}:\n{expected}\nfound:\n{actual}").into());
            }
        }
        let error = self.expected.iter().any(|(kind, _)| kind == "error");
        if parse(*language, query).diagnostics.is_empty() == error {
            return Err("findings are expected by an `error` block, and only there".into());
        }
        Ok(())
    }
}

/// What the parser makes of `query`, in the form of the fence `kind`.
fn actual(kind: &str, language: Language, query: &str) -> String {
    let parsed = parse(language, query);
    match kind {
        "canonical" => write(&parsed.query),
        "tree" => tree(&parsed.query),
        "error" => {
            let mut out = String::new();
            for found in parsed.diagnostics {
                let Position { line, column } = Position::of(query, found.span.start);
                let warning = if found.severity == Severity::Warning { "warning " } else { "" };
                out.push_str(&format!("{warning}{} {line}:{column} {}\n", found.code, found.message));
                out.push_str(&found.help.map(|help| format!("  {help}\n")).unwrap_or_default());
            }
            out
        }
        other => format!("`{other}` is no kind of expectation"),
    }
}

/// The cases of a file.
fn cases(text: &str) -> Vec<Case> {
    let mut found: Vec<Case> = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        if let Some(name) = line.strip_prefix("## ") {
            found.push(Case { name: name.to_owned(), line: number + 1, query: None, expected: Vec::new() });
        } else if let (Some(kind), Some(case)) = (line.strip_prefix("````"), found.last_mut()) {
            let body: Vec<&str> = lines.by_ref().map(|(_, line)| line).take_while(|line| *line != "````").collect();
            match kind.parse::<Language>() {
                Ok(language) => case.query = Some((language, body.join("\n"))),
                Err(_) => case.expected.push((kind.to_owned(), body.join("\n"))),
            }
        }
    }
    found
}

/// The file with every expectation as it is now.
fn blessed(text: &str) -> String {
    let mut out = String::new();
    let mut query: Option<(Language, String)> = None;
    let mut expected = false;
    let fill = |query: &mut Option<(Language, String)>, expected: &mut bool, out: &mut String| {
        if let (Some((language, text)), false) = (query.take(), *expected) {
            let kind = if parse(language, &text).diagnostics.is_empty() { "tree" } else { "error" };
            let end = out.trim_end().len();
            out.truncate(end);
            out.push_str(&format!("\n\n````{kind}\n{}\n````\n\n", actual(kind, language, &text).trim_end()));
        }
        *expected = false;
    };
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line.starts_with("## ") {
            fill(&mut query, &mut expected, &mut out);
        }
        out.push_str(line);
        out.push('\n');
        let Some(kind) = line.strip_prefix("````") else { continue };
        let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "````").collect();
        match (kind.parse::<Language>(), &query) {
            (Ok(language), _) => {
                out.push_str(&format!("{}\n````\n", body.join("\n")));
                query = Some((language, body.join("\n")));
            }
            (Err(_), Some((language, text))) => {
                out.push_str(&format!("{}\n````\n", actual(kind, *language, text).trim_end()));
                expected = true;
            }
            (Err(_), None) => out.push_str(&format!("{}\n````\n", body.join("\n"))),
        }
    }
    fill(&mut query, &mut expected, &mut out);
    format!("{}\n", out.trim_end())
}
