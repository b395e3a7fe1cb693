//! Files made to hurt: cut short, spoiled, nested without end. Each gives rules or faults, and nothing stops.

use spoofwatch_rules::read;

const FILES: [(&str, &str); 6] = [
    (
        "a.yaml",
        "id: a\nname: \"É\"\nkind: Scheduled\nqueryFrequency: 1h\nqueryPeriod: P1DT2H\nentityMappings:\n- entityType: IP\n  fieldMappings: [{identifier: Address, columnName: SenderIPv4}]\nquery: |\n  T\n\n    | where A == 'ü'\n",
    ),
    (
        "a.toml",
        "[rule]\nname = \"É\"\nrule_id = \"a\"\ntype = \"threshold\"\nfrom = \"now-1d-2h\"\nquery = '''\na:\"ü\"\n'''\n[rule.threshold]\nfield = [\"x\"]\nvalue = 1\n",
    ),
    (
        "a.ndjson",
        "{\"rule_id\":\"a\",\"name\":\"É\",\"type\":\"query\",\"query\":\"a:b\"}\n{\"item_id\":\"i\",\"list_id\":\"l\",\"entries\":[{\"field\":\"f\",\"type\":\"nested\",\"entries\":[{\"field\":\"g\",\"type\":\"exists\"}]}]}\n",
    ),
    (
        "d.json",
        "{\"id\":\"d\",\"displayName\":\"É\",\"queryCondition\":{\"queryText\":\"T\"},\"schedule\":{\"frequency\":\"PT1H\"},\"detectionAction\":{\"alertTemplate\":{\"tactics\":[{\"tactic\":\"x\"}]}}}",
    ),
    ("a.kql", "---\nid: É\n---\nT | take 1\n"),
    ("b.kql", "// name: É\n// tactics: a, b\nT | take 1\n"),
];

#[test]
fn a_file_cut_anywhere_is_read_or_told() {
    for (path, text) in FILES {
        for end in 0..=text.len() {
            let _ = read(path, &text.as_bytes()[..end]);
        }
    }
}

#[test]
fn a_file_with_any_letter_spoiled_is_read_or_told() {
    for (path, text) in FILES {
        for at in 0..text.len() {
            for spoilt in [b'\0', b'"', b'\'', b'{', b'[', b':', b'\n', b'\t', b'-', b'9', 0xff] {
                let mut bytes = text.as_bytes().to_vec();
                bytes[at] = spoilt;
                let _ = read(path, &bytes);
            }
        }
    }
}

#[test]
fn nesting_without_end_is_told() {
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(20_000), close.repeat(20_000));
    for (path, text) in [
        ("a.yaml", format!("id: a\nname: n\nquery: {}\n", deep("[", "]"))),
        ("a.yaml", format!("id: a\nname: n\nquery: {}\n", deep("{a: ", "}"))),
        ("a.toml", format!("[rule]\nname = {}\n", deep("[", "]"))),
        ("a.json", format!("{{\"rule_id\": {}}}", deep("[", "]"))),
        ("a.kql", format!("---\nid: {}\n---\nT\n", deep("[", "]"))),
    ] {
        let reading = read(path, text.as_bytes());
        assert!(reading.rules.is_empty() && reading.faults.len() == 1, "{path}: {:?}", reading.faults);
    }
    let query = format!("T | where {}", deep("(", ")"));
    assert_eq!(read("a.kql", query.as_bytes()).rules.len(), 1, "what the query says is not the reader's business");
}

#[test]
fn aliases_that_grow_without_end_are_told() {
    let mut text = "id: a\nname: n\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..9 {
        let before = format!("*a{}, ", level - 1).repeat(10);
        text.push_str(&format!("a{level}: &a{level} [{}]\n", before.trim_end_matches(", ")));
    }
    text.push_str("query: T\n");
    let reading = read("a.yaml", text.as_bytes());
    assert!(reading.rules.is_empty() && reading.faults.len() == 1, "{:?}", reading.faults);
}
