//! What is changed of a message: forged fields go, ours come, the subject is tagged. Pure.

use mailauth::{
    Message,
    authres::AuthenticationResults,
    encoded_words::decode,
    verify::{Arrival, Verdicts},
};
use milter::Modification;

/// The field of RFC 8601.
pub(super) const RESULTS: &str = "Authentication-Results";
/// The longest piece of an encoded word (RFC 2047 section 2), in bytes before they are encoded.
const PIECE: usize = 45;

/// Takes away fields that bear our name and are not by us (RFC 8601 section 5).
pub(super) fn forged_results(message: &Message<'_>, authserv_id: &str) -> Vec<Modification> {
    taken(message, RESULTS, |value| {
        let id = AuthenticationResults::parse(value).authserv_id;
        id.is_some_and(|id| id.trim_end_matches('.').eq_ignore_ascii_case(authserv_id.trim_end_matches('.')))
    })
}

/// Takes away all fields of a name.
pub(super) fn all_of(message: &Message<'_>, name: &str) -> Vec<Modification> {
    taken(message, name, |_| true)
}

/// Takes fields away, the last first: servers differ in how they count those that are left.
fn taken(message: &Message<'_>, name: &str, wanted: impl Fn(&str) -> bool) -> Vec<Modification> {
    let places = message.all(name).enumerate().filter(|(_, field)| wanted(&field.text()));
    let places: Vec<u32> = places.filter_map(|(place, _)| u32::try_from(place + 1).ok()).collect();
    places.into_iter().rev().map(|index| Modification::DeleteHeader { index, name: name.to_owned() }).collect()
}

/// The value of our field, folded.
pub(super) fn results(authserv_id: &str, arrival: &Arrival, verdicts: &Verdicts) -> String {
    let field = AuthenticationResults::compose(authserv_id, arrival, verdicts).field(RESULTS);
    let value = field.strip_prefix(RESULTS).and_then(|rest| rest.strip_prefix(':')).unwrap_or(&field);
    value.trim_end().to_owned()
}

/// Our field above the others.
pub(super) fn marked(value: &str) -> Modification {
    Modification::InsertHeader { index: 0, name: RESULTS.to_owned(), value: value.to_owned() }
}

/// The subject with what comes before it; nothing if it has that already.
pub(super) fn tagged(message: &Message<'_>, tags: &[String]) -> Option<Modification> {
    let name = || "Subject".to_owned();
    let subject = message.first("Subject");
    let text = subject.map(|field| field.text()).unwrap_or_default();
    let shown = decode(&text).text.into_owned();
    let missing: String = tags.iter().filter(|tag| !shown.contains(tag.trim())).map(String::as_str).collect();
    if missing.is_empty() {
        return None;
    }
    let value = format!("{}{text}", words(&missing));
    Some(match subject {
        Some(_) => Modification::ChangeHeader { index: 1, name: name(), value },
        None => Modification::AddHeader { name: name(), value },
    })
}

/// A text as a header field may have it: encoded words (RFC 2047) where it is not ASCII, and a space after them.
fn words(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let (mut encoded, mut piece) = (String::new(), String::new());
    let mut put = |piece: &mut String| {
        let bytes: String = piece.bytes().map(|byte| format!("={byte:02X}")).collect();
        encoded.push_str(&format!("=?utf-8?q?{bytes}?= "));
        piece.clear();
    };
    for char in text.chars() {
        if (piece.len() + char.len_utf8()) * 3 > PIECE {
            put(&mut piece);
        }
        piece.push(char);
    }
    put(&mut piece);
    encoded
}

/// Others get a message, and those it was for do not. Whoever is among both keeps it: a server that is told to add and to take away one
/// address would have nobody left to deliver to.
pub(super) fn redirected<'a>(recipients: impl Iterator<Item = &'a str> + Clone, others: &[String]) -> Vec<Modification> {
    let is_among = |others: &[String], address: &str| others.iter().any(|other| other.eq_ignore_ascii_case(address));
    let has = |address: &str| recipients.clone().any(|known| known.eq_ignore_ascii_case(address));
    let added = others.iter().filter(|other| !has(other)).cloned().map(Modification::AddRecipient);
    let gone = recipients.clone().filter(|address| !is_among(others, address));
    added.chain(gone.map(|address| Modification::DeleteRecipient(address.to_owned()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deleted(index: u32, name: &str) -> Modification {
        Modification::DeleteHeader { index, name: name.to_owned() }
    }

    #[test]
    fn only_fields_with_our_name_go_and_the_last_goes_first() {
        let text = b"Authentication-Results: mx.example.com; spf=pass\r\nauthentication-results: mx.example.org; spf=pass\r\n\
            Authentication-Results: spf=fail (x) smtp.mailfrom=mx.example.com; dmarc=fail action=oreject\r\n\
            Authentication-Results: (hello)\r\n\t\"MX.example.com\" 1; dmarc=pass\r\n\r\n";
        let found = forged_results(&Message::new(text), "mx.example.com");
        assert_eq!(found, [deleted(4, RESULTS), deleted(1, RESULTS)]);
        assert_eq!(forged_results(&Message::new(text), "example.com"), []);
    }

    #[test]
    fn whoever_a_message_was_for_anyway_keeps_it_when_others_get_it() {
        let changes = |others: &[&str]| {
            redirected(
                ["a@example.com", "b@example.com"].into_iter(),
                &others.iter().map(|&other| other.to_owned()).collect::<Vec<_>>(),
            )
        };
        let (add, delete) =
            (|to: &str| Modification::AddRecipient(to.to_owned()), |to: &str| Modification::DeleteRecipient(to.to_owned()));
        assert_eq!(changes(&["abuse@example.com"]), [add("abuse@example.com"), delete("a@example.com"), delete("b@example.com")]);
        assert_eq!(changes(&["A@example.com"]), [delete("b@example.com")]);
    }

    #[test]
    fn a_tag_comes_before_the_subject_once() {
        let tags = |text: &str| vec![text.to_owned()];
        let changed = |header: &str, tag: &str| tagged(&Message::new(header.as_bytes()), &tags(tag));
        let subject =
            |value: &str| Some(Modification::ChangeHeader { index: 1, name: "Subject".to_owned(), value: value.to_owned() });
        assert_eq!(changed("Subject: =?utf-8?q?caf=C3=A9?=\r\n\r\n", "[outside] "), subject("[outside] =?utf-8?q?caf=C3=A9?="));
        assert_eq!(changed("Subject: [outside] hello\r\n\r\n", "[outside] "), None);
        assert_eq!(changed("Subject: Re: [outside] hello\r\n\r\n", "[outside] "), None);
        assert_eq!(changed("Subject: x\r\n\r\n", "[außen] "), subject("=?utf-8?q?=5B=61=75=C3=9F=65=6E=5D=20?= x"));
        let added = Modification::AddHeader { name: "Subject".to_owned(), value: "[outside] ".to_owned() };
        assert_eq!(changed("From: a\r\n\r\n", "[outside] "), Some(added));
    }
}
