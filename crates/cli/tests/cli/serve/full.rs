//! A full disk, played by a limit on the size of files: senders are told to come back, and later everything is there once.
#![cfg(unix)]

use super::{CONTINUOUS, Serve, payments, until_alerts, watched};
use crate::common::{Outcome, Place};

/// Starts `serve` where no file may grow beyond so many blocks of 512 bytes (1024 in some shells).
fn limited(place: &Place, blocks: usize) -> Outcome<Serve> {
    let mut command = std::process::Command::new("sh");
    let program = env!("CARGO_BIN_EXE_spoofwatch");
    // A write beyond the limit then fails, as one on a full disk does, and ends nothing.
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec '{program}' serve --listen 127.0.0.1:0");
    command.args(["-c", &script]).current_dir(place.path("")).env_remove("SPOOFWATCH_DATA").stderr(std::process::Stdio::piped());
    Serve::run(command)
}

#[test]
fn senders_are_told_of_a_full_disk_and_what_they_send_again_is_there_once() -> Outcome {
    let place = watched()?;
    // The database is made where there is room, and its log put away.
    Serve::start(&place, &[])?.kill()?;
    place.run(&["alerts", "list"])?.good()?;
    let database = std::fs::metadata(place.path("spoofwatch-data/state.db"))?.len();
    let blocks = usize::try_from(database / 512)? + 100;
    let rows = payments((0..40_000).map(|number| format!("{number}-{}", number * 7919 % 39_989)))?;
    let rows = rows.replace("\"Subject\":\"payment", "\"Subject\":\"invoice");
    {
        let serve = limited(&place, blocks)?;
        let answer = serve.post(&place, "EmailEvents", rows.as_bytes())?;
        assert_eq!(answer.status, 503, "{answer:?}");
        assert!(answer.head.to_ascii_lowercase().contains("retry-after: 30"), "{answer:?}");
        // It goes on: what is small has room.
        assert_eq!(serve.post(&place, "EmailEvents", payments([1])?.as_bytes())?.status, 200);
    }
    let serve = Serve::start(&place, &[])?;
    let answer = serve.post(&place, "EmailEvents", rows.as_bytes())?;
    assert_eq!((answer.status, &answer.json()?["added"]), (200, &serde_json::json!(40_000)), "{answer:?}");
    let answer = serve.post(&place, "EmailEvents", rows.as_bytes())?;
    assert_eq!(answer.json()?["duplicates"], 40_000, "{answer:?}");
    until_alerts(&place, 1)
}

#[test]
fn a_database_without_room_stops_nothing_for_good() -> Outcome {
    let place = Place::new()?;
    place.file("spoofwatch-data/rules/pay.yaml", CONTINUOUS)?;
    Serve::start(&place, &[])?.kill()?;
    let sent;
    {
        // Enough to open the database (its index of shared memory takes 32 KiB), and not for the log of a few runs.
        let serve = limited(&place, 80)?;
        super::until("it says that nobody can be let in", || Ok(serve.said().contains("no link could be made")))?;
        let mut number = 0;
        super::until("it says that it is unwell", || {
            number += 1;
            let _ = serve.post(&place, "EmailEvents", payments([number])?.as_bytes());
            Ok(serve.get("/healthz")?.status == 503)
        })?;
        sent = number;
        assert_eq!(serve.get("/metrics")?.status, 200);
    }
    let serve = Serve::start(&place, &[])?;
    serve.post(&place, "EmailEvents", payments(1..=sent)?.as_bytes())?;
    until_alerts(&place, sent)?;
    super::until("it is well again", || Ok(serve.get("/healthz")?.status == 200))
}
