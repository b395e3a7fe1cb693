//! What holds of every signature, key and message, however wrong: a verdict with a reason, never a panic; and what is signed verifies.

#![expect(clippy::unwrap_used, reason = "the fixed keys of the tests are sound")]

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use futures::executor::block_on;
use proptest::prelude::*;
use spoofwatch_mailauth::{
    Message,
    arc::{ArcResult, Sealer, validate},
    dkim::{
        Canonicalization, DkimResult, MOST_SIGNATURES, Signer, SigningKey,
        tags::{Gaps, TagList},
        verify,
    },
    dns::{Answer, Kind, Records, Resolver},
};

const NOW: i64 = 1_782_864_000;
const KEY: &str = include_str!("keys/only-for-tests-ed25519.pem");

/// Answers every question with one text.
#[derive(Debug)]
struct Always(Vec<u8>);

#[async_trait]
impl Resolver for Always {
    async fn lookup(&self, _: &str, _: Kind) -> Answer {
        Answer::found(Records::Txt(Arc::from([self.0.clone().into_boxed_slice()])), Duration::ZERO)
    }
}

fn key() -> SigningKey {
    SigningKey::from_pem(KEY).unwrap()
}

fn record() -> Always {
    Always(key().record().unwrap().into_bytes())
}

/// Pieces of which signatures, keys and messages are made, in any order.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => proptest::sample::select(vec![
            "DKIM-Signature:", "ARC-Seal:", "ARC-Message-Signature:", "ARC-Authentication-Results:", "From:", "Subject:", "v=1;", "a=rsa-sha256;",
            "a=ed25519-sha256;", "b=", "bh=", "d=example.com;", "s=s1;", "h=From:Subject;", "i=1;", "i=@example.com;", "l=", "c=relaxed/simple;",
            "cv=none;", "t=1;", "x=2;", "q=dns/txt;", "v=DKIM1;", "k=ed25519;", "p=", "AAAA", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;", ";", "=",
            ":", "99999999999999999999", " ", "\t", "\r\n", "\r\n ", "\n", "\r", "ü",
        ]).prop_map(str::to_owned),
        1 => "\\PC{0,4}",
    ];
    proptest::collection::vec(piece, 0..80).prop_map(|pieces| pieces.concat())
}

fn forms() -> impl Strategy<Value = Canonicalization> {
    prop_oneof![Just(Canonicalization::Simple), Just(Canonicalization::Relaxed)]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_message_comes_to_verdicts(text in pieces(), record in pieces()) {
        let zone = Always(record.into_bytes());
        let message = Message::new(text.as_bytes());
        for verdict in block_on(verify(&message, &zone, NOW)) {
            prop_assert!(!verdict.reason.is_empty());
            prop_assert_ne!(verdict.result, DkimResult::Pass);
        }
        let chain = block_on(validate(&message, &zone, NOW));
        prop_assert!(!chain.reason.is_empty());
        prop_assert_ne!(chain.result, ArcResult::Pass);
    }

    #[test]
    fn a_tag_list_gives_back_what_is_in_it(text in pieces()) {
        for gaps in [Gaps::Refused, Gaps::Ignored] {
            let Ok(list) = TagList::parse(text.as_bytes(), gaps) else { continue };
            for tag in list.iter() {
                prop_assert_eq!(list.get(tag.name), Some(tag));
                let room = &text.as_bytes()[tag.room.clone()];
                prop_assert!(room.windows(tag.value.len().max(1)).any(|part| part == tag.value) || tag.value.is_empty());
            }
        }
    }

    #[test]
    fn what_is_signed_verifies(rest in pieces(), header in forms(), body in forms()) {
        let text = format!("From: ann@example.com\r\n{rest}");
        let message = Message::new(text.as_bytes());
        let signer = Signer::new(key(), "example.com", "s1").unwrap().canonicalization(header, body);
        let field = signer.sign(&message, NOW).unwrap();
        let signed = [field.as_bytes(), message.bytes()].concat();
        let verdicts = block_on(verify(&Message::new(&signed), &record(), NOW));
        prop_assert_eq!(verdicts[0].result, DkimResult::Pass, "{}", verdicts[0].reason);
    }

    #[test]
    fn what_is_sealed_validates(rest in pieces()) {
        let text = format!("From: ann@example.com\r\n{rest}");
        let message = Message::new(text.as_bytes());
        let sealer = Sealer::new(key(), "example.com", "s1").unwrap();
        let chain = block_on(validate(&message, &record(), NOW));
        prop_assume!(chain.result == ArcResult::None);
        let fields = sealer.seal(&message, "a.example; none", &chain, NOW).unwrap().unwrap();
        let sealed = [fields.seal.as_bytes(), fields.message_signature.as_bytes(), fields.results.as_bytes(), message.bytes()].concat();
        let found = block_on(validate(&Message::new(&sealed), &record(), NOW));
        prop_assert_eq!(found.result, ArcResult::Pass, "{}", found.reason);
    }
}

#[test]
fn more_signatures_than_are_checked_have_a_verdict_each() {
    let text = "DKIM-Signature: v=1\r\n".repeat(MOST_SIGNATURES + 3) + "From: a@example.com\r\n\r\n";
    let verdicts = block_on(verify(&Message::new(text.as_bytes()), &record(), NOW));
    assert_eq!(verdicts.len(), MOST_SIGNATURES + 3);
    let last = verdicts.last().unwrap();
    assert_eq!(last.result, DkimResult::Policy);
    assert_eq!(last.reason, "it is not looked at: a message has only its first 16 signatures checked");
}

#[test]
fn a_signature_over_too_many_fields_is_not_followed() {
    let text = format!("DKIM-Signature: v=1; a=rsa-sha256; b=AA; bh=AA; d=a.example; s=s; h=From{}\r\n\r\n", ":X".repeat(1000));
    let verdicts = block_on(verify(&Message::new(text.as_bytes()), &record(), NOW));
    assert_eq!(
        (verdicts[0].result, verdicts[0].reason.as_str()),
        (DkimResult::Neutral, "the signature names more than 300 header fields")
    );
    assert_eq!(verdicts[0].signed_headers.len(), 300);
}
