//! Runs over time.

use rules::exclusion::{Approval, Entry, Exclusion, Scope, Test};
use serde_json::json;
use spoofwatch_detect::{benign::Known, run::Reason, schedule::Arrival, telemetry::RaisedGroup};
use state::AlertFilter;

use crate::scene::{Checked, MINUTE, NOON, due, rule, watch};

#[tokio::test]
async fn overlapping_windows_raise_an_event_once() -> Checked {
    let folder = tempfile::tempdir()?;
    let watch = watch(folder.path()).await?;
    let rule = rule("")?;
    watch.telemetry.arrives(NOON - MINUTE, "m1", "payment overdue");
    for minute in 0..20 {
        watch.clock.set(NOON + minute * MINUTE);
        due(&watch, &rule).await?;
    }
    let alerts = watch.state.alerts(&AlertFilter::default()).await?;
    assert_eq!(alerts.len(), 1);
    assert_eq!(alerts[0].title, "Payment from an own address");
    assert!(alerts[0].reason.contains("Subject is \"payment overdue\""), "{}", alerts[0].reason);
    assert!(watch.telemetry.asked.lock().unwrap().len() >= 4);
    Ok(())
}

#[tokio::test]
async fn what_came_while_the_process_was_down_is_found() -> Checked {
    let folder = tempfile::tempdir()?;
    let rule = rule("")?;
    {
        let watch = watch(folder.path()).await?;
        due(&watch, &rule).await?;
    }
    // Down for three hours: no run of the present looks back so far.
    let watch = watch(folder.path()).await?;
    watch.telemetry.arrives(NOON + 45 * MINUTE, "m1", "payment");
    watch.clock.set(NOON + 180 * MINUTE);
    let made = due(&watch, &rule).await?;
    assert_eq!(made.len(), 36, "every skipped run is made");
    assert_eq!(made.iter().filter(|run| run.run.kind == "gap").count(), 35);
    assert_eq!(watch.state.alerts(&AlertFilter::default()).await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_failed_run_is_made_again_and_misses_nothing() -> Checked {
    let folder = tempfile::tempdir()?;
    let watch = watch(folder.path()).await?;
    let rule = rule("")?;
    due(&watch, &rule).await?;
    watch.telemetry.arrives(NOON + MINUTE, "m1", "payment");
    watch.telemetry.breaks(Some("the query needs more memory than the limit of 512 MB"));
    for minute in [10, 20, 60] {
        watch.clock.set(NOON + minute * MINUTE);
        let made = due(&watch, &rule).await?;
        assert_eq!(made.len(), 1, "the first failure ends the turn");
        assert_eq!(made[0].run.status, "failed");
    }
    assert_eq!(
        watch.state.rule(&rule.key).await?.and_then(|rule| rule.last_message).as_deref(),
        Some("the query needs more memory than the limit of 512 MB")
    );
    watch.telemetry.breaks(None);
    watch.clock.set(NOON + 61 * MINUTE);
    due(&watch, &rule).await?;
    assert_eq!(watch.state.alerts(&AlertFilter::default()).await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn an_excluded_hit_is_kept_and_an_ended_exclusion_takes_none() -> Checked {
    let folder = tempfile::tempdir()?;
    let watch = watch(folder.path()).await?;
    let rule = rule("")?;
    let pay_run = Exclusion {
        id: "pay-run".to_owned(),
        name: "The monthly pay run".to_owned(),
        rules: Scope::all(),
        entries: vec![Entry::new("Subject", Test::Is("payment run".to_owned()))],
        owner: "kim".to_owned(),
        reason: "sent by payroll".to_owned(),
        expires: Some(NOON + 60 * MINUTE),
        approval: Approval::NotNeeded,
    };
    watch.benign.set(Known { exclusions: vec![pay_run], ..Known::default() });
    watch.telemetry.arrives(NOON - MINUTE, "m1", "payment run");
    watch.telemetry.arrives(NOON - MINUTE, "m2", "payment overdue");
    let made = due(&watch, &rule).await?;
    assert_eq!((made[0].run.raised, made[0].run.excluded), (1, 1));
    let kept = watch.state.kept_hits(None, Some("pay-run"), 10).await?;
    assert_eq!(kept[0].hit["NetworkMessageId"], "m1");
    // Two days later the exclusion has ended.
    watch.clock.set(NOON + 48 * 60 * MINUTE);
    watch.telemetry.arrives(NOON + (48 * 60 - 10) * MINUTE, "m3", "payment run");
    let made = due(&watch, &rule).await?;
    assert_eq!(made.iter().map(|run| run.run.raised).sum::<i64>(), 1);
    Ok(())
}

#[tokio::test]
async fn beyond_the_limit_hits_are_kept_with_a_warning() -> Checked {
    let folder = tempfile::tempdir()?;
    let watch = watch(folder.path()).await?;
    let rule = rule("")?;
    for message in 0..130 {
        watch.telemetry.arrives(NOON - 29 * MINUTE + message, &format!("m{message}"), "payment");
    }
    let made = due(&watch, &rule).await?;
    let run = &made[0].run;
    assert_eq!((run.status.as_str(), run.raised, run.held), ("warning", 100, 30));
    assert!(run.message.contains("30 hits raised none"), "{}", run.message);
    assert_eq!(watch.state.kept_hits(Some(&rule.key), None, 100).await?.len(), 30);
    // The next window still holds them, and has room.
    watch.clock.set(NOON + MINUTE / 2);
    let again = watch.make(&rule, watch.timetable(&rule).slot(NOON + MINUTE / 2), Reason::Manual, &0).await?;
    assert_eq!(again.run.raised, 30);
    assert!(watch.state.kept_hits(Some(&rule.key), None, 100).await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn a_rule_that_rests_after_an_alert_does_not_run() -> Checked {
    let folder = tempfile::tempdir()?;
    let watch = watch(folder.path()).await?;
    let rule = rule("suppressionEnabled: true\nsuppressionDuration: 2h\n")?;
    watch.telemetry.arrives(NOON - MINUTE, "m1", "payment");
    assert_eq!(due(&watch, &rule).await?[0].run.raised, 1);
    watch.clock.set(NOON + 60 * MINUTE);
    assert!(due(&watch, &rule).await?.is_empty());
    watch.clock.set(NOON + 126 * MINUTE);
    let made = due(&watch, &rule).await?;
    assert!((1..=2).contains(&made.len()), "what was skipped is not made up for: {}", made.len());
    Ok(())
}

#[tokio::test]
async fn a_rule_can_alert_on_silence() -> Checked {
    let folder = tempfile::tempdir()?;
    let watch = watch(folder.path()).await?;
    let mut rule = rule("")?;
    rule.trigger = rules::model::Trigger { operator: rules::model::Comparison::Equal, threshold: 0 };
    let made = due(&watch, &rule).await?;
    assert_eq!((made[0].run.hits, made[0].run.raised), (0, 1));
    Ok(())
}

#[tokio::test]
async fn parameters_that_do_not_fit_fail_the_run() -> Checked {
    let folder = tempfile::tempdir()?;
    let mut watch = watch(folder.path()).await?;
    let rule = rule("")?;
    watch.parameters.insert(rule.key.clone(), vec![("OwnDomains".to_owned(), json!(["contoso.example"]))]);
    let made = due(&watch, &rule).await?;
    assert_eq!(made[0].run.status, "failed");
    assert!(made[0].run.message.contains("OwnDomains"), "{}", made[0].run.message);
    Ok(())
}

#[tokio::test]
async fn a_clock_set_back_raises_nothing_twice() -> Checked {
    let folder = tempfile::tempdir()?;
    let watch = watch(folder.path()).await?;
    let rule = rule("")?;
    watch.telemetry.arrives(NOON - MINUTE, "m1", "payment");
    watch.clock.set(NOON + 600 * MINUTE);
    due(&watch, &rule).await?;
    watch.clock.set(NOON);
    let made = due(&watch, &rule).await?;
    assert_eq!(made[0].run.raised, 1, "the window of the right time is looked at");
    watch.clock.set(NOON + 6 * MINUTE);
    due(&watch, &rule).await?;
    assert_eq!(watch.state.alerts(&AlertFilter::default()).await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_rule_that_fails_is_tried_once_a_minute() -> Checked {
    let folder = tempfile::tempdir()?;
    let watch = watch(folder.path()).await?;
    let rule = rule("")?;
    watch.telemetry.breaks(Some("the table cannot be read"));
    for half_second in 0..120 {
        watch.clock.set(NOON + half_second * MINUTE / 120);
        due(&watch, &rule).await?;
        watch.make_window(&rule, &0).await?;
    }
    assert_eq!(watch.telemetry.asked.lock().unwrap().len(), 1);
    watch.clock.set(NOON + MINUTE);
    assert_eq!(due(&watch, &rule).await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_continuous_rule_is_asked_of_what_arrived_and_nothing_is_written_of_the_rest() -> Checked {
    let folder = tempfile::tempdir()?;
    let watch = watch(folder.path()).await?;
    let rule = rule("")?;
    watch.telemetry.arrives(NOON - MINUTE, "m1", "payment");
    assert_eq!(watch.make_window(&rule, &0).await?.map(|made| made.raised.len()), Some(1));
    assert!(watch.make_arrived(&rule, &1).await?.is_none());
    assert_eq!(watch.state.runs(None, 10).await?.len(), 1);
    // Its own time is long ago: what counts is that it has not been seen.
    watch.telemetry.arrives(NOON - 600 * MINUTE, "m2", "payment");
    watch.clock.set(NOON + 1);
    let made = watch.make_arrived(&rule, &1).await?.ok_or("no run")?;
    assert_eq!((made.run.kind.as_str(), made.raised.len()), ("continuous", 1));
    // The same rows once more, as after a crash.
    assert_eq!(watch.make_arrived(&rule, &0).await?.map(|made| made.raised.len()), Some(0));
    Ok(())
}

#[tokio::test]
async fn the_window_of_a_continuous_rule_begins_where_the_last_run_ended() -> Checked {
    let folder = tempfile::tempdir()?;
    let watch = watch(folder.path()).await?;
    let rule = rule("")?;
    watch.make_window(&rule, &0).await?;
    watch.telemetry.arrives(NOON + 30 * MINUTE, "m2", "payment");
    watch.clock.set(NOON + 300 * MINUTE);
    assert_eq!(watch.make_window(&rule, &0).await?.map(|made| made.raised.len()), Some(1));
    Ok(())
}

#[tokio::test]
async fn a_rule_that_counts_rows_is_not_asked_of_a_few_of_them() -> Checked {
    let folder = tempfile::tempdir()?;
    let watch = watch(folder.path()).await?;
    let mut rule = rule("")?;
    assert!(watch.reading(&rule, &0).await?.by_row);
    rule.trigger.threshold = 5;
    assert!(!watch.reading(&rule, &0).await?.by_row);
    Ok(())
}

#[tokio::test]
async fn an_event_that_came_late_is_found_by_the_run_that_should_have_seen_it() -> Checked {
    let folder = tempfile::tempdir()?;
    let watch = watch(folder.path()).await?;
    let rule = rule("")?;
    for minute in 0..25 {
        watch.clock.set(NOON + minute * 5 * MINUTE);
        due(&watch, &rule).await?;
    }
    // Two hours late.
    watch.telemetry.arrives(NOON + 3 * MINUTE, "m1", "payment");
    assert_eq!(watch.state.alerts(&AlertFilter::default()).await?.len(), 0);
    let slots =
        watch.late(&rule, &[Arrival { first: NOON + 3 * MINUTE, last: NOON + 3 * MINUTE, noticed: NOON + 121 * MINUTE }]).await?;
    assert_eq!(slots.len(), 1);
    let evaluated = watch.state.rule(&rule.key).await?.and_then(|known| known.evaluated_to);
    for slot in slots {
        let made = watch.make(&rule, slot, Reason::Late, &0).await?;
        assert_eq!((made.run.kind.as_str(), made.run.raised), ("late", 1));
    }
    assert_eq!(watch.state.rule(&rule.key).await?.and_then(|known| known.evaluated_to), evaluated);
    Ok(())
}

#[tokio::test]
async fn a_threshold_rule_is_told_which_groups_it_has_raised() -> Checked {
    let folder = tempfile::tempdir()?;
    let watch = watch(folder.path()).await?;
    let mut rule = rule("")?;
    rule.kind = rules::model::Kind::Threshold { fields: vec!["user.id".to_owned()], value: 1, cardinality: Vec::new() };
    let group = json!({"user.id": "kim", "@timestamp": "2023-11-14T22:10:00.0000000Z", "Subject": "payment"});
    watch.telemetry.holds(NOON - 3 * MINUTE, group.as_object().cloned().unwrap_or_default());
    assert_eq!(due(&watch, &rule).await?[0].run.raised, 1);
    assert_eq!(watch.telemetry.raised.lock().unwrap().clone(), []);
    watch.clock.set(NOON + 10 * MINUTE);
    due(&watch, &rule).await?;
    let raised = watch.telemetry.raised.lock().unwrap().clone();
    assert_eq!(raised, [RaisedGroup { values: vec!["kim".to_owned()], until: 1_699_999_800_000_000 }]);
    Ok(())
}
