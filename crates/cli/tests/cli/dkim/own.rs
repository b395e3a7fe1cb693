//! Keys of an own domain, by the command line alone, in a zone that a real BIND serves. Left out, with a word that says so, where there is none.

use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Instant};

use mailauth::{
    Message,
    dkim::{DkimResult, verify},
    dns::{Network, NetworkOptions},
};
use rotation::{REVOKED, Rotation, SigningTable, State};
use serde_json::Value;
use tokio::runtime::Runtime;
use zones::bench::{Bind, Setup};

use super::RULE;
use crate::common::{Outcome, Place, Run, finished};

/// Microseconds of a second.
const SECOND: i64 = 1_000_000;
/// Microseconds of a day.
const DAY: i64 = 86_400 * SECOND;
const DOMAIN: &str = "example.test";

/// A domain, who serves it, and where its keys are.
struct Scene {
    place: Place,
    bind: Bind,
    runtime: Runtime,
}

impl Scene {
    fn new(lines: &str, writes: bool) -> Outcome<Option<Self>> {
        let runtime = Runtime::new()?;
        let Some(bind) = runtime.block_on(Bind::installed(&Setup::new(DOMAIN, "")))? else { return Ok(None) };
        let place = Place::new()?;
        let server = bind.address;
        place.file("spoofwatch-data/update.key", &bind.key_text)?;
        let update = if writes { format!("server = \"{server}\"\nkey-file = \"update.key\"\n") } else { String::new() };
        let config = format!(
            "[mail]\ndns = \"{server}\"\n[dns-update]\nservers = [\"{server}\"]\n{update}[dkim]\nttl = 60\nrotate = \"on\"\n\
             [dkim.\"{DOMAIN}\"]\nsigner = \"milter\"\n{lines}"
        );
        place.file("spoofwatch-data/spoofwatch.toml", config)?;
        place.file("spoofwatch-data/rules/any.yaml", RULE)?;
        Ok(Some(Self { place, bind, runtime }))
    }

    fn dkim(&self, arguments: &[&str]) -> Outcome<Run> {
        self.place.run(&[&["dkim"], arguments].concat())
    }

    /// Every rotation of the journal, the first first.
    fn rotations(&self) -> Outcome<Vec<(PathBuf, Rotation)>> {
        let mut found = Vec::new();
        let Ok(folder) = std::fs::read_dir(self.place.path("spoofwatch-data/dkim/rotations")) else { return Ok(found) };
        for entry in folder {
            let path = entry?.path();
            if path.extension().is_some_and(|kind| kind == "json") {
                let text = std::fs::read_to_string(&path)?;
                found.push((path, serde_json::from_str(&text)?));
            }
        }
        found.sort_by_key(|(_, rotation): &(PathBuf, Rotation)| rotation.history.first().map(|moment| moment.at));
        Ok(found)
    }

    fn last(&self) -> Outcome<Rotation> {
        Ok(self.rotations()?.pop().ok_or("no rotation")?.1)
    }

    /// Lets time pass: all that was written down is so much older.
    fn pass(&self, micros: i64) -> Outcome {
        for (path, mut rotation) in self.rotations()? {
            for moment in &mut rotation.history {
                moment.at -= micros;
            }
            rotation.seen_at = rotation.seen_at.map(|seen| seen - micros);
            if let Some(trouble) = &mut rotation.trouble {
                trouble.since -= micros;
            }
            std::fs::write(path, serde_json::to_string_pretty(&rotation)?)?;
        }
        Ok(())
    }

    fn table(&self) -> Outcome<SigningTable> {
        Ok(SigningTable::open(&self.place.path("spoofwatch-data/dkim/signing.toml"))?)
    }

    /// A message signed as the milter signs it now.
    fn signed(&self) -> Outcome<String> {
        let text = format!("From: ann@{DOMAIN}\r\nSubject: Figures\r\n\r\nHello.\r\n");
        let fields = self.table()?.sign(DOMAIN, &Message::new(text.as_bytes()), now()? / SECOND)?;
        assert!(!fields.is_empty(), "nothing signs");
        Ok(fields.concat() + &text)
    }

