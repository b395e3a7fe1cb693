//! What goes wrong leaves everything as it is, says what to do, and goes on when it is put right.

use std::fs;

use spoofwatch_rotation::{
    Config, Entry, JournalError, KeyFiles, KeyStore, Plan, PlanError, Problem, Selectors, State, Wanted, key_name, status,
};
use zones::WriteError;

use crate::world::{DAY, DOMAIN, Kind, SECOND, World};

#[tokio::test]
async fn a_server_that_lags_is_waited_for() {
    let world = World::new(Kind::Own).await;
    *world.zone.lags.lock().unwrap() = true;
    let mut rotation = world.begin().await;
    let progress = world.advance(&mut rotation).await.unwrap();
    assert_eq!((progress.state, progress.trouble, progress.overdue), (State::Published, false, None));
    assert_eq!(progress.message, "s2._domainkey.example.com is not yet at every server: ns2: it has no record");
    world.wait_until(world.now() + 2 * DAY);
    let progress = world.advance(&mut rotation).await.unwrap();
    assert_eq!(progress.overdue.as_deref(), Some("it has been published for 2 days"));
    let found = status(&world.config, &world.hands().effects(), world.now()).await.unwrap();
    assert!(matches!(found.problems.as_slice(), [Problem::Stuck { reason, .. }] if reason.contains("ns2")), "{found:?}");
    world.zone.pass_on();
    *world.zone.lags.lock().unwrap() = false;
    world.finish(&mut rotation).await;
    assert_eq!(rotation.state, State::Done);
}

#[tokio::test]
async fn a_server_that_fails_is_waited_for_before_the_switch_and_before_the_revocation() {
    let world = World::new(Kind::Own).await;
    let mut rotation = world.begin().await;
    let mut progress = world.advance(&mut rotation).await.unwrap();
    *world.zone.fails.lock().unwrap() = Some("SERVFAIL".into());
    world.wait_until(progress.waiting_until.unwrap());
    progress = world.advance(&mut rotation).await.unwrap();
    assert!(progress.message.ends_with("ns2: SERVFAIL") && rotation.seen_at.is_none(), "{}", progress.message);
    *world.zone.fails.lock().unwrap() = None;
    while rotation.state != State::Draining {
        world.wait_until(progress.waiting_until.unwrap());
        progress = world.advance(&mut rotation).await.unwrap();
    }
    *world.zone.fails.lock().unwrap() = Some("SERVFAIL".into());
    world.wait_until(world.now() + 8 * DAY);
    progress = world.advance(&mut rotation).await.unwrap();
    assert!(progress.trouble && rotation.state == State::Draining, "{}", progress.message);
    assert_eq!(world.key_files().len(), 2);
    *world.zone.fails.lock().unwrap() = None;
    world.finish(&mut rotation).await;
}

#[tokio::test]
async fn a_record_that_somebody_took_away_is_written_again() {
    let world = World::new(Kind::Own).await;
    let mut rotation = world.begin().await;
    let progress = world.advance(&mut rotation).await.unwrap();
    world.zone.set(&key_name("s2", DOMAIN), &[]);
    world.wait_until(progress.waiting_until.unwrap());
    let progress = world.advance(&mut rotation).await.unwrap();
    assert_eq!((progress.state, rotation.seen_at), (State::Published, None));
    assert_eq!(world.zone.at(&key_name("s2", DOMAIN)), [rotation.record.clone().unwrap()]);
    world.finish(&mut rotation).await;
    assert_eq!(rotation.state, State::Done);
}

#[tokio::test]
async fn tables_that_cannot_be_switched_are_known_before_anything_is_done() {
    let mut world = World::new(Kind::Rspamd).await;
    world.config.key_file = world.config.key_file.replace(".pem", ".key");
    let plan = Plan::new(world.config.clone(), world.now()).unwrap();
    let error = plan.begin(&world.hands().effects()).await.unwrap_err().words();
    assert!(error.ends_with("have new keys put where rspamd looks for them"), "{error}");
    assert_eq!(world.fate.passed(), 0);
}

