//! Conditions of exclusions between the words of a form and what they mean.

use desk::{Condition, Fault};
use rules::exclusion::{Entry, Network, Test};

use crate::command::exclusions::daily;

/// What a condition means.
pub(super) fn read(condition: &Condition) -> Result<Entry, Fault> {
    let field = condition.field.trim();
    let wrong = |why: &str| Fault::input(format!("the condition on `{field}`: {why}"));
    if field.is_empty() {
        return Err(Fault::input("a condition names no field"));
    }
    let values: Vec<String> =
        condition.values.iter().map(|value| value.trim().to_owned()).filter(|value| !value.is_empty()).collect();
    let one = || match values.as_slice() {
        [one] => Ok(one.clone()),
        [] => Err(wrong("a value is missing")),
        _ => Err(wrong("it takes one value; `one_of` takes several")),
    };
    let test = condition.test.as_str();
    let (plain, negated) = match test.strip_prefix("not_") {
        Some(plain) => (plain, true),
        None if test == "is_not" => ("is", true),
        None => (test, false),
    };
    let meant = match plain {
        "is" => Test::Is(one()?),
        "one_of" if values.is_empty() => return Err(wrong("a value is missing")),
        "one_of" => Test::IsOneOf(values.clone()),
        "matches" => Test::Matches(one()?),
        "exists" => Test::Exists,
        "in_list" => Test::MemberOf(one()?),
        "in_network" => {
            let networks: Result<Vec<Network>, _> = values.iter().map(|network| network.parse::<Network>()).collect();
            let networks = networks.map_err(|error| wrong(&error.to_string()))?;
            if networks.is_empty() {
                return Err(wrong("a network is missing, such as 192.0.2.0/24"));
            }
            Test::InNetwork(networks)
        }
        "daily" => daily(&one()?).map_err(|why| wrong(&why))?,
        other => {
            return Err(wrong(&format!(
                "`{other}` is no test: is, is_not, one_of, matches, exists, not_exists, in_list, in_network"
            )));
        }
    };
    let entry = Entry::new(field, meant);
    Ok(if negated { entry.negate() } else { entry })
}

/// A condition as a form shows it. One that forms do not write is shown by what it says, and cannot be read back.
pub(super) fn written(entry: &Entry) -> Condition {
    let (test, values) = match &entry.test {
        Test::Is(value) => ("is", vec![value.clone()]),
        Test::IsOneOf(values) => ("one_of", values.clone()),
        Test::Matches(pattern) => ("matches", vec![pattern.clone()]),
        Test::Exists => ("exists", Vec::new()),
        Test::InNetwork(networks) => ("in_network", networks.iter().map(|network| String::from(network.clone())).collect()),
        Test::MemberOf(list) => ("in_list", vec![list.clone()]),
        Test::Daily(daily) => ("daily", vec![daily.to_string()]),
        Test::Between(between) => ("between", vec![between.to_string()]),
        Test::Nested(entries) => ("nested", entries.iter().map(crate::command::exclusions::condition).collect()),
    };
    let test = match (entry.negated, test) {
        (false, test) => test.to_owned(),
        (true, "is") => "is_not".to_owned(),
        (true, test) => format!("not_{test}"),
    };
    Condition { field: entry.column.clone(), test, values }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn condition(test: &str, values: &[&str]) -> Condition {
        Condition {
            field: "SenderIPv4".to_owned(),
            test: test.to_owned(),
            values: values.iter().map(|value| (*value).to_owned()).collect(),
        }
    }

    #[test]
    fn what_a_form_says_is_what_is_shown_again() {
        for said in [
            condition("is", &["a"]),
            condition("is_not", &["a"]),
            condition("one_of", &["a", "b"]),
            condition("matches", &["a*"]),
            condition("exists", &[]),
            condition("not_exists", &[]),
            condition("in_list", &["partners"]),
            condition("in_network", &["192.0.2.0/24"]),
            condition("not_in_network", &["192.0.2.0/24"]),
        ] {
            assert_eq!(written(&read(&said).unwrap()), said);
        }
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for wrong in [
            condition("is", &[]),
            condition("is", &["a", "b"]),
            condition("one_of", &[" "]),
            condition("in_network", &["here"]),
            condition("sounds_like", &["a"]),
            Condition { field: " ".to_owned(), ..condition("exists", &[]) },
        ] {
            assert!(matches!(read(&wrong), Err(Fault::Input(_))), "{wrong:?}");
        }
    }
}
