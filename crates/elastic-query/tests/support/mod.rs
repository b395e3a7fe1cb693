//! Trees made at random, and cases read from Markdown.

use proptest::prelude::*;
use spoofwatch_elastic_query::Language;

/// Pieces of both languages, so that random sequences reach deep into the grammars.
const PIECES: &[&str] = &[
    "a",
    "b",
    "event.action",
    "o365.audit.Parameters.*",
    "value",
    "123",
    "-5",
    "10.0.0.0/8",
    "now-1d/d",
    ":",
    ":",
    ":",
    "(",
    ")",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    " and ",
    " or ",
    " not ",
    "not ",
    "AND",
    " OR ",
    " NOT ",
    "&&",
    "||",
    "+",
    "-",
    "!",
    "*",
    "?",
    "~",
    "~2",
    "^2",
    "/",
    "/a.b/",
    "<",
    "<=",
    ">",
    ">=",
    "\"",
    "\"a b\"",
    "\"a\\\"b\"",
    "\\",
    "\\*",
    "\\:",
    "\\and",
    "\\not ",
    "\\u0041",
    "\\ud83d\\ude00",
    "\\ud83d",
    "\\t",
    " ",
    "  ",
    "\n",
    "\t",
    "\u{a0}",
    "\u{2003}",
    "é",
    "😀",
    "null",
    "true",
    "False",
    "[a TO b}",
    "[* TO 5]",
    "_exists_:",
    "TO",
    "nested:{ a:b }",
    "x or y",
];

/// Texts of either language, right and wrong.
pub(crate) fn any_text() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 0..24).prop_map(|pieces| pieces.concat())
}

/// Either language.
pub(crate) fn any_language() -> impl Strategy<Value = Language> {
    prop_oneof![Just(Language::Kuery), Just(Language::Lucene)]
}

/// Texts that are queries of both languages, but for some.
pub(crate) fn sound_text() -> impl Strategy<Value = String> {
    let value = prop_oneof![
        "[a-z0-9.@_]{1,6}",
        "[a-z]{0,3}[*][a-z]{0,3}",
        "\"[a-z ]{0,5}\"",
        Just("null".to_owned()),
        Just("a\\:b".to_owned()),
        Just("x \\or y".to_owned()),
    ];
    let test = prop_oneof![
        ("[a-z]{1,3}([.][a-z]{1,3})?", value.clone()).prop_map(|(field, value)| format!("{field}:{value}")),
        ("[a-z]{1,3}", "[0-9]{1,3}").prop_map(|(field, value)| format!("{field}:>={value}")),
        ("[a-z]{1,3}", "[0-9]{1,3}").prop_map(|(field, value)| format!("{field} < {value}")),
        value,
    ];
    test.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            (prop::collection::vec(inner.clone(), 2..4), prop::sample::select(vec![" and ", " or ", " AND ", " OR "]))
                .prop_map(|(parts, word)| format!("({})", parts.join(word))),
            inner.clone().prop_map(|inner| format!("NOT ({inner})")),
            inner.prop_map(|inner| format!("f:({inner})")),
        ]
    })
}
