//! Every server asked: two BINDs on loopback of which one lags, and servers that do everything wrong.

use std::{
    net::SocketAddr,
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use hickory_proto::{
    op::{Message, ResponseCode},
    rr::{
        Name, RData, Record,
        rdata::{CNAME, NS, SOA, TXT},
    },
};
use mailauth::dns::{Network, NetworkOptions, Resolver, Zone};
use spoofwatch_zones::{
    Applied, AskOptions, Authorities, Change, Expect, NoAuthorities, RecordKind, Says, Survey, Value, ZoneWriter,
    bench::{Bind, Secondary, Setup},
};

use crate::{
    fake::{Reply, answer, serve, serve_at},
    text, updates,
};

fn hasty() -> AskOptions {
    AskOptions { limit: Duration::from_millis(300), tries: 2, port: 53 }
}

fn add(name: &str, value: &str) -> Change {
    Change::adding(name, &[], text(value), 60)
}

async fn survey(servers: Vec<SocketAddr>, name: &str) -> Survey {
    Authorities::fixed(servers, None, hasty()).survey(name, RecordKind::Txt).await.unwrap()
}

async fn says(reply: impl Fn(&Message, bool) -> Reply + Send + Sync + 'static) -> Says {
    survey(vec![serve(reply).await], "a.example").await.said[0].says.clone()
}

fn name(text: &str) -> Name {
    Name::from_str(text).unwrap()
}

fn record(owner: &str, data: RData) -> Record {
    Record::from_rdata(name(owner), 300, data)
}

fn with_text(question: &Message, value: &str) -> Message {
    let mut message = answer(question);
    let owner = question.queries[0].name().to_ascii();
    message.add_answer(record(&owner, RData::TXT(TXT::new(vec![value.to_owned()]))));
    message
}

fn message(message: Message) -> Reply {
    Reply::Message(Box::new(message))
}

#[tokio::test]
async fn a_change_has_arrived_when_every_server_has_it() {
    let setup = Setup::new("example.test", "").secondary(Secondary::Lags);
    let Some(bind) = Bind::installed(&setup).await.unwrap() else { return };
    let network = Network::server(bind.address, Arc::new(|| Duration::ZERO), NetworkOptions::default()).unwrap();
    let options = AskOptions { port: bind.address.port(), ..AskOptions::default() };
    let all = Authorities::discovered(Arc::new(network), options);
    let (selector, key) = ("s1._domainkey.example.test", "v=DKIM1; p=abc");
    let has = Expect::Exactly(vec![text(key)]);

    assert_eq!(updates(&bind).apply(&add(selector, key)).await, Ok(Applied::Made));
    let agreement = all.agree(selector, RecordKind::Txt, &has).await.unwrap();
    assert_eq!(agreement.agreeing, 1);
    let words = format!("ns2.example.test ({}): no such name", bind.secondary.unwrap());
    assert_eq!(agreement.others.iter().map(ToString::to_string).collect::<Vec<_>>(), [words]);

    bind.pass_on("example.test").await.unwrap();
    let agreement = all.agree(selector, RecordKind::Txt, &has).await.unwrap();
    assert!(agreement.is_whole(), "{agreement:?}");
    assert_eq!((agreement.agreeing, agreement.ttl), (2, 60));
    assert!(all.agree(selector, RecordKind::Txt, &Expect::Contains(text(key))).await.unwrap().is_whole());

    assert_eq!(updates(&bind).apply(&add(selector, key).undo()).await, Ok(Applied::Made));
    let lacks = Expect::Lacks(text(key));
    assert!(!all.agree(selector, RecordKind::Txt, &lacks).await.unwrap().is_whole());
    bind.pass_on("example.test").await.unwrap();
    assert!(all.agree(selector, RecordKind::Txt, &lacks).await.unwrap().is_whole());
}

#[tokio::test]
async fn a_secondary_server_follows_by_itself() {
    let setup = Setup::new("example.test", "").secondary(Secondary::Follows);
    let Some(mut bind) = Bind::installed(&setup).await.unwrap() else { return };
    let both = Authorities::fixed(bind.servers(), None, AskOptions::default());
    assert_eq!(updates(&bind).apply(&add("a.example.test", "here")).await, Ok(Applied::Made));
    let has = Expect::Contains(text("here"));
    let arrived = async {
        while !both.agree("a.example.test", RecordKind::Txt, &has).await.unwrap().is_whole() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), arrived).await.unwrap();

    // The zone lives on where it is left.
    bind.stop_primary();
    let agreement = both.agree("a.example.test", RecordKind::Txt, &has).await.unwrap();
    assert_eq!((agreement.agreeing, agreement.others.len()), (1, 1));
    assert!(agreement.others[0].to_string().contains("it cannot be reached"), "{}", agreement.others[0]);
}

