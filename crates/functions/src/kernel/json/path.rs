//! JSONPath, as far as Kusto takes it: `$`, names after a point or in brackets, indexes.
//!
//! Source: Microsoft's reference, page `jsonpath`.

/// A step from a value to one inside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// To the member of a property bag.
    Key(String),
    /// To the element of an array.
    Index(i64),
}

/// The steps of a path such as `$.a['b c'][0]`; `None` if it is no path of this kind.
#[must_use]
pub fn parse(path: &str) -> Option<Vec<Step>> {
    let mut rest = path.trim().strip_prefix('$')?;
    let mut steps = Vec::new();
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('.') {
            let end = after.find(['.', '[']).unwrap_or(after.len());
            let (name, left) = after.split_at(end);
            if name.is_empty() {
                return None;
            }
            steps.push(Step::Key(name.to_owned()));
            rest = left;
        } else {
            let (step, left) = bracket(rest.strip_prefix('[')?)?;
            steps.push(step);
            rest = left;
        }
    }
    Some(steps)
}

/// The keys of a path given to the functions over property bags: a JSONPath without indexes, or one key as it stands.
#[must_use]
pub fn keys(path: &str) -> Vec<String> {
    let keys = parse(path).and_then(|steps| {
        let keys: Option<Vec<String>> = steps.into_iter().map(Step::into_key).collect();
        keys.filter(|keys| !keys.is_empty())
    });
    keys.unwrap_or_else(|| vec![path.to_owned()])
}

impl Step {
    fn into_key(self) -> Option<String> {
        match self {
            Self::Key(key) => Some(key),
            Self::Index(_) => None,
        }
    }
}

/// What stands in brackets, given the text after the opening one, and what follows the closing one.
fn bracket(after: &str) -> Option<(Step, &str)> {
    for quote in ['\'', '"'] {
        if let Some(quoted) = after.strip_prefix(quote) {
            let (key, rest) = quoted.split_once(quote)?;
            return Some((Step::Key(key.to_owned()), rest.strip_prefix(']')?));
        }
    }
    let (index, rest) = after.split_once(']')?;
    Some((Step::Index(index.trim().parse().ok()?), rest))
}

#[cfg(test)]
mod tests {
    use super::{Step, keys, parse};

    #[test]
    fn names_and_indexes_are_steps() {
        let key = |name: &str| Step::Key(name.to_owned());
        assert_eq!(parse("$"), Some(vec![]));
        assert_eq!(parse("$.a.b"), Some(vec![key("a"), key("b")]));
        assert_eq!(parse("$.a[0]['b.c'][\"d\"]"), Some(vec![key("a"), Step::Index(0), key("b.c"), key("d")]));
        assert_eq!(parse("$[-1]"), Some(vec![Step::Index(-1)]));
        for other in ["", "a", "$.", "$..a", "$[", "$[a]", "$['a", "$a"] {
            assert_eq!(parse(other), None, "{other}");
        }
    }

    #[test]
    fn a_key_need_not_be_a_path() {
        assert_eq!(keys("$.a.b"), ["a", "b"]);
        assert_eq!(keys("a.b"), ["a.b"]);
        assert_eq!(keys("$.a[0]"), ["$.a[0]"]);
    }
}
