//! A receiver of notifications that is down, and up again: it hears of each alert once and in their order.

#![expect(clippy::unwrap_used, reason = "a poisoned lock is a failed test")]

use std::sync::Mutex;

use spoofwatch_detect::notify::{Body, Sender, Sent, Shape, Target, deliver};

use crate::scene::{Checked, MINUTE, NOON, due, rule, watch};

/// A receiver that can be down.
#[derive(Default)]
struct Receiver {
    down: Mutex<bool>,
    tries: Mutex<usize>,
    heard: Mutex<Vec<String>>,
}

impl Receiver {
    fn is_down(&self, down: bool) {
        *self.down.lock().unwrap() = down;
    }
}

impl Sender for Receiver {
    async fn send(&self, _: &Target, id: &str, _: &Body) -> Sent {
        *self.tries.lock().unwrap() += 1;
        if *self.down.lock().unwrap() {
            return Sent::Later { reason: "connection refused".to_owned(), wait: None };
        }
        self.heard.lock().unwrap().push(id.to_owned());
        Sent::Delivered { answer: String::new() }
    }
}

fn targets() -> Vec<Target> {
    vec![Target {
        name: "soc".to_owned(),
        url: "https://soc.example/hook".to_owned(),
        shape: Shape::Generic,
        minimum: None,
        rules: Vec::new(),
    }]
}

#[tokio::test]
async fn each_alert_is_told_once_and_in_order_after_the_receiver_was_down() -> Checked {
    let folder = tempfile::tempdir()?;
    let mut watch = watch(folder.path()).await?;
    watch.targets = targets();
    let (rule, receiver) = (rule("")?, Receiver::default());
    receiver.is_down(true);
    let mut raised = Vec::new();
    for minute in 0..30 {
        let now = NOON + minute * MINUTE;
        watch.clock.set(now);
        watch.telemetry.arrives(now, &format!("m{minute}-1"), "payment");
        watch.telemetry.arrives(now, &format!("m{minute}-2"), "payment");
        raised.extend(due(&watch, &rule).await?.into_iter().flat_map(|made| made.raised));
        let before = *receiver.tries.lock().unwrap();
        deliver(&watch.state, &receiver, &watch.targets, |_| None, now).await?;
        let down = *receiver.down.lock().unwrap();
        assert!(!down || *receiver.tries.lock().unwrap() <= before + 1, "who is down is asked once at a time");
        receiver.is_down(minute < 20);
    }
    // It was last asked before it came back, and is asked again at most three hours later.
    for hour in 1..4 {
        deliver(&watch.state, &receiver, &watch.targets, |_| None, NOON + 30 * MINUTE + hour * 60 * MINUTE).await?;
    }
    let heard = receiver.heard.lock().unwrap().clone();
    let told: Vec<String> = raised.iter().map(|id| format!("soc/{id}")).collect();
    assert!(heard.len() > 10, "{heard:?}");
    assert_eq!(heard, told);
    Ok(())
}

#[tokio::test]
async fn a_notification_put_off_by_a_clock_that_was_ahead_does_not_wait_for_that_day() -> Checked {
    let folder = tempfile::tempdir()?;
    let mut watch = watch(folder.path()).await?;
    watch.targets = targets();
    let (rule, receiver) = (rule("")?, Receiver::default());
    let ahead = NOON + 30 * 24 * 60 * MINUTE;
    watch.clock.set(ahead);
    watch.telemetry.arrives(ahead, "m1", "payment");
    due(&watch, &rule).await?;
    receiver.is_down(true);
    deliver(&watch.state, &receiver, &watch.targets, |_| None, ahead).await?;
    receiver.is_down(false);
    let (arrived, _) = deliver(&watch.state, &receiver, &watch.targets, |_| None, NOON).await?;
    assert_eq!(arrived, 1);
    Ok(())
}
