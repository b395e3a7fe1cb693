//! A draft of an exclusion as a form and as an address: the same fields in both, so that a preview can be shared.

use access::Fields;
use desk::{Condition, Draft};
use maud::{Markup, html};

use crate::{
    answer,
    component::{Choice, Field},
};

/// Rows for conditions that a form has at least, and at most.
const ROWS: (usize, usize) = (2, 12);
/// Days a preview looks back where nobody says otherwise.
pub(crate) const DAYS: u32 = 30;
/// The most days it can look back.
const MOST_DAYS: u32 = 365;

/// How a field is tested, and how people say it.
const TESTS: [Choice<'static>; 8] = [
    ("is", "is"),
    ("is_not", "is not"),
    ("one_of", "is one of"),
    ("matches", "matches (* and ?)"),
    ("exists", "has a value"),
    ("not_exists", "has no value"),
    ("in_list", "is in the list"),
    ("in_network", "is in the network"),
];

/// A draft, and how far back its preview looks.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Asked {
    /// The draft.
    pub(crate) draft: Draft,
    /// Days.
    pub(crate) days: u32,
}

impl Asked {
    /// What a form, or an address, says.
    pub(crate) fn of(fields: &[(String, String)]) -> Self {
        let text = |name: &str| {
            fields
                .iter()
                .find(|(found, _)| found == name)
                .map(|(_, value)| answer::lines(value).trim().to_owned())
                .unwrap_or_default()
        };
        let mut draft = Draft {
            name: text("name"),
            owner: text("owner"),
            reason: text("reason"),
            expires: text("expires"),
            alert: text("alert"),
            ..Draft::default()
        };
        for (name, value) in fields {
            let value = answer::lines(value);
            match name.as_str() {
                "rule" => {
                    draft.rules.extend(value.split(['\n', ' ']).map(str::trim).filter(|key| !key.is_empty()).map(str::to_owned))
                }
                // Each row of conditions begins with its field; what stands before the first belongs to none.
                "field" => draft.conditions.push(Condition { field: value.trim().to_owned(), ..Condition::default() }),
                "test" => {
                    if let Some(last) = draft.conditions.last_mut() {
                        value.trim().clone_into(&mut last.test);
                    }
                }
                "value" => {
                    if let Some(last) = draft.conditions.last_mut() {
                        let lines = value.split('\n').map(str::trim).filter(|value| !value.is_empty());
                        last.values = lines.map(str::to_owned).collect();
                    }
                }
                _ => {}
            }
        }
        draft.conditions.retain(|condition| !condition.field.is_empty());
        draft.conditions.truncate(ROWS.1);
        Self { draft, days: text("days").parse().unwrap_or(DAYS).clamp(1, MOST_DAYS) }
    }

    /// What a form of this console says.
    pub(crate) fn of_form(fields: &Fields) -> Self {
        let pairs: Vec<(String, String)> = fields.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Self::of(&pairs)
    }

    /// The address of the form with this draft in it.
    pub(crate) fn address(&self, more: &[(&str, &str)]) -> String {
        let draft = &self.draft;
        let days = self.days.to_string();
        let values: Vec<String> = draft.conditions.iter().map(|condition| condition.values.join("\n")).collect();
        let mut pairs = vec![
            ("alert", draft.alert.as_str()),
            ("name", &draft.name),
            ("owner", &draft.owner),
            ("reason", &draft.reason),
            ("expires", &draft.expires),
        ];
        pairs.extend(draft.rules.iter().map(|rule| ("rule", rule.as_str())));
        for (condition, value) in draft.conditions.iter().zip(&values) {
            pairs.extend([("field", condition.field.as_str()), ("test", condition.test.as_str()), ("value", value.as_str())]);
        }
        pairs.push(("days", &days));
        pairs.extend(more);
        answer::address("/exclusions/new", &pairs)
    }
}

