//! What exclusions exclude, over rows as results have them.

use serde_json::{Map, Value, json};

use super::{Approval, Daily, Entry, Exclusion, Lists, Scope, Test};

type Outcome = Result<(), Box<dyn std::error::Error>>;

fn row() -> Map<String, Value> {
    let row = json!({
        "Timestamp": "2026-11-20T06:05:00.0000000Z",
        "SenderFromDomain": "News.Fabrikam.example",
        "SenderIPv4": "192.0.2.17",
        "RecipientEmailAddress": "ana@contoso.example",
        "Count": 3,
        "Delivered": true,
        "Subject": "",
        "Connectors": null,
        "AuthenticationDetails": "{\"SPF\":\"pass\",\"DKIM\":\"fail\"}",
        "To": ["bo@contoso.example", "ana@contoso.example"],
        "o365": {"audit": {"Parameters": [{"Name": "Enabled", "Value": "False"}, {"Name": "Identity", "Value": "contoso.example"}]}},
        "dotted.name": "x",
    });
    row.as_object().cloned().unwrap_or_default()
}

fn exclusion(entries: Vec<Entry>) -> Exclusion {
    Exclusion {
        id: "x1".to_owned(),
        name: String::new(),
        rules: Scope::all(),
        entries,
        owner: "mail team".to_owned(),
        reason: "known sender".to_owned(),
        expires: None,
        approval: Approval::NotNeeded,
    }
}

fn holds(entry: Entry) -> Result<bool, super::UnknownList> {
    let mut lists = Lists::default();
    lists.insert("Partners", ["news.fabrikam.example", "192.0.2.0/24"]);
    exclusion(vec![entry]).excludes(&row(), &lists)
}

#[test]
fn each_test_holds_for_what_it_says() -> Outcome {
    let is = |column: &str, text: &str| Entry::new(column, Test::Is(text.to_owned()));
    let cases = [
        (is("SenderFromDomain", "news.fabrikam.example"), true),
        (Entry { case_sensitive: true, ..is("SenderFromDomain", "news.fabrikam.example") }, false),
        (is("SenderFromDomain", "fabrikam.example"), false),
        (is("Count", "3"), true),
        (is("Delivered", "True"), true),
        (is("NoSuchColumn", "x"), false),
        (is("NoSuchColumn", "x").negate(), true),
        (Entry::new("SenderFromDomain", Test::IsOneOf(vec!["a".to_owned(), "NEWS.fabrikam.example".to_owned()])), true),
        (Entry::new("SenderFromDomain", Test::IsOneOf(Vec::new())), false),
        (Entry::new("SenderFromDomain", Test::Matches("*.fabrikam.*".to_owned())), true),
        (Entry::new("Subject", Test::Exists), false),
        (Entry::new("Connectors", Test::Exists), false),
        (Entry::new("Count", Test::Exists), true),
        (Entry::new("Connectors", Test::Exists).negate(), true),
        (Entry::new("SenderIPv4", Test::InNetwork(vec!["192.0.2.0/28".parse()?, "192.0.2.16/28".parse()?])), true),
        (Entry::new("SenderFromDomain", Test::InNetwork(vec!["0.0.0.0/0".parse()?])), false),
        (Entry::new("Timestamp", Test::Daily(Daily::new("06:00", "06:15", "UTC")?)), true),
        (Entry::new("SenderFromDomain", Test::MemberOf("partners".to_owned())), true),
        (Entry::new("SenderIPv4", Test::MemberOf("Partners".to_owned())), true),
        (Entry::new("RecipientEmailAddress", Test::MemberOf("Partners".to_owned())), false),
    ];
    for (entry, expected) in cases {
        assert_eq!(holds(entry.clone())?, expected, "{entry:?}");
    }
    Ok(())
}

