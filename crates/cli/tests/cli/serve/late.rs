//! Rows whose time is long past when they come: rules on schedules run again for them, continuous rules see them like any other.

use super::{Serve, until, until_alerts};
use crate::common::{Outcome, Place};

/// Looks back no further than its last run.
const SCHEDULED: &str = "id: pay\nname: Payment\nkind: Scheduled\nseverity: Medium\nqueryFrequency: 5m\nqueryPeriod: 5m\ntriggerOperator: gt\ntriggerThreshold: 0\neventGroupingSettings:\n  aggregationKind: AlertPerResult\nquery: |\n  EmailEvents\n  | where Subject startswith 'payment'\n";

/// A message of two hours ago.
fn old(id: &str) -> Outcome<String> {
    #[expect(clippy::disallowed_methods, reason = "the process that is tested looks at the same clock")]
    let now = std::time::SystemTime::now().duration_since(std::time::SystemTime::UNIX_EPOCH)?.as_micros();
    let moment = schema::text::datetime::from_unix_micros(i64::try_from(now)? - 7_200_000_000).ok_or("no such moment")?;
    let mut time = String::new();
    schema::text::datetime::write(moment, &mut time);
    Ok(format!(
        "{{\"Timestamp\":\"{time}\",\"NetworkMessageId\":\"{id}\",\"RecipientEmailAddress\":\"ana@contoso.example\",\"Subject\":\"payment {id}\"}}\n"
    ))
}

#[test]
fn a_rule_on_a_schedule_runs_again_for_a_row_that_comes_two_hours_late() -> Outcome {
    let place = Place::new()?;
    place.file("spoofwatch-data/rules/pay.yaml", SCHEDULED)?;
    let serve = Serve::start(&place, &[])?;
    until("its first run is made", || Ok(place.run(&["alerts", "list", "--all"])?.status == Some(0) && ran(&serve)?))?;
    assert_eq!(serve.post(&place, "EmailEvents", old("late-1")?.as_bytes())?.status, 200);
    until_alerts(&place, 1)?;
    // The process dies before it has noted that it saw the next; the one after it looks again.
    assert_eq!(serve.post(&place, "EmailEvents", old("late-2")?.as_bytes())?.status, 200);
    serve.kill()?;
    let _serve = Serve::start(&place, &[])?;
    until_alerts(&place, 2)
}

/// Whether any run has been counted.
fn ran(serve: &Serve) -> Outcome<bool> {
    Ok(serve.get("/metrics")?.body.contains("spoofwatch_rule_runs_total{"))
}