    /// Every signature of a message verifies with what BIND answers now.
    fn verifies(&self, message: &str) -> Outcome {
        let verdicts = self.runtime.block_on(verdicts(self.bind.address, message))?;
        assert!(!verdicts.is_empty() && verdicts.iter().all(|result| *result == DkimResult::Pass), "{verdicts:?}\n{message}");
        Ok(())
    }

    fn texts(&self, selector: &str) -> Outcome<Vec<String>> {
        use rotation::Servers as _;
        let authorities = zones::Authorities::fixed(vec![self.bind.address], None, zones::AskOptions::default());
        let name = rotation::key_name(selector, DOMAIN);
        let seen = self.runtime.block_on(authorities.texts(&name))?;
        Ok(seen.into_iter().filter_map(|seen| seen.texts.ok()).flatten().collect())
    }

    /// The domain's first key, made and signing.
    fn first_key(&self) -> Outcome {
        let out = self.dkim(&["rotate", "--apply"])?.good()?;
        assert!(out.contains("published"), "{out}");
        self.pass(61 * SECOND)?;
        self.dkim(&["rotate", "--apply"])?.good()?;
        assert_eq!(self.last()?.state, State::Done);
        Ok(())
    }
}

async fn verdicts(server: SocketAddr, message: &str) -> Outcome<Vec<DkimResult>> {
    #[expect(clippy::disallowed_methods, reason = "the network's time limits are real")]
    let start = Instant::now();
    let network = Network::server(server, Arc::new(move || start.elapsed()), NetworkOptions::default())?;
    let verdicts = verify(&Message::new(message.as_bytes()), &network, now()? / SECOND).await;
    Ok(verdicts.iter().map(|verdict| verdict.result).collect())
}

fn now() -> Outcome<i64> {
    #[expect(clippy::disallowed_methods, reason = "the process that is tested looks at the same clock")]
    let since = std::time::SystemTime::now().duration_since(std::time::SystemTime::UNIX_EPOCH)?;
    Ok(i64::try_from(since.as_micros())?)
}

#[test]
fn a_rotation_by_the_command_line_alone_never_leaves_a_message_unverified() -> Outcome {
    let Some(scene) = Scene::new("algorithms = [\"rsa\", \"ed25519\"]\n", true)? else { return Ok(()) };
    scene.first_key_of_each()?;
    let first = scene.signed()?;
    assert_eq!(first.matches("DKIM-Signature:").count(), 2);
    scene.verifies(&first)?;
    let known = scene.rotations()?.len();
    let plan = scene.dkim(&["rotate", DOMAIN, "--now"])?.good()?;
    for words in
        ["make a private key (RSA, 2048 bits)", "written by a dynamic update", "keep sw", "v=DKIM1; p=", "Nothing was changed"]
    {
        assert!(plan.contains(words), "{words}: {plan}");
    }
    assert_eq!(scene.rotations()?.len(), known);
    let not_due = scene.dkim(&["rotate", DOMAIN, "--apply"])?.good()?;
    assert!(not_due.contains("its key is to be replaced on"), "{not_due}");
    scene.dkim(&["rotate", DOMAIN, "--now", "--apply"])?.good()?;
    let open = scene.rotations()?.split_off(known);
    assert!(open.iter().all(|(_, rotation)| rotation.state == State::Published), "{open:?}");
    for wait in [61 * SECOND, 3 * DAY, 4 * DAY + SECOND] {
        scene.verifies(&first)?;
        scene.verifies(&scene.signed()?)?;
        scene.pass(wait)?;
        scene.dkim(&["rotate", "--apply"])?.good()?;
    }
    scene.verifies(&scene.signed()?)?;
    for (_, rotation) in scene.rotations()?.split_off(known) {
        let old = rotation.old.clone().ok_or("no old key")?.entry;
        assert_eq!(rotation.state, State::Done);
        assert_eq!(scene.texts(&old.selector)?, [REVOKED]);
        assert!(!old.file.exists() && rotation.new.file.exists());
    }
    let status: Value = serde_json::from_str(&scene.dkim(&["status", "--format", "json"])?.good()?)?;
    assert_eq!((&status[0]["state"], &status[0]["problems"]), (&"settled".into(), &Value::Array(Vec::new())), "{status}");
    assert_eq!(status[0]["keys"][0]["bits"], 2048);
    Ok(())
}

