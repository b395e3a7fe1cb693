//! What the checks of SPF say to publish closes what they found and opens nothing: in every case of `tests/cases/spf`, and in zones that are
//! made up.

#[expect(dead_code, reason = "the cases say more than is looked at here")]
#[path = "cases/form.rs"]
mod form;

use std::{collections::BTreeMap, fs, path::Path, sync::Arc};

use async_trait::async_trait;
use form::{Case, Error};
use mailauth::{
    dns::{Absent, Answer, Kind, Records, Resolver, Zone},
    spf::record::{Record, is_spf},
};
use proptest::{collection::vec, prelude::*};
use spoofwatch_posture::{
    Finding, Severity,
    evidence::{DomainEvidence, Question, RecordedFetch},
    findings,
};

const NOW: i64 = 1_795_219_200_000_000;

/// A zone in which some texts have been published in the place of others.
#[derive(Debug)]
struct Published {
    zone: Zone,
    /// By name: what goes, and what comes.
    changes: BTreeMap<String, (Vec<String>, String)>,
}

#[async_trait]
impl Resolver for Published {
    async fn lookup(&self, name: &str, kind: Kind) -> Answer {
        let answer = self.zone.answer(name, kind);
        let Some((gone, new)) = self.changes.get(name).filter(|_| kind == Kind::Txt) else { return answer };
        let old = match answer.outcome {
            Ok(Records::Txt(old)) => old.to_vec(),
            Ok(_) | Err(Absent::NoSuchName | Absent::NoData | Absent::Trouble(_)) => Vec::new(),
        };
        let mut texts: Vec<Box<[u8]>> =
            old.into_iter().filter(|text| !gone.iter().any(|gone| gone.as_bytes() == &**text)).collect();
        texts.push(new.as_bytes().into());
        Answer::found(Records::Txt(texts.into()), answer.keep)
    }
}

async fn found(case: &Case, resolver: Arc<dyn Resolver>) -> Result<Vec<Finding>, Error> {
    let mut question = Question::new(resolver, Arc::new(RecordedFetch::parse(&case.zone)?), NOW);
    question.purpose = case.purpose;
    let mut found = findings(&DomainEvidence::collect(&case.domain, &question).await?);
    found.retain(|finding| finding.check.starts_with("spf-"));
    Ok(found)
}

/// Whether all that was found is found again. What is left may lie in records that only others can change, or that come into effect now.
fn as_before(before: &Finding, after: &Finding) -> bool {
    after.check == before.check && after.severity >= before.severity && before.facts.iter().all(|fact| after.facts.contains(fact))
}

/// Publishes what each finding says, one at a time: it is a record, it closes the finding, and nothing is worse for it. How many were closed.
async fn close(case: &Case) -> Result<usize, Error> {
    let zone = Zone::parse(&case.zone)?;
    let before = found(case, Arc::new(zone.clone())).await?;
    let worst = |found: &[Finding]| found.iter().map(|one| one.severity).max();
    let mut closed = 0;
    for finding in before.iter().filter(|finding| !finding.publish.is_empty()) {
        let mut changes = BTreeMap::new();
        for record in &finding.publish {
            if !is_spf(record.value.as_bytes()) || !Record::parse(&record.value).faults.is_empty() {
                return Err(format!("{}: {record:?} is no record", case.name).into());
            }
            changes.insert(record.name.clone(), (record.instead_of.clone(), record.value.clone()));
        }
        let after = found_after(case, zone.clone(), changes).await?;
        let still = after.iter().find(|other| as_before(finding, other));
        // What comes into effect may have small faults of its own.
        let bearable = worst(&before).max(Some(Severity::Medium));
        let worse = after.iter().find(|one| Some(one.severity) > bearable);
        if let Some(other) = still.or(worse) {
            let shown = [finding, other].map(form::show).join("which leaves\n");
            return Err(format!("{}:\n{shown}\n{}", case.name, case.zone).into());
        }
        closed += 1;
    }
    Ok(closed)
}

async fn found_after(case: &Case, zone: Zone, changes: BTreeMap<String, (Vec<String>, String)>) -> Result<Vec<Finding>, Error> {
    found(case, Arc::new(Published { zone, changes })).await
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the cases are files")]
async fn what_is_published_closes_what_was_found() -> Result<(), Error> {
    let mut closed = 0;
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/spf"))? {
        for case in form::read(&fs::read_to_string(entry?.path())?, NOW)? {
            closed += close(&case).await?;
        }
    }
    assert!(closed > 40, "only {closed}");
    Ok(())
}

/// Terms, right and wrong, about names that are there and that are not.
fn term() -> impl Strategy<Value = String> {
    let names = [
        "example.com",
        "_a.example.com",
        "_b.example.com",
        "_c.example.net",
        "_d.example.net",
        "_e.nobody.test",
        "mail.example.com",
        "%{i}.example.net",
        "%{o}.example.net",
        "%{p}.example.net",
    ];
    let name = prop::sample::select(names.to_vec()).prop_map(str::to_owned);
    let odd = [
        "a",
        "mx",
        "ptr",
        "mx;",
        "ipv4:192.0.2.9",
        "inlcude:_a.example.com",
        "exp=w.example.com",
        "ip6:2001:db8::/32",
        "ip6:::/0",
    ];
    let network = prop_oneof!["192\\.0\\.2\\.[0-9]{1,2}(/2[4-9])?", "10\\.0\\.0\\.0/[1-9]", "198\\.51\\.100\\.[0-9]{1,3}"];
    prop_oneof![
        4 => ("[-+~?]?", "(include|a|mx|exists|ptr)", name.clone()).prop_map(|(sign, kind, name)| format!("{sign}{kind}:{name}")),
        3 => ("[-+~?]?ip4", "[:=]", network).prop_map(|(kind, sign, network)| format!("{kind}{sign}{network}")),
        2 => "[-+~?]?all",
        1 => name.prop_map(|name| format!("redirect={name}")),
        1 => prop::sample::select(odd.to_vec()).prop_map(str::to_owned),
        1 => "[a-z:=./%{}-]{1,12}",
    ]
}

fn record() -> impl Strategy<Value = String> {
    let spaces = prop_oneof![9 => Just(" "), 1 => Just(""), 1 => Just("  ")];
    let words = vec((spaces, term()), 0..7);
    (prop_oneof![9 => Just("v=spf1"), 1 => Just("spf1"), 1 => Just(" v=spf1")], words).prop_map(|(version, words)| {
        words.into_iter().fold(version.to_owned(), |text, (space, word)| {
            let space = if text.ends_with("spf1") { " " } else { space };
            text + space + &word
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_stands_there_what_is_published_is_better(own in vec(record(), 1..3), others in vec(record(), 4)) {
        let names = ["_a.example.com", "_b.example.com", "_c.example.net", "_d.example.net"];
        let mut zone = String::from("mail.example.com. A 192.0.2.25\nmail.example.com. AAAA 2001:db8::25\nexample.com. MX 10 mail.example.com.\n");
        for text in &own {
            zone.push_str(&format!("example.com. TXT \"{text}\"\n"));
        }
        for (name, text) in names.iter().zip(&others) {
            zone.push_str(&format!("{name}. TXT \"{text}\"\n"));
        }
        let case = Case { name: "made up".to_owned(), zone, domain: "example.com".to_owned(), ..Case::default() };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
        let runtime = runtime.map_err(|error| TestCaseError::fail(error.to_string()))?;
        runtime.block_on(close(&case)).map_err(|error| TestCaseError::fail(error.to_string()))?;
    }
}
