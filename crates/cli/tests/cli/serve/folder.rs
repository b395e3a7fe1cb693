//! A watched folder: files that appear are taken in, once; one that cannot be read is told.

use super::{Serve, payments, until, until_alerts, watched};
use crate::common::Outcome;

#[test]
fn files_that_appear_are_taken_in_and_a_broken_one_is_told() -> Outcome {
    let place = watched()?;
    place.file("mail/EmailEvents-1.json", payments([1, 2])?)?;
    let serve = Serve::start(&place, &["--watch", "mail"])?;
    until_alerts(&place, 2)?;
    place.file("mail/EmailEvents-2.json", payments([2, 3])?)?;
    place.file("mail/.EmailEvents-3.json", payments([99])?)?;
    until_alerts(&place, 3)?;
    place.file("mail/picture.json", b"\x89PNG and no rows")?;
    until("the broken file is told", || {
        let health = serve.get("/healthz")?;
        Ok(health.status == 503 && health.body.contains("picture.json"))
    })?;
    std::fs::remove_file(place.path("mail/picture.json"))?;
    Ok(())
}