impl Scene {
    /// As [`Scene::first_key`], where there are several lines.
    fn first_key_of_each(&self) -> Outcome {
        self.first_key()?;
        assert!(self.rotations()?.iter().all(|(_, rotation)| rotation.state == State::Done));
        Ok(())
    }

    /// Goes on, and is killed as soon as the journal has a state; false if the process ends before that.
    fn killed_at(&self, state: State) -> Outcome<bool> {
        self.killed(&["dkim", "rotate", DOMAIN, "--apply"], |scene| {
            Ok(scene.rotations()?.pop().is_some_and(|(_, rotation)| rotation.reached(state).is_some()))
        })
    }

    /// Begins a rotation, and is killed when the journal has one more; false if the process was faster.
    fn killed_at_the_first_word(&self, count: usize) -> Outcome<bool> {
        self.killed(&["dkim", "rotate", DOMAIN, "--now", "--apply"], |scene| Ok(scene.rotations()?.len() > count))
    }

    /// Runs the program, and kills it as soon as something is so; false if it ends before that, which it must do well.
    fn killed(&self, arguments: &[&str], is_so: impl Fn(&Self) -> Outcome<bool>) -> Outcome<bool> {
        let mut child = self.place.command(arguments).spawn()?;
        loop {
            // A file that is being replaced is read as it was or as it is.
            if is_so(self)? {
                child.kill()?;
                child.wait()?;
                return Ok(true);
            }
            if child.try_wait()?.is_some() {
                finished(child)?.good()?;
                return Ok(false);
            }
        }
    }
}

#[test]
fn a_rotation_survives_the_end_of_the_process_at_every_state() -> Outcome {
    let Some(scene) = Scene::new("algorithms = [\"ed25519\"]\n", true)? else { return Ok(()) };
    scene.first_key()?;
    let states = [
        State::Planned,
        State::KeyMade,
        State::Published,
        State::Visible,
        State::Switched,
        State::Draining,
        State::Revoked,
        State::Done,
    ];
    let mut killed = 0;
    for state in states {
        let (old, count) = (scene.last()?.new, scene.rotations()?.len());
        let sent = scene.signed()?;
        // The first process is killed when it has planned; another when it reaches the state that this is about.
        killed += usize::from(scene.killed_at_the_first_word(count)?);
        let mut waits = state != State::Planned;
        let mut rounds = 0;
        while !scene.last()?.state.is_final() {
            let at = scene.last()?;
            // What was sent before the switch has arrived when the old key is revoked.
            if at.state != State::Revoked && at.drained_at().map_or(Ok(true), |end| now().map(|now| now < end))? {
                scene.verifies(&sent)?;
            }
            scene.verifies(&scene.signed()?)?;
            rounds += 1;
            assert!(rounds < 12, "{state:?}: {:?}", scene.last()?);
            if waits && scene.last()?.reached(state).is_none() && scene.killed_at(state)? {
                (killed, waits) = (killed + 1, false);
            } else {
                scene.dkim(&["rotate", DOMAIN, "--apply"])?.good()?;
            }
            scene.pass(if scene.last()?.state == State::Published { 61 * SECOND } else { 8 * DAY })?;
        }
        let done = scene.last()?;
        assert_eq!(done.state, State::Done, "{state:?}");
        assert_eq!(scene.texts(&old.selector)?, [REVOKED], "{state:?}");
        assert!(!old.file.exists(), "{state:?}");
        scene.verifies(&scene.signed()?)?;
    }
    // Nothing says that the process is not faster than who wants to kill it; it seldom is.
    assert!(killed > states.len(), "only {killed} processes were killed");
    let keys = std::fs::read_dir(scene.place.path("spoofwatch-data/dkim/keys"))?.count();
    assert_eq!(keys, 1);
    Ok(())
}

