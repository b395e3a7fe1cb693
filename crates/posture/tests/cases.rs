//! The checks by cases: a zone, and exactly what is found in it. The form is told in `tests/cases/README.md`.

#![expect(clippy::disallowed_methods, reason = "the cases are files beside this one")]

#[path = "cases/cure.rs"]
mod cure;
#[path = "cases/forged.rs"]
mod forged;
#[path = "cases/form.rs"]
mod form;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use cure::Cured;
use form::{Case, Error, Expected};
use libtest_mimic::{Arguments, Trial};
use mailauth::dns::{Resolver, Zone};
use spoofwatch_posture::{
    Finding, Score, Spoofing,
    evidence::{DomainEvidence, Fetch, Question, RecordedFetch},
    findings,
};

/// When cases happen: 2026-11-21 00:00 UTC, in microseconds.
const NOW: i64 = 1_795_219_200_000_000;

fn main() -> Result<ExitCode, Error> {
    Ok(libtest_mimic::run(&Arguments::from_args(), trials()?).exit_code())
}

fn trials() -> Result<Vec<Trial>, Error> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut files = Vec::new();
    gather(&root, &mut files)?;
    files.sort();
    if files.is_empty() {
        return Err("the cases are gone".into());
    }
    let mut trials = Vec::new();
    for file in files {
        let name = file.strip_prefix(&root)?.with_extension("").display().to_string();
        let cases = form::read(&fs::read_to_string(&file)?, NOW).map_err(|error| format!("{name}: {error}"))?;
        for case in cases {
            if name.starts_with("clean/") && !(case.only.is_empty() && case.expected.is_empty()) {
                return Err(
                    format!("{name}: {}: a clean domain is looked at by all checks, and they find nothing", case.name).into()
                );
            }
            trials.push(Trial::test(format!("{name}: {}", case.name), move || {
                run(&case).map_err(|error| error.to_string().into())
            }));
        }
    }
    Ok(trials)
}

fn gather(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Error> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            gather(&path, files)?;
        } else if path.extension().is_some_and(|kind| kind == "zone") {
            files.push(path);
        }
    }
    Ok(())
}

/// What is found in a case, by whoever answers for its zone.
fn look(case: &Case, resolver: Arc<dyn Resolver>, fetch: Arc<dyn Fetch>) -> Result<(DomainEvidence, Vec<Finding>), Error> {
    let mut question = Question::new(resolver, fetch, NOW);
    question.purpose = case.purpose;
    question.selectors.clone_from(&case.selectors);
    question.subdomains.clone_from(&case.subdomains);
    question.lookalikes.clone_from(&case.lookalikes);
    question.report_address.clone_from(&case.report_address);
    question.history = Arc::new(case.history.clone());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    let evidence = runtime.block_on(DomainEvidence::collect(&case.domain, &question))?;
    let found = findings(&evidence);
    Ok((evidence, found))
}

/// What a finding says to publish ends it, or leaves less of it.
fn cure(case: &Case, check: &str, found: &[Finding]) -> Result<(), Error> {
    let told: Vec<&Finding> = found.iter().filter(|finding| finding.check == check && !finding.publish.is_empty()).collect();
    let Some(cured) = Cured::of(Zone::parse(&case.zone)?, &told)? else { return Ok(()) };
    let pages = cured.pages(RecordedFetch::parse(&case.zone)?);
    let (_, after) = look(case, Arc::new(cured), Arc::new(pages))?;
    let left = |finding: &&Finding| {
        finding.check == check
            && told.iter().any(|before| before.subject == finding.subject && before.severity <= finding.severity)
    };
    match after.iter().find(left).filter(|_| !told.is_empty()) {
        Some(left) => Err(format!("after all is published that it says, this is still found:\n{}", form::show(left)).into()),
        None => Ok(()),
    }
}

fn run(case: &Case) -> Result<(), Error> {
    let (evidence, mut found) = look(case, Arc::new(Zone::parse(&case.zone)?), Arc::new(RecordedFetch::parse(&case.zone)?))?;
    let mut wrong = Vec::new();
    let verdict = Spoofing::of(&evidence, &found);
    wrong.extend(futures::executor::block_on(forged::differs(&Zone::parse(&case.zone)?, &evidence.domain, &verdict)));
    let told = [(&case.spoofed, verdict.sentence), (&case.score, Score::of(&found).to_string())];
    for (wanted, is) in told {
        if let Some(wanted) = wanted.as_ref().filter(|wanted| !is.starts_with(wanted.as_str())) {
            wrong.push(format!("`{is}` does not begin with `{wanted}`"));
        }
    }
    let checks: BTreeSet<&str> = case.expected.iter().map(|expected| expected.check.as_str()).collect();
    wrong.extend(checks.iter().filter_map(|check| cure(case, check, &found).err()).map(|error| error.to_string()));
    found.retain(|finding| case.only.is_empty() || case.only.iter().any(|start| finding.check.starts_with(start)));
    for expected in &case.expected {
        match found.iter().position(|finding| finding.check == expected.check && finding.subject == expected.subject) {
            Some(at) => compare(expected, &found.remove(at), &mut wrong),
            None => wrong.push(format!("{} is not found of {}", expected.check, expected.subject)),
        }
    }
    wrong.extend(found.iter().map(|finding| format!("nobody expects this:\n{}", form::show(finding))));
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}

fn compare(expected: &Expected, found: &Finding, wrong: &mut Vec<String>) {
    let mut differs = Vec::new();
    if found.severity.to_string() != expected.severity {
        differs.push(format!("its severity is {}, not {}", found.severity, expected.severity));
    }
    let publish = form::records(found);
    if !expected.publish.is_empty() && publish != expected.publish {
        differs.push(format!("the records to publish are not these:\n  {}", expected.publish.join("\n  ")));
    }
    let shown = form::show(found);
    for words in expected.says.iter().filter(|words| !shown.contains(words.as_str())) {
        differs.push(format!("it does not say `{words}`"));
    }
    if !differs.is_empty() {
        wrong.push(format!("{}\n{shown}", differs.join("\n")));
    }
}
