//! What the checks of SPF say to publish closes what they found: every case of `tests/cases/spf` again, with the record published.

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
use spoofwatch_posture::{
    Finding,
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
    Ok(findings(&DomainEvidence::collect(&case.domain, &question).await?))
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the cases are files")]
async fn what_is_published_closes_what_was_found() -> Result<(), Error> {
    let mut closed = 0;
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/spf"))? {
        let path = entry?.path();
        for case in form::read(&fs::read_to_string(&path)?, NOW)? {
            let zone = Zone::parse(&case.zone)?;
            let before = found(&case, Arc::new(zone.clone())).await?;
            for finding in before.iter().filter(|finding| finding.check.starts_with("spf-") && !finding.publish.is_empty()) {
                let mut changes = BTreeMap::new();
                for record in &finding.publish {
                    assert!(is_spf(record.value.as_bytes()), "{}: {record:?}", case.name);
                    assert!(Record::parse(&record.value).faults.is_empty(), "{}: {record:?}", case.name);
                    changes.insert(record.name.clone(), (record.instead_of.clone(), record.value.clone()));
                }
                let after = found(&case, Arc::new(Published { zone: zone.clone(), changes })).await?;
                let still = after.iter().find(|other| other.check == finding.check && other.severity >= finding.severity);
                assert!(still.is_none(), "{}: {}\n{still:#?}", case.name, form::show(finding));
                // Nor is anything worse for it.
                let worst =
                    |found: &[Finding]| found.iter().filter(|one| one.check.starts_with("spf-")).map(|one| one.severity).max();
                assert!(worst(&after) <= worst(&before), "{}: {}\n{after:#?}", case.name, form::show(finding));
                closed += 1;
            }
        }
    }
    assert!(closed > 40, "only {closed}");
    Ok(())
}
