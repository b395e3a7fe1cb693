//! Name servers that behave and that do not: one on loopback plays them all, by the name it is asked for.

#![expect(clippy::unwrap_used, reason = "a server on loopback that does not start fails the test")]

use std::{
    net::{Ipv4Addr, SocketAddr},
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use hickory_resolver::proto::{
    op::{Message, OpCode, ResponseCode},
    rr::{
        Name, RData, Record, RecordType,
        rdata::{
            A, CNAME, MX, NS, NULL, SOA, TLSA, TXT,
            tlsa::{CertUsage, Matching, Selector},
        },
    },
};
use spoofwatch_mailauth::dns::{Absent, Clock, Ds, Kind, Network, NetworkOptions, Records, Resolver, Soa, Tlsa, server_address};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, UdpSocket},
};

fn named(text: &str) -> Name {
    Name::from_str(text).unwrap()
}

fn record(owner: &str, ttl: u32, data: RData) -> Record {
    Record::from_rdata(named(owner), ttl, data)
}

fn start_of_authority() -> SOA {
    SOA::new(named("ns1.example."), named("root.example."), 1, 1, 1, 1, 30)
}

/// What the server says; `None` if it says nothing.
fn reply(question: &[u8], tcp: bool) -> Option<Vec<u8>> {
    let question = Message::from_vec(question).ok()?;
    let query = question.queries.first()?.clone();
    let asked = query.name().to_ascii();
    let mut answer = Message::response(question.metadata.id, OpCode::Query);
    answer.metadata.recursion_available = true;
    let proves = question.metadata.authentic_data;
    answer.add_query(query.clone());
    let code = |answer: &mut Message, code| answer.metadata.response_code = code;
    match asked.as_str() {
        "host.example." => {
            answer.add_answer(record(&asked, 300, RData::A(A(Ipv4Addr::new(192, 0, 2, 1)))));
        }
        "www.example." => {
            answer.add_answer(record(&asked, 60, RData::CNAME(CNAME(named("host.example.")))));
            answer.add_answer(record("host.example.", 300, RData::A(A(Ipv4Addr::new(192, 0, 2, 1)))));
        }
        // The server leaves it to the asker to follow.
        "far.example." => {
            answer.add_answer(record(&asked, 60, RData::CNAME(CNAME(named("host.example.")))));
        }
        "lost.example." => {
            answer.add_answer(record(&asked, 60, RData::CNAME(CNAME(named("nobody.example.")))));
        }
        "circle.example." => {
            answer.add_answer(record(&asked, 60, RData::CNAME(CNAME(named("round.example.")))));
        }
        "round.example." => {
            answer.add_answer(record(&asked, 60, RData::CNAME(CNAME(named("circle.example.")))));
        }
        "mail.example." => {
            answer.add_answer(record(&asked, 300, RData::MX(MX::new(20, named("MX2.example.")))));
            answer.add_answer(record(&asked, 300, RData::MX(MX::new(10, named("mx1.example.")))));
        }
        "null.example." => {
            answer.add_answer(record(&asked, 300, RData::MX(MX::new(0, Name::root()))));
        }
        "text.example." => {
            answer.add_answer(record(&asked, 300, RData::TXT(TXT::from_bytes(vec![b"v=spf1 ", b"-all\xff"]))));
        }
        "big.example." if tcp => {
            let part = [b'x'; 250];
            answer.add_answer(record(&asked, 300, RData::TXT(TXT::from_bytes(vec![&part; 200]))));
        }
        "big.example." => answer.metadata.truncation = true,
        "nobody.example." => {
            code(&mut answer, ResponseCode::NXDomain);
            answer.add_authority(record("example.", 3600, RData::SOA(start_of_authority())));
        }
        "bare.example." => {}
        "empty.example." => {
            answer.add_authority(record("example.", 3600, RData::SOA(start_of_authority())));
        }
        "elsewhere.example." => {
            answer.add_authority(record("example.", 60, RData::NS(NS(named("ns2.example.")))));
        }
        "failed.example." => code(&mut answer, ResponseCode::ServFail),
        "refused.example." => code(&mut answer, ResponseCode::Refused),
        _ => about_zones(&mut answer, &asked, query.query_type(), proves)?,
    }
    answer.to_vec().ok()
}

