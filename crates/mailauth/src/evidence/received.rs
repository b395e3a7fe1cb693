//! The Received chain (RFC 5321 section 4.4): who took a message from whom, and when. Tolerant: hosts agree on little more than the words
//! `from`, `by`, `with`, `id`, `for`, `via`, and on the date after the last semicolon.

use std::net::IpAddr;

use serde::Serialize;

use crate::{Message, authres::ip, date, lex};

/// The hops of a message, the last one first, as they stand in the header.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Chain {
    /// The hops that were read.
    pub hops: Vec<Hop>,
    /// How many Received fields there are; more than [`Chain::MOST`] are counted and not read.
    pub fields: usize,
}

/// One hop. What was not there is `None`; anything below the first hop of a host that is believed may be invented.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Hop {
    /// What the client called itself (`from`), mostly its greeting.
    pub from: Option<String>,
    /// What the client greeted with, where the field says so apart (`helo=`, `HELO`, `EHLO`).
    pub helo: Option<String>,
    /// The client's name as the DNS has it, where the field says so.
    pub reverse: Option<String>,
    /// The client's address.
    pub ip: Option<IpAddr>,
    /// Who took it (`by`).
    pub by: Option<String>,
    /// How (`with`), such as `ESMTPS`.
    pub with: Option<String>,
    /// Over what (`via`).
    pub via: Option<String>,
    /// Its number there (`id`).
    pub id: Option<String>,
    /// Whom it was for (`for`), without angle brackets.
    pub recipient: Option<String>,
    /// When, in seconds since 1970.
    pub time: Option<i64>,
    /// How long after the hop before it (the next below that has a time), in seconds; negative where clocks differ.
    pub delay: Option<i64>,
}

impl Chain {
    /// Most hops that are read. RFC 5321 section 6.3 has servers take 100 for a loop.
    pub const MOST: usize = 100;

    /// The chain of a message.
    #[must_use]
    pub fn of(message: &Message<'_>) -> Self {
        let mut chain = Self::default();
        for field in message.all("Received") {
            chain.fields += 1;
            if chain.hops.len() < Self::MOST {
                chain.hops.push(Hop::parse(&field.text()));
            }
        }
        let mut before = None;
        for hop in chain.hops.iter_mut().rev() {
            hop.delay = hop.time.zip(before).map(|(time, before): (i64, i64)| time.saturating_sub(before));
            before = hop.time.or(before);
        }
        chain
    }
}

impl Hop {
    /// Most bytes of a field that are read.
    pub const MOST_TEXT: usize = 8 << 10;

    /// Reads the value of a field. Never fails.
    #[must_use]
    pub fn parse(value: &str) -> Self {
        let end = (0..=value.len().min(Self::MOST_TEXT)).rev().find(|end| value.is_char_boundary(*end)).unwrap_or_default();
        let text = value.get(..end).unwrap_or_default();
        let mut reader = Reader { hop: Self::default(), clause: Clause::None };
        let (mut at, mut open) = (0, false);
        while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
            if c == '(' {
                // One that is never closed is read as one, and then its words again: what follows is not lost, and nothing is read thrice.
                at += 1;
                if !open {
                    let read = lex::comment(text, at - 1);
                    reader.comment(&read.inner);
                    open = !read.closed;
                    at = if read.closed { read.end } else { at };
                }
            } else if c == ';' {
                // The date follows the last semicolon; before another one stands something else.
                reader.hop.time = date::seconds(&text[at + 1..]).or(reader.hop.time);
                reader.clause = Clause::Date;
                at += 1;
            } else if c.is_whitespace() {
                at += c.len_utf8();
            } else {
                let length = text[at..].find(|c: char| c.is_whitespace() || matches!(c, '(' | ';')).unwrap_or(text.len() - at);
                reader.word(&text[at..at + length]);
                if reader.hop.time.is_none() && text.as_bytes().get(at + 4) == Some(&b'-') {
                    // `2026-11-21 04:00:00 +0000` without a semicolon before it.
                    reader.hop.time = date::seconds(&text[at..]);
                }
                at += length;
            }
        }
        reader.hop
    }

    /// What the client greeted with: `helo` where it is told apart, otherwise what it called itself.
    #[must_use]
    pub fn greeting(&self) -> Option<&str> {
        self.helo.as_deref().or(self.from.as_deref())
    }
}

