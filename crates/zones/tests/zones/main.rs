//! Zones changed and looked at: real servers on loopback, and servers that do everything wrong.

#![expect(clippy::unwrap_used, reason = "a server on loopback that does not start fails the test")]

mod authorities;
mod by_hand;
mod fake;
mod knot;
mod updates;

use std::{sync::Arc, time::SystemTime};

use spoofwatch_zones::{Change, RecordKind, TsigKey, UpdateOptions, Updates, Value, WallClock, bench::Bind};

/// The time of day: the server on the other side has a clock of its own.
#[expect(clippy::disallowed_methods, reason = "signatures hold the time, and the server compares it with its own")]
fn now() -> WallClock {
    Arc::new(|| SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs())
}

fn key(bind: &Bind) -> TsigKey {
    TsigKey::read(&bind.key_text, None).unwrap()
}

/// The server, and the key that it knows.
fn updates(bind: &Bind) -> Updates {
    Updates::new(bind.address, key(bind), now(), UpdateOptions::default())
}

fn text(text: &str) -> Value {
    Value::Txt(text.to_owned())
}

/// A change of texts.
fn change(name: &str, before: &[&str], after: &[&str]) -> Change {
    let texts = |of: &[&str]| of.iter().copied().map(text).collect();
    Change { name: name.to_owned(), kind: RecordKind::Txt, before: texts(before), after: texts(after), ttl: 60 }
}
