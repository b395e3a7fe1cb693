//! A domain's keys through half a year.

use super::*;
use crate::moment::{HOUR, iso, parse};

/// A domain whose keys were made on the first of August with 1024 bits, and never rotated: `selector1` signs.
fn young() -> DkimSigningConfig {
    DkimSigningConfig {
        domain: "contoso.com".to_owned(),
        enabled: true,
        status: "Valid".to_owned(),
        selector1_cname: "selector1-contoso-com._domainkey.contoso.n-v1.dkim.mail.microsoft".to_owned(),
        selector2_cname: "selector2-contoso-com._domainkey.contoso.n-v1.dkim.mail.microsoft.".to_owned(),
        selector1_key_size: Some(2048),
        selector2_key_size: Some(2048),
        key_creation_time: Some("2026-08-01T00:00:00Z".to_owned()),
        rotate_on_date: Some("2026-08-01T00:00:00Z".to_owned()),
        selector_before_rotate_on_date: "selector2".to_owned(),
        selector_after_rotate_on_date: "selector1".to_owned(),
        ..DkimSigningConfig::default()
    }
}

/// What the service makes of a configuration that is rotated at a moment: what its pages say, done here.
fn rotate(config: &DkimSigningConfig, now: Moment) -> DkimSigningConfig {
    let signing = active(config, now);
    let mut next = config.clone();
    match signing.other() {
        Selector::First => next.selector1_key_size = Some(2048),
        Selector::Second => next.selector2_key_size = Some(2048),
    }
    next.rotate_on_date = Some(iso(now + 96 * HOUR));
    next.selector_before_rotate_on_date = signing.to_string();
    next.selector_after_rotate_on_date = signing.other().to_string();
    next
}

fn at(day: &str) -> Moment {
    parse(&format!("{day}T00:00:00Z")).unwrap()
}

fn on(config: &DkimSigningConfig, day: &str) -> State {
    state(config, Known::default(), at(day))
}

#[test]
fn a_quarter_goes_from_settled_to_due_to_in_flight_to_settled() {
    let config = young();
    assert_eq!(on(&config, "2026-08-02"), State::Settled { next_due: at("2026-10-30"), active: Selector::First });
    let due = |days: u64| State::Due {
        overdue_by: Duration::from_secs(days * 86_400),
        because: Because::Age,
        active: Selector::First,
        coming: Selector::Second,
    };
    assert_eq!(on(&config, "2026-10-30"), due(0));
    assert_eq!(on(&config, "2026-11-09"), due(10));

    let rotated = rotate(&config, at("2026-11-09"));
    let flying = State::InFlight { until: at("2026-11-13"), active: Selector::First, coming: Selector::Second };
    assert_eq!(on(&rotated, "2026-11-09"), flying);
    assert_eq!(on(&rotated, "2026-11-12"), flying);
    assert_eq!(on(&rotated, "2026-11-13"), State::Settled { next_due: at("2027-02-11"), active: Selector::Second });
}

#[test]
fn short_keys_take_two_rotations() {
    let mut config = young();
    (config.selector1_key_size, config.selector2_key_size) = (Some(1024), Some(1024));
    let short =
        |active: Selector| State::Due { overdue_by: Duration::ZERO, because: Because::ShortKey, active, coming: active.other() };
    assert_eq!(on(&config, "2026-08-02"), short(Selector::First));
    assert_eq!(rotations_to_long_keys(&config, at("2026-08-02")), 2);

    let once = rotate(&config, at("2026-08-02"));
    assert_eq!((once.selector1_key_size, once.selector2_key_size), (Some(1024), Some(2048)));
    assert_eq!(rotations_to_long_keys(&once, at("2026-08-03")), 1, "under way, the new key counts");
    assert!(matches!(on(&once, "2026-08-03"), State::InFlight { .. }));
    assert_eq!(on(&once, "2026-08-06"), short(Selector::Second));

    let twice = rotate(&once, at("2026-08-06"));
    assert_eq!(rotations_to_long_keys(&twice, at("2026-08-06")), 0);
    assert!(matches!(on(&twice, "2026-08-10"), State::Settled { active: Selector::First, .. }));
}

#[test]
fn a_short_key_that_signs_takes_two_even_if_the_other_is_long() {
    let mut config = young();
    config.selector1_key_size = Some(1024);
    assert_eq!(rotations_to_long_keys(&config, at("2026-08-02")), 2);
    (config.selector1_key_size, config.selector2_key_size) = (Some(2048), Some(1024));
    assert_eq!(rotations_to_long_keys(&config, at("2026-08-02")), 1);
    config.selector2_key_size = None;
    assert_eq!(rotations_to_long_keys(&config, at("2026-08-02")), 0);
}

