//! Texts with placeholders: `Order {n6} - {product}`.
//!
//! Placeholders: `{word}` one of a list of `words.toml`; `{n6}` that many digits; `{hex8}` that many hexadecimal digits;
//! `{1-52}` a number in a range; `{to}`, `{to_local}` the recipient; `{sender_domain}`; `{date}`, `{month}`, `{quarter}`, `{week}` of the
//! message's day;
//! `{executive}`, `{executive_address}`, `{stranger}`, `{stranger_address}` the persona of the message; `{address}` a
//! mailbox of the organisation.

use std::collections::BTreeMap;

use crate::calendar;
use crate::data::{self, File};
use crate::random::Random;
use crate::{Error, text};

/// A template, taken apart once.
#[derive(Debug, Clone, Default)]
pub(crate) struct Template {
    parts: Vec<Part>,
    /// Hash of the source: mail from one template is one cluster.
    pub(crate) cluster: u64,
}

#[derive(Debug, Clone)]
enum Part {
    Text(String),
    Word(usize),
    Digits(usize),
    Hex(usize),
    Range(u32, u32),
    Date,
    Month,
    Quarter,
    Week,
    Value(Value),
}

/// A value that the message in hand supplies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Value {
    To,
    ToLocal,
    SenderDomain,
    Executive,
    ExecutiveAddress,
    Stranger,
    StrangerAddress,
    Address,
}

/// What the message in hand supplies; empty where a template cannot ask for it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Values<'a> {
    pub(crate) to: &'a str,
    pub(crate) sender_domain: &'a str,
    pub(crate) executive: &'a str,
    pub(crate) executive_address: &'a str,
    pub(crate) stranger: &'a str,
    pub(crate) stranger_address: &'a str,
    pub(crate) address: &'a str,
    pub(crate) moment: i64,
}

/// The lists of `words.toml`.
#[derive(Debug, Default)]
pub(crate) struct Words {
    names: Vec<String>,
    lists: Vec<Vec<String>>,
}

impl Words {
    /// Reads `words.toml`.
    pub(crate) fn load() -> Result<Self, Error> {
        let lists: BTreeMap<String, Vec<String>> = data::WORDS.read()?;
        let (names, lists) = lists.into_iter().unzip();
        Ok(Self { names, lists })
    }

    /// Takes a template of `file` apart.
    pub(crate) fn template(&self, file: File, source: &str) -> Result<Template, Error> {
        let mut parts = Vec::new();
        let mut rest = source;
        while let Some((before, after)) = rest.split_once('{') {
            if !before.is_empty() {
                parts.push(Part::Text(before.to_owned()));
            }
            let (name, left) = after.split_once('}').ok_or_else(|| file.unknown("placeholder", after))?;
            parts.push(self.part(name).ok_or_else(|| file.unknown("placeholder", name))?);
            rest = left;
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        Ok(Template { parts, cluster: crate::random::hash(source.as_bytes()) })
    }

    /// Takes several apart.
    pub(crate) fn templates(&self, file: File, sources: &[String]) -> Result<Vec<Template>, Error> {
        sources.iter().map(|source| self.template(file, source)).collect()
    }

    fn part(&self, name: &str) -> Option<Part> {
        if let Some(list) = self.names.iter().position(|known| known == name) {
            return Some(Part::Word(list));
        }
        if let Some(count) = name.strip_prefix("hex").and_then(|count| count.parse().ok()) {
            return Some(Part::Hex(count));
        }
        if let Some(count) = name.strip_prefix('n').and_then(|count| count.parse().ok()) {
            return Some(Part::Digits(count));
        }
        if let Some((low, high)) = name.split_once('-') {
            return Some(Part::Range(low.parse().ok()?, high.parse().ok()?));
        }
        Some(Part::Value(match name {
            "date" => return Some(Part::Date),
            "month" => return Some(Part::Month),
            "quarter" => return Some(Part::Quarter),
            "week" => return Some(Part::Week),
            "to" => Value::To,
            "to_local" => Value::ToLocal,
            "sender_domain" => Value::SenderDomain,
            "executive" => Value::Executive,
            "executive_address" => Value::ExecutiveAddress,
            "stranger" => Value::Stranger,
            "stranger_address" => Value::StrangerAddress,
            "address" => Value::Address,
            _ => return None,
        }))
    }

    /// Appends the template with its placeholders filled.
    pub(crate) fn fill(&self, template: &Template, values: Values<'_>, random: &mut Random, into: &mut String) {
        for part in &template.parts {
            match part {
                Part::Text(plain) => into.push_str(plain),
                Part::Word(list) => {
                    into.push_str(self.lists.get(*list).and_then(|list| random.pick(list)).map_or("", String::as_str))
                }
                Part::Digits(count) => text::push_digits(into, *count, random),
                Part::Hex(count) => text::push_hex(into, *count, random),
                Part::Range(low, high) => text::push_number(into, u64::from(random.between(*low, *high))),
                Part::Date => text::push_date(into, calendar::date(values.moment)),
                Part::Month => into.push_str(calendar::month_name(values.moment)),
                Part::Quarter => into.push_str(calendar::quarter_name(values.moment)),
                Part::Week => text::push_number(into, calendar::week(values.moment)),
                Part::Value(value) => into.push_str(values.value(*value)),
            }
        }
    }
}

impl<'a> Values<'a> {
    fn value(&self, value: Value) -> &'a str {
        match value {
            Value::To => self.to,
            Value::ToLocal => text::local_part(self.to),
            Value::SenderDomain => self.sender_domain,
            Value::Executive => self.executive,
            Value::ExecutiveAddress => self.executive_address,
            Value::Stranger => self.stranger,
            Value::StrangerAddress => self.stranger_address,
            Value::Address => self.address,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Values, Words};
    use crate::Error;
    use crate::data::WORDS;
    use crate::random::Random;

    #[test]
    fn placeholders_are_filled_and_unknown_ones_are_named() -> Result<(), Error> {
        let words = Words::load()?;
        let template = words.template(WORDS, "{date} for {to_local}: {n3} {hex2} {7-7}")?;
        let mut text = String::new();
        let values = Values { to: "ana@contoso.com", ..Values::default() };
        words.fill(&template, values, &mut Random::new(1, "template", 0), &mut text);
        assert!(text.starts_with("1970-01-01 for ana: "), "{text}");
        assert_eq!(text.len(), "1970-01-01 for ana: 123 ab 7".len(), "{text}");
        let wrong = words.template(WORDS, "{nobody}");
        assert!(matches!(wrong, Err(Error::Unknown { what: "placeholder", .. })), "{wrong:?}");
        Ok(())
    }
}
