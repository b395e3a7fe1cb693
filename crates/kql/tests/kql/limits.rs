//! Nothing a user writes ends the program: deep nesting, long chains and broken text give diagnostics on a small stack.

use std::thread;

use spoofwatch_kql::{MAX_CHAIN, MAX_LOGICAL_CHAIN, MAX_NESTING, format, parse, write_query};

/// Half of what a Rust thread has by default: parsing must leave room for its caller.
const STACK: usize = 1024 * 1024;

/// Parses, writes, formats, compares, clones and drops on a small stack; the codes of the diagnostics.
fn codes(text: String) -> Result<Vec<&'static str>, Box<dyn std::error::Error>> {
    let run = move || {
        let parsed = parse(&text);
        let copy = parsed.query.clone();
        assert_eq!(copy, parsed.query);
        assert!(!format!("{copy:?}").is_empty());
        let _ = write_query(&parsed.query);
        let _ = format(&text);
        parsed.diagnostics.iter().map(|diagnostic| diagnostic.code).collect()
    };
    thread::Builder::new().stack_size(STACK).spawn(run)?.join().map_err(|_| "the parser panicked".into())
}

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// Openings that nest, and what closes them.
const NESTS: &[(&str, &str, &str)] = &[
    ("print ", "(", ")"),
    ("print ", "f(", ")"),
    ("print ", "-", ""),
    ("print a", "[a", "]"),
    ("print ", "a in (", ")"),
    ("print ", "a between (1 .. ", ")"),
    ("print ", "a + (b * (c or ", "))"),
    ("print dynamic(", "[", "]"),
    ("print dynamic(", "{'a':", "}"),
    ("print ", "dynamic(", ")"),
    ("", "T | join (", ")"),
    ("", "T | where a in ((T | extend b = toscalar(", ")))"),
    ("T | ", "mv-apply a on (", ")"),
    ("T | ", "partition by a (", ")"),
    ("T | ", "fork (", ")"),
    ("", "let f = () {", "}"),
    ("", "union (", ")"),
];

#[test]
fn nesting_beyond_the_limit_is_one_error() -> Outcome {
    for (head, open, close) in NESTS {
        for depth in [MAX_NESTING * 2, 50_000] {
            let found = codes(format!("{head}{}a{}", open.repeat(depth), close.repeat(depth)))?;
            assert_eq!(found.iter().filter(|code| **code == "K0016").count(), 1, "{open} {depth}: {found:?}");
        }
    }
    Ok(())
}

#[test]
fn openings_that_never_close_end() -> Outcome {
    for (head, open, _) in NESTS {
        for depth in [3, MAX_NESTING / 2, 50_000] {
            assert!(!codes(format!("{head}{}", open.repeat(depth)))?.is_empty(), "{open} {depth}");
        }
    }
    Ok(())
}

#[test]
fn nesting_within_the_limit_is_no_error() -> Outcome {
    let depth = MAX_NESTING - 3;
    assert!(codes(format!("print {}a{}", "(".repeat(depth), ")".repeat(depth)))?.is_empty());
    assert!(codes(format!("print {}a{}", "f(".repeat(depth), ")".repeat(depth)))?.is_empty());
    Ok(())
}

#[test]
fn chains_beyond_the_limit_are_one_error() -> Outcome {
    for part in [" + a - a", " * a / a", " == a != a"] {
        assert!(codes(format!("print a{}", part.repeat(MAX_CHAIN / 2 - 1)))?.is_empty(), "{part}");
    }
    for part in [" + a", " - a", " * a", " == a", " has a", ".a", "[0]"] {
        for length in [MAX_CHAIN + 1, 100_000] {
            assert_eq!(codes(format!("print a{}", part.repeat(length)))?, ["K0017"], "{part} {length}");
        }
        assert!(codes(format!("print a{}", part.repeat(MAX_CHAIN - 1)))?.is_empty(), "{part}");
    }
    for part in [" or a", " and a"] {
        assert_eq!(codes(format!("print a{}", part.repeat(100_000)))?, ["K0017"], "{part}");
    }
    Ok(())
}

#[test]
fn long_chains_of_and_and_or_are_balanced() -> Outcome {
    let text = format!("T | where a{}", " or a == 1".repeat(MAX_LOGICAL_CHAIN - 1));
    assert!(codes(text)?.is_empty());
    Ok(())
}

#[test]
fn chains_inside_nests_do_not_multiply() -> Outcome {
    let chain = " + a".repeat(MAX_CHAIN / 4);
    let depth = MAX_NESTING - 3;
    // Each level leans on a chain of its own: together they are deeper than one expression may be.
    let text = format!("print {}a{}", "(".repeat(depth), format!("{chain})").repeat(depth));
    assert!(codes(text)?.contains(&"K0017"));
    Ok(())
}

#[test]
fn many_errors_are_cut() -> Outcome {
    let found = codes("T | where ) ; ".repeat(10_000))?;
    assert!(found.len() < 60, "{}", found.len());
    assert!(found.contains(&"K0018"));
    Ok(())
}

#[test]
fn long_texts_of_flat_things_are_fine() -> Outcome {
    assert!(codes(format!("T | where a in ({}1)", "1, ".repeat(50_000)))?.is_empty());
    assert!(codes(format!("T {}", "| where a ".repeat(20_000)))?.is_empty());
    assert!(codes(format!("{} T", "let a = 1; ".repeat(20_000)))?.is_empty());
    assert!(codes(format!("print dynamic([{}1])", "1,".repeat(50_000)))?.is_empty());
    Ok(())
}

#[test]
fn a_function_whose_name_begins_with_a_digit_is_written_as_it_is_read() -> Outcome {
    let text = "T | summarize 1stcount()";
    let written = write_query(&parse(text).query);
    assert_eq!(written, text);
    assert!(codes(written)?.is_empty());
    Ok(())
}
