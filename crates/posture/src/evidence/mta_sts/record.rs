//! The record at `_mta-sts` (RFC 8461 section 3.1): that there is a policy, and which version of it. Pure.

use mailauth::dkim::tags::{Gaps, TagFault, TagList};

/// Most letters of an identifier (section 3.1).
const MOST_ID: usize = 32;

/// A record, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StsRecord {
    /// The record; what is not UTF-8 is replaced.
    pub text: String,
    /// `id`: senders fetch the policy again when it changes. `None` where there is none that can be used.
    pub id: Option<String>,
    /// What is wrong with it.
    pub faults: Vec<StsRecordFault>,
}

/// Something wrong with a record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StsRecordFault {
    /// The version in other letters.
    #[error("it begins with {0:?}; senders look for v=STSv1, in these very letters, and pass over all else")]
    Version(String),
    /// No list of tags.
    #[error("it is not a list of tag=value parts between semicolons: {0}")]
    Tags(TagFault),
    /// No identifier.
    #[error("it has no id, without which senders take no notice of it")]
    NoId,
    /// An identifier that is not letters and digits, or too long.
    #[error("the id {0:?} is not 1 to {MOST_ID} letters and digits")]
    Id(String),
}

impl StsRecord {
    /// Reads a text. `None` if it is not meant to announce a policy, not even with a wrong version.
    #[must_use]
    pub fn read(text: &[u8]) -> Option<Self> {
        let begin = text.get(..5)?;
        if !begin.eq_ignore_ascii_case(b"v=sts") {
            return None;
        }
        let mut record = Self { text: String::from_utf8_lossy(text).into_owned(), id: None, faults: Vec::new() };
        if !Self::counts(text) {
            let version = record.text.split([';', ' ']).next().unwrap_or_default();
            record.faults.push(StsRecordFault::Version(version.chars().take(20).collect()));
        }
        match TagList::parse(text, Gaps::Ignored) {
            Err(fault) => record.faults.push(StsRecordFault::Tags(fault)),
            Ok(tags) => match tags.get("id").map(|tag| tag.text()) {
                None => record.faults.push(StsRecordFault::NoId),
                Some(id) if (1..=MOST_ID).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
                    record.id = Some(id.into_owned());
                }
                Some(id) => record.faults.push(StsRecordFault::Id(id.chars().take(2 * MOST_ID).collect())),
            },
        }
        Some(record)
    }

    /// Whether senders count a text among the records: those that begin otherwise are passed over, and of the rest there must be one.
    #[must_use]
    pub fn counts(text: &[u8]) -> bool {
        text.strip_prefix(b"v=STSv1").is_some_and(|rest| matches!(rest.trim_ascii_start().first(), None | Some(b';')))
    }
}

#[cfg(test)]
mod tests {
    use super::StsRecord;

    fn words(text: &str) -> Option<Vec<String>> {
        StsRecord::read(text.as_bytes()).map(|record| record.faults.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn a_record_says_which_policy_is_current() {
        let record = StsRecord::read(b"v=STSv1; id=20261121T0000;").unwrap();
        assert_eq!((record.id.as_deref(), record.faults.as_slice()), (Some("20261121T0000"), [].as_slice()));
        assert_eq!(words("v=STSv1 ;id=1"), Some(vec![]));
        assert_eq!(words("v=STSv1; id=1; other=x"), Some(vec![]));
    }

    #[test]
    fn other_texts_are_none() {
        for text in ["", "v=", "v=spf1 -all", "id=1; v=STSv1", " v=STSv1; id=1"] {
            assert_eq!(words(text), None, "{text:?}");
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, expected) in [
            (
                "v=stsv1; id=1",
                "it begins with \"v=stsv1\"; senders look for v=STSv1, in these very letters, and pass over all else",
            ),
            (
                "v=STSv2; id=1",
                "it begins with \"v=STSv2\"; senders look for v=STSv1, in these very letters, and pass over all else",
            ),
            ("v=STSv1;", "it has no id, without which senders take no notice of it"),
            ("v=STSv1; id=", "the id \"\" is not 1 to 32 letters and digits"),
            ("v=STSv1; id=2026-11-21", "the id \"2026-11-21\" is not 1 to 32 letters and digits"),
            ("v=STSv1; hello", "it is not a list of tag=value parts between semicolons: \"hello\" is not of the form name=value"),
        ] {
            assert_eq!(words(text), Some(vec![expected.to_owned()]), "{text:?}");
        }
        assert_eq!(words(&format!("v=STSv1; id={}", "1".repeat(33))).map(|faults| faults.len()), Some(1));
    }
}
