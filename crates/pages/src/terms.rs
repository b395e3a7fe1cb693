//! Conditions of a filter that links put in and take out. The filter is a text in Kibana's query language; only its outermost `and` is
//! understood here, and whatever is more is put in brackets as it is.

/// What an empty filter means.
pub(crate) const OPEN: &str = "not status:closed";

/// Fields of which an alert has one value: another one takes the place of the first.
const SINGLE: [&str; 5] = ["status", "severity", "verdict", "rule", "assignee"];

/// A condition that a field has a value.
pub(crate) fn term(field: &str, value: &str) -> String {
    let plain = !value.is_empty()
        && value.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.' | '@'))
        && !matches!(value.to_ascii_lowercase().as_str(), "and" | "or" | "not");
    if plain {
        return format!("{field}:{value}");
    }
    format!("{field}:\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Whether a filter has this condition among those that must all hold.
pub(crate) fn has(filter: &str, term: &str) -> bool {
    parts(filter).is_some_and(|parts| parts.contains(&term))
}

/// The filter with one more condition.
pub(crate) fn with(filter: &str, term: &str) -> String {
    let filter = filter.trim();
    let filter = if filter.is_empty() { OPEN } else { filter };
    let Some(parts) = parts(filter) else { return format!("({filter}) and {term}") };
    let field = field_of(term);
    let stays = |part: &&&str| {
        **part != "*"
            && **part != term
            && !(SINGLE.contains(&field) && field_of(part) == field)
            && !(field == "status" && **part == OPEN)
    };
    let mut kept: Vec<&str> = parts.iter().filter(stays).copied().collect();
    kept.push(term);
    kept.join(" and ")
}

/// The filter without a condition; without any, it is every alert, or open ones where it was about a status.
pub(crate) fn without(filter: &str, term: &str) -> String {
    let Some(parts) = parts(filter) else { return filter.trim().to_owned() };
    let kept: Vec<&str> = parts.into_iter().filter(|part| *part != term).collect();
    match kept.as_slice() {
        [] if field_of(term) == "status" => String::new(),
        [] => "*".to_owned(),
        [one] if *one == OPEN => String::new(),
        _ => kept.join(" and "),
    }
}

fn field_of(part: &str) -> &str {
    part.split_once(':').map_or("", |(field, _)| field)
}

/// The conditions of a filter that must all hold, outermost; none where it is joined by more than `and`.
fn parts(filter: &str) -> Option<Vec<&str>> {
    let (mut depth, mut quoted, mut escaped) = (0_i32, false, false);
    let mut found = Vec::new();
    let mut begin = 0;
    for (at, letter) in filter.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            '(' | '{' if !quoted => depth += 1,
            ')' | '}' if !quoted => depth -= 1,
            ' ' | '\t' | '\n' | '\r' if !quoted && depth == 0 => {
                let rest = filter.get(at + 1..)?.trim_start();
                let word = rest.split(|letter: char| letter.is_whitespace() || letter == '(').next().unwrap_or_default();
                if word.eq_ignore_ascii_case("or") {
                    return None;
                }
                if word.eq_ignore_ascii_case("and") && at >= begin {
                    found.push(filter.get(begin..at)?.trim());
                    begin = filter.len() - rest.len() + word.len();
                }
            }
            _ => {}
        }
    }
    if depth != 0 || quoted {
        return None;
    }
    found.push(filter.get(begin..)?.trim());
    found.retain(|part| !part.is_empty());
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_means_something_else_is_quoted() {
        for (value, expected) in [
            ("high", "severity:high"),
            ("a@contoso.com", "severity:a@contoso.com"),
            ("and", "severity:\"and\""),
            ("a \"b\" \\c", "severity:\"a \\\"b\\\" \\\\c\""),
            ("", "severity:\"\""),
        ] {
            assert_eq!(term("severity", value), expected);
        }
    }

    #[test]
    fn conditions_are_put_in() {
        for (filter, more, expected) in [
            ("", "severity:high", "not status:closed and severity:high"),
            ("", "status:closed", "status:closed"),
            ("status:new", "status:closed", "status:closed"),
            ("severity:low and entity:a", "severity:high", "entity:a and severity:high"),
            ("entity:a", "entity:b", "entity:a and entity:b"),
            ("entity:a", "entity:a", "entity:a"),
            ("*", "severity:high", "severity:high"),
            ("a or b", "severity:high", "(a or b) and severity:high"),
            ("title:\"x and y\"", "severity:high", "title:\"x and y\" and severity:high"),
            ("(a or b) and c", "d", "(a or b) and c and d"),
            ("a (b", "d", "(a (b) and d"),
        ] {
            assert_eq!(with(filter, more), expected, "{filter} + {more}");
        }
    }

    #[test]
    fn conditions_are_taken_out() {
        for (filter, less, expected) in [
            ("not status:closed and severity:high", "severity:high", ""),
            ("severity:high", "severity:high", "*"),
            ("status:closed", "status:closed", ""),
            ("a and b AND c", "b", "a and c"),
            ("a or b", "b", "a or b"),
        ] {
            assert_eq!(without(filter, less), expected, "{filter} - {less}");
        }
        assert!(has("a and severity:high", "severity:high") && !has("a or severity:high", "severity:high"));
    }
}