/// The part of a field that is being read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Clause {
    None,
    From,
    By,
    With,
    Via,
    Id,
    For,
    Date,
}

struct Reader {
    hop: Hop,
    clause: Clause,
}

impl Reader {
    fn word(&mut self, word: &str) {
        if self.clause == Clause::Date {
            return;
        }
        let clause = match word.to_ascii_lowercase().as_str() {
            "from" if self.hop.from.is_none() => Clause::From,
            "by" if self.hop.by.is_none() => Clause::By,
            "with" if self.hop.with.is_none() => Clause::With,
            "via" if self.hop.via.is_none() => Clause::Via,
            "id" if self.hop.id.is_none() => Clause::Id,
            "for" if self.hop.recipient.is_none() => Clause::For,
            _ => return self.value(word),
        };
        self.clause = clause;
    }

    fn value(&mut self, word: &str) {
        let hop = &mut self.hop;
        match self.clause {
            Clause::From => {
                hop.ip = hop.ip.or_else(|| ip(word));
                if hop.from.is_none() {
                    hop.from = Some(word.to_owned());
                } else {
                    self.client(word);
                }
            }
            Clause::By => drop(hop.by.get_or_insert_with(|| word.to_owned())),
            Clause::Id => drop(hop.id.get_or_insert_with(|| word.to_owned())),
            Clause::For => drop(hop.recipient.get_or_insert_with(|| word.trim_matches(['<', '>']).to_owned())),
            Clause::With => append(&mut hop.with, word),
            Clause::Via => append(&mut hop.via, word),
            Clause::None | Clause::Date => {}
        }
    }

    /// What stands in parentheses after `from`: the client's name, its address, its greeting, in whatever order.
    fn comment(&mut self, text: &str) {
        match self.clause {
            Clause::From => {
                let mut greeting_next = false;
                for word in
                    text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '(' | ')')).filter(|word| !word.is_empty())
                {
                    if greeting_next {
                        self.hop.helo.get_or_insert_with(|| word.to_owned());
                        greeting_next = false;
                    } else if matches!(word.to_ascii_lowercase().as_str(), "helo" | "ehlo") {
                        greeting_next = true;
                    } else {
                        self.client(word);
                    }
                }
            }
            // The parentheses after a word end what it says: `with Microsoft SMTP Server (version=...) id ...`.
            Clause::With | Clause::Via => self.clause = Clause::None,
            _ => {}
        }
    }

    /// One word about the client.
    fn client(&mut self, word: &str) {
        if let Some((key, value)) = word.split_once('=') {
            if matches!(key.to_ascii_lowercase().as_str(), "helo" | "ehlo") && !value.is_empty() {
                self.hop.helo.get_or_insert_with(|| value.to_owned());
            }
            return;
        }
        // `[192.0.2.1]:25`
        let bare = word.split_once("]:").map_or(word, |(address, _)| address);
        if let Some(found) = ip(bare) {
            self.hop.ip = self.hop.ip.or(Some(found));
        } else {
            // `user@host`, as sendmail writes what the ident service said.
            let name = bare.rsplit_once('@').map_or(bare, |(_, host)| host).trim_end_matches('.');
            if name.contains('.') && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_')) {
                self.hop.reverse.get_or_insert_with(|| name.to_owned());
            }
        }
    }
}

