//! Moments as texts (RFC 3339) in files and interfaces, as microseconds since 1970 in memory.

use chrono::{DateTime, SecondsFormat};

/// Reads `2027-01-31T00:00:00Z`, or a day alone, which begins at midnight UTC.
#[must_use]
pub fn parse(text: &str) -> Option<i64> {
    let text = text.trim();
    let whole = if text.len() == 10 { format!("{text}T00:00:00Z") } else { text.to_owned() };
    DateTime::parse_from_rfc3339(&whole).ok().map(|moment| moment.timestamp_micros())
}

/// Writes a moment; empty for one beyond the calendar.
#[must_use]
pub fn write(micros: i64) -> String {
    DateTime::from_timestamp_micros(micros).map(|moment| moment.to_rfc3339_opts(SecondsFormat::AutoSi, true)).unwrap_or_default()
}

/// For `#[serde(with)]` on an `Option<i64>`.
pub(crate) mod optional {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    #[expect(clippy::ref_option, reason = "serde gives the field by reference")]
    pub(crate) fn serialize<S: Serializer>(value: &Option<i64>, serializer: S) -> Result<S::Ok, S::Error> {
        match value {
            Some(micros) => serializer.serialize_str(&super::write(*micros)),
            None => serializer.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
        let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
        let moment = super::parse(&text);
        moment.map(Some).ok_or_else(|| D::Error::custom(format!("`{text}` is no moment such as 2027-01-31T00:00:00Z")))
    }
}
