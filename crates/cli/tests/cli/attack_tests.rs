//! `simulate mail` against a mail server of a few lines: what is sent, what is reported, and who is never sent anything.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use serde_json::Value;

use crate::common::{Outcome, Place};

/// A server that plays other clients, refuses what Microsoft has overridden, takes everything else into a Maildir, and remembers what it heard.
struct Server {
    address: SocketAddr,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn start(maildir: &Path) -> Outcome<Self> {
        fs::create_dir_all(maildir.join("new"))?;
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let heard = Arc::new(Mutex::new(Vec::new()));
        let (log, folder) = (Arc::clone(&heard), maildir.join("new"));
        std::thread::spawn(move || {
            for (number, stream) in listener.incoming().enumerate() {
                let Ok(stream) = stream else { return };
                // A client that goes away ends its own conversation alone.
                let _ = converse(&stream, &log, &folder.join(number.to_string()));
            }
        });
        Ok(Self { address, heard })
    }

    fn heard(&self, begin: &str) -> Vec<String> {
        let heard = self.heard.lock().map(|heard| heard.clone()).unwrap_or_default();
        heard.into_iter().filter(|line| line.starts_with(begin)).collect()
    }
}

fn converse(stream: &TcpStream, log: &Mutex<Vec<String>>, mailbox: &PathBuf) -> std::io::Result<()> {
    let (mut lines, mut answers) = (BufReader::new(stream).lines(), stream);
    write!(answers, "220 test\r\n")?;
    while let Some(line) = lines.next() {
        let line = line?;
        let answer = match line.get(..4) {
            Some("EHLO") => "250-test\r\n250 XCLIENT NAME ADDR",
            Some("XCLI") => "220 test",
            Some("DATA") => {
                write!(answers, "354 go on\r\n")?;
                let mut message = String::new();
                for line in lines.by_ref() {
                    let line = line?;
                    if line == "." {
                        break;
                    }
                    message.push_str(line.strip_prefix('.').unwrap_or(&line));
                    message.push_str("\r\n");
                }
                let header = message.split("\r\n\r\n").next().unwrap_or_default().replace("\r\n ", " ");
                if header.contains("dmarc=fail action=oreject") {
                    "550 5.7.1 overridden rejections are rejected here"
                } else {
                    fs::write(mailbox, &message)?;
                    "250 2.0.0 taken"
                }
            }
            _ => "250 ok",
        };
        if let Ok(mut log) = log.lock() {
            log.push(line.clone());
        }
        write!(answers, "{answer}\r\n")?;
        if line == "QUIT" {
            break;
        }
    }
    Ok(())
}

fn lines(text: &str) -> Outcome<Vec<Value>> {
    text.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
}

#[test]
fn attacks_should_be_stopped_and_honest_mail_delivered() -> Outcome {
    let place = Place::new()?;
    let server = Server::start(&place.path("Maildir"))?;
    let to = server.address.to_string();
    let common = ["simulate", "mail", "--to", &to, "--xclient", "--rate", "50/s", "--wait", "5", "--format", "json"];
    let mut arguments = common.to_vec();
    arguments.extend(["--maildir", "Maildir", "--rcpt", "ana@example.test"]);
    arguments.extend(["--scenario", "oreject-override", "--scenario", "plain", "--scenario", "bounce"]);
    let results = lines(&place.run(&arguments)?.good()?)?;
    let outcomes: Vec<_> = results.iter().map(|line| (line["scenario"].as_str(), line["outcome"].as_str())).collect();
    assert_eq!(
        outcomes,
        [(Some("oreject-override"), Some("rejected")), (Some("plain"), Some("delivered")), (Some("bounce"), Some("delivered"))]
    );
    assert_eq!(results[0]["reply"], "550 5.7.1 overridden rejections are rejected here");
    assert_eq!(server.heard("RCPT TO:"), ["RCPT TO:<ana@example.test>"; 3]);
    assert_eq!(server.heard("MAIL FROM:").last().map(String::as_str), Some("MAIL FROM:<>"));
    // Each comes from the address it claims.
    let played = server.heard("XCLIENT ");
    assert!(played.len() == 3 && played[0].contains("protection.example ADDR=198.51.100."), "{played:?}");
    Ok(())
}

#[test]
fn an_attack_that_nobody_notices_fails_the_test() -> Outcome {
    let place = Place::new()?;
    let server = Server::start(&place.path("Maildir"))?;
    let to = server.address.to_string();
    let run = place.run(&[
        "simulate",
        "mail",
        "--to",
        &to,
        "--maildir",
        "Maildir",
        "--wait",
        "1",
        "--rate",
        "50/s",
        "--scenario",
        "domain-spoof",
        "--scenario",
        "newsletter",
    ])?;
    assert!(run.out.contains("domain-spoof") && run.out.contains("delivered"), "{}", run.out);
    let told = run.failed(1)?;
    assert!(told.contains("domain-spoof: attack neither stopped nor alerted"), "{told}");
    assert!(told.contains("1 honest message") && told.contains("with --xclient"), "{told}");
    Ok(())
}

#[test]
fn nobody_else_is_ever_sent_an_attack() -> Outcome {
    let place = Place::new()?;
    let told = place.run(&["simulate", "mail", "--to", "192.0.2.25:25"])?.failed(1)?;
    assert!(told.contains("192.0.2.25 is not this machine") && told.contains("test-hosts"), "{told}");
    let told = place.run(&["simulate", "mail", "--to", "127.0.0.1:1"])?.failed(1)?;
    assert!(told.contains("127.0.0.1:1"), "{told}");
    place.run(&["simulate", "mail"])?.failed(2)?;
    let told = place.run(&["simulate", "mail", "--dry-run", "x", "--scenario", "no-such"])?.failed(1)?;
    assert!(told.contains("no scenario `no-such`") && told.contains("--list"), "{told}");
    Ok(())
}

#[test]
fn what_is_written_verifies_with_the_records_that_are_written() -> Outcome {
    let place = Place::new()?;
    let made = ["simulate", "mail", "--keys", "keys.pem", "--write-zone", "test.zone", "--dry-run", "messages"];
    place.run(&made)?.good()?;
    let requests = lines(&fs::read_to_string(place.path("messages/envelopes.jsonl"))?)?;
    let batch = ["mail", "verify", "--zone", "test.zone", "--batch", "messages/envelopes.jsonl"];
    let answers = lines(&place.run(&batch)?.good()?)?;
    assert_eq!(answers.len(), requests.len());
    for (request, answer) in requests.iter().zip(&answers) {
        let (name, expected) = (&request["scenario"], &request["expected"]);
        assert_eq!(request["id"], answer["id"]);
        assert_eq!(answer["spf"]["result"], expected["spf"], "{name}: {answer}");
        assert_eq!(answer["dmarc"]["result"], expected["dmarc"], "{name}: {answer}");
        let dkim: Vec<&Value> = answer["dkim"].as_array().into_iter().flatten().map(|dkim| &dkim["result"]).collect();
        assert_eq!(Value::from_iter(dkim.into_iter().cloned()), expected["dkim"], "{name}: {answer}");
    }
    // Later runs sign with the same keys.
    let zone = fs::read(place.path("test.zone"))?;
    place.run(&made)?.good()?;
    assert_eq!(fs::read(place.path("test.zone"))?, zone);
    Ok(())
}