#[tokio::test]
async fn an_alias_is_followed_to_the_servers_of_its_target() {
    let setup = Setup::new("example.test", "s1._domainkey CNAME s1.keys.example.\nlost._domainkey CNAME gone.keys.example.")
        .zone("keys.example", "s1 TXT \"v=DKIM1; p=abc\"");
    let Some(bind) = Bind::installed(&setup).await.unwrap() else { return };
    let network: Arc<dyn Resolver> =
        Arc::new(Network::server(bind.address, Arc::new(|| Duration::ZERO), NetworkOptions::default()).unwrap());
    let options = AskOptions { port: bind.address.port(), ..AskOptions::default() };
    for all in [
        Authorities::discovered(Arc::clone(&network), options),
        Authorities::fixed(bind.servers(), Some(network), options),
        Authorities::fixed(bind.servers(), None, options),
    ] {
        let survey = all.survey("s1._domainkey.example.test", RecordKind::Txt).await.unwrap();
        assert_eq!(survey.aliases, [("s1._domainkey.example.test".to_owned(), "s1.keys.example".to_owned())]);
        assert_eq!(survey.said[0].asked, "s1.keys.example");
        assert_eq!(survey.said[0].says, Says::Records { values: vec![text("v=DKIM1; p=abc")], ttl: 300 });
        let lost = all.survey("lost._domainkey.example.test", RecordKind::Txt).await.unwrap();
        assert_eq!(lost.said[0].says, Says::Absent { exists: false, ttl: 60 });
        let alias = all.survey("s1._domainkey.example.test", RecordKind::Cname).await.unwrap();
        assert_eq!(alias.said[0].says, Says::Records { values: vec![Value::Cname("s1.keys.example".to_owned())], ttl: 300 });
    }
}

#[tokio::test]
async fn aliases_that_go_round_are_no_answer() {
    let round = |question: &Message, _: bool| {
        let mut message = answer(question);
        let owner = question.queries[0].name().to_ascii();
        let target = if owner == "a.example." { "b.example." } else { "a.example." };
        message.add_answer(record(&owner, RData::CNAME(CNAME(name(target)))));
        self::message(message)
    };
    let survey = survey(vec![serve(round).await], "a.example").await;
    assert_eq!(survey.said[0].says.to_string(), "b.example is an alias of a.example, and aliases go round or do not end");
    assert!(!survey.agreement(&Expect::Exactly(Vec::new())).is_whole());

    let count = AtomicUsize::new(0);
    let endless = move |question: &Message, _: bool| {
        let mut message = answer(question);
        let owner = question.queries[0].name().to_ascii();
        let target = format!("a{}.example.", count.fetch_add(1, Ordering::SeqCst));
        message.add_answer(record(&owner, RData::CNAME(CNAME(name(&target)))));
        self::message(message)
    };
    let survey = self::survey(vec![serve(endless).await], "a.example").await;
    assert!(survey.said[0].says.to_string().ends_with("and aliases go round or do not end"), "{survey:?}");
    assert!(survey.aliases.len() <= 8);
}

