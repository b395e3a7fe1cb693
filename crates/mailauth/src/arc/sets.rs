//! The fields of a chain put together to its sets, and what must hold of them before anything is checked (RFC 8617 sections 4.2 and 5.2).

use std::collections::BTreeMap;

use crate::{
    dkim::tags::{Gaps, TagList, shown},
    message::{Field, Message, unfold},
};

/// Most sets of a chain (section 4.2.1).
pub(crate) const MOST_SETS: u32 = 50;

/// Most fields of a chain that are read; a whole chain has 150.
const MOST_FIELDS: usize = 200;

/// The three kinds of fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Results,
    MessageSignature,
    Seal,
}

impl Kind {
    fn of(field: &Field<'_>) -> Option<Self> {
        [Self::Results, Self::MessageSignature, Self::Seal].into_iter().find(|kind| field.is(kind.name()))
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Results => "ARC-Authentication-Results",
            Self::MessageSignature => "ARC-Message-Signature",
            Self::Seal => "ARC-Seal",
        }
    }
}

/// The fields of one instance, as far as there are any.
#[derive(Debug, Default)]
pub(crate) struct Set<'m> {
    pub results: Option<Field<'m>>,
    pub message_signature: Option<Field<'m>>,
    pub seal: Option<Field<'m>>,
}

/// A set that has all its fields.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Whole<'s, 'm> {
    pub results: &'s Field<'m>,
    pub message_signature: &'s Field<'m>,
    pub seal: &'s Field<'m>,
}

/// All fields of a chain, by their instance.
#[derive(Debug, Default)]
pub(crate) struct Sets<'m> {
    pub by_instance: BTreeMap<u32, Set<'m>>,
    /// The first thing that is wrong with them.
    pub fault: Option<String>,
}

impl<'m> Sets<'m> {
    /// Reads the fields of a message. There may be sets even if something is wrong.
    pub(crate) fn of(message: &'m Message<'_>) -> Self {
        let mut sets = Self::default();
        let fields = message.fields().filter_map(|field| Kind::of(&field).map(|kind| (kind, field)));
        for (read, (kind, field)) in fields.enumerate() {
            let outcome =
                if read < MOST_FIELDS { sets.add(kind, field) } else { Err(format!("it has more than {MOST_FIELDS} fields")) };
            if let Err(fault) = outcome {
                sets.fault.get_or_insert(fault);
            }
            if read >= MOST_FIELDS {
                break;
            }
        }
        if sets.fault.is_none() {
            sets.fault = sets.gap();
        }
        sets
    }

    fn add(&mut self, kind: Kind, field: Field<'m>) -> Result<(), String> {
        let name = kind.name();
        let instance = match kind {
            Kind::Results => instance_of_results(field.value),
            Kind::MessageSignature | Kind::Seal => {
                let tags = TagList::parse(field.value, Gaps::Refused);
                let tags = tags.map_err(|fault| format!("a field {name} cannot be read: {fault}"))?;
                instance_of_tags(&tags)
            }
        }
        .ok_or_else(|| format!("a field {name} has no instance from 1 to {MOST_SETS}"))?;
        let set = self.by_instance.entry(instance).or_default();
        let place = match kind {
            Kind::Results => &mut set.results,
            Kind::MessageSignature => &mut set.message_signature,
            Kind::Seal => &mut set.seal,
        };
        if place.is_some() {
            return Err(format!("instance {instance} has several fields {name}"));
        }
        *place = Some(field);
        Ok(())
    }

    /// The first field that is missing.
    fn gap(&self) -> Option<String> {
        for (at, (&instance, set)) in (1..).zip(&self.by_instance) {
            if instance != at {
                return Some(format!("instance {at} is missing"));
            }
            let missing = [
                (Kind::Results, set.results.is_none()),
                (Kind::MessageSignature, set.message_signature.is_none()),
                (Kind::Seal, set.seal.is_none()),
            ];
            if let Some((kind, _)) = missing.iter().find(|(_, missing)| *missing) {
                return Some(format!("instance {instance} has no field {}", kind.name()));
            }
        }
        None
    }

