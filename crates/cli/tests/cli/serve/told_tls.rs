//! Notifications over encrypted ways, to servers of others: aiosmtpd with STARTTLS and with TLS from the first byte, both with a password;
//! rsyslog with TLS. What keeps one from arriving is told in words, without the password.

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};

use super::{Serve, held, payments, python_with, rsyslog::Rsyslog, signed_in, until, until_alerts, watched};
use crate::{
    common::{Outcome, Place},
    mailbox::{certificates, port, program},
};

const USER: &str = "alerts@contoso.example";
const PASSWORD: &str = "a kettle that sings";

/// A program of others; ended when it is dropped.
struct Other(Child);

impl Drop for Other {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What a server tells, a value a line.
type Told = Arc<Mutex<Vec<Value>>>;

/// The mail server, its three ports, and what it tells.
fn mail_server(python: &Path, place: &Place) -> Outcome<(Other, [u16; 3], Told)> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/clients/mail_server.py");
    let mut command = Command::new(python);
    command.arg(script).arg(place.path("")).args([USER, PASSWORD]);
    let mut server = Other(command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?);
    let mut lines = BufReader::new(server.0.stdout.take().ok_or("no standard output")?).lines();
    let first = lines.next().ok_or("the mail server has ended")??;
    let ports: Vec<u16> = first.split(' ').map(str::parse).collect::<Result<_, _>>()?;
    let ports: [u16; 3] = ports.try_into().map_err(|_| format!("no three ports: {first}"))?;
    let told = Told::default();
    let keeps = Arc::clone(&told);
    std::thread::spawn(move || {
        for line in lines.map_while(Result::ok) {
            held(&keeps).push(serde_json::from_str(&line).unwrap_or(Value::Null));
        }
    });
    Ok((server, ports, told))
}

/// A target of e-mail.
fn email(name: &str, url: &str, more: &str) -> String {
    format!("[notify.{name}]\nshape = \"email\"\nurl = \"{url}\"\nfrom = \"{USER}\"\nto = [\"soc@contoso.example\"]\n{more}\n")
}

/// What kept the last notification from each target, as the JSON interface tells it; empty where nothing did.
fn errors(serve: &Serve, token: &str) -> Outcome<Vec<(String, String)>> {
    let targets = signed_in::get(serve, token, "/api/v1/settings/notifications")?;
    let text = |target: &Value, member: &str| target[member].as_str().unwrap_or_default().to_owned();
    let lines = targets.as_array().into_iter().flatten();
    Ok(lines.map(|target| (text(target, "name"), text(target, "last_error"))).collect())
}

#[test]
fn mail_goes_out_encrypted_and_signed_in_or_it_is_told_why_not() -> Outcome {
    let Some(python) = python_with("aiosmtpd") else { return Ok(()) };
    if program("openssl").is_none() {
        eprintln!("left out: no openssl here to make certificates");
        return Ok(());
    }
    let (place, strangers) = (watched()?, Place::new()?);
    certificates(&place)?;
    certificates(&strangers)?;
    std::fs::copy(strangers.path("ca.pem"), place.path("stranger.pem"))?;
    let (_server, [starttls, tls, plain], told) = mail_server(&python, &place)?;
    place.file("spoofwatch-data/mail.password", format!("{PASSWORD}\n"))?;
    place.file("spoofwatch-data/wrong.password", "not the kettle\n")?;
    let known = "password-file = \"mail.password\"\nca-file = \"../ca.pem\"";
    let user = USER.replace('@', "%40");
    let targets = [
        email("a-starttls", &format!("smtp://{user}@localhost:{starttls}"), known),
        email("b-tls", &format!("smtps://{user}@localhost:{tls}"), known),
        email(
            "c-wrong",
            &format!("smtps://{user}@localhost:{tls}"),
            "password-file = \"wrong.password\"\nca-file = \"../ca.pem\"",
        ),
        email(
            "d-stranger",
            &format!("smtps://{user}@localhost:{tls}"),
            "password-file = \"mail.password\"\nca-file = \"../stranger.pem\"",
        ),
        email("e-public", &format!("smtp://{user}@localhost:{starttls}"), "password-file = \"mail.password\""),
        email("f-name", &format!("smtps://{user}@127.0.0.1:{tls}"), known),
        email("g-unoffered", &format!("smtp://{user}@localhost:{plain}"), known),
        email("h-no-tls", &format!("smtps://{user}@localhost:{plain}"), known),
    ];
    place.file("spoofwatch-data/spoofwatch.toml", targets.concat())?;
    let serve = Serve::start(&place, &[])?;
    let token = signed_in::token(&serve, &["read"])?;
    serve.post(&place, "EmailEvents", payments(["one"])?.as_bytes())?;
    until_alerts(&place, 1)?;
    until("two have it and six were tried", || {
        let tried = errors(&serve, &token)?.iter().filter(|(_, error)| !error.is_empty()).count();
        Ok(tried == 6 && held(&told).iter().filter(|line| line["to"].is_array()).count() == 2)
    })?;

    let said = errors(&serve, &token)?;
    for ((name, error), part) in said.iter().zip([
        "",
        "",
        "signing in failed: the server answered 535 ",
        "an authority that is not trusted here; a file with that authority is named by `ca-file`",
        "an authority that is not trusted here",
        "not for the name in the address",
        "the server offers no STARTTLS, and unencrypted nothing is sent",
        "speaks no TLS; one that offers STARTTLS has an address of smtp://",
    ]) {
        assert!(error.contains(part) && error.is_empty() == part.is_empty(), "{name}: {error}");
    }
    let mails: Vec<Value> = held(&told).iter().filter(|line| line["to"].is_array()).cloned().collect();
    for mail in &mails {
        let about = (&mail["encrypted"], &mail["sender"], &mail["to"]);
        assert_eq!(about, (&json!(true), &json!(USER), &json!(["soc@contoso.example"])), "{mail}");
    }
    // To the server that offers no encryption nobody said who they are.
    assert!(held(&told).iter().all(|line| line["port"] != "plain"), "{:?}", held(&told));
    let everything = format!("{said:?} {}", serve.said());
    assert!(!everything.contains(PASSWORD) && !everything.contains("not the kettle"), "{everything}");
    Ok(())
}

