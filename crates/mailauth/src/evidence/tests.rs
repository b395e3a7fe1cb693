//! Headers made to hurt: each is read to its end in time that grows with its length and no faster.

use proptest::{
    collection::vec,
    prelude::{any, prop, prop_assert, proptest},
};

use super::{AddressList, Evidence, Trust};
use crate::Message;

fn trust() -> Trust {
    Trust { own_domains: vec!["contoso.com".into()], authserv_ids: vec!["mx.contoso.com".into()], ..Trust::default() }
}

/// What headers are made of, and what breaks them.
const PIECES: &[&str] = &[
    "From: ",
    "Reply-To: ",
    "Received: ",
    "Authentication-Results: ",
    "X-Forefront-Antispam-Report: ",
    "X-MS-Exchange-Organization-",
    "\r\n",
    "\r\n ",
    " ",
    "<",
    ">",
    "\"",
    "(",
    ")",
    "@",
    ",",
    ";",
    ":",
    "=?utf-8?Q?",
    "=?utf-8?B?",
    "?=",
    "a@example.com",
    "contoso.com",
    "from ",
    " by ",
    "x.prod.outlook.com",
    "mx.contoso.com; ",
    "spf=pass",
    "CIP:",
    "é",
    "\u{202e}",
    "\u{200d}",
    "\u{430}",
    "\\",
    "[",
    "]",
    "\0",
    "Sat, 21 Nov 2026 04:00:00 +0000",
    "List-Id: ",
];

proptest! {
    #[test]
    fn nothing_makes_reading_fail(pieces in vec(prop::sample::select(PIECES), 0..60), bytes in any::<Vec<u8>>()) {
        for bytes in [pieces.concat().into_bytes(), bytes] {
            let read = Evidence::read(&Message::new(&bytes), &trust());
            let _ = (read.sender_ip(), read.helo(), read.mail_from(), read.direction(&trust()), read.arrived(), read.recipient());
            prop_assert!(read.from.mailboxes.iter().all(|mailbox| mailbox.address.is_empty() || !mailbox.address.contains('\r')));
        }
    }
}

#[test]
fn a_field_of_one_piece_over_and_over_is_read() {
    let names = [
        "From",
        "To",
        "Received",
        "Authentication-Results",
        "X-Forefront-Antispam-Report",
        "List-Unsubscribe",
        "Subject",
        "Date",
        "Received-SPF",
    ];
    let pieces = [
        "a ",
        "a,",
        "<",
        "<a,",
        "a <b@c.example>,",
        "a@b ",
        "\"",
        "(",
        "(a)",
        "=?",
        "=?utf-8?Q?a?= ",
        ":",
        ";",
        "a:b;",
        "[",
        "@",
        "from by ",
        "\\",
        "é",
        "\u{200b}",
        "contoso.com ",
        "a@contoso.com ",
    ];
    for name in names {
        for piece in pieces {
            let text = format!("{name}: {}\r\n\r\n", piece.repeat((1 << 15) / piece.len()));
            let read = Evidence::read(&Message::new(text.as_bytes()), &trust());
            assert!(read.findings.len() <= 100 && read.from.mailboxes.len() <= AddressList::MOST, "{name}: {piece}");
        }
    }
}

#[test]
fn thousands_of_fields_are_read() {
    for field in [
        "Received: from a by b; Sat, 21 Nov 2026 04:00:00 +0000",
        "Authentication-Results: a; spf=pass",
        "From: \"b@c.example\" <a@example.com>",
    ] {
        let text = format!("{field}\r\n").repeat(9_000);
        let read = Evidence::read(&Message::new(text.as_bytes()), &trust());
        assert!(read.chain.hops.len() <= 100 && read.apart.len() <= 200 && read.findings.len() <= 100, "{field}");
    }
}
