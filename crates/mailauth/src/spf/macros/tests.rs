//! Macros by what they expand to, after the examples of RFC 7208 section 7.4.

use std::net::IpAddr;

use super::{MacroFault, Place, Values, check, ends_in_macro, expand, fitted, reverse_name};

fn values(client: &str) -> Values<'_> {
    Values {
        local_part: "first-second",
        sender_domain: "mail.contoso.com",
        domain: "mail.contoso.com",
        client: client.parse::<IpAddr>().unwrap(),
        helo: "mx.example.net",
        validated_name: "mx.contoso.com",
        receiver: "in.example.org",
        now: 1_795_282_800,
    }
}

fn term(text: &str) -> String {
    expand(text, Place::Term, &values("192.0.2.3"))
}

#[test]
fn every_letter_stands_for_something() {
    assert_eq!(term("%{s}"), "first-second@mail.contoso.com");
    assert_eq!(term("%{l}"), "first-second");
    assert_eq!(term("%{o}"), "mail.contoso.com");
    assert_eq!(term("%{d}"), "mail.contoso.com");
    assert_eq!(term("%{i}"), "192.0.2.3");
    assert_eq!(term("%{p}"), "mx.contoso.com");
    assert_eq!(term("%{v}"), "in-addr");
    assert_eq!(term("%{h}"), "mx.example.net");
    assert_eq!(
        expand("%{c} asked %{r} at %{t}", Place::Explanation, &values("2001:db8::1")),
        "2001:db8::1 asked in.example.org at 1795282800"
    );
}

#[test]
fn parts_are_kept_from_the_right_and_turned_around() {
    assert_eq!(term("%{d4}"), "mail.contoso.com");
    assert_eq!(term("%{d2}"), "contoso.com");
    assert_eq!(term("%{d1}"), "com");
    assert_eq!(term("%{dr}"), "com.contoso.mail");
    assert_eq!(term("%{d2r}"), "contoso.mail");
    assert_eq!(term("%{l-}"), "first.second");
    assert_eq!(term("%{l1r-}"), "first");
    assert_eq!(term("%{lr-}"), "second.first");
    assert_eq!(term("%{D99999999999999999999R}"), "com.contoso.mail");
    assert_eq!(term("%{ir}.%{v}._spf.%{d2}"), "3.2.0.192.in-addr._spf.contoso.com");
}

#[test]
fn an_ipv6_address_is_cut_into_its_digits() {
    let expanded = expand("%{ir}.%{v}", Place::Term, &values("2001:db8::cb01"));
    assert_eq!(expanded, "1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6");
    assert_eq!(reverse_name("2001:db8::cb01".parse().unwrap()), format!("{expanded}.arpa"));
    assert_eq!(reverse_name("192.0.2.3".parse().unwrap()), "3.2.0.192.in-addr.arpa");
}

#[test]
fn percent_signs_and_spaces_have_signs_of_their_own() {
    assert_eq!(term("100%%.a%_b%-c"), "100%.a b%20c");
}

#[test]
fn capitals_escape_for_a_url() {
    let values = Values { local_part: "~a&b=c.d_e/ü", ..values("192.0.2.3") };
    assert_eq!(expand("%{L}", Place::Explanation, &values), "~a%26b%3Dc.d_e%2F%C3%BC");
    assert_eq!(expand("%{L=}", Place::Explanation, &values), "~a%26b.c.d_e%2F%C3%BC");
}

#[test]
fn what_cannot_be_expanded_is_told_with_its_place() {
    let wrong = |text| check(text, Place::Term).unwrap_err();
    assert_eq!(wrong("a%"), (1..2, MacroFault::Percent));
    assert_eq!(wrong("a.%(d)"), (2..3, MacroFault::Percent));
    assert_eq!(wrong("%{d"), (0..3, MacroFault::Open));
    assert_eq!(wrong("%{}"), (0..3, MacroFault::Open));
    assert_eq!(wrong("%{d}.%{x}"), (5..9, MacroFault::Letter('x')));
    assert_eq!(wrong("%{ü}"), (0..5, MacroFault::Letter('ü')));
    assert_eq!(wrong("%{C}"), (0..4, MacroFault::ExplanationLetter('C')));
    assert_eq!(wrong("%{d0}"), (0..5, MacroFault::ZeroParts));
    assert_eq!(wrong("%{d2x}"), (0..6, MacroFault::Transformer('x')));
    assert_eq!(wrong("%{dr2}"), (0..6, MacroFault::Transformer('2')));
    assert_eq!(wrong("a b"), (1..2, MacroFault::Character(' ')));
    assert_eq!(check("a b %{c}", Place::Explanation), Ok(()));
    assert_eq!(check("a\tb", Place::Explanation), Err((1..2, MacroFault::Character('\t'))));
}

#[test]
fn a_name_that_is_too_long_loses_labels_on_the_left() {
    let long = vec!["abcdefghi"; 30].join(".");
    assert_eq!(fitted(&long).len(), 249);
    assert_eq!(fitted("mail.contoso.com."), "mail.contoso.com");
    let endless = "a".repeat(300);
    assert_eq!(fitted(&endless), endless);
}

#[test]
fn an_address_of_any_length_expands_to_something_short() {
    let long = "x".repeat(100_000);
    let values = Values { local_part: &long, ..values("192.0.2.3") };
    let expanded = expand("%{l}.%{l}.%{l}.end.example", Place::Term, &values);
    assert!(expanded.len() < 8192 && expanded.ends_with(".end.example"), "{}", expanded.len());
    assert!(expand("%{l} %{l} %{l}", Place::Explanation, &values).len() <= 4096);
}

#[test]
fn the_end_of_a_domain_may_be_a_macro() {
    assert!(ends_in_macro("a.%{d}"));
    assert!(ends_in_macro("a.%%"));
    assert!(!ends_in_macro("%{d}.a"));
    assert!(!ends_in_macro("a.%{d}}"));
}
