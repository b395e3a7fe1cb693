//! OpenDKIM's `miltertest`, a mail server played by somebody else's code, against the server. Left out where it is not installed.

use spoofwatch_milter::{Fallback, Limits};

use crate::played::{Outcome, Served};

const SCRIPT: &str = r#"
function fail(what) mt.echo("FAIL: " .. what) error(what) end
conn = mt.connect("inet:PORT@127.0.0.1")
if conn == nil then fail("no connection") end
if mt.conninfo(conn, "mail.example.org", "192.0.2.9") ~= nil then fail("connect") end
if mt.getreply(conn) ~= SMFIR_CONTINUE then fail("no word to go on after connect") end
mt.macro(conn, SMFIC_MAIL, "i", "4ABC", "{mail_addr}", "alice@example.org")
if mt.helo(conn, "mail.example.org") ~= nil then fail("helo") end
if mt.mailfrom(conn, "<alice@example.org>", "SIZE=100") ~= nil then fail("mail") end
if mt.getreply(conn) ~= SMFIR_CONTINUE then fail("no word to go on after mail") end
if mt.rcptto(conn, "<bob@example.com>") ~= nil then fail("rcpt") end
if mt.data(conn) ~= nil then fail("data") end
if mt.header(conn, "Subject", "hold this") ~= nil then fail("header") end
if mt.header(conn, "From", "\"Alice\"\n\t<alice@example.org>") ~= nil then fail("header") end
if mt.eoh(conn) ~= nil then fail("end of the header") end
if mt.bodystring(conn, "one\r\n") ~= nil then fail("body") end
if mt.bodyrandom(conn, 4000) ~= nil then fail("body") end
if mt.eom(conn) ~= nil then fail("end") end
if not mt.eom_check(conn, MT_QUARANTINE) then fail("not held") end
if mt.getreply(conn) ~= SMFIR_CONTINUE then fail("no last word") end

if mt.mailfrom(conn, "<carol@example.org>") ~= nil then fail("a second message") end
if mt.rcptto(conn, "<bob@example.com>") ~= nil then fail("rcpt") end
if mt.header(conn, "Subject", "hello") ~= nil then fail("header") end
if mt.eoh(conn) ~= nil then fail("end of the header") end
if mt.bodystring(conn, "two\r\n") ~= nil then fail("body") end
if mt.eom(conn) ~= nil then fail("end") end
if not mt.eom_check(conn, MT_HDRINSERT, "Authentication-Results") then fail("no field was added") end
if mt.eom_check(conn, MT_QUARANTINE) then fail("held") end
mt.disconnect(conn)
"#;

#[tokio::test]
async fn another_hand_of_the_protocol_agrees() -> Outcome {
    let served = Served::start(Limits::default(), Fallback::Accept).await?;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("script.lua");
    tokio::fs::write(&path, SCRIPT.replace("PORT", &served.port.to_string())).await?;
    let run =
        tokio::task::spawn_blocking(move || std::process::Command::new("miltertest").args(["-v", "-s"]).arg(&path).output())
            .await?;
    let output = match run {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            println!("left out: miltertest is not installed");
            return Ok(());
        }
        other => other?,
    };
    assert!(output.status.success(), "{output:?}");
    let seen = served.handler.seen().clone();
    assert_eq!(seen.len(), 2);
    let (envelope, text) = &seen[0];
    assert_eq!((envelope.queue_id(), envelope.sender.address.as_str()), (Some("4ABC"), "alice@example.org"));
    assert!(text.starts_with("Subject: hold this\r\nFrom: \"Alice\"\r\n\t<alice@example.org>\r\n\r\none\r\n"), "{text:.200}");
    assert!(seen[1].1.ends_with("two\r\n") && seen[1].0.sender.address == "carol@example.org");
    Ok(())
}
