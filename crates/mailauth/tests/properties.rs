//! What holds for every text that a stranger publishes: reading it ends, and says where it is wrong.

use std::{net::Ipv4Addr, sync::Arc, time::Duration};

use futures::FutureExt;
use proptest::{collection::vec, prelude::*};
use spoofwatch_mailauth::{
    dns::{Absent, Answer, Ds, Kind, Recorder, Records, Resolver, Soa, Tlsa, Zone},
    spf::{Options, Spf, SpfResult, check, record::Record, survey::Survey},
};

/// Terms, right and wrong, near enough to the grammar that an evaluation gets somewhere.
fn term() -> impl Strategy<Value = String> {
    let name =
        prop_oneof![Just("all"), Just("include"), Just("a"), Just("mx"), Just("ptr"), Just("ip4"), Just("ip6"), Just("exists")];
    let modifier = prop_oneof![Just("redirect="), Just("exp="), Just("x="), Just("")];
    let argument = prop_oneof![
        Just(String::new()),
        Just(":a.example".to_owned()),
        Just(":b.example/24//64".to_owned()),
        Just(":%{i}.%{l1r-}.%{d}".to_owned()),
        Just(":%{p}.%{h2}.example".to_owned()),
        Just(":192.0.2.0/25".to_owned()),
        Just(":2001:db8::/32".to_owned()),
        "[:/=][a-z0-9%{}./:-]{0,12}",
    ];
    prop_oneof![
        4 => ("[-+~?]?", name, argument.clone()).prop_map(|(sign, name, argument)| format!("{sign}{name}{argument}")),
        1 => (modifier, argument).prop_map(|(modifier, argument)| format!("{modifier}{}", argument.trim_start_matches(':'))),
        1 => "\\PC{0,12}",
    ]
}

fn record() -> impl Strategy<Value = String> {
    vec(term(), 0..8).prop_map(|terms| format!("v=spf1 {}", terms.join(" ")))
}

/// The verdict on a client, with these records at two domains.
fn verdict(a: &str, b: &str) -> Spf {
    verdict_on(Ipv4Addr::new(192, 0, 2, 1), a, b)
}

fn verdict_on(client: Ipv4Addr, a: &str, b: &str) -> Spf {
    let zone = two(a, b);
    let client = client.into();
    let options = Options::default();
    let found = check(&zone, client, Some("mx.a.example"), Some("ann-b@a.example"), &options).now_or_never();
    found.unwrap_or_else(Spf::without_client)
}

fn two(a: &str, b: &str) -> Two {
    let texts = [a, b].map(|text| Answer::found(Records::Txt(Arc::new([Box::from(text.as_bytes())])), Duration::ZERO));
    Two { texts }
}

/// Two domains that publish a record, and addresses at every name.
#[derive(Debug)]
struct Two {
    texts: [Answer; 2],
}

#[async_trait::async_trait]
impl Resolver for Two {
    async fn lookup(&self, _: &str, _: Kind) -> Answer {
        Answer::absent(Absent::NoData, Duration::ZERO)
    }

    fn peek(&self, name: &str, kind: Kind) -> Option<Answer> {
        let [a, b] = &self.texts;
        let found = |records| Answer::found(records, Duration::ZERO);
        Some(match kind {
            Kind::Txt if name == "a.example" => a.clone(),
            Kind::Txt if name == "b.example" => b.clone(),
            Kind::Txt | Kind::Mx | Kind::Cname | Kind::Ns | Kind::Soa | Kind::Tlsa | Kind::Ds => {
                Answer::absent(Absent::NoData, Duration::ZERO)
            }
            Kind::A => found(Records::A(Arc::new([Ipv4Addr::new(192, 0, 2, 1), Ipv4Addr::new(198, 51, 100, 1)]))),
            Kind::Aaaa => Answer::absent(Absent::NoSuchName, Duration::ZERO),
            Kind::Ptr => found(Records::Ptr(Arc::new([Box::from("mx.a.example"), Box::from("b.example")]))),
        })
    }
}

/// Answers by what is asked for.
#[derive(Debug)]
struct Said(Vec<(Kind, Answer)>);

#[async_trait::async_trait]
impl Resolver for Said {
    async fn lookup(&self, _: &str, kind: Kind) -> Answer {
        let found = self.0.iter().find(|(of, _)| *of == kind).map(|(_, answer)| answer.clone());
        found.unwrap_or_else(|| Answer::absent(Absent::NoData, Duration::ZERO))
    }

