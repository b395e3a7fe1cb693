//! The elements of a JSON array as they were written, each cut out of the text: an audit record is evidence, and is kept to the letter.

use serde::de::IgnoredAny;

/// The elements' texts. The whole is read by the JSON parser first, so that what is cut is JSON.
///
/// # Errors
///
/// What is wrong with the text.
pub(crate) fn elements(text: &str) -> Result<Vec<&str>, serde_json::Error> {
    let _: Vec<IgnoredAny> = serde_json::from_str(text)?;
    let inside = text.trim().strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or_default();
    let mut elements = Vec::new();
    let (mut depth, mut begin) = (0_usize, 0);
    let (mut in_text, mut escaped) = (false, false);
    for (at, byte) in inside.bytes().enumerate() {
        if in_text {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_text = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_text = true,
            b'[' | b'{' => depth = depth.saturating_add(1),
            b']' | b'}' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => {
                elements.extend(inside.get(begin..at));
                begin = at + 1;
            }
            _ => {}
        }
    }
    elements.extend(inside.get(begin..));
    Ok(elements.into_iter().map(str::trim).filter(|element| !element.is_empty()).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::elements;

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            ".{0,8}".prop_map(Value::from)
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::vec((".{0,4}", inner), 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

        #[test]
        fn elements_are_what_the_parser_reads(values in proptest::collection::vec(value(), 0..6), pretty in any::<bool>()) {
            let whole = Value::from(values.clone());
            let text = if pretty { format!("{whole:#}") } else { whole.to_string() };
            let read: Result<Vec<Value>, _> = elements(&text).unwrap().into_iter().map(serde_json::from_str).collect();
            prop_assert_eq!(read.unwrap(), values);
        }

        #[test]
        fn no_text_is_too_odd(text in "[\\[\\]{},:\" \\\\a0é]{0,40}") {
            let _ = elements(&text);
        }
    }

    #[test]
    fn elements_keep_every_letter() {
        let text = " [ {\"a\": 1.10, \"b\": [1, 2]} ,{\"c\":\"x,\\\"]}[{\\\\\"},\n\"d, e\", 12345678901234567890 ] ";
        let expected = ["{\"a\": 1.10, \"b\": [1, 2]}", "{\"c\":\"x,\\\"]}[{\\\\\"}", "\"d, e\"", "12345678901234567890"];
        assert_eq!(elements(text).unwrap(), expected);
    }

    #[test]
    fn an_empty_array_has_none() {
        assert!(elements("[ ]").unwrap().is_empty());
    }

    #[test]
    fn what_is_no_array_is_refused() {
        for text in ["", "{}", "[1", "[1]]", "[1,,2]", "null"] {
            assert!(elements(text).is_err(), "{text}");
        }
    }
}