#[test]
fn what_cannot_be_rotated_says_why() {
    let with = |change: fn(&mut DkimSigningConfig)| {
        let mut config = young();
        change(&mut config);
        on(&config, "2027-01-01")
    };
    assert_eq!(with(|config| config.enabled = false), State::Disabled);
    assert_eq!(with(|config| config.domain = "Contoso.onmicrosoft.com".to_owned()), State::NotRotatable(Why::Initial));
    assert_eq!(with(|config| config.status = "CnameMissing".to_owned()), State::NotRotatable(Why::CnameMissing));
    assert_eq!(with(|config| config.status = "NoDKIMKeys".to_owned()), State::NotRotatable(Why::NoKeys));
}

#[test]
fn what_is_under_way_goes_on_though_a_record_is_missing() {
    let mut rotated = rotate(&young(), at("2026-11-09"));
    rotated.status = "CnameMissing".to_owned();
    assert!(matches!(on(&rotated, "2026-11-10"), State::InFlight { .. }));
}

#[test]
fn our_own_rotation_counts_before_the_configuration_shows_it() {
    let known = Known { rotated: Some(at("2026-11-09")), ..Known::default() };
    let flying = State::InFlight { until: at("2026-11-13"), active: Selector::First, coming: Selector::Second };
    assert_eq!(state(&young(), known, at("2026-11-09") + HOUR), flying);
    assert_eq!(state(&young(), known, at("2026-11-20")), State::Settled { next_due: at("2027-02-11"), active: Selector::First });
}

#[test]
fn without_any_date_the_age_is_unknown_and_a_rotation_is_due() {
    let mut config = young();
    (config.rotate_on_date, config.key_creation_time) = (Some("0001-01-01T00:00:00".to_owned()), None);
    assert!(matches!(on(&config, "2026-08-02"), State::Due { because: Because::UnknownAge, .. }));
    config.key_creation_time = Some("2026-08-01T00:00:00Z".to_owned());
    assert_eq!(on(&config, "2026-08-02"), State::Settled { next_due: at("2026-10-30"), active: Selector::First });
}

#[test]
fn the_selector_that_signs_is_inferred_if_one_is_not_named() {
    let mut config = young();
    config.selector_after_rotate_on_date = String::new();
    assert_eq!(active(&config, at("2026-08-02")), Selector::First);
    config.selector_before_rotate_on_date = "Selector1".to_owned();
    assert_eq!(active(&config, at("2026-08-02")), Selector::Second);
    config.selector_before_rotate_on_date = "s1".to_owned();
    assert_eq!(active(&config, at("2026-08-02")), Selector::First);
}

#[test]
fn states_are_told_in_words_and_say_when_to_look_again() {
    let config = young();
    let told = |config: &DkimSigningConfig, day: &str| {
        let state = on(config, day);
        (state.to_string(), state.next_look(at(day)))
    };
    assert_eq!(
        told(&config, "2026-08-02"),
        ("selector1 signs; the next rotation is due on 2026-10-30 00:00 UTC".to_owned(), Some(at("2026-10-30")))
    );
    let due = "a rotation is due: the key that signs has been in use for long enough; selector1 signs, and selector2 gets a new key \
               (overdue by 10 days)";
    assert_eq!(told(&config, "2026-11-09"), (due.to_owned(), Some(at("2026-11-09"))));
    let flying = "a rotation is under way: selector1 signs until 2026-11-13 00:00 UTC, then selector2 with its new key";
    assert_eq!(told(&rotate(&config, at("2026-11-09")), "2026-11-10"), (flying.to_owned(), Some(at("2026-11-13"))));
    let off = DkimSigningConfig { enabled: false, ..config };
    assert_eq!(told(&off, "2026-11-09").1, None);
}

#[test]
fn dns_is_looked_at_for_the_coming_selector_before_and_for_its_key_after() {
    let mut config = young();
    config.selector2_public_key = "v=DKIM1; k=rsa; p=MIIB IjAN;".to_owned();
    let before = expected_before(&config, Selector::Second);
    assert_eq!(before.name, "selector2._domainkey.contoso.com");
    assert_eq!(before.cname, "selector2-contoso-com._domainkey.contoso.n-v1.dkim.mail.microsoft");
    assert_eq!((before.public_key, before.least_bits), (None, 2048));
    assert_eq!(expected_after(&config, Selector::Second).public_key.as_deref(), Some("MIIBIjAN"));
    assert_eq!(expected_after(&config, Selector::First).public_key, None);
}

#[test]
fn a_rotation_that_was_ordered_without_an_answer_is_seen_in_the_configuration() {
    let earlier = young();
    assert!(has_begun(&earlier, &rotate(&earlier, at("2026-11-09"))));
    assert!(!has_begun(&earlier, &earlier));
    let undated = DkimSigningConfig { rotate_on_date: None, ..young() };
    assert!(has_begun(&undated, &earlier) && !has_begun(&undated, &undated) && !has_begun(&earlier, &undated));
}

#[test]
fn another_interval_is_possible() {
    let known = Known { interval: Duration::from_secs(30 * 86_400), ..Known::default() };
    assert!(matches!(state(&young(), known, at("2026-08-31")), State::Due { because: Because::Age, .. }));
}
