//! Runs the case files of `tests/parse`, one test a heading.
//!
//! A case is a `kql` block and what must come of it: `canonical` (the tree written back on one line), `tree` (the expression
//! as an s-expression), `error` (diagnostics) or `format`. A case without an expectation is filled in when
//! `SPOOFWATCH_BLESS` is set; so is one that fails. See `tests/parse/README.md`.

#![expect(clippy::disallowed_methods, reason = "the runner reads the case files, and writes them when it blesses")]

mod tree;

use std::{
    fs,
    path::{Path, PathBuf},
};

use diag::Position;
use libtest_mimic::{Arguments, Failed, Trial};
use spoofwatch_kql::codes;

type Error = Box<dyn std::error::Error>;

fn main() -> Result<(), Error> {
    let arguments = Arguments::from_args();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parse");
    let mut files: Vec<PathBuf> =
        fs::read_dir(&folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    files.retain(|path| {
        path.extension().is_some_and(|kind| kind == "md") && path.file_stem().is_some_and(|stem| stem != "README")
    });
    files.sort();
    let bless = std::env::var_os("SPOOFWATCH_BLESS").is_some();
    let mut trials = Vec::new();
    let mut all = fs::read_to_string(folder.with_file_name("kql").join("limits.rs"))?;
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
        let parser = codes::ALL.iter().filter(|code| **code != codes::EMPTY);
        let missing: Vec<&str> = parser.map(|code| code.id).filter(|id| !all.contains(id)).collect();
        if missing.is_empty() { Ok(()) } else { Err(format!("no case has {}", missing.join(", ")).into()) }
    }));
    libtest_mimic::run(&arguments, trials).exit();
}

/// One heading of a case file.
struct Case {
    name: String,
    line: usize,
    query: String,
    /// Kind of fence and its text.
    expected: Vec<(String, String)>,
}

impl Case {
    fn check(&self) -> Result<(), Failed> {
        if self.expected.is_empty() {
            return Err("the case has no expectation".into());
        }
        for (kind, expected) in &self.expected {
            let actual = actual(kind, &self.query);
            if actual.trim_end() != expected.trim_end() {
                return Err(format!("expected {kind}:\n{expected}\nfound:\n{actual}").into());
            }
        }
        let accepted = spoofwatch_kql::parse(&self.query).diagnostics.is_empty();
        let error = self.expected.iter().any(|(kind, _)| kind == "error");
        if accepted == error { Err("errors are expected by an `error` block, and only there".into()) } else { Ok(()) }
    }
}

/// What the parser makes of `query`, in the form of the fence `kind`.
fn actual(kind: &str, query: &str) -> String {
    let parsed = spoofwatch_kql::parse(query);
    match kind {
        "canonical" => spoofwatch_kql::write_query(&parsed.query),
        "tree" => tree::tree(&parsed.query),
        "format" => spoofwatch_kql::format(query).unwrap_or_else(|errors| format!("{} errors", errors.len())),
        "error" => {
            let mut out = String::new();
            for found in parsed.diagnostics {
                let Position { line, column } = Position::of(query, found.span.start);
                out.push_str(&format!("{} {line}:{column} {}\n", found.code, found.message));
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
            found.push(Case { name: name.to_owned(), line: number + 1, query: String::new(), expected: Vec::new() });
        } else if let (Some(kind), Some(case)) = (line.strip_prefix("````"), found.last_mut()) {
            let body: Vec<&str> = lines.by_ref().map(|(_, line)| line).take_while(|line| *line != "````").collect();
            if kind == "kql" {
                case.query = body.join("\n");
            } else {
                case.expected.push((kind.to_owned(), body.join("\n")));
            }
        }
    }
    found
}

/// The file with every expectation as it is now.
fn blessed(text: &str) -> String {
    let mut out = String::new();
    let mut query = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        out.push_str(line);
        out.push('\n');
        let Some(kind) = line.strip_prefix("````") else { continue };
        let body: Vec<&str> = lines.by_ref().take_while(|line| *line != "````").collect();
        let body = if kind == "kql" {
            query = body.join("\n");
            query.clone()
        } else {
            actual(kind, &query).trim_end().to_owned()
        };
        out.push_str(&format!("{body}\n````\n"));
    }
    out
}
