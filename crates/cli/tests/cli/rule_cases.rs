//! `rules test`: rules' own cases, from the files beside them.

use serde_json::{Value, json};

use crate::common::{Outcome, Place};

const RULE: &str = "id: r1\nname: Own domain fails DMARC\nkind: Scheduled\nseverity: High\nqueryFrequency: 1h\nqueryPeriod: 2h\ntriggerOperator: gt\ntriggerThreshold: 0\nquery: |\n  let Own = dynamic(['contoso.com']);\n  EmailEvents\n  | where SenderFromDomain in (Own) and tostring(parse_json(AuthenticationDetails).DMARC) == 'fail'\n  | project Timestamp, NetworkMessageId, RecipientEmailAddress, SenderFromDomain\neventGroupingSettings: { aggregationKind: AlertPerResult }\n";

const CASES: &str = "cases:
  - name: our domain that fails is alerted
    at: 2026-11-20T23:00:00Z
    tables:
      EmailEvents:
        - { Timestamp: 2026-11-20T22:30:00Z, NetworkMessageId: m1, SenderFromDomain: contoso.com, AuthenticationDetails: { DMARC: fail } }
        - { Timestamp: 2026-11-20T22:31:00Z, NetworkMessageId: m2, SenderFromDomain: fabrikam.com, AuthenticationDetails: { DMARC: fail } }
    expect:
      alerts: 1
      rows: [{ NetworkMessageId: m1, Timestamp: 2026-11-20T22:30:00Z }]
      reason_has: Own domain
      severity: high
  - name: a parameter takes the place of our domains
    at: 2026-11-20T23:00:00Z
    parameters: { Own: [fabrikam.com] }
    tables:
      EmailEvents:
        - { NetworkMessageId: m2, SenderFromDomain: fabrikam.com, AuthenticationDetails: { DMARC: fail } }
    expect: { alerts: 1 }
  - name: what lies before the window is not seen
    at: 2026-11-20T23:00:00Z
    tables: { EmailEvents: { file: data/old.ndjson } }
    expect: { alerts: 0 }
";

const WRONG: &str = "  - name: this one is wrong
    at: 2026-11-20T23:00:00Z
    tables:
      EmailEvents:
        - { NetworkMessageId: m1, SenderFromDomain: contoso.com, AuthenticationDetails: { DMARC: fail } }
    expect: { alerts: 2, rows: [{ NetworkMessageId: m9, SenderFromDomain: contoso.com }], severity: low }
  - name: no row
    at: 2026-11-20T23:00:00Z
    tables:
      EmailEvents:
        - { Subject: x }
        - { Timestamp: yesterday }
    expect: { alerts: 0 }
";

const KIBANA: &str = "[rule]\nname = \"DKIM signing disabled\"\nrule_id = \"k1\"\ntype = \"query\"\nlanguage = \"kuery\"\nindex = [\"logs-o365.audit-*\"]\ninterval = \"5m\"\nfrom = \"now-30m\"\nrisk_score = 47\nseverity = \"medium\"\nquery = '''\nevent.action:\"Set-DkimSigningConfig\" and o365.audit.Parameters.Enabled:False\n'''\n";
const KIBANA_CASES: &str = "cases:
  - name: a document as Elastic's integration has it
    at: 2026-11-20T23:00:00Z
    tables:
      o365.audit:
        - event: { action: Set-DkimSigningConfig, id: e1 }
          o365.audit.Parameters: { Enabled: 'False', Identity: contoso.com }
    expect: { alerts: 1, rows: [{ event.id: e1 }], severity: medium }
  - name: a record as Microsoft gives it
    at: 2026-11-20T23:00:00Z
    tables:
      o365.audit:
        - { Id: e1, CreationTime: 2026-11-20T22:50:00, Operation: Set-DkimSigningConfig, RecordType: 1, Workload: Exchange, Parameters: [{ Name: Enabled, Value: 'False' }] }
    expect: { alerts: 1 }
";

