//! What the interface says about itself is an OpenAPI 3.1 document that a program can follow: everything it names is there, every call
//! says who may make it and what it answers, errors have one form.
//!
//! Authority: <https://spec.openapis.org/oas/v3.1.1.html>.

use std::collections::BTreeSet;

use serde_json::Value;

use super::document;

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// What paths have calls for (section 4.8.9).
const METHODS: [&str; 8] = ["delete", "get", "head", "options", "patch", "post", "put", "trace"];

fn told() -> Outcome<Value> {
    Ok(serde_json::to_value(document())?)
}

/// Every call: method and path, and what is said of it.
fn calls(document: &Value) -> Vec<(String, &str, &Value)> {
    let paths = document["paths"].as_object().into_iter().flatten();
    paths
        .flat_map(|(path, item)| {
            let calls = item.as_object().into_iter().flatten();
            calls
                .filter(|(method, _)| METHODS.contains(&method.as_str()))
                .map(move |(method, call)| (format!("{method} {path}"), path.as_str(), call))
        })
        .collect()
}

/// Every reference in a value.
fn references<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(target) if name == "$ref" => found.push(target),
                    other => references(other, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn everything_that_is_named_is_there() -> Outcome {
    let document = told()?;
    assert!(document["openapi"].as_str().is_some_and(|version| version.starts_with("3.1.")), "{}", document["openapi"]);
    assert!(document["info"]["title"].is_string() && document["info"]["version"].is_string(), "{}", document["info"]);
    let mut found = Vec::new();
    references(&document, &mut found);
    let lost: Vec<&str> = found
        .into_iter()
        .filter(|target| target.strip_prefix('#').is_none_or(|pointer| document.pointer(pointer).is_none()))
        .collect();
    assert!(lost.is_empty(), "{lost:?}");
    Ok(())
}

#[test]
fn every_call_has_a_name_of_its_own_and_says_what_it_does() -> Outcome {
    let document = told()?;
    let mut names = BTreeSet::new();
    for (call, _, about) in calls(&document) {
        let name = about["operationId"].as_str().unwrap_or_default();
        assert!(!name.is_empty() && names.insert(name.to_owned()), "{call}: `{name}`");
        assert!(
            about["summary"].as_str().or_else(|| about["description"].as_str()).is_some_and(|words| words.len() > 10),
            "{call}"
        );
        assert!(about["tags"].as_array().is_some_and(|tags| !tags.is_empty()), "{call}");
    }
    Ok(())
}

#[test]
fn every_part_of_a_path_that_varies_is_described() -> Outcome {
    let document = told()?;
    for (call, path, about) in calls(&document) {
        let wanted: BTreeSet<&str> =
            path.split('/').filter_map(|part| part.strip_prefix('{').and_then(|part| part.strip_suffix('}'))).collect();
        let parameters = about["parameters"].as_array().into_iter().flatten();
        let described: BTreeSet<&str> = parameters
            .filter(|parameter| parameter["in"] == "path" && parameter["required"] == true)
            .filter_map(|parameter| parameter["name"].as_str())
            .collect();
        assert_eq!(described, wanted, "{call}");
    }
    Ok(())
}

#[test]
fn every_call_says_who_may_make_it_and_what_it_answers() -> Outcome {
    let document = told()?;
    let schemes = document["components"]["securitySchemes"].as_object().ok_or("nobody can be known")?;
    for (call, _, about) in calls(&document) {
        let security = about.get("security").unwrap_or(&document["security"]).as_array().ok_or_else(|| call.clone())?;
        let names: Vec<&String> = security.iter().filter_map(Value::as_object).flat_map(serde_json::Map::keys).collect();
        assert!(!names.is_empty() && names.iter().all(|name| schemes.contains_key(*name)), "{call}: {security:?}");
        let answers = about["responses"].as_object().ok_or_else(|| call.clone())?;
        assert!(answers.keys().any(|status| status.starts_with('2')), "{call}");
        for (status, answer) in answers {
            assert!(answer["description"].as_str().is_some_and(|words| !words.is_empty()), "{call} {status}");
            if status.starts_with(['4', '5']) {
                let form = &answer["content"]["application/json"]["schema"]["$ref"];
                assert_eq!(form, "#/components/schemas/Failed", "{call} {status}");
            }
        }
    }
    Ok(())
}
