//! History run again, with and without exclusions.

use rules::exclusion::{Approval, Entry, Exclusion, Lists, Scope, Test};
use spoofwatch_detect::{
    replay::{Foresight, Raised, Range, Replay, Tally, Variant},
    schedule::Slot,
};
use state::State;

use crate::scene::{Checked, MINUTE, Mail, NOON, rule};

const HOUR: Range = Range { from: NOON, to: NOON + 60 * MINUTE, closing: false };

/// Nothing is found before a moment.
struct QuietUntil(i64);

impl Foresight for QuietUntil {
    fn finds_nothing(&self, slot: Slot) -> bool {
        slot.at < self.0
    }
}

/// Which variant raised which message, in order.
type Told = Vec<(usize, String)>;

async fn replayed(
    mail: &Mail,
    more: &str,
    exclusions: Vec<Vec<Exclusion>>,
    foresight: Option<&dyn Foresight>,
) -> Result<(Vec<Tally>, Told), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let mut variants = Vec::new();
    for (place, exclusions) in exclusions.into_iter().enumerate() {
        let state = State::scratch(folder.path(), &format!("{place}.db")).await?;
        variants.push(Variant { state, exclusions, lists: Lists::default() });
    }
    let mut told = Told::new();
    let mut tell = |raised: Raised<'_>| {
        told.extend(
            raised.rows.iter().filter_map(|row| Some((raised.variant, row.get("NetworkMessageId")?.as_str()?.to_owned()))),
        );
    };
    let rule = rule(more)?;
    let replay = Replay { rule: &rule, parameters: &[], telemetry: mail, view: &0, range: HOUR, foresight, stepped: &|| () };
    let tallies = replay.run(variants, &mut tell).await?;
    Ok((tallies, told))
}

fn pay_run() -> Exclusion {
    Exclusion {
        id: "pay-run".to_owned(),
        name: String::new(),
        rules: Scope::all(),
        entries: vec![Entry::new("Subject", Test::Is("pay run".to_owned()))],
        owner: String::new(),
        reason: String::new(),
        expires: None,
        approval: Approval::NotNeeded,
    }
}

#[tokio::test]
async fn a_query_is_run_once_for_all_variants_and_each_event_is_told_once() -> Checked {
    let mail = Mail::default();
    mail.arrives(NOON - MINUTE, "m1", "overdue");
    mail.arrives(NOON + 20 * MINUTE, "m2", "pay run");
    let (tallies, told) = replayed(&mail, "", vec![Vec::new(), vec![pay_run()]], None).await?;
    let told: Vec<(usize, &str)> = told.iter().map(|(variant, id)| (*variant, id.as_str())).collect();
    assert_eq!(told, [(0, "m1"), (1, "m1"), (0, "m2")]);
    assert_eq!((tallies[0].runs, tallies[0].alerts, tallies[0].hits), (12, 2, 2));
    assert_eq!((tallies[1].runs, tallies[1].alerts, tallies[1].hits), (12, 1, 2));
    assert_eq!(tallies[1].excluded, [("pay-run".to_owned(), 1)].into(), "windows overlap, and it is one hit");
    assert_eq!(mail.asked.lock().unwrap().len(), 12);
    Ok(())
}

#[tokio::test]
async fn a_run_that_would_find_nothing_is_counted_and_not_made() -> Checked {
    let mail = Mail::default();
    mail.arrives(NOON + 40 * MINUTE, "m1", "overdue");
    let (tallies, told) = replayed(&mail, "", vec![Vec::new()], Some(&QuietUntil(NOON + 40 * MINUTE))).await?;
    assert_eq!((tallies[0].runs, tallies[0].alerts, told.len()), (12, 1, 1));
    assert!(mail.asked.lock().unwrap().iter().all(|at| *at >= NOON + 40 * MINUTE));
    Ok(())
}

#[tokio::test]
async fn a_rule_rests_after_an_alert_as_it_says() -> Checked {
    let mail = Mail::default();
    mail.arrives(NOON - MINUTE, "m1", "overdue");
    mail.arrives(NOON + 10 * MINUTE, "m2", "overdue");
    let (tallies, told) = replayed(&mail, "suppressionEnabled: true\nsuppressionDuration: 1h\n", vec![Vec::new()], None).await?;
    assert_eq!((tallies[0].runs, tallies[0].rested, told.len()), (1, 11, 1));
    Ok(())
}

#[tokio::test]
async fn what_fails_again_and_again_is_given_up() -> Checked {
    let mail = Mail::default();
    mail.breaks(Some("there is no such column"));
    let (tallies, _) = replayed(&mail, "", vec![Vec::new()], None).await?;
    assert_eq!((tallies[0].runs, tallies[0].failed), (3, 3));
    assert_eq!(tallies[0].failure.as_deref(), Some("there is no such column"));
    assert!(tallies[0].given_up.is_some());
    Ok(())
}

#[tokio::test]
async fn an_alert_of_many_rows_is_told_with_all_of_them() -> Checked {
    let mail = Mail::default();
    for message in 0..130 {
        mail.arrives(NOON, &format!("m{message}"), if message < 5 { "pay run" } else { "overdue" });
    }
    let together = "eventGroupingSettings:\n  aggregationKind: SingleAlert\n";
    let text = "id: a\nname: A\nkind: Scheduled\nqueryFrequency: 5m\nqueryPeriod: 30m\ntriggerOperator: gt\ntriggerThreshold: 0\nquery: T\n";
    let rule = rules::read("a.yaml", format!("{text}{together}").as_bytes()).rules.remove(0);
    let folder = tempfile::tempdir()?;
    let state = State::scratch(folder.path(), "a.db").await?;
    let variant = Variant { state, exclusions: vec![pay_run()], lists: Lists::default() };
    let mut rows = Vec::new();
    let mut tell = |raised: Raised<'_>| rows.push((raised.rows.len(), raised.alert.detail.evidence.len()));
    let replay =
        Replay { rule: &rule, parameters: &[], telemetry: &mail, view: &0, range: HOUR, foresight: None, stepped: &|| () };
    let tallies = replay.run(vec![variant], &mut tell).await?;
    assert_eq!(rows, [(125, 100)]);
    assert_eq!((tallies[0].alerts, tallies[0].hits), (1, 130));
    Ok(())
}