#[tokio::test]
async fn a_refusal_and_a_conflict_are_said_with_what_to_do() {
    let world = World::new(Kind::Own).await;
    let refused =
        WriteError::Refused { server: "ns1".into(), name: "s2._domainkey.example.com".into(), reason: "REFUSED".into() };
    *world.zone.refuses.lock().unwrap() = Some(refused.clone());
    let mut rotation = world.begin().await;
    let progress = world.advance(&mut rotation).await.unwrap();
    assert_eq!((progress.state, progress.trouble, progress.message), (State::KeyMade, true, refused.to_string()));
    assert_eq!(progress.waiting_until, Some(world.now() + 60 * SECOND));
    *world.zone.refuses.lock().unwrap() = None;
    world.zone.set(&key_name("s2", DOMAIN), &["v=DKIM1; p=MIIB"]);
    let progress = world.advance(&mut rotation).await.unwrap();
    assert!(progress.trouble && progress.message.contains("take that away, or take the rotation back"), "{}", progress.message);
    spoofwatch_rotation::take_back(&mut rotation, &world.hands().effects(), world.now()).await.unwrap();
    assert_eq!(rotation.state, State::Undone);
    assert_eq!(world.zone.at(&key_name("s2", DOMAIN)), ["v=DKIM1; p=MIIB"]);
}

#[tokio::test]
async fn a_person_who_keeps_the_zone_is_told_what_to_write() {
    let world = World::new(Kind::Own).await;
    let hands = world.hands();
    let effects = spoofwatch_rotation::Effects { zone: &zones::Printed, ..hands.effects() };
    let mut rotation = Plan::new(world.config.clone(), world.now()).unwrap().begin(&effects).await.unwrap();
    let mut progress = spoofwatch_rotation::advance(&mut rotation, &effects, world.now()).await;
    let record = rotation.record.clone().unwrap();
    assert!(progress.message.starts_with("add a TXT record for s2._domainkey.example.com"), "{}", progress.message);
    assert!(progress.message.contains(&record) && !progress.trouble);
    world.zone.set(&key_name("s2", DOMAIN), &[&record]);
    while rotation.state != State::Draining || world.now() < rotation.drained_at().unwrap() {
        progress = spoofwatch_rotation::advance(&mut rotation, &effects, world.now()).await;
        world.mail().await;
        world.wait_until(progress.waiting_until.unwrap());
    }
    progress = spoofwatch_rotation::advance(&mut rotation, &effects, world.now()).await;
    assert!(progress.message.contains("to `v=DKIM1; p=`") && !progress.trouble, "{}", progress.message);
    assert_eq!((rotation.state, world.key_files().len()), (State::Draining, 2));
    world.zone.set(&key_name("s1", DOMAIN), &["v=DKIM1; p="]);
    progress = spoofwatch_rotation::advance(&mut rotation, &effects, world.now()).await;
    assert_eq!((rotation.state, progress.waiting_until), (State::Done, None), "{}", progress.message);
    assert_eq!(world.key_files(), ["example.com.s2.pem"]);
}

#[tokio::test]
async fn a_signer_that_was_not_told_is_told_again() {
    let world = World::new(Kind::OpenDkim).await;
    *world.daemon.fails.lock().unwrap() = Some("exit status 1".into());
    let mut rotation = world.begin().await;
    let mut progress = world.advance(&mut rotation).await.unwrap();
    while !progress.trouble {
        world.wait_until(progress.waiting_until.unwrap());
        progress = world.advance(&mut rotation).await.unwrap();
    }
    assert!(progress.message.contains("exit status 1; both keys are published"), "{}", progress.message);
    assert_eq!(rotation.state, State::Visible);
    *world.daemon.fails.lock().unwrap() = None;
    world.finish(&mut rotation).await;
}

