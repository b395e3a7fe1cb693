//! Rotations in a real zone: BIND changed with signed updates, a second BIND that lags, and the end at every point.

use mailauth::dkim::KeyKind;
use spoofwatch_rotation::{REVOKED, Rotation, State, key_name};

use crate::world::{DAY, DOMAIN, Kind, World};

/// To the end; the second server is told of a change only when the rotation waits for it.
async fn finish(world: &World, rotation: &mut Rotation) {
    let real = world.real.as_ref().unwrap();
    for _ in 0..100 {
        let Some(progress) = world.advance(rotation).await else { continue };
        assert!(!progress.trouble, "{}", progress.message);
        if progress.message.contains("not yet at every server") || progress.message.contains("still answers") {
            real.bind.pass_on(DOMAIN).await.unwrap();
        }
        match progress.waiting_until {
            Some(until) => world.wait_until(until),
            None => return,
        }
    }
    panic!("it does not end: {rotation:?}");
}

async fn texts(world: &World, selector: &str) -> Vec<Vec<String>> {
    let hands = world.hands();
    let answers = hands.effects().servers.texts(&key_name(selector, DOMAIN)).await.unwrap();
    answers.into_iter().map(|seen| seen.texts.unwrap()).collect()
}

#[tokio::test]
async fn mail_verifies_all_through_a_rotation_in_a_real_zone() {
    let Some(world) = World::real(Kind::Own, KeyKind::Rsa2048).await else { return };
    let mut rotation = world.begin().await;
    assert_eq!(rotation.stale_seconds, 60);
    finish(&world, &mut rotation).await;
    assert_eq!(rotation.state, State::Done);
    assert_eq!(texts(&world, "s1").await, [[REVOKED], [REVOKED]]);
    let record = rotation.record.clone().unwrap();
    assert!(record.len() > 255);
    assert_eq!(texts(&world, "s2").await, [[record.clone()], [record]]);
    assert_eq!(world.key_files(), ["example.com.s2.pem"]);
}

#[tokio::test]
async fn rotations_in_a_real_zone_survive_their_end_at_every_point() {
    let Some(world) = World::real(Kind::OpenDkim, KeyKind::Ed25519).await else { return };
    // Every second point comes after an effect; the one after it is as good as it.
    let mut point = 2;
    loop {
        world.fate.strike_at(point);
        let mut rotation = world.begin().await;
        let (new, old) = (rotation.new.selector.clone(), rotation.old.clone().unwrap().entry.selector);
        finish(&world, &mut rotation).await;
        assert_eq!(rotation.state, State::Done, "point {point}");
        assert_eq!(texts(&world, &old).await, [[REVOKED], [REVOKED]], "point {point}");
        assert_eq!(world.key_files(), [format!("{DOMAIN}.{new}.pem")], "point {point}");
        if world.fate.is_pending() {
            break;
        }
        world.wait_until(world.now() + 90 * DAY);
        point += 2;
    }
    assert!(point > 30, "only {point} points");
}

#[tokio::test]
async fn a_wildcard_that_revokes_every_other_key_is_no_obstacle() {
    let wildcard = "*._domainkey 300 TXT \"v=DKIM1; p=\"";
    let Some(world) = World::real_with(Kind::Own, KeyKind::Ed25519, wildcard).await else { return };
    let mut rotation = world.begin().await;
    assert_eq!((rotation.before.as_slice(), rotation.stale_seconds), ([REVOKED.to_owned()].as_slice(), 300));
    finish(&world, &mut rotation).await;
    assert_eq!(rotation.state, State::Done);
    assert_eq!(texts(&world, "s3").await, [[REVOKED], [REVOKED]]);
}

#[tokio::test]
async fn a_server_that_is_gone_is_waited_for() {
    let Some(mut world) = World::real(Kind::Own, KeyKind::Ed25519).await else { return };
    let mut rotation = world.begin().await;
    world.advance(&mut rotation).await;
    assert_eq!(rotation.state, State::Published);
    world.real.as_mut().unwrap().bind.stop_secondary();
    let hands = world.hands();
    let effects = hands.effects();
    let progress = spoofwatch_rotation::advance(&mut rotation, &effects, world.now()).await;
    assert!(!progress.trouble && progress.message.contains("127.0.0.2"), "{}", progress.message);
    assert_eq!(rotation.state, State::Published);
}