/// The fields of the draft. `owner` stands there where nobody was named.
pub(crate) fn fields(asked: &Asked, owner: &str) -> Markup {
    let draft = &asked.draft;
    let rows = (draft.conditions.len() + 1).clamp(ROWS.0, ROWS.1);
    let rules = draft.rules.join("\n");
    html! {
        input type="hidden" name="alert" value=(draft.alert);
        div.form-row {
            (Field { name: "name", label: "Name", help: "What people call it.", value: &draft.name, required: true, ..Field::default() }.text("text"))
            (Field { name: "owner", label: "Owner", help: "Who answers for it.", value: if draft.owner.is_empty() { owner } else { &draft.owner }, required: true, ..Field::default() }.text("text"))
            (Field { name: "expires", label: "Until", help: "Such as 2027-01-31. Empty: it never ends.", value: &draft.expires, ..Field::default() }.text("text"))
        }
        (Field { name: "reason", label: "Why the hits are harmless", value: &draft.reason, required: true, ..Field::default() }.area(2, false))
        (Field { name: "rule", label: "Rules", help: "Keys of the rules it is for, a line each.", value: &rules, required: true, ..Field::default() }.area(draft.rules.len().clamp(1, 4) as u32, true))
        fieldset.conditions {
            legend.label { "A row is excluded where all of this holds" }
            @for place in 0..rows { (condition(draft.conditions.get(place), place)) }
            p.field-help { "Each value on a line of its own. A row of fields that is left empty counts for nothing." }
        }
    }
}

fn condition(condition: Option<&Condition>, place: usize) -> Markup {
    let none = Condition::default();
    let condition = condition.unwrap_or(&none);
    let id = |name: &str| format!("{name}-{place}");
    let values = condition.values.join("\n");
    let lines = condition.values.len().clamp(1, 6) as u32;
    let number = place + 1;
    // A test that this form does not offer, of an exclusion made elsewhere, stays what it is.
    let other = !condition.test.is_empty() && !TESTS.iter().any(|(test, _)| *test == condition.test);
    let tests: Vec<Choice<'_>> =
        TESTS.into_iter().chain(other.then_some((condition.test.as_str(), condition.test.as_str()))).collect();
    let (field, test, value) = (format!("Field {number}"), format!("Test {number}"), format!("Values {number}"));
    html! {
        div.condition {
            (Field { name: "field", id: &id("field"), label: &field, value: &condition.field, ..Field::default() }.text("text"))
            (Field { name: "test", id: &id("test"), label: &test, value: &condition.test, ..Field::default() }.select(&tests))
            (Field { name: "value", id: &id("value"), label: &value, value: &values, ..Field::default() }.area(lines, true))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(address: &str) -> Vec<(String, String)> {
        url::form_urlencoded::parse(address.split_once('?').map_or("", |(_, query)| query).as_bytes()).into_owned().collect()
    }

    #[test]
    fn an_address_says_the_same_as_the_form() {
        let asked = Asked {
            draft: Draft {
                name: "Lists & <more>".to_owned(),
                rules: vec!["one".to_owned(), "two".to_owned()],
                conditions: vec![
                    Condition {
                        field: "Subject".to_owned(),
                        test: "one_of".to_owned(),
                        values: vec!["a,b".to_owned(), "c".to_owned()],
                    },
                    Condition { field: "X".to_owned(), test: "exists".to_owned(), values: Vec::new() },
                ],
                owner: "ann".to_owned(),
                reason: "two\nlines".to_owned(),
                expires: "2027-01-31".to_owned(),
                alert: "00ff".to_owned(),
            },
            days: 14,
        };
        assert_eq!(Asked::of(&pairs(&asked.address(&[("job", "7")]))), asked);
    }

    #[test]
    fn rows_without_a_field_count_for_nothing() {
        let asked = Asked::of(&pairs("?value=lost&field=&test=is&value=x&field=A&test=is&value=1%0D%0A2&days=9999"));
        assert_eq!(
            asked.draft.conditions,
            [Condition { field: "A".to_owned(), test: "is".to_owned(), values: vec!["1".to_owned(), "2".to_owned()] }]
        );
        assert_eq!(asked.days, MOST_DAYS);
    }
}