    /// The sets that have all their fields: all of them, unless there is a fault.
    pub(crate) fn whole(&self) -> impl DoubleEndedIterator<Item = (u32, Whole<'_, 'm>)> {
        self.by_instance.iter().filter_map(|(instance, set)| {
            let Set { results: Some(results), message_signature: Some(message_signature), seal: Some(seal) } = set else {
                return None;
            };
            Some((*instance, Whole { results, message_signature, seal }))
        })
    }

    /// The newest instance; 0 without a chain.
    pub(crate) fn newest(&self) -> u32 {
        self.by_instance.last_key_value().map_or(0, |(instance, _)| *instance)
    }
}

/// `i=` of a seal or a signature.
fn instance_of_tags(tags: &TagList<'_>) -> Option<u32> {
    instance(tags.get("i")?.value)
}

/// `i=` of results: it comes first, before a semicolon (section 4.1.1).
fn instance_of_results(value: &[u8]) -> Option<u32> {
    let end = memchr::memchr(b';', value)?;
    let (tag, number) = value[..end].split_at(memchr::memchr(b'=', &value[..end])?);
    if tag.trim_ascii() == b"i" { instance(number[1..].trim_ascii()) } else { None }
}

/// One or two digits (section 4.2.1).
fn instance(digits: &[u8]) -> Option<u32> {
    if !(1..=2).contains(&digits.len()) || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let number = digits.iter().fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'));
    (1..=MOST_SETS).contains(&number).then_some(number)
}

/// The text of results, after the instance.
pub(crate) fn results_text(value: &[u8]) -> String {
    let from = memchr::memchr(b';', value).map_or(0, |at| at + 1);
    unfold(value.get(from..).unwrap_or_default())
}

/// What a seal says of the chain before it, in a word.
pub(crate) fn chain_word(tags: &TagList<'_>) -> Option<String> {
    tags.get("cv").map(|tag| shown(tag.value).to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::{Sets, instance_of_results, results_text};
    use crate::message::Message;

    fn fault(text: &str) -> Option<String> {
        Sets::of(&Message::new(text.as_bytes())).fault
    }

    const ONE: &str =
        "ARC-Seal: i=1; cv=none\r\nARC-Message-Signature: i=1\r\nARC-Authentication-Results: i=1; a.example; spf=pass\r\n";

    #[test]
    fn a_set_has_three_fields() {
        assert_eq!(fault(ONE), None);
        assert_eq!(Sets::of(&Message::new(ONE.as_bytes())).whole().count(), 1);
        assert_eq!(fault(&ONE.replace("ARC-Seal", "X")).as_deref(), Some("instance 1 has no field ARC-Seal"));
        assert_eq!(fault(&ONE.repeat(2)).as_deref(), Some("instance 1 has several fields ARC-Seal"));
    }

    #[test]
    fn instances_count_from_one_without_a_gap() {
        assert_eq!(fault(&(ONE.replace("i=1", "i=2") + ONE)), None);
        assert_eq!(fault(&ONE.replace("i=1", "i=2")).as_deref(), Some("instance 1 is missing"));
        assert_eq!(fault(&(ONE.replace("i=1", "i=3") + ONE)).as_deref(), Some("instance 2 is missing"));
        for wrong in ["i=0", "i=51", "i=", "i=one", "i=001", "j=1"] {
            assert!(fault(&ONE.replace("i=1", wrong)).unwrap().ends_with("has no instance from 1 to 50"), "{wrong}");
        }
    }

    #[test]
    fn a_field_that_is_no_tag_list_is_a_fault() {
        let text = ONE.replace("cv=none", "cv");
        assert_eq!(fault(&text).as_deref(), Some("a field ARC-Seal cannot be read: \"cv\" is not of the form name=value"));
    }

    #[test]
    fn results_begin_with_their_instance() {
        assert_eq!(instance_of_results(b" i = 12 ; a.example; none"), Some(12));
        assert_eq!(instance_of_results(b" a.example; i=1; none"), None);
        assert_eq!(instance_of_results(b" i=1 a.example"), None);
        assert_eq!(results_text(b" i=1; a.example;\r\n\tspf=pass "), "a.example;\tspf=pass");
    }

    #[test]
    fn more_fields_than_a_chain_can_have_are_not_read() {
        assert!(fault(&ONE.repeat(100)).is_some());
    }
}
