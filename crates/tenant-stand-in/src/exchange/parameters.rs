//! Parameters of cmdlets: which there are, of which type, and whether what a request gives fits.
//!
//! Must not know what cmdlets do. The names are data (`data/parameters.tsv`), and so are the values of enumerations.

use serde_json::{Map, Value};

use super::error::{Kind, Refusal};

const PARAMETERS: &str = include_str!("../../data/parameters.tsv");
const VOCABULARIES: &str = include_str!("../../data/vocabularies.tsv");
/// Parameters that every cmdlet has.
/// Authority: <https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_commonparameters>.
const COMMON: [&str; 6] = ["Debug", "ErrorAction", "InformationAction", "Verbose", "WarningAction", "WarningVariable"];
/// What a table of a script must say that it is, so that the interface takes it.
const HASH_TABLE: &str = "#Exchange.GenericHashTable";

/// A parameter of a cmdlet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) is_required: bool,
}

/// The parameters of a cmdlet, in the order of its page.
pub(crate) fn of(cmdlet: &str) -> Vec<Parameter> {
    let rows = PARAMETERS.lines().filter(|line| !line.starts_with('#'));
    rows.filter_map(|line| {
        let mut cells = line.split('\t');
        (cells.next()? == cmdlet).then_some(())?;
        Some(Parameter { name: cells.next()?, kind: cells.next()?, is_required: cells.next() == Some("required") })
    })
    .collect()
}

/// Parameters that fit, by their names as the pages write them.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Bound(pub(crate) Map<String, Value>);

impl Bound {
    /// A parameter as text.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }

    /// A parameter that is true or false.
    pub(crate) fn is(&self, name: &str) -> Option<bool> {
        self.0.get(name)?.as_bool()
    }

    /// A parameter that is a number.
    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        self.0.get(name)?.as_i64()
    }

    /// True when nothing is to be changed.
    pub(crate) fn only_asks(&self) -> bool {
        self.is("WhatIf") == Some(true)
    }
}

/// Fits what a request gives to the parameters of a cmdlet.
///
/// # Errors
/// When a parameter is unknown or missing, or a value is not of its type.
pub(crate) fn bind(cmdlet: &str, given: &Map<String, Value>) -> Result<Bound, Refusal> {
    let known = of(cmdlet);
    let mut bound = Map::new();
    for (name, value) in given {
        if COMMON.iter().any(|common| common.eq_ignore_ascii_case(name)) {
            continue;
        }
        let Some(parameter) = known.iter().find(|parameter| parameter.name.eq_ignore_ascii_case(name)) else {
            let text =
                "Parameter set cannot be resolved using the specified named parameters. Invalid cmdlet parameters specified.";
            return Err(Refusal::new(Kind::UnknownParameter, format!("{text} {name}")));
        };
        bound.insert(parameter.name.to_owned(), convert(*parameter, value)?);
    }
    let missing: Vec<&str> =
        known.iter().filter(|one| one.is_required && !bound.contains_key(one.name)).map(|one| one.name).collect();
    if missing.is_empty() {
        return Ok(Bound(bound));
    }
    let text = "Cannot process command because of one or more missing mandatory parameters:";
    Err(Refusal::new(Kind::MissingParameter, format!("{text} {}.", missing.join(", "))))
}

/// A value as its parameter's type has it.
fn convert(parameter: Parameter, value: &Value) -> Result<Value, Refusal> {
    let converted = match parameter.kind {
        _ if value.is_null() => Some(Value::Null),
        "Boolean" | "SwitchParameter" => truth(value),
        "Int16" => whole(value, i64::from(i16::MIN), i64::from(i16::MAX)),
        "Int32" => whole(value, i64::from(i32::MIN), i64::from(i32::MAX)),
        "UInt16" => whole(value, 0, i64::from(u16::MAX)),
        "UInt32" => whole(value, 0, i64::from(u32::MAX)),
        // -1 is below every verdict: the message is not looked at by the spam filter.
        "SclValue" => whole(value, -1, 9),
        "MultiValuedProperty" => list(value).or_else(|| table(value)),
        kind if kind.ends_with("[]") => list(value),
        kind => word(kind, value),
    };
    converted.ok_or_else(|| wrong(parameter, value))
}

fn wrong(parameter: Parameter, value: &Value) -> Refusal {
    let values: Vec<&str> = vocabulary(parameter.kind).collect();
    let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let mut text = format!(
        "Cannot process argument transformation on parameter '{}'. Cannot convert value \"{shown}\" to type \"{}\".",
        parameter.name, parameter.kind
    );
    if !values.is_empty() {
        text += &format!(
            " Error: \"Unable to match the identifier name {shown} to a valid enumerator name. Specify one of the following enumerator names and try again: {}\"",
            values.join(", ")
        );
    }
    Refusal::new(Kind::WrongType, text)
}

