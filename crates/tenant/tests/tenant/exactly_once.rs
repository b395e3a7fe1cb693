//! Whatever comes late, fails or crashes: all that the feed's checkpoint should have taken is taken, and nothing twice but after a crash.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use spoofwatch_tenant::{ContentType, FeedCheckpoint, moment, next_windows};

use crate::server::START;

/// Content: when it became available, how much later it is listed, and how often it fails to be read.
#[derive(Debug, Clone)]
struct Content {
    created: i64,
    late: i64,
    fails: u32,
}

/// A turn: how long after the one before, and after how many blobs it crashes, if it does. What was stored with the checkpoint stays; what was
/// stored after it stays too, and its checkpoint is lost.
#[derive(Debug, Clone)]
struct Turn {
    after: i64,
    crash: Option<usize>,
}

/// Two days of content, each listed within six hours of its moment.
fn contents() -> impl Strategy<Value = Vec<Content>> {
    let one = (0..48 * 60_i64, 0..359_i64, prop_oneof![4 => Just(0_u32), 1 => 1..4_u32]);
    proptest::collection::vec(one, 0..40).prop_map(|all| {
        let minute = |minutes: i64| minutes * 60 * moment::SECOND;
        all.into_iter()
            .map(|(created, late, fails)| Content { created: START + minute(created), late: minute(late), fails })
            .collect()
    })
}

/// Turns with pauses of up to a day.
fn turns() -> impl Strategy<Value = Vec<Turn>> {
    let pause = prop_oneof![8 => 1..120_i64, 1 => 120..1440_i64];
    let one = (pause, proptest::option::weighted(0.2, 0..5_usize));
    proptest::collection::vec(one, 1..60)
        .prop_map(|all| all.into_iter().map(|(after, crash)| Turn { after: after * 60 * moment::SECOND, crash }).collect())
}

/// Plays the turns, and more until a day after the last content. Gives how often each piece was stored, and how many turns crashed.
fn play(contents: &[Content], turns: &[Turn]) -> (BTreeMap<usize, u32>, usize) {
    let name = ContentType::new("Audit.Exchange");
    let mut kept = FeedCheckpoint::default();
    let mut stored: BTreeMap<usize, u32> = BTreeMap::new();
    let mut left: Vec<u32> = contents.iter().map(|content| content.fails).collect();
    let (mut now, mut crashes) = (START, 0);
    let quiet = (0..120).map(|_| Turn { after: moment::HOUR, crash: None });
    for turn in turns.iter().cloned().chain(quiet) {
        now += turn.after;
        let mut checkpoint = kept.clone();
        let mut taken = 0;
        for window in next_windows(&checkpoint, &name, 7 * moment::DAY, now) {
            let progress = checkpoint.types.entry(name.clone()).or_default();
            for (id, content) in contents.iter().enumerate() {
                let is_listed = (window.from..window.to).contains(&content.created) && content.created + content.late <= now;
                if !is_listed || progress.has(&id.to_string()) {
                    continue;
                }
                if left[id] > 0 {
                    left[id] -= 1;
                    progress.fail(&id.to_string(), content.created, "broken".to_owned());
                    continue;
                }
                if turn.crash == Some(taken) {
                    break;
                }
                taken += 1;
                *stored.entry(id).or_default() += 1;
                progress.take(&id.to_string(), content.created);
            }
            if turn.crash == Some(taken) {
                crashes += 1;
                break;
            }
            progress.finish(window);
            kept.clone_from(&checkpoint);
        }
    }
    (stored, crashes)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(100) })]

    #[test]
    fn everything_is_taken(contents in contents(), turns in turns()) {
        let (stored, crashes) = play(&contents, &turns);
        let taken: BTreeSet<usize> = stored.keys().copied().collect();
        prop_assert_eq!(taken, (0..contents.len()).collect::<BTreeSet<_>>());
        if crashes == 0 {
            prop_assert!(stored.values().all(|times| *times == 1), "{:?}", stored);
        }
    }
}
