//! Files that hold a query, with front matter and without.

use spoofwatch_rules::{
    model::{Format, Language, Severity},
    read, title,
};

use crate::{Outcome, faults, minutes, rule};

#[test]
fn a_bare_query_is_called_by_its_file() -> Outcome {
    let rule = rule("hunts/dkim-failure-trend.kql", "EmailEvents\n| take 5\n")?;
    assert_eq!((rule.key.as_str(), rule.name.as_str()), ("hunts/dkim-failure-trend", "DKIM failure trend"));
    assert_eq!((rule.format, rule.language), (Format::Kql, Language::Kusto));
    assert_eq!(rule.query.text, "EmailEvents\n| take 5\n");
    assert!(!rule.schedule.is_scheduled());
    Ok(())
}

#[test]
fn a_title_is_made_of_the_file_name() {
    assert_eq!(title("hunts/dkim-failure-trend.kql"), "DKIM failure trend");
    assert_eq!(title("Spoofed_senders.kql"), "Spoofed senders");
    assert_eq!(title("a.b/.kql"), ".kql");
}

#[test]
fn comments_before_the_query_may_describe_it() -> Outcome {
    let text = "// Title: Own domain, failed\n// Severity: high\n// see https://contoso.example\n// Tactics: InitialAccess, Impact\n//Techniques: T1566.002,T1534\n// Query Frequency: 1h\n// Query-Period: 1d\n\nEmailEvents // name: not this\n| take 5";
    let rule = rule("a.kql", text)?;
    assert_eq!((rule.name.as_str(), rule.severity), ("Own domain, failed", Some(Severity::High)));
    assert_eq!((rule.attack.tactics.len(), rule.attack.techniques.len(), rule.attack.sub_techniques.len()), (2, 1, 1));
    assert_eq!((rule.schedule.interval, rule.schedule.look_back), (Some(minutes(60)), Some(minutes(1440))));
    assert_eq!(rule.query.text, text, "comments are part of the query");
    assert_eq!(rule.format, Format::Kql);
    Ok(())
}

#[test]
fn front_matter_in_yaml_is_no_part_of_the_query() -> Outcome {
    let text = "---\nid: f1\nname: In front\nfrequency: continuous\nentityMappings:\n- entityType: Account\n  fieldMappings:\n  - {identifier: Name, columnName: User}\n---\nEmailEvents\n| where A == 1\n";
    let rule = rule("a.kql", text)?;
    assert_eq!((rule.key.as_str(), rule.name.as_str()), ("f1", "In front"));
    assert_eq!(rule.query.text, "EmailEvents\n| where A == 1\n");
    assert!(rule.schedule.continuous);
    assert_eq!(rule.entity_mappings[0].fields[0].column, "User");
    let place = rule.position(rule.query.text.find("where").ok_or("no where")?);
    assert_eq!((place.line, place.column), (11, 3));
    Ok(())
}

#[test]
fn windows_line_ends_and_a_byte_order_mark_change_nothing() -> Outcome {
    let rule = rule("a.kql", "\u{feff}---\r\nid: w1\r\n---\r\nEmailEvents\r\n| take 5\r\n")?;
    assert_eq!(rule.key, "w1");
    assert_eq!(rule.position(rule.query.text.find("take").ok_or("no take")?).line, 5);
    Ok(())
}

#[test]
fn utf_16_as_windows_writes_it_is_read() -> Outcome {
    let bytes: Vec<u8> = "\u{feff}T\r\n| take 5".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let reading = read("a.kql", &bytes);
    assert_eq!(reading.rules.first().ok_or("no rule")?.query.text, "T\r\n| take 5");
    assert!(read("a.json", b"\xff not ours").faults.is_empty());
    Ok(())
}

#[test]
fn files_without_a_query_and_unreadable_ones() {
    assert!(read("a.kql", b"// only a thought\n\n").rules.is_empty());
    assert!(read("a.md", b"EmailEvents").rules.is_empty());
    assert_eq!(faults("a.kql", "---\nid: [\n---\nT\n").len(), 1);
    let faults = read("a.kql", b"T\n| where A == '\xff'").faults;
    assert_eq!(faults.iter().map(ToString::to_string).collect::<Vec<_>>(), ["a.kql:2: the file is not UTF-8 text"]);
    assert_eq!(read("a.kql", b"---\nnever closed").rules.len(), 1, "what is not closed is no front matter");
}