/// The values of an enumeration; none for other types.
fn vocabulary(kind: &str) -> impl Iterator<Item = &'static str> {
    let rows = VOCABULARIES.lines().filter_map(|line| line.split_once('\t'));
    rows.filter(move |(known, _)| *known == kind).map(|(_, value)| value)
}

/// Only truth values and numbers are truth values: PowerShell takes no text for one.
fn truth(value: &Value) -> Option<Value> {
    match value {
        Value::Bool(_) => Some(value.clone()),
        Value::Number(number) => Some(Value::Bool(number.as_f64() != Some(0.0))),
        Value::Null | Value::String(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn whole(value: &Value, least: i64, most: i64) -> Option<Value> {
    let number = match value {
        Value::Number(number) => number.as_i64()?,
        Value::String(text) => text.trim().parse().ok()?,
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    (least..=most).contains(&number).then(|| Value::from(number))
}

/// One text is a list of one.
fn list(value: &Value) -> Option<Value> {
    match value {
        Value::String(_) => Some(Value::Array(vec![value.clone()])),
        Value::Array(items) => items.iter().all(|item| item.is_string() || item.is_object()).then(|| value.clone()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => None,
    }
}

/// A change of a list: what is added and what is taken away.
fn table(value: &Value) -> Option<Value> {
    let members = value.as_object()?;
    let is_table = members.get("@odata.type").and_then(Value::as_str) == Some(HASH_TABLE);
    (is_table && members.keys().all(|name| ["@odata.type", "Add", "Remove"].contains(&name.as_str()))).then(|| value.clone())
}

fn word(kind: &str, value: &Value) -> Option<Value> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(is) => if *is { "True" } else { "False" }.to_owned(),
        Value::Null | Value::Array(_) | Value::Object(_) => return None,
    };
    let mut values = vocabulary(kind).peekable();
    if values.peek().is_none() {
        return Some(Value::String(text));
    }
    values.find(|known| known.eq_ignore_ascii_case(&text)).map(|known| Value::String(known.to_owned()))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Bound, Kind, bind, of};

    fn bound(cmdlet: &str, given: Value) -> Result<Bound, Kind> {
        bind(cmdlet, given.as_object().unwrap()).map_err(|refusal| refusal.kind)
    }

    #[test]
    fn names_are_known_in_any_case() {
        let found = bound("Set-DkimSigningConfig", json!({ "identity": "contoso.com", "ENABLED": false, "ErrorAction": "Stop" }));
        assert_eq!(found.unwrap().0, *json!({ "Identity": "contoso.com", "Enabled": false }).as_object().unwrap());
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let table = [
            ("Set-DkimSigningConfig", json!({ "Identity": "a", "Selector": "b" }), Kind::UnknownParameter),
            ("Set-DkimSigningConfig", json!({ "Enabled": true }), Kind::MissingParameter),
            ("Set-DkimSigningConfig", json!({ "Identity": "a", "Enabled": "true" }), Kind::WrongType),
            ("Set-DkimSigningConfig", json!({ "Identity": "a", "HeaderCanonicalization": "Lax" }), Kind::WrongType),
            ("Rotate-DkimSigningConfig", json!({ "Identity": "a", "KeySize": 70_000 }), Kind::WrongType),
            ("New-TransportRule", json!({ "Name": "a", "SetSCL": 10 }), Kind::WrongType),
            ("New-TransportRule", json!({ "Name": "a", "HeaderContainsWords": 1 }), Kind::WrongType),
            ("Set-InboundConnector", json!({ "Identity": "a", "SenderDomains": { "Add": "b" } }), Kind::WrongType),
        ];
        for (cmdlet, given, expected) in table {
            assert_eq!(bound(cmdlet, given.clone()), Err(expected), "{cmdlet} {given}");
        }
    }

    #[test]
    fn values_become_those_of_their_type() {
        let given = json!({ "Name": "a", "Mode": "enforce", "SetSCL": "-1", "HeaderContainsWords": "b", "Quarantine": 1 });
        let expected = json!({ "Name": "a", "Mode": "Enforce", "SetSCL": -1, "HeaderContainsWords": ["b"], "Quarantine": true });
        assert_eq!(bound("New-TransportRule", given).unwrap().0, *expected.as_object().unwrap());
    }

    #[test]
    fn the_pages_were_read_whole() {
        assert!(of("New-TransportRule").len() > 150);
        assert!(of("Set-OrganizationConfig").iter().any(|parameter| parameter.name == "RejectDirectSend"));
    }
}
