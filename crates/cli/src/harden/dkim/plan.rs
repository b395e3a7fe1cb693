//! What a rotation of own keys would do, in words: exactly what is made, written, run and destroyed.

use mailauth::dkim::KeyKind;
use rotation::{REVOKED, Rotation, Step};

use crate::config::Line;

/// What a key is called.
pub(super) const fn kind(kind: KeyKind) -> &'static str {
    match kind {
        KeyKind::Rsa2048 => "RSA, 2048 bits",
        KeyKind::Rsa3072 => "RSA, 3072 bits",
        KeyKind::Rsa4096 => "RSA, 4096 bits",
        KeyKind::Ed25519 => "Ed25519",
    }
}

/// Every step of a rotation that has not begun.
pub(super) fn steps(rotation: &Rotation, line: &Line, writes: bool) -> Vec<String> {
    let config = &rotation.config;
    let (new, name) = (&rotation.new, rotation.new_name());
    let who = if writes { "written by a dynamic update" } else { "to be written by you: nobody here writes this zone" };
    let mut steps = vec![
        format!("make a private key ({}) in {}, mode 0600", kind(config.key), new.file.display()),
        format!("publish {name}. {} IN TXT \"v=DKIM1; ... p=(its public half)\", {who}", config.ttl),
        format!(
            "wait until every authoritative server answers with it, and {} seconds more, in which others may remember that it was not there",
            rotation.stale_seconds
        ),
    ];
    let run = if line.reload.is_empty() { String::new() } else { format!(", and run: {}", line.reload.join(" ")) };
    match &rotation.old {
        None => steps.push(format!(
            "prove that it verifies, then sign mail of {} with {} (the domain's first key){run}",
            new.domain, new.selector
        )),
        Some(old) => {
            let (selector, file) = (&old.entry.selector, old.entry.file.display());
            steps.push(format!("prove that it verifies, then sign with {} in place of {selector}{run}", new.selector));
            steps.push(format!("keep {selector} published for {} days, as mail may be under way", config.transit_days));
            let old_name = rotation.old_name().unwrap_or_default();
            steps.push(format!("revoke it: {old_name}. {} IN TXT \"{REVOKED}\"; destroy {file}", config.ttl));
        }
    }
    if let Some(days) = config.remove_after_days.filter(|_| rotation.old.is_some()) {
        steps.push(format!("take the revoked record away after {days} days"));
    }
    steps
}

/// The one step that comes next.
pub(super) fn next(rotation: &Rotation, now: i64) -> (String, Option<i64>) {
    let new = &rotation.new.selector;
    let old = || rotation.old.as_ref().map_or("", |old| old.entry.selector.as_str());
    match rotation.next(now) {
        Step::MakeKey => (format!("make the private key of {new}"), Some(now)),
        Step::Publish => (format!("publish {new}"), Some(now)),
        Step::Look => (format!("ask every server for {new}"), Some(now)),
        Step::Offer => (format!("make ready to sign with {new}"), Some(now)),
        Step::Switch => (format!("sign with {new}"), Some(now)),
        Step::Prove => (format!("prove that mail signed with {new} verifies"), Some(now)),
        Step::Wait(until) => ("wait".to_owned(), Some(until)),
        Step::Revoke => (format!("revoke {} and destroy its key", old()), Some(now)),
        Step::Tidy => (format!("see to the record of {}", old()), Some(now)),
        Step::Withdraw => (format!("take {new} back"), Some(now)),
        Step::SwitchBack => (format!("sign with {} again", old()), Some(now)),
        Step::Discard => (format!("revoke {new} and destroy its key"), Some(now)),
        Step::End => ("nothing".to_owned(), None),
    }
}
