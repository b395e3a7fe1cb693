//! The transitions of a rotation, without anything being done.

use super::{Event, Old, Rotation, State, Step};
use crate::{
    Config, Entry,
    micros::{DAY, SECOND},
};

const HOUR: i64 = 3_600 * SECOND;

fn old() -> Old {
    let entry = Entry { domain: "example.com".into(), selector: "s1".into(), file: "/keys/s1.pem".into() };
    Old { entry, texts: vec!["v=DKIM1; k=rsa; p=MIIB".into()] }
}

fn rotation() -> Rotation {
    Rotation::planned(Config::new("example.com", "/keys/{selector}.pem"), "s2", Some(old()), Vec::new(), 60, 0)
}

/// A rotation that went its way until a state, each an hour after the one before.
fn until(state: State) -> Rotation {
    let mut rotation = rotation();
    let events = [
        Event::KeyMade("v=DKIM1; k=rsa; p=MIIC".into()),
        Event::Published(None),
        Event::Everywhere,
        Event::Everywhere,
        Event::Offered,
        Event::Switched,
        Event::Proven,
        Event::Revoked,
        Event::Tidied,
    ];
    for (event, at) in events.into_iter().zip(1_i64..) {
        if rotation.state == state {
            break;
        }
        rotation.on(event, at * HOUR);
    }
    assert_eq!(rotation.state, state);
    rotation
}

#[test]
fn one_step_follows_another() {
    for (state, step) in [
        (State::Planned, Step::MakeKey),
        (State::KeyMade, Step::Publish),
        (State::Published, Step::Look),
        (State::Visible, Step::Offer),
        (State::Switched, Step::Prove),
        (State::Revoked, Step::Tidy),
        (State::Done, Step::End),
    ] {
        assert_eq!(until(state).next(9 * HOUR), step, "{state:?}");
    }
}

#[test]
fn old_keys_stay_until_mail_has_arrived() {
    let rotation = until(State::Draining);
    let end = rotation.reached(State::Switched).unwrap() + 7 * DAY;
    assert_eq!(rotation.next(end - 1), Step::Wait(end));
    assert_eq!(rotation.next(end), Step::Revoke);
}

#[test]
fn a_record_is_visible_when_nobody_remembers_its_absence() {
    let mut rotation = until(State::Published);
    rotation.on(Event::Everywhere, 3 * HOUR);
    assert_eq!((rotation.state, rotation.next(3 * HOUR)), (State::Published, Step::Wait(3 * HOUR + 60 * SECOND)));
    rotation.on(Event::Hidden, 3 * HOUR + SECOND);
    rotation.on(Event::Everywhere, 3 * HOUR + 60 * SECOND);
    assert_eq!(rotation.state, State::Published);
    rotation.on(Event::Everywhere, 3 * HOUR + 120 * SECOND);
    assert_eq!(rotation.state, State::Visible);
    rotation.on(Event::Hidden, 4 * HOUR);
    assert_eq!((rotation.state, rotation.seen_at), (State::Published, None));
}

#[test]
fn the_first_key_of_a_domain_has_nothing_to_revoke() {
    let mut rotation = Rotation { old: None, ..until(State::Switched) };
    assert!(rotation.take_back().is_err());
    rotation.on(Event::Proven, 0);
    assert_eq!(rotation.state, State::Done);
}

#[test]
fn a_revoked_record_is_taken_away_when_that_is_wanted() {
    let mut rotation = until(State::Revoked);
    rotation.config.remove_after_days = Some(30);
    let end = rotation.reached(State::Revoked).unwrap() + 30 * DAY;
    assert_eq!(rotation.next(end - 1), Step::Wait(end));
    assert_eq!(rotation.next(end), Step::Tidy);
}

#[test]
fn what_is_taken_back_depends_on_how_far_it_is() {
    for state in [State::Planned, State::KeyMade, State::Published, State::Visible] {
        let mut rotation = until(state);
        rotation.take_back().unwrap();
        assert_eq!(rotation.next(9 * HOUR), Step::Withdraw, "{state:?}");
        rotation.on(Event::Withdrawn, 9 * HOUR);
        assert_eq!(rotation.state, State::Undone);
    }
    for state in [State::Switched, State::Draining] {
        let mut rotation = until(state);
        rotation.take_back().unwrap();
        assert_eq!(rotation.next(9 * HOUR), Step::SwitchBack, "{state:?}");
        rotation.on(Event::SwitchedBack, 9 * HOUR);
        assert_eq!(rotation.next(9 * HOUR), Step::Wait(9 * HOUR + 7 * DAY));
        assert_eq!(rotation.next(9 * HOUR + 7 * DAY), Step::Discard);
    }
    for state in [State::Revoked, State::Done] {
        assert!(until(state).take_back().is_err());
    }
}

#[test]
fn a_key_that_the_signer_may_have_drains_like_one_it_has() {
    let mut rotation = until(State::Visible);
    rotation.on(Event::Offered, 5 * HOUR);
    assert_eq!((rotation.state, rotation.next(5 * HOUR)), (State::Visible, Step::Switch));
    rotation.take_back().unwrap();
    assert_eq!(rotation.next(5 * HOUR), Step::SwitchBack);
    rotation.on(Event::Hidden, 5 * HOUR);
    assert_eq!((rotation.state, rotation.next(5 * HOUR)), (State::Published, Step::SwitchBack));
    rotation.on(Event::SwitchedBack, 5 * HOUR);
    assert_eq!(rotation.state, State::Returned);
}

#[test]
fn what_lasts_too_long_is_overdue() {
    let made = until(State::KeyMade);
    assert_eq!(made.overdue(2 * HOUR), None);
    assert_eq!(made.overdue(3 * HOUR + 1).as_deref(), Some("it has been in the state key-made for 2 hours"));
    let draining = until(State::Draining);
    assert_eq!(draining.overdue(8 * DAY), None);
    assert!(draining.overdue(9 * DAY).is_some());
    assert_eq!(until(State::Done).overdue(900 * DAY), None);
}

#[test]
fn tries_become_rarer() {
    let mut rotation = rotation();
    let mut waits = Vec::new();
    for _ in 0..7 {
        rotation.hindered("no answer".into(), HOUR);
        waits.push((rotation.retry_at(HOUR) - HOUR) / (60 * SECOND));
    }
    assert_eq!(waits, [1, 2, 4, 8, 15, 15, 15]);
    assert_eq!(rotation.trouble.as_ref().unwrap().since, HOUR);
    rotation.on(Event::KeyMade(String::new()), HOUR);
    assert_eq!(rotation.trouble, None);
}
