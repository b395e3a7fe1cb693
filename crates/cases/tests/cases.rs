//! Every case file of the project as tests: one test a heading, named `tests/kql/operators/join.md:14 heading`.

use std::{collections::BTreeSet, path::Path, process::ExitCode};

use engine::codes;
use libtest_mimic::{Arguments, Failed, Trial};
use spoofwatch_cases::{Case, Verdict, discover, scrutinize};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = here.ancestors().nth(2).unwrap_or(here);
    let mut trials = vec![Trial::test("every case file can be found", || Ok(()))];
    match discover(&[root.join("tests")]) {
        Ok(cases) => {
            trials.extend(coverage(&cases));
            trials.extend(cases.into_iter().map(|case| {
                let name = name(&case, root);
                Trial::test(name, move || verdict(&case))
            }));
        }
        Err(error) => trials[0] = Trial::test("every case file can be found", move || Err(error.to_string().into())),
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// The case's name with the path from the root of the project.
fn name(case: &Case, root: &Path) -> String {
    let name = case.name();
    name.strip_prefix(&format!("{}/", root.display())).unwrap_or(&name).to_owned()
}

fn verdict(case: &Case) -> Result<(), Failed> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    match runtime.block_on(scrutinize(case)) {
        Verdict::Passed | Verdict::KnownFailure | Verdict::Blessed => Ok(()),
        Verdict::Failed { line, details } => Err(format!("{}:{line}: {}\n{details}", case.file.display(), case.heading).into()),
    }
}

/// What must occur in a case at least once; the missing are the list of what to write.
fn coverage(cases: &[Case]) -> Vec<Trial> {
    // These take files or functions beside the query, or a fault of ours.
    const ELSEWHERE: [&str; 5] =
        [codes::UNREADABLE_TABLE, codes::RECURSION, codes::EXTERNAL, codes::EXTERNAL_REFUSED, codes::PLANNING];
    let promised: BTreeSet<String> = cases.iter().flat_map(Case::codes).map(str::to_owned).collect();
    let planning = codes::ALL.iter().map(|code| code.id).filter(|code| code.starts_with('K') && !ELSEWHERE.contains(code));
    let syntax = kql::codes::ALL.iter().map(|code| code.id);
    let missing: Vec<&str> = syntax.chain(planning).filter(|code| !promised.contains(*code)).collect();
    let missing = missing.join(", ");
    vec![Trial::test("every code of syntax and planning has a case", move || {
        if missing.is_empty() { Ok(()) } else { Err(format!("no case in tests/ expects {missing}").into()) }
    })]
}