/// What it says of zones, and of what is proven.
fn about_zones(answer: &mut Message, asked: &str, kind: RecordType, proves: bool) -> Option<()> {
    match asked {
        // Proven, for those who want to know.
        "signed.example." => {
            answer.metadata.authentic_data = proves;
            answer.add_answer(record(asked, 300, RData::A(A(Ipv4Addr::new(192, 0, 2, 2)))));
        }
        "www.signed.example." => {
            answer.metadata.authentic_data = proves;
            answer.add_answer(record(asked, 60, RData::CNAME(CNAME(named("signed.example.")))));
            answer.add_answer(record("signed.example.", 300, RData::A(A(Ipv4Addr::new(192, 0, 2, 2)))));
        }
        // An unproven alias that the asker follows to a proven name.
        "far.signed.example." => {
            answer.add_answer(record(asked, 60, RData::CNAME(CNAME(named("signed.example.")))));
        }
        "zone.example." if kind == RecordType::NS => {
            answer.add_answer(record(asked, 300, RData::NS(NS(named("NS1.example.")))));
            answer.add_answer(record(asked, 300, RData::NS(NS(named("ns2.example.")))));
        }
        "zone.example." if kind == RecordType::SOA => {
            answer.add_answer(record(asked, 300, RData::SOA(start_of_authority())));
        }
        "zone.example." => {
            let digest = RData::Unknown { code: RecordType::DS, rdata: NULL::with(vec![0xec, 0x45, 13, 2, 0xd4, 0xb7]) };
            answer.add_answer(record(asked, 300, digest));
        }
        "deep.zone.example." => {
            answer.add_authority(record("zone.example.", 300, RData::SOA(start_of_authority())));
        }
        "delegated.example." => {
            answer.add_authority(record(asked, 300, RData::NS(NS(named("ns1.delegated.example.")))));
        }
        "_25._tcp.mx1.example." => {
            let tlsa = TLSA::new(CertUsage::DaneEe, Selector::Spki, Matching::Sha256, vec![1, 2, 3]);
            answer.add_answer(record(asked, 300, RData::TLSA(tlsa)));
        }
        _ => return None,
    }
    Some(())
}

struct Server {
    address: SocketAddr,
    questions: Arc<AtomicUsize>,
}

async fn server() -> Server {
    let questions = Arc::new(AtomicUsize::new(0));
    let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = tcp.local_addr().unwrap();
    let udp = UdpSocket::bind(address).await.unwrap();
    let count = Arc::clone(&questions);
    tokio::spawn(async move {
        let mut buffer = vec![0; 65_535];
        while let Ok((length, from)) = udp.recv_from(&mut buffer).await {
            count.fetch_add(1, Ordering::SeqCst);
            if let Some(answer) = reply(&buffer[..length], false) {
                udp.send_to(&answer, from).await.unwrap();
            }
        }
    });
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = tcp.accept().await {
            let length = stream.read_u16().await.unwrap();
            let mut question = vec![0; usize::from(length)];
            stream.read_exact(&mut question).await.unwrap();
            if let Some(answer) = reply(&question, true) {
                stream.write_u16(u16::try_from(answer.len()).unwrap()).await.unwrap();
                stream.write_all(&answer).await.unwrap();
            }
        }
    });
    Server { address, questions }
}

fn still() -> Clock {
    Arc::new(|| Duration::from_secs(1))
}

fn hasty() -> NetworkOptions {
    NetworkOptions { limit: Duration::from_millis(400), tries: 2, unanswered: 3, pause: Duration::from_secs(20) }
}

async fn network() -> Network {
    Network::server(server().await.address, still(), NetworkOptions::default()).unwrap()
}

fn trouble(absent: Result<impl std::fmt::Debug, Absent>) -> String {
    match absent {
        Err(Absent::Trouble(words)) => words.to_string(),
        other => format!("{other:?}"),
    }
}

