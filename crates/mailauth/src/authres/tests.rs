//! What is written is read as the same; nothing makes reading fail.

use proptest::{
    collection::vec,
    option::of,
    prelude::{Just, ProptestConfig, Strategy, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest},
};

use super::{AuthenticationResults, FaultKind, MethodResult, Overview, Property, ReceivedSpf};

/// A value of any kind: a token, an address, or what has to be quoted.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z0-9.-]{0,12}",
        "[a-z.]{1,8}@[a-z]{1,8}\\.example",
        "[ -~]{0,20}",
        "[a-zé ü\"\\\\;=()]{0,12}",
        Just("\"jane doe\"@example.com".to_owned()),
    ]
}

fn comment() -> impl Strategy<Value = String> {
    prop_oneof!["[ -~]{0,30}", "[a-z ()\\\\]{0,20}", Just("a (b (c)) d".to_owned())]
}

fn properties() -> impl Strategy<Value = Vec<Property>> {
    let ptype = prop_oneof![Just("smtp"), Just("header"), Just("policy"), Just("x-tls")];
    let property = (ptype, "[a-z][a-z0-9-]{0,8}", value());
    vec(property.prop_map(|(ptype, name, value)| Property { ptype: ptype.to_owned(), name, value }), 0..4)
}

fn result() -> impl Strategy<Value = MethodResult> {
    let method = prop_oneof![Just("spf"), Just("dkim"), Just("dmarc"), Just("compauth"), Just("x-own")];
    let action = of(prop_oneof![Just("oreject"), Just("none")]);
    let receiver = of("[a-z]{1,8}\\.example");
    (method, of(0_u32..9), "[a-z]{1,10}", of(value()), vec(comment(), 0..3), properties(), action, receiver).prop_map(
        |(method, version, result, reason, comments, mut properties, action, receiver)| {
            properties.extend(action.map(|value| Property { name: "action".into(), value: value.into(), ..Property::default() }));
            MethodResult { method: method.to_owned(), version, result, reason, comments, properties, receiver }
        },
    )
}

fn header() -> impl Strategy<Value = AuthenticationResults> {
    let id = prop_oneof!["[a-z0-9]{1,8}(\\.[a-z0-9-]{1,8}){0,3}", "[ -~&&[^\"\\\\]]{1,12}"];
    (of(1_u32..50), id, of(0_u32..9), vec(comment(), 0..2), properties(), vec(result(), 0..5)).prop_map(
        |(instance, id, version, comments, properties, results)| AuthenticationResults {
            instance,
            authserv_id: Some(id),
            version,
            comments,
            properties,
            results,
            faults: Vec::new(),
        },
    )
}

/// What is read, but for the fault that several results of one method do not agree.
fn parse(value: &str) -> AuthenticationResults {
    let mut read = AuthenticationResults::parse(value);
    read.faults.retain(|fault| fault.kind != FaultKind::Contradiction);
    read
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_as_the_same(header in header()) {
        let field = header.field("Authentication-Results");
        let (_, value) = field.split_once(':').unwrap_or_default();
        prop_assert_eq!(&parse(value), &header, "{}", field);
        prop_assert_eq!(&parse(&header.value()), &header);
    }

    #[test]
    fn lines_are_short_and_none_is_empty(header in header()) {
        let field = header.field("Authentication-Results");
        for line in field.split_terminator("\r\n") {
            let words = line.split_whitespace().count();
            prop_assert!(words > 0 && (line.chars().count() <= 78 || words <= 2), "{}", line);
            prop_assert!(!line.contains(['\r', '\n']));
        }
    }

    #[test]
    fn nothing_makes_reading_fail(text in any::<String>(), pieces in vec(prop::sample::select(PIECES), 0..30)) {
        for text in [text, pieces.concat()] {
            let read = AuthenticationResults::parse(&text);
            let _ = Overview::of(&read).authentication_details();
            // What was read can be written, and what was written is a field of one name.
            let field = read.field("Authentication-Results");
            prop_assert!(field.lines().skip(1).all(|line| line.starts_with([' ', '\t'])), "{}", field);
            let _ = ReceivedSpf::parse(&text);
        }
    }
}

/// What headers are made of, and what breaks them.
const PIECES: &[&str] = &[
    "spf=pass",
    "dkim=fail",
    "dmarc",
    "=",
    ";",
    " ",
    "\r\n ",
    "(",
    ")",
    "\"",
    "\\",
    "<",
    ">",
    "@",
    ".",
    "/",
    "1",
    "i=1",
    "none",
    "example.org",
    "header.from=",
    "smtp.mailfrom=a@example.com",
    "=?utf-8?B?",
    "c3BmPXBhc3M=",
    "?=",
    "reason=",
    "é",
    "\0",
    "action=oreject",
    "compauth=",
];

#[test]
fn a_property_without_a_name_is_not_written() {
    let read = AuthenticationResults::parse("mx.example; spf=pass .=a smtp.=b smtp..=c .x.=d");
    let written = AuthenticationResults::parse(&read.value());
    assert_eq!(AuthenticationResults::parse(&written.value()).results, written.results);
    assert_eq!(written.results[0].properties.len(), 1);
}

#[test]
fn a_header_made_to_hurt_is_read_in_little_time() {
    for piece in ["(", "\"", "a(b ", "a=\"b ", "=?", "spf=", "a=b;", "a.b=c ", ";", "x ", "(a)", "=", "<"] {
        let text = piece.repeat(2 * AuthenticationResults::MOST_TEXT / piece.len());
        let read = AuthenticationResults::parse(&text);
        assert!(
            read.results.len() <= AuthenticationResults::MOST_PARTS && read.faults.len() <= AuthenticationResults::MOST_PARTS + 1
        );
    }
}
