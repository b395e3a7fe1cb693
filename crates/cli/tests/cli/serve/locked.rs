//! Another process holds the database's write lock, or is adding to the tables: `serve` waits and goes on.

use std::{
    io::{BufRead as _, BufReader},
    process::{Command, Stdio},
    time::Duration,
};

use super::{Serve, payments, until_alerts, watched};
use crate::common::Outcome;

/// Takes the write lock of the database and keeps it until its standard input ends.
const HOLD: &str = "import sqlite3, sys\nc = sqlite3.connect('spoofwatch-data/state.db', isolation_level=None)\nc.execute('BEGIN IMMEDIATE')\nprint('held', flush=True)\nsys.stdin.read()\nc.execute('ROLLBACK')\n";

#[test]
fn a_database_that_another_process_has_locked_is_waited_for() -> Outcome {
    let place = watched()?;
    let serve = Serve::start(&place, &[])?;
    let mut holder = Command::new("python3");
    holder.args(["-c", HOLD]).current_dir(place.path("")).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut holder = holder.spawn()?;
    let mut line = String::new();
    BufReader::new(holder.stdout.take().ok_or("no standard output")?).read_line(&mut line)?;
    assert_eq!(line, "held\n");
    // Rows are taken all the same: they are not in that database.
    assert_eq!(serve.post(&place, "EmailEvents", payments(0..3)?.as_bytes())?.status, 200);
    std::thread::sleep(Duration::from_secs(2));
    drop(holder.stdin.take());
    holder.wait()?;
    until_alerts(&place, 3)
}

#[test]
fn while_another_program_adds_to_the_tables_senders_are_told_to_come_back() -> Outcome {
    let place = watched()?;
    let serve = Serve::start(&place, &[])?;
    assert_eq!(serve.post(&place, "EmailEvents", payments([0])?.as_bytes())?.status, 200);
    // An ingest that waits for the end of its input has the turn to write once it has begun; one lock file is how that is told.
    let lock = std::fs::File::options().write(true).open(place.path("spoofwatch-data/locks/.turn.lock"))?;
    lock.lock()?;
    let answer = serve.post(&place, "EmailEvents", payments([1])?.as_bytes())?;
    assert_eq!(answer.status, 503, "{answer:?}");
    assert!(answer.head.to_ascii_lowercase().contains("retry-after: 5"), "{answer:?}");
    lock.unlock()?;
    assert_eq!(serve.post(&place, "EmailEvents", payments([1])?.as_bytes())?.status, 200);
    until_alerts(&place, 2)
}
