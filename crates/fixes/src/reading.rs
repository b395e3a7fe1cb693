//! What the tenant must say once a cmdlet has done its work: how it is known that it was done, before it is done and after.

use std::fmt;

use posture::CommandLine;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// An object of the tenant, and what it must say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// What is asked, such as `Get-DkimSigningConfig`.
    pub cmdlet: String,
    /// With these parameters, mostly `Identity`.
    #[serde(default)]
    pub parameters: Map<String, Value>,
    /// Members that one object of the answer must have, all of them. None: there must be no object.
    pub expect: Map<String, Value>,
}

/// Parameters that say which object, or how the cmdlet behaves, and that no object has as members.
const NO_MEMBERS: [&str; 7] = ["Identity", "Name", "DomainName", "KeySize", "Confirm", "Force", "WhatIf"];
/// Settings of which there is one in a tenant: asked for without an identity.
const SINGLE: [&str; 2] = ["OrganizationConfig", "AdminAuditLogConfig"];

impl Reading {
    /// What is to be seen after a command; `None` where nothing shows it, as with a rotation of keys, which is seen by its keys alone.
    #[must_use]
    pub fn after(command: &CommandLine) -> Option<Self> {
        let (verb, noun) = command.cmdlet.split_once('-')?;
        let named = |name: &str| command.parameters.get(name).cloned();
        let identity = named("Identity").or_else(|| named("Name")).or_else(|| named("DomainName"));
        let expect = match verb {
            "Set" | "New" => {
                let members = command.parameters.iter().filter(|(name, _)| !NO_MEMBERS.contains(&name.as_str()));
                members.map(|(name, value)| (name.clone(), value.clone())).collect()
            }
            "Enable" => Map::from_iter([("State".to_owned(), json!("Enabled"))]),
            "Disable" => Map::from_iter([("State".to_owned(), json!("Disabled"))]),
            "Remove" => Map::new(),
            _ => return None,
        };
        if expect.is_empty() && verb != "Remove" {
            return None;
        }
        let parameters = identity.filter(|_| !SINGLE.contains(&noun)).map(|identity| ("Identity".to_owned(), identity));
        Some(Self { cmdlet: format!("Get-{noun}"), parameters: parameters.into_iter().collect(), expect })
    }

    /// Whether what the tenant gave is as expected.
    #[must_use]
    pub fn holds(&self, found: &[Value]) -> bool {
        if self.expect.is_empty() {
            return found.is_empty();
        }
        let mut objects = found.iter().filter_map(Value::as_object);
        objects.any(|object| self.expect.iter().all(|(name, want)| says(object.get(name), want)))
    }

    /// What the tenant gave, in words: the members that were looked at.
    #[must_use]
    pub fn met(&self, found: &[Value]) -> String {
        let Some(object) = found.first().and_then(Value::as_object) else {
            return format!("{} gives nothing", self.cmdlet);
        };
        let member = |name: &String| format!("{name} = {}", object.get(name).map_or("nothing".to_owned(), Value::to_string));
        match self.expect.is_empty() {
            true => format!("{} still gives something", self.cmdlet),
            false => format!("{} says {}", self.cmdlet, self.expect.keys().map(member).collect::<Vec<_>>().join(", ")),
        }
    }
}

/// Whether a member is as expected: texts without case, a list in whatever order and one of one element also by itself, truth also as a
/// text, because the interface gives some so. What is expected to be nothing may also be missing or empty.
fn says(is: Option<&Value>, want: &Value) -> bool {
    let text = |value: &Value| match value {
        Value::String(text) => text.to_lowercase(),
        other => other.to_string().to_lowercase(),
    };
    match (is, want) {
        (None | Some(Value::Null), want) => match want {
            Value::Null => true,
            Value::String(text) => text.trim().is_empty(),
            Value::Array(items) => items.is_empty(),
            Value::Bool(_) | Value::Number(_) | Value::Object(_) => false,
        },
        (Some(Value::Array(is)), Value::Array(want)) => {
            is.len() == want.len() && want.iter().all(|want| is.iter().any(|is| text(is) == text(want)))
        }
        (Some(Value::Array(is)), want) => matches!(is.as_slice(), [one] if text(one) == text(want)),
        (Some(is), Value::Array(want)) => matches!(want.as_slice(), [one] if text(one) == text(is)),
        (Some(Value::String(is)), Value::Null) => is.trim().is_empty(),
        (Some(is), want) => text(is).trim() == text(want).trim(),
    }
}

impl fmt::Display for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let asked = CommandLine { parameters: self.parameters.clone(), ..CommandLine::new(&self.cmdlet) };
        f.write_str(&asked.powershell())?;
        if self.expect.is_empty() {
            return f.write_str(" gives nothing");
        }
        let expected: Vec<String> = self.expect.iter().map(|(name, value)| format!("{name} = {value}")).collect();
        write!(f, " says {}", expected.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use posture::CommandLine;
    use serde_json::json;

    use super::Reading;

    fn after(command: &CommandLine) -> Option<String> {
        Reading::after(command).map(|reading| reading.to_string())
    }

    #[test]
    fn what_a_command_did_is_seen_in_the_object_it_changed() {
        let set = CommandLine::new("Set-OrganizationConfig").with("RejectDirectSend", true);
        assert_eq!(after(&set).as_deref(), Some("Get-OrganizationConfig says RejectDirectSend = true"));
        let new =
            CommandLine::new("New-DkimSigningConfig").with("DomainName", "a.example").with("KeySize", 2048).with("Enabled", true);
        assert_eq!(after(&new).as_deref(), Some("Get-DkimSigningConfig -Identity 'a.example' says Enabled = true"));
        let remove = CommandLine::new("Remove-TransportRule").with("Identity", "x").with("Confirm", false);
        assert_eq!(after(&remove).as_deref(), Some("Get-TransportRule -Identity 'x' gives nothing"));
        let rotate = CommandLine::new("Rotate-DkimSigningConfig").with("Identity", "a.example").with("KeySize", 2048);
        assert_eq!(after(&rotate), None);
    }

    #[test]
    fn values_are_compared_as_the_interface_writes_them() {
        let reading = |expect: serde_json::Value| Reading {
            cmdlet: "Get-X".to_owned(),
            parameters: serde_json::Map::new(),
            expect: expect.as_object().cloned().unwrap_or_default(),
        };
        assert!(reading(json!({"Enabled": true})).holds(&[json!({"Enabled": "True"})]));
        assert!(reading(json!({"Words": ["b", "a"]})).holds(&[json!({"Words": ["A", "b"]})]));
        assert!(reading(json!({"Words": ["a"]})).holds(&[json!({"Words": "a"})]));
        assert!(reading(json!({"Sealers": []})).holds(&[json!({})]));
        assert!(!reading(json!({"Enabled": true})).holds(&[json!({"Enabled": false}), json!({})]));
        assert!(!reading(json!({"Enabled": true})).holds(&[]));
        assert!(reading(json!({})).holds(&[]) && !reading(json!({})).holds(&[json!({})]));
    }
}
