//! Properties that hold for any text: spans lie in the text, writing a tree and reading it again gives the same tree.

mod support;

use proptest::prelude::*;
use spoofwatch_elastic_query::{Language, MAX_NESTING, Parsed, parse, tree, write};
use support::{any_language, any_text, sound_text};

fn spans_are_in(parsed: &Parsed, text: &str) -> bool {
    let mut good = true;
    parsed.query.root.walk(&mut |node| {
        good &= node.span.start <= node.span.end && text.get(node.span.start..node.span.end).is_some();
    });
    good && parsed.diagnostics.iter().all(|found| text.get(found.span.start..found.span.end).is_some())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read(language in any_language(), text in any_text()) {
        let parsed = parse(language, &text);
        prop_assert!(spans_are_in(&parsed, &text), "{parsed:?}");
    }

    #[test]
    fn any_characters_are_read(language in any_language(), text in "\\PC{0,40}") {
        let parsed = parse(language, &text);
        prop_assert!(spans_are_in(&parsed, &text), "{parsed:?}");
    }

    #[test]
    fn what_is_written_reads_the_same(language in any_language(), text in prop_oneof![any_text(), sound_text()]) {
        let parsed = parse(language, &text);
        if !parsed.is_good() {
            return Ok(());
        }
        let written = write(&parsed.query);
        let again = parse(language, &written);
        prop_assert_eq!(tree(&parsed.query), tree(&again.query), "{} became {}", text, written);
        prop_assert_eq!(&written, &write(&again.query));
    }
}

#[test]
fn nesting_is_bounded_and_length_is_not() {
    for (language, open, close) in [(Language::Kuery, "(", ")"), (Language::Kuery, "a:{", "}"), (Language::Lucene, "(", ")")] {
        let nested = |levels: usize| format!("{}a:b{}", open.repeat(levels), close.repeat(levels));
        assert!(parse(language, &nested(MAX_NESTING)).is_good());
        for levels in [MAX_NESTING + 1, 100_000] {
            let parsed = parse(language, &nested(levels));
            assert_eq!(parsed.diagnostics.first().map(|found| found.code), Some("Q0008"));
        }
    }
    let long = vec!["a:b"; 100_000].join(" or ");
    assert!(parse(Language::Kuery, &long).is_good());
    let long = vec!["a:b"; 100_000].join(" OR ");
    assert!(parse(Language::Lucene, &long).is_good());
}