#[tokio::test]
async fn servers_that_differ_about_an_alias_are_both_followed() {
    let first = serve(|question, _| {
        let mut message = answer(question);
        if question.queries[0].name() == &name("a.example.") {
            message.add_answer(record("a.example.", RData::CNAME(CNAME(name("b.example.")))));
        } else {
            message = with_text(question, "new");
        }
        self::message(message)
    })
    .await;
    let second = serve(|question, _| {
        message(with_text(question, if question.queries[0].name() == &name("a.example.") { "old" } else { "new" }))
    })
    .await;
    let survey = survey(vec![first, second], "a.example").await;
    let agreement = survey.agreement(&Expect::Exactly(vec![text("new")]));
    assert_eq!((agreement.agreeing, agreement.others.len()), (2, 1));
    assert_eq!(agreement.others[0].to_string(), format!("{second}: \"old\""));
}

#[tokio::test]
async fn a_server_without_the_zone_is_lame() {
    let lame = |says: Says| if let Says::Lame(words) = says { words } else { panic!("{says:?}") };
    let refused = says(|question, _| {
        let mut message = answer(question);
        message.metadata.response_code = ResponseCode::Refused;
        self::message(message)
    });
    assert_eq!(lame(refused.await), "it does not answer for the zone (REFUSED)");
    let remembered = says(|question, _| {
        let mut message = with_text(question, "from memory");
        message.metadata.authoritative = false;
        self::message(message)
    });
    assert_eq!(lame(remembered.await), "it answers without authority: it does not have the zone");
    let refers = says(|question, _| {
        let mut message = answer(question);
        message.metadata.authoritative = false;
        message.add_authority(record("example.", RData::NS(NS(name("ns.example.")))));
        self::message(message)
    });
    assert_eq!(lame(refers.await), "it refers to other servers");
}

#[tokio::test]
async fn a_server_that_cannot_say_is_trouble() {
    let trouble = |says: Says| if let Says::Trouble(words) = says { words } else { panic!("{says:?}") };
    let failed = says(|question, _| {
        let mut message = answer(question);
        message.metadata.response_code = ResponseCode::ServFail;
        self::message(message)
    });
    assert_eq!(trouble(failed.await), "it cannot find out (SERVFAIL); its copy of the zone may be too old");
    assert_eq!(trouble(says(|_, _| Reply::Silence).await), "no answer within 0.3 s");
    assert_eq!(trouble(says(|_, _| Reply::Bytes(b"what?".to_vec())).await), "what it answers is no answer to the question");
    let forged = says(|question, _| {
        let mut message = with_text(question, "forged");
        message.metadata.id = question.id.wrapping_add(1);
        self::message(message)
    });
    assert_eq!(trouble(forged.await), "what it answers is no answer to the question");
    let cut = says(|question, _| {
        let mut message = answer(question);
        message.metadata.truncation = true;
        self::message(message)
    });
    assert_eq!(trouble(cut.await), "its answer is cut even over TCP");
    let stalls = says(|question, tcp| {
        let mut message = answer(question);
        message.metadata.truncation = true;
        if tcp { Reply::Silence } else { self::message(message) }
    });
    assert_eq!(trouble(stalls.await), "its answer fits in no datagram, and over TCP none came within 0.3 s");
    let short = says(|question, tcp| {
        let mut message = answer(question);
        message.metadata.truncation = true;
        if tcp { Reply::Short(b"half".to_vec()) } else { self::message(message) }
    });
    assert_eq!(trouble(short.await), "its answer fits in no datagram, and over TCP it closed the connection without an answer");
}

#[tokio::test]
async fn an_answer_that_does_not_fit_comes_over_tcp() {
    let says = says(|question, tcp| {
        let mut message = answer(question);
        if tcp {
            let part = "x".repeat(255);
            message.add_answer(record("a.example.", RData::TXT(TXT::new(vec![part; 240]))));
        } else {
            message.metadata.truncation = true;
        }
        self::message(message)
    });
    assert_eq!(says.await, Says::Records { values: vec![text(&"x".repeat(255 * 240))], ttl: 300 });
}

