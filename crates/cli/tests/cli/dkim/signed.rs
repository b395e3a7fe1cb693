//! Mail signed by our milter behind a real Postfix: what is delivered verifies, by this program and by dkimpy.

use std::process::{Command, Stdio};

use crate::{
    common::{Outcome, Place},
    live_mail::{Slot, left_out},
};

/// Verifies a message with the keys of a zone file's lines, given as NAME<tab>TEXT.
const JUDGE: &str = "import sys, dkim\n\
    keys = dict(line.rstrip('\\n').split('\\t') for line in open(sys.argv[2]))\n\
    look = lambda name, timeout=5: keys[name.decode().rstrip('.')].encode()\n\
    message = open(sys.argv[1], 'rb').read()\n\
    count = message.split(b'\\n\\n')[0].count(b'DKIM-Signature:')\n\
    print(count, all(dkim.DKIM(message).verify(idx=place, dnsfunc=look) for place in range(count)))\n";

#[test]
fn what_own_clients_send_is_delivered_with_signatures_that_verify() -> Outcome {
    let Some(slot) = Slot::take(9)? else { return Ok(()) };
    let place = Place::new()?;
    let key = |selector: &str, kind| -> Outcome<String> {
        let key = mailauth::dkim::SigningKey::of_kind(kind)?;
        place.file(&format!("spoofwatch-data/dkim/{selector}.pem"), key.to_pem()?.as_bytes())?;
        Ok(key.record()?)
    };
    let records = [("r1", key("r1", mailauth::dkim::KeyKind::Rsa2048)?), ("e1", key("e1", mailauth::dkim::KeyKind::Ed25519)?)];
    let row = |selector| format!("[[sign]]\ndomain = \"example.test\"\nselector = \"{selector}\"\nkey = \"{selector}.pem\"\n");
    place.file("spoofwatch-data/dkim/signing.toml", row("r1") + &row("e1"))?;
    let lines = records.iter().map(|(selector, record)| format!("{selector}._domainkey.example.test\t{record}\n"));
    place.file("keys", lines.collect::<String>())?;
    let serve = slot.milter(&place, &[])?;
    let letter = |subject: &str, from: &str| {
        format!(
            "From: Ann <{from}>\r\nTo: <box@example.test>\r\nSubject: {subject}\r\n of  May\r\nMessage-ID: <{subject}@example.test>\r\n\r\nHello. \r\n\r\n"
        )
    };
    slot.send("127.0.0.1", "ann@example.test", &letter("signed-one", "ann@example.test"))?;
    let message = slot.wait_for("signed-one")?;
    assert_eq!(message.matches("DKIM-Signature:").count(), 2, "{message}");
    slot.send("203.0.113.9", "ann@example.test", &letter("from-outside", "ann@example.test"))?;
    assert!(!slot.wait_for("from-outside")?.contains("DKIM-Signature:"));
    drop(serve);
    // What Postfix puts above the header is no part of what was signed.
    let body = message.split_once('\n').map_or("", |(first, rest)| if first.starts_with("From ") { rest } else { &message });
    place.file("delivered.eml", body)?;
    let imports = ["-c", "import dkim, nacl"];
    if !Command::new("/usr/bin/python3").args(imports).stderr(Stdio::null()).status().is_ok_and(|status| status.success()) {
        left_out("dkimpy with PyNaCl is not installed");
        return Ok(());
    }
    let judged =
        Command::new("/usr/bin/python3").args(["-c", JUDGE]).arg(place.path("delivered.eml")).arg(place.path("keys")).output()?;
    assert_eq!(String::from_utf8_lossy(&judged.stdout).trim(), "2 True", "{}", String::from_utf8_lossy(&judged.stderr));
    Ok(())
}
