//! Changes at a BIND on loopback, and at servers that answer wrongly or not at all.

use std::{sync::Arc, time::Duration};

use hickory_proto::{
    op::{Message, OpCode, Query, ResponseCode},
    rr::{Name, RData, Record, RecordType, rdata::TXT},
};
use proptest::prelude::*;
use spoofwatch_zones::{
    Algorithm, Applied, Change, RecordKind, TsigKey, UpdateOptions, Updates, Value, WriteError, ZoneWriter,
    bench::{Bind, Setup},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    change,
    fake::{Reply, answer, serve},
    key, now, text, updates,
};

const POLICY: &str = "_dmarc.example.test";

fn hasty() -> UpdateOptions {
    UpdateOptions { zone: None, limit: Duration::from_millis(400) }
}

async fn bind(records: &str) -> Option<Bind> {
    Bind::installed(&Setup::new("example.test", records)).await.unwrap()
}

fn refused(result: Result<Applied, WriteError>) -> String {
    match result {
        Err(WriteError::Refused { reason, .. }) => reason,
        other => panic!("{other:?}"),
    }
}

fn trouble(result: Result<Applied, WriteError>) -> String {
    match result {
        Err(WriteError::Trouble { reason, .. }) => reason,
        other => panic!("{other:?}"),
    }
}