fn append(text: &mut Option<String>, word: &str) {
    match text {
        Some(before) => {
            before.push(' ');
            before.push_str(word);
        }
        None => *text = Some(word.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Chain, Hop};
    use crate::Message;

    /// from, helo, reverse, ip, by
    fn client(value: &str) -> (String, String, String, String, String) {
        let hop = Hop::parse(value);
        let text = |value: Option<String>| value.unwrap_or_default();
        (text(hop.from), text(hop.helo), text(hop.reverse), text(hop.ip.map(|ip| ip.to_string())), text(hop.by))
    }

    #[test]
    fn a_hop_is_read_whoever_wrote_it() {
        let cases = [
            // Postfix, Sendmail, Exim (two forms), qmail, Microsoft, Google, and an address alone.
            (
                "from a.example (r.example [192.0.2.1]) by b.example (Postfix) with ESMTPS id 1; x",
                ("a.example", "", "r.example", "192.0.2.1"),
            ),
            (
                "from a.example (ident@r.example [192.0.2.1] (may be forged)) by b.example",
                ("a.example", "", "r.example", "192.0.2.1"),
            ),
            (
                "from r.example ([192.0.2.1]:4321 helo=a.example) by b.example with esmtp",
                ("r.example", "a.example", "", "192.0.2.1"),
            ),
            ("from [192.0.2.1] (port=1 helo=a.example) by b.example", ("[192.0.2.1]", "a.example", "", "192.0.2.1")),
            ("from unknown (HELO a.example) (192.0.2.1) by b.example with SMTP", ("unknown", "a.example", "", "192.0.2.1")),
            (
                "from a.example (2001:db8::1) by b.example (2001:db8::2) with Microsoft SMTP Server",
                ("a.example", "", "", "2001:db8::1"),
            ),
            ("from a.example (r.example. [IPv6:2001:db8::1]) by b.example", ("a.example", "", "r.example", "2001:db8::1")),
            ("from 192.0.2.1 by b.example", ("192.0.2.1", "", "", "192.0.2.1")),
            ("by b.example", ("", "", "", "")),
        ];
        for (value, (from, helo, reverse, ip)) in cases {
            let expected = (from.into(), helo.into(), reverse.into(), ip.into(), "b.example".to_owned());
            assert_eq!(client(value), expected, "{value}");
        }
    }

    #[test]
    fn how_for_whom_and_when_are_told() {
        let hop = Hop::parse(
            "from a.example (2001:db8::1) by b.example (2001:db8::2) with Microsoft SMTP Server (version=TLS1_2, \
             cipher=X) id 15.20.1.2 via Frontend Transport for <jane@example.com>; Sat, 21 Nov 2026 04:00:00 +0000",
        );
        assert_eq!((hop.with.as_deref(), hop.via.as_deref()), (Some("Microsoft SMTP Server"), Some("Frontend Transport")));
        assert_eq!((hop.id.as_deref(), hop.recipient.as_deref()), (Some("15.20.1.2"), Some("jane@example.com")));
        assert_eq!(hop.time, Some(1_795_233_600));
    }

    #[test]
    fn delays_are_between_hops_that_have_a_time() {
        let message = Message::new(
            b"Received: by c; Sat, 21 Nov 2026 04:00:10 +0000\r\nReceived: by b\r\nReceived: by a; Sat, 21 Nov 2026 04:00:00 +0000\r\n\r\n",
        );
        let delays: Vec<_> = Chain::of(&message).hops.iter().map(|hop| hop.delay).collect();
        assert_eq!(delays, [Some(10), None, None]);
    }

    #[test]
    fn ten_thousand_hops_are_counted_and_not_all_read() {
        let text = "Received: from a by b; Sat, 21 Nov 2026 04:00:00 +0000\r\n".repeat(9_000);
        let chain = Chain::of(&Message::new(text.as_bytes()));
        assert_eq!((chain.fields, chain.hops.len()), (9_000, Chain::MOST));
    }

    #[test]
    fn nothing_makes_it_fail() {
        for value in [
            "",
            "from",
            "from (",
            "by ;",
            ";;;",
            "from by with id for via",
            "é (é) é;é",
            "from a (helo=) by",
            &"(".repeat(10_000),
        ] {
            let _ = Hop::parse(value);
        }
    }
}
