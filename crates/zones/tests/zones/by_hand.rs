//! What is printed for people does what the change says: `nsupdate` runs the script, and a server loads the lines.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use spoofwatch_zones::{
    Applied, Change, Printed, RecordKind, Unwritable, Value, WriteError, ZoneWriter,
    bench::{Bind, Setup},
};

use crate::{change, text, updates};

/// Runs a script; `None` where there is no `nsupdate`.
#[expect(clippy::print_stderr, reason = "a test that is skipped says why")]
fn nsupdate(bind: &Bind, script: &str) -> Option<(bool, String)> {
    let key = format!("hmac-sha256:updates:{}", bind.key_text.split('"').nth(3).unwrap());
    let child = Command::new("nsupdate").args(["-y", &key]).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let Ok(mut child) = child else {
        eprintln!("skipped: nsupdate is not installed");
        return None;
    };
    let server = format!("server {} {}\n", bind.address.ip(), bind.address.port());
    child.stdin.take().unwrap().write_all((server + script).as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    Some((output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned()))
}

fn changes() -> Vec<Change> {
    let key = format!("v=DKIM1; k=rsa; p={}", "MIIB".repeat(100));
    let name = "a.example.test";
    vec![
        change(name, &[], &["v=DMARC1; p=none"]),
        change(name, &["v=DMARC1; p=none"], &[key.as_str(), "say \"p\\\" \u{e4}; \t", ""]),
        change(name, &[key.as_str(), "say \"p\\\" \u{e4}; \t", ""], &[]),
        Change::adding(name, &[], Value::Mx(10, "mx.example.net".to_owned()), 60),
        Change::removing(name, &[Value::Mx(10, "mx.example.net".to_owned())], &Value::Mx(10, "mx.example.net".to_owned()), 60),
        Change::adding(name, &[], Value::Cname("b.example.test".to_owned()), 60),
        Change::swapping(
            name,
            &[Value::Cname("b.example.test".to_owned())],
            &Value::Cname("b.example.test".to_owned()),
            Value::Cname("c.example.test".to_owned()),
            60,
        ),
    ]
}

#[tokio::test]
async fn nsupdate_makes_the_change_once() {
    let Some(bind) = Bind::installed(&Setup::new("example.test", "")).await.unwrap() else { return };
    for change in changes() {
        let script = change.as_nsupdate(Some("example.test"));
        let Some((made, words)) = nsupdate(&bind, &script) else { return };
        assert!(made, "{script}{words}");
        assert_eq!(updates(&bind).apply(&change).await, Ok(Applied::Already), "{script}");
        let (again, words) = nsupdate(&bind, &script).unwrap();
        assert!(!again && words.contains("RRSET") || words.contains("YXDOMAIN"), "{script}{words}");
    }
}

#[tokio::test]
async fn a_server_loads_the_lines() {
    for change in changes() {
        let Some(bind) = Bind::installed(&Setup::new("example.test", &change.as_zone_lines())).await.unwrap() else { return };
        assert_eq!(updates(&bind).apply(&change).await, Ok(Applied::Already), "{}", change.as_zone_lines());
    }
}

#[tokio::test]
async fn who_cannot_write_says_what_to_write() {
    let policy = change("_dmarc.example.test", &[], &["v=DMARC1; p=reject"]);
    let error = Printed.apply(&policy).await.unwrap_err();
    assert_eq!(error, WriteError::ByHand(Box::new(policy)));
    assert_eq!(
        error.to_string(),
        "nobody here can write the zone of _dmarc.example.test. By hand: add a TXT record for _dmarc.example.test, with a TTL of 60 \
         seconds: `v=DMARC1; p=reject`"
    );
    assert_eq!(Printed.apply(&change("a.example.test", &["a"], &["a"])).await, Ok(Applied::Already));
    let wrong = Change { kind: RecordKind::Mx, ..change("a.example.test", &[], &["a"]) };
    let kind = Unwritable::Kind { expected: RecordKind::Mx, found: text("a").kind() };
    assert_eq!(Printed.apply(&wrong).await, Err(WriteError::Value(kind)));
}
