//! Objects as the interface writes them: beside members stand others that tell their type.
//!
//! Authority: published answers of InvokeCommand (`X@data.type` for the type in .NET, `X@odata.type` for that in OData).

use chrono::DateTime;
use serde_json::Value;

use crate::tenant::Object;

/// The object with the types of its members.
pub(crate) fn annotated(object: &Object) -> Object {
    let mut out = Object::new();
    for (name, value) in object {
        for (suffix, kind) in types(name, value) {
            out.insert(format!("{name}@{suffix}"), Value::from(*kind));
        }
        out.insert(name.clone(), value.clone());
    }
    out
}

fn types(name: &str, value: &Value) -> &'static [(&'static str, &'static str)] {
    match value {
        Value::Array(_) => &[("odata.type", "#Collection(String)")],
        Value::Number(_) if name.ends_with("KeySize") => &[("data.type", "System.UInt16"), ("odata.type", "#Decimal")],
        Value::Number(_) => &[("data.type", "System.Int32")],
        Value::String(text) if crate::identifier::is_guid(text) => &[("data.type", "System.Guid"), ("odata.type", "#Guid")],
        Value::String(text) if text.ends_with('Z') && DateTime::parse_from_rfc3339(text).is_ok() => {
            &[("data.type", "System.DateTime")]
        }
        Value::Null | Value::Bool(_) | Value::String(_) | Value::Object(_) => &[],
    }
}

/// Only the members that `$select` names.
pub(crate) fn selected(object: Object, names: &[&str]) -> Object {
    if names.is_empty() {
        return object;
    }
    object.into_iter().filter(|(name, _)| names.iter().any(|wanted| wanted.eq_ignore_ascii_case(name))).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{annotated, selected};
    use crate::tenant::object;

    #[test]
    fn types_stand_before_what_they_are_of() {
        let plain = object(
            json!({ "Selector1KeySize": 2048, "LastChecked": "2026-07-14T18:54:40.7066975Z", "Names": [], "Enabled": true }),
        );
        let written = serde_json::to_string(&annotated(&plain)).unwrap();
        assert_eq!(
            written,
            concat!(
                r##"{"Selector1KeySize@data.type":"System.UInt16","Selector1KeySize@odata.type":"#Decimal","Selector1KeySize":2048,"##,
                r#""LastChecked@data.type":"System.DateTime","LastChecked":"2026-07-14T18:54:40.7066975Z","#,
                r##""Names@odata.type":"#Collection(String)","Names":[],"Enabled":true}"##,
            )
        );
        assert_eq!(selected(plain, &["enabled"]), object(json!({ "Enabled": true })));
    }
}