#[tokio::test]
async fn a_table_that_somebody_changed_back_stops_the_revocation() {
    let world = World::new(Kind::OpenDkim).await;
    let mut rotation = world.begin().await;
    let mut progress = world.advance(&mut rotation).await.unwrap();
    while rotation.state != State::Draining {
        world.wait_until(progress.waiting_until.unwrap());
        progress = world.advance(&mut rotation).await.unwrap();
    }
    let old = rotation.old.clone().unwrap().entry;
    world.signer.switch(Some(&rotation.new), Some(&old)).await.unwrap();
    world.wait_until(world.now() + 8 * DAY);
    let progress = world.advance(&mut rotation).await.unwrap();
    assert!(progress.trouble && progress.message.contains("do not have the key s2"), "{}", progress.message);
    assert_eq!((rotation.state, world.key_files().len()), (State::Draining, 2));
}

#[tokio::test]
async fn a_record_that_somebody_changed_is_not_revoked() {
    let world = World::new(Kind::Own).await;
    let mut rotation = world.begin().await;
    while rotation.state != State::Draining {
        let progress = world.advance(&mut rotation).await.unwrap();
        if rotation.state != State::Draining {
            world.wait_until(progress.waiting_until.unwrap());
        }
    }
    world.wait_until(world.now() + 8 * DAY);
    world.zone.set(&key_name("s1", DOMAIN), &["v=DKIM1; k=rsa; p=MIIBsomebodyelse"]);
    let hands = world.hands();
    let progress = spoofwatch_rotation::advance(&mut rotation, &hands.effects(), world.now()).await;
    assert!(progress.trouble && progress.message.contains("revoke it by hand"), "{}", progress.message);
    assert_eq!(world.key_files().len(), 2);
}

#[tokio::test]
async fn one_rotation_at_a_time() {
    let world = World::new(Kind::Own).await;
    let mut rotation = world.begin().await;
    let hands = world.hands();
    let effects = hands.effects();
    let again = || Plan::new(world.config.clone(), world.now()).unwrap();
    assert!(matches!(again().begin(&effects).await, Err(PlanError::UnderWay(id)) if id == rotation.id));
    let held = effects.journal.lock(&rotation.series()).await.unwrap();
    assert!(matches!(again().begin(&effects).await, Err(PlanError::Journal(JournalError::Locked(_)))));
    let progress = world.advance(&mut rotation).await.unwrap();
    assert!(progress.trouble && progress.message.starts_with("another rotation"), "{}", progress.message);
    assert_eq!(rotation.state, State::Planned);
    drop(held);
    world.finish(&mut rotation).await;
}

#[tokio::test]
async fn a_selector_with_a_key_that_was_not_revoked_is_not_used_again() {
    let mut world = World::new(Kind::Own).await;
    world.zone.set(&key_name("s2", DOMAIN), &["v=DKIM1; p=MIIB"]);
    let now = world.now();
    let plan = |config: &Config| Plan::new(config.clone(), now).unwrap();
    let error = plan(&world.config).begin(&world.hands().effects()).await.unwrap_err();
    assert_eq!(error.to_string(), "no selector is free: s2 is published with a key that was not revoked");
    world.config.selectors = Selectors::default();
    let found = plan(&world.config).preview(&world.hands().effects()).await.unwrap();
    assert_eq!(found.new.selector, "sw202611a");
    world.zone.set(&key_name("sw202611a", DOMAIN), &["v=DKIM1; p=MIIB"]);
    let found = plan(&world.config).preview(&world.hands().effects()).await.unwrap();
    assert_eq!(found.new.selector, "sw202611b");
    fs::write(world.config.key_path("sw202611b"), "somebody's").unwrap();
    let error = plan(&world.config).begin(&world.hands().effects()).await.unwrap_err();
    assert!(matches!(error, PlanError::File(_)), "{error}");
}

