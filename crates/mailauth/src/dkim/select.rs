//! Which fields of a message a signature is over (RFC 6376 section 5.4.2): of several with a name the lowest first, each once.

use crate::message::{Field, Message};

/// The fields of a message, ready to be found by name many times.
#[derive(Debug)]
pub(crate) struct Fields<'m> {
    fields: Vec<Field<'m>>,
    /// A number for each name: most fields are passed over without a look at their name.
    marks: Vec<u32>,
}

impl<'m> Fields<'m> {
    pub(crate) fn of(message: &'m Message<'_>) -> Self {
        let fields: Vec<_> = message.fields().collect();
        let marks = fields.iter().map(|field| mark(field.name)).collect();
        Self { fields, marks }
    }

    /// Calls with each field that the names choose, in their order. A name that chooses none, because the message has no (more) fields of it,
    /// is passed over: it signs their absence. The field `apart`, which holds the signature itself, is never chosen.
    pub(crate) fn choose(&self, names: &[&[u8]], apart: Option<&Field<'_>>, mut chosen: impl FnMut(&Field<'m>)) {
        // Above which field the search goes on when a name is named again.
        let mut places: Vec<(&[u8], usize)> = Vec::with_capacity(names.len());
        for name in names {
            let place = places.iter().position(|(other, _)| other.eq_ignore_ascii_case(name));
            let below = place.and_then(|place| places.get(place)).map_or(self.fields.len(), |(_, below)| *below);
            let found = self.last(name, below, apart);
            if let Some(field) = found.and_then(|at| self.fields.get(at)) {
                chosen(field);
            }
            match place.and_then(|place| places.get_mut(place)) {
                Some((_, below)) => *below = found.unwrap_or(0),
                None => places.push((name, found.unwrap_or(0))),
            }
        }
    }

    /// The last field of a name among the first `below`.
    fn last(&self, name: &[u8], below: usize, apart: Option<&Field<'_>>) -> Option<usize> {
        let mark = mark(name);
        let itself = |field: &Field<'_>| apart.is_some_and(|apart| std::ptr::eq(apart.whole, field.whole));
        let marks = self.marks.get(..below)?;
        (0..below)
            .rev()
            .filter(|at| marks.get(*at) == Some(&mark))
            .find(|at| self.fields.get(*at).is_some_and(|field| field.name.eq_ignore_ascii_case(name) && !itself(field)))
    }
}

/// A number that is the same for a name in whatever case (FNV-1a over letters in lower case).
fn mark(name: &[u8]) -> u32 {
    name.iter().fold(0x811c_9dc5, |mark, byte| (mark ^ u32::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::Fields;
    use crate::message::Message;

    fn chosen(names: &[&str]) -> Vec<String> {
        let message = Message::new(b"Sig: 2\r\nReceived: 3\r\nFrom: a\r\nreceived: 2\r\nSig: 1\r\nRECEIVED: 1\r\n\r\n");
        let fields = Fields::of(&message);
        let own = message.fields().next();
        let names: Vec<_> = names.iter().map(|name| name.as_bytes()).collect();
        let mut out = Vec::new();
        fields.choose(&names, own.as_ref(), |field| out.push(String::from_utf8_lossy(field.whole).trim_end().to_owned()));
        out
    }

    #[test]
    fn the_order_is_that_of_the_names() {
        assert_eq!(chosen(&["from", "Received"]), ["From: a", "RECEIVED: 1"]);
    }

    #[test]
    fn a_name_named_again_chooses_the_next_field_above() {
        assert_eq!(
            chosen(&["Received", "received", "FROM", "Received"]),
            ["RECEIVED: 1", "received: 2", "From: a", "Received: 3"]
        );
    }

    #[test]
    fn a_name_without_a_field_chooses_nothing() {
        assert_eq!(chosen(&["Subject", "From", "From", "From"]), ["From: a"]);
    }

    #[test]
    fn a_signature_never_chooses_itself() {
        assert_eq!(chosen(&["Sig", "Sig"]), ["Sig: 1"]);
    }
}