#[test]
fn without_a_name_server_that_takes_changes_the_record_is_printed_and_waited_for() -> Outcome {
    let Some(scene) = Scene::new("algorithms = [\"ed25519\"]\n", false)? else { return Ok(()) };
    let out = scene.dkim(&["rotate", DOMAIN, "--apply"])?.good()?;
    let rotation = scene.last()?;
    let record = rotation.record.clone().ok_or("no record")?;
    assert!(out.contains(&rotation.new_name()) && out.contains(&record) && out.contains("not yet at every server"), "{out}");
    let change = zones::Change::adding(rotation.new_name(), &[], zones::Value::Txt(record), 60);
    let key = zones::TsigKey::read(&scene.bind.key_text, None)?;
    let clock = Arc::new(|| now().map_or(0, |now| (now / SECOND).unsigned_abs()));
    let updates = zones::Updates::new(scene.bind.address, key, clock, zones::UpdateOptions::default());
    scene.runtime.block_on(zones::ZoneWriter::apply(&updates, &change))?;
    scene.dkim(&["rotate", DOMAIN, "--apply"])?.good()?;
    scene.pass(61 * SECOND)?;
    let out = scene.dkim(&["rotate", DOMAIN, "--apply", "--wait", "1"])?.good()?;
    assert_eq!(scene.last()?.state, State::Done, "{out}");
    scene.verifies(&scene.signed()?)
}

#[test]
fn a_rotation_is_given_up_before_the_switch_and_taken_back_after_it() -> Outcome {
    let Some(scene) = Scene::new("algorithms = [\"ed25519\"]\n", true)? else { return Ok(()) };
    scene.first_key()?;
    let old = scene.last()?.new;
    scene.dkim(&["rotate", DOMAIN, "--now", "--apply"])?.good()?;
    let told = scene.dkim(&["abort", DOMAIN])?.good()?;
    assert!(told.contains("Nothing was changed") && scene.last()?.state == State::Published, "{told}");
    scene.dkim(&["abort", DOMAIN, "--apply"])?.good()?;
    assert_eq!(scene.last()?.state, State::Undone);
    scene.pass(DAY)?;
    scene.dkim(&["rotate", DOMAIN, "--now", "--apply"])?.good()?;
    scene.pass(61 * SECOND)?;
    scene.dkim(&["rotate", DOMAIN, "--apply"])?.good()?;
    assert_eq!(scene.last()?.state, State::Draining);
    let sent = scene.signed()?;
    let late = scene.dkim(&["abort", DOMAIN, "--apply"])?.failed(3)?;
    assert!(late.contains("in trouble"), "{late}");
    scene.dkim(&["rotate", DOMAIN, "--take-back", "--apply"])?.good()?;
    assert!(scene.signed()?.contains(&format!("s={};", old.selector)));
    scene.verifies(&sent)?;
    scene.pass(8 * DAY)?;
    scene.dkim(&["rotate", "--apply"])?.good()?;
    assert_eq!(scene.last()?.state, State::Undone);
    scene.verifies(&scene.signed()?)
}

#[test]
fn serve_rotates_what_is_due_and_says_what_is_overdue() -> Outcome {
    let Some(scene) = Scene::new("algorithms = [\"ed25519\"]\n", true)? else { return Ok(()) };
    scene.first_key()?;
    scene.pass(100 * DAY)?;
    let schedule = scene.dkim(&["schedule"])?.good()?;
    assert!(schedule.contains("overdue"), "{schedule}");
    let serve = crate::serve::Serve::start(&scene.place, &[])?;
    crate::serve::until("a rotation begins", || Ok(scene.rotations()?.len() == 2 && scene.last()?.seen_at.is_some()))?;
    serve.kill()?;
    scene.pass(61 * SECOND)?;
    let serve = crate::serve::Serve::start(&scene.place, &[])?;
    crate::serve::until("it signs", || Ok(scene.last()?.state == State::Draining))?;
    crate::serve::until("it is counted", || Ok(serve.get("/metrics")?.body.contains("spoofwatch_dkim_rotation_steps_total")))?;
    serve.kill()?;
    scene.pass(8 * DAY)?;
    scene.place.run(&["serve", "--once"])?.good()?;
    assert_eq!(scene.last()?.state, State::Done);
    scene.verifies(&scene.signed()?)
}
