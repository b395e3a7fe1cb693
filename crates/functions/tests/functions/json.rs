//! JSON read in place agrees with a parser that builds trees, and survives any text.

use proptest::prelude::*;
use serde_json::Value;
use spoofwatch_functions::kernel::json;

/// A value without fractions: how those are spelt is the text's own affair.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".*".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(".{0,6}", inner, 0..6).prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Text that is nearly JSON.
fn nearly() -> impl Strategy<Value = String> {
    r#"[\[\]{}",:\\ u0-9a-f.eE+\-ntrls\n\u{1}é]{0,24}"#
}

proptest! {
    #[test]
    fn what_is_written_with_spaces_comes_out_without(value in value()) {
        let pretty = serde_json::to_string_pretty(&value)?;
        let compact = serde_json::to_string(&value)?;
        let read = json::compacted(&pretty);
        // Both escape what must be escaped, though not always in the same way.
        let again: Option<Value> = read.as_deref().and_then(|text| serde_json::from_str(text).ok());
        prop_assert_eq!(again, Some(value));
        prop_assert_eq!(read.map(|text| text.len() <= compact.len()), Some(true));
    }

    #[test]
    fn members_and_elements_are_those_of_the_tree(value in value()) {
        let text = serde_json::to_string(&value)?;
        let tree = |part: Option<&str>| part.and_then(|part| serde_json::from_str::<Value>(part).ok());
        if let Value::Object(members) = &value {
            for (key, member) in members {
                prop_assert_eq!(tree(json::member(&text, key)), Some(member.clone()));
            }
        }
        if let Value::Array(elements) = &value {
            for (position, element) in (0..).zip(elements) {
                prop_assert_eq!(tree(json::element(&text, position)), Some(element.clone()));
            }
            prop_assert_eq!(json::element(&text, i64::try_from(elements.len())?), None);
        }
        if let Value::String(string) = &value {
            prop_assert_eq!(json::text(&text), string.as_str());
        }
    }

    #[test]
    fn the_same_texts_are_json(text in nearly()) {
        // A number too large for a tree is a number all the same; a lone surrogate has no place in one.
        if !text.contains(['e', 'E', 'u']) {
            prop_assert_eq!(json::compacted(&text).is_some(), serde_json::from_str::<Value>(&text).is_ok(), "{}", text);
        }
    }

    #[test]
    fn no_text_does_harm(text in prop_oneof![nearly(), ".*"], key in ".{0,3}", index in any::<i64>()) {
        let _ = json::compacted(&text);
        let _ = (json::member(&text, &key), json::element(&text, index), json::text(&text));
        let _ = (json::distinct_members(&text), json::distinct(&text));
        let _ = (json::typed::long(&text), json::typed::real(&text), json::typed::datetime(&text));
    }
}