#[tokio::test]
async fn a_question_that_is_lost_is_asked_again_and_old_servers_are_asked_plainly() {
    let lost = AtomicUsize::new(0);
    let late = move |question: &Message, _: bool| match lost.fetch_add(1, Ordering::SeqCst) {
        0 => Reply::Silence,
        _ => message(with_text(question, "here")),
    };
    assert!(matches!(says(late).await, Says::Records { .. }));
    let old = says(|question, _| {
        let mut message = with_text(question, "here");
        if question.edns.is_some() {
            message = answer(question);
            message.metadata.response_code = ResponseCode::FormErr;
        }
        self::message(message)
    });
    assert!(matches!(old.await, Says::Records { .. }));
}

#[tokio::test]
async fn absence_is_remembered_as_long_as_the_zone_says() {
    let absent = says(|question, _| {
        let mut message = answer(question);
        message.metadata.response_code = ResponseCode::NXDomain;
        let soa = SOA::new(name("ns.example."), name("root.example."), 1, 1, 1, 1, 45);
        message.add_authority(record("example.", RData::SOA(soa)));
        self::message(message)
    });
    assert_eq!(absent.await, Says::Absent { exists: false, ttl: 45 });
}

fn zone(lines: &str) -> Arc<dyn Resolver> {
    Arc::new(Zone::parse(lines).unwrap())
}

#[tokio::test]
async fn servers_are_those_of_the_zone_and_not_of_what_a_name_is_an_alias_of() {
    // A name that is an alias of a zone's own name is asked at its own servers.
    let here = |question: &Message, _: bool| message(with_text(question, "ours"));
    let address = serve_at("127.0.0.1:0".parse().unwrap(), here).await;
    let lines = "example. 60 IN NS ns1.example.\nns1.example. 60 IN A 127.0.0.1\nwww.example. 60 IN CNAME other.test.\n\
                 other.test. 60 IN NS ns.other.test.\nns.other.test. 60 IN A 127.0.0.9\n";
    let options = AskOptions { port: address.port(), ..hasty() };
    let all = Authorities::discovered(zone(lines), options);
    let survey = all.survey("www.example", RecordKind::Txt).await.unwrap();
    assert_eq!(survey.said.iter().map(ToString::to_string).collect::<Vec<_>>(), [format!("ns1.example ({address}): \"ours\"")]);
}

#[tokio::test]
async fn a_server_without_an_address_has_not_agreed() {
    let address = serve(|question, _| message(with_text(question, "here"))).await;
    let lines = "example. 60 IN NS ns1.example.\nexample. 60 IN NS ns2.example.\nns1.example. 60 IN A 127.0.0.1\n";
    let all = Authorities::discovered(zone(lines), AskOptions { port: address.port(), ..hasty() });
    let agreement = all.agree("a.example", RecordKind::Txt, &Expect::Contains(text("here"))).await.unwrap();
    assert_eq!(agreement.agreeing, 1);
    assert_eq!(agreement.others[0].to_string(), "ns2.example: its address is not known: it has none");
}

#[tokio::test]
async fn where_nobody_can_be_asked_the_reason_is_named() {
    let nobody = Authorities::fixed(Vec::new(), None, hasty());
    assert_eq!(nobody.survey("a.example", RecordKind::Txt).await, Err(NoAuthorities::Nobody));
    let empty = Authorities::discovered(zone(""), hasty());
    assert_eq!(empty.survey("a.example", RecordKind::Txt).await, Err(NoAuthorities::NoZone("a.example".to_owned())));
    assert!(matches!(empty.survey("a b", RecordKind::Txt).await, Err(NoAuthorities::Name(_))));
}
