//! Steps as their owners meet them.

use std::{collections::BTreeSet, net::IpAddr};

use mailauth::dmarc::Policy;

use super::{Kind, Lookback, Row, Step, Verdict, share};
use tenant::moment::DAY;

/// 2026-11-21.
const NOW: i64 = 20_778 * DAY;

/// A row of one day, that many days ago.
fn row(days_ago: i64, source: &str, messages: u64) -> Row {
    let begin = NOW - days_ago * DAY;
    Row {
        begin,
        end: begin + DAY - 1_000_000,
        header_from: "example.com".to_owned(),
        source: source.to_owned(),
        messages,
        reporter: "receiver.example".to_owned(),
        disposition: "none".to_owned(),
        ..Row::default()
    }
}

fn passing(days_ago: i64, messages: u64) -> Row {
    Row {
        dkim_aligned: true,
        dkim_domain: "example.com".to_owned(),
        dkim_result: "pass".to_owned(),
        ..row(days_ago, "192.0.2.25", messages)
    }
}

/// Three weeks of honest mail.
fn weeks() -> Vec<Row> {
    (1..=21).map(|day| passing(day, 1000)).collect()
}

fn judged(rows: &[Row], to: Policy) -> Lookback {
    let own = |address: IpAddr| address == IpAddr::from([192, 0, 2, 25]);
    Lookback::of(
        &Step { domain: "example.com", to, except: &BTreeSet::new(), strangers: &BTreeSet::new(), may_send: &own, now: NOW },
        rows,
    )
}

fn why(lookback: &Lookback) -> Vec<&str> {
    match &lookback.verdict {
        Verdict::Ready => Vec::new(),
        Verdict::NotYet(why) => why.iter().map(String::as_str).collect(),
    }
}

#[test]
fn three_weeks_of_mail_that_passes_are_enough_for_any_step() {
    let found = judged(&weeks(), Policy::Reject);
    assert_eq!(
        (found.verdict, found.days, found.messages, found.passing, found.reporters),
        (Verdict::Ready, 21, 21_000, 21_000, 1)
    );
}

#[test]
fn forged_mail_does_not_keep_the_policy_away_that_is_against_it() {
    let mut rows = weeks();
    rows.extend((1..=3).map(|day| row(day, "198.51.100.66", 5000)));
    let found = judged(&rows, Policy::Reject);
    assert_eq!(found.verdict, Verdict::Ready);
    assert_eq!(found.failing.get(&Kind::Unknown), Some(&15_000));
    assert_eq!(
        found.sentence(),
        "p=reject would have had 15000 of 36000 messages refused (41.6 %): 0 seem honest, 15000 are of nobody known."
    );
}

#[test]
fn an_own_server_that_does_not_sign_has_to_be_put_right_first() {
    let mut rows = weeks();
    rows.push(row(2, "192.0.2.25", 60));
    let found = judged(&rows, Policy::Reject);
    assert_eq!(why(&found), ["60 messages, 0.2 % of all: they fail and seem to be your own; 0.1 % can be borne"]);
    assert_eq!(judged(&rows, Policy::Quarantine).verdict, Verdict::Ready);
}

#[test]
fn a_service_that_signs_in_its_own_name_is_named_once_for_all_its_addresses() {
    let mut rows = weeks();
    for (day, source) in [(1, "198.51.100.1"), (2, "198.51.100.2"), (3, "198.51.100.2")] {
        rows.push(Row { dkim_domain: "service.example".to_owned(), dkim_result: "pass".to_owned(), ..row(day, source, 100) });
    }
    let found = judged(&rows, Policy::Quarantine);
    let source = &found.sources[0];
    assert_eq!(
        (source.name.as_str(), source.kind, source.messages, source.addresses, source.days),
        ("service.example", Kind::Service, 300, 2, 3)
    );
    assert_eq!(
        why(&found),
        ["300 messages, 1.4 % of all: they fail and seem to be of services that send for you; 0.5 % can be borne"]
    );
}

