//! Surveys of SPF by cases: each file of `tests/spf_survey` is a zone and what is seen of domains in it, a test a case.

mod files;

use std::sync::Arc;

use libtest_mimic::{Arguments, Trial};
use serde::Deserialize;
use spoofwatch_mailauth::{dns::Zone, spf::survey::Survey};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    zone: String,
    case: Vec<Case>,
}

/// A domain, and its survey as text.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// A sentence that the case shows.
    that: String,
    domain: String,
    seen: String,
}

fn main() -> Result<(), files::Error> {
    let runtime = Arc::new(tokio::runtime::Runtime::new()?);
    let mut trials = Vec::new();
    for (name, file) in files::read::<File>("spf_survey")? {
        let zone = Arc::new(Zone::parse(&file.zone).map_err(|error| format!("{name}: the zone, {error}"))?);
        for case in file.case {
            let (zone, runtime) = (Arc::clone(&zone), Arc::clone(&runtime));
            trials.push(Trial::test(format!("{name}: {}", case.that), move || {
                let seen = runtime.block_on(Survey::of(&*zone, &case.domain)).to_string();
                if seen.trim_end() == case.seen.trim_end() { Ok(()) } else { Err(format!("seen:\n{seen}").into()) }
            }));
        }
    }
    trials.sort_by(|a, b| a.name().cmp(b.name()));
    libtest_mimic::run(&Arguments::from_args(), trials).exit()
}
