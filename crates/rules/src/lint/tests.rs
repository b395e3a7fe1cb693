//! The examples of every lint are its tests; what they cannot say stands here.

use std::collections::BTreeSet;

use super::{ALL, Finding, Settings, check, declare::language};
use crate::{Rule, read};

fn rule(text: &str) -> Result<Rule, String> {
    let reading = read(&format!("example.{}", language(text)), text.as_bytes());
    let faults = format!("{:?}", reading.faults);
    reading.rules.into_iter().next().ok_or(faults)
}

fn found(text: &str) -> Result<Vec<Finding>, String> {
    Ok(check(&rule(text)?, &Settings::default()))
}

fn names(text: &str) -> Result<BTreeSet<&'static str>, String> {
    Ok(found(text)?.into_iter().map(|finding| finding.lint).collect())
}

#[test]
fn every_lint_finds_what_its_examples_say() -> Result<(), String> {
    let mut wrong = Vec::new();
    for lint in ALL {
        assert!(!lint.fires.is_empty() && !lint.silent.is_empty(), "{} needs examples of both kinds", lint.name);
        for text in lint.fires {
            if !names(text)?.contains(lint.name) {
                wrong.push(format!("{} finds nothing in:\n{text}", lint.name));
            }
        }
        for text in lint.silent {
            if names(text)?.contains(lint.name) {
                wrong.push(format!("{} finds something in:\n{text}", lint.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    Ok(())
}

#[test]
fn the_list_of_lints_is_whole_and_sorted() {
    let listed: Vec<&str> = ALL.iter().map(|lint| lint.name).collect();
    assert!(listed.is_sorted(), "{listed:?}");
    let declared = include_str!("all.rs");
    for name in &listed {
        assert!(declared.contains(&format!("super::{}::LINT", name.replace('-', "_"))), "{name}: file and lint are named alike");
    }
}

const FLAG: &str = "EmailEvents\n| extend Failed = AuthenticationDetails has 'fail'\n| summarize count()";

#[test]
fn a_finding_is_allowed_where_it_stands() -> Result<(), String> {
    let is_found = |text: &str| Ok::<_, String>(names(text)?.contains("unused-flag"));
    assert!(is_found(FLAG)?);
    let comment = "// spoofwatch: allow(unused-flag): the count of all mail is meant";
    assert!(!is_found(&format!("{comment}\n{FLAG}"))?, "before the query: the whole rule");
    assert!(!is_found(&FLAG.replacen("\n|", &format!("\n{comment}\n|"), 1))?, "on the line before");
    assert!(!is_found(&FLAG.replacen("'fail'", &format!("'fail' {comment}"), 1))?, "behind the line");
    assert!(is_found(&FLAG.replacen("\n| s", &format!("\n{comment}\n| s"), 1))?, "on another line");
    assert!(is_found(&format!("// spoofwatch: allow(unused-flag)\n{FLAG}"))?, "without a reason");
    assert!(is_found(&format!("// spoofwatch: allow(unused-let): other\n{FLAG}"))?, "another lint");
    Ok(())
}

#[test]
fn a_finding_is_allowed_by_the_configuration() -> Result<(), String> {
    let rule = rule(FLAG)?;
    let count = |rules: &[&str]| {
        let rules = rules.iter().map(|rule| (*rule).to_owned()).collect();
        check(&rule, &Settings { allow: vec![("unused-flag".to_owned(), rules)] }).len()
    };
    assert_eq!((count(&[]), count(&["example"]), count(&["other"])), (0, 0, 1));
    Ok(())
}

#[test]
fn a_finding_names_the_lines_of_the_file() -> Result<(), String> {
    let text = "id: x\nname: Mail\ntactics: [InitialAccess]\nrelevantTechniques: [T1566]\nquery: |\n  EmailEvents\n  | where DeliveryAction == 'blocked'\n";
    let findings = found(text)?;
    let [finding] = findings.as_slice() else { return Err(format!("{findings:?}")) };
    assert_eq!((finding.line, finding.column, finding.end_column), (7, 29, 38));
    assert_eq!(finding.help, "write `Blocked`");
    Ok(())
}

#[test]
fn no_query_stops_the_lints() -> Result<(), String> {
    let deep = format!("EmailEvents | where Subject in ({})", "(EmailEvents | project Subject | where Subject in (".repeat(30));
    for text in
        ["let", "EmailEvents |", "union *", "let f = (x) { f(x) }; f(1)", "let a = b; let b = a; a | where b", deep.as_str()]
    {
        found(text)?;
    }
    Ok(())
}

#[test]
fn no_query_is_too_long_or_too_deep_for_a_small_stack() -> Result<(), String> {
    let nested = |open: &str, inner: &str, close: &str| format!("{}{inner}{}", open.repeat(90), close.repeat(90));
    let queries = [
        format!("EmailEvents | where {}Subject == 'a'", "Subject contains 'b' or ".repeat(9_000)),
        format!("EmailEvents | extend a = EmailSize{}", " + 1".repeat(kql::MAX_CHAIN)),
        format!("EmailEvents | extend a = {}", nested("iff(Subject has 'a', 1, ", "2", ")")),
        format!("EmailEvents | where {}", nested("not(", "Subject == ''", ")")),
        format!("EmailEvents{}", " | where Subject has 'a' | extend a = Subject".repeat(1_000)),
        nested("union (EmailEvents), (", "EmailEvents | where Subject has 'x'", ")"),
        nested("EmailEvents | join (", "EmailEvents", ") on NetworkMessageId"),
        format!("EmailEvents | where Subject in ({}'z')", "'a', ".repeat(50_000)),
        format!("{}EmailEvents", "let a = ago(1d); ".repeat(2_000)),
    ];
    let run = move || queries.iter().map(|query| found(query).map(|found| found.len())).collect::<Result<Vec<_>, _>>();
    // Half of what a Rust thread has by default.
    let thread = std::thread::Builder::new().stack_size(1 << 20).spawn(run).map_err(|error| error.to_string())?;
    thread.join().map_err(|_| "a lint panicked")?.map(|_| ())
}
