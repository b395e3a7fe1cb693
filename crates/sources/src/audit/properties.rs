//! Lists of names and values as objects, the way Elastic's integration turns them so that a rule can ask for
//! `o365.audit.Parameters.Enabled`.

use serde_json::{Map, Value};

use super::record::keyword;

/// `[{"Name":"Enabled","Value":"False"}]` as `{"Enabled":"False"}`, scalars as keywords. Anything else stays as it is, a text
/// under `_raw`.
pub(super) fn by_name(value: &Value) -> Value {
    match value {
        Value::Array(list) => {
            let mut object = Map::new();
            for entry in list {
                let (Some(name), Some(value)) = (entry.get("Name").and_then(Value::as_str), entry.get("Value")) else { continue };
                if !value.is_null() {
                    object.insert(name.to_owned(), keyword(value).map_or_else(|| value.clone(), Value::String));
                }
            }
            Value::Object(object)
        }
        Value::String(text) => raw(text),
        other => other.clone(),
    }
}

/// `[{"Name":"Role.DisplayName","OldValue":"","NewValue":"x"}]` as `{"Role_DisplayName":{"NewValue":"x","OldValue":""}}`.
pub(super) fn modified(value: &Value) -> Option<Value> {
    match value {
        Value::Array(list) => {
            let mut object = Map::new();
            for entry in list {
                match entry {
                    Value::String(name) => {
                        object.insert(sound(name), Value::Object(Map::new()));
                    }
                    Value::Object(members) => {
                        let Some(name) = members.get("Name").and_then(Value::as_str) else { continue };
                        let (old, new) = (members.get("OldValue"), members.get("NewValue"));
                        let mut change = Map::new();
                        for (key, value) in [("NewValue", new), ("OldValue", old)] {
                            if let Some(value) = value.filter(|value| !value.is_null()) {
                                change.insert(key.to_owned(), keyword(value).map_or_else(|| value.clone(), Value::String));
                            }
                        }
                        if !change.is_empty() {
                            object.insert(sound(name), Value::Object(change));
                        }
                    }
                    _ => {}
                }
            }
            (!object.is_empty()).then_some(Value::Object(object))
        }
        Value::String(text) => Some(raw(text)),
        other => Some(other.clone()),
    }
}

/// A dot would be a step of a path.
fn sound(name: &str) -> String {
    name.replace([' ', '.'], "_")
}

fn raw(text: &str) -> Value {
    let mut object = Map::new();
    object.insert("_raw".to_owned(), Value::String(text.to_owned()));
    Value::Object(object)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{by_name, modified};

    #[test]
    fn lists_become_objects_of_keywords() {
        let list = json!([{"Name": "Enabled", "Value": false}, {"Name": "Size", "Value": 5}, {"Name": "x", "Value": null}, {"Name": "a.b", "Value": "c"}]);
        assert_eq!(by_name(&list), json!({"Enabled": "false", "Size": "5", "a.b": "c"}));
        assert_eq!(by_name(&json!("-Enabled False")), json!({"_raw": "-Enabled False"}));
    }

    #[test]
    fn changes_are_told_by_the_name_of_what_changed() {
        let list = json!([{"Name": "Role.DisplayName", "OldValue": "", "NewValue": "Admin"}, "Other Thing", {"Name": "Gone", "OldValue": null}]);
        assert_eq!(modified(&list), Some(json!({"Role_DisplayName": {"NewValue": "Admin", "OldValue": ""}, "Other_Thing": {}})));
        assert_eq!(modified(&json!([])), None);
    }
}
