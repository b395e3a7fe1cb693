//! `kill -9` at every point: before and after each effect, once in a rotation and often, on the way and on the way back.

use proptest::prelude::*;
use spoofwatch_rotation::{REVOKED, Rotation, State, key_name, take_back};

use crate::world::{DOMAIN, KINDS, Kind, World};

/// What must hold at the end, however it came about.
async fn over(world: &World, rotation: &Rotation, what: &str) {
    world.mail().await;
    let entries = world.signer.entries(DOMAIN).await.unwrap();
    match rotation.state {
        State::Done => {
            assert_eq!(entries, std::slice::from_ref(&rotation.new), "{what}");
            assert_eq!(world.zone.at(&key_name("s1", DOMAIN)), [REVOKED], "{what}");
            assert_eq!(world.key_files(), ["example.com.s2.pem"], "{what}");
        }
        State::Undone => {
            assert_eq!(entries, [rotation.old.clone().unwrap().entry], "{what}");
            let left = world.zone.at(&key_name("s2", DOMAIN));
            assert!(left.is_empty() || left == [REVOKED], "{what}: {left:?}");
            assert_eq!(world.key_files(), ["example.com.s1.pem"], "{what}");
        }
        state => panic!("{what}: it ended {state:?}"),
    }
}

#[tokio::test]
async fn a_rotation_survives_its_end_at_every_point() {
    for kind in KINDS {
        let mut point = 1;
        loop {
            let world = World::new(kind).await;
            world.fate.strike_at(point);
            let mut rotation = world.begin().await;
            world.finish(&mut rotation).await;
            over(&world, &rotation, &format!("{kind:?}, point {point}")).await;
            if world.fate.is_pending() {
                break;
            }
            // The point after an effect is as good as the one before the next; one signer sees both.
            point += if kind == Kind::Own { 1 } else { 2 };
        }
        assert!(point > 30, "{kind:?}: only {point} points");
    }
}

#[tokio::test]
async fn what_is_taken_back_survives_its_end_at_every_point() {
    for state in [State::KeyMade, State::Published, State::Visible, State::Draining] {
        let mut point = 1;
        loop {
            let world = World::new(Kind::OpenDkim).await;
            let mut rotation = until(&world, state).await;
            world.fate.strike_at(point);
            back(&world, &mut rotation).await;
            over(&world, &rotation, &format!("{state:?}, point {point}")).await;
            assert_eq!(rotation.state, State::Undone);
            if world.fate.is_pending() {
                break;
            }
            point += 1;
        }
    }
}

/// A rotation that stopped for some reason in a state.
async fn until(world: &World, state: State) -> Rotation {
    *world.zone.lags.lock().unwrap() = state == State::Published;
    if state == State::KeyMade {
        let trouble = zones::WriteError::Trouble { server: "ns1".into(), reason: "no answer".into() };
        *world.zone.refuses.lock().unwrap() = Some(trouble);
    }
    if state == State::Visible {
        *world.daemon.fails.lock().unwrap() = Some("exit status 1".into());
    }
    let mut rotation = world.begin().await;
    for _ in 0..20 {
        let progress = world.advance(&mut rotation).await.unwrap();
        if rotation.state == state {
            break;
        }
        world.wait_until(progress.waiting_until.unwrap());
    }
    assert_eq!(rotation.state, state);
    *world.zone.refuses.lock().unwrap() = None;
    *world.zone.lags.lock().unwrap() = false;
    if state == State::Visible {
        // The signer could not be told, and then somebody started it anew: it signs with the new key, and the journal does not know.
        *world.daemon.fails.lock().unwrap() = None;
        world.daemon.reload().await.unwrap();
        world.mail().await;
    }
    rotation
}

async fn back(world: &World, rotation: &mut Rotation) {
    while !rotation.back && !rotation.state.is_final() {
        let hands = world.hands();
        let effects = hands.effects();
        let done = world.mortal(take_back(rotation, &effects, world.now())).await;
        match done {
            Some(done) => {
                let progress = done.unwrap();
                assert!(!progress.trouble, "{}", progress.message);
            }
            None => *rotation = effects_journal(world, &rotation.id).await,
        }
        world.mail().await;
    }
    world.finish(rotation).await;
}

async fn effects_journal(world: &World, id: &str) -> Rotation {
    let hands = world.hands();
    let kept = hands.effects().journal.read(id).await.unwrap();
    kept.unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, max_shrink_iters: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// The world ends again and again, at any points, servers lag, and perhaps somebody changes their mind.
    #[test]
    fn whatever_happens_mail_verifies(
        kind in prop::sample::select(KINDS.to_vec()),
        ends in prop::collection::vec(1_usize..24, 0..12),
        lags in prop::collection::vec(any::<bool>(), 40),
        back_after in prop::option::of(0_usize..12),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let world = World::new(kind).await;
            let mut ends = ends.into_iter();
            let mut rotation = world.begin().await;
            for turn in 0..200 {
                if !world.fate.is_pending() && let Some(end) = ends.next() {
                    world.fate.strike_at(end);
                }
                let lag = lags.get(turn).copied().unwrap_or(false);
                *world.zone.lags.lock().unwrap() = lag;
                if !lag {
                    world.zone.pass_on();
                }
                if back_after.is_some_and(|after| turn >= after) && !rotation.back && rotation.clone().take_back().is_ok() {
                    let hands = world.hands();
                    let effects = hands.effects();
                    let done = world.mortal(take_back(&mut rotation, &effects, world.now())).await;
                    if done.is_none() {
                        rotation = effects_journal(&world, &rotation.id).await;
                    }
                    world.mail().await;
                    continue;
                }
                let Some(progress) = world.advance(&mut rotation).await else { continue };
                match progress.waiting_until {
                    Some(until) => world.wait_until(until),
                    None => break,
                }
            }
            world.zone.pass_on();
            over(&world, &rotation, "at random").await;
        });
    }
}
