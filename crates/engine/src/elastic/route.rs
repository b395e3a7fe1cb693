//! The values that a field names within the JSON of a column, as Elasticsearch flattens it: lists are their elements, the
//! members of objects are paths with dots.
//!
//! Start with [`Route::any`].

use std::borrow::Cow;

use functions::kernel::json::{self, Kind};

use super::{glob::Glob, leaf::Leaf};

/// Which values of a column's JSON a field names.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Route {
    /// Those at a path; the empty one is the column itself. With `deep`, those within an object there, too.
    Path { path: String, deep: bool },
    /// Those whose whole path, with `column` before it, is of a pattern.
    Pattern { column: String, pattern: Glob },
}

/// Deeper values are no documents of anyone: JSON that is stored nests less.
const MAX_DEPTH: usize = 130;

impl Route {
    /// The values at a path.
    pub(crate) fn to(path: &str) -> Self {
        Self::Path { path: path.to_owned(), deep: false }
    }

    /// Every value of the column.
    pub(crate) fn anywhere() -> Self {
        Self::Path { path: String::new(), deep: true }
    }

    /// The same, and what is within objects there.
    pub(crate) fn deep(self) -> Self {
        match self {
            Self::Path { path, .. } => Self::Path { path, deep: true },
            pattern @ Self::Pattern { .. } => pattern,
        }
    }

    /// Whether `test` is true of any value.
    pub(crate) fn any(&self, json: &str, test: &mut dyn FnMut(&Leaf<'_>) -> bool) -> bool {
        match self {
            Self::Path { path, deep } => at(json, path, *deep, 0, test),
            Self::Pattern { column, pattern } => {
                let mut path = column.clone();
                everywhere(json, &mut path, 0, &mut |path, leaf| pattern.matches(path) && test(leaf))
            }
        }
    }
}

fn leaf(value: &str) -> Option<Leaf<'_>> {
    match json::kind(value) {
        Kind::Bool => Some(Leaf::Bool(value == "true")),
        Kind::Number => Some(Leaf::Number(value)),
        Kind::String => json::string(value).map(Leaf::Text),
        Kind::Null | Kind::Array | Kind::Bag => None,
    }
}

/// A key without its escapes.
fn unescaped(key: &str) -> Cow<'_, str> {
    if key.contains('\\') { json::unescape(key) } else { Cow::Borrowed(key) }
}

fn at(value: &str, path: &str, deep: bool, depth: usize, test: &mut dyn FnMut(&Leaf<'_>) -> bool) -> bool {
    if depth > MAX_DEPTH {
        return false;
    }
    match json::kind(value) {
        Kind::Array => json::elements(value).into_iter().flatten().any(|element| at(element, path, deep, depth + 1, test)),
        Kind::Bag if path.is_empty() => {
            deep && json::members(value).into_iter().flatten().any(|(_, value)| at(value, "", true, depth + 1, test))
        }
        Kind::Bag => json::members(value)
            .into_iter()
            .flatten()
            .any(|(key, value)| behind(path, &unescaped(key)).is_some_and(|rest| at(value, rest, deep, depth + 1, test))),
        _ if path.is_empty() => leaf(value).is_some_and(|leaf| test(&leaf)),
        _ => false,
    }
}

/// What is left of a path behind a key, which may hold dots itself.
fn behind<'p>(path: &'p str, key: &str) -> Option<&'p str> {
    let rest = path.strip_prefix(key)?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix('.') }
}

fn everywhere(value: &str, path: &mut String, depth: usize, test: &mut dyn FnMut(&str, &Leaf<'_>) -> bool) -> bool {
    if depth > MAX_DEPTH {
        return false;
    }
    match json::kind(value) {
        Kind::Array => json::elements(value).into_iter().flatten().any(|element| everywhere(element, path, depth + 1, test)),
        Kind::Bag => json::members(value).into_iter().flatten().any(|(key, value)| {
            let length = path.len();
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(&unescaped(key));
            let found = everywhere(value, path, depth + 1, test);
            path.truncate(length);
            found
        }),
        _ => leaf(value).is_some_and(|leaf| test(path, &leaf)),
    }
}

/// Whether `test` is true of any object at a path.
pub(crate) fn any_object(value: &str, path: &str, test: &mut dyn FnMut(&str) -> bool) -> bool {
    match json::kind(value) {
        Kind::Array => json::elements(value).into_iter().flatten().any(|element| any_object(element, path, test)),
        Kind::Bag if path.is_empty() => test(value),
        Kind::Bag => json::members(value)
            .into_iter()
            .flatten()
            .any(|(key, value)| behind(path, &unescaped(key)).is_some_and(|rest| any_object(value, rest, test))),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use elastic_query::ast::{Pattern, Piece};

    use super::{Route, any_object};
    use crate::elastic::glob::Glob;

    fn found(route: &Route, json: &str) -> Vec<String> {
        let mut texts = Vec::new();
        route.any(json, &mut |leaf| {
            texts.push(leaf.text().to_owned());
            false
        });
        texts
    }

    #[test]
    fn lists_are_their_elements_and_objects_are_paths() {
        let json = r#"[{"Name":"a","Value":[1,true,null]},{"Name":"b"},{"x":{"Name":"no"}}]"#;
        assert_eq!(found(&Route::to("Name"), json), ["a", "b"]);
        assert_eq!(found(&Route::to("Value"), json), ["1", "true"]);
        assert_eq!(found(&Route::to("x"), json), [""; 0]);
        assert_eq!(found(&Route::to("x").deep(), json), ["no"]);
        assert_eq!(found(&Route::to("x.Name"), json), ["no"]);
        assert_eq!(found(&Route::to(""), "[\"a\",[\"b\"]]"), ["a", "b"]);
    }

    #[test]
    fn keys_may_hold_dots_and_escapes() {
        let json = r#"{"a.b":{"c":"1"},"a":{"b.c":"2","b":{"c":"3"}},"\u00e9":"4"}"#;
        assert_eq!(found(&Route::to("a.b.c"), json), ["1", "2", "3"]);
        assert_eq!(found(&Route::to("é"), json), ["4"]);
    }

    #[test]
    fn patterns_go_by_the_whole_path() {
        let pattern =
            Glob::new(&Pattern { pieces: vec![Piece::Text("p.".to_owned()), Piece::Any, Piece::Text("Name".to_owned())] });
        let route = Route::Pattern { column: "p".to_owned(), pattern };
        assert_eq!(found(&route, r#"{"Name":"1","x":{"Name":"2"},"y":"3"}"#), ["1", "2"]);
    }

    #[test]
    fn objects_are_found_at_their_path() {
        let mut seen = Vec::new();
        any_object(r#"{"a":[{"b":1},{"b":2}]}"#, "a", &mut |object| {
            seen.push(object.to_owned());
            false
        });
        assert_eq!(seen, [r#"{"b":1}"#, r#"{"b":2}"#]);
    }
}