#[tokio::test]
async fn records_are_found() {
    let network = network().await;
    let ask: &dyn Resolver = &network;
    assert_eq!(*ask.a("host.example").await.unwrap(), [Ipv4Addr::new(192, 0, 2, 1)]);
    let exchangers = ask.mx("mail.example").await.unwrap();
    assert_eq!(exchangers.iter().map(|mx| &*mx.exchange).collect::<Vec<_>>(), ["mx1.example", "mx2.example"]);
    assert_eq!(&*ask.mx("null.example").await.unwrap()[0].exchange, "");
    assert_eq!(*ask.txt("text.example").await.unwrap()[0], *b"v=spf1 -all\xff");
    assert_eq!(ask.ask("host.example", Kind::A).await.keep, Duration::from_secs(300));
}

#[tokio::test]
async fn aliases_are_followed() {
    let network = network().await;
    let ask: &dyn Resolver = &network;
    assert_eq!(*ask.a("www.example").await.unwrap(), [Ipv4Addr::new(192, 0, 2, 1)]);
    assert_eq!(*ask.a("far.example").await.unwrap(), [Ipv4Addr::new(192, 0, 2, 1)]);
    assert_eq!(ask.ask("www.example", Kind::A).await.keep, Duration::from_secs(60));
    assert_eq!(ask.a("lost.example").await, Err(Absent::NoSuchName));
    let words = trouble(ask.a("circle.example").await);
    assert!(words.starts_with("too many aliases follow one another"), "{words}");
}

#[tokio::test]
async fn an_alias_that_is_asked_for_is_the_answer() {
    let network = network().await;
    let ask: &dyn Resolver = &network;
    for name in ["www.example", "far.example"] {
        assert_eq!(*ask.cname(name).await.unwrap(), [Box::from("host.example")]);
    }
    assert_eq!(*ask.cname("lost.example").await.unwrap(), [Box::from("nobody.example")]);
    assert_eq!(*ask.cname("circle.example").await.unwrap(), [Box::from("round.example")]);
    assert_eq!(ask.cname("bare.example").await, Err(Absent::NoData));
    assert_eq!(ask.cname("host.example").await, Err(Absent::NoData));
    assert_eq!(ask.cname("nobody.example").await, Err(Absent::NoSuchName));
}

#[tokio::test]
async fn what_is_said_of_a_zone() {
    let network = network().await;
    let ask: &dyn Resolver = &network;
    assert_eq!(*ask.ns("zone.example").await.unwrap(), [Box::from("ns1.example"), Box::from("ns2.example")]);
    let soa = Soa {
        primary: "ns1.example".into(),
        contact: "root.example".into(),
        serial: 1,
        refresh: 1,
        retry: 1,
        expire: 1,
        minimum: 30,
    };
    assert_eq!(*ask.soa("zone.example").await.unwrap(), [soa]);
    let ds = Ds { key_tag: 60_485, algorithm: 13, digest_type: 2, digest: [0xd4, 0xb7].into() };
    assert_eq!(*ask.ds("zone.example").await.unwrap(), [ds]);
    assert_eq!(ask.soa("deep.zone.example").await, Err(Absent::NoData));
    assert_eq!(ask.soa("nobody.example").await, Err(Absent::NoSuchName));
    assert!(trouble(ask.ns("delegated.example").await).ends_with("refers to other servers and does not ask them"));
}

#[tokio::test]
async fn certificates_that_a_server_is_bound_to() {
    let network = network().await;
    let found = (&network as &dyn Resolver).tlsa("_25._tcp.mx1.example").await.unwrap();
    assert_eq!(*found, [Tlsa { usage: 3, selector: 1, matching: 1, data: [1, 2, 3].into() }]);
}

#[tokio::test]
async fn a_server_says_what_is_proven() {
    let network = network().await;
    let ask: &dyn Resolver = &network;
    let secure = async |name| {
        let answer = ask.ask(name, Kind::A).await;
        assert!(answer.outcome.is_ok(), "{answer:?}");
        answer.secure
    };
    assert!(secure("signed.example").await && secure("www.signed.example").await);
    assert!(!secure("host.example").await && !secure("far.signed.example").await);
}