    fn peek(&self, name: &str, kind: Kind) -> Option<Answer> {
        self.lookup(name, kind).now_or_never()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_record_of_any_text_has_a_tree_and_faults_inside_it(text in prop_oneof![record(), "\\PC*", "(?s).*"]) {
        let parsed = Record::parse(&text);
        for fault in &parsed.faults {
            prop_assert!(text.get(fault.span.clone()).is_some(), "{fault:?}");
        }
        for term in &parsed.record.terms {
            prop_assert!(!parsed.record.slice(&term.span).is_empty(), "{term:?}");
        }
        // The terms that were understood are a record by themselves.
        let terms: Vec<&str> = parsed.record.terms.iter().map(|term| parsed.record.slice(&term.span)).collect();
        let again = Record::parse(&format!("v=spf1 {}", terms.join(" ")));
        prop_assert!(again.faults.is_empty(), "{:?}", again.faults);
        prop_assert_eq!(again.record.terms.len(), terms.len());
    }

    #[test]
    fn an_evaluation_of_any_record_ends_within_its_limits(a in record(), b in record()) {
        let found = verdict(&a, &b);
        prop_assert!(found.reason != Spf::without_client().reason);
        prop_assert!(found.lookups <= 11 && found.void_lookups <= 3, "{found:?}");
        prop_assert_eq!(found.mechanism.is_some(), found.decided_by.is_some());
    }

    #[test]
    fn a_survey_of_any_record_ends_and_no_evaluation_costs_more(a in record(), b in record()) {
        let survey = Survey::of(&two(&a, &b), "a.example").now_or_never();
        let survey = survey.ok_or_else(|| TestCaseError::fail("it waits"))?;
        prop_assert!(survey.complete);
        for (_, node, term) in survey.terms() {
            prop_assert_eq!(node.record().and_then(|text| text.get(term.span.clone())), Some(term.text.as_str()));
        }
        if !survey.is_endless() {
            let found = verdict(&a, &b);
            prop_assert!(found.lookups <= survey.cost.lookups, "{}\n{survey}", found.reason);
            // Where nothing matches, nor any mistake ends it, an evaluation costs just that.
            let stranger = verdict_on(Ipv4Addr::new(203, 0, 113, 77), &a, &b);
            if stranger.mechanism.is_none() && stranger.result == SpfResult::Neutral {
                prop_assert_eq!(stranger.lookups, survey.cost.lookups, "{}\n{}", stranger.reason, survey);
                prop_assert_eq!(survey.otherwise, None);
            }
            if stranger.mechanism.as_ref().is_some_and(|term| term.ends_with("all")) && stranger.decided_by.as_deref() == Some("a.example") {
                prop_assert_eq!(stranger.lookups, survey.cost.lookups, "{}\n{}", stranger.reason, survey);
                prop_assert_eq!(survey.otherwise.map(SpfResult::from), Some(stranger.result));
            }
        }
        prop_assert!(!survey.to_string().is_empty());
    }

    #[test]
    fn a_zone_of_any_text_is_read_or_has_a_line_that_is_wrong(text in "(?s)([a-z.@$;()\"\\\\ \\t\\n0-9]|A|TXT|MX|CNAME|NS|SOA|TLSA|DS|\\$ORIGIN|\\$TROUBLE|\\$ALIAS|\\$SECURE| [0-9] |\\PC){0,60}") {
        if let Err(error) = Zone::parse(&text) {
            prop_assert!(error.line >= 1 && error.line <= text.lines().count().max(1), "{error}");
        }
    }

    #[test]
    fn a_recording_gives_back_any_certificate_and_digest(
        numbers in any::<(u8, u8, u8, u16, u32)>(),
        data in vec(any::<u8>(), 1..200),
        secure in any::<bool>(),
    ) {
        let (one, two, three, tag, long) = numbers;
        let data: Box<[u8]> = data.into();
        let tlsa = Tlsa { usage: one, selector: two, matching: three, data: data.clone() };
        let ds = Ds { key_tag: tag, algorithm: one, digest_type: two, digest: data };
        let soa = Soa {
            primary: "ns.example".into(),
            contact: "".into(),
            serial: long,
            refresh: long / 3,
            retry: long / 2,
            expire: u32::from(tag),
            minimum: u32::from(three),
        };
        let answers = [
            ("t.example", Kind::Tlsa, Records::Tlsa(Arc::new([tlsa]))),
            ("t.example", Kind::Ds, Records::Ds(Arc::new([ds]))),
            ("t.example", Kind::Soa, Records::Soa(Arc::new([soa]))),
            ("t.example", Kind::Cname, Records::Cname(Arc::new([Box::from("x.example")]))),
        ];
        let said = answers.clone().map(|(_, kind, records)| (kind, Answer { secure, ..Answer::found(records, Duration::from_secs(60)) }));
        let recorder = Recorder::new(Arc::new(Said(said.to_vec())));
        for (name, kind, _) in &answers {
            recorder.peek(name, *kind);
        }
        let zone = Zone::parse(&recorder.zone_text()).map_err(|error| TestCaseError::fail(error.to_string()))?;
        for (kind, answer) in said {
            prop_assert_eq!(zone.answer("t.example", kind), answer);
        }
    }

    #[test]
    fn a_recording_gives_back_any_text_at_any_name(name in "[ -~]{1,60}", text in vec(any::<u8>(), 0..600)) {
        let Some(name) = spoofwatch_mailauth::dns::name(&name) else { return Ok(()) };
        let records = Records::Txt(Arc::new([text.into()]));
        let answer = Answer { secure: true, ..Answer::found(records, Duration::from_secs(60)) };
        let recorder = Recorder::new(Arc::new(Two { texts: [answer.clone(), answer.clone()] }));
        let heard = recorder.peek("a.example", Kind::Txt);
        recorder.peek(&name, Kind::A);
        let zone = Zone::parse(&recorder.zone_text()).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(Some(zone.answer("a.example", Kind::Txt)), heard);
        prop_assert!(zone.answer(&name, Kind::A).outcome.is_ok());
    }
}
