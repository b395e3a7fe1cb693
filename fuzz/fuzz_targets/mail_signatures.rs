//! Any message, the first line of which is what every name in the DNS answers: its signatures and chain come to verdicts with a reason, and
//! what our signer signs of it verifies.
//!
//! `cargo +nightly fuzz run mail_signatures`

#![no_main]

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use futures::executor::block_on;
use libfuzzer_sys::fuzz_target;
use spoofwatch_mailauth::{
    Message,
    arc::validate,
    dkim::{Canonicalization, DkimResult, Signer, SigningKey, verify},
    dns::{Answer, Kind, Records, Resolver},
};

const NOW: i64 = 1_782_864_000;
const KEY: &str = include_str!("../../crates/mailauth/tests/keys/only-for-tests-ed25519.pem");

/// Answers every question with one text.
#[derive(Debug)]
struct Always(Vec<u8>);

#[async_trait]
impl Resolver for Always {
    async fn lookup(&self, _: &str, _: Kind) -> Answer {
        Answer { outcome: Ok(Records::Txt(Arc::from([self.0.clone().into_boxed_slice()]))), keep: Duration::ZERO }
    }
}

fuzz_target!(|bytes: &[u8]| {
    let cut = bytes.iter().position(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let (record, text) = bytes.split_at(cut);
    let zone = Always(record.trim_ascii_end().to_vec());
    let message = Message::new(text);
    for verdict in block_on(verify(&message, &zone, NOW)) {
        assert!(!verdict.reason.is_empty(), "{verdict:?}");
    }
    assert!(!block_on(validate(&message, &zone, NOW)).reason.is_empty());

    let key = SigningKey::from_pem(KEY).expect("the key of the tests");
    let zone = Always(key.record().expect("a public half").into_bytes());
    for form in [Canonicalization::Simple, Canonicalization::Relaxed] {
        let key = SigningKey::from_pem(KEY).expect("the key of the tests");
        let signer = Signer::new(key, "example.com", "s").expect("a domain").canonicalization(form, form);
        let Ok(field) = signer.sign(&message, NOW) else { return };
        let signed = [field.as_bytes(), message.bytes()].concat();
        let verdict = block_on(verify(&Message::new(&signed), &zone, NOW)).into_iter().next();
        assert_eq!(verdict.map(|verdict| verdict.result), Some(DkimResult::Pass));
    }
});
