//! The JSON interface does what its OpenAPI document says: Schemathesis reads the document, asks every call what it may and may not be
//! asked, and compares the answers with it. Authority: <https://schemathesis.readthedocs.io>.

use std::process::{Command, Stdio};

use super::{Serve, python_with, signed_in};
use crate::common::{Outcome, Place, finished};

/// What is compared: no answer is a fault of the program, and each has a status, a form and headers that the document names.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance";

/// How often each call is asked at most, and how many seconds all of it may take: far less, unless the machine does much else.
const EXAMPLES: &str = "6";
const SECONDS: &str = "300";

/// Calls that are left out: a stream, which does not end, and what would shut the token's owner out.
const LEFT_OUT: [&str; 4] = ["events_events", "users_change", "users_link", "account_change_password"];

#[test]
fn schemathesis_finds_no_answer_that_the_document_does_not_name() -> Outcome {
    let Some(python) = python_with("schemathesis") else { return Ok(()) };
    let place = Place::new()?;
    place.run(&["demo"])?.good()?;
    let serve = Serve::start(&place, &["--data", "spoofwatch-demo"])?;
    let token = signed_in::token(&serve, &["read", "work", "admin", "ingest"])?;
    let mut command = Command::new(python);
    command.args(["-c", "from schemathesis.cli import schemathesis; schemathesis()", "run"]);
    command.arg(format!("http://{}/api/v1/openapi.json", serve.address));
    command.args(["--header", &format!("Authorization: Bearer {token}"), "--checks", CHECKS]);
    command.args(["--phases", "fuzzing", "--max-examples", EXAMPLES, "--max-time", SECONDS, "--workers", "2"]);
    // The same questions each time, and nothing is kept of them.
    command.args(["--seed", "1", "--no-shrink", "--continue-on-failure", "--generation-database", "none", "--warnings", "off"]);
    for name in LEFT_OUT {
        command.args(["--exclude-operation-id", name]);
    }
    let child = command.current_dir(place.path("")).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let run = finished(child)?;
    assert_eq!(run.status, Some(0), "{}\n{}", run.out, run.err);
    // That it passed means something only where it asked: each call a few times.
    let asked = run.out.lines().find_map(|line| line.trim().strip_prefix("Tested: ")).and_then(|count| count.parse::<u32>().ok());
    assert!(asked.is_some_and(|count| count > 70), "{}", run.out);
    assert!(!serve.said().contains("panicked"), "{}", serve.said());
    Ok(())
}
