//! A clock that jumps: nothing is lost, nothing comes twice, and no rule stands still.

use std::collections::BTreeSet;

use rules::Rule;
use spoofwatch_detect::run::Watch;
use state::AlertFilter;

use crate::scene::{Checked, Hands, MINUTE, Mail, NOON, due, rule, watch};

/// Minutes that the clock shows, one after the other, while mail comes at the moments it shows.
const JUMPS: [i64; 12] = [0, 5, 600, 605, 10, 15, 20, 9_000, 9_005, 25, 30, 35];

async fn step(watch: &Watch<Mail, Hands>, rule: &Rule) -> Checked {
    if rule.schedule.continuous {
        watch.make_window(rule, &0).await?;
    } else {
        due(watch, rule).await?;
    }
    Ok(())
}

async fn every_message_raises_one_alert(rule: &Rule) -> Checked {
    let folder = tempfile::tempdir()?;
    let watch = watch(folder.path()).await?;
    for (number, minute) in JUMPS.into_iter().enumerate() {
        let now = NOON + minute * MINUTE;
        watch.clock.set(now);
        watch.telemetry.arrives(now - 1, &format!("m{number}"), "payment");
        step(&watch, rule).await?;
        // A rule of five minutes is at rest up to five, whatever the clock did.
        watch.clock.set(now + 5 * MINUTE - 1);
        step(&watch, rule).await?;
    }
    let alerts = watch.state.alerts(&AlertFilter::default()).await?;
    let ids: BTreeSet<&str> =
        alerts.iter().filter_map(|alert| alert.detail.evidence.first()?.get("NetworkMessageId")?.as_str()).collect();
    assert_eq!((alerts.len(), ids.len()), (JUMPS.len(), JUMPS.len()), "{ids:?}");
    Ok(())
}

#[tokio::test]
async fn a_scheduled_rule_finds_each_message_once_however_the_clock_jumps() -> Checked {
    every_message_raises_one_alert(&rule("")?).await
}

#[tokio::test]
async fn a_continuous_rule_finds_each_message_once_however_the_clock_jumps() -> Checked {
    let mut rule = rule("")?;
    rule.schedule.continuous = true;
    every_message_raises_one_alert(&rule).await
}

#[tokio::test]
async fn a_rest_set_by_a_clock_that_was_ahead_does_not_silence_a_rule() -> Checked {
    let folder = tempfile::tempdir()?;
    let watch = watch(folder.path()).await?;
    let rule = rule("suppressionEnabled: true\nsuppressionDuration: 2h\n")?;
    watch.clock.set(NOON + 9_000 * MINUTE);
    watch.telemetry.arrives(NOON + 8_999 * MINUTE, "m1", "payment");
    assert_eq!(due(&watch, &rule).await?[0].run.raised, 1);
    watch.clock.set(NOON);
    watch.telemetry.arrives(NOON - MINUTE, "m2", "payment");
    assert_eq!(due(&watch, &rule).await?[0].run.raised, 1);
    Ok(())
}
