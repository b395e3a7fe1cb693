//! Changes at a BIND on loopback.

#![expect(clippy::unwrap_used, reason = "a server on loopback that does not start fails the test")]

use std::{sync::Arc, time::SystemTime};

use spoofwatch_zones::{
    Applied, Change, RecordKind, TsigKey, UpdateOptions, Updates, Value, WallClock, WriteError, ZoneWriter,
    bench::{Bind, Setup},
};

const POLICY: &str = "_dmarc.example.test";

#[expect(clippy::disallowed_methods, reason = "the server on the other side has a clock of its own")]
fn now() -> WallClock {
    Arc::new(|| SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs())
}

fn updates(bind: &Bind) -> Updates {
    Updates::new(bind.address, TsigKey::read(&bind.key_text, None).unwrap(), now(), UpdateOptions::default())
}

fn text(text: &str) -> Value {
    Value::Txt(text.to_owned())
}

fn change(name: &str, before: &[&str], after: &[&str]) -> Change {
    let texts = |of: &[&str]| of.iter().copied().map(text).collect();
    Change { name: name.to_owned(), kind: RecordKind::Txt, before: texts(before), after: texts(after), ttl: 60 }
}

#[tokio::test]
async fn records_are_added_swapped_and_taken_away() {
    let Some(bind) = Bind::installed(&Setup::new("example.test", "")).await.unwrap() else { return };
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
    let Some(bind) = Bind::installed(&Setup::new("example.test", "")).await.unwrap() else { return };
    let zone = updates(&bind);
    let add = change(POLICY, &[], &["v=DMARC1; p=none"]);
    assert_eq!(zone.apply(&add).await, Ok(Applied::Made));
    assert_eq!(zone.apply(&add).await, Ok(Applied::Already));
    let away = change(POLICY, &["v=DMARC1; p=none"], &[]);
    assert_eq!(zone.apply(&away).await, Ok(Applied::Made));
    assert_eq!(zone.apply(&away).await, Ok(Applied::Already));
}

#[tokio::test]
async fn what_was_changed_by_others_stays_and_is_named() {
    let Some(bind) = Bind::installed(&Setup::new("example.test", "_dmarc TXT \"v=DMARC1; p=none\"")).await.unwrap() else {
        return;
    };
    let zone = updates(&bind);
    let conflict = |now: &str| Err(WriteError::Conflict { name: POLICY.to_owned(), kind: RecordKind::Txt, now: now.to_owned() });
    let late = change(POLICY, &["v=DMARC1; p=quarantine"], &["v=DMARC1; p=reject"]);
    assert_eq!(zone.apply(&late).await, conflict("\"v=DMARC1; p=none\""));
    assert_eq!(zone.apply(&change(POLICY, &[], &["v=DMARC1; p=reject"])).await, conflict("\"v=DMARC1; p=none\""));
    assert_eq!(zone.look(POLICY, RecordKind::Txt).await.unwrap(), [text("v=DMARC1; p=none")]);
    let gone = change("gone.example.test", &["a"], &["b"]);
    assert!(zone.apply(&gone).await.unwrap_err().to_string().ends_with("it is now nothing"));
}
