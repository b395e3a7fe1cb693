//! The line before a document: what is to be done with it, in which index, under which id.
//!
//! Authority: <https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-bulk>.

use serde_json::{Map, Value};

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    /// Store, whether there is one of this id or not.
    Index,
    /// Store a new one.
    Create,
    /// Change one.
    Update,
    /// Remove one.
    Delete,
}

impl Operation {
    /// As actions and answers write it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Index => "index",
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }

    /// Whether a line with a document follows.
    pub(super) const fn has_source(self) -> bool {
        !matches!(self, Self::Delete)
    }
}

/// An action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Action {
    pub(super) operation: Operation,
    pub(super) index: String,
    pub(super) id: Option<String>,
}

/// Reads an action. `index` is the one that the path names. What else an action may say (`routing`, `pipeline`, `_type`, `dynamic_templates`)
/// is about Elasticsearch's own storage.
///
/// # Errors
/// What is wrong with the line.
pub(super) fn read(line: &[u8], index: Option<&str>) -> Result<Action, String> {
    let action: Map<String, Value> = serde_json::from_slice(line).map_err(|error| error.to_string())?;
    let mut members = action.into_iter();
    let (Some((name, about)), None) = (members.next(), members.next()) else {
        return Err("expected one of `index`, `create`, `update` and `delete`".to_owned());
    };
    let operation = match name.as_str() {
        "index" => Operation::Index,
        "create" => Operation::Create,
        "update" => Operation::Update,
        "delete" => Operation::Delete,
        _ => return Err(format!("expected one of `index`, `create`, `update` and `delete`, and found `{}`", shown(&name))),
    };
    let about = match about {
        Value::Object(about) => about,
        Value::Null => Map::new(),
        _ => return Err(format!("`{name}` holds no object")),
    };
    let text = |member: &str| match about.get(member) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        // Ids that are numbers in the data of a script are texts to Elasticsearch.
        Some(Value::Number(number)) => Ok(Some(number.to_string())),
        Some(_) => Err(format!("`{member}` is no text")),
    };
    let index = text("_index")?.or_else(|| index.map(str::to_owned)).ok_or("no index is named")?;
    let id = text("_id")?;
    match super::unfit_names(&index, id.as_deref()) {
        Some(unfit) => Err(unfit),
        None => Ok(Action { operation, index, id }),
    }
}

/// A name that a client made up, short enough for a message.
fn shown(name: &str) -> String {
    name.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_says_what_where_and_under_which_id() {
        for (line, path, expected) in [
            (r#"{"index":{"_index":"a","_id":"1"}}"#, None, Ok(("index", "a", Some("1")))),
            (r#"{"create":{}}"#, Some("logs"), Ok(("create", "logs", None))),
            (r#"{"create":{"_index":"b"}}"#, Some("logs"), Ok(("create", "b", None))),
            (r#"{"index":{"_id":7,"_type":"_doc","pipeline":"x"}}"#, Some("logs"), Ok(("index", "logs", Some("7")))),
            (r#"{"delete":{"_index":"a","_id":"1"}}"#, None, Ok(("delete", "a", Some("1")))),
            (r#"{"update":{"_index":"a","_id":"1"}}"#, None, Ok(("update", "a", Some("1")))),
            (r#"{"index":{}}"#, None, Err("no index is named")),
            (r#"{"drop":{}}"#, Some("a"), Err("found `drop`")),
            (r#"{"index":{},"create":{}}"#, Some("a"), Err("expected one of")),
            (r#"{"index":[]}"#, Some("a"), Err("holds no object")),
            (r#"{"index":{"_id":{}}}"#, Some("a"), Err("`_id` is no text")),
            (r#"{"index":{"_id":""}}"#, Some("a"), Err("1 to 512 bytes")),
            (r#"{"index":{"_index":"a\nb"}}"#, None, Err("without control characters")),
            (r#"{"@timestamp":"x"}"#, Some("a"), Err("found `@timestamp`")),
            ("[]", Some("a"), Err("invalid type")),
        ] {
            let read = read(line.as_bytes(), path);
            match expected {
                Ok((name, index, id)) => {
                    let read = read.unwrap_or_else(|reason| panic!("{line}: {reason}"));
                    assert_eq!((read.operation.name(), read.index.as_str(), read.id.as_deref()), (name, index, id), "{line}");
                }
                Err(part) => assert!(read.as_ref().is_err_and(|reason| reason.contains(part)), "{line}: {read:?}"),
            }
        }
    }
}