#[test]
fn who_forges_in_a_signed_way_does_not_keep_the_policy_away() {
    let signed =
        |day| Row { dkim_domain: "forger.example".to_owned(), dkim_result: "pass".to_owned(), ..row(day, "198.51.100.9", 500) };
    let mut rows = weeks();
    rows.extend((1..=2).map(signed));
    assert_eq!(judged(&rows, Policy::Reject).verdict, Verdict::Ready);
    rows.extend((3..=6).map(signed));
    assert!(matches!(judged(&rows, Policy::Reject).verdict, Verdict::NotYet(_)));
    let strangers = BTreeSet::from(["forger.example".to_owned()]);
    let step = Step {
        domain: "example.com",
        to: Policy::Reject,
        except: &BTreeSet::new(),
        strangers: &strangers,
        may_send: &|_| false,
        now: NOW,
    };
    assert_eq!(Lookback::of(&step, &rows).verdict, Verdict::Ready);
}

#[test]
fn mail_that_others_pass_on_is_told_from_forged_mail() {
    let mut rows = weeks();
    rows.push(Row { override_reason: "mailing_list".to_owned(), ..row(1, "203.0.113.5", 10) });
    rows.push(Row { dkim_domain: "example.com".to_owned(), dkim_result: "fail".to_owned(), ..row(1, "203.0.113.6", 10) });
    let found = judged(&rows, Policy::Reject);
    assert_eq!((found.verdict, found.failing.get(&Kind::Forwarder)), (Verdict::Ready, Some(&20)));
}

#[test]
fn a_source_that_sends_day_by_day_may_be_a_system_nobody_thought_of() {
    let mut rows = weeks();
    rows.extend((1..=20).map(|day| row(day, "198.51.100.80", 100)));
    let found = judged(&rows, Policy::Quarantine);
    assert_eq!(why(&found), ["198.51.100.80 sends on 20 of 21 days, 8.6 % of all messages: find out whose it is"]);
}

#[test]
fn too_little_was_reported() {
    let rows: Vec<Row> = (10..=12).map(|day| passing(day, 10)).collect();
    let found = judged(&rows, Policy::Quarantine);
    let words = why(&found).join("\n");
    assert!(
        words.contains("reports cover 3 days")
            && words.contains("of 10 days ago")
            && words.contains("the reports tell of 30 messages"),
        "{words}"
    );
    assert_eq!(judged(&[], Policy::Quarantine).days, 0);
    assert!(matches!(judged(&[], Policy::Quarantine).verdict, Verdict::NotYet(_)));
}

#[test]
fn names_below_count_unless_they_have_a_policy_of_their_own() {
    let mut rows = weeks();
    rows.push(Row { header_from: "news.example.com".to_owned(), ..row(1, "192.0.2.25", 500) });
    rows.push(Row { header_from: "notexample.com".to_owned(), ..row(1, "192.0.2.25", 500) });
    assert_eq!(judged(&rows, Policy::Reject).messages, 21_500);
    let except = BTreeSet::from(["news.example.com".to_owned()]);
    let step = Step {
        domain: "example.com",
        to: Policy::Reject,
        except: &except,
        strangers: &BTreeSet::new(),
        may_send: &|_| true,
        now: NOW,
    };
    assert_eq!(Lookback::of(&step, &rows).messages, 21_000);
}

#[test]
fn numbers_and_dates_that_make_no_sense_do_no_harm() {
    let mut rows = weeks();
    rows.push(Row { end: i64::MAX, ..row(1, "not an address", u64::MAX) });
    rows.push(Row { begin: i64::MIN, end: i64::MIN, ..row(1, "198.51.100.9", u64::MAX) });
    let found = judged(&rows, Policy::Reject);
    assert_eq!(found.messages, u64::MAX);
    assert!(found.days < 40, "{}", found.days);
}

#[test]
fn shares_have_one_digit() {
    assert_eq!((share(1, 3).as_str(), share(0, 0).as_str(), share(1, 100_000).as_str()), ("33.3 %", "0.0 %", "less than 0.1 %"));
}
