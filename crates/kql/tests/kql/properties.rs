//! Properties that hold for any text: spans lie in the text, formatting keeps the tree and is stable, writing a tree and
//! reading it again gives the same tree.

use proptest::prelude::*;
use spoofwatch_kql::{ast::Query, format, parse, write_query};

/// Pieces of the language, so that random sequences reach deep into the grammar.
const PIECES: &[&str] = &[
    "T",
    "U",
    "a",
    "b",
    "count",
    "|",
    "|",
    "where",
    "extend",
    "project",
    "summarize",
    "by",
    "join",
    "on",
    "kind=inner",
    "(",
    ")",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ",",
    ";",
    ".",
    "..",
    "=",
    "==",
    "!=",
    "<>",
    "=~",
    "!~",
    "<",
    ">=",
    "+",
    "-",
    "*",
    "/",
    "%",
    "and",
    "or",
    "not",
    "has",
    "!has",
    "in",
    "!in~",
    "has_any",
    "between",
    "!between",
    "matches regex",
    "'x'",
    "\"y\\n\"",
    "@'z'",
    "```m\nn```",
    "h'o'",
    "1",
    "0x1F",
    "1.5",
    "1e3",
    "1d",
    "5m",
    "true",
    "datetime(2026-11-21)",
    "timespan(1.02:03:04)",
    "int(5)",
    "long(null)",
    "real(nan)",
    "guid(74be27de-1e4e-49d9-b579-fe0b331d3642)",
    "dynamic([1, {'a': 'b'}])",
    "typeof(long)",
    "let",
    "set",
    "declare query_parameters",
    "union",
    "print",
    "range x from 1 to 2 step 1",
    "datatable(a:long)[1]",
    "externaldata(a:string)['u']",
    "search",
    "find",
    "evaluate",
    "render timechart",
    "with",
    "make-series",
    "default=0",
    "step",
    "from",
    "to",
    "mv-expand",
    "mv-apply",
    "parse",
    "top",
    "sort by",
    "asc",
    "nulls last",
    "top-nested",
    "of",
    "take 5",
    "distinct",
    "sample-distinct",
    "partition by a",
    "fork",
    "facet",
    "reduce",
    "scan",
    "step s:",
    "=>",
    "as",
    "invoke f()",
    "getschema",
    "project-by-names",
    "macro-expand G as X",
    "entity_group [T]",
    "# directive\n",
    "declare pattern p = ",
    "serialize",
    "project-away",
    "a*",
    "*_x",
    "$left.a",
    "['my col']",
    "// comment\n",
    "\n",
    "\n\n",
    "view () {",
    "(a:long) {",
    "f(",
    ":",
    "!",
    "~",
    "{{x}}",
    "“",
    "\\",
    "é",
    "\u{0}",
    "make-graph",
    "lookup",
];

fn bare(query: &Query) -> String {
    // Spans print as `Span { start: 1, end: 2 }`.
    let text = format!("{query:?}");
    let mut parts = text.split("Span {");
    let mut out = parts.next().unwrap_or("").to_owned();
    for part in parts {
        out.push_str(part.split_once('}').map_or("", |(_, rest)| rest));
    }
    out
}

/// Everything that must hold for `text`.
fn holds(text: &str) -> Result<(), TestCaseError> {
    let parsed = parse(text);
    for found in &parsed.diagnostics {
        prop_assert!(found.span.start <= found.span.end && found.span.end <= text.len(), "{found:?}");
        prop_assert!(text.get(found.span.start..found.span.end).is_some(), "{found:?} cuts a character");
    }
    let spans = format!("{:?}", parsed.query);
    for span in spans.split("Span { start: ").skip(1) {
        let (start, rest) = span.split_once(", end: ").unwrap_or_default();
        let end = rest.split_once(' ').map_or("", |(end, _)| end);
        let (start, end): (usize, usize) = (start.parse().unwrap_or(usize::MAX), end.parse().unwrap_or(0));
        prop_assert!(text.get(start..end).is_some(), "span {start}..{end} of {text:?}");
    }
    let written = write_query(&parsed.query);
    if !parsed.diagnostics.is_empty() {
        prop_assert!(format(text).is_err());
        return Ok(());
    }
    let again = parse(&written);
    prop_assert!(again.diagnostics.is_empty(), "{written}: {:?}", again.diagnostics);
    prop_assert_eq!(bare(&again.query), bare(&parsed.query), "written as {}", written);
    let formatted = format(text).map_err(|errors| TestCaseError::fail(format!("{errors:?}")))?;
    let again = parse(&formatted);
    prop_assert_eq!(bare(&again.query), bare(&parsed.query), "formatted as {}", &formatted);
    let twice = format(&formatted);
    prop_assert_eq!(twice.as_ref(), Ok(&formatted));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text(text in "\\PC*") {
        holds(&text)?;
    }

    #[test]
    fn any_sequence_of_pieces(pieces in prop::collection::vec((prop::sample::select(PIECES), prop::bool::ANY), 0..40)) {
        let text: String = pieces.iter().map(|(piece, space)| if *space { format!("{piece} ") } else { (*piece).to_owned() }).collect();
        holds(&text)?;
    }

    #[test]
    fn any_change_to_a_real_query(query in prop::sample::select(QUERIES), at in 0usize..400, length in 0usize..12, piece in prop::sample::select(PIECES)) {
        let start = floor(query, at);
        let end = floor(query, start + length);
        holds(&format!("{}{piece}{}", &query[..start], &query[end..]))?;
    }
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

/// Queries of the shapes detections have.
const QUERIES: &[&str] = &[
    "let start = startofday(ago(30d)); // a month\nEmailEvents\n| where Timestamp >= start and EmailDirection == 'Inbound'\n| extend Auth = parse_json(AuthenticationDetails)\n| where Auth.DKIM =~ 'fail' or tostring(Auth['DMARC']) in~ ('fail', \"none\")\n| make-series Failed = count() default=0 on Timestamp from start to now() step 1d by SenderFromDomain\n| render timechart with (title=\"failures\", ycolumns=Failed)",
    "let f = (T:(a:string, b:long), n:int = 5) { T | where b > n | top n by b desc nulls last; };\nlet l = dynamic([\"x\", 'y', {\"z\": 1}]);\nunion isfuzzy=true (f(A) | project-away *_x), (B | join kind=leftouter hint.strategy=shuffle (C | distinct k, v) on $left.a == $right.k, v)\n| mv-apply e = todynamic(l) to typeof(string) on (where e has_any ('p', @'q\\r') | summarize make_set(e, 10))\n| where t between (datetime(2026-11-01) .. 5d) and g != guid(74be27de-1e4e-49d9-b579-fe0b331d3642)",
    "datatable(a:string, b:datetime) ['x', datetime(null), \"y\", datetime(2026-11-21 10:00)]\n| parse kind=regex a with * 'id=' id:long ';' *\n| summarize n = count(), arg_max(b, *) by bin(b, 1h), a // keys\n| top-nested 3 of a with others='rest' by sum(n), top-nested of id by max(n) desc\n| scan with_match_id=m declare (s:long=0) with (step one: n > 1 => s = s + 1; step two output=last: true;)\n| evaluate bag_unpack(d) : (*, c:string)\n| invoke g(1, x=-2)",
];
