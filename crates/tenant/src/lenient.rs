//! Objects as Exchange Online writes them: members that are null, annotations beside members, one value where a list may be, words for flags.

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error as _},
};
use serde_json::{Map, Value};

use crate::error::{Error, words};

/// Reads objects. A member that is null is a member that is missing; `X@odata.type` and the like say nothing about the tenant.
///
/// # Errors
///
/// [`Error::Protocol`] for an object that does not fit, with the member that does not.
pub(crate) fn objects<T: DeserializeOwned>(what: &str, values: Vec<Value>) -> Result<Vec<T>, Error> {
    values.into_iter().map(|value| object(what, value)).collect()
}

/// Reads an object, as [`objects`] does.
pub(crate) fn object<T: DeserializeOwned>(what: &str, value: Value) -> Result<T, Error> {
    let value = match value {
        Value::Object(members) => Value::Object(said(members)),
        other => other,
    };
    serde_json::from_value(value).map_err(|error| Error::Protocol {
        what: what.to_owned(),
        why: format!("an object does not fit: {}", words(&error.to_string())),
    })
}

/// The members that say something.
pub(crate) fn said(members: Map<String, Value>) -> Map<String, Value> {
    members.into_iter().filter(|(name, value)| !value.is_null() && !name.contains('@')).collect()
}

/// A list of texts, or a single one, or nothing.
pub(crate) fn texts<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::Null => Vec::new(),
        Value::Array(values) => values.iter().map(text).collect(),
        one @ (Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) => vec![text(&one)],
    })
}

/// A list of texts, or a single one; nothing is none.
pub(crate) fn some_texts<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<String>>, D::Error> {
    texts(from).map(|texts| (!texts.is_empty()).then_some(texts))
}

/// A flag, or its word (`True`).
pub(crate) fn flag<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    some_flag(from).map(Option::unwrap_or_default)
}

/// A flag, its word, or nothing.
pub(crate) fn some_flag<'de, D: Deserializer<'de>>(from: D) -> Result<Option<bool>, D::Error> {
    match Value::deserialize(from)? {
        Value::Null => Ok(None),
        Value::Bool(flag) => Ok(Some(flag)),
        Value::String(word) if word.eq_ignore_ascii_case("true") => Ok(Some(true)),
        Value::String(word) if word.eq_ignore_ascii_case("false") => Ok(Some(false)),
        other => Err(D::Error::custom(format!("true or false is expected, not {other}"))),
    }
}

/// A number, its digits, or nothing.
pub(crate) fn some_number<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u32>, D::Error> {
    let number = match Value::deserialize(from)? {
        Value::Null => return Ok(None),
        Value::Number(number) => number.as_u64().and_then(|number| u32::try_from(number).ok()),
        Value::String(digits) if digits.trim().is_empty() => return Ok(None),
        Value::String(digits) => digits.trim().parse().ok(),
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    };
    number.map(Some).ok_or_else(|| D::Error::custom("a number is expected"))
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::snapshot::{DkimSigningConfig, InboundConnector, TransportRule};

    #[test]
    fn nulls_and_annotations_are_nothing() {
        let value = json!({
            "Domain": "contoso.com", "Enabled": true, "Status": null, "Selector1KeySize": 1024, "Selector2KeySize": "2048",
            "RotateOnDate": null, "KeyCreationTime@data.type": "System.DateTime", "KeyCreationTime": "2026-08-01T00:00:00Z",
        });
        let config: DkimSigningConfig = object("it", value).unwrap();
        assert_eq!((config.domain.as_str(), config.enabled, config.status.as_str()), ("contoso.com", true, ""));
        assert_eq!((config.selector1_key_size, config.selector2_key_size, config.rotate_on_date), (Some(1024), Some(2048), None));
    }

    #[test]
    fn lists_may_be_single_and_flags_may_be_words() {
        let value =
            json!({ "Name": "Gateway", "Enabled": "True", "SenderDomains": "smtp:*;1", "SenderIPAddresses": ["192.0.2.0/24"] });
        let connector: InboundConnector = object("it", value).unwrap();
        assert!(connector.enabled && !connector.require_tls);
        assert_eq!(
            (connector.sender_domains, connector.sender_ip_addresses),
            (vec!["smtp:*;1".to_owned()], vec!["192.0.2.0/24".to_owned()])
        );
    }

    #[test]
    fn what_is_not_named_is_kept_and_what_says_nothing_is_not() {
        let value = json!({ "Name": "R", "FromScope": "NotInOrganization", "SentTo": null, "Priority@odata.type": "#Int32", "Priority": 3 });
        let rule: TransportRule = object("it", value).unwrap();
        assert_eq!((rule.priority, rule.other.len()), (Some(3), 1));
        assert_eq!(rule.other["FromScope"], "NotInOrganization");
    }

    #[test]
    fn a_member_that_does_not_fit_is_named() {
        let error = object::<InboundConnector>("Get-InboundConnector", json!({ "Enabled": [] })).unwrap_err().to_string();
        assert!(error.starts_with("Get-InboundConnector: the answer cannot be understood: an object does not fit"), "{error}");
    }
}
