//! `kill -9` at any moment: every message that was taken raises one alert, none is lost.

use std::time::Duration;

use super::{Serve, payments, until_alerts, watched};
use crate::common::Outcome;

#[test]
fn killed_at_any_moment_every_message_raises_one_alert() -> Outcome {
    let place = watched()?;
    std::fs::create_dir(place.path("mail"))?;
    let mut taken = Vec::new();
    // Moments from before it listens to long after it has raised alerts; a fixed sequence, so that a failure can be had again.
    for (round, pause) in [350, 40, 900, 5, 1700, 130, 600, 15].into_iter().enumerate() {
        let by_file: Vec<String> = (0..5).map(|number| format!("f{round}-{number}")).collect();
        place.file(&format!("mail/{round}.json"), payments(&by_file)?)?;
        taken.extend(by_file);
        let serve = Serve::start(&place, &["--watch", "mail"])?;
        for number in 0..3 {
            let id = format!("p{round}-{number}");
            // Only what was answered was taken; the others may be there or not, and are sent again.
            if serve.post(&place, "EmailEvents", payments([&id])?.as_bytes()).is_ok_and(|answer| answer.status == 200) {
                taken.push(id);
            }
        }
        std::thread::sleep(Duration::from_millis(pause));
        serve.kill()?;
    }
    let _serve = Serve::start(&place, &["--watch", "mail"])?;
    until_alerts(&place, taken.len())
}
