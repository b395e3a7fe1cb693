//! Authentication-Results by cases: a header and what is read of it. The form is told in `tests/authres/README.md`.

mod files;

use std::fmt::Write as _;

use libtest_mimic::{Arguments, Failed, Trial};
use serde::Deserialize;
use spoofwatch_mailauth::authres::{AuthenticationResults, MethodResult, Overview};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// A sentence that the case shows.
    that: String,
    header: String,
    instance: Option<u32>,
    id: Option<String>,
    version: Option<u32>,
    results: Option<Vec<String>>,
    #[serde(default)]
    faults: Vec<String>,
    details: Option<String>,
    #[serde(default)]
    overview: toml::Table,
    written: Option<String>,
}

fn main() -> Result<(), files::Error> {
    let mut trials = Vec::new();
    for (name, file) in files::read::<File>("authres")? {
        for case in file.case {
            trials.push(Trial::test(format!("{name}: {}", case.that), move || run(&case)));
        }
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit()
}

fn run(case: &Case) -> Result<(), Failed> {
    let read = AuthenticationResults::parse(&case.header);
    same("id", &read.authserv_id, &case.id)?;
    same("version", &read.version, &case.version)?;
    same("instance", &read.instance, &case.instance)?;
    if let Some(results) = &case.results {
        same("results", &read.results.iter().map(text).collect(), results)?;
    }
    let faults: Vec<String> = read.faults.iter().map(|fault| fault.kind.code().to_owned()).collect();
    same("faults", &faults, &case.faults)?;
    let overview = Overview::of(&read);
    if let Some(details) = &case.details {
        same("details", &overview.authentication_details(), details)?;
    }
    let overview = serde_json::to_value(&overview)?;
    for (member, expected) in &case.overview {
        same(member, &overview[member], &serde_json::to_value(expected)?)?;
    }
    let field = read.field("Authentication-Results");
    if let Some(written) = &case.written {
        same("written", &field, written)?;
    }
    let again = AuthenticationResults::parse(field.split_once(':').unwrap_or_default().1);
    // What is no keyword is not written as a result (RFC 8601 section 2.2).
    let keyword = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if !read.results.iter().all(|result| keyword(&result.result)) {
        return Ok(());
    }
    same(
        "read again",
        &AuthenticationResults { faults: Vec::new(), ..again },
        &AuthenticationResults { faults: Vec::new(), ..read },
    )
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, found: &T, expected: &T) -> Result<(), Failed> {
    if found == expected { Ok(()) } else { Err(format!("{what}: found {found:#?}, expected {expected:#?}").into()) }
}

/// A result as the cases write it.
fn text(result: &MethodResult) -> String {
    let mut out = result.method.clone();
    let _ = result.version.map(|version| write!(out, "/{version}"));
    let _ = write!(out, "={}", result.result);
    for comment in &result.comments {
        let _ = write!(out, " ({comment})");
    }
    let _ = result.reason.as_ref().map(|reason| write!(out, " reason={reason}"));
    for property in &result.properties {
        let dot = if property.ptype.is_empty() { "" } else { "." };
        let _ = write!(out, " {}{dot}{}={}", property.ptype, property.name, property.value);
    }
    let _ = result.receiver.as_ref().map(|receiver| write!(out, " -> {receiver}"));
    out
}
