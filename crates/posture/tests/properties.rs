//! Whatever others publish, a domain is judged: texts and names of any form, in any number.

use std::{net::Ipv4Addr, sync::Arc, time::Duration};

use async_trait::async_trait;
use mailauth::{
    dmarc::Record,
    dns::{Absent, Answer, Kind, Mx, Records, Resolver},
};
use proptest::{collection::vec, prelude::*};
use spoofwatch_posture::{
    Score, Spoofing,
    evidence::{DomainEvidence, NoFetch, Question},
    findings,
};

/// Answers that a test makes up, by the name's first label.
#[derive(Debug, Clone)]
struct MadeUp {
    policy: Vec<Vec<u8>>,
    texts: Vec<Vec<u8>>,
    /// At the names of DKIM, MTA-STS, TLS reports and BIMI.
    others: Vec<Vec<u8>>,
    exchangers: Vec<(u16, String)>,
    /// What is answered to everything else.
    otherwise: u8,
}

#[async_trait]
impl Resolver for MadeUp {
    async fn lookup(&self, name: &str, kind: Kind) -> Answer {
        let texts =
            |texts: &[Vec<u8>]| (!texts.is_empty()).then(|| Records::Txt(texts.iter().map(|text| text.clone().into()).collect()));
        let records = match (name, kind) {
            ("_dmarc.example.com", Kind::Txt) => texts(&self.policy),
            ("example.com", Kind::Txt) => texts(&self.texts),
            (
                "s1._domainkey.example.com" | "_mta-sts.example.com" | "_smtp._tls.example.com" | "default._bimi.example.com",
                Kind::Txt,
            ) => texts(&self.others),
            ("example.com", Kind::Mx) if !self.exchangers.is_empty() => {
                let mx = |(preference, host): &(u16, String)| Mx { preference: *preference, exchange: host.as_str().into() };
                Some(Records::Mx(self.exchangers.iter().map(mx).collect()))
            }
            (_, Kind::A) if self.otherwise == 3 => Some(Records::A([Ipv4Addr::LOCALHOST].into())),
            (_, Kind::Cname) if self.otherwise == 3 => Some(Records::Cname([Box::from(name)].into())),
            _ => None,
        };
        let absent = match self.otherwise {
            0 => Absent::NoSuchName,
            1 => Absent::Trouble("SERVFAIL".into()),
            _ => Absent::NoData,
        };
        records.map_or(Answer::absent(absent, Duration::ZERO), |records| Answer::found(records, Duration::ZERO))
    }
}

/// Texts that look like policies more often than chance has it.
fn policy() -> impl Strategy<Value = Vec<u8>> {
    let tag = prop_oneof![
        "(p|sp|np|adkim|aspf|psd|t|fo|pct|rf|ri|x)=[a-z0-9:]{0,10}",
        "(p|sp|np) ?= ?(none|quarantine|reject)",
        "(rua|ruf)=(mailto:[a-z]{1,5}@[a-z.]{1,12}(,|![0-9]m)?){1,4}",
        "[ -~]{0,20}",
    ];
    let record = (prop_oneof!["v=DMARC1", "v=dmarc1", "v = DMARC1 "], vec(tag, 0..8));
    prop_oneof![record.prop_map(|(version, tags)| format!("{version};{}", tags.join(";")).into_bytes()), vec(any::<u8>(), 0..300),]
}

/// Texts that look like keys, or announce something, more often than chance has it.
fn other() -> impl Strategy<Value = Vec<u8>> {
    let version = prop_oneof!["v=DKIM1", "v=STSv1", "v=TLSRPTv1", "v=BIMI1", "v=[A-Za-z0-9]{0,8}", ""];
    let tag = prop_oneof![
        "p=[A-Za-z0-9+/=]{0,40}",
        "(k=(rsa|ed25519|x)|t=[ys:]{0,4}|h=(sha1|sha256)|s=(email|x)|id=[a-z0-9-]{0,9})",
        "rua=(mailto:|https://|)[a-z@.]{0,12}",
        "(l|a)=(https://)?[a-z./]{0,12}",
        "[ -~]{0,20}",
    ];
    let record = (version, vec(tag, 0..6));
    prop_oneof![record.prop_map(|(version, tags)| format!("{version};{}", tags.join(";")).into_bytes()), vec(any::<u8>(), 0..300),]
}

fn made_up() -> impl Strategy<Value = MadeUp> {
    let host = prop_oneof!["[a-z0-9.-]{0,30}", "[0-9]{1,3}(\\.[0-9]{1,3}){3}", "\\PC{0,20}"];
    let text = prop_oneof!["v=spf1( [+?~-]?[a-z0-9]{1,6}(:[a-z./0-9]{0,12})?){0,6}".prop_map(String::into_bytes), policy()];
    (vec(policy(), 0..3), vec(text, 0..4), vec(other(), 0..3), vec((any::<u16>(), host), 0..4), 0..4_u8)
        .prop_map(|(policy, texts, others, exchangers, otherwise)| MadeUp { policy, texts, others, exchangers, otherwise })
}

fn run<T>(future: impl Future<Output = T>) -> Result<T, TestCaseError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    Ok(runtime.map_err(|error| TestCaseError::fail(error.to_string()))?.block_on(future))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_published_is_judged(answers in made_up()) {
        let question = Question::new(Arc::new(answers), Arc::new(NoFetch), 0);
        let evidence = run(DomainEvidence::collect("example.com", &question))?;
        let evidence = evidence.map_err(|error| TestCaseError::fail(error.to_string()))?;
        let found = findings(&evidence);
        prop_assert!(Score::of(&found).points <= 100);
        prop_assert!(!Spoofing::of(&evidence, &found).sentence.is_empty());
        for finding in &found {
            for fact in &finding.facts {
                prop_assert!(!fact.seen.chars().any(char::is_control), "{}: {}", finding.check, fact.seen);
            }
            for record in finding.publish.iter().filter(|record| record.name.starts_with("_dmarc.")) {
                let faults = Record::read(record.value.as_bytes()).map(|record| record.faults);
                prop_assert_eq!(faults, Some(Vec::new()), "{}: {}", finding.check, &record.value);
            }
        }
    }
}
