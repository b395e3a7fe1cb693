//! Rows whose time is long past when they come: rules on schedules run again for them, continuous rules see them like any other.

use super::{Serve, until, until_alerts};
use crate::common::{Outcome, Place};

/// Looks back no further than its last run.
const SCHEDULED: &str = "id: pay\nname: Payment\nkind: Scheduled\nseverity: Medium\nqueryFrequency: 5m\nqueryPeriod: 5m\ntriggerOperator: gt\ntriggerThreshold: 0\neventGroupingSettings:\n  aggregationKind: AlertPerResult\nquery: |\n  EmailEvents\n  | where Subject startswith 'payment'\n";

/// A message of two hours ago.
fn old(id: &str) -> Outcome<String> {
    ago(id, 120)
}

/// A message of some minutes ago.
fn ago(id: &str, minutes: i64) -> Outcome<String> {
    #[expect(clippy::disallowed_methods, reason = "the process that is tested looks at the same clock")]
    let now = std::time::SystemTime::now().duration_since(std::time::SystemTime::UNIX_EPOCH)?.as_micros();
    let moment = schema::text::datetime::from_unix_micros(i64::try_from(now)? - minutes * 60_000_000).ok_or("no such moment")?;
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

#[test]
fn one_turn_makes_every_run_again_that_late_rows_ask_for() -> Outcome {
    let place = Place::new()?;
    place.file("spoofwatch-data/rules/pay.yaml", SCHEDULED)?;
    place.run(&["serve", "--once"])?.good()?;
    let rows: Vec<String> = (2..42).map(|number| ago(&number.to_string(), number * 5)).collect::<Outcome<_>>()?;
    place.file("mail/EmailEvents.json", rows.concat())?;
    std::thread::sleep(std::time::Duration::from_millis(300));
    place.run(&["serve", "--once", "--watch", "mail"])?.good()?;
    until_alerts(&place, 40)?;
    // The next turn does not begin anew.
    let url = format!("sqlite://{}", place.path("spoofwatch-data/state.db").display());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (seen, late) = runtime.block_on(async {
        let state = state::State::open(&url).await?;
        let late = state.runs(None, 1_000).await?.iter().filter(|run| run.kind == "late").count();
        Ok::<_, state::StateError>((state.seen().await?, late))
    })?;
    assert!(seen.get("EmailEvents").is_some_and(|version| *version > 0), "{seen:?}");
    assert!(late > 16, "{late}");
    place.run(&["serve", "--once", "--watch", "mail"])?.good()?;
    let again = runtime.block_on(async { state::State::open(&url).await?.runs(None, 1_000).await })?;
    assert_eq!(again.iter().filter(|run| run.kind == "late").count(), late);
    Ok(())
}
