//! Notifications by e-mail and syslog, to receivers that are played here: what they hear, by whom it is asked for, and that a server that
//! cannot take a message gets it later.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream, UdpSocket},
    sync::{Arc, Mutex},
    time::Duration,
};

use super::{Serve, held, payments, until, until_alerts, watched};
use crate::common::Outcome;

type Heard = Arc<Mutex<Vec<String>>>;

/// A mail server (RFC 5321) that turns the first message away for now, and keeps the others: the envelope, then the message.
fn mail_server(listener: TcpListener) -> Heard {
    let heard = Heard::default();
    let kept = Arc::clone(&heard);
    std::thread::spawn(move || {
        let mut turned_away = false;
        for stream in listener.incoming().map_while(Result::ok) {
            let _ = conversation(stream, &kept, &mut turned_away);
        }
    });
    heard
}

fn conversation(stream: TcpStream, kept: &Heard, turned_away: &mut bool) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    let mut writer = stream.try_clone()?;
    let mut lines = BufReader::new(stream).lines();
    let mut said = String::new();
    writer.write_all(b"220 mx.example ESMTP\r\n")?;
    while let Some(line) = lines.next().transpose()? {
        let answer = match line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase().as_str() {
            "EHLO" => "250 mx.example",
            "MAIL" if !*turned_away => {
                *turned_away = true;
                "451 4.7.1 come back later"
            }
            "MAIL" | "RCPT" => {
                said.push_str(&format!("{line}\n"));
                "250 2.1.0 good"
            }
            "DATA" => {
                writer.write_all(b"354 go on\r\n")?;
                for line in lines.by_ref() {
                    let line = line?;
                    if line == "." {
                        break;
                    }
                    said.push_str(&format!("{line}\n"));
                }
                held(kept).push(std::mem::take(&mut said));
                "250 2.0.0 queued"
            }
            "QUIT" => {
                writer.write_all(b"221 2.0.0 bye\r\n")?;
                return Ok(());
            }
            _ => "250 2.0.0 good",
        };
        writer.write_all(format!("{answer}\r\n").as_bytes())?;
    }
    Ok(())
}

/// A receiver of lines with their length before them (RFC 6587, section 3.4.1).
fn counted_lines(listener: TcpListener) -> Heard {
    let heard = Heard::default();
    let kept = Arc::clone(&heard);
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let mut text = String::new();
            if stream.read_to_string(&mut text).is_ok() {
                held(&kept).push(text);
            }
        }
    });
    heard
}

fn datagrams(socket: UdpSocket) -> Heard {
    let heard = Heard::default();
    let kept = Arc::clone(&heard);
    std::thread::spawn(move || {
        let mut bytes = [0; 65_536];
        while let Ok(length) = socket.recv(&mut bytes) {
            held(&kept).push(String::from_utf8_lossy(bytes.get(..length).unwrap_or_default()).into_owned());
        }
    });
    heard
}

#[test]
fn alerts_are_told_by_mail_and_syslog_to_those_who_asked_for_them() -> Outcome {
    let place = watched()?;
    let (smtp, tcp, udp) =
        (TcpListener::bind("127.0.0.1:0")?, TcpListener::bind("127.0.0.1:0")?, UdpSocket::bind("127.0.0.1:0")?);
    place.file(
        "spoofwatch-data/spoofwatch.toml",
        format!(
            "[notify.soc]\nshape = \"email\"\nurl = \"smtp://{}?tls=none\"\nfrom = \"spoofwatch@contoso.example\"\nto = [\"soc@contoso.example\", \"kim@contoso.example\"]\n\
             severity = \"medium\"\nrules = [\"Payment\"]\n\
             [notify.grave]\nshape = \"cef\"\nurl = \"syslog+udp://{udp}\"\nseverity = \"high\"\n\
             [notify.others]\nshape = \"json\"\nurl = \"syslog+udp://{udp}\"\nrules = [\"another rule\"]\n",
            smtp.local_addr()?,
            udp = udp.local_addr()?,
        ),
    )?;
    let cef = format!("cef=syslog+tcp://{}", tcp.local_addr()?);
    let text = format!("syslog=syslog+udp://{}", udp.local_addr()?);
    let (mails, lines, packets) = (mail_server(smtp), counted_lines(tcp), datagrams(udp));
    let serve = Serve::start(&place, &["--notify", &cef, "--notify", &text])?;
    serve.post(&place, "EmailEvents", payments(["one\\r\\nBcc: all@contoso.example"])?.as_bytes())?;
    until_alerts(&place, 1)?;
    until("all have heard", || Ok(!held(&mails).is_empty() && !held(&lines).is_empty() && !held(&packets).is_empty()))?;

    let mail = held(&mails).first().cloned().unwrap_or_default();
    let (header, _) = mail.split_once("\n\n").ok_or("no header")?;
    assert!(
        header.starts_with(
            "MAIL FROM:<spoofwatch@contoso.example>\nRCPT TO:<soc@contoso.example>\nRCPT TO:<kim@contoso.example>\nFrom: spoofwatch@contoso.example\n"
        ),
        "{mail}"
    );
    assert!(
        header.contains("\nSubject: [medium] ") && header.contains("\nReferences: <incident.") && !header.contains("\nBcc"),
        "{mail}"
    );

    let line = held(&lines).first().cloned().unwrap_or_default();
    let (length, rest) = line.split_once(' ').ok_or("no length")?;
    assert_eq!(length.parse::<usize>()?, rest.len(), "{line}");
    assert!(rest.starts_with("<36>1 ") && rest.contains(" spoofwatch - alert - CEF:0|spoofwatch|spoofwatch|"), "{line}");
    let packet = held(&packets).first().cloned().unwrap_or_default();
    assert!(
        packet.contains(" spoofwatch - alert [spoofwatch@32473 id=\"") && packet.contains("ruleName=\"Payment\""),
        "{packet}"
    );

    // Each once, and nobody who did not ask.
    serve.post(&place, "EmailEvents", payments(["two"])?.as_bytes())?;
    until("all have heard of the second", || Ok((held(&mails).len(), held(&lines).len(), held(&packets).len()) == (2, 2, 2)))?;
    Ok(())
}

#[test]
fn a_target_that_cannot_be_is_refused_at_the_start() -> Outcome {
    let place = watched()?;
    for (target, part) in [
        ("email=smtp://mail.example", "needs a `from`"),
        ("email=smtp://me:hunter2@mail.example?from=a@b.example&to=a@b.example", "does not stand in an address"),
        ("pigeon=https://mail.example", "SHAPE=URL"),
        ("cef=https://mail.example", "cef is not sent"),
    ] {
        let told = place.run(&["serve", "--once", "--notify", target])?.failed(1)?;
        assert!(told.contains(part) && !told.contains("hunter2") && !told.contains("mail.example"), "{target}: {told}");
    }
    Ok(())
}