fn place(cases: &str) -> Outcome<Place> {
    let place = Place::new()?;
    place.file("rules/own.yaml", RULE)?;
    place.file("rules/own.tests.yaml", cases)?;
    let old = json!({ "Timestamp": "2026-11-20T20:59:00Z", "NetworkMessageId": "m1", "SenderFromDomain": "contoso.com", "AuthenticationDetails": "{\"DMARC\":\"fail\"}" });
    place.file("rules/data/old.ndjson", old.to_string())?;
    Ok(place)
}

#[test]
fn cases_run_as_rules_of_the_watch_do() -> Outcome {
    let place = place(CASES)?;
    place.file("rules/dkim.toml", KIBANA)?;
    place.file("rules/dkim.tests.yaml", KIBANA_CASES)?;
    place.file("rules/lonely.kql", "EmailEvents | take 1")?;
    let run = place.run(&["rules", "test", "rules"])?;
    assert_eq!(run.status, Some(0), "{run:?}");
    assert_eq!(
        run.out,
        "ok       DKIM signing disabled: a document as Elastic's integration has it\nok       DKIM signing disabled: a record as Microsoft gives it\n\
         ok       Own domain fails DMARC: our domain that fails is alerted\nok       Own domain fails DMARC: a parameter takes the place of our domains\n\
         ok       Own domain fails DMARC: what lies before the window is not seen\n"
    );
    assert_eq!(run.err, "5 cases of 2 rules: 5 passed; 1 rule without cases\n");
    let err = place.run(&["rules", "test", "--require-cases", "rules"])?.failed(1)?;
    assert!(err.starts_with("error: rules/lonely.kql: Lonely has no cases"), "{err}");
    let one = place.run(&["rules", "test", "--case", "PARAMETER", "rules/own.tests.yaml"])?.good()?;
    assert_eq!(one.lines().count(), 1);
    Ok(())
}

#[test]
fn a_case_that_fails_shows_what_differs() -> Outcome {
    let run = place(&format!("{CASES}{WRONG}"))?.run(&["rules", "test", "rules"])?;
    let failed: Vec<&str> = run.out.lines().skip(3).collect();
    assert_eq!(
        failed,
        [
            "FAILED   Own domain fails DMARC: this one is wrong",
            "         rules/own.tests.yaml:24",
            "           alerts: expected 2, found 1",
            "           + 1 event matched \"Own domain fails DMARC\" about DNS contoso.com.",
            "           row (line 29): fired with other values",
            "           - NetworkMessageId: \"m9\"",
            "           + NetworkMessageId: \"m1\"",
            "           severity",
            "           - low",
            "           + high",
            "FAILED   Own domain fails DMARC: no row",
            "         rules/own.tests.yaml:35: EmailEvents: column `Timestamp` (datetime) cannot hold \"yesterday\": not a moment in the years 1 to 9999",
        ]
    );
    assert_eq!(run.failed(1)?, "5 cases of 1 rule: 3 passed, 2 failed\n");
    Ok(())
}

#[test]
fn programs_are_told_too() -> Outcome {
    let place = place(&format!("{CASES}{WRONG}"))?;
    let run = place.run(&["rules", "test", "--format", "json", "rules"])?;
    let lines: Vec<Value> = run.out.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let results: Vec<&Value> = lines.iter().map(|line| &line["result"]).collect();
    assert_eq!(results, ["passed", "passed", "passed", "failed", "failed"]);
    assert_eq!((&lines[3]["rule"], &lines[3]["line"]), (&json!("r1"), &json!(24)));
    let run = place.run(&["rules", "test", "--format", "junit", "rules"])?;
    assert_eq!(run.status, Some(1));
    let without_times = run.out.split(" time=\"").map(|part| part.split_once('"').map_or(part, |(_, rest)| rest));
    let (first, rest) = (run.out.split(" time=\"").next().unwrap_or_default(), without_times.skip(1).collect::<String>());
    assert!(
        first.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"spoofwatch rules test\" tests=\"5\" failures=\"1\" errors=\"1\""),
        "{first}"
    );
    assert!(
        rest.contains("<testsuite name=\"Own domain fails DMARC\" tests=\"5\" failures=\"1\" errors=\"1\" skipped=\"0\">"),
        "{rest}"
    );
    assert!(rest.contains("<failure message=\"alerts: expected 2, found 1\" type=\"failure\">alerts: expected 2, found 1\n+ 1 event matched &quot;Own domain fails DMARC&quot; about DNS contoso.com."), "{rest}");
    assert!(rest.ends_with("</testsuites>\n"), "{rest}");
    Ok(())
}