#[tokio::test]
async fn an_answer_that_does_not_fit_comes_over_tcp() {
    let network = network().await;
    let Ok(Records::Txt(texts)) = network.lookup("big.example", Kind::Txt).await.outcome else { panic!("no text") };
    assert_eq!(texts[0].len(), 50_000);
}

#[tokio::test]
async fn there_are_two_ways_to_have_no_records() {
    let network = network().await;
    let nobody = network.lookup("nobody.example", Kind::A).await;
    assert_eq!((nobody.outcome, nobody.keep), (Err(Absent::NoSuchName), Duration::from_secs(30)));
    let bare = network.lookup("bare.example", Kind::A).await;
    assert_eq!((bare.outcome, bare.keep), (Err(Absent::NoData), Duration::from_secs(60)));
    let empty = network.lookup("empty.example", Kind::A).await;
    assert_eq!((empty.outcome, empty.keep), (Err(Absent::NoData), Duration::from_secs(30)));
}

#[tokio::test]
async fn a_server_that_cannot_say_is_named() {
    let network = network().await;
    let ask: &dyn Resolver = &network;
    let words = trouble(ask.a("failed.example").await);
    assert!(words.starts_with("127.0.0.1:") && words.ends_with("could not find out (SERVFAIL)"), "{words}");
    assert!(trouble(ask.a("refused.example").await).ends_with("(REFUSED)"));
    assert!(trouble(ask.a("elsewhere.example").await).ends_with("refers to other servers and does not ask them"));
}

#[tokio::test]
async fn silence_ends_with_the_time_limit() {
    let network = Network::server(server().await.address, still(), hasty()).unwrap();
    let words = trouble((&network as &dyn Resolver).a("silent.example").await);
    assert!(words.starts_with("no answer from 127.0.0.1:") && words.ends_with("within 0.4 s"), "{words}");
}

#[tokio::test]
async fn a_server_that_says_nothing_is_left_alone_for_a_while() {
    let server = server().await;
    let seconds = Arc::new(AtomicU64::new(1));
    let hand = Arc::clone(&seconds);
    let clock: Clock = Arc::new(move || Duration::from_secs(hand.load(Ordering::SeqCst)));
    let network = Network::server(server.address, clock, hasty()).unwrap();
    let ask: &dyn Resolver = &network;
    for _ in 0..3 {
        assert!(trouble(ask.a("silent.example").await).starts_with("no answer"));
    }
    let sent = server.questions.load(Ordering::SeqCst);
    for _ in 0..100 {
        assert!(trouble(ask.a("host.example").await).contains("did not answer the last questions"));
    }
    assert_eq!(server.questions.load(Ordering::SeqCst), sent);
    // When the pause is over one question is sent to see.
    seconds.store(22, Ordering::SeqCst);
    assert!(trouble(ask.a("silent.example").await).starts_with("no answer"));
    assert!(trouble(ask.a("host.example").await).contains("did not answer the last questions"));
    seconds.store(43, Ordering::SeqCst);
    assert!(ask.a("host.example").await.is_ok());
    assert!(ask.a("host.example").await.is_ok());
}

#[tokio::test]
async fn a_server_that_is_not_there_is_trouble() {
    let gone = UdpSocket::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let network = Network::server(gone, still(), hasty()).unwrap();
    assert!(matches!(network.lookup("host.example", Kind::A).await.outcome, Err(Absent::Trouble(_))));
}

#[tokio::test]
async fn a_server_is_given_by_address_and_port() {
    for (text, address) in [
        ("192.0.2.53", "192.0.2.53:53"),
        ("192.0.2.53:5353", "192.0.2.53:5353"),
        ("2001:db8::53", "[2001:db8::53]:53"),
        ("[2001:db8::53]:5353", "[2001:db8::53]:5353"),
    ] {
        assert_eq!(server_address(text).await.unwrap().to_string(), address);
    }
    assert!(server_address("192.0.2.53:many").await.is_err());
}