#[test]
fn paths_reach_into_values_and_any_element_of_an_array_counts() -> Outcome {
    let is = |column: &str, text: &str| holds(Entry::new(column, Test::Is(text.to_owned())));
    assert!(is("AuthenticationDetails.DKIM", "fail")?, "a text of JSON is looked into");
    assert!(is("To", "ana@contoso.example")?);
    assert!(is("o365.audit.Parameters.Value", "False")?);
    assert!(is("dotted.name", "x")?);
    assert!(!is("AuthenticationDetails.ARC", "fail")?);
    assert!(!is("Count.deeper", "3")?);
    Ok(())
}

#[test]
fn nested_conditions_hold_of_one_and_the_same_object() -> Outcome {
    let pair = |name: &str, value: &str| {
        let entries = vec![Entry::new("Name", Test::Is(name.to_owned())), Entry::new("Value", Test::Is(value.to_owned()))];
        holds(Entry::new("o365.audit.Parameters", Test::Nested(entries)))
    };
    assert!(pair("Enabled", "False")?);
    assert!(!pair("Identity", "False")?);
    Ok(())
}

#[test]
fn all_entries_must_hold_and_none_excludes_nothing() -> Outcome {
    let (yes, no) = (Entry::new("Count", Test::Exists), Entry::new("Subject", Test::Exists));
    let lists = Lists::default();
    assert!(exclusion(vec![yes.clone(), yes.clone()]).excludes(&row(), &lists)?);
    assert!(!exclusion(vec![yes, no]).excludes(&row(), &lists)?);
    assert!(!exclusion(Vec::new()).excludes(&row(), &lists)?);
    Ok(())
}

#[test]
fn a_list_that_is_not_there_is_told_even_where_the_condition_is_negated() {
    let entry = Entry::new("SenderFromDomain", Test::MemberOf("Partnres".to_owned())).negate();
    let told = exclusion(vec![Entry::new("Subject", Test::Exists), entry]).excludes(&row(), &Lists::default());
    assert_eq!(told.map_err(|unknown| unknown.to_string()), Err("there is no list `Partnres`".to_owned()));
}

#[test]
fn an_exclusion_counts_until_it_ends_and_only_when_agreed() {
    let ends = Exclusion { expires: Some(100), ..exclusion(Vec::new()) };
    assert!(ends.counts_at(99) && !ends.counts_at(100));
    let with = |approval| Exclusion { approval, ..exclusion(Vec::new()) };
    assert!(!with(Approval::Pending).counts_at(0));
    assert!(with(Approval::Approved { by: "lea".to_owned(), at: None }).counts_at(0));
    assert!(!with(Approval::Refused { by: "lea".to_owned(), at: None }).counts_at(0));
}

#[test]
fn it_is_written_and_read_as_json() -> Outcome {
    let written = json!({
        "id": "x2",
        "rules": {"keys": ["r1"], "tags": ["mail"]},
        "entries": [
            {"column": "SenderIPv4", "operator": "in_network", "value": ["192.0.2.0/24"]},
            {"column": "Timestamp", "operator": "daily", "value": {"from": "06:00", "to": "06:15", "time_zone": "Europe/Berlin"}},
            {"column": "Subject", "operator": "exists", "negated": true},
        ],
        "owner": "lea",
        "reason": "the nightly report",
        "expires": "2027-01-31T00:00:00Z",
        "approval": {"state": "approved", "by": "mo", "at": "2026-11-01"},
    });
    let exclusion: Exclusion = serde_json::from_value(written)?;
    assert_eq!(exclusion.entries.len(), 3);
    assert!(exclusion.entries[2].negated);
    let again: Exclusion = serde_json::from_str(&serde_json::to_string(&exclusion)?)?;
    assert_eq!(again, exclusion);
    assert!(
        serde_json::from_value::<Exclusion>(
            json!({"id": "x", "rules": {}, "entries": [{"column": "a", "operator": "in_network", "value": ["nine"]}]})
        )
        .is_err()
    );
    Ok(())
}
