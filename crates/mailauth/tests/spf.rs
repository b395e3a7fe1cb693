//! SPF by cases: each file of `tests/spf` is a zone and what is found with it, a test a case.

mod files;

use std::{net::IpAddr, sync::Arc};

use libtest_mimic::{Arguments, Failed, Trial};
use serde::Deserialize;
use spoofwatch_mailauth::{
    dns::Zone,
    spf::{Options, Spf, check},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    zone: String,
    case: Vec<Case>,
}

/// What is asked, and what is found. What is left out does not matter, but for the term that decides: left out, none may.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// A sentence that the case shows.
    that: String,
    ip: IpAddr,
    #[serde(default)]
    helo: Option<String>,
    #[serde(default)]
    from: Option<String>,
    result: String,
    #[serde(default)]
    mechanism: Option<String>,
    /// Whose record the mechanism is in, if not the domain's that is asked about.
    #[serde(default)]
    by: Option<String>,
    /// A part of the reason, or all of it.
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    explanation: Option<String>,
    #[serde(default)]
    lookups: Option<u32>,
    #[serde(default)]
    void_lookups: Option<u32>,
}

fn main() -> Result<(), files::Error> {
    let runtime = Arc::new(tokio::runtime::Runtime::new()?);
    let mut trials = Vec::new();
    for (name, file) in files::read::<File>("spf")? {
        let zone = Arc::new(Zone::parse(&file.zone).map_err(|error| format!("{name}: the zone, {error}"))?);
        for case in file.case {
            let (zone, runtime) = (Arc::clone(&zone), Arc::clone(&runtime));
            let that = format!("{name}: {}", case.that);
            trials.push(Trial::test(that, move || {
                let options = Options { receiver: "in.example.org".to_owned(), now: 1_795_282_800, ..Options::default() };
                let found = runtime.block_on(check(&*zone, case.ip, case.helo.as_deref(), case.from.as_deref(), &options));
                compare(&case, &found)
            }));
        }
    }
    trials.sort_by(|a, b| a.name().cmp(b.name()));
    libtest_mimic::run(&Arguments::from_args(), trials).exit()
}

fn compare(case: &Case, found: &Spf) -> Result<(), Failed> {
    let decided_by = case.mechanism.as_ref().map(|_| case.by.as_deref().unwrap_or(&found.domain));
    let as_said = found.result.as_str() == case.result
        && found.mechanism == case.mechanism
        && found.decided_by.as_deref().map(str::to_ascii_lowercase) == decided_by.map(str::to_ascii_lowercase)
        && case.reason.as_ref().is_none_or(|part| found.reason.contains(part))
        && case
            .explanation
            .as_ref()
            .is_none_or(|words| found.explanation.as_ref() == Some(words).filter(|words| !words.is_empty()))
        && case.lookups.is_none_or(|lookups| lookups == found.lookups)
        && case.void_lookups.is_none_or(|lookups| lookups == found.void_lookups);
    if as_said { Ok(()) } else { Err(format!("found: {found:#?}").into()) }
}