fn conflict(result: Result<Applied, WriteError>) -> String {
    match result {
        Err(WriteError::Conflict { now, .. }) => now,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn records_are_added_swapped_and_taken_away() {
    let Some(bind) = bind("").await else { return };
    let zone = updates(&bind);
    let add = change(POLICY, &[], &["v=DMARC1; p=none"]);
    assert_eq!(zone.apply(&add).await, Ok(Applied::Made));
    assert_eq!(zone.look(POLICY, RecordKind::Txt).await.unwrap(), [text("v=DMARC1; p=none")]);
    let swap = change(POLICY, &["v=DMARC1; p=none"], &["v=DMARC1; p=reject"]);
    assert_eq!(zone.apply(&swap).await, Ok(Applied::Made));
    assert_eq!(zone.look(POLICY, RecordKind::Txt).await.unwrap(), [text("v=DMARC1; p=reject")]);
    assert_eq!(zone.apply(&swap.undo()).await, Ok(Applied::Made));
    assert_eq!(zone.apply(&add.undo()).await, Ok(Applied::Made));
    assert_eq!(zone.look(POLICY, RecordKind::Txt).await.unwrap(), []);
}

#[tokio::test]
async fn a_change_made_twice_is_made_once() {
    let Some(bind) = bind("").await else { return };
    let zone = updates(&bind);
    let add = change(POLICY, &[], &["v=DMARC1; p=none"]);
    assert_eq!(zone.apply(&add).await, Ok(Applied::Made));
    assert_eq!(zone.apply(&add).await, Ok(Applied::Already));
    assert_eq!(zone.apply(&change(POLICY, &["v=DMARC1; p=none"], &["v=DMARC1; p=none"])).await, Ok(Applied::Already));
    let away = change(POLICY, &["v=DMARC1; p=none"], &[]);
    assert_eq!(zone.apply(&away).await, Ok(Applied::Made));
    assert_eq!(zone.apply(&away).await, Ok(Applied::Already));
}

#[tokio::test]
async fn what_was_changed_by_others_stays_and_is_named() {
    let Some(bind) = bind("_dmarc TXT \"v=DMARC1; p=none\"").await else { return };
    let zone = updates(&bind);
    let late = change(POLICY, &["v=DMARC1; p=quarantine"], &["v=DMARC1; p=reject"]);
    assert_eq!(
        zone.apply(&late).await.unwrap_err().to_string(),
        "_dmarc.example.test TXT is not what it was when the change was planned; it is now \"v=DMARC1; p=none\""
    );
    assert_eq!(conflict(zone.apply(&change(POLICY, &[], &["v=DMARC1; p=reject"])).await), "\"v=DMARC1; p=none\"");
    assert_eq!(zone.look(POLICY, RecordKind::Txt).await.unwrap(), [text("v=DMARC1; p=none")]);
    assert_eq!(conflict(zone.apply(&change("gone.example.test", &["a"], &["b"])).await), "nothing");
}

#[tokio::test]
async fn of_several_records_one_is_changed() {
    let Some(bind) = bind("@ TXT \"v=spf1 -all\"\n@ TXT \"proof=1\"\n@ MX 10 mx").await else { return };
    let zone = updates(&bind);
    let present = zone.look("example.test", RecordKind::Txt).await.unwrap();
    let swap = Change::swapping("example.test", &present, &text("v=spf1 -all"), text("v=spf1 mx -all"), 60);
    assert_eq!(zone.apply(&swap).await, Ok(Applied::Made));
    let mut found = zone.look("example.test", RecordKind::Txt).await.unwrap();
    found.sort();
    assert_eq!(found, [text("proof=1"), text("v=spf1 mx -all")]);
    // Those of other kinds are not touched.
    let exchangers = zone.look("example.test", RecordKind::Mx).await.unwrap();
    assert_eq!(exchangers, [Value::Mx(10, "mx.example.test".to_owned())]);
    let null = Change::swapping("example.test", &exchangers, &exchangers[0], Value::Mx(0, String::new()), 60);
    assert_eq!(zone.apply(&null).await, Ok(Applied::Made));
    assert_eq!(zone.look("example.test", RecordKind::Mx).await.unwrap(), [Value::Mx(0, String::new())]);
}

#[tokio::test]
async fn a_key_of_2048_bits_is_two_strings_and_one_text() {
    let Some(bind) = bind("").await else { return };
    let zone = updates(&bind);
    let (selector, key) = ("s1._domainkey.example.test", format!("v=DKIM1; k=rsa; p={}", "MIIB".repeat(98)));
    assert_eq!(zone.apply(&change(selector, &[], &[&key])).await, Ok(Applied::Made));
    assert_eq!(zone.look(selector, RecordKind::Txt).await.unwrap(), [text(&key)]);
    // Revoked: RFC 6376 section 3.6.1.
    assert_eq!(zone.apply(&change(selector, &[&key], &["v=DKIM1; p="])).await, Ok(Applied::Made));
    assert_eq!(zone.look(selector, RecordKind::Txt).await.unwrap(), [text("v=DKIM1; p=")]);
}

#[tokio::test]
async fn a_wildcard_is_a_name_like_others() {
    let Some(bind) = bind("").await else { return };
    let (zone, selectors) = (updates(&bind), "*._domainkey.example.test");
    assert_eq!(zone.apply(&change(selectors, &[], &["v=DKIM1; p="])).await, Ok(Applied::Made));
    assert_eq!(zone.apply(&change(selectors, &[], &["v=DKIM1; p="])).await, Ok(Applied::Already));
    // It answers for other names, at which nothing stands.
    let selector = "s1._domainkey.example.test";
    assert_eq!(zone.look(selector, RecordKind::Txt).await, Ok(Vec::new()));
    let own = change(selector, &[], &["v=DKIM1; p=abc"]);
    assert_eq!(zone.apply(&own).await, Ok(Applied::Made));
    assert_eq!(zone.look(selector, RecordKind::Txt).await, Ok(vec![text("v=DKIM1; p=abc")]));
    assert_eq!(zone.apply(&own.undo()).await, Ok(Applied::Made));
    assert_eq!(zone.apply(&own.undo()).await, Ok(Applied::Already));
    let revoke = change(selector, &["v=DKIM1; p=abc"], &["v=DKIM1; p="]);
    assert_eq!(conflict(zone.apply(&revoke).await), "nothing: what answers there is a wildcard");
    let alias = Change::adding("*.hosted.example.test", &[], Value::Cname("keys.example".to_owned()), 60);
    assert_eq!(zone.apply(&alias).await, Ok(Applied::Made));
    assert_eq!(zone.apply(&change("s1.hosted.example.test", &["a"], &[])).await, Ok(Applied::Already));
}

#[tokio::test]
async fn a_text_is_the_same_in_whatever_strings() {
    let Some(bind) = bind("_dmarc TXT \"v=DMARC1; \" \"p=none\"").await else { return };
    let zone = updates(&bind);
    assert_eq!(zone.apply(&change(POLICY, &[], &["v=DMARC1; p=none"])).await, Ok(Applied::Already));
    assert_eq!(zone.apply(&change(POLICY, &["v=DMARC1; p=none"], &["v=DMARC1; p=reject"])).await, Ok(Applied::Made));
    assert_eq!(zone.look(POLICY, RecordKind::Txt).await.unwrap(), [text("v=DMARC1; p=reject")]);
}

#[tokio::test]
async fn the_largest_text_is_written() {
    let Some(bind) = bind("").await else { return };
    let large = "x".repeat(60_000);
    assert_eq!(updates(&bind).apply(&change("a.example.test", &[], &[&large])).await, Ok(Applied::Made));
    assert_eq!(updates(&bind).look("a.example.test", RecordKind::Txt).await.unwrap(), [text(&large)]);
}

#[tokio::test]
async fn an_alias_and_other_records_never_share_a_name() {
    let Some(bind) = bind("s1 CNAME s1.keys.example.\ns2 TXT \"v=DKIM1; p=abc\"").await else { return };
    let zone = updates(&bind);
    let beside = zone.apply(&change("s1.example.test", &[], &["v=DKIM1; p=abc"])).await;
    assert_eq!(conflict(beside), "an alias of s1.keys.example, beside which nothing can stand");
    let alias = |name: &str| Change::adding(name, &[], Value::Cname("s1.keys.example".to_owned()), 60);
    let beside = zone.apply(&alias("s2.example.test")).await;
    assert_eq!(conflict(beside), "none, but the name has other records, beside which no alias can stand");
    assert_eq!(zone.apply(&alias("S1.Example.Test.")).await, Ok(Applied::Already));
    assert_eq!(zone.apply(&alias("s3.example.test")).await, Ok(Applied::Made));
    assert_eq!(zone.apply(&alias("s3.example.test").undo()).await, Ok(Applied::Made));
    assert_eq!(zone.look("s3.example.test", RecordKind::Cname).await.unwrap(), []);
}

#[tokio::test]
async fn a_zone_that_is_signed_is_changed_the_same_way() {
    let setup = Setup::new("example.test", "*._domainkey TXT \"v=DKIM1; p=\"").signed();
    let Some(bind) = Bind::installed(&setup).await.unwrap() else { return };
    let zone = updates(&bind);
    let (policy, selector) = (POLICY, "s1._domainkey.example.test");
    assert_eq!(zone.apply(&change(policy, &[], &["v=DMARC1; p=none"])).await, Ok(Applied::Made));
    assert_eq!(zone.apply(&change(policy, &["v=DMARC1; p=none"], &["v=DMARC1; p=reject"])).await, Ok(Applied::Made));
    assert_eq!(zone.apply(&change(policy, &["v=DMARC1; p=none"], &["v=DMARC1; p=reject"])).await, Ok(Applied::Already));
    let alias = Change::adding(selector, &[], Value::Cname("s1.keys.example".to_owned()), 60);
    assert_eq!(zone.apply(&alias).await, Ok(Applied::Made));
    let other = Value::Cname("s2.keys.example".to_owned());
    let swap = Change::swapping(selector, &alias.after, &alias.after[0], other, 60);
    assert_eq!(zone.apply(&swap).await, Ok(Applied::Made));
    assert_eq!(zone.apply(&Change { after: Vec::new(), ..swap.undo() }).await, Ok(Applied::Made));
    assert_eq!(zone.apply(&alias).await, Ok(Applied::Made));
}

#[tokio::test]
async fn the_zone_of_a_name_is_found() {
    let setup = Setup::new("example.test", "www CNAME host.deep.example.test.\ndeep NS ns1")
        .zone("deep.example.test", "host A 192.0.2.1")
        .zone("keys.example", "");
    let Some(bind) = Bind::installed(&setup).await.unwrap() else { return };
    let zone = updates(&bind);
    for (name, wanted) in [
        ("_dmarc.example.test", "example.test"),
        ("example.test", "example.test"),
        ("a.b.c.example.test", "example.test"),
        ("host.deep.example.test", "deep.example.test"),
        ("s1.keys.example", "keys.example"),
        // What a name is an alias of is in another zone.
        ("www.example.test", "example.test"),
    ] {
        assert_eq!(zone.zone(name).await.as_deref(), Ok(wanted), "{name}");
    }
    let elsewhere = zone.apply(&change("_dmarc.example.net", &[], &["a"])).await;
    assert_eq!(refused(elsewhere), "it has no zone that _dmarc.example.net is in, or does not let the key updates ask");
    let given = UpdateOptions { zone: Some("keys.example".to_owned()), ..UpdateOptions::default() };
    let given = Updates::new(bind.address, key(&bind), now(), given);
    assert_eq!(given.apply(&change("s1.keys.example", &[], &["a"])).await, Ok(Applied::Made));
    assert_eq!(refused(given.apply(&change(POLICY, &[], &["a"])).await), "the name is not in the zone keys.example (NOTZONE)");
}

#[tokio::test]
async fn what_the_policy_forbids_is_refused() {
    let setup = Setup::new("example.test", "").policy("grant updates name _dmarc.example.test. TXT;");
    let Some(bind) = Bind::installed(&setup).await.unwrap() else { return };
    let zone = updates(&bind);
    assert_eq!(zone.apply(&change(POLICY, &[], &["v=DMARC1; p=none"])).await, Ok(Applied::Made));
    let words = "the key updates may not change TXT records there (REFUSED); with BIND, `grant updates name a.example.test. TXT;` in the \
                 update-policy of the zone example.test lets it";
    assert_eq!(refused(zone.apply(&change("a.example.test", &[], &["a"])).await), words);
    assert_eq!(zone.look("a.example.test", RecordKind::Txt).await.unwrap(), []);
}

#[tokio::test]
async fn an_exchanger_without_an_address_is_refused() {
    let Some(bind) = bind("").await else { return };
    let add = Change::adding("example.test", &[], Value::Mx(10, "mx.example.test".to_owned()), 60);
    let words = refused(updates(&bind).apply(&add).await);
    assert!(words.ends_with("BIND also refuses an exchanger of the same zone that has no address"), "{words}");
}

#[tokio::test]
async fn a_server_that_is_not_the_primary_says_so() {
    let setup = Setup::new("example.test", "").secondary(spoofwatch_zones::bench::Secondary::Lags);
    let Some(bind) = Bind::installed(&setup).await.unwrap() else { return };
    let secondary = Updates::new(bind.secondary.unwrap(), key(&bind), now(), UpdateOptions::default());
    let words = refused(secondary.apply(&change(POLICY, &[], &["a"])).await);
    assert!(words.contains("(REFUSED)") || words.contains("(NOTAUTH)"), "{words}");
}

#[tokio::test]
async fn an_update_without_a_signature_is_refused() {
    let Some(bind) = bind("").await else { return };
    let mut message = Message::query();
    message.metadata.op_code = OpCode::Update;
    message.add_query(Query::query(Name::from_ascii("example.test.").unwrap(), RecordType::SOA));
    let data = RData::TXT(TXT::new(vec!["a".to_owned()]));
    message.add_authority(Record::from_rdata(Name::from_ascii("a.example.test.").unwrap(), 60, data));
    let bytes = message.to_vec().unwrap();
    let mut stream = TcpStream::connect(bind.address).await.unwrap();
    stream.write_u16(u16::try_from(bytes.len()).unwrap()).await.unwrap();
    stream.write_all(&bytes).await.unwrap();
    let mut answer = vec![0; usize::from(stream.read_u16().await.unwrap())];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(Message::from_vec(&answer).unwrap().response_code, ResponseCode::Refused);
}

#[tokio::test]
async fn a_key_the_server_does_not_accept_is_told_apart() {
    let Some(bind) = bind("").await else { return };
    let add = change(POLICY, &[], &["v=DMARC1; p=none"]);
    let with = |key: TsigKey| Updates::new(bind.address, key, now(), UpdateOptions::default());
    let wrong = with(TsigKey::new("updates", Algorithm::Sha256, vec![7; 32]).unwrap());
    assert_eq!(
        refused(wrong.apply(&add).await),
        "its secret of the key updates is another than ours (BADSIG): copy the key file from the server again"
    );
    let unknown = with(TsigKey::new("nobody", Algorithm::Sha512, vec![7; 32]).unwrap());
    assert_eq!(
        refused(unknown.apply(&add).await),
        "it does not know the key nobody with hmac-sha512, or does not let it ask (BADKEY): give it the same key; Knot DNS also wants an \
         acl of the key with `action: [query, update]` that covers the name"
    );
    let clock = now();
    let late = Updates::new(bind.address, key(&bind), Arc::new(move || clock() - 3600), UpdateOptions::default());
    let words = refused(late.apply(&add).await);
    assert!(words.starts_with("its clock is 60 min 0 s ahead of ours (BADTIME)"), "{words}");
    assert_eq!(updates(&bind).look(POLICY, RecordKind::Txt).await.unwrap(), []);
}

#[tokio::test]
async fn a_server_that_is_gone_is_trouble_and_what_it_was_told_stays() {
    let Some(mut bind) = bind("").await else { return };
    let add = change(POLICY, &[], &["v=DMARC1; p=none"]);
    assert_eq!(updates(&bind).apply(&add).await, Ok(Applied::Made));
    bind.stop_primary();
    let words = updates(&bind).apply(&add).await.unwrap_err().to_string();
    assert!(words.starts_with(&format!("{}: it cannot be reached: ", bind.address)), "{words}");
    bind.start_primary().await.unwrap();
    assert_eq!(updates(&bind).apply(&add).await, Ok(Applied::Already));
}

async fn said(reply: impl Fn(&Message, bool) -> Reply + Send + Sync + 'static) -> String {
    let server = serve(reply).await;
    let key = TsigKey::new("updates", Algorithm::Sha256, vec![7; 32]).unwrap();
    trouble(Updates::new(server, key, now(), hasty()).apply(&change(POLICY, &[], &["a"])).await)
}

#[tokio::test]
async fn a_server_that_says_nothing_or_nonsense_is_trouble() {
    assert_eq!(said(|_, _| Reply::Silence).await, "no answer within 0.4 s");
    assert_eq!(said(|_, _| Reply::Close).await, "it closed the connection without an answer");
    assert_eq!(said(|_, _| Reply::Short(vec![1; 20])).await, "it closed the connection without an answer");
    assert_eq!(said(|_, _| Reply::Bytes(Vec::new())).await, "what it answered is no message of the DNS");
    assert_eq!(
        said(|_, _| Reply::Bytes(b"220 mail.example.test ESMTP".to_vec())).await,
        "what it answered is no message of the DNS"
    );
    assert_eq!(said(|_, _| Reply::Bytes(vec![0xff; 65_000])).await, "what it answered is no message of the DNS");
    let plain = |code| {
        move |question: &Message, _: bool| {
            let mut message = answer(question);
            message.metadata.response_code = code;
            Reply::Message(Box::new(message))
        }
    };
    assert_eq!(said(plain(ResponseCode::NotImp)).await, "its answer is not signed, so it is not believed; it says NOTIMP");
    assert_eq!(
        said(plain(ResponseCode::NotAuth)).await,
        "its answer is not signed, so it is not believed; it says NOTAUTH: the key or its secret may be another than the server's"
    );
    let repeats = |question: &Message, _: bool| Reply::Message(Box::new(question.clone()));
    assert!(said(repeats).await.starts_with("its answer is"), "its own question");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_a_server_answers_is_trouble(bytes in prop::collection::vec(any::<u8>(), 0..600), head in any::<bool>()) {
        let mut bytes = bytes;
        if head && let Some(there) = bytes.get_mut(..12) {
            there.copy_from_slice(&[0, 0, 0x84, 0, 0, 1, 0, 1, 0, 0, 0, 1]);
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let words = runtime.block_on(said(move |_, _| Reply::Bytes(bytes.clone())));
        prop_assert!(words.starts_with("what it answered is no message") || words.starts_with("its answer is"), "{}", words);
    }
}