#[test]
fn rsyslog_takes_lines_over_tls_from_whoever_trusts_it() -> Outcome {
    if program("openssl").is_none() {
        eprintln!("left out: no openssl here to make certificates");
        return Ok(());
    }
    let place = watched()?;
    certificates(&place)?;
    let port = port()?;
    let folder = place.path("");
    let folder = folder.display();
    let configuration = format!(
        "global(workDirectory=\"{folder}\" maxMessageSize=\"64k\" defaultNetstreamDriver=\"gtls\" defaultNetstreamDriverCAFile=\"{folder}/ca.pem\"\n\
         \tdefaultNetstreamDriverCertFile=\"{folder}/cert.pem\" defaultNetstreamDriverKeyFile=\"{folder}/key.pem\")\n\
         module(load=\"imtcp\" StreamDriver.Name=\"gtls\" StreamDriver.Mode=\"1\" StreamDriver.AuthMode=\"anon\")\n\
         template(name=\"line\" type=\"string\" string=\"%pri% %app-name% %msgid% %structured-data% %msg%\\n\")\n\
         input(type=\"imtcp\" address=\"127.0.0.1\" port=\"{port}\" ruleset=\"all\")\n\
         ruleset(name=\"all\") {{ action(type=\"omfile\" file=\"{folder}/heard\" template=\"line\") }}\n"
    );
    let Some(_server) = Rsyslog::start(&place, "lmnsd_gtls.so", &configuration)? else { return Ok(()) };
    let target = |name: &str, shape: &str, more: &str| {
        format!("[notify.{name}]\nshape = \"{shape}\"\nurl = \"syslog+tls://localhost:{port}\"\n{more}\n")
    };
    let own = "ca-file = \"../ca.pem\"";
    let targets = [target("a", "cef", own), target("b", "syslog", own), target("c", "json", "")];
    place.file("spoofwatch-data/spoofwatch.toml", targets.concat())?;
    let serve = Serve::start(&place, &[])?;
    let token = signed_in::token(&serve, &["read"])?;
    serve.post(&place, "EmailEvents", payments(["one"])?.as_bytes())?;
    until_alerts(&place, 1)?;
    let mut heard = Vec::new();
    until("two lines are heard, and the third is not sent", || {
        let text = std::fs::read_to_string(place.path("heard")).unwrap_or_default();
        heard = text.lines().map(str::to_owned).collect();
        heard.sort();
        Ok(heard.len() >= 2 && errors(&serve, &token)?.iter().any(|(_, error)| !error.is_empty()))
    })?;
    assert_eq!(heard.len(), 2, "{heard:?}");
    assert!(heard.iter().all(|line| line.starts_with("36 spoofwatch alert ")), "{heard:?}");
    assert!(heard.iter().any(|line| line.contains("CEF:0|spoofwatch|")), "{heard:?}");
    assert!(
        heard.iter().any(|line| line.contains("[spoofwatch@32473 id=\"") && line.contains("ruleName=\"Payment\"")),
        "{heard:?}"
    );
    let said = errors(&serve, &token)?;
    assert!(said.iter().any(|(name, error)| name == "c" && error.contains("not trusted here")), "{said:?}");
    Ok(())
}
