//! Exclusions from the command line to what a run raises.

use serde_json::{Value, json};

use super::{payments, watched};
use crate::common::{Outcome, Place};

/// Takes rows in and makes what is due.
fn once(place: &Place, name: &str, ids: &[&str]) -> Outcome {
    place.file(&format!("mail/{name}.json"), payments(ids)?)?;
    // A file that was written this very moment is left alone.
    std::thread::sleep(std::time::Duration::from_millis(300));
    place.run(&["serve", "--once", "--watch", "mail"])?.good()?;
    Ok(())
}

fn listed(place: &Place) -> Outcome<Value> {
    let out = place.run(&["exclusions", "list", "--all", "--json"])?.good()?;
    Ok(Value::Array(out.lines().map(serde_json::from_str).collect::<Result<_, _>>()?))
}

const ADD: [&str; 12] = [
    "exclusions",
    "add",
    "--rule",
    "payment",
    "--one-of",
    "NetworkMessageId=b,c",
    "--reason",
    "the pay run",
    "--owner",
    "mail team",
    "--name",
    "Pay run",
];

#[test]
fn an_exclusion_takes_hits_from_its_approval_to_its_end() -> Outcome {
    let place = watched()?;
    place.run(&[&ADD[..], &["--expires", "90d"]].concat())?.good()?;
    once(&place, "1", &["a", "b"])?;
    super::until_alerts(&place, 2)?;
    let dry = place.run(&[&ADD[..], &["--dry-run"]].concat())?.good()?;
    assert!(dry.starts_with("it would have taken 1 of the 2 alerts of the last 30 days"), "{dry}");
    assert_eq!(place.run(&["exclusions", "approve", "pay", "--actor", "lea"])?.good()?, "pay-run approved\n");
    once(&place, "2", &["c", "d"])?;
    super::until_alerts(&place, 3)?;
    let list = listed(&place)?;
    assert_eq!(
        (&list[0]["suppressed"], &list[0]["owner"], &list[0]["approved_by"], &list[0]["standing"]),
        (&json!(1), &json!("mail team"), &json!("lea"), &json!("approved")),
        "{list}"
    );
    assert_eq!(list[0]["rules"]["keys"], json!(["pay"]), "the rule was named by its name");
    let shown = place.run(&["exclusions", "show", "pay-run"])?.good()?;
    for words in ["the pay run", "NetworkMessageId is one of b, c", "1 hit", "NetworkMessageId: c", "lea: approved"] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let taken = place.run(&["alerts", "list", "--excluded", "--format", "json"])?.good()?;
    assert!(taken.contains("\"exclusion_id\":\"pay-run\"") && taken.lines().count() == 1, "{taken}");
    place.run(&["exclusions", "remove", "pay-run", "--comment", "the pay run has moved"])?.good()?;
    once(&place, "3", &["b", "e"])?;
    // What it took stays on record; what is the same as a row that is there is no news.
    super::until_alerts(&place, 4)?;
    let taken = place.run(&["alerts", "list", "--excluded", "--format", "json"])?.good()?;
    assert_eq!(taken.lines().count(), 1, "{taken}");
    Ok(())
}

#[test]
fn exclusions_go_out_and_come_in_as_files() -> Outcome {
    let place = watched()?;
    place.run(&[&ADD[..], &["--approve"]].concat())?.good()?;
    let text = place.run(&["exclusions", "export"])?.good()?;
    place.file("list.yaml", &text)?;
    let other = watched()?;
    other.file("list.yaml", &text)?;
    other.run(&["exclusions", "add", "--file", "list.yaml", "--approve"])?.good()?;
    let (mut one, mut two) = (listed(&place)?, listed(&other)?);
    for list in [&mut one, &mut two] {
        list[0]["created_at"].take();
        list[0]["updated_at"].take();
    }
    assert_eq!(one, two);
    // Elastic's lists: an item applies to the rules that refer to its list.
    let item = json!({
        "item_id": "allowed-admins", "list_id": "admins", "name": "Admins", "description": "they may", "created_by": "ana", "type": "simple",
        "entries": [{"field": "user.id", "operator": "included", "type": "match_any", "value": ["a@contoso.example"]}],
    });
    let list = json!({"list_id": "admins", "name": "Admins", "description": "", "type": "detection"});
    other.file("lists.ndjson", format!("{list}\n{item}\n"))?;
    let said = other.run(&["exclusions", "import", "lists.ndjson"])?;
    assert_eq!(said.status, Some(0), "{said:?}");
    let list = listed(&other)?;
    assert_eq!(
        (&list[1]["id"], &list[1]["standing"], &list[1]["owner"]),
        (&json!("allowed-admins"), &json!("proposed"), &json!("ana"))
    );
    Ok(())
}

#[test]
fn what_would_take_everything_or_nothing_is_refused() -> Outcome {
    let place = watched()?;
    for (more, words) in [
        (&["--all-rules", "--reason", "x"][..], "name at least one condition"),
        (&["--field", "Subject=x", "--reason", "x"], "say which rules"),
        (&["--field", "Subject=x", "--reason", "x", "--rule", "pya"], "did you mean"),
        (&["--field", "=x", "--reason", "x", "--all-rules"], "write NAME=VALUE"),
        (&["--network", "SenderIPv4=10.0.0.0/99", "--reason", "x", "--all-rules"], "no network"),
        (&["--field", "Subject=x", "--reason", "x", "--all-rules", "--expires", "2020-01-01"], "that is over"),
    ] {
        let err = place.run(&[&["exclusions", "add"], more].concat())?.failed(1)?;
        assert!(err.contains(words), "{more:?}: {err}");
    }
    assert!(place.run(&["exclusions", "add", "--all-rules", "--field", "Subject=x"])?.failed(2)?.contains("--reason"));
    let err = place.run(&["exclusions", "show", "no-such"])?.failed(1)?;
    assert!(err.contains("there is no exclusion `no-such`"), "{err}");
    assert_eq!(listed(&place)?, json!([]));
    Ok(())
}