#[test]
fn what_is_wrong_with_a_file_of_cases_is_told_and_the_rest_runs() -> Outcome {
    let typo =
        "  - name: typo\n    at: 2026-11-20\n    tables: { EmailEvents: [{ SenderFromDomian: x }] }\n    expect: { alerts: 0 }\n";
    let place = place(&format!("{CASES}{typo}"))?;
    place.file("rules/gone.tests.yaml", CASES)?;
    place.file("rules/broken.kql", "EmailEvents | take 1")?;
    place.file("rules/broken.tests.yaml", "cases:\n  - nme: x\n")?;
    let run = place.run(&["rules", "test", "rules"])?;
    assert_eq!(run.out.lines().count(), 3);
    let err = run.failed(1)?;
    for words in [
        "rules/own.tests.yaml:26: EmailEvents has no column `SenderFromDomian`; did you mean `SenderFromDomain`",
        "rules/gone.tests.yaml:1: there is no rule beside `gone.tests.yaml`",
        "rules/broken.tests.yaml:2: these are no cases of a rule: unknown field `nme`",
    ] {
        assert!(err.contains(words), "{words} is not in {err}");
    }
    place.run(&["rules", "test", "--format", "xml", "rules"])?.failed(2)?;
    assert!(place.run(&["rules", "test", "--as-of", "2026-11-20", "rules"])?.failed(1)?.contains("their own moment"));
    Ok(())
}

#[test]
fn a_query_that_cannot_run_fails_its_case() -> Outcome {
    let place = Place::new()?;
    place.file("a.kql", "EmailEvents | where Subjekt == ''")?;
    place.file("a.tests.yaml", "cases: [{ name: x, at: 2026-11-20, expect: { alerts: 0 } }]")?;
    let run = place.run(&["rules", "test", "a.kql"])?;
    assert!(run.out.contains("the run failed: a.kql:1:21: K0102"), "{}", run.out);
    run.failed(1)?;
    place.file(
        "b.toml",
        "[rule]\nname = \"Later\"\nrule_id = \"e2\"\ntype = \"eql\"\nlanguage = \"eql\"\nquery = \"any where true\"\n",
    )?;
    place.file("b.tests.yaml", "cases: [{ name: x, at: 2026-11-20, expect: { alerts: 0 } }]")?;
    let out = place.run(&["rules", "test", "b.toml"])?.good()?;
    assert!(out.starts_with("skipped  Later: x: "), "{out}");
    Ok(())
}

#[test]
fn the_rules_that_come_with_the_program_pass_their_cases() -> Outcome {
    let place = Place::new()?;
    let written = place.run(&["rules", "pack", "pack"])?;
    assert_eq!(written.status, Some(0), "{written:?}");
    let run = place.run(&["rules", "test", "pack", "--require-cases"])?;
    assert_eq!(run.status, Some(0), "{run:?}");
    // What somebody changed stays, unless it is to be written over.
    place.file("pack/exclusions.yaml", "[]\n")?;
    let again = place.run(&["rules", "pack", "pack"])?;
    assert!(again.status == Some(1) && again.err.contains("exclusions.yaml") && again.err.contains("--force"), "{again:?}");
    assert_eq!(place.run(&["rules", "pack", "pack", "--force"])?.status, Some(0));
    Ok(())
}
