//! Any bytes: a header is read to its end, and authentication results that were read are written to a field that is read as the same.
//!
//! `cargo +nightly fuzz run mail_header`

#![no_main]

use libfuzzer_sys::fuzz_target;
use spoofwatch_mailauth::{
    Message,
    authres::{AuthenticationResults, Overview, ReceivedSpf},
    evidence::{Evidence, Trust},
};

fuzz_target!(|bytes: &[u8]| {
    let trust = Trust { own_domains: vec!["contoso.com".to_owned()], authserv_ids: vec!["mx.contoso.com".to_owned()], ..Trust::default() };
    let read = Evidence::read(&Message::new(bytes), &trust);
    let _ = (read.sender_ip(), read.helo(), read.mail_from(), read.direction(&trust), read.arrived(), read.recipient());

    let text = String::from_utf8_lossy(bytes);
    let _ = ReceivedSpf::parse(&text);
    let read = AuthenticationResults::parse(&text);
    let _ = Overview::of(&read).authentication_details();
    let field = read.field("Authentication-Results");
    assert!(field.lines().skip(1).all(|line| line.starts_with([' ', '\t'])), "{field:?} is more than one field");
    // What was written once stays as it is.
    let once = AuthenticationResults::parse(field.split_once(':').unwrap_or_default().1);
    let twice = AuthenticationResults::parse(&once.value());
    assert_eq!(twice.results, once.results, "{field:?}");
});