#[tokio::test]
async fn a_second_key_beside_the_first_and_a_domains_first_key() {
    let mut world = World::new(Kind::Own).await;
    world.config.key = mailauth::dkim::KeyKind::Rsa2048;
    world.config.selectors = Selectors::default();
    let mut first = world.begin().await;
    assert!(first.old.is_none());
    world.finish(&mut first).await;
    assert_eq!(first.state, State::Done);
    assert_eq!(world.signer.entries(DOMAIN).await.unwrap().len(), 2);
    let mut second = world.begin().await;
    assert_eq!(second.old.as_ref().map(|old| old.entry.clone()), Some(first.new.clone()));
    world.finish(&mut second).await;
    let selectors: Vec<_> = world.signer.entries(DOMAIN).await.unwrap().into_iter().map(|entry| entry.selector).collect();
    assert_eq!(selectors, ["s1", "sw202611b"]);
}

#[tokio::test]
async fn a_key_that_serves_elsewhere_too_is_not_destroyed() {
    let world = World::new(Kind::Own).await;
    let shared = world.config.key_path("s1");
    let other = Entry { domain: "example.net".into(), selector: "x".into(), file: shared.clone() };
    world.signer.switch(None, Some(&other)).await.unwrap();
    let mut rotation = world.begin().await;
    world.finish(&mut rotation).await;
    assert!(shared.exists());
}

#[tokio::test]
async fn the_status_finds_what_is_wrong() {
    let world = World::new(Kind::Own).await;
    let of = async || status(&world.config, &world.hands().effects(), world.now()).await.unwrap().problems;
    assert!(of().await.is_empty());
    let file = world.config.key_path("s1");
    fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    assert!(matches!(of().await.as_slice(), [Problem::Mode { mode, .. }] if mode == "0644"));
    KeyFiles.make(&Wanted { kind: world.config.key, file: file.clone(), owner: None, like: None }).await.unwrap();
    assert!(matches!(of().await.as_slice(), [Problem::Mismatch { .. }, Problem::Mismatch { .. }]));
    world.zone.set(&key_name("s1", DOMAIN), &[]);
    assert!(matches!(of().await.as_slice(), [Problem::Missing { .. }, Problem::Missing { .. }]));
    fs::remove_file(&file).unwrap();
    assert!(matches!(of().await.as_slice(), [Problem::Key { .. }]));
    fs::write(world.folder.path().join("signing.toml"), "").unwrap();
    assert_eq!(of().await, [Problem::Unsigned { domain: DOMAIN.into() }]);
}

/// The public half of a key of 1024 bits, which no program of ours signs with.
const SMALL: &str = "v=DKIM1; k=rsa; p=\
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC+RWEsSsN/7sEtgdTIXgNgwJHydapP3jkuBkLu9zDm7OxCqm97VtyB7dqrRTFINBjkEYRcrq\
7rx53Gf4HrKomSmDKS66ecxGSBT6wm3/dHevjLHm6zkt4DH0QZB5aT3C2NHrv38hRHhxXihIRnylbRyMEUOwIH528P+C+uUzdTEQIDAQAB";

#[tokio::test]
async fn a_key_that_is_too_small_is_found_and_replaced() {
    let mut world = World::new(Kind::Rspamd).await;
    world.config.key = mailauth::dkim::KeyKind::Rsa2048;
    fs::write(world.config.key_path("s1"), "a key that is not read").unwrap();
    world.zone.set(&key_name("s1", DOMAIN), &[SMALL]);
    let hands = world.hands();
    let effects = hands.effects();
    let found = status(&world.config, &effects, world.now()).await.unwrap();
    assert_eq!(found.problems, [Problem::Small { selector: "s1".into(), bits: 1024 }]);
    let mut rotation = Plan::new(world.config.clone(), world.now()).unwrap().begin(&effects).await.unwrap();
    while let Some(until) = spoofwatch_rotation::advance(&mut rotation, &effects, world.now()).await.waiting_until {
        world.wait_until(until);
    }
    assert_eq!((rotation.state, world.zone.at(&key_name("s1", DOMAIN))), (State::Done, vec!["v=DKIM1; p=".to_owned()]));
    assert!(status(&world.config, &effects, world.now()).await.unwrap().problems.is_empty());
}
