//! The prompt, driven through a pseudo-terminal as a person would. Python's `pty` is the terminal; where there is no Python
//! the test says so and does nothing.
#![expect(clippy::print_stderr, reason = "a test that cannot run says so")]

use std::{
    io::ErrorKind,
    process::{Command, Stdio},
};

use crate::common::{ENDLESS, Outcome, Place, finished, messages};

/// Runs the program in a terminal of 24 lines of 100 columns. Standard input holds a step a line: `expect TEXT` waits for the
/// text on the screen, `send TEXT` types it (escapes as in Python). Prints all that was on the screen.
const TERMINAL: &str = include_str!("terminal.py");

/// What was on the screen; `None` where there is no Python.
fn screen(place: &Place, arguments: &[&str], environment: &[(&str, &str)], steps: &str) -> Outcome<Option<String>> {
    let mut command = Command::new("python3");
    command.arg("-c").arg(TERMINAL).arg(env!("CARGO_BIN_EXE_spoofwatch")).args(arguments);
    command.current_dir(place.path("")).env_remove("SPOOFWATCH_DATA").env_remove("NO_COLOR").env("TERM", "xterm-256color");
    command.envs(environment.iter().copied()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            eprintln!("skipped: there is no python3 to make a terminal with");
            return Ok(None);
        }
        Err(error) => return Err(error.into()),
    };
    std::io::Write::write_all(&mut child.stdin.take().ok_or("no standard input")?, steps.as_bytes())?;
    finished(child)?.good().map(Some)
}

fn stored() -> Outcome<Place> {
    let place = Place::new()?;
    place.file("mail.ndjson", messages(&["alpha", "beta"]))?;
    place.run(&["ingest", "--table", "EmailEvents", "mail.ndjson"])?.good()?;
    Ok(place)
}

#[test]
fn a_person_hunts_in_a_terminal() -> Outcome {
    let place = stored()?;
    let steps = format!(
        "expect hunt>
send EmailEvents | cou\\t
expect count
send ;\\r
expect 1 row
expect hunt>
send EmailEvents\\r
expect |
send | where Subject has 'alpha' | project Found = Subject\\r\\r
expect About alpha
expect hunt>
send EmailEvents | where Subjct == ''\\x1b\\r;\\r
expect did you mean `Subject`?
expect hunt>
send {ENDLESS};\\r
expect hunting
send \\x03
expect interrupted
expect hunt>
send half a query\\x03
expect hunt>
send .schema EmailEvents | project Subject\\r
expect string
expect hunt>
send .explain EmailEvents | count\\r
expect What stored tables are asked
expect hunt>
send .nonsense\\r
expect there is no command
expect hunt>
send .format csv\\r
expect hunt>
send print answer = 6 * 7;\\r
expect 42
expect hunt>
send \\x04
"
    );
    let Some(screen) = screen(&place, &["hunt"], &[], &steps)? else { return Ok(()) };
    assert!(screen.contains("\u{1b}["), "a terminal has colours");
    Ok(())
}

#[test]
fn history_lasts_and_is_nobody_elses() -> Outcome {
    let place = stored()?;
    let first = "expect hunt>\nsend print first = 1;\\r\nexpect first\nexpect hunt>\nsend \\x04\n";
    if screen(&place, &["hunt"], &[], first)?.is_none() {
        return Ok(());
    }
    let again = "expect hunt>\nsend \\x1b[A\nexpect print first\nsend \\r\nexpect 1 row\nexpect hunt>\nsend .quit\\r\n";
    screen(&place, &["hunt"], &[], again)?;
    #[cfg(unix)]
    {
        let history = place.path("spoofwatch-data/hunt-history");
        let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(history)?.permissions());
        assert_eq!(mode & 0o777, 0o600);
    }
    Ok(())
}

#[test]
fn many_lines_can_be_pasted_and_colours_be_off() -> Outcome {
    let place = stored()?;
    let paste = "expect hunt>\n\
         send \\x1b[200~EmailEvents\\r| summarize Found = count()\\r\\r    by Subject\\r| where Found == 1\\x1b[201~;\\r\n\
         expect 2 rows\nexpect hunt>\nsend \\x04\n";
    let Some(screen) = screen(&place, &["hunt"], &[("NO_COLOR", "1")], paste)? else { return Ok(()) };
    assert!(!screen.contains("\u{1b}[3") && !screen.contains("\u{1b}[1;3"), "{screen:?}");
    Ok(())
}

#[test]
fn queries_of_kibana_are_written_at_the_prompt() -> Outcome {
    let place = stored()?;
    place.file(
        "audit.ndjson",
        "{\"@timestamp\":\"2026-11-20T00:00:00Z\",\"event.action\":\"Set-DkimSigningConfig\",\"user.id\":\"anna\"}\n",
    )?;
    let steps = "expect kuery>
send event.acti\\t
expect event.action:
send Set*\\r
expect anna
expect kuery>
send .explain\\r
expect What stored tables are asked
expect kuery>
send .schema EmailEvents\\r
expect SenderFromAddress
expect kuery>
send .language kusto\\r
expect hunt>
send print answer = 6 * 7;\\r
expect 42
expect hunt>
send .language lucene\\r
expect lucene>
send .index nothing-like-it\\r
expect lucene>
send event.action:Set*\\r
expect no table is called `nothing-like-it`
expect lucene>
send \\x04
";
    let arguments =
        ["hunt", "--language", "kuery", "--index", "logs-o365*", "--table", "o365.audit=audit.ndjson", "--format", "ndjson"];
    screen(&place, &arguments, &[], steps)?;
    Ok(())
}

#[test]
fn without_a_terminal_and_a_query_usage_is_wrong() -> Outcome {
    let told = Place::new()?.run(&["hunt"])?.failed(2)?;
    assert!(told.contains("<QUERY>"), "{told}");
    Ok(())
}
