//! A rotation, and what is left when it is over.

use spoofwatch_rotation::{Problem, REVOKED, State, key_name, status, take_back};

use crate::world::{DAY, DOMAIN, KINDS, Kind, START, World};

#[tokio::test]
async fn mail_verifies_all_through_a_rotation_with_every_signer() {
    for kind in KINDS {
        let world = World::new(kind).await;
        let mut rotation = world.begin().await;
        world.finish(&mut rotation).await;
        assert_eq!(rotation.state, State::Done, "{kind:?}");
        assert_eq!(world.zone.at(&key_name("s1", DOMAIN)), [REVOKED]);
        assert_eq!(world.zone.at(&key_name("s2", DOMAIN)), [rotation.record.clone().unwrap()]);
        assert_eq!(world.key_files(), ["example.com.s2.pem"]);
        let entries = world.signer.entries(DOMAIN).await.unwrap();
        assert_eq!(entries, std::slice::from_ref(&rotation.new));
        assert!(rotation.reached(State::Revoked).unwrap() - rotation.reached(State::Switched).unwrap() >= 7 * DAY);
    }
}

#[tokio::test]
async fn two_selectors_take_turns() {
    let world = World::new(Kind::Own).await;
    for (selector, other) in [("s2", "s1"), ("s1", "s2"), ("s2", "s1")] {
        let mut rotation = world.begin().await;
        assert_eq!(rotation.new.selector, selector);
        world.finish(&mut rotation).await;
        assert_eq!(world.zone.at(&key_name(other, DOMAIN)), [REVOKED]);
        world.wait_until(world.now() + 90 * DAY);
    }
}

#[tokio::test]
async fn a_revoked_record_is_taken_away_when_that_is_wanted() {
    let mut world = World::new(Kind::Own).await;
    world.config.remove_after_days = Some(30);
    let mut rotation = world.begin().await;
    world.finish(&mut rotation).await;
    assert!(world.zone.at(&key_name("s1", DOMAIN)).is_empty());
    assert!(world.now() - START >= 37 * DAY);
}

#[tokio::test]
async fn what_a_rotation_would_do_changes_nothing() {
    let world = World::new(Kind::OpenDkim).await;
    let hands = world.hands();
    let plan = spoofwatch_rotation::Plan::new(world.config.clone(), world.now()).unwrap();
    let preview = plan.preview(&hands.effects()).await.unwrap();
    assert_eq!((preview.new.selector.as_str(), preview.old.unwrap().entry.selector.as_str()), ("s2", "s1"));
    assert_eq!(world.fate.passed(), 0);
    assert_eq!(world.key_files(), ["example.com.s1.pem"]);
}

#[tokio::test]
async fn before_the_switch_nothing_is_left_of_what_is_taken_back() {
    for kind in KINDS {
        let world = World::new(kind).await;
        *world.zone.lags.lock().unwrap() = true;
        let mut rotation = world.begin().await;
        world.advance(&mut rotation).await;
        assert_eq!(rotation.state, State::Published);
        let progress = take_back(&mut rotation, &world.hands().effects(), world.now()).await.unwrap();
        assert_eq!((rotation.state, progress.waiting_until), (State::Undone, None), "{}", progress.message);
        assert!(world.zone.at(&key_name("s2", DOMAIN)).is_empty());
        assert_eq!(world.key_files(), ["example.com.s1.pem"]);
        world.mail().await;
    }
}

#[tokio::test]
async fn after_the_switch_the_signer_returns_and_the_new_key_drains() {
    for kind in KINDS {
        let world = World::new(kind).await;
        let mut rotation = world.begin().await;
        while rotation.state != State::Draining {
            let progress = world.advance(&mut rotation).await.unwrap();
            assert!(!progress.trouble, "{}", progress.message);
            if rotation.state != State::Draining {
                world.wait_until(progress.waiting_until.unwrap());
            }
        }
        world.wait_until(world.now() + 2 * DAY);
        world.mail().await;
        take_back(&mut rotation, &world.hands().effects(), world.now()).await.unwrap();
        assert_eq!(rotation.state, State::Returned);
        assert_eq!(world.signer.entries(DOMAIN).await.unwrap(), [rotation.old.clone().unwrap().entry]);
        world.finish(&mut rotation).await;
        assert_eq!(rotation.state, State::Undone, "{kind:?}");
        assert_eq!(world.zone.at(&key_name("s2", DOMAIN)), [REVOKED]);
        assert_eq!(world.key_files(), ["example.com.s1.pem"]);
        let mut next = world.begin().await;
        world.finish(&mut next).await;
        assert_eq!((next.state, next.new.selector.as_str()), (State::Done, "s2"));
        assert!(take_back(&mut next, &world.hands().effects(), world.now()).await.is_err());
    }
}

#[tokio::test]
async fn the_status_says_what_signs_and_when_it_is_due() {
    let world = World::new(Kind::Own).await;
    let mut rotation = world.begin().await;
    let of = async || status(&world.config, &world.hands().effects(), world.now()).await.unwrap();
    assert_eq!(of().await.rotation.map(|open| open.id), Some(rotation.id.clone()));
    world.finish(&mut rotation).await;
    let found = of().await;
    let switched = rotation.reached(State::Switched).unwrap();
    assert_eq!((found.due.since, found.due.at), (Some(switched), switched + 90 * DAY));
    assert_eq!(found.keys.len(), 1);
    assert_eq!((found.keys[0].algorithm.as_deref(), found.keys[0].bits), (Some("ed25519-sha256"), Some(256)));
    assert_eq!((found.rotation, found.problems), (None, Vec::new()));
    world.wait_until(switched + 100 * DAY);
    assert_eq!(of().await.problems, [Problem::Overdue { selector: "s2".into(), days: 10 }]);
}
